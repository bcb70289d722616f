"""Every select of this package; each says what it loads."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from workshop_manager.accounts.listing import COUNTED, NAMED
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.questions import queries as questions
from workshop_manager.questions.models import Answer
from workshop_manager.registrations import rules
from workshop_manager.registrations.models import (
    KindCode,
    KindCodeUse,
    Need,
    QuotaKind,
    Registration,
    RegistrationKind,
    RegistrationSettings,
    SeatQuota,
    SeatReserve,
)
from workshop_manager.registrations.rules import Place
from workshop_manager.registrations.states import Host, Mode, NeedState, State
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.states import Role

_WaitsFor, _AsksFor = aliased(RegistrationKind), aliased(RegistrationKind)

# -- kinds --------------------------------------------------------------------------------------------------------


def kinds(session: Session, edition_id: int) -> Sequence[RegistrationKind]:
    """An edition's kinds in their order."""
    return session.scalars(
        select(RegistrationKind)
        .where(RegistrationKind.edition_id == edition_id)
        .order_by(RegistrationKind.position, RegistrationKind.id)
    ).all()


def locked_kinds(session: Session, edition_id: int) -> dict[int, RegistrationKind]:
    """All kinds of an edition, locked in one order: whoever gives or takes a seat waits here for the one before."""
    rows = session.scalars(
        select(RegistrationKind)
        .where(RegistrationKind.edition_id == edition_id)
        .order_by(RegistrationKind.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def quotas(session: Session, edition_id: int) -> Sequence[SeatQuota]:
    """An edition's quotas over several kinds, each with its kinds."""
    query = select(SeatQuota).options(joinedload(SeatQuota.members)).where(SeatQuota.edition_id == edition_id)
    return session.scalars(query.order_by(SeatQuota.id)).unique().all()


def locked_quotas(session: Session, edition_id: int) -> Sequence[SeatQuota]:
    """The same, locked in one order; whoever asks holds the lock of the kinds already."""
    return session.scalars(
        select(SeatQuota)
        .options(selectinload(SeatQuota.members))
        .where(SeatQuota.edition_id == edition_id)
        .order_by(SeatQuota.id)
        .with_for_update(of=SeatQuota)
        .execution_options(populate_existing=True)
    ).all()


def _reserves(edition_id: int) -> Select[SeatReserve]:
    return select(SeatReserve).where(SeatReserve.edition_id == edition_id).order_by(SeatReserve.id)


def reserves(session: Session, edition_id: int) -> Sequence[SeatReserve]:
    """Seats kept for groups, those of the past too."""
    return session.scalars(_reserves(edition_id)).all()


def locked_reserves(session: Session, edition_id: int) -> Sequence[SeatReserve]:
    """The same, locked in one order; whoever asks holds the locks of kinds and quotas already."""
    return session.scalars(_reserves(edition_id).with_for_update().execution_options(populate_existing=True)).all()


_SEAT = case((Registration.state == State.REGISTERED, Registration.kind_id), else_=None)
_IS_OFFERED = Registration.offer_until.is_not(None)


def occupants(session: Session, edition_id: int) -> list[tuple[int | None, Place]]:
    """Whoever holds a seat or has one set aside, and what they hold."""
    rows = session.execute(
        select(Registration.person_id, _SEAT, Registration.waits_for_id, _IS_OFFERED).where(
            Registration.edition_id == edition_id, or_(Registration.state == State.REGISTERED, _IS_OFFERED)
        )
    )
    return [(person_id, Place(seat, line, is_offered=bool(offered))) for person_id, seat, line, offered in rows]


@dataclass(frozen=True, slots=True)
class Head:
    """The first in line among those who wait for one kind and hold the same meanwhile; `seat` None: nothing."""

    kind_id: int
    seat: int | None
    number: int


def heads(session: Session, edition_id: int, among: Collection[int] | None = None) -> list[Head]:
    """The heads of the lines, of all who wait without an offer or only of these people."""
    query = select(Registration.waits_for_id, _SEAT, func.min(Registration.line_number)).where(
        Registration.edition_id == edition_id,
        Registration.waits_for_id.is_not(None),
        Registration.offer_until.is_(None),
    )
    if among is not None:
        query = query.where(Registration.person_id.in_(among))
    rows = session.execute(query.group_by(Registration.waits_for_id, _SEAT))
    return [Head(kind_id, seat, number) for kind_id, seat, number in rows if kind_id is not None]


def run_out(session: Session, edition_id: int, now: datetime) -> Sequence[Registration]:
    """Whoever was offered a seat and did not answer in time, in their order, locked, with kinds and person."""
    return session.scalars(
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(Registration.edition_id == edition_id, Registration.offer_until < now)
        .order_by(Registration.line_number, Registration.id)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    ).all()


def editions_to_serve(session: Session, now: datetime) -> Sequence[int]:
    """Editions in which time moves seats: an offer ran out, a reserve's date came, or somebody joined a group."""
    late = select(Registration.edition_id).where(Registration.offer_until < now)
    due = select(SeatReserve.edition_id).where(SeatReserve.released_at.is_(None), SeatReserve.at < now)
    waiting = select(Registration.edition_id).where(Registration.waits_for_id.is_not(None))
    kept = select(SeatReserve.edition_id).where(SeatReserve.released_at.is_(None), SeatReserve.edition_id.in_(waiting))
    return session.scalars(late.union(due, kept)).all()


def _about_kind(kind_id: int) -> ColumnElement[bool]:
    of_it = (Registration.kind_id, Registration.waits_for_id, Registration.asks_for_id)
    return or_(*(column == kind_id for column in of_it))


def is_kind_used(session: Session, kind_id: int) -> bool:
    """True if anybody ever chose that kind."""
    chosen = _about_kind(kind_id)
    return session.execute(select(Registration.id).where(chosen).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class KindCount:
    """A kind and how it stands."""

    id: int
    name: str
    mode: Mode
    capacity: int | None
    taken: int
    held_back: int
    waiting: int
    shared_left: int | None
    """What the quotas leave, for everybody."""
    opens: Deadline | None
    closes: Deadline | None
    is_hidden: bool = False
    line_places: int | None = None

    @property
    def seats(self) -> rules.Seats:
        """Those that anybody can take."""
        return rules.Seats(self.capacity, self.taken + self.held_back, self.shared_left)

    @property
    def is_shut(self) -> bool:
        """No seat, and no place to wait for one."""
        return self.seats.is_full and not rules.line_has_room(self.line_places, self.waiting)


def counts(session: Session, edition_id: int) -> list[KindCount]:
    """Every kind with seats taken and people waiting, in one query."""
    kind = RegistrationKind
    waiting = select(func.count()).where(Registration.waits_for_id == kind.id).correlate(kind).scalar_subquery()
    left = func.min(SeatQuota.capacity - SeatQuota.taken - SeatQuota.held_back)
    shared = (
        select(left)
        .join(QuotaKind, QuotaKind.quota_id == SeatQuota.id)
        .where(QuotaKind.kind_id == kind.id)
        .correlate(kind)
        .scalar_subquery()
    )
    rows = session.execute(
        select(kind.id, kind.name, kind.mode, kind.capacity, kind.taken, kind.held_back, waiting, shared)
        .add_columns(kind.opens_at, kind.opens_zone, kind.closes_at, kind.closes_zone, kind.is_hidden)
        .add_columns(kind.line_places)
        .where(kind.edition_id == edition_id)
        .order_by(kind.position, kind.id)
    )
    return [
        KindCount(
            id_,
            name,
            mode,
            capacity,
            taken,
            kept,
            waits,
            left,
            _deadline(first, zone),
            _deadline(last, end_zone),
            hides,
            places,
        )
        for id_, name, mode, capacity, taken, kept, waits, left, first, zone, last, end_zone, hides, places in rows
    ]


def _deadline(at: datetime | None, zone: str | None) -> Deadline | None:
    return Deadline(at, zone) if at is not None and zone else None


def waiting_by_kind(session: Session, edition_id: int) -> dict[int, int]:
    """How many wait for each kind."""
    rows = session.execute(
        select(Registration.waits_for_id, func.count())
        .where(Registration.edition_id == edition_id, Registration.waits_for_id.is_not(None))
        .group_by(Registration.waits_for_id)
    )
    return {kind_id: number for kind_id, number in rows if kind_id is not None}


def waiting_for(session: Session, kind_id: int) -> int:
    """How many wait for that kind, those to whom a seat is offered among them."""
    return session.execute(select(func.count()).where(Registration.waits_for_id == kind_id)).scalar_one()


def waiting_and_number(
    session: Session, edition_id: int, mine: Registration | None
) -> tuple[dict[int, int], int | None]:
    """How many wait for each kind, and which number somebody has who waits, in one query."""
    number = mine.line_number if mine is not None else None
    before = func.sum(case((Registration.line_number <= (number or 0), 1), else_=0))
    rows = session.execute(
        select(Registration.waits_for_id, func.count(), before)
        .where(Registration.edition_id == edition_id, Registration.waits_for_id.is_not(None))
        .group_by(Registration.waits_for_id)
    ).all()
    own = next((place for kind_id, _all, place in rows if mine is not None and kind_id == mine.waits_for_id), None)
    return {kind_id: waiting for kind_id, waiting, _place in rows if kind_id is not None}, own


# -- access codes -------------------------------------------------------------------------------------------------


def codes(session: Session, edition_id: int) -> Sequence[KindCode]:
    """All access codes with their kinds, the newest first."""
    return session.scalars(
        select(KindCode)
        .options(joinedload(KindCode.kind))
        .where(KindCode.edition_id == edition_id)
        .order_by(KindCode.id.desc())
        .limit(500)
    ).all()


def find_code(session: Session, edition_id: int, code_id: int) -> KindCode | None:
    """That code of this edition, locked."""
    return _locked_code(session, KindCode.id == code_id, KindCode.edition_id == edition_id)


def code_by_hash(session: Session, edition_id: int, code_hash: str) -> KindCode | None:
    """The code of that hash in this edition with its kind, locked: uses are counted one after the other."""
    return _locked_code(session, KindCode.code_hash == code_hash, KindCode.edition_id == edition_id)


def _locked_code(session: Session, *where: ColumnElement[bool]) -> KindCode | None:
    return session.scalars(
        select(KindCode)
        .options(joinedload(KindCode.kind))
        .where(*where)
        .with_for_update(of=KindCode)
        .execution_options(populate_existing=True)
    ).one_or_none()


def opened_kinds(session: Session, edition_id: int, person_id: int) -> frozenset[int]:
    """The kinds that codes opened to that person."""
    rows = session.scalars(
        select(KindCode.kind_id)
        .join(KindCodeUse, KindCodeUse.code_id == KindCode.id)
        .where(KindCode.edition_id == edition_id, KindCodeUse.person_id == person_id)
    )
    return frozenset(rows)


def settings_of(session: Session, edition_id: int) -> RegistrationSettings | None:
    """What the edition says about taking part, or None if nothing is set."""
    return session.get(RegistrationSettings, edition_id)


@dataclass(frozen=True, slots=True)
class Around:
    """What the registration page needs beside kinds and seats; `stamp` is that of the organisers' form."""

    settings: RegistrationSettings | None
    stamp: str | None
    organisers: int


def around(session: Session, edition_id: int, purpose: str) -> Around:
    """All of it in one query."""
    number = _organisers(edition_id).scalar_subquery()
    stamp = questions.stamp_of(edition_id, purpose).scalar_subquery()
    row = session.execute(
        select(RegistrationSettings, stamp, number)
        .select_from(Edition)
        .outerjoin(RegistrationSettings, RegistrationSettings.edition_id == Edition.id)
        .where(Edition.id == edition_id)
    ).one()
    return Around(row[0], row[1], row[2])


def count_organisers(session: Session, edition_id: int) -> int:
    """How many people read what others need on the day."""
    return session.execute(_organisers(edition_id)).scalar_one()


def _organisers(edition_id: int) -> Select[int]:
    roles = (Role.OWNER, Role.ORGANISER)
    return select(func.count(func.distinct(TeamMember.person_id))).where(
        TeamMember.edition_id == edition_id, TeamMember.role.in_(roles)
    )


# -- one registration ---------------------------------------------------------------------------------------------


def _with_kinds() -> Select[Registration]:
    return (
        select(Registration)
        .join(Registration.kind)
        .outerjoin(Registration.waits_for.of_type(_WaitsFor))
        .outerjoin(Registration.asks_for.of_type(_AsksFor))
        .options(
            contains_eager(Registration.kind),
            contains_eager(Registration.waits_for.of_type(_WaitsFor)),
            contains_eager(Registration.asks_for.of_type(_AsksFor)),
        )
    )


def registration_of(
    session: Session, edition_id: int, person_id: int | None, *, lock: bool = False
) -> Registration | None:
    """A person's registration in an edition, cancelled or not, with its kind and the one it waits for."""
    if person_id is None:
        return None
    query = _with_kinds().where(Registration.edition_id == edition_id, Registration.person_id == person_id)
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def find(session: Session, edition_id: int, registration_id: int, *, lock: bool = False) -> Registration | None:
    """One registration of this edition, with its kinds and person."""
    query = (
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person), selectinload(Registration.host_checker))
        .where(Registration.edition_id == edition_id, Registration.id == registration_id)
    )
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def guests_of(session: Session, host_id: int) -> list[Registration]:
    """Who comes along with that registration, with their kinds, in the order they were named."""
    query = _with_kinds().where(Registration.host_id == host_id, Registration.state == State.REGISTERED)
    return list(session.scalars(query.order_by(Registration.id)))


def is_registered(session: Session, edition_id: int, person_id: int) -> bool:
    """True if that person holds a seat there."""
    row = session.execute(
        select(Registration.id).where(
            Registration.edition_id == edition_id,
            Registration.person_id == person_id,
            Registration.state == State.REGISTERED,
        )
    ).first()
    return row is not None


@dataclass(frozen=True, slots=True)
class JoinLink:
    """Somebody may join online; `join_url` is the edition's own link, None while it is not given.

    `minutes`: so long before a session its link opens.
    """

    join_url: str | None
    minutes: int = rules.JOIN_MINUTES


def join_link_of(session: Session, edition_id: int, person_id: int) -> JoinLink | None:
    """How that person joins: None without a seat, or until they accept the code of conduct as it reads now."""
    row = session.execute(
        select(
            Registration.conduct_version,
            Edition.code_of_conduct_version,
            Edition.code_of_conduct != "",
            RegistrationSettings.join_url,
            func.coalesce(RegistrationSettings.join_minutes, rules.JOIN_MINUTES),
        )
        .join(Edition, Edition.id == Registration.edition_id)
        .outerjoin(RegistrationSettings, RegistrationSettings.edition_id == Registration.edition_id)
        .where(
            Registration.edition_id == edition_id,
            Registration.person_id == person_id,
            Registration.state == State.REGISTERED,
        )
    ).one_or_none()
    if row is None:
        return None
    accepted, version, has_conduct, url, minutes = row
    return JoinLink(url, minutes) if rules.has_agreed(accepted, version if has_conduct else 0) else None


def in_line(session: Session, kind_id: int, number: int) -> Registration:
    """Who waits for that kind with that number, locked, with kinds and person."""
    return session.scalars(
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(Registration.waits_for_id == kind_id, Registration.line_number == number)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    ).one()


def number_in_line(session: Session, registration: Registration) -> int:
    """1 for the next to get a seat."""
    return session.execute(
        select(func.count()).where(
            Registration.waits_for_id == registration.waits_for_id,
            Registration.line_number <= registration.line_number,
        )
    ).scalar_one()


def of_person(session: Session, person_id: int) -> Sequence[tuple[Registration, Edition]]:
    """A person's registrations anywhere that are not cancelled, with kinds, edition and community; the latest first."""
    rows = session.execute(
        _with_kinds()
        .add_columns(Edition)
        .join(Edition, Edition.id == Registration.edition_id)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Registration.person_id == person_id, Registration.state != State.CANCELLED)
        .order_by(Edition.starts_at.desc(), Edition.id.desc())
        .limit(200)
    )
    return [(registration, edition) for registration, edition in rows]


