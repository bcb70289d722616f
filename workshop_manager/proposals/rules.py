"""What a proposal is worked out from and what it says: plain values, no database, no web, no solver.

Amounts are minor units of the currency of the application; a fund pays only what is asked in its own currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PERSON = 10
"""What helping anybody counts."""
MOST_MERIT = 10
"""What the first in rank may count beyond that, at the most."""
BY_HAND = 10_000
"""What somebody counts who was chosen by hand: more than all others together."""
SCALE = 1000
"""Aims are measured in thousandths of what they want."""
EXCESS = 100
"""Each person beyond the most from one institution counts as that many thousandths of an aim."""


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


OBJECTIVE = (
    N_("No fund gives more than it has left, and only what its rules allow; no line gets more than asked and capped."),
    N_("Nobody is helped with less than is useful, and one person at the most for each submission."),
    N_("Within that, first: the aims are met, or come as near as is possible, by their weights."),
    N_("Then: as many people as possible are helped; those of higher rank and first-timers count more, as chosen."),
    N_("Then: as much as possible of what they asked for is given."),
)
"""The objective in plain words, in its order."""


@dataclass(frozen=True, slots=True)
class Pot:
    """A fund: `amount` is all it holds, `left` what can still be offered."""

    id: int
    name: str
    currency: str
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Ask:
    """One line: nothing of it, or from `least` to `most`. `funds` are those whose rules allow it.

    Nobody is helped without what is essential: half a journey is no journey.
    """

    id: int
    kind: str
    asked: int
    most: int
    least: int
    funds: tuple[int, ...]
    is_essential: bool = False


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who asks. Rank 1 is the first; `least` is what is useful of everything together."""

    id: int
    rank: int
    currency: str
    asks: tuple[Ask, ...]
    least: int
    groups: frozenset[str] = frozenset()
    """Such as `region:africa` or `stage:student`."""
    institution: str = ""
    is_first_time: bool = False
    submissions: frozenset[int] = frozenset()

    @property
    def most(self) -> int:
        """What could be given at the most, whatever the funds hold."""
        return sum(ask.most for ask in self.asks if ask.funds)


@dataclass(frozen=True, slots=True)
class Share:
    """At least this part (per cent) of the money of each currency for a group, if its people asked for so much."""

    group: str
    percent: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class MostPer:
    """At most so many people from one institution."""

    most: int
    weight: int = 1


Aim = Share | MostPer


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that decides."""

    applicants: tuple[Applicant, ...]
    pots: tuple[Pot, ...]
    aims: tuple[Aim, ...] = ()
    merit: int = 5
    """0 to 10: what the first in rank counts beyond any other person helped."""
    first_timers: int = 0
    """What a first-timer counts beyond others."""
    funded: frozenset[int] = frozenset()
    """Submissions one of whose people is helped already."""
    helped: Mapping[str, int] = field(default_factory=dict)
    """People helped already, by institution."""
    given: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """What is given already, by group and currency."""
    by_all_means: frozenset[int] = frozenset()
    """Applicants chosen by hand."""

    def worth(self, one: Applicant) -> int:
        """What helping this person counts."""
        last = max((each.rank for each in self.applicants), default=1)
        merit = self.merit * (last - one.rank) // (last - 1) if last > 1 else self.merit
        by_hand = BY_HAND if one.id in self.by_all_means else 0
        return PERSON + merit + (self.first_timers if one.is_first_time else 0) + by_hand

    def wanted(self, aim: Share, currency: str) -> int:
        """What an aim wants for its group in a currency: its share, or all that its people can get if that is less."""
        pots = [pot for pot in self.pots if pot.currency == currency]
        share = -(-aim.percent * sum(pot.amount for pot in pots) // 100)
        before = self.given.get((aim.group, currency), 0)
        usable = sum(one.most for one in self.applicants if one.currency == currency and aim.group in one.groups)
        return max(0, min(share - before, usable))

    @property
    def currencies(self) -> list[str]:
        """Of all funds."""
        return sorted({pot.currency for pot in self.pots})


Awards = Mapping[int, Mapping[int, tuple[int, int]]]
"""By applicant and line: (fund, minor units)."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An aim that is not met: by how much, and which others it clashes with although it could be met alone."""

    aim: int
    """Its place among the problem's aims."""
    short: int
    """Minor units for a share, people for an institution."""
    currency: str = ""
    clashes: tuple[int, ...] = ()
    is_possible_alone: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """What keeps somebody from being helped; `extra` is what which fund would need beyond its amount."""

    reason: str
    extra: Mapping[int, int] = field(default_factory=dict)


IN_FULL = "in-full"
CAPPED = "capped"
IN_PART = "in-part"
NO_FUND = "no-fund"
FUNDED_SUBMISSION = "funded-submission"
TOGETHER = "together"
INSTITUTION = "institution"
MONEY = "money"
TIME = "time"
KEPT_OUT = "kept-out"
"""Reasons; `proposals.words` has their sentences."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How much better another proposal could at most be, in each step; all 0 if nothing better exists."""

    aims: int = 0
    """Thousandths of what the aims want, by their weights."""
    points: int = 0
    """Points of help."""
    money: Mapping[str, int] = field(default_factory=dict)
    """Minor units, by currency; only where there is a gap."""

    def __bool__(self) -> bool:
        return bool(self.aims or self.points or self.money)


@dataclass(frozen=True, slots=True)
class Answer:
    """A proposal worked out, and what could at most be missing to a better one."""

    awards: Awards
    missed: tuple[Missed, ...]
    gap: Gap
    worth: int


