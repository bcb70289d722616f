"""Verbs of bids: open and close bidding, bid, say what one knows, say what a work is about."""

from collections.abc import Collection, Mapping

from flask_babel import gettext as _

from workshop_manager.accounts.events import PersonErased
from workshop_manager.assignments import queries, rules
from workshop_manager.assignments.models import Bid, Bidding
from workshop_manager.assignments.states import BidLevel
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions import topics
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import EDITABLE, is_own
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import acting_person, require

MOST_BIDS = 100
"""Bids in one form: more than a page of them."""


def set_bidding(uow: UnitOfWork, edition: Edition, *, is_open: bool, asks_language: bool) -> None:
    """Let reviewers see what came in and bid, or end it; ask authors for the language of their work, or not."""
    require(uow, edition, MAY_DECIDE)
    row = queries.find_bidding(uow.session, edition.id) or Bidding(edition_id=edition.id)
    row.is_open, row.asks_language = is_open, asks_language
    uow.session.add(row)
    record(uow, "bidding changed", "edition", edition.id, edition_id=edition.id, open=is_open, language=asks_language)
    uow.session.flush()


def require_bidder(uow: UnitOfWork, edition: Edition) -> Standing:
    """The standing of whoever reviews here while bidding is open; NotFound for everybody else."""
    standing = require(uow, edition, rules.REVIEWERS)
    row = queries.find_bidding(uow.session, edition.id)
    if row is None or not row.is_open:
        raise NotFound
    return standing


def bid(uow: UnitOfWork, edition: Edition, levels: Mapping[int, BidLevel | None]) -> int:
    """Say of works, by number, how much one would like to read them; None takes a bid back. How many changed.

    What is kept from the reviewer, or no longer waits for reviews, is passed over: bids are wishes, and one of them
    must not lose the others.
    """
    require_bidder(uow, edition)
    person = acting_person(uow)
    if len(levels) > MOST_BIDS:
        raise Conflict(str(_("At most %(most)s bids at once.", most=MOST_BIDS)))
    works = {number: queries.find_biddable(uow.session, edition.id, number, person.id) for number in sorted(levels)}
    found = {work.id: levels[number] for number, work in works.items() if work is not None}
    before = queries.bids_of(uow.session, person.id, found)
    changed = 0
    for work, level in found.items():
        row = before.get(work)
        if level is (row.level if row else None):
            continue
        changed += 1
        if level is None and row is not None:
            uow.session.delete(row)
        elif row is not None and level is not None:
            row.level, row.changed_at = level, uow.now
        elif level is not None:
            uow.session.add(Bid(submission_id=work, person_id=person.id, level=level, changed_at=uow.now))
    uow.session.flush()
    return changed


def choose_known(uow: UnitOfWork, edition: Edition, chosen: Collection[int]) -> None:
    """A reviewer says which of the edition's topics they know."""
    require(uow, edition, rules.REVIEWERS)
    topics.choose_for_reviewer(uow, edition.id, acting_person(uow).id, chosen)


def describe_own(
    uow: UnitOfWork, edition: Edition, number: int, chosen: Collection[int], language: str | None
) -> Submission:
    """An author says what their work is about and which language it is in, until it is decided."""
    person = acting_person(uow)
    found = submissions.find_own(uow.session, edition.id, number, person.id, lock=True)
    if found is None or not is_own(person.id, found.submitter_id, [a.person_id for a in found.authors]):
        raise NotFound
    if found.state not in EDITABLE:
        raise Conflict(str(_("#%(number)s is decided, so this no longer changes anything.", number=number)))
    _describe(uow, found, chosen, language)
    return found


def describe_at_desk(
    uow: UnitOfWork, edition: Edition, number: int, chosen: Collection[int], language: str | None
) -> Submission:
    """A chair says the same of a work they may see."""
    standing = require(uow, edition, MAY_SUBMISSIONS)
    found = submissions.find_row_at_desk(uow.session, edition.id, standing, number, lock=True)
    if found is None:
        raise NotFound
    _describe(uow, found, chosen, language)
    return found


def _describe(uow: UnitOfWork, submission: Submission, chosen: Collection[int], language: str | None) -> None:
    submission.language = language
    topics.choose_for_submission(uow, submission, chosen)


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: what they wanted to read and what they know goes."""
    queries.forget_bids(uow.session, event.person_id)
    topics.forget_reviewer(uow, event.person_id)
