"""What a report of grants may tell: sums over groups of people, none of fewer than five. No database, no web.

A group of applicants is told of as far as no difference of two figures is about fewer than `SMALLEST_CELL` people, as
in `core.balance`. Two figures of a group differ by those who are in one of them and not in the other: so its people are
sorted by which of the told figures they are in, and each such sort counts no one or enough. Groups that do not stand
join the rest, and so does the next smallest one while the rest is too small itself: the whole without the groups told
of gives nothing away. Figures that would leave too few groups are told of the whole alone.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
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
_BITS = {measure: 1 << place for place, measure in enumerate(Measure)}
Groups = Mapping[str | None, Mapping[int, int]]
"""By group and person, in which figures they are, as `_BITS`."""


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
    groups = _sorted(facts)
    best: tuple[tuple[int, int], frozenset[str], tuple[Measure, ...]] | None = None
    for number in range(len(measures), 0, -1):
        for chosen in combinations(measures, number):
            named, is_rest = _named(groups, sum(_BITS[one] for one in chosen))
            worth = ((len(named) + is_rest) * sum(WEIGHTS[one] for one in chosen), number)
            # One group alone is the whole.
            if len(named) + is_rest > 1 and (best is None or worth > best[0]):
                best = (worth, named, chosen)
    if best is None:
        return Part((), ())
    return Part(_lines(facts, best[1], best[2]), best[2])


def _sorted(facts: Iterable[Fact]) -> Groups:
    groups: dict[str | None, dict[int, int]] = defaultdict(dict)
    for one in facts:
        mine = groups[one.group]
        mine[one.application_id] = mine.get(one.application_id, 0) | _bits(one)
    return groups


def _bits(fact: Fact) -> int:
    return sum(bit for measure, bit in _BITS.items() if fact.of(measure) > 0)


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
        if key is not None or any(one.of(measure) > 0 for one in parts[key] for measure in measures)
    )


def _named(groups: Groups, figures: int) -> tuple[frozenset[str], bool]:
    """The groups that stand by themselves for these figures, and whether anybody is in the rest."""
    counts = {key: sum(1 for bits in mine.values() if bits & figures) for key, mine in groups.items()}
    named = {
        key for key, mine in groups.items() if key is not None and counts[key] and _all_stand(mine.values(), figures)
    }
    rest = _rest(groups, named)
    while named and not _all_stand(rest.values(), figures):
        named.remove(min(named, key=lambda key: (counts[key], key)))
        rest = _rest(groups, named)
    return frozenset(named), any(bits & figures for bits in rest.values())


def _rest(groups: Groups, named: Collection[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for key, mine in groups.items():
        if key not in named:
            for person, bits in mine.items():
                found[person] = found.get(person, 0) | bits
    return found


def _all_stand(people: Iterable[int], figures: int) -> bool:
    """By the told figures they are in, no sort of people counts one to four; who is in none of them is not told of."""
    counts = Counter(bits & figures for bits in people)
    return all(_stands(count) for sort, count in counts.items() if sort)


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
