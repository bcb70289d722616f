"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, null, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.calls.models import (
    AccessCode,
    Call,
    CallDate,
    CodeUse,
    PersonalDeadline,
    Round,
    SubmissionType,
)
from workshop_manager.calls.rules import SHARED, Extension, Plan, Scope
from workshop_manager.core.deadlines import Deadline
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import is_cancelled
from workshop_manager.workshops.dates import Dated
from workshop_manager.workshops.models import ImportantDate, TeamMember, Track
from workshop_manager.workshops.states import DateKey, Role

CALL_KEYS = (
    DateKey.CALL_OPENS,
    DateKey.ABSTRACTS_DUE,
    DateKey.EDIT_UNTIL,
    DateKey.NOTIFICATION,
    DateKey.CONFIRM_BY,
    DateKey.CAMERA_READY,
)
"""The dates that each round has, in their order."""


def find_call(session: Session, edition_id: int) -> Call:
    """The call of that edition; a blank one, not in the session, if nobody has written it yet."""
    return session.get(Call, edition_id) or Call.blank(edition_id)


def call_with_types(session: Session, edition_id: int) -> tuple[Call, Sequence[SubmissionType]]:
    """The call (a blank one if nobody has written it yet) with its further types in their order, in one query."""
    rows: Sequence[Any] = session.execute(
        select(Call, SubmissionType)
        .outerjoin(SubmissionType, SubmissionType.edition_id == Call.edition_id)
        .where(Call.edition_id == edition_id)
        .order_by(SubmissionType.position, SubmissionType.id)
    ).all()
    if not rows:
        return Call.blank(edition_id), ()
    return rows[0][0], [kind for _call, kind in rows if kind is not None]


def rounds_of(session: Session, edition_id: int) -> Sequence[Round]:
    """The further rounds in their order; the call's own round has no row."""
    return session.scalars(select(Round).where(Round.edition_id == edition_id).order_by(Round.position, Round.id)).all()


def find_round(session: Session, edition_id: int, round_id: int) -> Round | None:
    """That round of this edition."""
    return session.scalars(select(Round).where(Round.id == round_id, Round.edition_id == edition_id)).one_or_none()


def types_of(session: Session, edition_id: int) -> Sequence[SubmissionType]:
    """The further types in their order; the call's own type has no row."""
    return session.scalars(
        select(SubmissionType)
        .where(SubmissionType.edition_id == edition_id)
        .order_by(SubmissionType.position, SubmissionType.id)
    ).all()


def find_type(session: Session, edition_id: int, type_id: int) -> SubmissionType | None:
    """That type of this edition."""
    return session.scalars(
        select(SubmissionType).where(SubmissionType.id == type_id, SubmissionType.edition_id == edition_id)
    ).one_or_none()


def type_of(session: Session, edition_id: int, type_id: int | None) -> SubmissionType | None:
    """That type of this edition; None for the call's own."""
    return None if type_id is None else find_type(session, edition_id, type_id)


def call_dates(session: Session, edition_id: int) -> Sequence[CallDate]:
    """The dates of rounds and tracks with what they were before, in one query."""
    rows = session.scalars(
        select(CallDate)
        .options(joinedload(CallDate.earlier))
        .where(CallDate.edition_id == edition_id)
        .order_by(CallDate.at, CallDate.id)
    )
    return rows.unique().all()


