"""The best draft there is, by CP-SAT: exact, the same each time, and with the gap where it cannot be proven in time.

What must hold: a room and a person have one talk at a time, a talk lies within one stretch. What is aimed at stands in
`AIMS`, each without giving up any of the ones before.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop_manager.timetabling.problem import GRID, Place, Plan, Problem, Span, Step, Stretch, Work

EFFORT = 0.8
"""Deterministic seconds for each aim: the same on every machine, unlike a clock's; about three of a processor."""
EVEN = 45
"""Minutes by which rooms may differ in what happens in them before anybody minds."""
AIMS = (
    ("placed", True), ("unavailable", False), ("outside", False), ("asleep", False), ("rather_not", False),
    ("moved", False), ("balance", False), ("topics", False), ("idle", False),
)  # fmt: skip
"""In their order, and whether more of it is better."""


_HOURS = ("unavailable", "asleep", "rather_not")
"""The aims that are about hours which do not suit whoever gives a talk."""


@dataclass(slots=True)
class _Model:
    cp: Any
    start: dict[str, Any]
    here: dict[tuple[str, str], Any]
    placed: dict[str, Any]


class _NothingFound(RuntimeError):
    """Not even a bad solution, within the effort."""


def _sat() -> Any:
    # Loaded by whoever drafts: it brings pandas along, a third of a second and 70 MB for every other process.
    from ortools.sat.python import cp_model

    return cp_model


def solve(problem: Problem, *, effort: float = EFFORT, settled: Callable[[int], None] | None = None) -> Plan:
    """Places for as many works as fit. Every problem has a solution: placing nothing is one.

    `settled` is told after each aim how many of `AIMS` are.
    """
    works = [work for work in problem.works if any(_starts(work, each) for each in problem.stretches)]
    if not works:
        return Plan({}, (Step("placed", 0, 0),))
    return _Search(problem, works, effort).plan(settled)


class _Search:
    """Aim after aim, each from the solution of the one before."""

    def __init__(self, problem: Problem, works: list[Work], effort: float) -> None:
        self.problem, self.works, self.effort = problem, works, effort
        self.model = _model(problem, works)
        self.steps: list[Step] = []
        self.solver: Any = None
        self.is_arranged = False

    def plan(self, settled: Callable[[int], None] | None) -> Plan:
        for name, most in AIMS:
            self.steps.append(self._step(name, most=most))
            if settled is not None:
                settled(len(self.steps))
        if self.solver is None:
            return Plan({}, tuple(self.steps))
        places = {
            work: Place(stretch, self.solver.value(self.model.start[work]))
            for (work, stretch), here in self.model.here.items()
            if self.solver.value(here)
        }
        return Plan(places, tuple(self.steps))

    def _step(self, name: str, *, most: bool) -> Step:
        goal = self._goal(name)
        if isinstance(goal, int):
            return Step(name, goal, 0)
        try:
            found = self._arranged() if name == "topics" else None
            if found is None:
                (self.model.cp.maximize if most else self.model.cp.minimize)(goal)
                solver = _run(self.model.cp, self.effort)
                found = solver, round(solver.objective_value), round(solver.best_objective_bound)
        except _NothingFound:
            self.model.cp.clear_objective()
            return Step(name, 0, 1)  # the solution of the aim before stands, and nobody knows how good it is in this
        self.solver, value, bound = found
        self.model.cp.clear_objective()
        self.model.cp.add(goal >= value if most else goal <= value)
        _hint(self.model, self.solver)
        # With sessions settled for their topics, the best of what comes after is the best for those only.
        return Step(name, value, value if self.is_arranged and name != "topics" else abs(bound - value))

    def _reached(self, name: str) -> int:
        return next(step.value for step in self.steps if step.name == name)

    @property
    def _all_placed(self) -> bool:
        return bool(self.steps) and self._reached("placed") == len(self.works)

    def _goal(self, name: str) -> Any:
        """What is counted for an aim; a plain 0 where there is nothing to count."""
        model, works, problem = self.model, self.works, self.problem
        if name == "placed":
            return sum(model.placed.values())
        if name == "outside":
            loose = {each.key for each in problem.stretches if each.session is None}
            if len(loose) == len(problem.stretches):
                return 0
            return _sum(here for (_work, stretch), here in model.here.items() if stretch in loose)
        if name in _HOURS:
            return _at_bad_hours(model, works, name)
        if name == "moved":
            return _moved(model, works)
        if name == "topics":
            return _topics(model, problem, works, all_placed=self._all_placed)
        return _balance(model, problem, works) if name == "balance" else _idle(model, problem, works)

    def _arranged(self) -> tuple[Any, int, int] | None:
        """Topics by a model without times, where they are found a hundred times as fast; then times for what it says.

        None where it cannot be used: talks without room, or such as sleep or move, or no times for what it says.
        """
        if not self._all_placed or any(self._reached(name) for name in ("outside", "moved", *_HOURS)):
            return None
        problem, works, model = self.problem, self.works, self.model
        small = _Model(_sat().CpModel(), {}, {}, {})
        loose = {each.key for each in problem.stretches if each.session is None}
        only_sessions = len(loose) < len(problem.stretches)
        for work in works:
            for each in problem.stretches:
                if (
                    (work.key, each.key) in model.here
                    and _may(work, each)
                    and not (only_sessions and each.key in loose)
                ):
                    small.here[work.key, each.key] = small.cp.new_bool_var(f"{work.key} in {each.key}")
            small.cp.add_exactly_one(here for key, here in small.here.items() if key[0] == work.key)
        for each in problem.stretches:
            small.cp.add(_minutes_in(small, works, [each]) <= each.span.end - each.span.start)
        uneven = _balance(small, problem, works)
        if not isinstance(uneven, int):
            small.cp.add(uneven <= self._reached("balance"))
        small.cp.minimize(_topics(small, problem, works, all_placed=True))
        try:
            first = _run(small.cp, 6 * self.effort, is_linear=True)
            timed = model.cp.clone()
            for key, here in model.here.items():
                wanted = bool(key in small.here and first.value(small.here[key]))
                timed.add(timed.get_bool_var_from_proto_index(here.index) == wanted)
            solver = _run(timed, self.effort)
        except _NothingFound:
            return None
        for here in model.here.values():
            model.cp.add(here == solver.value(here))
        self.is_arranged = True
        return solver, round(first.objective_value), round(first.best_objective_bound)


