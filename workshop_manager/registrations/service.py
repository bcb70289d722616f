"""Verbs of registration. Every seat is given and taken under the lock of the edition's kinds."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.accounts.queries import find_person
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import queries as questions
from workshop_manager.questions.content import Filed, Sheet
from workshop_manager.registrations import (
    asking,
    caring,
    consequences,
    emails,
    hall,
    opening,
    queries,
    rules,
    waitlist,
    windows,
)
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.events import (
    RegistrationCancelled,
    RegistrationConfirmed,
    RegistrationsJoined,
    SeatChanged,
)
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.rules import NOTHING, Phase, Place, normal
from workshop_manager.registrations.states import Mode, State
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale, Taken, require

_CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What a ticket code is made of: nothing that reads like something else."""
_BATCH = 500


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
    host_done: bool = False
    host_number: str = ""
    answers: Mapping[int, Any] | None = None
    """To the organisers' questions, by their ids; None: nothing was asked, and what is stored stays."""
    told: Mapping[int, bool | None] = field(default_factory=dict)
    """What they agreed to, by the ids of the statements."""
    files: Mapping[int, Filed] = field(default_factory=dict)
    """New files, by the questions they answer."""
    files_later: bool = False
    """Files that are asked for are given afterwards, and missed on the ticket until then."""


@dataclass(frozen=True, slots=True)
class KindContent:
    """What organisers say about a kind. `capacity` None has no limit."""

    name: str
    mode: Mode
    capacity: int | None
    text: str = ""
    needs_host: bool = False
    is_hidden: bool = False
    needs_approval: bool = False
    opens: Deadline | None = None
    """When it can be chosen, where that is not when registration opens and closes."""
    closes: Deadline | None = None
    line_places: int | None = None
    """How many can wait for it; None has no limit."""


def phase(uow: UnitOfWork, edition: Edition, place: Place = NOTHING) -> Phase:
    """Where registration stands at this unit's moment for whoever acts, who holds that (two queries, or three)."""
    return windows.together(_windows(uow, edition, seen_kinds(uow, edition, place)))


def seen_kinds(uow: UnitOfWork, edition: Edition, place: Place) -> list[RegistrationKind]:
    """The kinds that are there for whoever acts, who holds that."""
    person_id = uow.actor.id if uow.actor is not None else None
    return opening.visible(uow, edition, queries.kinds(uow.session, edition.id), person_id, place)


def _windows(uow: UnitOfWork, edition: Edition, kinds: Iterable[RegistrationKind]) -> dict[int, windows.Window]:
    return windows.windows(kinds, edition, workshops.dates_by_key(uow.session, edition.id), uow.now)


def switch_until(uow: UnitOfWork, edition: Edition) -> Deadline | None:
    """Until when people with a seat take another kind themselves; None: while registration is open."""
    settings = queries.settings_of(uow.session, edition.id)
    return settings.switch_until if settings is not None else None


def conduct_to_accept(edition: Edition) -> int:
    """The version of the code of conduct as it reads now; 0 if the edition has none."""
    return edition.code_of_conduct_version if edition.code_of_conduct else 0


def acting(uow: UnitOfWork) -> Person:
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


# -- taking part --------------------------------------------------------------------------------------------------


