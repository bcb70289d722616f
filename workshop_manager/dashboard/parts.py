"""What the pages of this package are made of: plain values, filled by `desk` and `home`."""

from dataclasses import dataclass, field
from typing import Literal

Urgency = Literal["stop", "wait", "rest"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for somebody: what, why, and where to do it. `act` names the link."""

    title: str
    text: str
    url: str
    act: str
    icon: str
    urgency: Urgency = "rest"


@dataclass(frozen=True, slots=True)
class Group:
    """Whom it waits for, or where; `url` leads there."""

    who: str
    names: str
    waiting: tuple[Waiting, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a figure: what, the figures in words, and how full (None: no limit, no bar)."""

    label: str
    value: str
    taken: float | None = None
    total: float | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over days: heights in 0…40, the sentence that says the same, first and last day."""

    columns: tuple[float, ...]
    sentence: str
    first: str
    last: str
    lately: int = 2

    @property
    def step(self) -> float:
        return round(300 / max(1, len(self.columns)), 2)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing in numbers."""

    title: str
    url: str
    number: str
    unit: str = ""
    text: str = ""
    bars: tuple[Bar, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Something one has: where it is, what it says, how it stands as (sign, word), by another icon if given."""

    title: str
    url: str
    text: str
    sign: str
    state: str
    icon: str | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows of a kind."""

    title: str
    rows: tuple[Row, ...] = field(default=())
