"""How a visitor can register beside signing in, as higher packages offer it: `register(fn)` once, in `setup.init_app`.

`fn(edition)` gives a `Way`. It asks no database: the page is kept for visitors.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Way:
    """A link beneath “Sign in to register”, and what it is in a sentence."""

    label: str
    text: str
    url: str


WayFn = Callable[[Edition], Way]
_ways: list[WayFn] = []


def register(fn: WayFn) -> None:
    """Offer it; registering it twice counts once."""
    if fn not in _ways:
        _ways.append(fn)


def of(edition: Edition) -> list[Way]:
    """Those of this edition."""
    return [fn(edition) for fn in _ways]
