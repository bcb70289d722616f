"""What one may ask for: caps, nights, and one source a line; plain values, no database, no web."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workshop_manager.grants.states import CostKind

MOST_NIGHTS = 365


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is given for a kind of cost, in minor units; with `nights` it is for a night, and for so many."""

    kind: CostKind
    amount: int
    nights: int | None = None

    def most(self, stayed: int | None) -> int:
        """The most for a stay of so many nights; None: they are not known, so for as many as are paid."""
        if self.nights is None:
            return self.amount
        return self.amount * (self.nights if stayed is None else min(stayed, self.nights))


Limits = Mapping[CostKind, Limit]


def nights(arrives: date | None, departs: date | None) -> int | None:
    """How many nights one sleeps there: the day of departure has none. None unless both days are known and in order."""
    if arrives is None or departs is None or departs < arrives:
        return None
    return (departs - arrives).days


def asked(estimate: int, own: int, limit: Limit | None, stayed: int | None) -> int:
    """What a line asks for: what it costs without one's own part, at most what is given for it."""
    wanted = max(0, estimate - own)
    return wanted if limit is None else min(wanted, limit.most(stayed))
