"""Registering, the ticket, the participants' list."""

from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.core.errors import NotFound
from workshop_manager.registrations import queries, rules, service
from workshop_manager.registrations.forms import RegistrationForm, diet_name
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import Phase
from workshop_manager.registrations.states import State
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text, interval_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("registrations", __name__)
BASE = "/<community>/<edition>/registration"


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind as the form offers it."""

    id: int
    name: str
    text: str
    sign: str
    state: str
    taken: int
    capacity: int | None
    figures: str
    position: str


def _choices(kinds: Any, waiting: dict[int, int], mine: Registration | None) -> list[Choice]:
    return [_choice(kind, waiting.get(kind.id, 0), mine) for kind in kinds]


def _choice(kind: RegistrationKind, waiting: int, mine: Registration | None) -> Choice:
    seats = rules.Seats(kind.capacity, kind.taken)
    is_mine = mine is not None and mine.kind_id == kind.id and mine.state is State.REGISTERED
    if is_mine:
        sign, state, position = "ok", _("Your seat"), ""
    elif seats.is_full:
        sign, state = "wait", _("Full, line open")
        position = str(_("You would be number %(number)s.", number=waiting + 1))
    else:
        sign, state, position = "ok", _("Open"), ""
    if kind.capacity is None:
        figures = str(_("No limit."))
    elif seats.is_full:
        figures = str(
            ngettext(
                "All %(capacity)s places are taken and %(num)s person waits.",
                "All %(capacity)s places are taken and %(num)s people wait.",
                waiting,
                capacity=kind.capacity,
            )
        )
    else:
        figures = str(_("%(left)s of %(capacity)s places left.", left=seats.left, capacity=kind.capacity))
    return Choice(kind.id, kind.name, kind.text, sign, str(state), kind.taken, kind.capacity, figures, position)


def _form(mine: Registration | None, kinds: Any) -> RegistrationForm:
    person = viewer_person()
    if mine is not None and mine.state is not State.CANCELLED:
        form = RegistrationForm(
            kind=str(mine.kind_id),
            badge_name=mine.badge_name,
            pronouns=mine.pronouns,
            affiliation=mine.affiliation,
            listing=mine.listing.value,
            diet=mine.diet,
            needs=mine.needs,
            conduct=mine.conduct_version == here().edition.code_of_conduct_version,
            photos=mine.photo_consent,
        )
    else:
        first = str(kinds[0].id) if len(kinds) == 1 else None
        form = RegistrationForm(
            badge_name=person.name, pronouns=person.pronouns, affiliation=person.affiliation, kind=first
        )
    form.kind.choices = [SelectChoice(str(kind.id), kind.name) for kind in kinds]
    return form


def _page(form: RegistrationForm | None, status: int = 200) -> Response:
    at, uow = here(), unit()
    person = viewer_person()
    kinds = queries.kinds(uow.session, at.edition.id)
    mine = queries.registration_of(uow.session, at.edition.id, person.id if person else None)
    phase = service.phase(uow, at.edition, has_kinds=bool(kinds))
    dates = workshops.dates_by_key(uow.session, at.edition.id)
    settings = queries.settings_of(uow.session, at.edition.id)
    opens, closes = dates.get(DateKey.REGISTRATION_OPENS), dates.get(DateKey.REGISTRATION_CLOSES)
    if form is None and person is not None and phase is Phase.OPEN:
        form = _form(mine, kinds)
    return page(
        "registrations/register.html",
        status,
        at=at,
        form=form,
        phase=phase.value,
        mine=mine if mine is not None and mine.state is not State.CANCELLED else None,
        choices=_choices(kinds, queries.waiting_by_kind(uow.session, at.edition.id), mine),
        opens=deadline_text(opens.deadline) if opens else None,
        closes=deadline_text(closes.deadline) if closes else None,
        when=interval_text(at.edition.starts_at, at.edition.ends_at, at.edition.time_zone),
        note=render_markdown(settings.note) if settings and settings.note else None,
        sign_in=url_for("accounts.sign_in", next=at.url("registrations.register")),
    )


@blueprint.get(BASE)
@access(EDITION)
def register(community: str, edition: str) -> Response:
    """How to take part; for whoever is signed in, the form."""
    return _page(None)


@blueprint.post(BASE)
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str) -> Any:
    """Take a seat or a place in line, or change what was said."""
    at, uow = here(), unit()
    kinds = queries.kinds(uow.session, at.edition.id)
    mine = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    form = _form(mine, kinds)
    if not form.is_sent:
        return _page(form, 422)
    before = mine.state if mine is not None else None
    try:
        row = service.register(uow, at.edition, int(form.kind.data), form.details())
    except service.Full as refusal:
        form.kind.errors = [refusal.sentence]
        return _page(form, 422)
    if row.state is State.WAITLISTED:
        place = queries.place_in_line(uow.session, row)
        tell(str(_("You are number %(place)s in line. We write as soon as a seat is yours.", place=place)), "info")
    elif before is State.REGISTERED:
        tell(str(_("What you changed is saved.")))
    else:
        tell(str(_("A seat is yours. This is your ticket.")))
    return redirect(at.url("registrations.ticket"), 303)


def _mine(at: Here) -> Registration:
    row = queries.registration_of(unit().session, at.edition.id, viewer_person().id)
    if row is None or row.state is State.CANCELLED:
        raise NotFound
    return row


@blueprint.get(f"{BASE}/ticket")
@access(SIGNED_IN_EDITION)
def ticket(community: str, edition: str) -> Any:
    """The ticket: name, code, and the link to join for whoever has a seat."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    if row is None or row.state is State.CANCELLED:
        return redirect(at.url("registrations.register"), 303)
    version = at.edition.code_of_conduct_version
    link = None
    if rules.may_join(row.state, row.conduct_version, version):
        settings = queries.settings_of(uow.session, at.edition.id)
        link = settings.join_url if settings else None
    return page(
        "registrations/ticket.html",
        at=at,
        mine=row,
        is_waiting=row.state is State.WAITLISTED,
        place=queries.place_in_line(uow.session, row) if row.state is State.WAITLISTED else None,
        join_url=link,
        needs_conduct=row.conduct_version != version,
        qr=_qr(row.ticket_code) if row.state is State.REGISTERED else None,
        diet=[diet_name(value) for value in row.diet],
        when=interval_text(at.edition.starts_at, at.edition.ends_at, at.edition.time_zone),
    )


