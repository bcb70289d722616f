"""What higher packages add to the pages of one submission.

    from workshop_manager.submissions import panels

    panels.register_detail_panel(20, answer_panel)   # on the authors' page: confirm or decline
    panels.register_desk_panel(20, reviews_panel)    # on the organisers' page of a submission
    panels.register_review_panel(10, answers_panel)  # where a reviewer reads it: nothing that tells who wrote it

with `def answer_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None`, called in order
of the number; None leaves it out. Whoever registers renders the section (`Markup(render_template(…))`) and asks its own
rules: `uow.actor` is the viewer. Authors see their own submission only; the desk's page asks `visible_to` before.
Each may cost two queries. Registering the same function twice counts once.

A panel that needs but a few figures is `Counted`: those of all such panels of a page are asked for in one query.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement, select

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition

Panel = Callable[[UnitOfWork, Edition, Submission], Markup | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """A panel with the figures it shows: scalars by names of its own, which `show` gets by the same names."""

    figures: Callable[[Edition, Submission], Mapping[str, ColumnElement[Any]]]
    show: Callable[[UnitOfWork, Edition, Submission, Mapping[str, Any]], Markup | None]


_Entries = list[tuple[int, Panel | Counted]]
_detail: _Entries = []
_desk: _Entries = []
_review: _Entries = []


def _add(entries: _Entries, order: int, panel: Panel | Counted) -> None:
    if all(known != panel for _order, known in entries):
        entries.append((order, panel))
        entries.sort(key=lambda entry: entry[0])


def register_detail_panel(order: int, panel: Panel | Counted) -> None:
    """Add a section to the authors' page of a submission."""
    _add(_detail, order, panel)


def register_desk_panel(order: int, panel: Panel | Counted) -> None:
    """Add a section to the organisers' page of a submission."""
    _add(_desk, order, panel)


def register_review_panel(order: int, panel: Panel | Counted) -> None:
    """Add a section to the page on which a reviewer reads the work."""
    _add(_review, order, panel)


def _shown(entries: _Entries, uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    counted = {place: one for place, (_order, one) in enumerate(entries) if isinstance(one, Counted)}
    names = [
        (place, name, figure)
        for place, one in counted.items()
        for name, figure in one.figures(edition, submission).items()
    ]
    figures: dict[int, dict[str, Any]] = {place: {} for place in counted}
    if names:
        row = uow.session.execute(select(*(figure.label(f"{name}_{place}") for place, name, figure in names))).one()
        for (place, name, _figure), value in zip(names, row, strict=True):
            figures[place][name] = value
    made = [
        one.show(uow, edition, submission, figures[place])
        if isinstance(one, Counted)
        else one(uow, edition, submission)
        for place, (_order, one) in enumerate(entries)
    ]
    return [one for one in made if one is not None]


def detail_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of the authors' page, in order."""
    return _shown(_detail, uow, edition, submission)


def desk_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of the organisers' page, in order."""
    return _shown(_desk, uow, edition, submission)


def review_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of a reviewer's page, in order; whether the viewer may read the work is asked before."""
    return _shown(_review, uow, edition, submission)
