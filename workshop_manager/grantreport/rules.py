"""What a report of grants may tell: sums over groups of people, none of fewer than five. No database, no web.

A group of applicants is told of as far as no difference of two figures is about fewer than `SMALLEST_CELL` people, as
in `core.balance`. Two figures of a group differ by those who are in one of them and not in the other: so its people are
sorted by which of the told figures they are in, and each such sort counts no one or enough. Groups that do not stand
join the rest, and so does the next smallest one while the rest is too small itself: the whole without the groups told
of gives nothing away. Figures that would leave too few groups are told of the whole alone.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from workshop_manager.core.balance import SMALLEST_CELL

STEP = 5
"""Per cent: shares of single funds are rounded to it, so that reports of several funds cannot be taken apart."""


class Measure(enum.Enum):
    """What the money did, each of an earlier one: somebody is in it with any amount above nothing."""

    ASKED = "asked"
    OFFERED = "offered"
    TAKEN = "taken"
    PAID = "paid"
    UNCLAIMED = "unclaimed"


WEIGHTS = {Measure.ASKED: 3, Measure.OFFERED: 2, Measure.TAKEN: 2, Measure.PAID: 4, Measure.UNCLAIMED: 1}
"""How much a figure by group is worth where not all can be told."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What one application has in one group (minor units); in a group of kinds of cost there are several of it."""

    application_id: int
    group: str | None
    asked: int = 0
    offered: int = 0
    taken: int = 0
    paid: int = 0
    unclaimed: int = 0

    def of(self, measure: Measure) -> int:
        """Its amount by that measure."""
        return int(getattr(self, measure.value))

    def __add__(self, other: "Fact") -> "Fact":
        sums = {one.value: self.of(one) + other.of(one) for one in Measure}
        return Fact(self.application_id, self.group, **sums)


@dataclass(frozen=True, slots=True)
class Sum:
    """How many people, and how much of them together."""

    people: int
    minor: int

    @property
    def average(self) -> int:
        """For one of them; half a minor unit goes up."""
        return (2 * self.minor + self.people) // (2 * self.people) if self.people else 0


@dataclass(frozen=True, slots=True)
class Apart:
    """Those to whom more was paid than they had asked for, and less; of `people` to whom anything was.

    None where it would tell of too few.
    """

    people: int
    over: Sum | None
    short: Sum | None


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the report; a figure that would tell of too few is None. The key is None for the rest."""

    key: str | None
    sums: dict[Measure, Sum | None]
    apart: Apart | None


@dataclass(frozen=True, slots=True)
class Part:
    """Groups, and what of them may be told; without lines where too few would be told of."""

    lines: tuple[Told, ...]
    measures: tuple[Measure, ...]


def by_person(facts: Iterable[Fact]) -> list[Fact]:
    """One fact for each application."""
    found: dict[int, Fact] = {}
    for one in facts:
        before = found.get(one.application_id)
        found[one.application_id] = before + one if before else Fact(one.application_id, None) + one
    return list(found.values())


def whole(facts: Sequence[Fact]) -> Told:
    """The sums over everybody."""
    people = by_person(facts)
    sums = {measure: _sum(people, measure) for measure in Measure}
    shown = {measure: one if _stands(one.people) else None for measure, one in sums.items()}
    return Told(None, shown, apart(people))


def parted(facts: Sequence[Fact], measures: Sequence[Measure] = tuple(Measure)) -> Part:
    """The groups and the figures that may be told: as many of both as can be, by the weights of the figures."""
    best: tuple[tuple[int, int], frozenset[str], tuple[Measure, ...]] | None = None
    for number in range(len(measures), 0, -1):
        for chosen in combinations(measures, number):
            named = _named(facts, chosen)
            if named is None:
                continue
            rest = any(one.group not in named and _signature(one, chosen) for one in facts)
            worth = ((len(named) + rest) * sum(WEIGHTS[one] for one in chosen), number)
            if best is None or worth > best[0]:
                best = (worth, named, chosen)
    if best is None:
        return Part((), ())
    return Part(_lines(facts, best[1], best[2]), best[2])


def _lines(facts: Sequence[Fact], named: frozenset[str], measures: Collection[Measure]) -> tuple[Told, ...]:
    groups: dict[str | None, list[Fact]] = defaultdict(list)
    for one in facts:
        groups[one.group if one.group in named else None].append(one)
    parts = {key: (by_person(mine) if key is None else mine) for key, mine in groups.items()}
    aparts = {key: apart(mine) for key, mine in parts.items()}
    # One line without them, and the others tell its own.
    is_apart = Measure.ASKED in measures and Measure.PAID in measures and all(map(_may_tell, aparts.values()))
    order = sorted(parts, key=lambda key: (key is None, -len(parts[key]), key or ""))
    return tuple(
        Told(
            key,
            {one: _sum(parts[key], one) if one in measures else None for one in Measure},
            aparts[key] if is_apart else None,
        )
        for key in order
        if key is not None or any(_signature(one, measures) for one in parts[key])
    )


def _named(facts: Sequence[Fact], measures: Collection[Measure]) -> frozenset[str] | None:
    """The groups that stand by themselves for these figures; None if not even two can be told apart."""
    groups: dict[str | None, list[Fact]] = defaultdict(list)
    for one in facts:
        if _signature(one, measures):
            groups[one.group].append(one)
    named = {key for key, mine in groups.items() if key is not None and _all_stand(mine, measures)}
    while named and not _all_stand(_rest(groups, named), measures):
        named.remove(min(named, key=lambda key: (len(groups[key]), key)))
    return frozenset(named) if named and (len(named) > 1 or _rest(groups, named)) else None


def _rest(groups: dict[str | None, list[Fact]], named: Collection[str]) -> list[Fact]:
    return by_person(one for key, mine in groups.items() if key not in named for one in mine)


def _signature(fact: Fact, measures: Collection[Measure]) -> tuple[str, ...]:
    return tuple(one.value for one in measures if fact.of(one) > 0)


def _all_stand(facts: Iterable[Fact], measures: Collection[Measure]) -> bool:
    return all(map(_stands, Counter(_signature(one, measures) for one in facts).values()))


def _stands(count: int) -> bool:
    return count == 0 or count >= SMALLEST_CELL


def _sum(facts: Iterable[Fact], measure: Measure) -> Sum:
    amounts = [one.of(measure) for one in facts if one.of(measure) > 0]
    return Sum(len(amounts), sum(amounts))


def apart(facts: Iterable[Fact]) -> Apart:
    """Paid beyond what was asked, and short of it."""
    paid = [one.paid - one.asked for one in facts if one.paid > 0]
    over, short = [one for one in paid if one > 0], [-one for one in paid if one < 0]
    sums = [Sum(len(some), sum(some)) if _stands(len(some)) else None for some in (over, short)]
    return Apart(len(paid), sums[0], sums[1]) if _stands(len(paid)) else Apart(0, None, None)


def _may_tell(found: Apart) -> bool:
    """Among the groups: those who were paid what they asked for are no few either."""
    if found.over is None or found.short is None:
        return False
    return _stands(found.people - found.over.people - found.short.people)


def down(count: int) -> int:
    """To a multiple of five."""
    return count // SMALLEST_CELL * SMALLEST_CELL


def share(part: int, of: int) -> int:
    """Per cent, to the nearest multiple of five."""
    return (200 * part + STEP * of) // (2 * STEP * of) * STEP if of else 0


def per_cent(part: int, of: int) -> int:
    """Per cent, to the nearest whole one."""
    return (200 * part + of) // (2 * of) if of else 0
