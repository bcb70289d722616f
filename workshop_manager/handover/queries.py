"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from workshop_manager.accounts.models import Person
from workshop_manager.handover.models import Mailing, SeatClaim, SeatList, VisitorRegistration
from workshop_manager.handover.states import Answer, Purpose
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.workshops.models import Edition


def by_token(session: Session, hashed: str, *, lock: bool = False) -> SeatClaim | None:
    """The question with that token, with its registration and the kind of it."""
    query = (
        select(SeatClaim)
        .join(SeatClaim.registration)
        .join(Registration.kind)
        .options(contains_eager(SeatClaim.registration).contains_eager(Registration.kind))
        .where(SeatClaim.token_hash == hashed)
    )
    if lock:
        query = query.with_for_update(of=SeatClaim).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def open_of(session: Session, registration_id: int) -> SeatClaim | None:
    """The question about that seat that nobody answered yet."""
    return session.execute(
        select(SeatClaim).where(SeatClaim.registration_id == registration_id, SeatClaim.answer == Answer.OPEN)
    ).scalar_one_or_none()


def count_asked(session: Session, registration_id: int) -> int:
    """How many were asked to take that seat, ever."""
    return session.execute(
        select(func.count(SeatClaim.id)).where(
            SeatClaim.registration_id == registration_id, SeatClaim.purpose == Purpose.TRANSFER
        )
    ).scalar_one()


def lists(session: Session, edition_id: int) -> Sequence[SeatList]:
    """The lists of an edition, the newest first."""
    return session.scalars(select(SeatList).where(SeatList.edition_id == edition_id).order_by(SeatList.id.desc())).all()


def counts(session: Session, edition_id: int) -> dict[tuple[int, Answer], int]:
    """How many of each list gave which answer."""
    rows = session.execute(
        select(SeatClaim.list_id, SeatClaim.answer, func.count())
        .where(SeatClaim.edition_id == edition_id, SeatClaim.list_id.is_not(None))
        .group_by(SeatClaim.list_id, SeatClaim.answer)
    )
    return {(list_id, answer): number for list_id, answer, number in rows if list_id is not None}


def due_lists(session: Session, now: datetime) -> Sequence[tuple[int, int]]:
    """(edition, list) of those whose date has come and whose unclaimed seats were not returned yet."""
    rows = session.execute(
        select(SeatList.edition_id, SeatList.id)
        .where(SeatList.at < now, SeatList.returned_at.is_(None))
        .order_by(SeatList.edition_id, SeatList.id)
    )
    return [(edition_id, list_id) for edition_id, list_id in rows]


def unclaimed(session: Session, list_id: int) -> Sequence[SeatClaim]:
    """The open questions of a list, locked, with registrations and their kinds."""
    return session.scalars(
        select(SeatClaim)
        .options(joinedload(SeatClaim.registration).joinedload(Registration.kind))
        .where(SeatClaim.list_id == list_id, SeatClaim.answer == Answer.OPEN)
        .order_by(SeatClaim.id)
        .with_for_update(of=SeatClaim)
    ).all()


def unanswered(session: Session, edition_id: int) -> Sequence[SeatClaim]:
    """The open questions of an edition, with the seats they are about."""
    return session.scalars(
        select(SeatClaim)
        .options(joinedload(SeatClaim.registration))
        .where(SeatClaim.edition_id == edition_id, SeatClaim.answer == Answer.OPEN, SeatClaim.email.is_not(None))
        .order_by(SeatClaim.id)
    ).all()


def of_list(session: Session, edition_id: int, list_id: int) -> SeatList | None:
    """One list of this edition."""
    return session.execute(
        select(SeatList).where(SeatList.edition_id == edition_id, SeatList.id == list_id)
    ).scalar_one_or_none()


def addresses_in(session: Session, edition_id: int, among: Collection[str], listed: str) -> set[str]:
    """Those of the addresses that hold or wait for a seat here already, or were asked to claim one that is not gone.

    So are those who said no to a list that is called `listed`: the same list again does not write to them again.
    """
    registered = select(Person.email).join(Registration, Registration.person_id == Person.id)
    mine = registered.where(Registration.edition_id == edition_id, Registration.state != State.CANCELLED)
    claimed = select(SeatClaim.email).join(SeatClaim.registration)
    named = select(SeatList.id).where(SeatList.edition_id == edition_id, SeatList.name == listed)
    asked = claimed.where(
        SeatClaim.edition_id == edition_id,
        SeatClaim.purpose == Purpose.LIST,
        SeatClaim.email.is_not(None),
        or_(
            and_(SeatClaim.answer.in_((Answer.OPEN, Answer.TAKEN)), Registration.state != State.CANCELLED),
            and_(SeatClaim.answer == Answer.REFUSED, SeatClaim.list_id.in_(named)),
        ),
    )
    found: set[str] = set()
    rows = sorted(among)
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        found |= set(session.scalars(mine.where(Person.email.in_(part))))
        found |= {email for email in session.scalars(asked.where(SeatClaim.email.in_(part))) if email}
    return found


def forget_address(session: Session, email: str) -> None:
    """Remove an address from every question that went to it."""
    session.execute(update(SeatClaim).where(SeatClaim.email == email).values(email=None))


def forget_old(session: Session, ended_before: datetime) -> None:
    """Remove the addresses of lists of events that ended before."""
    over = select(Edition.id).where(Edition.ends_at < ended_before)
    session.execute(
        update(SeatClaim).where(SeatClaim.edition_id.in_(over), SeatClaim.email.is_not(None)).values(email=None)
    )


def visitor_by_token(session: Session, digest: str, *, lock: bool = False) -> VisitorRegistration | None:
    """What a visitor filled in, with its kind."""
    query = (
        select(VisitorRegistration)
        .options(joinedload(VisitorRegistration.kind))
        .where(VisitorRegistration.token_hash == digest)
    )
    if lock:
        query = query.with_for_update(of=VisitorRegistration).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def forget_visitor(session: Session, email: str, edition_id: int | None = None) -> None:
    """Remove what was typed with that address, in one edition or in all."""
    query = delete(VisitorRegistration).where(VisitorRegistration.email == email)
    session.execute(query if edition_id is None else query.where(VisitorRegistration.edition_id == edition_id))


def forget_unproven(session: Session, now: datetime) -> None:
    """Remove what nobody proved in time."""
    session.execute(delete(VisitorRegistration).where(VisitorRegistration.expires_at < now))


def mailing_of(session: Session, edition_id: int, key: str) -> Mailing | None:
    """The mail that was sent under this key."""
    return session.execute(
        select(Mailing).where(Mailing.edition_id == edition_id, Mailing.key == key)
    ).scalar_one_or_none()