def all_of_person(session: Session, person_id: int) -> Sequence[Registration]:
    """Every registration of a person, whatever its state, in the order in which editions are locked."""
    return session.scalars(
        select(Registration).where(Registration.person_id == person_id).order_by(Registration.edition_id)
    ).all()


# -- the organisers' list -----------------------------------------------------------------------------------------


class Show(enum.Enum):
    """What the organisers' list is narrowed to."""

    SEAT = "seat"
    WAITING = "waiting"
    ASKING = "asking"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asked the list for; `words` are looked for in names, and are whole ticket codes."""

    kind_id: int | None = None
    show: Show | None = None
    words: str = ""


_SHOWN: dict[Show, ColumnElement[bool]] = {
    Show.SEAT: Registration.state == State.REGISTERED,
    Show.WAITING: Registration.waits_for_id.is_not(None),
    Show.ASKING: Registration.asks_for_id.is_not(None),
    Show.CANCELLED: Registration.state == State.CANCELLED,
}


def _narrow(edition_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    where = [Registration.edition_id == edition_id]
    if wanted.kind_id is not None:
        where.append(_about_kind(wanted.kind_id))
    if wanted.show is not None:
        where.append(_SHOWN[wanted.show])
    if wanted.words:
        named = Registration.badge_name.icontains(wanted.words, autoescape=True)
        where.append(or_(named, Registration.ticket_code == wanted.words.upper()))
    return where


def count_list(session: Session, edition_id: int, wanted: Filter) -> int:
    """How many the list holds."""
    return session.execute(select(func.count(Registration.id)).where(*_narrow(edition_id, wanted))).scalar_one()


def listed(
    session: Session, edition_id: int, wanted: Filter, offset: int, most: int
) -> Sequence[tuple[Registration, int | None]]:
    """A stretch of the list with kinds and person, each with its number on the waitlist: those who only wait first."""
    line = (
        select(
            Registration.id,
            func.row_number()
            .over(partition_by=Registration.waits_for_id, order_by=Registration.line_number)
            .label("number"),
        )
        .where(Registration.edition_id == edition_id, Registration.waits_for_id.is_not(None))
        .subquery()
    )
    only_waits = Registration.state == State.WAITLISTED
    order = (
        case((only_waits, 0), (Registration.state == State.CANCELLED, 2), else_=1),
        case((only_waits, Registration.waits_for_id), else_=0),
        case((only_waits, Registration.line_number), else_=0),
        func.lower(Registration.badge_name),
        Registration.id,
    )
    rows = session.execute(
        _with_kinds()
        .add_columns(line.c.number)
        .outerjoin(line, line.c.id == Registration.id)
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(*_narrow(edition_id, wanted))
        .order_by(*order)
        .offset(offset)
        .limit(most)
    )
    return [(row, number) for row, number in rows]


def count_requests(session: Session, edition_id: int) -> int:
    """How many wait for an organiser's yes or no."""
    return session.execute(select(func.count(Registration.id)).where(*asks(edition_id))).scalar_one()