def register(
    uow: UnitOfWork,
    edition: Edition,
    kind_id: int,
    details: Details,
    *,
    keep_virtual: bool = False,
    version: int | None = None,
) -> Registration:
    """Take a seat of this kind, or a place on its waitlist when it is full; for whoever takes part, change both.

    Somebody with a seat who asks for a full kind keeps it and waits; raises LineFull where nobody more can wait.
    `keep_virtual` gives others a virtual seat meanwhile, if one is free. `version` is that of the registration when the
    form was opened (0 for none); raises Stale if it changed since, and Incomplete if something is missing that the
    organisers ask.
    """
    person = acting(uow)
    made = waitlist.enter(uow, edition)
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    before = row.place if row is not None else NOTHING
    seen = {one.id: one for one in opening.visible(uow, edition, made.kinds.values(), person.id, before)}
    kind = seen.get(kind_id)
    if kind is None:
        raise NotFound
    if version is not None and version != (row.version if row is not None else 0):
        raise Stale(str(_("This changed while you had it open. Nothing of yours is saved yet.")))
    found = _windows(uow, edition, seen.values())
    after = _choose(made, person, kind, before, found, keep_virtual=keep_virtual)
    require_open(uow, edition, before, after, found)
    waitlist.require_place(uow.session, made, before, after)
    sheet = questions.sheet(uow.session, edition.id, asking.KEY) if details.answers is not None else Sheet()
    # Of a new file it is known only that there is one, until it is stored.
    answers = {**(details.answers or {}), **{number: {"version": 0} for number in details.files}}
    needed = asking.without_files(sheet) if details.files_later else sheet
    asking.require_complete(uow, needed, answers, details.told, after)
    if row is None:
        row = new_row(uow, edition, person, kind)
    _describe(uow, row, edition, details)
    asking.save(uow, row, sheet, answers, details.told, after, details.files)
    if before == after:
        record(uow, "described", "registration", row.id, edition_id=edition.id)
        return row
    _settle(uow, edition, row, person, made, before, after)
    return row


@dataclass(frozen=True, slots=True)
class Switch:
    """A step to another kind, as it would be now: what follows from it, and the name of what was shown."""

    kind: RegistrationKind
    step: Step
    sentences: tuple[str, ...]
    is_shut: bool = False
    """It is full, and so is its waitlist."""

    @property
    def seen(self) -> str:
        return consequences.digest(self.step, self.sentences)


def look_at_switch(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration, kind_id: int) -> Switch:
    """What taking another kind would lead to; NotFound if there is no such kind, or it is theirs already."""
    kind, before = made.kinds.get(kind_id), row.place
    if kind is None or row.person_id is None or before.seat is None or kind_id in (before.seat, before.wish):
        raise NotFound
    if not opening.visible(uow, edition, [kind], row.person_id, before):
        raise NotFound
    is_full = not made.has_room(kind_id, before, made.groups_of(row.person_id))
    after = rules.after_choosing(before, kind_id, is_full=is_full, needs_approval=kind.needs_approval)
    step = Step(before, after, made.kinds)
    is_shut = rules.joins_line(before, after) and not waitlist.has_place(uow.session, kind)
    return Switch(kind, step, tuple(consequences.of(uow, edition, row.person_id, step)), is_shut)


def has_consequences(uow: UnitOfWork, edition: Edition, row: Registration | None, kind_id: int) -> bool:
    """Whether something follows from another kind that its holder should read before."""
    if row is None or row.place.seat is None or kind_id in (row.place.seat, row.place.wish):
        return False
    made = hall.look(uow.session, edition.id, uow.now, row.person_id)
    return kind_id in made.kinds and bool(look_at_switch(uow, edition, made, row, kind_id).sentences)


def switch(uow: UnitOfWork, edition: Edition, kind_id: int, *, seen: str) -> Registration:
    """Take part in another way; the seat goes on at once. Full, they keep theirs and wait.

    `seen` names what was shown to follow (`Switch.seen`); raises Stale if something else follows by now.
    """
    person = acting(uow)
    made = waitlist.enter(uow, edition)
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is None:
        raise NotFound
    wanted = look_at_switch(uow, edition, made, row, kind_id)
    before, after = wanted.step.before, wanted.step.after
    require_open(uow, edition, before, after)
    if wanted.is_shut:
        raise waitlist.LineFull(waitlist.shut_text(wanted.kind))
    if seen != wanted.seen:
        raise Stale(str(_("What follows from it changed while you read. Nothing has happened yet.")))
    row.version += 1
    _settle(uow, edition, row, person, made, before, after)
    return row


