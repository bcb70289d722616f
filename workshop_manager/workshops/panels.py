"""What higher packages show on an edition's public page.

The page belongs to `workshops`, which knows nothing of calls, seats, money or schedules. Each of those packages
registers functions once, in its `setup.init_app`; the page calls them in order. Registering one twice counts once.

    from workshop_manager.workshops import panels

    panels.register_open(20, open_row)          # a row of "What is open"
    panels.register_action(20, main_action)     # a large button on the cover; the first one is filled
    panels.register_panel(40, the_day)          # a ruled section; below 50 before the dates, else after
    panels.register_dates_feed("schedule.deadlines")   # "Add to calendar" beside the dates
    panels.register_further_dates(further_dates)       # dates of parts of the edition, among its own
    panels.register_extension(extension_instead)       # where moving a date later is an act of its own

with

    def open_row(uow: UnitOfWork, edition: Edition, dates: Dates) -> OpenRow | None: ...
    def main_action(uow: UnitOfWork, edition: Edition, dates: Dates) -> Action | None: ...
    def the_day(uow: UnitOfWork, edition: Edition) -> Markup | None:
        return Markup(render_template("schedule/day_panel.html", …))

`dates` holds the edition's dates by key with their earlier ones loaded, so a row need not ask for them:
`deadline_text(date.deadline, tuple(e.deadline for e in date.earlier))`. `edition.community` is loaded. `uow.actor` is
the viewer, or None. A draft is seen by its team only, so nothing here needs to ask about visibility; None leaves the
entry out. Each function may cost one query, or two if it must: the whole page has twelve.
Orders: call 20, registration 30, grants 40, schedule 50.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from markupsafe import Markup

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.times import DeadlineText
from workshop_manager.workshops.dates import Dated
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.states import DateKey, Role

Dates = Mapping[DateKey, ImportantDate]


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row of "What is open".

    `state` and `state_text` make the sign at its end (("ok", "Open"), ("note", "Opens soon"), ("wait", "Almost full"),
    ("rest", "Closed")). With `opens` the row says when it opens, and `deadline` becomes the small line "until …";
    without, `deadline` is the large line with the days left.
    """

    title: str
    url: str
    text: str
    state: Literal["ok", "wait", "stop", "note", "rest"]
    state_text: str
    deadline: DeadlineText | None = None
    opens: DeadlineText | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A large button on the cover: a verb and its object ("Submit an abstract")."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FurtherDate:
    """A date of a part of the edition, such as a round of its call; `url` is where organisers change it."""

    name: str
    row: Dated
    url: str


FurtherFn = Callable[[UnitOfWork, Edition, Dates, bool], Sequence[FurtherDate]]
ExtensionFn = Callable[[UnitOfWork, Edition, DateKey, Deadline], str | None]
OpenFn = Callable[[UnitOfWork, Edition, Dates], OpenRow | None]
ActionFn = Callable[[UnitOfWork, Edition, Dates], Action | None]
PanelFn = Callable[[UnitOfWork, Edition], Markup | None]
Entry = TypeVar("Entry", OpenFn, ActionFn, PanelFn)

AFTER_TRACKS = 50
_answering: dict[Role, str] = {}


def register_answering(role: Role, endpoint: str) -> None:
    """Name the endpoint (taking `token`) at which an invitation to this role is answered, instead of the plain page."""
    _answering[role] = endpoint


def answering(role: Role) -> str | None:
    """The endpoint at which invitations to this role are answered, if a package has one."""
    return _answering.get(role)


_open: list[tuple[int, OpenFn]] = []
_actions: list[tuple[int, ActionFn]] = []
_panels: list[tuple[int, PanelFn]] = []
_feeds: list[str] = []
_further: list[FurtherFn] = []
_extensions: list[ExtensionFn] = []


def _add(entries: list[tuple[int, Entry]], order: int, fn: Entry) -> None:
    if all(known is not fn for _order, known in entries):
        entries.append((order, fn))
        entries.sort(key=lambda entry: entry[0])


def register_open(order: int, fn: OpenFn) -> None:
    """Add a row to "What is open"."""
    _add(_open, order, fn)


def register_action(order: int, fn: ActionFn) -> None:
    """Add a large button to the cover."""
    _add(_actions, order, fn)


def register_panel(order: int, fn: PanelFn) -> None:
    """Add a section: below 50 it stands before dates and tracks, from 50 on after them."""
    _add(_panels, order, fn)


def register_dates_feed(endpoint: str) -> None:
    """Name the endpoint (taking `community` and `edition`) of the calendar of deadlines."""
    _feeds[:] = [endpoint]


def register_further_dates(fn: FurtherFn) -> None:
    """Name what has dates beside those of the edition; the last argument is True at the desk."""
    _further[:] = [fn]


def further_dates(uow: UnitOfWork, edition: Edition, dates: Dates, *, is_desk: bool = False) -> Sequence[FurtherDate]:
    """The dates of parts of the edition, in the order of time."""
    return _further[0](uow, edition, dates, is_desk) if _further else ()


def register_extension(fn: ExtensionFn) -> None:
    """Name what knows on which page a date is moved instead, because people have to be told of it."""
    _extensions[:] = [fn]


def extension_instead(uow: UnitOfWork, edition: Edition, key: DateKey, deadline: Deadline) -> str | None:
    """The page on which that date is moved to then, if this is an act of its own; None if it is simply saved."""
    return _extensions[0](uow, edition, key, deadline) if _extensions else None


def open_rows(uow: UnitOfWork, edition: Edition, dates: Dates) -> list[OpenRow]:
    """The rows of this edition, in order."""
    return [row for _order, fn in _open if (row := fn(uow, edition, dates)) is not None]


def actions(uow: UnitOfWork, edition: Edition, dates: Dates) -> list[Action]:
    """The buttons of this edition, in order."""
    return [action for _order, fn in _actions if (action := fn(uow, edition, dates)) is not None]


def sections(uow: UnitOfWork, edition: Edition) -> tuple[list[Markup], list[Markup]]:
    """The sections before dates and tracks, and those after."""
    before: list[Markup] = []
    after: list[Markup] = []
    for order, fn in _panels:
        if (rendered := fn(uow, edition)) is not None:
            (after if order >= AFTER_TRACKS else before).append(rendered)
    return before, after


def dates_feed() -> str | None:
    """The endpoint of the calendar of deadlines, if a package has one."""
    return _feeds[0] if _feeds else None