def _may(work: Work, stretch: Stretch) -> bool:
    """Whether it can be there awake, and where it was if it was somewhere."""
    if work.before is not None and work.before.stretch != stretch.key:
        return False
    bad = [span for name in _HOURS for span in _hours(work, name)]
    return any(
        all(start + work.minutes <= span.start or start >= span.end for span in bad) for start in _starts(work, stretch)
    )


def _hours(work: Work, name: str) -> Sequence[Span]:
    return {"unavailable": work.cannot, "asleep": work.asleep, "rather_not": work.rather_not}[name]


def _run(cp: Any, effort: float, *, is_linear: bool = False) -> Any:
    solver: Any = _sat().CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2 if is_linear else 1
    solver.parameters.random_seed = 7
    solver.parameters.max_deterministic_time = effort
    if solver.solve(cp) not in (_sat().OPTIMAL, _sat().FEASIBLE):
        raise _NothingFound
    return solver


def _sum(terms: Iterable[Any]) -> Any:
    found = list(terms)
    return sum(found) if found else 0


def _starts(work: Work, stretch: Stretch) -> list[int]:
    """Minutes at which it can begin there: the stretch's first, whole fives after midnight, and where it was."""
    last = stretch.span.end - work.minutes
    found = {stretch.span.start, *range(-(-stretch.span.start // GRID) * GRID, last + 1, GRID)}
    if work.before is not None and work.before.stretch == stretch.key:
        found.add(work.before.start)
    led = [span for uid, span in work.leads if uid != stretch.session]
    return sorted(
        start
        for start in found
        if stretch.span.start <= start <= last
        and all(start + work.minutes <= span.start or start >= span.end for span in led)
    )


def _model(problem: Problem, works: list[Work]) -> _Model:
    cp: Any = _sat().CpModel()
    model = _Model(cp, {}, {}, {})
    rooms: dict[str, list[Any]] = defaultdict(list)
    people: dict[str, list[Any]] = defaultdict(list)
    for work in works:
        starts = {each.key: _starts(work, each) for each in problem.stretches}
        every = sorted({start for some in starts.values() for start in some})
        start = cp.new_int_var_from_domain(_sat().Domain.from_values(every), f"start {work.key}")
        model.start[work.key], model.placed[work.key] = start, cp.new_bool_var(f"placed {work.key}")
        for each in problem.stretches:
            if not starts[each.key]:
                continue
            here = cp.new_bool_var(f"{work.key} in {each.key}")
            model.here[work.key, each.key] = here
            domain = _sat().Domain.from_values(starts[each.key])
            cp.add_linear_expression_in_domain(start, domain).only_enforce_if(here)
            rooms[each.room].append(
                cp.new_optional_fixed_size_interval_var(start, work.minutes, here, f"{work.key} {each.key}")
            )
        cp.add(sum(here for key, here in model.here.items() if key[0] == work.key) == model.placed[work.key])
        whole = cp.new_optional_fixed_size_interval_var(start, work.minutes, model.placed[work.key], f"{work.key} any")
        for person in work.people:
            people[person].append(whole)
    for taken in rooms.values():
        cp.add_no_overlap(taken)
    _one_at_a_time(cp, people, problem)
    return model


def _one_at_a_time(cp: Any, people: dict[str, list[Any]], problem: Problem) -> None:
    for person, intervals in people.items():
        busy = problem.busy.get(person, ())
        # What somebody has already may overlap itself: only the new has to keep clear of it.
        for span in busy:
            fixed = cp.new_fixed_size_interval_var(span.start, span.end - span.start, f"{person} busy")
            cp.add_no_overlap([*intervals, fixed])
        if not busy and len(intervals) > 1:
            cp.add_no_overlap(intervals)


def _hint(model: _Model, solver: Any) -> None:
    model.cp.clear_hints()
    for variables in (model.start, model.here, model.placed):
        for variable in variables.values():
            model.cp.add_hint(variable, solver.value(variable))


def _at_bad_hours(model: _Model, works: list[Work], name: str) -> Any:
    """Works that are given at an hour of that kind."""
    bad = []
    for work in works:
        if spans := _hours(work, name):
            is_bad = model.cp.new_bool_var(f"{work.key} {name}")
            wrong = [[span.start - work.minutes + 1, span.end - 1] for span in spans]
            good = _sat().Domain.from_intervals(wrong).complement()
            model.cp.add_linear_expression_in_domain(model.start[work.key], good).only_enforce_if(
                [is_bad.negated(), model.placed[work.key]]
            )
            bad.append(is_bad)
    return _sum(bad)


def _moved(model: _Model, works: list[Work]) -> Any:
    moved = []
    for work in works:
        here = model.here.get((work.key, work.before.stretch)) if work.before is not None else None
        if here is not None and work.before is not None:
            stays = model.cp.new_bool_var(f"{work.key} stays")
            model.cp.add_implication(stays, here)
            model.cp.add(model.start[work.key] == work.before.start).only_enforce_if(stays)
            moved.append(stays.negated())
    return _sum(moved)


def _topics(model: _Model, problem: Problem, works: list[Work], *, all_placed: bool) -> Any:
    """Pairs of a topic and a stretch it is in, and talks in a session of another topic: fewer is closer together."""
    by_topic: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        if work.topic:
            by_topic[work.topic].append(work)
    cost = []
    for topic, members in sorted(by_topic.items()):
        for each in problem.stretches:
            there = [model.here[work.key, each.key] for work in members if (work.key, each.key) in model.here]
            if not there:
                continue
            used = model.cp.new_bool_var(f"{topic} in {each.key}")
            model.cp.add_max_equality(used, there)
            cost.append(used)
            if each.topic and each.topic != topic:
                cost += there
    if cost and all_placed:
        # What the search alone finds late: a topic's minutes need so many stretches, however they are packed.
        model.cp.add(sum(cost) >= sum(least(members, problem) for members in by_topic.values()))
    return _sum(cost)


def least(members: list[Work], problem: Problem) -> int:
    """In how many stretches these works have to be at least."""
    left, count = sum(work.minutes for work in members), 0
    for each in sorted((each.span.end - each.span.start for each in problem.stretches), reverse=True):
        if left <= 0:
            break
        left, count = left - each, count + 1
    return count


def _minutes_in(model: _Model, works: list[Work], stretches: list[Stretch]) -> Any:
    return _sum(
        work.minutes * model.here[work.key, each.key]
        for work in works
        for each in stretches
        if (work.key, each.key) in model.here
    )


def _balance(model: _Model, problem: Problem, works: list[Work]) -> Any:
    """By how much more than `EVEN` the room with most to do has more than the one with least, in minutes."""
    rooms: dict[str, list[Stretch]] = defaultdict(list)
    for each in problem.stretches:
        rooms[each.room].append(each)
    if len(rooms) < 2:
        return 0
    all_of_it = sum(work.minutes for work in works)
    most, least = (model.cp.new_int_var(0, all_of_it, name) for name in ("most", "least"))
    for stretches in rooms.values():
        load = _minutes_in(model, works, stretches)
        model.cp.add(most >= load)
        model.cp.add(least <= load)
    uneven = model.cp.new_int_var(0, all_of_it, "uneven")
    model.cp.add(uneven >= most - least - EVEN)
    return uneven


def _idle(model: _Model, problem: Problem, works: list[Work]) -> Any:
    """Empty minutes before the last talk of each stretch."""
    cost = []
    for each in problem.stretches:
        mine = [work for work in works if (work.key, each.key) in model.here]
        if not mine:
            continue
        low, high = each.span.start, each.span.end
        last = model.cp.new_int_var(low, high, f"last in {each.key}")
        for work in mine:
            over = model.start[work.key] + work.minutes
            model.cp.add(last >= over).only_enforce_if(model.here[work.key, each.key])
        idle = model.cp.new_int_var(0, high - low, f"idle in {each.key}")
        model.cp.add(idle >= last - low - _minutes_in(model, mine, [each]))
        cost.append(idle)
    return _sum(cost)
