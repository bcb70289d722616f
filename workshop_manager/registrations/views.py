"""Registering, and changing what one said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.words import listing_name
from workshop_manager.core.text import isolated
from workshop_manager.questions import filling
from workshop_manager.questions.states import Kind
from workshop_manager.registrations import (
    arriving,
    asking,
    hall,
    opening,
    queries,
    retaining,
    rules,
    service,
    waitlist,
    ways_in,
    windows,
)
from workshop_manager.registrations.forms import RegistrationForm, registration_form, registration_values
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.offers import Offers, offers
from workshop_manager.registrations.rules import NOTHING, Phase, Place
from workshop_manager.registrations.states import State
from workshop_manager.registrations.windows import Window
from workshop_manager.registrations.words import diet_name
from workshop_manager.retention import service as retention
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import day_text, deadline_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import cover as workshop_cover
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, here
from workshop_manager.workshops.service import Stale

blueprint = Blueprint("registrations", __name__)
BASE = "/<community>/<edition>/registration"


def _form(
    row: Registration | None, kinds: Sequence[RegistrationKind], stamp: str | EllipsisType | None = ...
) -> RegistrationForm:
    edition = here().edition
    return registration_form(
        viewer_person(),
        row,
        kinds,
        current_conduct=service.conduct_to_accept(edition),
        host=edition.host_event,
        filled=asking.filled(unit(), edition, row, stamp),
        now=unit().now,
    )


def _hints(organisers: int) -> dict[str, str]:
    """Who reads what is sensitive, and when it is deleted (one query)."""
    day = retention.days_to_show(unit(), here().edition)
    until = {what: day_text(day(what), year=True) for what in (retaining.DIET, retaining.NEEDS, retaining.HOST)}
    needs = ngettext(
        "Read by one organiser only, and deleted on %(day)s, or when you cancel.",
        "Read by the %(num)s organisers only, and deleted on %(day)s, or when you cancel.",
        max(1, organisers),
        day=until[retaining.NEEDS],
    )
    diet = _("For the kitchen, which gets numbers. Deleted on %(day)s, or when you cancel.", day=until[retaining.DIET])
    host = _("Deleted on %(day)s, or when you cancel.", day=until[retaining.HOST])
    return {"diet": str(diet), "needs": str(needs), "host": str(host)}


def _dates(found: Mapping[int, Window]) -> dict[str, object]:
    opens, closes = windows.opening(found), windows.closing(found)
    return {
        "opens": deadline_text(opens) if opens else None,
        "closes": deadline_text(closes) if closes else None,
    }


@dataclass(frozen=True, slots=True)
class AsksFor:
    """How many hours somebody has to accept a seat; `last_week` 0: no different."""

    hours: int
    last_week: int


def _asks_for(settings: RegistrationSettings | None) -> AsksFor | None:
    if settings is None or settings.offer_hours is None:
        return None
    return AsksFor(settings.offer_hours, settings.last_week_hours or 0)


def _offers(seats: Hall, row: Registration | None, found: Mapping[int, Window]) -> Offers:
    at, session = here(), unit().session
    place = row.place if row is not None else NOTHING
    waiting, number = queries.waiting_and_number(session, at.edition.id, row)
    person = viewer_person()
    mine = seats.groups_of(person.id if person else None)
    return offers(at.edition, seats, found, mine, waiting, place, number)


@dataclass(frozen=True, slots=True)
class Offering:
    """What can be chosen here now, by whoever looks."""

    kinds: Sequence[RegistrationKind]
    windows: Mapping[int, Window]
    phase: Phase
    offers: Offers
    around: queries.Around
    has_hidden: bool


def offering(row: Registration | None) -> Offering:
    """The same for whoever looks, with their registration if they have one."""
    at, uow, person = here(), unit(), viewer_person()
    person_id = person.id if person else None
    seats = hall.look(uow.session, at.edition.id, uow.now, person_id)
    place = row.place if row is not None else NOTHING
    kinds = opening.visible(uow, at.edition, seats.kinds.values(), person_id, place)
    found = windows.windows(kinds, at.edition, workshops.dates_by_key(uow.session, at.edition.id), uow.now)
    around = queries.around(uow.session, at.edition.id, asking.KEY)
    hidden = any(kind.is_hidden for kind in seats.kinds.values())
    return Offering(kinds, found, windows.together(found), _offers(seats, row, found), around, hidden)


def _register_page(
    form: RegistrationForm | None = None, status: int = 200, theirs: Sequence[tuple[str, str]] = ()
) -> Response:
    at, uow = here(), unit()
    person = viewer_person()
    row = queries.registration_of(uow.session, at.edition.id, person.id if person else None)
    made = offering(row)
    may_send = rules.may_choose(made.phase) or (row is not None and rules.may_describe(row.state, made.phase))
    if form is None and person is not None and may_send and not made.offers.is_shut:
        form = _form(row, made.kinds, made.around.stamp)
    start, end = workshop_cover.next_time(at.edition, uow.now)
    settings = made.around.settings
    return page(
        "registrations/register.html",
        status,
        at=at,
        form=form,
        theirs=theirs,
        phase=made.phase.value,
        may_choose=rules.may_choose(made.phase),
        mine=row if row is not None and row.state is not State.CANCELLED else None,
        offers=made.offers,
        has_codes=person is not None and made.has_hidden,
        moment=workshop_cover.moment(start, end, at.edition.time_zone, at.edition.city, uow.now),
        asks_for=_asks_for(settings),
        note=render_markdown(settings.note) if settings and settings.note else None,
        sign_in=url_for("accounts.sign_in", next=at.url("registrations.register")),
        ways=ways_in.of(at.edition) if person is None else (),
        **_dates(made.windows),
        **(form_values(form, row.place if row is not None else NOTHING, made) if form is not None else {}),
    )


def form_values(form: RegistrationForm, place: Place, made: Offering) -> dict[str, object]:
    """What the form's template needs: sections and statements; `held` are kinds that count whatever is chosen."""
    form.free.data = made.offers.free
    sheet, now = form.filled.sheet, unit().now
    chosen = int(form.kind.data) if str(form.kind.data or "").isdigit() else None
    held = place.seat if chosen != place.seat else None
    given = asking.scopes_of(chosen, held)
    offered = asking.scopes_of(*(kind.id for kind in made.kinds))
    several = made.kinds if len(made.kinds) > 1 else ()
    names = {scope: kind.name for kind in several for scope in asking.scopes_of(kind.id)}
    return {
        "sections": filling.sections(form, sheet, form.typed, given, offered, now, names),
        "told": filling.told_rows(form, sheet, form.filled.said, given, offered, names),
        "held": [held] if held is not None else [],
        "has_files": any(one.kind is Kind.FILE for one in sheet.questions),
        "has_scopes": any(one.scopes for one in sheet.questions) or any(one.scopes for one in sheet.statements),
        "hints": _hints(made.around.organisers),
        "has_conduct": bool(here().edition.code_of_conduct),
    }


