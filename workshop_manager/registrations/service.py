"""Verbs of registration. Every seat is given and taken under the lock of the edition's kinds."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import emails, queries, rules
from workshop_manager.registrations.events import SeatGiven, SeatLeft
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.rules import Action, Phase
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Details:
    """What a person says about themselves for one edition."""

    badge_name: str
    pronouns: str | None = None
    affiliation: str | None = None
    listing: Listing = Listing.UNLISTED
    diet: tuple[str, ...] = ()
    needs: str = ""
    photo_consent: bool = False


@dataclass(frozen=True, slots=True)
class KindContent:
    """What organisers say about a kind."""

    name: str
    mode: Mode
    capacity: int | None
    text: str = ""


class Full(Conflict):
    """The kind is full and the person would give up another seat to wait for it."""


def phase(uow: UnitOfWork, edition: Edition, *, has_kinds: bool) -> Phase:
    """Where the edition's registration stands at this unit's moment."""
    dates = workshops.dates_by_key(uow.session, edition.id)
    opens, closes = dates.get(DateKey.REGISTRATION_OPENS), dates.get(DateKey.REGISTRATION_CLOSES)
    return rules.phase(
        opens.deadline if opens else None, closes.deadline if closes else None, edition.ends_at, uow.now, has_kinds
    )


def _person(uow: UnitOfWork) -> Person:
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


def _require_open(uow: UnitOfWork, edition: Edition) -> None:
    match phase(uow, edition, has_kinds=True):
        case Phase.AHEAD:
            raise Conflict(str(_("Registration is not open yet.")))
        case Phase.CLOSED:
            raise Conflict(str(_("Registration is closed. Write to the organisers if you need to change something.")))
        case _:
            return


def register(uow: UnitOfWork, edition: Edition, kind_id: int, details: Details) -> Registration:
    """Take a seat of this kind, or a place in its line when it is full; for whoever is registered, change both.

    Raises Full, with nothing changed, if somebody with a seat asks for a kind that is full.
    """
    person = _person(uow)
    _require_open(uow, edition)
    kinds = queries.locked_kinds(uow.session, edition.id)
    kind = kinds.get(kind_id)
    if kind is None:
        raise NotFound
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is not None and row.kind_id == kind.id and row.state is not State.CANCELLED:
        _describe(uow, row, edition, details)
        return row
    is_full = rules.Seats(kind.capacity, kind.taken).is_full
    if row is not None and row.state is State.REGISTERED and is_full:
        raise Full(
            str(
                _(
                    "All places of “%(kind)s” are taken. Your seat is kept; to wait for that one, cancel this first.",
                    kind=kind.name,
                )
            )
        )
    old_kind = kinds.get(row.kind_id) if row is not None and row.state is State.REGISTERED else None
    row = _place(uow, edition, person, row, kind, details, in_line=is_full)
    if old_kind is not None:
        _give_back(uow, edition, old_kind)
    emails.told(uow, edition, row, person, kind, place=queries.place_in_line(uow.session, row) if is_full else None)
    return row


def _place(
    uow: UnitOfWork,
    edition: Edition,
    person: Person,
    row: Registration | None,
    kind: RegistrationKind,
    details: Details,
    *,
    in_line: bool,
) -> Registration:
    action = Action.JOIN_LINE if in_line else Action.TAKE_SEAT
    target = rules.leads_to(row.state if row is not None else None, action)
    if target is None:
        raise Conflict(str(_("This changed a moment ago. Look at the page again.")))
    if row is None:
        row = Registration(
            edition_id=edition.id, person_id=person.id, ticket_code=new_token(), created_at=uow.now, changes=0
        )
        uow.session.add(row)
    row.kind_id, row.kind, row.state = kind.id, kind, target
    row.waiting_since = uow.now if in_line else None
    row.cancelled_at = None
    row.changes += 1
    if not in_line:
        kind.taken += 1
    _describe(uow, row, edition, details)
    record(uow, target.value, "registration", row.id, edition_id=edition.id, kind=kind.id)
    if target is State.REGISTERED:
        uow.tell(SeatGiven(edition.id, person.id))
    return row


def _describe(uow: UnitOfWork, row: Registration, edition: Edition, details: Details) -> None:
    row.badge_name, row.pronouns, row.affiliation = details.badge_name, details.pronouns, details.affiliation
    row.listing, row.diet, row.needs = details.listing, list(details.diet), details.needs
    row.photo_consent, row.conduct_version = details.photo_consent, edition.code_of_conduct_version
    row.changed_at = uow.now
    uow.session.flush()


def _give_back(uow: UnitOfWork, edition: Edition, kind: RegistrationKind) -> None:
    """A seat of this kind is free: it goes to the next in line in the same transaction."""
    kind.taken -= 1
    uow.session.flush()
    call_up(uow, edition, kind)


def call_up(uow: UnitOfWork, edition: Edition, kind: RegistrationKind) -> int:
    """Give free seats of a locked kind to those who wait, in order; how many were given."""
    given = 0
    if uow.now > edition.ends_at:
        return given
    while not rules.Seats(kind.capacity, kind.taken).is_full:
        row = queries.first_in_line(uow.session, kind.id)
        if row is None:
            break
        row.state, row.waiting_since, row.changed_at = State.REGISTERED, None, uow.now
        row.changes += 1
        kind.taken += 1
        given += 1
        uow.session.flush()
        record(uow, "called_up", "registration", row.id, edition_id=edition.id, kind=kind.id)
        if row.person_id is not None:
            person = uow.session.get_one(Person, row.person_id)
            emails.called_up(uow, edition, row, person, kind)
            uow.tell(SeatGiven(edition.id, person.id))
    return given


def cancel(uow: UnitOfWork, edition: Edition) -> Registration:
    """Give up one's own seat or place in line; a free seat goes to the next at once."""
    person = _person(uow)
    kinds = queries.locked_kinds(uow.session, edition.id)
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is None:
        raise NotFound
    if not rules.may_cancel(row.state, edition.ends_at, uow.now):
        raise Conflict(str(_("There is nothing left to cancel here.")))
    _cancel(uow, edition, row, kinds[row.kind_id])
    emails.cancelled(uow, edition, row, person, kinds[row.kind_id], by_organisers=False)
    return row


