"""The proposal as an exact optimisation by OR-Tools' CP-SAT; import it only where it runs.

Three steps, each bounding the next: come as near to the aims as possible; help as many people as possible, by rank as
far as is wished; give them as much of what they asked for as there is. One worker, a fixed seed and a limit counted in
work rather than in seconds: the same question has the same answer.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from ortools.sat.python import cp_model

from workshop_manager.proposals import rules
from workshop_manager.proposals.relaxing import Bound, Relaxed
from workshop_manager.proposals.rules import Answer, Applicant, Ask, Gap, Missed, MostPer, Need, Problem

EFFORT = 5.0
"""CP-SAT's deterministic time for each step, so that the answer hangs on no clock."""


class _Model:
    """Variables of a problem: who is helped, which fund pays which line, and how much."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp: Any = cp_model.CpModel()
        self.helped: dict[int, Any] = {}
        self.pays: dict[tuple[int, int, int], Any] = {}
        self.amounts: dict[tuple[int, int, int], Any] = {}
        self.eligible = [one for one in problem.applicants if is_eligible(problem, one)]
        for one in self.eligible:
            self._add(one)
        self._bound_funds()
        self._bound_submissions()
        self.missing = self._aims()

    def _add(self, one: Applicant) -> None:
        helped = self.helped[one.id] = self.cp.new_bool_var("")
        everything = []
        for ask in one.asks:
            everything += self._line(one, ask, helped)
        if one.least > sum(ask.least for ask in one.asks if ask.is_essential):
            self.cp.add(sum(everything) >= one.least * helped)
        if not any(ask.is_essential for ask in one.asks):
            # Their own only: looking through everybody's takes time that grows with the square of the people.
            paid = [self.pays[one.id, ask.id, fund] for ask in one.asks for fund in _usable(self.problem, one, ask)]
            self.cp.add_bool_or([*paid, helped.negated()])

    def _line(self, one: Applicant, ask: Ask, helped: Any) -> list[Any]:
        found, choices = [], []
        for fund in _usable(self.problem, one, ask):
            pays = self.pays[one.id, ask.id, fund] = self.cp.new_bool_var("")
            choices.append(pays)
            if ask.least == ask.most:
                amount = ask.most * pays
            else:
                amount = self.cp.new_int_var(0, ask.most, "")
                self.cp.add(amount >= ask.least * pays)
                self.cp.add(amount <= ask.most * pays)
            self.amounts[one.id, ask.id, fund] = amount
            found.append(amount)
        if ask.is_essential:
            self.cp.add(sum(choices) == helped)
        elif choices:
            self.cp.add(sum(choices) <= helped)
        return found

    def _bound_funds(self) -> None:
        for pot in self.problem.pots:
            from_it = [amount for (_who, _line, fund), amount in self.amounts.items() if fund == pot.id]
            if from_it:
                self.cp.add(sum(from_it) <= max(0, pot.left))

    def _bound_submissions(self) -> None:
        for people in rules.sharing_work(self.eligible):
            self.cp.add_at_most_one(self.helped[who] for who in people)

    def _aims(self) -> Any:
        terms = []
        for aim, currency, wanted in rules.shares(self.problem):
            members = {one.id for one in self.eligible if aim.group in one.groups and one.currency == currency}
            got = [amount for (who, _line, _fund), amount in self.amounts.items() if who in members]
            short = self.cp.new_int_var(0, rules.SCALE, "")
            self.cp.add(rules.SCALE * sum(got) + wanted * short >= wanted * rules.SCALE)
            terms.append(aim.weight * short)
        for most_per, room, people in rules.crowded(self.problem, self.eligible):
            excess = self.cp.new_int_var(0, len(people), "")
            self.cp.add(sum(self.helped[who] for who in people) - excess <= room)
            terms.append(most_per.weight * rules.EXCESS * excess)
        return sum(terms)

    def worth(self) -> Any:
        """What everybody helped counts."""
        return sum(self.problem.worth(one) * self.helped[one.id] for one in self.eligible)

    def money(self, currency: str) -> Any:
        """What is given in a currency."""
        pots = {pot.id for pot in self.problem.pots if pot.currency == currency}
        return sum(amount for (_who, _line, fund), amount in self.amounts.items() if fund in pots)

    def variables(self) -> Iterable[Any]:
        """Those by which a solution can be hinted, each once."""
        amounts = [amount for amount in self.amounts.values() if isinstance(amount, cp_model.IntVar)]
        return {each.index: each for each in (*self.helped.values(), *self.pays.values(), *amounts)}.values()


def _usable(problem: Problem, one: Applicant, ask: Ask) -> list[int]:
    """Funds that can pay this line at all: allowed, in the currency, and with enough left for what is useful."""
    return [
        pot.id
        for pot in problem.pots
        if pot.id in ask.funds and pot.currency == one.currency and pot.left >= ask.least and ask.most > 0
    ]


def is_eligible(problem: Problem, one: Applicant) -> bool:
    """False for whoever cannot be helped whatever the others get."""
    if one.submissions & problem.funded:
        return False
    usable = {ask.id: bool(_usable(problem, one, ask)) for ask in one.asks}
    if not any(usable.values()) or any(ask.is_essential and not usable[ask.id] for ask in one.asks):
        return False
    return sum(ask.most for ask in one.asks if usable[ask.id]) >= one.least


@dataclass(frozen=True, slots=True)
class _Step:
    """What a step found: the value, how far from the bound, and every variable by its index."""

    value: int
    gap: int
    solver: Any


def _run(model: _Model, goal: Any, *, most: bool, effort: float, only: Set[int] | None = None) -> _Step | None:
    """The best the search finds, if it finds anything; `only` says who exactly is helped."""
    cp = model.cp
    if only is not None:
        cp = model.cp.clone()
        for who, helped in model.helped.items():
            cp.add(cp.get_bool_var_from_proto_index(helped.index) == (who in only))
    (cp.maximize if most else cp.minimize)(goal)
    solver: Any = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = effort
    if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    value, bound = round(solver.objective_value), round(solver.best_objective_bound)
    model.cp.clear_hints()
    for variable in model.variables():
        model.cp.add_hint(variable, solver.value(variable))
    return _Step(value, abs(bound - value), solver)


def _free(model: _Model, goal: Any, *, most: bool, effort: float) -> _Step:
    """The search over everybody. Nobody helped is always possible: finding nothing would be a bug."""
    step = _run(model, goal, most=most, effort=effort)
    if step is None:
        raise RuntimeError("the solver found not even that nobody is helped")
    return step


def _reach(model: _Model, goal: Any, bound: Bound, *, most: bool, effort: float) -> _Step:
    """The value of a goal: with the people of the bound if they reach it, else by searching over everybody."""
    step = _run(model, goal, most=most, effort=effort, only=bound.helped)
    if step and step.value == bound.value:
        return replace(step, gap=0)
    step = _free(model, goal, most=most, effort=effort)
    return replace(step, gap=min(step.gap, abs(bound.value - step.value)))


def relaxed(problem: Problem) -> Relaxed:
    """The small model of a problem, for bounds."""
    usable = []
    for one in problem.applicants:
        if is_eligible(problem, one):
            lines = [(ask, frozenset(_usable(problem, one, ask))) for ask in one.asks]
            usable.append((one, [(ask, funds) for ask, funds in lines if funds]))
    return Relaxed(problem, usable)


def solve(problem: Problem, effort: float = EFFORT) -> Answer:
    """The best awards, which aims they miss, and how far from the bound each step ended."""
    model = _Model(problem)
    if not model.helped:
        return Answer({}, tuple(_explained(problem, {})), Gap(), 0)
    small = relaxed(problem)
    aims = None
    if not isinstance(model.missing, int):
        aims = _reach(model, model.missing, small.least_missing(), most=False, effort=effort)
        model.cp.add(model.missing <= aims.value)
    most = small.most_worth(aims.value if aims else 0)
    last = help_ = _reach(model, model.worth(), most, most=True, effort=effort)
    model.cp.add(model.worth() >= help_.value)
    gaps = {}
    for currency in problem.currencies:
        money = model.money(currency)
        if isinstance(money, int):
            continue
        last = _most_money(model, money, currency, _helped(model, last), small, help_.value, effort)
        model.cp.add(money >= last.value)
        gaps[currency] = last.gap
    awards = _read(model, last.solver)
    gap = Gap(aims.gap if aims else 0, help_.gap, {currency: gap for currency, gap in gaps.items() if gap})
    return Answer(awards, tuple(_explained(problem, awards)), gap, help_.value)


def _helped(model: _Model, step: _Step) -> frozenset[int]:
    return frozenset(who for who, helped in model.helped.items() if step.solver.value(helped))


def _most_money(
    model: _Model, money: Any, currency: str, helped: frozenset[int], small: Relaxed, worth: int, effort: float
) -> _Step:
    """As much as there is, if those helped can use it; else what the search finds beside the bound."""
    everything = sum(max(0, pot.left) for pot in model.problem.pots if pot.currency == currency)
    step = _run(model, money, most=True, effort=effort, only=helped)
    if step and step.value == everything:
        return replace(step, gap=0)
    return _reach(model, money, small.most_money(currency, worth), most=True, effort=effort)


def _read(model: _Model, solver: Any) -> dict[int, dict[int, tuple[int, int]]]:
    awards: dict[int, dict[int, tuple[int, int]]] = {}
    for (who, line, fund), amount in model.amounts.items():
        minor = solver.value(amount)
        if minor:
            awards.setdefault(who, {})[line] = (fund, minor)
    return awards


# -- which aims clash -------------------------------------------------------------------------------------------------


def _explained(problem: Problem, awards: rules.Awards) -> list[Missed]:
    return [_clashing(problem, one) for one in rules.misses(problem, awards)]


def _clashing(problem: Problem, missed: Missed) -> Missed:
    """Whether an aim could be met alone, and with which others it then cannot be met together."""
    mine = problem.aims[missed.aim]
    if _nearest(problem, [mine]):
        return replace(missed, is_possible_alone=False)
    others = [place for place in range(len(problem.aims)) if place != missed.aim]
    clashes = [place for place in others if _nearest(problem, [mine, problem.aims[place]])]
    return replace(missed, clashes=tuple(clashes))


def _nearest(problem: Problem, aims: Sequence[rules.Aim]) -> int:
    """How near these aims alone can be come to: 0 if all are met. Lines count as divisible, so it takes no search."""
    tried = replace(problem, aims=tuple(aims))
    small = relaxed(tried)
    if isinstance(small.missing, int) or not small.helped:
        return sum(one.short for one in rules.misses(tried, {}))
    return small.least_missing().value


# -- why somebody is not helped ---------------------------------------------------------------------------------------


def reasons(problem: Problem, answer: Answer) -> dict[int, Need]:
    """For each applicant why they get what they get, worked out from the awards as they are."""
    left = rules.money_left(problem, answer.awards)
    funded = set(problem.funded).union(*(one.submissions for one in problem.applicants if answer.awards.get(one.id)))
    counts = dict(problem.helped)
    for one in problem.applicants:
        if one.institution and answer.awards.get(one.id):
            counts[one.institution] = counts.get(one.institution, 0) + 1
    return {one.id: _reason(problem, answer, one, left, funded, counts) for one in problem.applicants}


def _reason(
    problem: Problem,
    answer: Answer,
    one: Applicant,
    left: Mapping[int, int],
    funded: set[int],
    counts: Mapping[str, int],
) -> Need:
    lines = answer.awards.get(one.id)
    if lines:
        return Need(_how_far(one, lines))
    if one.submissions & problem.funded:
        return Need(rules.FUNDED_SUBMISSION)
    if not _allowed(problem, one):
        return Need(rules.NO_FUND)
    if one.submissions & funded:
        return Need(rules.FUNDED_SUBMISSION)
    extra = extra_for(problem, one, left)
    limits = [aim.most for aim in problem.aims if isinstance(aim, MostPer)]
    if not extra and one.institution and any(counts.get(one.institution, 0) >= most for most in limits):
        return Need(rules.INSTITUTION)
    if not extra:
        return Need(rules.TIME)
    return Need(rules.MONEY, extra)


def _how_far(one: Applicant, lines: Mapping[int, tuple[int, int]]) -> str:
    if any(lines.get(ask.id, (0, 0))[1] < ask.most for ask in one.asks):
        return rules.IN_PART
    return rules.CAPPED if any(ask.most < ask.asked for ask in one.asks) else rules.IN_FULL


def _allowed(problem: Problem, one: Applicant) -> bool:
    """False if the rules of all funds keep this person out, whatever they hold."""
    endless = tuple(replace(pot, left=max(pot.left, one.most)) for pot in problem.pots)
    return is_eligible(replace(problem, pots=endless, funded=frozenset()), one)


def extra_for(problem: Problem, one: Applicant, left: Mapping[int, int]) -> dict[int, int]:
    """The least that funds would need beyond what is left to help this person too, everybody else as proposed.

    Empty if nothing more is needed. The sum over funds is the least there is.
    """
    endless = tuple(replace(pot, left=left[pot.id] + one.most) for pot in problem.pots)
    alone = Problem((replace(one, submissions=frozenset()),), endless)
    model = _Model(alone)
    model.cp.add(model.helped[one.id] == 1)
    beyond = {}
    for pot in problem.pots:
        from_it = [amount for (_who, _line, fund), amount in model.amounts.items() if fund == pot.id]
        if from_it:
            beyond[pot.id] = model.cp.new_int_var(0, one.most, "")
            model.cp.add(sum(from_it) - beyond[pot.id] <= max(0, left[pot.id]))
    done = _free(model, sum(beyond.values()), most=False, effort=1.0)
    found = {fund: done.solver.value(variable) for fund, variable in beyond.items()}
    return {fund: minor for fund, minor in found.items() if minor}


def with_more(problem: Problem, fund_id: int, minor: int, effort: float = EFFORT) -> Answer:
    """The proposal worked out again with so much more in one fund."""
    pots = tuple(
        replace(pot, amount=pot.amount + minor, left=pot.left + minor) if pot.id == fund_id else pot
        for pot in problem.pots
    )
    return solve(replace(problem, pots=pots), effort)
