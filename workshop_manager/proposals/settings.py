"""What organisers choose for a proposal: caps, what is useful, aims and weights; plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_manager.grants.states import CostKind
from workshop_manager.proposals.rules import Aim, MostPer, Share

WHOLE = 100
USEFUL = {
    CostKind.WAIVER: WHOLE,
    CostKind.AIR: WHOLE,
    CostKind.GROUND: 50,
    CostKind.LODGING: 50,
    CostKind.VISA: WHOLE,
    CostKind.DATA: 50,
    CostKind.CAREGIVING: 50,
    CostKind.OTHER: 50,
}
"""Of a line, after its cap, the least that is useful, in per cent: half a flight is no flight."""
EXTRA = frozenset({CostKind.GROUND, CostKind.OTHER})
"""Good to have. Whoever asks for anything else gets what is useful of all of it, or nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Shares in per cent by group; `most_per` people from one institution, 0 for no limit; caps by (kind, currency)."""

    shares: Mapping[str, int] = field(default_factory=dict)
    most_per: int = 0
    merit: int = 5
    first_timers: int = 0
    useful: int = 0
    """Of everything somebody asks for, after caps, the least that is useful, in per cent; 0 leaves it to the lines."""
    caps: Mapping[tuple[CostKind, str], int] = field(default_factory=dict)
    budgets: Mapping[int, int] = field(default_factory=dict)
    """What a fund would hold, by its id, where it is not what it holds."""
    by_all_means: frozenset[int] = frozenset()
    """Applications chosen by hand: they are helped if anything allows it."""
    kept_out: frozenset[int] = frozenset()
    """Applications left out by hand."""
    round: int = 0
    """Only who applied in this round; 0: everybody who waits, from whichever."""

    def aims(self) -> tuple[Aim, ...]:
        """In a fixed order."""
        found: list[Aim] = [Share(group, percent) for group, percent in sorted(self.shares.items()) if percent > 0]
        return (*found, MostPer(self.most_per)) if self.most_per else tuple(found)

    def most(self, kind: CostKind, asked: int, currency: str) -> int:
        """What a line gets at the most."""
        return min(asked, self.caps.get((kind, currency), asked))

    def least(self, kind: CostKind, most: int) -> int:
        """What is useful of a line, rounded up, and never nothing."""
        return max(1, -(-most * USEFUL.get(kind, 50) // 100))

    def least_of_all(self, most: int) -> int:
        """What is useful of everything together, rounded up."""
        return -(-most * self.useful // 100)

    def is_essential(self, kind: CostKind) -> bool:
        """True if nobody who asks for it is helped without it."""
        return kind not in EXTRA


def dumped(settings: Settings) -> dict[str, Any]:
    """As JSON; `loaded` reads it back."""
    return {
        "shares": dict(settings.shares),
        "most_per": settings.most_per,
        "merit": settings.merit,
        "first_timers": settings.first_timers,
        "useful": settings.useful,
        "caps": [[kind.value, currency, minor] for (kind, currency), minor in sorted(settings.caps.items(), key=str)],
        "budgets": [[fund, minor] for fund, minor in sorted(settings.budgets.items())],
        "by_all_means": sorted(settings.by_all_means),
        "kept_out": sorted(settings.kept_out),
        "round": settings.round,
    }


def loaded(stored: Mapping[str, Any]) -> Settings:
    """What `dumped` wrote."""
    return Settings(
        shares=dict(stored["shares"]),
        most_per=stored["most_per"],
        merit=stored["merit"],
        first_timers=stored["first_timers"],
        useful=stored["useful"],
        caps={(CostKind(kind), currency): minor for kind, currency, minor in stored["caps"]},
        budgets=dict(stored["budgets"]),
        by_all_means=frozenset(stored["by_all_means"]),
        kept_out=frozenset(stored["kept_out"]),
        round=stored.get("round", 0),
    )
