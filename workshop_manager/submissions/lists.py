"""What a higher package makes of the search in the address of the organisers' list, and adds to its rows.

    from workshop_manager.submissions import lists

    lists.register(searched)

with `def searched(uow: UnitOfWork, at: Here, tracks: Sequence[Track]) -> Searched`. One package may do so; without one
the list has its filters only.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from sqlalchemy import ColumnElement

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.models import Track

NOTHING = Markup()


def _no_marks(_submission_ids: Collection[int]) -> Mapping[int, Markup]:
    return {}


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search is to the list. `marks(submission_ids)` gives what stands below a title, for one query at most."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    bar: Markup = NOTHING
    """The field, within the list's form."""
    below: Markup = NOTHING
    """What follows the form: how to search, what can be done with what was found."""
    marks: Callable[[Collection[int]], Mapping[int, Markup]] = _no_marks
    kept: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the address that say the search again."""


Searcher = Callable[[UnitOfWork, Here, Sequence[Track]], Searched]
_searchers: list[Searcher] = []


def register(searcher: Searcher) -> None:
    """Name who reads the search; naming the same again counts once."""
    if searcher not in _searchers:
        _searchers.append(searcher)


def searched(uow: UnitOfWork, at: Here, tracks: Sequence[Track]) -> Searched:
    """What the address asks for."""
    return _searchers[0](uow, at, tracks) if _searchers else Searched()
