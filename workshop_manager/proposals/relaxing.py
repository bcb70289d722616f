"""How good awards can be at the most, and who would then be helped: a small model that keeps people whole.

Lines that the same funds can pay are one sum here, and a sum may be split over funds; people stay whole. That leaves
some hundred whole variables instead of thousands, which HiGHS settles in about a second. Whatever the real model can
do, this one can too, so its bound holds there; nearly always the people it finds can really be helped, and then they
are the best. Import it only where it runs.
"""

import ctypes
import math
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ortools.math_opt.python import mathopt

from workshop_manager.proposals import rules
from workshop_manager.proposals.rules import Applicant, Ask, Problem

NODES = 20_000
"""Nodes that are searched at the most: no clock, so that the same question has the same answer."""
NEARLY = 0.99
"""Goals are whole numbers: a bound nearer than this to what was found says that nothing better exists."""
SURE = 1e-6
"""What a sum may be wrong by; of large sums, a billionth."""

Funds = frozenset[int]
_lock = threading.Lock()
_C = ctypes.CDLL(None)
"""The C library: what HiGHS writes waits in its buffer."""


@contextmanager
def _out_of_the_way() -> Iterator[None]:
    """HiGHS writes some lines for its own developers to standard output whatever it is told: send them to the other.

    Commands print JSON there. One thread at a time, or the second would put back what the first had put away.
    """
    with _lock:
        sys.stdout.flush()
        kept = os.dup(1)
        try:
            os.dup2(2, 1)
            yield
        finally:
            _C.fflush(None)
            os.dup2(kept, 1)
            os.close(kept)


@dataclass(frozen=True, slots=True)
class Bound:
    """No awards reach more than `value` (or less, if the least is sought); `helped` is who would be helped then."""

    value: int
    helped: frozenset[int]


