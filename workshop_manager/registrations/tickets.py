"""The ticket and what hangs on it: the link to join, cancelling, who else comes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from flask import Response, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.registrations import queries, rules, service
from workshop_manager.registrations.forms import typed_version
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.registrations.words import diet_name
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.states import State as SubmissionState
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import day_text
from workshop_manager.workshops import cover as workshop_cover
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.service import Stale

_PRESENTED = frozenset({SubmissionState.ACCEPTED, SubmissionState.CONFIRMED})


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _mine(at: Here) -> Registration:
    row = queries.registration_of(unit().session, at.edition.id, viewer_person().id)
    if row is None or row.state is State.CANCELLED:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Door:
    """One link to join: the edition's own (no name), or that of a room."""

    name: str
    url: str


def _doors(at: Here, row: Registration) -> list[Door]:
    """The links to join, for those with a seat who accepted the code of conduct as it reads now."""
    if not rules.may_join(row.state, row.conduct_version, service.conduct_to_accept(at.edition)):
        return []
    session = unit().session
    settings = queries.settings_of(session, at.edition.id)
    doors = [Door("", settings.join_url)] if settings and settings.join_url else []
    return doors + [Door(room.name, room.join_url) for room in workshops.rooms(session, at.edition.id) if room.join_url]


def _is_presenter(at: Here) -> bool:
    parts = submissions.submission_states_of(unit().session, at.edition.id, viewer_person().id)
    return any(part.is_presenter and part.state in _PRESENTED for part in parts)


@blueprint.get(f"{BASE}/ticket")
@access(SIGNED_IN_EDITION)
def ticket(community: str, edition: str) -> AnyResponse:
    """The ticket: name, code, and the link to join for whoever has a seat."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    if row is None or row.state is State.CANCELLED:
        return redirect(at.url("registrations.register"), 303)
    conduct = service.conduct_to_accept(at.edition)
    phase = service.phase(uow, at.edition)
    has_seat = row.state is State.REGISTERED
    start, end = workshop_cover.next_time(at.edition, uow.now)
    return _private(
        page(
            "registrations/ticket.html",
            at=at,
            mine=row,
            has_seat=has_seat,
            in_room=row.kind.mode.value == "in_person",
            number=queries.number_in_line(uow.session, row) if row.waits_for_id is not None else None,
            doors=_doors(at, row),
            conduct=conduct,
            has_agreed=rules.has_agreed(row.conduct_version, conduct),
            agreed_on=_day(at, row.conduct_at) if row.conduct_at else "",
            qr=_qr(row.ticket_code) if has_seat else None,
            diet=[diet_name(value) for value in row.diet],
            is_presenter=_is_presenter(at),
            moment=workshop_cover.moment(start, end, at.edition.time_zone, None, uow.now),
            may_describe=rules.may_describe(row.state, phase),
            may_choose=rules.may_choose(phase),
            may_cancel=rules.may_cancel(row.state, at.edition.ends_at, uow.now),
        )
    )


def _day(at: Here, moment: datetime) -> str:
    """The day on which something happened, by the edition's clocks."""
    return day_text(moment.astimezone(ZoneInfo(at.edition.time_zone)).date(), year=True)


def _qr(code: str) -> Markup:
    """The ticket's code as an inline drawing with presentation attributes only; it says nothing but the code."""
    # A full QR code: scanners at a door do not read the Micro QR that so short a text would else become.
    drawing = segno.make_qr(code, error="m").svg_inline(
        border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawing)  # nosec B704  # noqa: S704 - made by segno from our own random code


@blueprint.get(f"{BASE}/cancellation")
@access(SIGNED_IN_EDITION)
def cancellation(community: str, edition: str) -> Response:
    """What cancelling means, before it is done."""
    at = here()
    row = _mine(at)
    if not rules.may_cancel(row.state, at.edition.ends_at, unit().now):
        raise NotFound
    waiting = queries.waiting_by_kind(unit().session, at.edition.id)
    return page(
        "registrations/cancellation.html",
        at=at,
        mine=row,
        has_seat=row.state is State.REGISTERED,
        number=queries.number_in_line(unit().session, row) if row.waits_for_id is not None else None,
        waiting=waiting.get(row.kind_id, 0),
        needs=bool(row.needs or row.diet),
    )


@blueprint.post(f"{BASE}/cancellation")
@access(SIGNED_IN_EDITION)
def cancel(community: str, edition: str) -> AnyResponse:
    """Give up the seat and the place on a waitlist."""
    at = here()
    service.cancel(unit(), at.edition)
    tell(str(_("Your registration is cancelled. Thank you for making room.")))
    return redirect(at.url("registrations.register"), 303)


@blueprint.post(f"{BASE}/conduct")
@access(SIGNED_IN_EDITION)
def conduct(community: str, edition: str) -> AnyResponse:
    """Accept the code of conduct as it reads now."""
    at = here()
    try:
        service.accept_conduct(unit(), at.edition, typed_version(request.form.get("version")))
    except Stale as refusal:
        tell(refusal.sentence, "warning")
    return redirect(at.url("registrations.ticket"), 303)


@blueprint.get(f"{BASE}/participants")
@access(SIGNED_IN_EDITION)
def participants(community: str, edition: str) -> Response:
    """Who comes, for those who come: only people who want to be listed."""
    at, session = here(), unit().session
    if _mine(at).state is not State.REGISTERED:
        raise NotFound
    pager = paging(queries.count_participants(session, at.edition.id))
    rows = queries.participants(session, at.edition.id, pager.offset, pager.size)
    return _private(page("registrations/participants.html", at=at, rows=rows, pager=pager))
