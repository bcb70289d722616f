"""More time to submit: for everybody, for a round, for a track, or for one person. One act: the date moves, what it
was stays struck through, and everybody with a draft for whom it moves is told by mail."""

from dataclasses import dataclass, replace

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Phase, Plan, deadline_for, extended, moved_along, phase_for
from workshop_manager.calls.service import give_time, set_call_date
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import deadline_emails, queries
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import service as dates
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class Target:
    """For whom: a round (None: the call's own), a track of it or None for all, one address or "" for everybody."""

    round_id: int | None = None
    track_id: int | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who gets the mail, with the drafts it names. `person` is None for an address without an account."""

    person: Person | None
    address: str
    drafts: tuple[Submission, ...]


def present(uow: UnitOfWork, edition: Edition, target: Target) -> Deadline | None:
    """The deadline that holds there now; for one person with what they were given before."""
    plan = calls.plan_of(uow.session, edition.id, is_desk=True)
    if target.email:
        person = queries.person_of_address(uow.session, target.email)
        given = calls.extensions_of(uow.session, edition.id, target.email, person.id if person else None)
        plan = replace(plan, extensions=tuple(given))
    return deadline_for(plan, target.round_id, target.track_id)


def tracks_along(uow: UnitOfWork, edition: Edition, target: Target, deadline: Deadline) -> tuple[int, ...]:
    """The tracks with a deadline of their own that moves with this one."""
    if target.email or target.track_id is not None:
        return ()
    return moved_along(calls.plan_of(uow.session, edition.id, is_desk=True), target.round_id, deadline)


def recipients(uow: UnitOfWork, edition: Edition, target: Target, deadline: Deadline) -> list[Told]:
    """Who is told: the one person; or everybody with a draft whose deadline this moves, each once."""
    if target.email:
        person = queries.person_of_address(uow.session, target.email)
        theirs = queries.drafts_in_edition(uow.session, edition.id, person.id) if person else ()
        return [Told(person, target.email, tuple(theirs))]
    before = calls.plan_of(uow.session, edition.id, is_desk=True)
    after = extended(before, target.round_id, target.track_id, deadline)
    drafts = queries.drafts_in_edition(uow.session, edition.id)
    writers = queries.writers_of(uow.session, drafts)
    plans = calls.plans_of_people(uow.session, edition.id, {p.id for people in writers.values() for p in people})
    found: dict[int, tuple[Person, list[Submission]]] = {}
    for draft in drafts:
        for person in writers[draft.id]:
            own = plans[person.id]
            if _moves(uow, own, replace(after, extensions=own.extensions), draft, target):
                found.setdefault(person.id, (person, []))[1].append(draft)
    return [Told(person, person.email, tuple(theirs)) for person, theirs in found.values()]


def _moves(uow: UnitOfWork, before: Plan, after: Plan, draft: Submission, target: Target) -> bool:
    """True if this person can submit the draft later than before. A draft of a round that is over goes to another."""
    is_over = phase_for(before, uow.now, draft.round_id, draft.track_id) is Phase.CLOSED
    round_id = target.round_id if is_over else draft.round_id
    old, new = (deadline_for(plan, round_id, draft.track_id) for plan in (before, after))
    return new is not None and (old is None or new.at > old.at)


def extend(uow: UnitOfWork, edition: Edition, target: Target, deadline: Deadline, note: str, *, seen: Deadline) -> int:
    """Move the deadline, and tell whom it concerns; how many mails go out. Raises Stale if it moved since `seen`."""
    dates.require(uow, edition, MAY_SETTINGS)
    # From here on nobody submits by the old date: `service.submit` holds the edition while it looks.
    edition = workshops.locked_edition(uow.session, edition.id)
    old = present(uow, edition, target)
    if old is None or old != seen:
        raise dates.Stale(str(_("Somebody else moved this deadline while you had it open. Nothing was changed.")))
    if deadline.at <= old.at or deadline.has_passed(uow.now):
        raise Conflict(str(_("An extension ends later than the deadline does now, and later than this moment.")))
    told = recipients(uow, edition, target, deadline)
    moved = deadline_emails.Moved(old, deadline, note, is_personal=bool(target.email))
    act = _move(uow, edition, target, deadline, old)
    for one in told:
        deadline_emails.extended(uow, edition, one.person, one.address, one.drafts, moved, act)
    return len(told)


def _move(uow: UnitOfWork, edition: Edition, target: Target, deadline: Deadline, old: Deadline) -> str:
    """Store the new date; the name of this act in the keys of its mails."""
    if target.email:
        person = queries.person_of_address(uow.session, target.email)
        place = (target.email, target.round_id, target.track_id)
        given = give_time(uow, edition, *place, deadline, person_id=person.id if person else None)
        return f"person:{given.id}"
    key = DateKey.ABSTRACTS_DUE
    for track_id in tracks_along(uow, edition, target, deadline):
        set_call_date(uow, edition, key, target.round_id, track_id, deadline)
    if target.round_id is None and target.track_id is None:
        row = workshops.dates_by_key(uow.session, edition.id)[key]
        moved = dates.move_date(uow, edition, row.id, row.label, deadline)
        return f"edition:{moved.id}:{moved.revision}"
    own = set_call_date(uow, edition, key, target.round_id, target.track_id, deadline, instead_of=old)
    assert own is not None
    return f"call:{own.id}:{own.revision}"