@dataclass
class _Sums:
    """What people cost, by the funds that can pay it."""

    needed: dict[Funds, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """Who, and the least of what is essential to them."""
    beyond: dict[tuple[frozenset[str], Funds], list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By groups: who, and what they could use beyond it."""
    least: dict[int, int] = field(default_factory=dict)
    """What helping somebody takes beyond what is essential to them."""


class Relaxed:
    """The model of a problem. `usable` gives, for each who can be helped at all, their lines and who can pay them."""

    def __init__(self, problem: Problem, usable: Sequence[tuple[Applicant, Sequence[tuple[Ask, Funds]]]]) -> None:
        self.problem = problem
        self.model: Any = mathopt.Model()
        self.helped = {one.id: self.model.add_binary_variable() for one, _lines in usable}
        self.amounts: dict[tuple[frozenset[str], Funds], list[Any]] = defaultdict(list)
        """Terms of the money that goes to people of these groups from some of these funds."""
        self._add(usable)
        self._bound_funds()
        eligible = [one for one, _lines in usable]
        for people in rules.sharing_work(eligible):
            self.model.add_linear_constraint(self._count(people) <= 1)
        self.missing = sum(self._aims(eligible))
        self.worth = sum(problem.worth(one) * self.helped[one.id] for one in eligible)

    def _count(self, people: Iterable[int]) -> Any:
        return sum(self.helped[who] for who in people)

    def _add(self, usable: Sequence[tuple[Applicant, Sequence[tuple[Ask, Funds]]]]) -> None:
        sums = _Sums()
        for one, lines in usable:
            self._add_one(one, lines, sums)
        for (groups, funds), people in sums.beyond.items():
            more = self.model.add_variable(lb=0, ub=sum(most for _who, most in people))
            self.model.add_linear_constraint(more <= sum(most * self.helped[who] for who, most in people))
            self.amounts[groups, funds].append(more)

    def _add_one(self, one: Applicant, lines: Sequence[tuple[Ask, Funds]], sums: _Sums) -> None:
        helped = self.helped[one.id]
        needed = sum(ask.least for ask, _funds in lines if ask.is_essential)
        # Whoever has nothing essential gets one line at least.
        least = max(one.least, needed or min(ask.least for ask, _funds in lines))
        own = []
        for ask, funds in lines:
            if ask.is_essential:
                self.amounts[one.groups, funds].append(ask.least * helped)
            beyond = ask.most - ask.least * ask.is_essential
            if beyond and least > needed:
                more = self.model.add_variable(lb=0, ub=beyond)
                self.model.add_linear_constraint(more <= beyond * helped)
                self.amounts[one.groups, funds].append(more)
                own.append(more)
            elif beyond:
                sums.beyond[one.groups, funds].append((one.id, beyond))
        if least > needed:
            self.model.add_linear_constraint(sum(own) >= (least - needed) * helped)

    def _bound_funds(self) -> None:
        paid: dict[int, list[Any]] = {pot.id: [] for pot in self.problem.pots}
        by_funds: dict[Funds, list[Any]] = defaultdict(list)
        for (_groups, funds), terms in self.amounts.items():
            by_funds[funds] += terms
        for funds, terms in by_funds.items():
            parts = {fund: self.model.add_variable(lb=0) for fund in funds}
            self.model.add_linear_constraint(sum(parts.values()) == sum(terms))
            for fund, part in parts.items():
                paid[fund].append(part)
        for pot in self.problem.pots:
            if paid[pot.id]:
                self.model.add_linear_constraint(sum(paid[pot.id]) <= max(0, pot.left))

    def _aims(self, eligible: Sequence[Applicant]) -> list[Any]:
        terms = []
        for aim, currency, wanted in rules.shares(self.problem):
            short = self.model.add_integer_variable(lb=0, ub=rules.SCALE)
            got = self.money(currency, aim.group)
            self.model.add_linear_constraint(rules.SCALE / wanted * got + short >= rules.SCALE)
            terms.append(aim.weight * short)
        for most_per, room, people in rules.crowded(self.problem, eligible):
            excess = self.model.add_integer_variable(lb=0, ub=len(people))
            self.model.add_linear_constraint(self._count(people) - excess <= room)
            terms.append(most_per.weight * rules.EXCESS * excess)
        return terms

    def money(self, currency: str, group: str | None = None) -> Any:
        """What goes to people, or to those of a group, in a currency."""
        pots = {pot.id for pot in self.problem.pots if pot.currency == currency}
        return sum(
            term
            for (groups, funds), terms in self.amounts.items()
            if funds <= pots and (group is None or group in groups)
            for term in terms
        )

    def least_missing(self) -> Bound:
        """How near the aims can be come to."""
        return self._bound(self.missing, most=False)

    def most_worth(self, missing: int) -> Bound:
        """What everybody helped can count, the aims missed by no more than that."""
        if not isinstance(self.missing, int):
            self.model.add_linear_constraint(self.missing <= missing + SURE)
        return self._bound(self.worth, most=True)

    def most_money(self, currency: str, worth: int) -> Bound:
        """What can be given in a currency, with no less help than that."""
        self.model.add_linear_constraint(self.worth >= worth - SURE)
        return self._bound(self.money(currency), most=True)

    def _bound(self, goal: Any, *, most: bool) -> Bound:
        (self.model.maximize if most else self.model.minimize)(goal)
        limits = mathopt.SolveParameters(node_limit=NODES, random_seed=7, absolute_gap_tolerance=NEARLY)
        with _out_of_the_way():
            done = mathopt.solve(self.model, mathopt.SolverType.HIGHS, params=limits)
        bound = done.termination.objective_bounds.dual_bound
        slack = max(SURE, 1e-9 * abs(bound))
        value = math.floor(bound + slack) if most else max(0, math.ceil(bound - slack))
        if not done.has_primal_feasible_solution():
            return Bound(value, frozenset())
        values = done.variable_values()
        return Bound(value, frozenset(who for who, helped in self.helped.items() if values[helped] > 1 / 2))