@blueprint.get(BASE)
@access(EDITION)
@kept_for_visitors
def register(community: str, edition: str) -> Response:
    """How to take part; for whoever is signed in, the form."""
    navigation.frame().canonical = absolute("registrations.register", community=community, edition=edition)
    return _register_page()


@blueprint.post(BASE)
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str) -> AnyResponse:
    """Take a seat or a place on a waitlist, or change what was said."""
    at, uow = here(), unit()
    row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
    before = row.place if row is not None else NOTHING
    kinds = service.seen_kinds(uow, at.edition, before)
    form = _form(row, kinds)
    if not rules.may_choose(service.phase(uow, at.edition, before)):
        service.require_open(uow, at.edition, before, before)
        form.kind.data = str(before.wish)  # when registration is closed the form no longer asks for it
    if request.form.get("act") == "show":
        return _register_page(form)
    arrived = arriving.look_at(uow, form)
    if arrived.was_looked_at:
        row = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
        before = row.place if row is not None else NOTHING
    if not form.is_sent or arrived.refusals:
        form.refuse_files(arrived.refusals)
        return _register_page(form, 422)
    asked = int(form.kind.data)
    if service.has_consequences(uow, at.edition, row, asked):
        form.kind.data = str(before.wish)
    try:
        saved = service.register(
            uow,
            at.edition,
            int(form.kind.data),
            form.details(arrived.files),
            keep_virtual=bool(form.keep_virtual.data),
            version=form.seen_version,
        )
    except asking.Incomplete as refusal:
        form.kind.data = str(asked)
        form.say(refusal.gaps)
        return _register_page(form, 422)
    except waitlist.LineFull as refusal:
        form.kind.errors = [*form.kind.errors, refusal.sentence]
        return _register_page(form, 409)
    except Stale:
        now = queries.registration_of(uow.session, at.edition.id, viewer_person().id)
        theirs = _differences(now, form)
        form.version.data = str(now.version if now is not None else 0)
        return _register_page(form, 409, theirs)
    if str(asked) != form.kind.data:
        tell(str(_("What you wrote is saved. Your seat is as before: see first what would follow.")), "info")
        return redirect(at.url("registrations.switch", kind=asked), 303)
    _tell(form, before, saved)
    return redirect(at.url("registrations.ticket"), 303)