def cancel_for(uow: UnitOfWork, edition: Edition, registration_id: int) -> Registration:
    """An organiser cancels somebody's registration; that person is told."""
    require(uow, edition, MAY_SETTINGS)
    kinds = queries.locked_kinds(uow.session, edition.id)
    row = queries.find(uow.session, edition.id, registration_id)
    if row is None:
        raise NotFound
    if not rules.may_cancel(row.state, edition.ends_at, uow.now):
        raise Conflict(str(_("This registration is cancelled already, or the event is over.")))
    person = row.person
    _cancel(uow, edition, row, kinds[row.kind_id])
    if person is not None:
        emails.cancelled(uow, edition, row, person, kinds[row.kind_id], by_organisers=True)
    return row


def _cancel(uow: UnitOfWork, edition: Edition, row: Registration, kind: RegistrationKind) -> None:
    had_seat = row.state is State.REGISTERED
    row.state, row.waiting_since = State.CANCELLED, None
    row.cancelled_at = row.changed_at = uow.now
    row.changes += 1
    # What was asked for the day is of no use any more, and nobody needs to read it.
    row.needs, row.diet = "", []
    uow.session.flush()
    record(uow, "cancelled", "registration", row.id, edition_id=edition.id, kind=kind.id)
    if had_seat:
        if row.person_id is not None:
            uow.tell(SeatLeft(edition.id, row.person_id))
        _give_back(uow, edition, kind)


