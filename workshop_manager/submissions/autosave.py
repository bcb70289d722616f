"""What the server answers a browser that saves a draft while somebody types (static/js/drafts.js).

The form is posted as by a button, with its token, its version and its key, and `do=auto`: saving the same text twice
changes nothing, and a newer version of somebody else's is never overwritten. The answer is JSON.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, jsonify, render_template
from flask_babel import gettext as _

from workshop_manager.web.times import clock_text

ACT = "auto"


def saved(
    *,
    version: int,
    at: datetime,
    zone: str,
    address: str,
    key: str,
    authors: Sequence[int | None],
    todos: Sequence[object],
    twins: Sequence[object],
) -> Response:
    """It is saved: the form goes on from this version, at this address; `authors` are the ids of its rows.

    `key` names what the browser keeps of it from now on.
    """
    clock = clock_text(at.astimezone(ZoneInfo(zone)))
    return jsonify(
        saved=True,
        version=version,
        address=address,
        key=key,
        authors=authors,
        said=_("Draft saved at %(clock)s", clock=clock),
        todos=render_template("submissions/form_todos.html", todos=todos),
        twins=render_template("submissions/form_twins.html", twins=twins),
    )


def unchanged() -> Response:
    """Nothing was typed yet, so nothing is begun."""
    return jsonify(saved=False)


def refused(why: str) -> Response:
    """It is not saved, and trying again would not help; what was typed stays in the browser."""
    response: Response = jsonify(saved=False, why=str(why))
    response.status_code = 409
    return response
