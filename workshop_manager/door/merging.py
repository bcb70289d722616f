"""The door, when one person's two accounts become one: who let whom in, and what hung on two registrations of one."""

from sqlalchemy import update

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import queries
from workshop_manager.door.models import Arrival, BadgeBatch, Certificate, Handout, Scan, VisaLetter
from workshop_manager.registrations.events import RegistrationsJoined

PART = Part("door", tuple(moved(one.by_id) for one in (Arrival, Scan, Handout, BadgeBatch, Certificate, VisaLetter)))


def registrations_joined(uow: UnitOfWork, event: RegistrationsJoined) -> None:
    """They were there with whichever ticket: days, things handed out and papers are those of the one that stays.

    Badges that were printed stay with the other: a new one is due where it reads otherwise.
    """
    kept, left = event.kept_id, event.left_id
    _move_arrivals(uow, kept, left)
    _move_handouts(uow, kept, left)
    _move_papers(uow, kept, left)
    uow.session.flush()


def _move_arrivals(uow: UnitOfWork, kept: int, left: int) -> None:
    """Each day once, since the first time on it; the scans go along."""
    session = uow.session
    mine = {one.day: one for one in queries.arrivals_of(session, kept)}
    for theirs in queries.arrivals_of(session, left):
        same = mine.get(theirs.day)
        if same is None:
            theirs.registration_id = kept
            continue
        if theirs.at < same.at:
            same.at, same.device, same.by_id = theirs.at, theirs.device, theirs.by_id
        session.execute(update(Scan).where(Scan.arrival_id == theirs.id).values(arrival_id=same.id))
        session.delete(theirs)
    session.execute(update(Scan).where(Scan.registration_id == left).values(registration_id=kept))


def _move_handouts(uow: UnitOfWork, kept: int, left: int) -> None:
    mine = queries.handed_to(uow.session, kept)
    for item_id, theirs in queries.handed_to(uow.session, left).items():
        if item_id in mine:
            uow.session.delete(theirs)
        else:
            theirs.registration_id = kept


def _move_papers(uow: UnitOfWork, kept: int, left: int) -> None:
    """At most one certificate stands, and there is one letter: one that is issued before one that is not."""
    session = uow.session
    mine, theirs = queries.standing_of(session, kept), queries.standing_of(session, left)
    if mine is not None and theirs is not None:
        theirs.revoked_at = uow.now
        session.flush()
    session.execute(update(Certificate).where(Certificate.registration_id == left).values(registration_id=kept))
    letter, other = queries.letter_of(session, kept), queries.letter_of(session, left)
    if other is None:
        return
    if letter is not None:
        goes = letter if letter.issued_at is None and other.issued_at is not None else other
        session.delete(goes)
        session.flush()
        if goes is other:
            return
    other.registration_id = kept
