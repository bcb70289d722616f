"""What funds have to know of those who give their money, which are above them. `grants` says it at its setup:

uses.register("grants", queries.USES)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workshop_manager.workshops.rules import Standing

Sums = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Uses:
    """Questions of a fund: was anything ever proposed from it, is anything now, and how much may the viewer know of."""

    is_in_use: Callable[[Session, int], bool]
    is_promised: Callable[[Session, int], bool]
    is_currency_asked: Callable[[Session, int, str], bool]
    sums: Callable[[Session, int, Standing], Mapping[int, Sums]]


_all: dict[str, Uses] = {}


def register(name: str, uses: Uses) -> None:
    """Answer for a package; the last one registered under a name counts."""
    _all[name] = uses


def is_in_use(session: Session, fund_id: int) -> bool:
    """True once anything was proposed or given from the fund."""
    return any(uses.is_in_use(session, fund_id) for uses in _all.values())


def is_promised(session: Session, fund_id: int) -> bool:
    """True while anything is proposed, offered or accepted from the fund."""
    return any(uses.is_promised(session, fund_id) for uses in _all.values())


def is_currency_asked(session: Session, edition_id: int, currency: str) -> bool:
    """True if applications are written in that currency."""
    return any(uses.is_currency_asked(session, edition_id, currency) for uses in _all.values())


def sums(session: Session, edition_id: int, standing: Standing) -> Mapping[int, Sums]:
    """By fund, what is accepted, offered, and proposed as far as the viewer may know."""
    found: dict[int, Sums] = {}
    for uses in _all.values():
        found |= uses.sums(session, edition_id, standing)
    return found