def money_left(problem: Problem, awards: Awards) -> dict[int, int]:
    """What each fund has left after these awards; below zero where they overdraw it."""
    left = {pot.id: pot.left for pot in problem.pots}
    for lines in awards.values():
        for fund, minor in lines.values():
            left[fund] -= minor
    return left


def given_to(awards: Awards, applicant_id: int) -> int:
    """The sum of somebody's awards."""
    return sum(minor for _fund, minor in awards.get(applicant_id, {}).values())


def misses(problem: Problem, awards: Awards) -> list[Missed]:
    """Which aims these awards miss, and by how much, counted afresh whoever made them."""
    found = []
    for place, aim in enumerate(problem.aims):
        if isinstance(aim, Share):
            found += _missed_share(problem, awards, place, aim)
        else:
            excess = _excess(problem, awards, aim)
            if excess:
                found.append(Missed(place, excess))
    return found


def _missed_share(problem: Problem, awards: Awards, place: int, aim: Share) -> list[Missed]:
    found = []
    for currency in problem.currencies:
        got = sum(
            given_to(awards, one.id)
            for one in problem.applicants
            if one.currency == currency and aim.group in one.groups
        )
        short = problem.wanted(aim, currency) - got
        if short > 0:
            found.append(Missed(place, short, currency))
    return found


def _excess(problem: Problem, awards: Awards, aim: MostPer) -> int:
    counts: dict[str, int] = {}
    for one in problem.applicants:
        if one.institution and awards.get(one.id):
            counts[one.institution] = counts.get(one.institution, 0) + 1
    return sum(max(0, number - room(problem, aim, where)) for where, number in counts.items())


def room(problem: Problem, aim: MostPer, institution: str) -> int:
    """How many more from there the aim allows."""
    return max(0, aim.most - problem.helped.get(institution, 0))


def sharing_work(people: Sequence[Applicant]) -> list[list[int]]:
    """Those of whom one at the most can be helped, since they stand on one submission: their ids, for each."""
    found: dict[int, list[int]] = {}
    for one in people:
        for submission in one.submissions:
            found.setdefault(submission, []).append(one.id)
    return [those for those in found.values() if len(those) > 1]


def shares(problem: Problem) -> list[tuple[Share, str, int]]:
    """Each share with the currency and the minor units it wants of it."""
    found = [
        (aim, currency, problem.wanted(aim, currency))
        for aim in problem.aims
        if isinstance(aim, Share)
        for currency in problem.currencies
    ]
    return [each for each in found if each[2] > 0]


def crowded(problem: Problem, people: Sequence[Applicant]) -> list[tuple[MostPer, int, list[int]]]:
    """For each institution with more people than an aim allows: the aim, how many it allows, and who they are."""
    places: dict[str, list[int]] = {}
    for one in people:
        if one.institution:
            places.setdefault(one.institution, []).append(one.id)
    found = [
        (aim, room(problem, aim, where), those)
        for aim in problem.aims
        if isinstance(aim, MostPer)
        for where, those in places.items()
    ]
    return [(aim, most, those) for aim, most, those in found if len(those) > most]


def faults(problem: Problem, awards: Awards) -> list[str]:
    """What awards break that nothing may break, in words for the log and for tests; empty if they hold."""
    found = [f"fund {fund} lacks {-left}" for fund, left in money_left(problem, awards).items() if left < 0]
    pots = {pot.id: pot for pot in problem.pots}
    funded = set(problem.funded)
    for one in sorted(problem.applicants, key=lambda each: each.rank):
        lines = awards.get(one.id)
        if not lines:
            continue
        if one.submissions & funded:
            found.append(f"{one.id}: submission funded twice")
        funded |= one.submissions
        found += _line_faults(one, lines, pots)
    return found


def _line_faults(one: Applicant, lines: Mapping[int, tuple[int, int]], pots: Mapping[int, Pot]) -> list[str]:
    found = []
    for ask in one.asks:
        fund, minor = lines.get(ask.id, (0, 0))
        if not minor:
            found += [f"{one.id}: nothing for {ask.kind}"] if ask.is_essential else []
        elif fund not in ask.funds or pots[fund].currency != one.currency:
            found.append(f"{one.id}: fund {fund} does not pay {ask.kind}")
        elif not ask.least <= minor <= ask.most:
            found.append(f"{one.id}: {minor} for {ask.kind}")
    if sum(minor for _fund, minor in lines.values()) < one.least:
        found.append(f"{one.id}: less than is useful")
    return found


def by_rank(problem: Problem) -> dict[int, dict[int, tuple[int, int]]]:
    """What people do by hand: from the first in rank down, everything asked and capped, while the money lasts."""
    left = {pot.id: pot.left for pot in problem.pots}
    funded, awards = set(problem.funded), {}
    for one in sorted(problem.applicants, key=lambda each: (each.rank, each.id)):
        if one.submissions & funded:
            continue
        lines = _whole(one, left)
        if lines:
            awards[one.id] = lines
            funded |= one.submissions
            for fund, minor in lines.values():
                left[fund] -= minor
    return awards


def _whole(one: Applicant, left: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Each line in full from the fund that has most left; nothing if what is essential or useful does not fit."""
    rest, lines = dict(left), {}
    for ask in sorted(one.asks, key=lambda each: not each.is_essential):
        fund = max(ask.funds, key=lambda each: (rest[each], -each), default=None)
        if fund is not None and rest[fund] >= ask.most:
            rest[fund] -= ask.most
            lines[ask.id] = (fund, ask.most)
        elif ask.is_essential:
            return {}
    return lines if lines and sum(minor for _fund, minor in lines.values()) >= one.least else {}


def names(applicants: Sequence[Applicant]) -> dict[int, Applicant]:
    """Applicants by id."""
    return {one.id: one for one in applicants}