def asks(edition_id: int) -> list[ColumnElement[bool]]:
    """Conditions: who asks for a kind that needs approval."""
    return [Registration.edition_id == edition_id, Registration.asks_for_id.is_not(None)]


def requests(
    session: Session, edition_id: int, ids: Collection[int] | None = None, *, lock: bool = False
) -> Sequence[Registration]:
    """Who asks, or those of them, with kinds and person, the first first; at most 500."""
    query = (
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(*asks(edition_id))
        .order_by(Registration.asked_at, Registration.id)
        .limit(500)
    )
    if ids is not None:
        query = query.where(Registration.id.in_(ids))
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.scalars(query).all()


def diets(session: Session, edition_id: int) -> Sequence[list[str]]:
    """What each person with a seat in the room eats, as far as they said."""
    rows = session.scalars(
        select(Registration.diet)
        .join(Registration.kind)
        .where(
            Registration.edition_id == edition_id,
            Registration.state == State.REGISTERED,
            RegistrationKind.mode == Mode.IN_PERSON,
        )
    )
    return [diet for diet in rows if diet]


def _needed(edition_id: int, *states: NeedState) -> list[ColumnElement[bool]]:
    """Conditions, with the registration joined: what whoever takes part or waits needs, as long as it is kept."""
    answered = exists().where(
        Answer.owner_kind == "registration",
        Answer.owner_id == Need.registration_id,
        Answer.question_id == Need.question_id,
    )
    written = and_(Need.question_id.is_(None), Registration.needs.is_not(None))
    where = [
        Registration.edition_id == edition_id,
        Registration.state != State.CANCELLED,
        or_(written, answered),
    ]
    return [*where, Need.state.in_(states)] if states else where


