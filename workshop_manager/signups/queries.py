"""Every select of this package; each says what it loads."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from workshop_manager.accounts.listing import NAMED, strictest
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.states import Mode, State
from workshop_manager.schedule.clashes import Gathering
from workshop_manager.signups.models import (
    SignupBlock,
    SignupChoice,
    SignupPart,
    SignupPlace,
    SignupProposal,
    SignupWait,
)
from workshop_manager.signups.states import Way
from workshop_manager.workshops.models import Edition

# -- blocks and parts -------------------------------------------------------------------------------------------------


def _blocks(edition_id: int) -> Select[SignupBlock]:
    order = (SignupBlock.closes_at, SignupBlock.id)
    return select(SignupBlock).where(SignupBlock.edition_id == edition_id).order_by(*order)


def blocks(session: Session, edition_id: int) -> Sequence[SignupBlock]:
    """An edition's blocks with their parts (two queries)."""
    return session.scalars(_blocks(edition_id).options(selectinload(SignupBlock.parts))).all()


def has_blocks(session: Session, edition_id: int) -> bool:
    """True if there is anything to sign up for."""
    return session.execute(_blocks(edition_id).with_only_columns(SignupBlock.id).limit(1)).first() is not None


def locked_blocks(session: Session, edition_id: int) -> dict[int, SignupBlock]:
    """All blocks of an edition, locked in one order, with their parts: whoever gives or takes a place waits here."""
    rows = session.scalars(
        select(SignupBlock)
        .options(selectinload(SignupBlock.parts))
        .where(SignupBlock.edition_id == edition_id)
        .order_by(SignupBlock.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def find_block(session: Session, edition_id: int, block_id: int) -> SignupBlock | None:
    """One block of this edition with its parts (two queries)."""
    query = select(SignupBlock).options(selectinload(SignupBlock.parts))
    return session.scalars(query.where(SignupBlock.edition_id == edition_id, SignupBlock.id == block_id)).one_or_none()


def find_part(session: Session, edition_id: int, part_id: int) -> SignupPart | None:
    """One part of this edition with its block."""
    return session.scalars(
        select(SignupPart)
        .join(SignupPart.block)
        .options(contains_eager(SignupPart.block))
        .where(SignupBlock.edition_id == edition_id, SignupPart.id == part_id)
    ).one_or_none()


# -- who has, waits for, ranked what ----------------------------------------------------------------------------------


def places_of(session: Session, edition_id: int, person_id: int) -> dict[int, SignupPlace]:
    """A person's places by block."""
    rows = session.scalars(
        select(SignupPlace)
        .join(SignupBlock, SignupBlock.id == SignupPlace.block_id)
        .where(SignupBlock.edition_id == edition_id, SignupPlace.person_id == person_id)
    )
    return {row.block_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Mine:
    """A block as its person finds it: the part they have a place of, how many they ranked and wait for."""

    block: SignupBlock
    part: SignupPart | None
    ranked: int
    waits: int


def mine_in(session: Session, editions: Collection[int], person_id: int) -> list[Mine]:
    """All blocks of these editions as one person finds them, what closes first on top."""
    own = [
        select(func.count())
        .where(one.block_id == SignupBlock.id, one.person_id == person_id)
        .correlate(SignupBlock)
        .scalar_subquery()
        for one in (SignupChoice, SignupWait)
    ]
    place = (SignupPlace.block_id == SignupBlock.id) & (SignupPlace.person_id == person_id)
    rows = session.execute(
        select(SignupBlock, SignupPart, *own)
        .outerjoin(SignupPlace, place)
        .outerjoin(SignupPart, SignupPart.id == SignupPlace.part_id)
        .where(SignupBlock.edition_id.in_(editions))
        .order_by(SignupBlock.closes_at, SignupBlock.id)
    )
    return [Mine(block, part, int(ranked), int(waits)) for block, part, ranked, waits in rows]


def lines_in(session: Session, editions: Collection[int], person_id: int) -> list[tuple[SignupPart, int]]:
    """What somebody waits for in these editions, with their number in line; 1 is next."""
    rows = session.execute(
        select(SignupPart, _before())
        .join(_Mine, _Mine.c.part_id == SignupPart.id)
        .join(SignupBlock, SignupBlock.id == _Mine.c.block_id)
        .where(SignupBlock.edition_id.in_(editions), _Mine.c.person_id == person_id)
        .order_by(SignupPart.block_id, SignupPart.position, SignupPart.id)
    )
    return [(part, int(number)) for part, number in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """A place with its part and block."""

    part: SignupPart
    block: SignupBlock


def held_by(session: Session, edition_id: int, person_id: int) -> list[Held]:
    """A person's places with parts and blocks."""
    rows = session.execute(
        select(SignupPart, SignupBlock)
        .join(SignupPlace, SignupPlace.part_id == SignupPart.id)
        .join(SignupBlock, SignupBlock.id == SignupPlace.block_id)
        .where(SignupBlock.edition_id == edition_id, SignupPlace.person_id == person_id)
        .order_by(SignupPart.id)
    )
    return [Held(part, block) for part, block in rows]


def held_elsewhere(session: Session, edition_id: int, but_block: int) -> dict[int, list[SignupPart]]:
    """By person the parts of other blocks in which they have a place."""
    rows = session.execute(
        select(SignupPlace.person_id, SignupPart)
        .join(SignupPart, SignupPart.id == SignupPlace.part_id)
        .join(SignupBlock, SignupBlock.id == SignupPlace.block_id)
        .where(SignupBlock.edition_id == edition_id, SignupBlock.id != but_block)
    )
    found: dict[int, list[SignupPart]] = defaultdict(list)
    for person_id, part in rows:
        found[person_id].append(part)
    return found


def waits_of(session: Session, edition_id: int, person_id: int) -> dict[int, int]:
    """By part the number in line of a person who waits there; 1 is next."""
    rows = session.execute(
        select(_Mine.c.part_id, _before())
        .join(SignupBlock, SignupBlock.id == _Mine.c.block_id)
        .where(SignupBlock.edition_id == edition_id, _Mine.c.person_id == person_id)
    )
    return {part_id: int(number) for part_id, number in rows}


_Mine = SignupWait.__table__.alias("mine")


def _before() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(SignupWait.part_id == _Mine.c.part_id, SignupWait.line_number <= _Mine.c.line_number)
        .correlate(_Mine)
        .scalar_subquery()
    )


def choices_of(session: Session, edition_id: int, person_id: int) -> dict[int, list[int]]:
    """By block the parts somebody ranked, the first choice first."""
    rows = session.execute(
        select(SignupChoice.block_id, SignupChoice.part_id)
        .join(SignupBlock, SignupBlock.id == SignupChoice.block_id)
        .where(SignupBlock.edition_id == edition_id, SignupChoice.person_id == person_id)
        .order_by(SignupChoice.block_id, SignupChoice.rank)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for block_id, part_id in rows:
        found[block_id].append(part_id)
    return found


def all_choices(session: Session, block_id: int) -> dict[int, dict[int, int]]:
    """By person the rank of each part they named in that block."""
    rows = session.execute(
        select(SignupChoice.person_id, SignupChoice.part_id, SignupChoice.rank)
        .where(SignupChoice.block_id == block_id)
        .order_by(SignupChoice.person_id, SignupChoice.rank)
    )
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for person_id, part_id, rank in rows:
        found[person_id][part_id] = rank
    return found


def place(session: Session, block_id: int, person_id: int) -> SignupPlace | None:
    """Somebody's place in a block."""
    return session.scalars(
        select(SignupPlace).where(SignupPlace.block_id == block_id, SignupPlace.person_id == person_id)
    ).one_or_none()


def line(session: Session, part_id: int) -> Sequence[SignupWait]:
    """Who waits for a part, the next one first."""
    return session.scalars(
        select(SignupWait).where(SignupWait.part_id == part_id).order_by(SignupWait.line_number)
    ).all()


def waits_in(session: Session, block_id: int, person_id: int) -> Sequence[SignupWait]:
    """What somebody waits for in a block."""
    return session.scalars(
        select(SignupWait).where(SignupWait.block_id == block_id, SignupWait.person_id == person_id)
    ).all()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many ranked a part at all, ranked it first, and wait for it."""

    named: int = 0
    first: int = 0
    waiting: int = 0


def counts(session: Session, edition_id: int) -> dict[int, Counts]:
    """By part (two queries)."""
    in_edition = select(SignupBlock.id).where(SignupBlock.edition_id == edition_id)
    named = session.execute(
        select(SignupChoice.part_id, func.count(), func.sum(case((SignupChoice.rank == 1, 1), else_=0)))
        .where(SignupChoice.block_id.in_(in_edition))
        .group_by(SignupChoice.part_id)
    )
    found = {part_id: Counts(many, int(first)) for part_id, many, first in named}
    waiting = session.execute(
        select(SignupWait.part_id, func.count()).where(SignupWait.block_id.in_(in_edition)).group_by(SignupWait.part_id)
    )
    for part_id, many in waiting:
        known = found.get(part_id, Counts())
        found[part_id] = Counts(known.named, known.first, many)
    return found


def gatherings(session: Session, edition_id: int) -> dict[str, Gathering]:
    """Who signed up for each session of the schedule, and for how many places it is open, by uid (one query)."""
    rows = session.execute(
        select(SignupPart.item_uid, func.sum(SignupPart.taken), func.sum(SignupPart.capacity))
        .join(SignupBlock, SignupBlock.id == SignupPart.block_id)
        .where(SignupBlock.edition_id == edition_id, SignupPart.item_uid.is_not(None))
        .group_by(SignupPart.item_uid)
    )
    return {uid: Gathering(int(people), int(places)) for uid, people, places in rows if uid}


def proposals(session: Session, block_id: int) -> dict[int, SignupProposal]:
    """What is proposed for whom."""
    rows = session.scalars(select(SignupProposal).where(SignupProposal.block_id == block_id))
    return {row.person_id: row for row in rows}


# -- people -----------------------------------------------------------------------------------------------------------


def modes(session: Session, edition_id: int, people: Collection[int] | None = None) -> dict[int, Mode]:
    """How each person with a seat takes part: all, or only of these."""
    query = (
        select(Registration.person_id, RegistrationKind.mode)
        .join(Registration.kind)
        .where(
            Registration.edition_id == edition_id,
            Registration.state == State.REGISTERED,
            Registration.person_id.is_not(None),
        )
    )
    if people is not None:
        query = query.where(Registration.person_id.in_(people))
    return {person_id: mode for person_id, mode in session.execute(query) if person_id is not None}


def people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """Accounts, to write to."""
    return {row.id: row for row in session.scalars(select(Person).where(Person.id.in_(ids)))}


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody of a block: the name on their badge, whether it may be told, and the part they have (None: none)."""

    person_id: int
    name: str
    is_named: bool
    part_id: int | None


def _is_named(own: Listing, account: Listing) -> bool:
    return strictest(own, account) in NAMED


def _seated(edition_id: int, block_id: int) -> Select[int, str, Listing, Listing, int | None]:
    in_block = (
        select(SignupPlace.person_id)
        .where(SignupPlace.block_id == block_id)
        .union(
            select(SignupWait.person_id).where(SignupWait.block_id == block_id),
            select(SignupChoice.person_id).where(SignupChoice.block_id == block_id),
        )
    )
    return (
        select(Person.id, Registration.badge_name, Registration.listing, Person.listing, SignupPlace.part_id)
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(SignupPlace, (SignupPlace.person_id == Person.id) & (SignupPlace.block_id == block_id))
        .where(Registration.edition_id == edition_id, Person.id.in_(in_block))
        .order_by(func.lower(Registration.badge_name), Person.id)
    )


def seated(
    session: Session,
    edition_id: int,
    block_id: int,
    *,
    part_id: int | None = None,
    offset: int = 0,
    most: int | None = None,
) -> list[Seated]:
    """Everybody of a block (with a place, in line, or with choices), or who has a place of one part, by name."""
    query = _seated(edition_id, block_id)
    if part_id is not None:
        query = query.where(SignupPlace.part_id == part_id)
    if most is not None:
        query = query.offset(offset).limit(most)
    return [
        Seated(person_id, name, _is_named(own, account), held)
        for person_id, name, own, account, held in session.execute(query)
    ]


def count_seated(session: Session, edition_id: int, block_id: int) -> int:
    """How many `seated` has."""
    return session.execute(
        select(func.count()).select_from(_seated(edition_id, block_id).order_by(None).subquery())
    ).scalar_one()


def wanting(session: Session, part_id: int) -> set[int]:
    """Whoever waits for a place of a part, or ranked it while nothing is given."""
    waits = select(SignupWait.person_id).where(SignupWait.part_id == part_id)
    ranked = (
        select(SignupChoice.person_id)
        .join(SignupBlock, SignupBlock.id == SignupChoice.block_id)
        .where(SignupChoice.part_id == part_id, SignupBlock.allocated_at.is_(None))
    )
    return set(session.scalars(waits.union(ranked)))


def due(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Ranked blocks due by their date, as (edition, block): not by hand, nor of editions cancelled or over."""
    query = (
        select(SignupBlock.edition_id, SignupBlock.id)
        .join(Edition, Edition.id == SignupBlock.edition_id)
        .where(
            SignupBlock.way == Way.RANKED,
            SignupBlock.decides_itself,
            SignupBlock.allocated_at.is_(None),
            SignupBlock.decides_at <= now,
            SignupBlock.closes_at < now,
            Edition.cancelled_at.is_(None),
            Edition.ends_at > now,
        )
        .order_by(SignupBlock.edition_id, SignupBlock.id)
    )
    return [(edition_id, block_id) for edition_id, block_id in session.execute(query)]


def registered_person(session: Session, edition_id: int, typed: str) -> int | None:
    """Somebody who is registered there, by the code of the ticket or the address."""
    return session.scalars(
        select(Person.id)
        .join(Registration, Registration.person_id == Person.id)
        .where(
            Registration.edition_id == edition_id,
            Registration.state != State.CANCELLED,
            (Registration.ticket_code == typed.upper()) | (func.lower(Person.email) == typed.lower()),
        )
    ).one_or_none()


def moderator_names(session: Session, edition_id: int, ids: Collection[int]) -> dict[int, str]:
    """The names of moderators as their account has them."""
    return {row.id: row.name for row in session.scalars(select(Person).where(Person.id.in_(ids)))}


def editions_with(session: Session, person_id: int) -> Sequence[int]:
    """Editions in which somebody has a place, waits, ranked, or is proposed for something."""
    mine = [
        select(one.block_id).where(one.person_id == person_id)
        for one in (SignupPlace, SignupWait, SignupChoice, SignupProposal)
    ]
    query = select(SignupBlock.edition_id).where(SignupBlock.id.in_(mine[0].union(*mine[1:]))).distinct()
    return session.scalars(query.order_by(SignupBlock.edition_id)).all()
