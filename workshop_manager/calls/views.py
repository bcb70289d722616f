"""The call as the public reads it."""

from flask import Blueprint, Response

from workshop_manager.calls import cover, facts, queries
from workshop_manager.calls.rules import Phase
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import EDITION, here
from workshop_manager.workshops.dates import by_key, text_of, thread
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("calls", __name__)


@blueprint.get("/<community>/<edition>/call")
@access(EDITION)
@kept_for_visitors
def call(community: str, edition: str) -> Response:
    """The call for abstracts: text, tracks, dates, limits, and what one can do now."""
    at, uow = here(), unit()
    found = queries.find_call(uow.session, at.edition.id)
    dates = workshops.dates(uow.session, at.edition.id)
    keyed = by_key(dates)
    phase = cover.phase_at(uow, at.edition.id, keyed)
    if phase is Phase.CLOSED and facts.is_decided(uow.session, at.edition.id):
        phase = Phase.DECIDED
    is_over = phase is Phase.UNDATED and uow.now > at.edition.ends_at
    person = viewer_person()
    navigation.frame().canonical = absolute("calls.call", community=community, edition=edition)
    return page(
        "calls/call.html",
        edition=at.edition,
        call=found,
        phase=phase.value,
        is_over=is_over,
        sign=cover.sign(phase, is_over),
        due=text_of(keyed.get(DateKey.ABSTRACTS_DUE)),
        opens=text_of(keyed.get(DateKey.CALL_OPENS)),
        notification=text_of(keyed.get(DateKey.NOTIFICATION)),
        thread=thread(dates, uow.now, cover.SHOWN_TO_AUTHORS),
        tracks=workshops.public_tracks(uow.session, at.edition.id),
        limits=cover.limits(found),
        new_url=at.url("submissions.new"),
        mine_url=at.url("submissions.mine") if person else None,
        edition_url=at.url("workshops.edition_page"),
        edit_url=at.url("calls.desk_call") if at.standing.may(MAY_SETTINGS) else None,
    )
