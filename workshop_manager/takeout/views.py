"""The page where one asks for one's data and fetches it."""

from flask import Blueprint, Response, redirect, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.account_views import afresh
from workshop_manager.accounts.doors import me
from workshop_manager.takeout import queries, service
from workshop_manager.web.access import SIGNED_IN, access
from workshop_manager.web.forms import tell
from workshop_manager.web.navigation import frame
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit

blueprint = Blueprint("takeout", __name__)


@blueprint.get("/account/data")
@access(SIGNED_IN)
def own() -> Response:
    """What stands in an archive, and the one that was made."""
    frame().private = True
    rows = [
        (row, format_datetime(row.expires_at, "EEE d MMMM, HH:mm") if row.expires_at else "")
        for row in queries.exports_of(unit().session, me().id, unit().now)
    ]
    return page("takeout/own.html", rows=rows, has_waiting=any(row.made_at is None for row, _until in rows))


@blueprint.post("/account/data")
@access(SIGNED_IN)
def ask() -> AnyResponse:
    """Ask for an archive."""
    if (instead := afresh()) is not None:
        return instead
    service.ask(unit(), me())
    tell(str(_("It is being put together. You get a mail as soon as it is ready, in a few minutes.")))
    return redirect(url_for("takeout.own"), 303)


@blueprint.get("/account/data/<int:export_id>.zip")
@access(SIGNED_IN)
def fetch(export_id: int) -> Response:
    """One's own archive."""
    response = Response(service.fetch(unit(), me(), export_id), mimetype="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
