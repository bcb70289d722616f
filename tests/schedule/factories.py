"""Make schedules for tests. Each returns the row, flushed."""

from datetime import UTC, datetime, timedelta
from typing import Any

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import releasing, service
from workshop_manager.schedule.content import ItemContent
from workshop_manager.schedule.models import Release, ScheduleItem
from workshop_manager.schedule.programme import Kind
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Role

CHAIR = Standing(None, frozenset({Role.PROGRAMME_CHAIR}))
START = datetime(2026, 12, 11, 14, 30, tzinfo=UTC)
"""08:30 in Chicago on the day of `make_edition`."""


def content(title: str = "Opening", minutes: int = 0, length: int | None = 30, **values: Any) -> ItemContent:
    """An item that begins so many minutes after START."""
    start = values.pop("start", START + timedelta(minutes=minutes))
    end = None if length is None else start + timedelta(minutes=length)
    return ItemContent(values.pop("kind", Kind.TALK), title, start, end, **values)


def make_item(
    uow: UnitOfWork, edition: Edition, title: str = "Opening", minutes: int = 0, **values: Any
) -> ScheduleItem:
    """An item of the draft."""
    return service.add(uow, edition, CHAIR, content(title, minutes, **values))


def make_release(uow: UnitOfWork, edition: Edition, note: str = "", *, despite_errors: bool = False) -> Release:
    """Publish the draft."""
    return releasing.release(uow, edition, CHAIR, note=note, despite_errors=despite_errors)


def make_work(
    uow: UnitOfWork,
    edition: Edition,
    number: int,
    title: str = "Whose Dialect Is Default?",
    authors: tuple[tuple[str, Any], ...] = (("Nur Aisyah", None),),
    **values: Any,
) -> Submission:
    """Accepted work; authors as (name, person or None), the first one presents."""
    values = {"state": State.ACCEPTED, "outcome": Outcome.ORAL} | values
    work = Submission(
        edition_id=edition.id, number=number, title=title, created_at=uow.now, changed_at=uow.now, **values
    )
    work.authors = [
        Author(
            position=place,
            name=name,
            affiliation="UGM",
            is_presenter=place == 0,
            person_id=person.id if person is not None else None,
        )
        for place, (name, person) in enumerate(authors)
    ]
    uow.session.add(work)
    uow.session.flush()
    return work
