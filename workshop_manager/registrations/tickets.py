"""The ticket and what hangs on it: cancelling, who else comes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import segno
from flask import Response, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.questions import filling
from workshop_manager.registrations import (
    asking,
    beside,
    caring,
    consequences,
    links,
    queries,
    rules,
    service,
    waitlist,
    windows,
)
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.forms import typed_version
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.registrations.words import diet_name, need_sign
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.states import State as SubmissionState
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import DeadlineText, day_text, deadline_text
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


def _is_presenter(at: Here) -> bool:
    parts = submissions.submission_states_of(unit().session, at.edition.id, viewer_person().id)
    return any(part.is_presenter and part.state in _PRESENTED for part in parts)


@blueprint.get(f"{BASE}/ticket")
@access(SIGNED_IN_EDITION)
def ticket(community: str, edition: str) -> AnyResponse:
    """The ticket: name, code, and the way to join for whoever has a seat."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    if row is None or row.state is State.CANCELLED:
        return redirect(at.url("registrations.register"), 303)
    conduct = service.conduct_to_accept(at.edition)
    kinds, dates = service.seen_kinds(uow, at.edition, row.place), workshops.dates_by_key(uow.session, at.edition.id)
    phase = windows.together(windows.windows(kinds, at.edition, dates, uow.now))
    settings = queries.settings_of(uow.session, at.edition.id)  # held, so that nobody below asks for it again
    until = settings.switch_until if settings is not None else None
    can = windows.can_switch_to(kinds, at.edition, dates, until, uow.now)
    has_seat = row.state is State.REGISTERED
    filled = asking.filled(uow, at.edition, row)
    answers = filled.read(row.place)
    start, end = workshop_cover.next_time(at.edition, uow.now)
    return _private(
        page(
            "registrations/ticket.html",
            at=at,
            mine=row,
            answers=answers,
            file_urls=filling.file_urls(answers, lambda **which: at.url("registrations.answer_file", **which)),
            needs=_needs(at, row, filled),
            missing=filled.missing(row.place, uow),
            has_seat=has_seat,
            beside=beside.lines(uow, at.edition, row) if has_seat else [],
            in_room=row.kind.mode.value == "in_person",
            number=queries.number_in_line(uow.session, row) if row.waits_for_id is not None else None,
            offer=_offer_text(at, row),
            asks=row.waits_for_id is not None and _asks(at),
            may_join=rules.may_join(row.state, row.conduct_version, conduct),
            conduct=conduct,
            has_agreed=rules.has_agreed(row.conduct_version, conduct),
            agreed_on=_day(at, row.conduct_at) if row.conduct_at else "",
            qr=drawn(row.ticket_code) if has_seat else None,
            diet=[diet_name(value) for value in row.diet],
            is_presenter=_is_presenter(at),
            moment=workshop_cover.moment(start, end, at.edition.time_zone, None, uow.now),
            has_begun=uow.now >= at.edition.starts_at,
            links=links.links_of(uow, at.edition, row),
            may_describe=rules.may_describe(row.state, phase),
            may_choose=rules.may_choose(phase),
            may_switch=has_seat and any(yes for kind_id, yes in can.items() if kind_id != row.kind_id),
            may_cancel=rules.may_cancel(row.state, at.edition.ends_at, uow.now),
        )
    )


@dataclass(frozen=True, slots=True)
class NeedLine:
    """Something they need, and how far the team is with it."""

    text: str
    sign: tuple[str, str]
    note: str
    day: str


def _needs(at: Here, row: Registration, filled: asking.Filled) -> list[NeedLine]:
    found = (caring.shown(need, row, filled.answers) for need in queries.needs_of(unit().session, row.id))
    return [
        NeedLine(one.text, need_sign(one.need.state), one.need.note or "", _day(at, one.need.changed_at))
        for one in found
        if one is not None
    ]


def _day(at: Here, moment: datetime) -> str:
    """The day on which something happened, by the edition's clocks."""
    return day_text(moment.astimezone(ZoneInfo(at.edition.time_zone)).date(), year=True)


def drawn(code: str) -> Markup:
    """The ticket's code as an inline drawing with presentation attributes only; it says nothing but the code."""
    # A full QR code: scanners at a door do not read the Micro QR that so short a text would else become.
    drawing = segno.make_qr(code, error="m").svg_inline(
        border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawing)  # nosec B704  # noqa: S704 - made by segno from our own random code


def _asks(at: Here) -> bool:
    """Whether a seat that comes free is offered, rather than given at once."""
    found = queries.settings_of(unit().session, at.edition.id)
    return found is not None and found.offer_hours is not None


def _offer_text(at: Here, row: Registration) -> DeadlineText | None:
    """Until when the seat is set aside; None without one, or when its time has run out."""
    if row.offer_until is None or rules.has_run_out(row.offer_until, unit().now):
        return None
    return deadline_text(Deadline(row.offer_until, at.edition.time_zone))


@blueprint.get(f"{BASE}/offer")
@access(SIGNED_IN_EDITION)
def offer(community: str, edition: str) -> AnyResponse:
    """The seat that is set aside for somebody who waited, with what follows from yes and from no."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    if row is None or not (row.place.is_offered or row.missed_offers):
        raise NotFound
    until = _offer_text(at, row)
    number = queries.number_in_line(uow.session, row) if row.waits_for_id is not None else None
    behind = queries.waiting_by_kind(uow.session, at.edition.id).get(row.waits_for_id or 0, 1) - 1
    return _private(
        page(
            "registrations/offer.html",
            at=at,
            mine=row,
            until=until,
            has_seat=row.state is State.REGISTERED,
            is_last=row.missed_offers + 1 >= rules.MOST_MISSED,
            behind=behind,
            gone=waitlist.too_late_text(row, number) if row.offer_until is None else "",
            may_choose=rules.may_choose(service.phase(uow, at.edition, row.place)),
        )
    )


def _answered(takes: bool) -> AnyResponse:
    at, uow = here(), unit()
    what, row = waitlist.answer(uow, at.edition, takes=takes)
    if what is waitlist.Answer.TOO_LATE:
        return redirect(at.url("registrations.offer"), 303)
    if what is waitlist.Answer.TAKEN:
        tell(str(_("The seat is yours, %(name)s. This is your ticket.", name=isolated(row.badge_name))))
    else:
        tell(str(_("You said no, and the next person is asked already. Thank you for answering.")))
    return redirect(at.url("registrations.ticket"), 303)


@blueprint.post(f"{BASE}/offer/acceptance")
@access(SIGNED_IN_EDITION)
def offer_acceptance(community: str, edition: str) -> AnyResponse:
    """Say yes to the seat."""
    return _answered(takes=True)


@blueprint.post(f"{BASE}/offer/refusal")
@access(SIGNED_IN_EDITION)
def offer_refusal(community: str, edition: str) -> AnyResponse:
    """Say no to it: the next person is asked."""
    return _answered(takes=False)


def _to_nothing(row: Registration) -> Step:
    kinds = [kind for kind in (row.kind, row.waits_for) if kind is not None]
    return Step(row.place, rules.NOTHING, {kind.id: kind for kind in kinds})


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
        guests=[guest.badge_name for guest in queries.guests_of(unit().session, row.id)],
        sentences=consequences.of(unit(), at.edition, viewer_person().id, _to_nothing(row)),
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
    unnamed = queries.count_anonymous(session, at.edition.id)
    return _private(page("registrations/participants.html", at=at, rows=rows, pager=pager, unnamed=unnamed))
