"""The posters of an edition as everybody may see them, for the end of the schedule page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.visibility import ANONYMOUS
from workshop_manager.schedule.words import posters_heading, posters_text
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.rules import is_listed, public_authors
from workshop_manager.submissions.states import Outcome


@dataclass(frozen=True, slots=True)
class Poster:
    """One poster: the number on its board, its title, its authors by name."""

    number: int
    title: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PosterLists:
    """Posters in the room and online, numbered through."""

    heading: str
    in_person: tuple[Poster, ...]
    virtual: tuple[Poster, ...]

    @property
    def summary(self) -> str:
        """`ten posters, five in person and five virtual`."""
        return posters_text(len(self.in_person), len(self.virtual))


Numbers = Callable[[Session, int], Mapping[int, int]]
_numbers: list[Numbers] = []


def register_numbers(numbers: Numbers) -> None:
    """Say which number is on whose board: `numbers(session, edition_id)` by submission, {} before they are published.

    The proceedings know, and are a neighbour: `wiring` brings the two together. The last one registered counts.
    """
    _numbers[:] = [numbers]


def places(session: Session, edition_id: int) -> dict[int, int]:
    """Where works stand in the draft of the schedule, counted from 1, by submission (one query)."""
    ids = session.scalars(
        select(ScheduleItem.submission_id)
        .where(ScheduleItem.edition_id == edition_id, ScheduleItem.submission_id.is_not(None))
        .order_by(ScheduleItem.starts_at, ScheduleItem.position, ScheduleItem.id)
    )
    found: dict[int, int] = {}
    for submission_id in ids:
        if submission_id is not None:
            found.setdefault(submission_id, len(found) + 1)
    return found


def poster_lists(session: Session, edition_id: int) -> PosterLists | None:
    """Accepted posters whose authors want them listed; None if there are none (three queries)."""
    works = [
        work for work in submissions.accepted(session, edition_id) if work.outcome is Outcome.POSTER and is_listed(work)
    ]
    if not works:
        return None
    given = _numbers[-1](session, edition_id) if _numbers else {}
    works.sort(key=lambda work: (work.remote, given.get(work.id, work.number)))
    # Without published numbers the boards are counted through; with them, one that has none yet shows 0: none.
    made = [
        (
            work.remote,
            Poster(
                given.get(work.id, 0) if given else place,
                work.title,
                tuple(who.name or ANONYMOUS for who in public_authors(work)),
            ),
        )
        for place, work in enumerate(works, 1)
    ]
    return PosterLists(
        posters_heading(len(works)),
        tuple(poster for is_remote, poster in made if not is_remote),
        tuple(poster for is_remote, poster in made if is_remote),
    )
