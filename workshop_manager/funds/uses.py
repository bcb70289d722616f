"""What funds have to know of those who give their money, which are above them. `grants` says it at its setup:

uses.register("grants", Uses(…))
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session

from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Uses:
    """Questions of a fund: was anything ever proposed from it, is anything now, and how much may the viewer know of."""

    is_in_use: Callable[[Session, int], bool]
    is_promised: Callable[[Session, int], bool]
    is_currency_asked: Callable[[Session, int, str], bool]
    proposed: Callable[[Session, int, Standing], Mapping[int, int]]
    kinds: Callable[[], Sequence[tuple[str, str]]]
    """Kinds of cost: (value, name)."""
    names: Callable[[Session, int, Standing, Collection[int]], Mapping[int, str]]
    """Whose the applications are, as far as the viewer may know."""
    seen: Callable[[int, Standing], Select[int]]
    """The ids of the applications that the viewer may know of."""


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


def proposed(session: Session, edition_id: int, standing: Standing) -> Mapping[int, int]:
    """By fund, what is proposed from it as far as the viewer may know, in minor units."""
    found: dict[int, int] = {}
    for uses in _all.values():
        for fund_id, minor in uses.proposed(session, edition_id, standing).items():
            found[fund_id] = found.get(fund_id, 0) + minor
    return found


def kinds() -> list[tuple[str, str]]:
    """The kinds of cost a fund can be kept to: (value, name)."""
    return [pair for uses in _all.values() for pair in uses.kinds()]


def names(session: Session, edition_id: int, standing: Standing, application_ids: Collection[int]) -> Mapping[int, str]:
    """By application, whose it is; those that the viewer may not see are not in it."""
    found: dict[int, str] = {}
    for uses in _all.values():
        found |= uses.names(session, edition_id, standing, application_ids)
    return found


def seen(edition_id: int, standing: Standing) -> list[Select[int]]:
    """The ids of the applications that the viewer may know of."""
    return [uses.seen(edition_id, standing) for uses in _all.values()]