def _differences(row: Registration | None, form: RegistrationForm) -> list[tuple[str, str]]:
    """(label, what is stored now) for each answer that differs from what was typed."""
    if row is None or row.state is State.CANCELLED:
        return [(str(form.kind.label.text), str(_("Your registration is cancelled")))]
    edition = here().edition
    stored = registration_values(row, service.conduct_to_accept(edition))
    names = (
        "kind",
        "badge_name",
        "pronouns",
        "affiliation",
        "listing",
        "diet",
        "needs",
        "host_done",
        "host_number",
        "photos",
    )
    shown = {
        "kind": _place_text(row),
        "listing": listing_name(row.listing),
        "diet": ", ".join(diet_name(value) for value in row.diet),
        "host_done": str(_("yes") if row.host_done else _("no")),
        "photos": str(_("yes") if row.photo_consent else _("no")),
    }
    return [
        (str(form[name].label.text), shown.get(name, str(stored[name] or "")) or str(_("nothing")))
        for name in names
        if name in form and (stored[name] or None) != (form[name].data or None)
    ] or [(str(form.kind.label.text), _place_text(row))]


def _place_text(row: Registration) -> str:
    if row.state is State.REQUESTED:
        return str(_("asking for: %(kind)s", kind=isolated(row.kind.name)))
    if row.waits_for is None:
        return str(_("a seat: %(kind)s", kind=isolated(row.kind.name)))
    if row.state is State.REGISTERED:
        kind, wish = isolated(row.kind.name), isolated(row.waits_for.name)
        return str(_("a seat: %(kind)s; waiting for: %(wish)s", kind=kind, wish=wish))
    return str(_("waiting for: %(kind)s", kind=isolated(row.waits_for.name)))


def _tell(form: RegistrationForm, before: Place, row: Registration) -> None:
    """Say on the next page what came of it."""
    after = row.place
    if after == before:
        tell(str(_("What you changed is saved.")))
    elif after.line is not None:
        number = queries.number_in_line(unit().session, row)
        first = _("The last seat went a moment ago.") if form.lost_race else _("All places are taken.")
        then = _("You are number %(number)s on the waitlist. We write as soon as a seat is yours.", number=number)
        tell(f"{first} {then}", "info")
    elif after.asks is not None:
        tell(str(_("Your request is with the organisers. They say yes or no, and we write to you either way.")), "info")
    elif before == NOTHING:
        tell(str(_("The seat is yours, %(name)s. This is your ticket.", name=isolated(row.badge_name))))
    else:
        tell(str(_("You take part in another way now: %(kind)s. We sent you a mail.", kind=isolated(row.kind.name))))
