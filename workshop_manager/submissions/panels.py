"""What higher packages add to the pages of one submission.

    from workshop_manager.submissions import panels

    panels.register_detail_panel(20, answer_panel)   # on the authors' page: confirm or decline
    panels.register_desk_panel(20, reviews_panel)    # on the organisers' page of a submission
    panels.register_review_panel(10, answers_panel)  # where a reviewer reads it: nothing that tells who wrote it

with `def answer_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None`, called in order
of the number; None leaves it out. Whoever registers renders the section (`Markup(render_template(…))`) and asks its own
rules: `uow.actor` is the viewer. Authors see their own submission only; the desk's page asks `visible_to` before.
Each may cost two queries. Registering the same function twice counts once.
"""

from collections.abc import Callable

from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition

Panel = Callable[[UnitOfWork, Edition, Submission], Markup | None]

_detail: list[tuple[int, Panel]] = []
_desk: list[tuple[int, Panel]] = []
_review: list[tuple[int, Panel]] = []


def _add(entries: list[tuple[int, Panel]], order: int, panel: Panel) -> None:
    if all(known is not panel for _order, known in entries):
        entries.append((order, panel))
        entries.sort(key=lambda entry: entry[0])


def register_detail_panel(order: int, panel: Panel) -> None:
    """Add a section to the authors' page of a submission."""
    _add(_detail, order, panel)


def register_desk_panel(order: int, panel: Panel) -> None:
    """Add a section to the organisers' page of a submission."""
    _add(_desk, order, panel)


def register_review_panel(order: int, panel: Panel) -> None:
    """Add a section to the page on which a reviewer reads the work."""
    _add(_review, order, panel)


def detail_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of the authors' page, in order."""
    return [made for _order, panel in _detail if (made := panel(uow, edition, submission)) is not None]


def desk_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of the organisers' page, in order."""
    return [made for _order, panel in _desk if (made := panel(uow, edition, submission)) is not None]


def review_panels(uow: UnitOfWork, edition: Edition, submission: Submission) -> list[Markup]:
    """The sections of a reviewer's page, in order; whether the viewer may read the work is asked before."""
    return [made for _order, panel in _review if (made := panel(uow, edition, submission)) is not None]