def accept_conduct(uow: UnitOfWork, edition: Edition) -> None:
    """Accept the code of conduct as it reads now."""
    row = queries.registration_of(uow.session, edition.id, _person(uow).id, lock=True)
    if row is None or row.state is State.CANCELLED:
        raise NotFound
    row.conduct_version, row.changed_at = edition.code_of_conduct_version, uow.now
    record(uow, "accepted_conduct", "registration", row.id, edition_id=edition.id, version=row.conduct_version)
    uow.session.flush()


# -- organisers ---------------------------------------------------------------------------------------------------


def add_kind(uow: UnitOfWork, edition: Edition, content: KindContent) -> RegistrationKind:
    """A new kind at the end of the list."""
    require(uow, edition, MAY_SETTINGS)
    known = queries.locked_kinds(uow.session, edition.id)
    kind = RegistrationKind(
        edition_id=edition.id,
        name=content.name,
        mode=content.mode,
        capacity=content.capacity,
        text=content.text,
        position=max((k.position for k in known.values()), default=0) + 1,
        taken=0,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(kind)
    except IntegrityError:
        raise Conflict(str(_("There is a kind of this name already."))) from None
    record(uow, "added", "registration_kind", kind.id, edition_id=edition.id)
    return kind


def edit_kind(uow: UnitOfWork, edition: Edition, kind_id: int, content: KindContent) -> RegistrationKind:
    """Change a kind. A capacity below what is taken is refused; a larger one calls up those who wait at once."""
    require(uow, edition, MAY_SETTINGS)
    kind = queries.locked_kinds(uow.session, edition.id).get(kind_id)
    if kind is None:
        raise NotFound
    if content.capacity is not None and content.capacity < kind.taken:
        raise Conflict(
            str(_("%(taken)s places are taken. The capacity cannot be lower; cancel some first.", taken=kind.taken))
        )
    try:
        with uow.session.begin_nested():
            kind.name, kind.mode, kind.capacity, kind.text = (
                content.name, content.mode, content.capacity, content.text,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict(str(_("There is a kind of this name already."))) from None
    record(uow, "edited", "registration_kind", kind.id, edition_id=edition.id, capacity=kind.capacity)
    call_up(uow, edition, kind)
    return kind


def remove_kind(uow: UnitOfWork, edition: Edition, kind_id: int) -> None:
    """Take a kind away that nobody ever chose."""
    require(uow, edition, MAY_SETTINGS)
    kind = queries.locked_kinds(uow.session, edition.id).get(kind_id)
    if kind is None:
        raise NotFound
    try:
        with uow.session.begin_nested():
            uow.session.delete(kind)
    except IntegrityError:
        raise Conflict(str(_("Somebody has chosen this kind. Set its capacity to what is taken instead."))) from None
    record(uow, "removed", "registration_kind", kind_id, edition_id=edition.id)


def save_settings(uow: UnitOfWork, edition: Edition, *, join_url: str | None, note: str) -> None:
    """The edition's join link and note. The link itself is not written into the history."""
    require(uow, edition, MAY_SETTINGS)
    row = queries.settings_of(uow.session, edition.id)
    if row is None:
        row = RegistrationSettings(edition_id=edition.id)
        uow.session.add(row)
    row.join_url, row.note = join_url, note
    record(uow, "edited", "registration_settings", None, edition_id=edition.id)
    uow.session.flush()


# -- what lower packages tell -------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: their seats go on, and their answers are gone."""
    for row in queries.seats_of(uow.session, event.person_id):
        edition = workshops.get_edition(uow.session, row.edition_id)
        kinds = queries.locked_kinds(uow.session, edition.id)
        if row.state is not State.CANCELLED:
            _cancel(uow, edition, row, kinds[row.kind_id])
        row.badge_name, row.pronouns, row.affiliation = "", None, None
        row.needs, row.diet, row.listing = "", [], Listing.UNLISTED
        row.person_id = None
    uow.session.flush()
