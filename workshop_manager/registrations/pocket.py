"""The ticket as a small page for a phone: once opened it works without a network, and can stand on the home screen.

The browser keeps it by itself, whatever `no-store` says to caches on the way: it is the holder who asks for that by
opening this page. It is forgotten when somebody else signs in on the same browser, or they sign out.
"""

import json

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.text import isolated
from workshop_manager.registrations import queries
from workshop_manager.registrations.states import Mode, State
from workshop_manager.registrations.tickets import drawn
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.assets import asset, keeper
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops import cover
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, here


@blueprint.get(f"{BASE}/ticket/pocket")
@access(SIGNED_IN_EDITION)
def pocket(community: str, edition: str) -> AnyResponse:
    """Name, kind, code, when and where; nothing else."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    if row is None or row.state is not State.REGISTERED:
        return redirect(at.url("registrations.ticket"), 303)
    navigation.frame().private = True
    start, end = cover.next_time(at.edition, uow.now)
    response = page(
        "registrations/pocket.html",
        at=at,
        mine=row,
        qr=drawn(row.ticket_code),
        in_room=row.kind.mode is Mode.IN_PERSON,
        moment=cover.moment(start, end, at.edition.time_zone, None, uow.now),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{BASE}/ticket/pocket/worker.js")
@access(EDITION)
def pocket_worker(community: str, edition: str) -> Response:
    """What keeps that one page; its scope ends with it."""
    return keeper(here().url("registrations.pocket"))


@blueprint.get(f"{BASE}/ticket/pocket/manifest.json")
@access(EDITION)
def pocket_manifest(community: str, edition: str) -> Response:
    """How it stands on a home screen. It names the event and nobody."""
    at = here()
    address = at.url("registrations.pocket")
    manifest = {
        "id": address,
        "name": str(_("Ticket: %(edition)s", edition=isolated(at.edition.name))),
        "short_name": str(_("Ticket")),
        "start_url": address,
        "scope": address,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": asset("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    response = Response(json.dumps(manifest), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response
