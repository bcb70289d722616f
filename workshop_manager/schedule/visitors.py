"""The schedule page for visitors, kept in memory: on the day, everybody in the room opens the same page at once.

Kept a few seconds in each process, for those who are not signed in, and only while one query says that nothing it shows
has changed. A visitor's form token is put in when the page is given out, so no two of them share one.
"""

from collections import OrderedDict
from threading import Lock
from weakref import WeakKeyDictionary

from flask import Response, g, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.database import Database
from workshop_manager.schedule import queries
from workshop_manager.web.access import Access
from workshop_manager.web.request import platform, viewer_theme, viewer_zone
from workshop_manager.workshops.context import EDITION

SECONDS = 10
MOST_PAGES = 200
_MARK = "csrf-token-of-whoever-asks"
_FIELD = "csrf_token"

Key = tuple[object, ...]
_kept: "WeakKeyDictionary[Database, OrderedDict[Key, str]]" = WeakKeyDictionary()
_lock = Lock()


def _is_visitor() -> bool:
    # Nothing typed, so that the number of pages has an end; nothing said that is for one person only.
    return "sid" not in session and "_flashes" not in session and not request.args.get("q")


def _key() -> Key | None:
    """Everything the page depends on; None for an edition that visitors may not see, or without a release."""
    here, args = platform(), request.view_args or {}
    with here.database.connection() as connection:
        stamp = queries.page_stamp(connection, args["community"], args["edition"])
    if stamp is None:
        return None
    moment = int(here.clock.now().timestamp()) // SECONDS
    asked = tuple(sorted((name, value[:60]) for name, value in request.args.items() if name in ("kind", "zone")))
    return (args["community"], args["edition"], asked, viewer_zone(), viewer_theme(), str(get_locale()), moment, *stamp)


def _given(html: str) -> Response:
    return Response(html.replace(_MARK, str(generate_csrf())), content_type="text/html; charset=utf-8")


def _check() -> AnyResponse | None:
    if _is_visitor() and (key := _key()) is not None:
        g.visitors_key = key
        html = _kept.get(platform().database, OrderedDict()).get(key)
        if html is not None:
            return _given(html)
    return EDITION.check()


SCHEDULE_PAGE = Access(EDITION.name, _check)
"""As for every public page of an edition; a visitor gets the page that is kept, if there is one."""


def begin() -> None:
    """Before a page is rendered that may be kept: write a mark where the visitor's token will stand."""
    if "visitors_key" in g:
        setattr(g, _FIELD, _MARK)


def keep(response: Response) -> Response:
    """Keep a rendered page if it is a visitor's, and give it out."""
    if "visitors_key" not in g:
        return response
    g.pop(_FIELD, None)
    html = response.get_data(as_text=True)
    with _lock:
        pages = _kept.setdefault(platform().database, OrderedDict())
        pages[g.visitors_key] = html
        while len(pages) > MOST_PAGES:
            pages.popitem(last=False)
    return _given(html)
