"""The statement of one application: for whoever may judge it, and for its own person."""

from flask import Response
from flask_babel import gettext as _

from workshop_manager.core.errors import NotFound
from workshop_manager.funds import statements
from workshop_manager.grants import queries
from workshop_manager.grants.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.workshops.context import SIGNED_IN_EDITION, here, team
from workshop_manager.workshops.rules import MAY_GRANTS


@blueprint.get("/<community>/<edition>/grants/application/statement")
@access(SIGNED_IN_EDITION)
def statement(community: str, edition: str) -> Response:
    """What became of the money of one's own application."""
    at, session = here(), unit().session
    found = queries.application_of(session, at.edition.id, viewer_person().id)
    if found is None:
        raise NotFound
    navigation.frame().private = True
    return page(
        "grants/statement.html",
        rows=statements.of_application(session, at.edition.id, found.id, viewer_zone() or at.edition.time_zone),
        urls={name: at.url(f"grants.{name}") for name in ("overview", "application")},
    )


@blueprint.get("/<community>/<edition>/organise/grants/applications/<int:application_id>/statement")
@access(team(MAY_GRANTS))
def desk_statement(community: str, edition: str, application_id: int) -> Response:
    """What became of the money of one application."""
    at, session = here(), unit().session
    found = queries.find_at_desk(session, at.edition.id, at.standing, application_id)
    if found is None:
        raise NotFound
    name = found.person.name if found.person and found.person.name else str(_("somebody who left"))
    return page(
        "grants/desk_statement.html",
        at=at,
        name=name,
        rows=statements.of_application(session, at.edition.id, found.id, at.edition.time_zone),
        urls={"desk": at.url("grants.desk"), "one": at.url("grants.desk_application", application_id=found.id)},
    )
