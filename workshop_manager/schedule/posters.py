"""The posters of an edition as everybody may see them, for the end of the schedule page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

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


def poster_lists(session: Session, edition_id: int) -> PosterLists | None:
    """Accepted posters whose authors want them listed; None if there are none (three queries)."""
    works = [
        work for work in submissions.accepted(session, edition_id) if work.outcome is Outcome.POSTER and is_listed(work)
    ]
    if not works:
        return None
    works.sort(key=lambda work: (work.remote, work.number))
    made = [
        (work.remote, Poster(place, work.title, tuple(who.name or ANONYMOUS for who in public_authors(work))))
        for place, work in enumerate(works, 1)
    ]
    return PosterLists(
        posters_heading(len(works)),
        tuple(poster for is_remote, poster in made if not is_remote),
        tuple(poster for is_remote, poster in made if is_remote),
    )