def turn_virtual(uow: UnitOfWork, edition: Edition, person_id: int) -> bool:
    """Give a seat from afar to whoever cannot come into the room, whatever the windows say; the room's goes on.

    False if they have none in the room, or no virtual kind has a seat for them: then nothing has happened.
    """
    made = waitlist.enter(uow, edition)
    row = queries.registration_of(uow.session, edition.id, person_id, lock=True)
    seat = row.place.seat if row is not None else None
    person = find_person(uow.session, person_id)
    if row is None or person is None or seat is None or made.kinds[seat].mode is Mode.VIRTUAL:
        return False
    mine, before = made.groups_of(person_id), row.place
    for kind in sorted(made.kinds.values(), key=lambda one: (one.position, one.id)):
        if kind.mode is Mode.VIRTUAL and not kind.needs_approval and made.has_room(kind.id, before, mine):
            row.version += 1
            _settle(uow, edition, row, person, made, before, Place(kind.id))
            return True
    return False


def _choose(
    made: Hall,
    person: Person,
    kind: RegistrationKind,
    before: Place,
    found: Mapping[int, windows.Window],
    *,
    keep_virtual: bool,
) -> Place:
    """What choosing that kind leads to, with the seats that are free for this person."""
    mine = made.groups_of(person.id)
    is_full = not made.has_room(kind.id, before, mine)
    fallback = None
    if keep_virtual and (is_full or kind.needs_approval):
        order = sorted(made.kinds.values(), key=lambda one: (one.position, one.id))
        virtual = [one.id for one in order if one.mode is Mode.VIRTUAL and one.id != kind.id and one.id in found]
        # One that needs a yes is asked for, never given along.
        virtual = [one for one in virtual if rules.may_choose(found[one].phase) and not made.kinds[one].needs_approval]
        fallback = next((one for one in virtual if made.has_room(one, before, mine)), None)
    return rules.after_choosing(before, kind.id, is_full=is_full, fallback=fallback, needs_approval=kind.needs_approval)


def _settle(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, made: Hall, before: Place, after: Place
) -> None:
    """Give what was chosen, tell the person, and hand on what they left."""
    waitlist.move(uow, made, row, before, after)
    row.missed_offers = 0
    record(
        uow, after.state.value, "registration", row.id, edition_id=edition.id, seat=after.seat,
        waits_for=after.line, asks_for=after.asks,
    )  # fmt: skip
    if after.seat is not None and before.seat is None:
        uow.tell(RegistrationConfirmed(edition.id, person.id))
    if after.line is not None:
        emails.waitlisted(uow, edition, row, person, number=queries.number_in_line(uow.session, row))
    elif after.asks is not None:
        emails.requested(uow, edition, row, person)
    elif before == NOTHING:
        emails.registered(uow, edition, row, person)
    else:
        emails.changed(uow, edition, row, person)
    waitlist.serve(uow, edition, made)


def require_open(
    uow: UnitOfWork, edition: Edition, before: Place, after: Place, found: Mapping[int, windows.Window] | None = None
) -> None:
    """Raises Conflict, with the reason, if that step cannot be taken now; what is not newly entered may be closed.

    `found` are the windows of the kinds, for whoever has them already.
    """
    if rules.entered(before, after):
        require_on(edition)
    if found is None:
        found = _windows(uow, edition, seen_kinds(uow, edition, before))
    phases = [found[kind_id].phase for kind_id in rules.entered(before, after)] or [windows.together(found)]
    if before.seat is not None and rules.entered(before, after) and _is_switch_open(uow, edition, before, after):
        return
    if all(map(rules.may_choose, phases)):
        return
    if not rules.entered(before, after) and rules.may_describe(before.state, phases[0]):
        return
    if Phase.OVER in phases:
        raise Conflict(str(_("The event is over. Nothing was changed.")))
    if Phase.AHEAD in phases:
        raise Conflict(str(_("Registration is not open yet.")))
    raise Conflict(str(_("Registration is closed. Write to the organisers if you need to change something.")))


