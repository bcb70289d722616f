"""What is done to a call, its rounds, types and dates. Each verb asks its rule first; nothing here commits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute

from workshop_manager.calls import facts, queries, rules
from workshop_manager.calls.models import Call, CallDate, EarlierCallDate, PersonalDeadline, Round, SubmissionType
from workshop_manager.calls.states import Blinding
from workshop_manager.core import audit
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Taken, require
from workshop_manager.workshops.states import DateKey, TrackKind


@dataclass(frozen=True, slots=True)
class CallContent:
    """What organisers say about a call."""

    headline: str
    text: str
    blinding: Blinding
    needs_pdf: bool
    page_limit: int
    reference_pages: int
    word_limit: int
    max_megabytes: int
    most_per_person: int | None = None
    prior_rule: str = ""
    prior_cutoff_at: datetime | None = None
    prior_cutoff_zone: str | None = None
    round_name: str = ""
    type_name: str = ""


def locked_call(uow: UnitOfWork, edition_id: int) -> Call:
    """The call's row, made if it is not there yet and locked until the end of the transaction."""
    query = select(Call).where(Call.edition_id == edition_id).with_for_update()
    fresh = query.execution_options(populate_existing=True)
    found = uow.session.execute(fresh).scalar_one_or_none()
    if found is not None:
        return found
    try:
        with uow.session.begin_nested():
            uow.session.add(Call.blank(edition_id))
            uow.session.flush()
    except IntegrityError:
        pass  # somebody else made it a moment ago; theirs is as good
    return uow.session.execute(fresh).scalar_one()


def may_blind(uow: UnitOfWork, call: Call, wanted: Blinding) -> bool:
    """False if that would show names that authors were promised would be hidden."""
    is_promised = call.blinding is not wanted and facts.is_anything_submitted(uow.session, call.edition_id)
    return rules.may_blind(call.blinding, wanted, is_promised)