def find_call_date(
    session: Session, edition_id: int, key: DateKey, round_id: int | None, track_id: int | None
) -> CallDate | None:
    """The date of exactly that round and track, with what it was before."""
    return session.scalars(
        select(CallDate)
        .options(selectinload(CallDate.earlier))
        .where(CallDate.edition_id == edition_id, CallDate.key == key)
        .where(_is(CallDate.round_id, round_id), _is(CallDate.track_id, track_id))
        .execution_options(populate_existing=True)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class PlacedDate:
    """A date of a round, of a track, or of a track in a round, with their names; "" for the call's own round."""

    row: CallDate
    round_name: str
    track_name: str


def placed_dates(session: Session, edition_id: int, *, is_desk: bool = False) -> list[PlacedDate]:
    """The dates of rounds and tracks in their order, with what they were before, in one query.

    Those of hidden tracks are for the desk only.
    """
    query = (
        select(CallDate, Round.name, Track.name)
        .outerjoin(Round, Round.id == CallDate.round_id)
        .outerjoin(Track, Track.id == CallDate.track_id)
        .options(joinedload(CallDate.earlier))
        .where(CallDate.edition_id == edition_id)
        .order_by(CallDate.at, CallDate.id)
    )
    if not is_desk:
        query = query.where(or_(CallDate.track_id.is_(None), Track.is_hidden.is_(False)))
    rows = session.execute(query).unique()
    return [PlacedDate(row, of_round or "", of_track or "") for row, of_round, of_track in rows]


def dates_at(
    session: Session,
    edition_id: int,
    place: tuple[int | None, int | None],
    dates: Mapping[DateKey, Dated],
    plan: Plan,
) -> dict[DateKey, Dated]:
    """The dates as those in that round and track read them, with what they were before.

    `dates` are the edition's; one query more where the plan says that the round or the track has its own.
    """
    own = call_dates(session, edition_id) if plan.has_own(*place) else ()
    return as_placed(place, dates, own)


def as_placed(
    place: tuple[int | None, int | None], dates: Mapping[DateKey, Dated], own: Iterable[CallDate]
) -> dict[DateKey, Dated]:
    """The same with the dates of all rounds and tracks at hand; as `Plan.date` answers for each."""
    round_id, track_id = place
    found: dict[DateKey, Dated] = {
        key: row for key, row in dates.items() if round_id is None or key not in CALL_KEYS or key in SHARED
    }
    of_round = [row for row in own if row.round_id == round_id]
    found |= {row.key: row for row in of_round if row.track_id is None}
    found |= {row.key: row for row in of_round if row.track_id is not None and row.track_id == track_id}
    return found


def plans_for(session: Session, edition_ids: Collection[int], key: DateKey) -> dict[int, Plan]:
    """One date of each of these editions, as all their rounds and tracks have it (one query)."""
    found: dict[int, dict[Scope, Deadline]] = {edition_id: {} for edition_id in edition_ids}
    if not found:
        return {}
    common = select(ImportantDate.edition_id, null(), null(), ImportantDate.at, ImportantDate.zone).where(
        ImportantDate.key == key, ImportantDate.edition_id.in_(found)
    )
    own = select(CallDate.edition_id, CallDate.round_id, CallDate.track_id, CallDate.at, CallDate.zone).where(
        CallDate.key == key, CallDate.edition_id.in_(found)
    )
    # The typed columns stand first: a union takes its types from its first part.
    rows: Sequence[Any] = session.execute(union_all(own, common)).all()
    for edition_id, round_id, track_id, at, zone in rows:
        found[edition_id][(key, round_id, track_id)] = Deadline(at, zone)
    return {edition_id: Plan(scoped) for edition_id, scoped in found.items()}


def plan_for(session: Session, edition_id: int, key: DateKey) -> Plan:
    """One date of that edition, as all its rounds and tracks have it (one query)."""
    return plans_for(session, [edition_id], key)[edition_id]


def _is(column: InstrumentedAttribute[int | None], value: int | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def plan_of(
    session: Session,
    edition_id: int,
    person_id: int | None = None,
    *,
    dates: Mapping[DateKey, ImportantDate] | None = None,
    also: int | None = None,
    is_desk: bool = False,
) -> Plan:
    """The dates of the call, with those that this person was given: two queries, one with `dates` at hand.

    Those of hidden tracks are left out, unless a code opened them to the person, it is the track `also`, or they are
    for the desk.
    """
    if dates is None:
        dates = workshops.dates_by_key(session, edition_id)
    found: dict[Scope, Deadline] = {(key, None, None): row.deadline for key, row in dates.items() if key in CALL_KEYS}
    scoped = select(CallDate.round_id, CallDate.track_id, CallDate.at, CallDate.zone, CallDate.key, literal(0)).where(
        CallDate.edition_id == edition_id
    )
    if not is_desk:
        seen = _seen_tracks(edition_id, person_id, also)
        scoped = scoped.where(or_(CallDate.track_id.is_(None), CallDate.track_id.in_(seen)))
    # Rounds, dates and what was given come in one query, since so many pages ask: a round has no moment, what was
    # given no key.
    nothing = null()
    rounds = select(Round.id, nothing, nothing, nothing, nothing, Round.position).where(Round.edition_id == edition_id)
    given = select(
        PersonalDeadline.round_id, PersonalDeadline.track_id, PersonalDeadline.at, PersonalDeadline.zone, nothing,
        literal(0),
    ).where(PersonalDeadline.edition_id == edition_id, PersonalDeadline.person_id == person_id)  # fmt: skip
    further: list[tuple[int, int]] = []
    extensions: list[Extension] = []
    wanted = (scoped, rounds) if person_id is None else (scoped, rounds, given)
    row: tuple[Any, ...]
    for row in session.execute(union_all(*wanted)):
        round_id, track_id, at, zone, key, position = row
        if at is None:
            further.append((position, round_id))
        elif key is None:
            extensions.append(Extension(round_id, track_id, Deadline(at, zone)))
        else:
            found[(key, round_id, track_id)] = Deadline(at, zone)
    in_order = tuple(round_id for _position, round_id in sorted(further))
    return Plan(found, (*in_order, None), tuple(extensions), is_cancelled(session, edition_id))


def extensions_of(session: Session, edition_id: int, address: str, person_id: int | None) -> list[Extension]:
    """What was given to that address, or to the person whose it is."""
    is_theirs = PersonalDeadline.email == address.casefold()
    if person_id is not None:
        is_theirs = or_(is_theirs, PersonalDeadline.person_id == person_id)
    rows = session.scalars(select(PersonalDeadline).where(PersonalDeadline.edition_id == edition_id, is_theirs))
    return [Extension(row.round_id, row.track_id, row.deadline) for row in rows]


def plans_of_people(session: Session, edition_id: int, person_ids: Collection[int]) -> dict[int, Plan]:
    """The plan of each of these people (three queries in all)."""
    common = plan_of(session, edition_id, is_desk=True)
    given: dict[int, list[Extension]] = {person_id: [] for person_id in person_ids}
    rows = session.scalars(
        select(PersonalDeadline).where(
            PersonalDeadline.edition_id == edition_id, PersonalDeadline.person_id.in_(person_ids)
        )
    )
    for row in rows:
        if row.person_id is not None:
            given[row.person_id].append(Extension(row.round_id, row.track_id, row.deadline))
    return {person_id: replace(common, extensions=tuple(found)) for person_id, found in given.items()}


def plans_in_editions(session: Session, edition_ids: Collection[int], person_id: int) -> dict[int, Plan]:
    """The plan of one person in each of these editions, for reading deadlines of their own works (one query)."""
    found: dict[int, dict[Scope, Deadline]] = {edition_id: {} for edition_id in edition_ids}
    given: dict[int, list[Extension]] = {edition_id: [] for edition_id in edition_ids}
    if not found:
        return {}
    nothing = null()
    own = select(CallDate.edition_id, CallDate.round_id, CallDate.track_id, CallDate.at, CallDate.zone, CallDate.key)
    common = select(
        ImportantDate.edition_id, nothing, nothing, ImportantDate.at, ImportantDate.zone, ImportantDate.key
    ).where(ImportantDate.key.in_(CALL_KEYS))
    person = PersonalDeadline
    personal = select(person.edition_id, person.round_id, person.track_id, person.at, person.zone, nothing).where(
        person.person_id == person_id
    )
    parts = (
        own.where(CallDate.edition_id.in_(found)),
        common.where(ImportantDate.edition_id.in_(found)),
        personal.where(person.edition_id.in_(found)),
    )
    rows: Sequence[Any] = session.execute(union_all(*parts)).all()
    for edition_id, round_id, track_id, at, zone, key in rows:
        if key is None:
            given[edition_id].append(Extension(round_id, track_id, Deadline(at, zone)))
        else:
            found[edition_id][(key, round_id, track_id)] = Deadline(at, zone)
    rounds = {edition_id: {r for _key, r, _t in dates} | {None} for edition_id, dates in found.items()}
    return {e: Plan(dates, tuple(rounds[e]), tuple(given[e])) for e, dates in found.items()}


# -- tracks and codes ---------------------------------------------------------------------------------------------


def tracks_for(session: Session, edition_id: int, person_id: int | None, *also: int | None) -> Sequence[Track]:
    """The tracks that person may submit to, in their order: public ones, those a code opened to them, and `also`."""
    return session.scalars(
        select(Track).where(Track.id.in_(_seen_tracks(edition_id, person_id, *also))).order_by(Track.position, Track.id)
    ).all()


def _seen_tracks(edition_id: int, person_id: int | None, *also: int | None) -> Select[int]:
    opened = (
        select(AccessCode.track_id)
        .join(CodeUse, CodeUse.code_id == AccessCode.id)
        .where(CodeUse.person_id == person_id, AccessCode.track_id.is_not(None))
    )
    known = [track_id for track_id in also if track_id is not None]
    seen = [Track.is_hidden.is_(False), Track.id.in_(known)]
    if person_id is not None:
        seen.append(Track.id.in_(opened))
    return select(Track.id).where(Track.edition_id == edition_id, or_(*seen))


def chairs(session: Session, edition_id: int) -> dict[int, list[str]]:
    """The names of those who chair each track, by the track's id."""
    rows = session.execute(
        select(TeamMember.track_id, Person.name)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.edition_id == edition_id, TeamMember.role == Role.TRACK_CHAIR)
        .where(TeamMember.track_id.is_not(None))
        .order_by(TeamMember.id)
    )
    found: dict[int, list[str]] = {}
    for track_id, name in rows:
        found.setdefault(track_id or 0, []).append(name)
    return found


def codes(session: Session, edition_id: int) -> Sequence[AccessCode]:
    """All access codes with track and round, the newest first."""
    return session.scalars(
        select(AccessCode)
        .options(joinedload(AccessCode.track), joinedload(AccessCode.round))
        .where(AccessCode.edition_id == edition_id)
        .order_by(AccessCode.id.desc())
        .limit(500)
    ).all()


def find_code(session: Session, edition_id: int, code_id: int) -> AccessCode | None:
    """That code of this edition, locked."""
    return session.scalars(
        select(AccessCode)
        .where(AccessCode.id == code_id, AccessCode.edition_id == edition_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def code_by_hash(session: Session, edition_id: int, code_hash: str) -> AccessCode | None:
    """The code of that hash in this edition with its track, locked: uses are counted one after the other."""
    return session.scalars(
        select(AccessCode)
        .options(joinedload(AccessCode.track))
        .where(AccessCode.code_hash == code_hash, AccessCode.edition_id == edition_id)
        .with_for_update(of=AccessCode)
        .execution_options(populate_existing=True)
    ).one_or_none()


def personal_deadlines(session: Session, edition_id: int) -> Sequence[tuple[PersonalDeadline, str | None]]:
    """What was given to single people, with their names if they have an account; the newest first."""
    rows = session.execute(
        select(PersonalDeadline, Person.name)
        .outerjoin(Person, Person.id == PersonalDeadline.person_id)
        .where(PersonalDeadline.edition_id == edition_id)
        .order_by(PersonalDeadline.id.desc())
        .limit(200)
    )
    return [(row, name) for row, name in rows]


def unlinked_deadlines(session: Session, address: str) -> Sequence[PersonalDeadline]:
    """What was given to that address before it belonged to an account."""
    return session.scalars(
        select(PersonalDeadline).where(
            PersonalDeadline.email == address.casefold(), PersonalDeadline.person_id.is_(None)
        )
    ).all()