def _is_switch_open(uow: UnitOfWork, edition: Edition, before: Place, after: Place) -> bool:
    """Whether that kind can be taken beyond the end of registration; Conflict once the date for it has passed."""
    until = switch_until(uow, edition)
    if until is None:
        return False
    if until.has_passed(uow.now):
        when = when_text(until.at, until.zone)
        raise Conflict(
            str(_("Until %(when)s this could be changed here. Now the organisers do it: write to them.", when=when))
        )
    kinds, dates = seen_kinds(uow, edition, before), workshops.dates_by_key(uow.session, edition.id)
    can = windows.can_switch_to(kinds, edition, dates, until, uow.now)
    return all(can[kind_id] for kind_id in rules.entered(before, after))


def new_ticket_code() -> str:
    """Such as `7K4P-QM2X`: 40 random bits, to be read aloud at a door; it opens nothing by itself."""
    letters = [secrets.choice(_CODE_LETTERS) for _place in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def new_row(
    uow: UnitOfWork, edition: Edition, person: Person | None, kind: RegistrationKind, **values: Any
) -> Registration:
    """A registration that holds nothing yet; without a person, a seat with a name."""
    row = Registration(
        edition_id=edition.id,
        person_id=person.id if person is not None else None,
        kind_id=kind.id,
        kind=kind,
        state=State.CANCELLED,
        ticket_code=new_ticket_code(),
        created_at=uow.now,
        conduct_version=0,
        version=0,
        **values,
    )
    uow.session.add(row)
    return row


def _describe(uow: UnitOfWork, row: Registration, edition: Edition, details: Details) -> None:
    row.badge_name, row.pronouns, row.affiliation = details.badge_name, details.pronouns, details.affiliation
    was, row.needs = row.needs, details.needs
    row.listing, row.diet = details.listing, list(details.diet)
    row.photo_consent, row.host_done = details.photo_consent, details.host_done
    number = details.host_number if details.host_done else ""
    is_another = normal(number) != normal(row.host_number or "")
    row.host_number = number
    if not details.host_done or is_another:  # what was checked is not what they say now
        row.host_checked_at, row.host_checked_by = None, None
    agree(row, edition, uow.now)
    row.changed_at = uow.now
    row.version += 1
    uow.session.flush()
    if was or row.needs:
        caring.bring_up_to_date(uow, row, {None: row.needs}, [None] if (was or "") != row.needs else [])


def agree(row: Registration, edition: Edition, now: datetime) -> None:
    """They accept the code of conduct as it reads now."""
    current = conduct_to_accept(edition)
    if current and row.conduct_version != current:
        row.conduct_version, row.conduct_at = current, now


def cancel(uow: UnitOfWork, edition: Edition) -> Registration:
    """Give up one's own seat and place on a waitlist; the seat goes on at once."""
    person = acting(uow)
    made = waitlist.enter(uow, edition)
    row = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if row is None or row.state is State.CANCELLED:
        raise NotFound
    if not rules.may_cancel(row.state, edition.ends_at, uow.now):
        raise Conflict(str(_("The event is over. Nothing was changed.")))
    cancel_row(uow, edition, row, made, person)
    return row


def cancel_for(uow: UnitOfWork, edition: Edition, registration_id: int, reason: str) -> Registration:
    """An organiser cancels somebody's registration; that person is told, with the reason."""
    require(uow, edition, MAY_SETTINGS)
    made = waitlist.enter(uow, edition)
    row = queries.find(uow.session, edition.id, registration_id, lock=True)
    if row is None:
        raise NotFound
    if not rules.may_cancel(row.state, edition.ends_at, uow.now):
        raise Conflict(str(_("This registration is cancelled already, or the event is over.")))
    cancel_row(uow, edition, row, made, row.person, reason=reason)
    return row


def cancel_row(
    uow: UnitOfWork, edition: Edition, row: Registration, made: Hall, person: Person | None, *, reason: str = ""
) -> None:
    """Give up all they hold, and hand it on. `person` None: nobody is to be told."""
    end_row(uow, edition, row, made, person, reason=reason)
    waitlist.serve(uow, edition, made)


def end_row(
    uow: UnitOfWork, edition: Edition, row: Registration, made: Hall, person: Person | None, *, reason: str = ""
) -> None:
    """The same, where whoever calls hands it on."""
    before, kind = row.place, row.kind_id
    waitlist.move(uow, made, row, before, NOTHING)
    row.version += 1
    row.missed_offers = 0
    asking.forget(uow, row)
    uow.session.flush()
    # The reason stands in the mail alone: what somebody wrote about somebody must not outlast them in the history.
    record(uow, "cancelled", "registration", row.id, edition_id=edition.id, kind=kind)
    if row.person_id is not None:
        uow.tell(RegistrationCancelled(edition.id, row.person_id, had_seat=before.seat is not None))
    if person is not None:
        emails.cancelled(
            uow,
            edition,
            row,
            person,
            made.kinds[kind],
            had_seat=before.seat is not None,
            asked=before.state is State.REQUESTED,
            reason=reason,
        )


def accept_conduct(uow: UnitOfWork, edition: Edition, version: int) -> None:
    """Accept the code of conduct in the version that was shown; Stale if it reads differently by now."""
    row = queries.registration_of(uow.session, edition.id, acting(uow).id, lock=True)
    if row is None or row.state is State.CANCELLED:
        raise NotFound
    if version != conduct_to_accept(edition):
        raise Stale(str(_("The code of conduct changed a moment ago. Read it again, then agree to it.")))
    agree(row, edition, uow.now)
    row.changed_at = uow.now
    record(uow, "accepted_conduct", "registration", row.id, edition_id=edition.id, version=row.conduct_version)
    uow.session.flush()


# -- organisers ---------------------------------------------------------------------------------------------------


def _name_taken(name: str) -> Taken:
    sentence = _("There is a kind called “%(name)s” already. Give this one another name.", name=isolated(name))
    return Taken("name", str(sentence))


def add_kind(uow: UnitOfWork, edition: Edition, content: KindContent) -> RegistrationKind:
    """A new kind at the end of the list. Raises Taken for a name that another kind has."""
    require(uow, edition, MAY_SETTINGS)
    # Kinds before the edition: whoever takes a seat holds the kinds when their row asks for its edition. With no kind
    # yet only the edition makes the second wait, who therefore looks again.
    queries.locked_kinds(uow.session, edition.id)
    workshops.locked_edition(uow.session, edition.id)
    known = queries.locked_kinds(uow.session, edition.id)
    kind = RegistrationKind(
        edition_id=edition.id,
        name=content.name,
        mode=content.mode,
        capacity=content.capacity,
        text=content.text,
        needs_host=content.needs_host,
        is_hidden=content.is_hidden,
        needs_approval=content.needs_approval,
        line_places=content.line_places,
        **_window_columns(content),
        position=max((k.position for k in known.values()), default=0) + 1,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(kind)
    except IntegrityError:
        raise _name_taken(content.name) from None
    record(uow, "added", "registration_kind", kind.id, edition_id=edition.id, capacity=kind.capacity)
    return kind


def _window_columns(content: KindContent) -> dict[str, Any]:
    if content.opens is not None and content.closes is not None and content.closes.at <= content.opens.at:
        raise Taken("closes", str(_("It would close before it opens. Choose a later end, or an earlier opening.")))
    opens, closes = content.opens, content.closes
    return {
        "opens_at": opens.at if opens else None,
        "opens_zone": opens.zone if opens else None,
        "closes_at": closes.at if closes else None,
        "closes_zone": closes.zone if closes else None,
    }


def _locked_kind(
    uow: UnitOfWork, edition: Edition, kind_id: int
) -> tuple[dict[int, RegistrationKind], RegistrationKind]:
    require(uow, edition, MAY_SETTINGS)
    kinds = queries.locked_kinds(uow.session, edition.id)
    if kind_id not in kinds:
        raise NotFound
    return kinds, kinds[kind_id]


def edit_kind(
    uow: UnitOfWork, edition: Edition, kind_id: int, content: KindContent, *, version: int | None = None
) -> RegistrationKind:
    """Change a kind. A capacity below what is taken is refused; a larger one gives seats to those who wait at once.
    Fewer places on the waitlist than people wait take nobody's away: nobody is added until there are fewer.

    Raises Taken for a name or a capacity that cannot be, and Stale if somebody saved since `version`.
    """
    require(uow, edition, MAY_SETTINGS)
    kind = waitlist.enter(uow, edition).kinds.get(kind_id)
    if kind is None:
        raise NotFound
    if version is not None and version != kind.version:
        raise Stale(str(_("Somebody else saved this kind while you had it open. Nothing of yours is saved yet.")))
    if content.capacity is not None and content.capacity < kind.taken:
        raise Taken("capacity", _capacity_sentence(kind.taken))
    was = kind.mode
    try:
        with uow.session.begin_nested():
            kind.name, kind.mode, kind.capacity = content.name, content.mode, content.capacity
            kind.text, kind.needs_host, kind.is_hidden = content.text, content.needs_host, content.is_hidden
            kind.needs_approval, kind.line_places = content.needs_approval, content.line_places
            kind.held_back = 0  # counted anew beneath: fewer places may leave less to keep for a group
            for name, value in _window_columns(content).items():
                setattr(kind, name, value)
            kind.version += 1
    except IntegrityError:
        raise _name_taken(content.name) from None
    record(uow, "edited", "registration_kind", kind.id, edition_id=edition.id, capacity=kind.capacity)
    waitlist.serve(uow, edition, hall.enter(uow.session, edition.id, uow.now))
    for person_id in queries.holders_of(uow.session, kind.id) if kind.mode is not was else ():
        uow.tell(SeatChanged(edition.id, person_id))
    return kind


def _capacity_sentence(taken: int) -> str:
    return str(
        ngettext(
            "%(num)s place is taken. Write %(num)s or more, or cancel some registrations first.",
            "%(num)s places are taken. Write %(num)s or more, or cancel some registrations first.",
            taken,
        )
    )


def move_kind(uow: UnitOfWork, edition: Edition, kind_id: int, step: int) -> None:
    """Move a kind one place up (-1) or down (1); at the end of the list nothing happens."""
    kinds, kind = _locked_kind(uow, edition, kind_id)
    rows = sorted(kinds.values(), key=lambda row: (row.position, row.id))
    place = rows.index(kind)
    if 0 <= place + step < len(rows):
        rows[place], rows[place + step] = rows[place + step], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    uow.session.flush()


def remove_kind(uow: UnitOfWork, edition: Edition, kind_id: int) -> None:
    """Take a kind away that nobody ever chose."""
    _kinds, kind = _locked_kind(uow, edition, kind_id)
    if queries.is_kind_used(uow.session, kind.id):
        raise Conflict(
            str(_("Somebody has chosen this kind, so it stays. To take nobody else, set its places to what is taken."))
        )
    uow.session.delete(kind)
    uow.session.flush()
    record(uow, "removed", "registration_kind", kind_id, edition_id=edition.id)


def save_settings(
    uow: UnitOfWork,
    edition: Edition,
    *,
    join_url: str | None,
    note: str,
    offer_hours: int | None = None,
    last_week_hours: int | None = None,
    join_minutes: int = rules.JOIN_MINUTES,
    version: int | None = None,
) -> RegistrationSettings:
    """The edition's join link and when it opens, its note, how long a seat is offered (None: it is given at once).

    Raises Stale if somebody saved since `version` (0 for none). The link itself is not written into the history.
    """
    require(uow, edition, MAY_SETTINGS)
    workshops.locked_edition(uow.session, edition.id)
    row = queries.settings_of(uow.session, edition.id)
    if version is not None and version != (row.version if row is not None else 0):
        raise Stale(str(_("Somebody else saved this while you had it open. Nothing of yours is saved yet.")))
    if row is None:
        row = RegistrationSettings(edition_id=edition.id, version=0)
        uow.session.add(row)
    row.join_url, row.note = join_url, note
    row.offer_hours, row.last_week_hours, row.join_minutes = offer_hours, last_week_hours, join_minutes
    row.version += 1
    record(uow, "edited", "registration_settings", None, edition_id=edition.id)
    uow.session.flush()
    return row


def save_limits(
    uow: UnitOfWork,
    edition: Edition,
    *,
    switch_until: Deadline | None,
    transfer_until: Deadline | None,
    transfer_approved: bool = False,
    version: int | None = None,
) -> RegistrationSettings:
    """Until when people change how they take part, and pass their seat on. Stale if somebody saved since `version`."""
    require(uow, edition, MAY_SETTINGS)
    workshops.locked_edition(uow.session, edition.id)
    row = queries.settings_of(uow.session, edition.id)
    if version is not None and version != (row.version if row is not None else 0):
        raise Stale(str(_("Somebody else saved this while you had it open. Nothing of yours is saved yet.")))
    if row is None:
        row = RegistrationSettings(edition_id=edition.id, version=0)
        uow.session.add(row)
    row.switch_at, row.switch_zone = (switch_until.at, switch_until.zone) if switch_until else (None, None)
    row.transfer_at, row.transfer_zone = (transfer_until.at, transfer_until.zone) if transfer_until else (None, None)
    row.transfer_approved = transfer_approved
    row.version += 1
    record(uow, "edited", "registration_settings", None, edition_id=edition.id)
    uow.session.flush()
    return row


# -- one person's two accounts ------------------------------------------------------------------------------------


def join_rows(uow: UnitOfWork, edition_id: int, into_id: int, gone_id: int) -> None:
    """Both accounts of one person are registered: the better registration stays, the other's seat goes on.

    The one that stays belongs to the account that stays; the other, without what it said, to the one that ends.
    """
    edition = workshops.get_edition(uow.session, edition_id)
    made = waitlist.enter(uow, edition)
    mine = queries.registration_of(uow.session, edition_id, into_id, lock=True)
    theirs = queries.registration_of(uow.session, edition_id, gone_id, lock=True)
    if mine is None or theirs is None:
        return
    kept, left = (theirs, mine) if rules.is_better(theirs.place, mine.place) else (mine, theirs)
    if rules.takes_over_line(kept.place, left.place):
        _take_over_line(uow, made, kept, left)
    if left.state is not State.CANCELLED:
        cancel_row(uow, edition, left, made, None)
    left.badge_name, left.pronouns, left.affiliation = "", None, None
    left.listing = Listing.UNLISTED
    asking.forget(uow, left)
    if left is mine:
        left.person_id = None
        uow.session.flush()
        kept.person_id = into_id
        uow.session.flush()
        left.person_id = gone_id
    kept.version += 1
    record(uow, "joined", "registration", kept.id, edition_id=edition_id, other=left.id)
    uow.session.flush()
    uow.tell(RegistrationsJoined(edition_id, kept.id, left.id))
    waitlist.serve(uow, edition, waitlist.enter(uow, edition))


def _take_over_line(uow: UnitOfWork, made: Hall, kept: Registration, left: Registration) -> None:
    """The better place of the two in that line. A seat that was offered to the one that ends is offered anew."""
    line, number, since = left.waits_for_id, left.line_number, left.waiting_since
    assert line is not None  # the rule asked
    waitlist.move(uow, made, left, left.place, Place(left.place.seat))
    if kept.line_number is None or ((number or 0) < kept.line_number and not kept.place.is_offered):
        kept.waits_for_id, kept.waits_for, kept.line_number, kept.waiting_since = line, made.kinds[line], number, since
    uow.session.flush()


# -- what others tell, and time -----------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: their seats go on, and what they said about themselves is gone."""
    for row in queries.all_of_person(uow.session, event.person_id):
        edition = workshops.get_edition(uow.session, row.edition_id)
        made = waitlist.enter(uow, edition)
        uow.session.refresh(row)
        if row.state is not State.CANCELLED:
            cancel_row(uow, edition, row, made, None)
        row.badge_name, row.pronouns, row.affiliation = "", None, None
        row.listing = Listing.UNLISTED
        asking.forget(uow, row)
        row.person_id = None
    uow.session.flush()
