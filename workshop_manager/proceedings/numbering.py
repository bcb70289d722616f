"""Poster numbers: given in order or by hand, published once, and never changed silently after that."""

from collections.abc import Callable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.orm import Session

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import emails, queries, rules, service
from workshop_manager.proceedings.models import Asked, PosterNumber
from workshop_manager.proceedings.rules import Hanging
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require

POSTERS = tuple(outcome for outcome in Outcome if rules.has_poster(outcome))
LATE = 1_000_000
"""Where a poster stands that is in no session or track: after all others."""

Order = Callable[[Session, int], Mapping[int, int]]
_orders: list[Order] = []


def register_order(order: Order) -> None:
    """Say where posters stand in the programme: `order(session, edition_id)` gives places by submission.

    The schedule knows, and is a neighbour: `wiring` brings the two together. The last one registered counts.
    """
    _orders[:] = [order]


def posters(session: Session, edition_id: int) -> Sequence[Submission]:
    """Every accepted poster, by number."""
    return queries.posters(session, edition_id, POSTERS)


def has_programme(session: Session, edition_id: int) -> bool:
    """Whether any poster stands in a session."""
    return any(order(session, edition_id) for order in _orders)


def _hanging(session: Session, edition: Edition, works: Sequence[Submission]) -> list[Hanging]:
    places: Mapping[int, int] = _orders[-1](session, edition.id) if _orders else {}
    return [Hanging(w.id, w.number, w.track.position if w.track else LATE, places.get(w.id, LATE)) for w in works]


def give(uow: UnitOfWork, edition: Edition, *, by_session: bool, afresh: bool) -> int:
    """Number the posters in order; numbers given before stay unless `afresh`. Returns how many changed."""
    require(uow, edition, rules.MAY_PROCEEDINGS)
    asked = _locked(uow, edition)
    if afresh and asked.numbers_published_at is not None:
        raise Conflict(str(_("The numbers are published. Change single ones by hand: their authors are told.")))
    before = queries.poster_numbers(uow.session, edition.id)
    works = posters(uow.session, edition.id)
    hanging = _hanging(uow.session, edition, works)
    after = rules.numbered(hanging, before, by_session=by_session, afresh=afresh)
    return _store(uow, edition, asked, works, before, after)


def set_by_hand(uow: UnitOfWork, edition: Edition, typed: Mapping[int, int | None], seen: Mapping[int, int]) -> int:
    """Give these numbers (by submission number); None takes one away. Returns how many changed.

    `seen` are the numbers the page had shown: Stale if another chair changed one of those that this chair changed.
    Authors whose published number changes are told in the same transaction.
    """
    standing = require(uow, edition, rules.MAY_PROCEEDINGS)
    asked = _locked(uow, edition)
    before = queries.poster_numbers(uow.session, edition.id)
    works = posters(uow.session, edition.id)
    visible = queries.visible_ids(uow.session, edition.id, standing)
    after = dict(before)
    for work in works:
        if work.number not in typed or work.id not in visible or typed[work.number] == seen.get(work.number):
            continue
        if before.get(work.id) != seen.get(work.number):
            raise service.Stale
        number = typed[work.number]
        if number is None:
            after.pop(work.id, None)
        else:
            after[work.id] = number
    if clashes := rules.number_clashes(after):
        listed = ", ".join(map(str, sorted(clashes)))
        raise Conflict(str(_("Number %(listed)s would be given twice. Nothing is saved.", listed=listed)))
    return _store(uow, edition, asked, works, before, after)


def publish(uow: UnitOfWork, edition: Edition) -> int:
    """Tell all authors their numbers, and show them in book and schedule. Returns how many mails."""
    require(uow, edition, rules.MAY_PROCEEDINGS)
    asked = _locked(uow, edition)
    if asked.numbers_published_at is not None:
        raise Conflict(str(_("The numbers are published already.")))
    numbers = queries.poster_numbers(uow.session, edition.id)
    works = [work for work in posters(uow.session, edition.id) if work.id in numbers]
    if not works:
        raise Conflict(str(_("No poster has a number yet.")))
    asked.numbers_published_at = uow.now
    asked.turns += 1
    audit.record(uow, "poster numbers published", "edition", edition.id, edition_id=edition.id)
    return emails.poster_number(uow, edition, [(work, numbers[work.id], None) for work in works], asked.turns)


def _locked(uow: UnitOfWork, edition: Edition) -> Asked:
    workshops.locked_edition(uow.session, edition.id)
    asked = service.locked_asked(uow, edition.id)
    if asked is None:
        raise Conflict(str(_("Say first what you ask of the authors.")))
    return asked


def _store(
    uow: UnitOfWork,
    edition: Edition,
    asked: Asked,
    works: Sequence[Submission],
    before: Mapping[int, int],
    after: Mapping[int, int],
) -> int:
    changed = rules.moved(before, after)
    if not changed:
        return 0
    # Taken away before they are given anew: two that change places would meet on the way.
    uow.session.execute(delete(PosterNumber).where(PosterNumber.submission_id.in_(changed)))
    uow.session.flush()
    for submission_id in changed:
        if submission_id in after:
            uow.session.add(
                PosterNumber(submission_id=submission_id, edition_id=edition.id, number=after[submission_id])
            )
    asked.turns += 1
    uow.session.flush()
    audit.record(uow, "poster numbers", "edition", edition.id, edition_id=edition.id, changed=len(changed))
    if asked.numbers_published_at is not None:
        told = [
            (work, after[work.id], before.get(work.id)) for work in works if work.id in changed and work.id in after
        ]
        emails.poster_number(uow, edition, told, asked.turns)
    return len(changed)