def _qr(code: str) -> Markup:
    """The ticket's code as an inline drawing; it says nothing but the code."""
    drawing = segno.make(code, error="m").svg_inline(
        border=2, omitsize=True, svgclass="qr-code", lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawing)  # noqa: S704 - made by segno from our own random code


@blueprint.route(f"{BASE}/cancellation", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def cancellation(community: str, edition: str) -> Any:
    """Give up the seat or the place in line, after a look at what follows."""
    at = here()
    row = _mine(at)
    if request.method == "GET":
        return page("registrations/cancellation.html", at=at, mine=row, is_waiting=row.state is State.WAITLISTED)
    service.cancel(unit(), at.edition)
    tell(str(_("It is cancelled. Thank you for making room.")))
    return redirect(at.url("registrations.register"), 303)


@blueprint.post(f"{BASE}/conduct")
@access(SIGNED_IN_EDITION)
def conduct(community: str, edition: str) -> Any:
    """Accept the code of conduct as it reads now."""
    at = here()
    service.accept_conduct(unit(), at.edition)
    return redirect(at.url("registrations.ticket"), 303)


@blueprint.get(f"{BASE}/participants")
@access(SIGNED_IN_EDITION)
def participants(community: str, edition: str) -> Response:
    """Who comes, for those who come: only people who want to be listed."""
    at, session = here(), unit().session
    if not queries.is_registered(session, at.edition.id, viewer_person().id):
        raise NotFound
    pager = paging(queries.count_participants(session, at.edition.id))
    rows = queries.participants(session, at.edition.id, pager.offset, pager.size)
    return page("registrations/participants.html", at=at, rows=rows, pager=pager)