def edit_call(uow: UnitOfWork, edition: Edition, content: CallContent) -> Call:
    """Store what the organisers wrote. Whether they started from the newest version is asked by the view."""
    call = locked_call(uow, edition.id)
    if not may_blind(uow, call, content.blinding):
        raise Conflict(str(_("Abstracts were submitted with fewer names shown than that.")))
    for name in CallContent.__slots__:
        setattr(call, name, getattr(content, name))
    call.version += 1
    audit.record(uow, "call edited", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()
    return call


def name_own_round(uow: UnitOfWork, edition: Edition, name: str) -> None:
    """Say what the call's own round is called where there are others."""
    require(uow, edition, MAY_SETTINGS)
    call = locked_call(uow, edition.id)
    call.round_name = name
    call.version += 1
    audit.record(uow, "call edited", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


# -- dates of rounds and tracks -----------------------------------------------------------------------------------


def set_call_date(
    uow: UnitOfWork,
    edition: Edition,
    key: DateKey,
    round_id: int | None,
    track_id: int | None,
    deadline: Deadline | None,
    *,
    instead_of: Deadline | None = None,
) -> CallDate | None:
    """Give a round or a track a date of its own, move it and keep what it was, or take it away with None.

    `instead_of` is the wider date that held until now: it is kept as what the date was before.
    """
    require(uow, edition, MAY_SETTINGS)
    workshops.locked_edition(uow.session, edition.id)
    row = queries.find_call_date(uow.session, edition.id, key, round_id, track_id)
    if row is None:
        return _add_date(uow, edition, key, round_id, track_id, deadline, instead_of) if deadline else None
    if deadline is None:
        audit.record(uow, "removed", "call date", row.id, edition_id=edition.id, key=key.value)
        uow.session.delete(row)
        uow.session.flush()
        return None
    if not _is_same(row.deadline, deadline):
        old = row.deadline
        row.earlier.append(_earlier(uow, old))
        row.at, row.zone = deadline.at, deadline.zone
        row.revision, row.changed_at = row.revision + 1, uow.now
        _record_date(uow, edition, row, old)
        uow.session.flush()
    return row


def _is_same(stored: Deadline, typed: Deadline) -> bool:
    """True if a form would show both alike: it has no seconds."""
    minutes = [d.at.replace(second=0, microsecond=0) for d in (stored, typed)]
    return stored.zone == typed.zone and minutes[0] == minutes[1]


def _add_date(
    uow: UnitOfWork,
    edition: Edition,
    key: DateKey,
    round_id: int | None,
    track_id: int | None,
    deadline: Deadline,
    instead_of: Deadline | None,
) -> CallDate:
    row = CallDate(
        edition_id=edition.id,
        round_id=round_id,
        track_id=track_id,
        key=key,
        at=deadline.at,
        zone=deadline.zone,
        revision=1 if instead_of else 0,
        changed_at=uow.now if instead_of else None,
        earlier=[_earlier(uow, instead_of)] if instead_of and instead_of != deadline else [],
    )
    uow.session.add(row)
    uow.session.flush()
    _record_date(uow, edition, row, instead_of)
    return row


def _earlier(uow: UnitOfWork, old: Deadline) -> EarlierCallDate:
    by = uow.actor.id if uow.actor else None
    return EarlierCallDate(at=old.at, zone=old.zone, changed_at=uow.now, changed_by=by)


def _record_date(uow: UnitOfWork, edition: Edition, row: CallDate, old: Deadline | None) -> None:
    audit.record(
        uow,
        "moved" if old else "set",
        "call date",
        row.id,
        edition_id=edition.id,
        key=row.key.value,
        round_id=row.round_id,
        track_id=row.track_id,
        old=old.at.isoformat() if old else None,
        new=row.at.isoformat(),
    )


# -- rounds and types ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundContent:
    """A round as typed; `dates` names every date of a round, None for one it does not have."""

    name: str
    description: str
    dates: Mapping[DateKey, Deadline | None]


def save_round(uow: UnitOfWork, edition: Edition, row: Round | None, content: RoundContent) -> Round:
    """Add a round, or change one; dates that moved are kept as they were. Raises Taken for a name that is in use."""
    require(uow, edition, MAY_SETTINGS)
    workshops.locked_edition(uow.session, edition.id)
    taken = Taken("name", str(_("There is a round of this name already.")))
    if row is None:
        row = Round(edition_id=edition.id, position=_next(uow, Round.position, Round.edition_id, edition.id))
    _name(uow, row, content.name, content.description, taken)
    audit.record(uow, "saved", "round", row.id, edition_id=edition.id)
    for key, deadline in content.dates.items():
        set_call_date(uow, edition, key, row.id, None, deadline)
    return row


def remove_round(uow: UnitOfWork, edition: Edition, round_id: int) -> None:
    """Take a round away with its dates; refused once anything was begun in it."""
    require(uow, edition, MAY_SETTINGS)
    row = queries.find_round(uow.session, edition.id, round_id)
    if row is None:
        raise NotFound
    _remove(uow, row, str(_("There are abstracts in this round. It stays, with its dates.")))
    audit.record(uow, "removed", "round", round_id, edition_id=edition.id)


@dataclass(frozen=True, slots=True)
class TypeContent:
    """A submission type as typed."""

    name: str
    description: str
    needs_pdf: bool
    page_limit: int
    reference_pages: int
    word_limit: int
    max_megabytes: int
    prior_rule: str = ""
    prior_cutoff_at: datetime | None = None
    prior_cutoff_zone: str | None = None


def save_type(uow: UnitOfWork, edition: Edition, row: SubmissionType | None, content: TypeContent) -> SubmissionType:
    """Add a type, or change one. What was submitted keeps to the limits of its time until its authors change it."""
    require(uow, edition, MAY_SETTINGS)
    locked_call(uow, edition.id)
    if row is None:
        position = _next(uow, SubmissionType.position, SubmissionType.edition_id, edition.id)
        row = SubmissionType(edition_id=edition.id, position=position)
    for field in fields(content):
        if field.name not in ("name", "description"):
            setattr(row, field.name, getattr(content, field.name))
    taken = Taken("name", str(_("There is a type of this name already.")))
    _name(uow, row, content.name, content.description, taken)
    audit.record(uow, "saved", "submission type", row.id, edition_id=edition.id)
    return row


def remove_type(uow: UnitOfWork, edition: Edition, type_id: int) -> None:
    """Take a type away; refused once anything was begun as one."""
    require(uow, edition, MAY_SETTINGS)
    row = queries.find_type(uow.session, edition.id, type_id)
    if row is None:
        raise NotFound
    _remove(uow, row, str(_("There are abstracts of this type. It stays, with its limits.")))
    audit.record(uow, "removed", "submission type", type_id, edition_id=edition.id)


def _next(
    uow: UnitOfWork, position: InstrumentedAttribute[int], edition: InstrumentedAttribute[int], edition_id: int
) -> int:
    largest = uow.session.execute(select(func.max(position)).where(edition == edition_id)).scalar_one()
    return (largest or 0) + 1


def _name(uow: UnitOfWork, row: Round | SubmissionType, name: str, description: str, taken: Taken) -> None:
    try:
        with uow.session.begin_nested():
            row.name, row.description = name, description
            uow.session.add(row)
    except IntegrityError:
        raise taken from None


def _remove(uow: UnitOfWork, row: Round | SubmissionType, otherwise: str) -> None:
    try:
        with uow.session.begin_nested():
            uow.session.delete(row)
    except IntegrityError:
        raise Conflict(otherwise) from None


# -- tracks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackContent:
    """What the call says of a track beside its words; `due`: its own deadline in each round, by the round's id."""

    kind: TrackKind
    colour: str | None
    is_hidden: bool
    due: Mapping[int | None, Deadline | None]


def edit_track(uow: UnitOfWork, edition: Edition, track: Track, content: TrackContent) -> None:
    """Store them; a deadline that moved is kept as it was."""
    require(uow, edition, MAY_SETTINGS)
    track.kind, track.colour, track.is_hidden = content.kind, content.colour, content.is_hidden
    for round_id, deadline in content.due.items():
        set_call_date(uow, edition, DateKey.ABSTRACTS_DUE, round_id, track.id, deadline)
    audit.record(uow, "edited", "track", track.id, edition_id=edition.id)
    uow.session.flush()


# -- single people ------------------------------------------------------------------------------------------------


def give_time(
    uow: UnitOfWork,
    edition: Edition,
    email: str,
    round_id: int | None,
    track_id: int | None,
    deadline: Deadline,
    *,
    person_id: int | None,
    code_id: int | None = None,
) -> PersonalDeadline:
    """Let one person submit until then. `person_id`: whose account bears the address, if there is one."""
    row = PersonalDeadline(
        edition_id=edition.id,
        person_id=person_id,
        email=email.casefold(),
        round_id=round_id,
        track_id=track_id,
        at=deadline.at,
        zone=deadline.zone,
        code_id=code_id,
        given_by=uow.actor.id if uow.actor else None,
        given_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "given time", "personal deadline", row.id, edition_id=edition.id, until=row.at.isoformat())
    return row


def link_address(uow: UnitOfWork, person_id: int, address: str) -> None:
    """Somebody has shown that an address is theirs: what was given to it is theirs from now on."""
    for row in queries.unlinked_deadlines(uow.session, address):
        row.person_id = person_id
    uow.session.flush()


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: what was given to it goes with its address."""
    uow.session.execute(delete(PersonalDeadline).where(PersonalDeadline.person_id == person_id))
