"""What it means for the schedule when somebody who is on it leaves the room, with the times (`registrations`)."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.consequences import Step
from workshop_manager.schedule import queries
from workshop_manager.schedule.programme import Item, from_json
from workshop_manager.schedule.visibility import person_key
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.web.times import when_text
from workshop_manager.workshops.models import Edition


def consequences(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> Sequence[str]:
    """What of the released schedule they are expected at and is still to come; from afar only what is in the room."""
    if not (step.leaves_room or step.ends):
        return ()
    last = queries.last_release(uow.session, edition.id)
    if last is None:
        return ()
    key, works = person_key(person_id), _presents(uow.session, edition.id, person_id)
    ahead = [
        item
        for item in from_json(last.programme).items
        if not item.cancelled
        and item.start > uow.now
        and _is_theirs(item, key, works)
        and (step.ends or not _is_remote(item, works))
    ]
    return [_sentence(edition, item, ends=step.ends) for item in sorted(ahead, key=lambda one: (one.start, one.uid))]


def _presents(session: Session, edition_id: int, person_id: int) -> Mapping[int, bool]:
    """The numbers of the works that they present, and whether each is agreed to come from afar."""
    rows = session.execute(
        select(Submission.number, Submission.remote)
        .join(Author, Author.submission_id == Submission.id)
        .where(Submission.edition_id == edition_id, Author.person_id == person_id, Author.is_presenter)
    )
    return {row.number: row.remote for row in rows}


def _is_theirs(item: Item, key: str, works: Mapping[int, bool]) -> bool:
    """A work is its presenters' and its chairs', whoever else is named beside it; anything else its speakers' too."""
    if item.submission_number is not None:
        return item.submission_number in works or any(chair.person_key == key for chair in item.chairs)
    return any(who.person_key == key for who in item.people)


def _is_remote(item: Item, works: Mapping[int, bool]) -> bool:
    return item.remote or (item.submission_number is not None and works.get(item.submission_number, False))


def _sentence(edition: Edition, item: Item, *, ends: bool) -> str:
    title, when = isolated(item.heading), when_text(item.start, edition.time_zone)
    if ends:
        return str(_("“%(title)s” is on the schedule with you, %(when)s.", title=title, when=when))
    return str(_("“%(title)s” is on the schedule with you in the room, %(when)s.", title=title, when=when))
