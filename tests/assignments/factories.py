"""Bids, topics and proposals for tests."""

from typing import Any

from tests.reviews.factories import Season
from workshop_manager.accounts.models import Person
from workshop_manager.assignments import bidding, proposing, queries
from workshop_manager.assignments.models import Bid, Proposal
from workshop_manager.assignments.settings import Settings
from workshop_manager.assignments.states import BidLevel
from workshop_manager.committee.models import ReviewerProfile
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission


def make_bid(uow: UnitOfWork, work: Submission, person: Person, level: BidLevel) -> Bid:
    row = Bid(submission_id=work.id, person_id=person.id, level=level, changed_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return row


def make_profile(uow: UnitOfWork, season: Season, person: Person, **values: Any) -> ReviewerProfile:
    row = ReviewerProfile(edition_id=season.edition.id, person_id=person.id, saved_at=uow.now, **values)
    uow.session.add(row)
    uow.session.flush()
    return row


def make_topics(uow: UnitOfWork, season: Season, *names: str) -> list[int]:
    """Topics of the edition; their ids."""
    uow.actor = season.chair
    topics.change_topics(uow, season.edition, {}, names)
    return [topic.id for topic in topics.topics(uow.session, season.edition.id)]


def open_bidding(uow: UnitOfWork, season: Season) -> None:
    uow.actor = season.chair
    bidding.set_bidding(uow, season.edition, is_open=True, asks_language=True)


def propose(uow: UnitOfWork, season: Season, chair: Person | None = None, **asked: Any) -> Proposal:
    """A proposal that is ready for that chair."""
    uow.actor = chair or season.chair
    found = proposing.ask(uow, season.edition, Settings(**({"reviews": 2, "load": 6} | asked)))
    proposing.work_out_now(uow, found)
    return found


def pairs_of(uow: UnitOfWork, proposal: Proposal) -> set[tuple[int, int]]:
    return set(queries.pairs_to_apply(uow.session, proposal))
