"""What higher packages add to the pages of one application.

    from workshop_manager.grants import panels

    panels.register_desk_panel(10, score_panel)   # beside it on the committee's page
    panels.register_own_panel(10, thread_panel)   # on the applicant's page

with `def score_panel(uow: UnitOfWork, edition: Edition, application: Application) -> Markup | None`, called in order of
the number; None leaves it out. Whoever registers renders the section; the page has asked who may see the application.
On the desk they cost none: the page has its twelve. Elsewhere two. Registering the same function twice counts once.
"""

from collections.abc import Callable

from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants.models import Application
from workshop_manager.workshops.models import Edition

Panel = Callable[[UnitOfWork, Edition, Application], Markup | None]
_desk: list[tuple[int, Panel]] = []
_own: list[tuple[int, Panel]] = []


def _add(entries: list[tuple[int, Panel]], order: int, panel: Panel) -> None:
    if all(known != panel for _order, known in entries):
        entries.append((order, panel))
        entries.sort(key=lambda entry: entry[0])


def register_desk_panel(order: int, panel: Panel) -> None:
    """Add a section beside an application on the committee's page."""
    _add(_desk, order, panel)


def register_own_panel(order: int, panel: Panel) -> None:
    """Add a section to the applicant's own page."""
    _add(_own, order, panel)


def _shown(entries: list[tuple[int, Panel]], uow: UnitOfWork, edition: Edition, found: Application) -> list[Markup]:
    rendered = (panel(uow, edition, found) for _order, panel in entries)
    return [one for one in rendered if one is not None]


def desk_panels(uow: UnitOfWork, edition: Edition, application: Application) -> list[Markup]:
    """What stands beside it on the committee's page."""
    return _shown(_desk, uow, edition, application)


def own_panels(uow: UnitOfWork, edition: Edition, application: Application) -> list[Markup]:
    """What is added to the applicant's own page."""
    return _shown(_own, uow, edition, application)