def needs_number(edition_id: int, *states: NeedState) -> Select[int]:
    """How many needs there are, in these states or in any."""
    return (
        select(func.count(Need.id))
        .join(Registration, Registration.id == Need.registration_id)
        .where(*_needed(edition_id, *states))
    )


def count_needs(session: Session, edition_id: int) -> dict[NeedState, int]:
    """How many needs there are, by how far they are."""
    rows = session.execute(
        select(Need.state, func.count())
        .join(Registration, Registration.id == Need.registration_id)
        .where(*_needed(edition_id))
        .group_by(Need.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in NeedState}


def needs(session: Session, edition_id: int, state: NeedState | None, offset: int, most: int) -> Sequence[Need]:
    """Needs with registration, its kind, question and who takes care of it; open ones of people with a seat first."""
    order = case(*((Need.state == one, place) for place, one in enumerate(NeedState)))
    return session.scalars(
        select(Need)
        .join(Need.registration)
        .join(Registration.kind)
        .outerjoin(Need.question)
        .options(
            contains_eager(Need.registration).contains_eager(Registration.kind),
            contains_eager(Need.question),
            selectinload(Need.taker),
        )
        .where(*_needed(edition_id, *([state] if state is not None else [])))
        .order_by(order, Registration.state, func.lower(Registration.badge_name), Need.id)
        .offset(offset)
        .limit(most)
    ).all()


def needs_of(session: Session, registration_id: int) -> Sequence[Need]:
    """The needs of one registration with their questions."""
    return session.scalars(
        select(Need)
        .outerjoin(Need.question)
        .options(contains_eager(Need.question))
        .where(Need.registration_id == registration_id)
        .order_by(Need.id)
    ).all()


def find_need(session: Session, edition_id: int, need_id: int) -> Need | None:
    """One need of this edition, locked, with registration, kinds and person."""
    return session.scalars(
        select(Need)
        .join(Need.registration)
        .join(Registration.kind)
        .outerjoin(Registration.person)
        .options(
            contains_eager(Need.registration).contains_eager(Registration.kind),
            contains_eager(Need.registration).contains_eager(Registration.person),
        )
        .where(*_needed(edition_id), Need.id == need_id)
        .with_for_update(of=Need)
        .execution_options(populate_existing=True)
    ).one_or_none()


def organisers(session: Session, edition_id: int) -> Sequence[Person]:
    """Who reads what others need on the day, by name."""
    in_team = _organisers(edition_id).with_only_columns(TeamMember.person_id)
    return session.scalars(
        select(Person).where(Person.id.in_(in_team)).order_by(func.lower(Person.name), Person.id)
    ).all()


def needs_of_taker(edition_id: int, person_id: int) -> Select[int]:
    """How many needs are in somebody's hands."""
    return needs_number(edition_id, NeedState.IN_HAND).where(Need.taken_by == person_id)


def reopen_needs(session: Session, edition_id: int, person_id: int, now: datetime) -> None:
    """What is in somebody's hands in an edition is open again."""
    in_edition = select(Registration.id).where(Registration.edition_id == edition_id)
    session.execute(
        update(Need)
        .where(Need.taken_by == person_id, Need.state == NeedState.IN_HAND, Need.registration_id.in_(in_edition))
        .values(state=NeedState.OPEN, taken_by=None, changed_at=now)
    )


def forget_needs(session: Session, registration_id: int) -> None:
    """Nobody needs to take care of these any more."""
    session.execute(delete(Need).where(Need.registration_id == registration_id))


# -- the registration at the host conference ----------------------------------------------------------------------


def needs_host(edition_id: int) -> list[ColumnElement[bool]]:
    """Conditions, with the kind joined: who has a seat of a kind that needs a registration there as well."""
    return [
        Registration.edition_id == edition_id,
        Registration.state == State.REGISTERED,
        RegistrationKind.needs_host.is_(True),
    ]


_HOST: dict[Host, ColumnElement[bool]] = {
    Host.MISSING: and_(Registration.host_done.is_(False), Registration.host_checked_at.is_(None)),
    Host.STATED: and_(Registration.host_done, Registration.host_checked_at.is_(None)),
    Host.CHECKED: Registration.host_checked_at.is_not(None),
}


def host_counts(session: Session, edition_id: int) -> dict[Host, int]:
    """How many need a registration there, by how it stands, in one query."""
    parts = [func.coalesce(func.sum(case((_HOST[one], 1), else_=0)), 0) for one in Host]
    row = session.execute(
        select(*parts).select_from(Registration).join(Registration.kind).where(*needs_host(edition_id))
    )
    return dict(zip(Host, row.one(), strict=True))


def host_rows(
    session: Session, edition_id: int, only: Host | None = None, offset: int = 0, most: int | None = None,
    *, ids: Collection[int] | None = None, lock: bool = False,
) -> Sequence[Registration]:  # fmt: skip
    """Who needs a registration there, by name, with kind, person and who checked it."""
    query = (
        select(Registration)
        .join(Registration.kind)
        .outerjoin(Registration.person)
        .options(
            contains_eager(Registration.kind),
            contains_eager(Registration.person),
            selectinload(Registration.host_checker),
        )
        .where(*needs_host(edition_id))
        .order_by(func.lower(Registration.badge_name), Registration.id)
        .offset(offset)
        .limit(most)
    )
    if only is not None:
        query = query.where(_HOST[only])
    if ids is not None:
        query = query.where(Registration.id.in_(ids))
    if lock:
        query = query.with_for_update(of=Registration).execution_options(populate_existing=True)
    return session.scalars(query).all()


# -- the participants' list ---------------------------------------------------------------------------------------


def _on_list(edition_id: int) -> list[ColumnElement[bool]]:
    return _listed(edition_id, NAMED)


def _listed(edition_id: int, choices: Collection[Listing]) -> list[ColumnElement[bool]]:
    return [
        Registration.edition_id == edition_id,
        Registration.state == State.REGISTERED,
        Registration.listing.in_(choices),
        Person.listing.in_(choices),
    ]


def participants(session: Session, edition_id: int, offset: int, most: int) -> Sequence[Registration]:
    """Who wants to be on the list, with kind and person: their choice here and the one in their account allow it."""
    return session.scalars(
        select(Registration)
        .join(Registration.kind)
        .join(Registration.person)
        .options(contains_eager(Registration.kind), contains_eager(Registration.person))
        .where(*_on_list(edition_id))
        .order_by(func.lower(Registration.badge_name), Registration.id)
        .offset(offset)
        .limit(most)
    ).all()


def count_participants(session: Session, edition_id: int) -> int:
    """How many are on the participants' list."""
    return session.execute(
        select(func.count(Registration.id)).join(Registration.person).where(*_on_list(edition_id))
    ).scalar_one()


def count_anonymous(session: Session, edition_id: int) -> int:
    """How many take part who want to be counted and not named."""
    not_named = or_(Registration.listing == Listing.ANONYMOUS, Person.listing == Listing.ANONYMOUS)
    query = select(func.count(Registration.id)).join(Registration.person)
    return session.execute(query.where(*_listed(edition_id, COUNTED), not_named)).scalar_one()


# -- retention ----------------------------------------------------------------------------------------------------


def editions_of(session: Session, person_id: int) -> Sequence[int]:
    """The editions in which somebody is or was registered."""
    return session.scalars(
        select(Registration.edition_id).where(Registration.person_id == person_id).order_by(Registration.edition_id)
    ).all()


# -- many at once -------------------------------------------------------------------------------------------------


def those(
    session: Session, edition_id: int, wanted: Filter, where: Sequence[ColumnElement[bool]], most: int
) -> Sequence[Registration]:
    """The registrations that fit both, with kinds and person, by name."""
    return session.scalars(
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(*_narrow(edition_id, wanted), *where)
        .order_by(func.lower(Registration.badge_name), Registration.id)
        .limit(most)
    ).all()


def locked_many(session: Session, edition_id: int, ids: Collection[int]) -> Sequence[Registration]:
    """These registrations of the edition, with kinds and person, locked in one order."""
    return session.scalars(
        _with_kinds()
        .outerjoin(Registration.person)
        .options(contains_eager(Registration.person))
        .where(Registration.edition_id == edition_id, Registration.id.in_(ids))
        .order_by(Registration.id)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    ).all()


def holders_of(session: Session, kind_id: int) -> Sequence[int]:
    """The people with a seat of that kind."""
    query = select(Registration.person_id).where(
        Registration.kind_id == kind_id, Registration.state == State.REGISTERED, Registration.person_id.is_not(None)
    )
    return [one for one in session.scalars(query.order_by(Registration.id)) if one is not None]


def far_away(session: Session, edition_id: int, people: Collection[int]) -> set[int]:
    """Those of these people who take part from afar (no query for nobody)."""
    if not people:
        return set()
    query = (
        select(Registration.person_id)
        .join(RegistrationKind, RegistrationKind.id == Registration.kind_id)
        .where(
            Registration.edition_id == edition_id,
            Registration.state == State.REGISTERED,
            RegistrationKind.mode == Mode.VIRTUAL,
            Registration.person_id.in_(people),
        )
    )
    return {one for one in session.scalars(query) if one is not None}


# -- a cancelled edition ------------------------------------------------------------------------------------------


def called_off(session: Session, edition_id: int) -> str | None:
    """Why the edition does not take place, as the database knows it at this moment; None: it does."""
    cancelled_at, reason = session.execute(
        select(Edition.cancelled_at, Edition.cancel_reason).where(Edition.id == edition_id)
    ).one()
    return reason if cancelled_at is not None else None


def offered(session: Session, edition_id: int) -> Sequence[Registration]:
    """Everybody for whom a seat is set aside, locked, with kinds."""
    return session.scalars(
        _with_kinds()
        .where(Registration.edition_id == edition_id, Registration.offer_until.is_not(None))
        .order_by(Registration.id)
        .with_for_update(of=Registration)
        .execution_options(populate_existing=True)
    ).all()


def in_state(session: Session, edition_id: int, state: State) -> Sequence[Registration]:
    """Everybody with an account in that state, with kinds and person."""
    return session.scalars(
        _with_kinds()
        .join(Registration.person)
        .options(contains_eager(Registration.person))
        .where(Registration.edition_id == edition_id, Registration.state == state)
        .order_by(Registration.id)
    ).all()
