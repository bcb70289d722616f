"""The automatic draft: how long it takes, how good it is, and beside drafts made by hand.

By hand is, for made-up problems, from the first talk down; and what the organisers of real editions published.

python -m benchmarks.drafting
"""

import random
import resource
import time
from collections import Counter
from datetime import UTC, datetime

from benchmarks import handmade
from workshop_manager.timetabling.problem import GRID, Place, Plan, Problem, Span, Stretch, Work, idle_minutes
from workshop_manager.timetabling.solver import solve

SIZES = ((15, 1, 1), (30, 3, 1), (60, 3, 2))
"""Talks, rooms, days."""


def problem_of(talks: int, rooms: int, days: int, seed: int = 3) -> Problem:
    """Four sessions of ninety minutes a room and day, eight topics, every seventh speaker asleep till noon."""
    dice = random.Random(seed)
    stretches = [
        Stretch(f"{day}{room}{begin}", f"room {room}", Span(day * 1440 + begin, day * 1440 + begin + 90))
        for day in range(days)
        for room in range(rooms)
        for begin in (0, 110, 290, 400)
    ]
    people = [f"p{number}" for number in range(talks * 3 // 4)]
    works = [
        Work(
            f"{number}",
            dice.choice((15, 20, 30)),
            frozenset(dice.sample(people, dice.choice((1, 1, 2)))),
            f"topic {dice.randrange(8)}",
            [Span(day * 1440, day * 1440 + 200) for day in range(days)] if dice.random() < 0.15 else (),
        )
        for number in range(talks)
    ]
    return Problem(datetime(2026, 12, 11, tzinfo=UTC), works, stretches)


def by_hand(problem: Problem) -> Plan:
    """As somebody with a list does it: each talk to the first free minute at which nobody in it is elsewhere."""
    places: dict[str, Place] = {}
    taken: list[tuple[Span, str, frozenset[str]]] = []
    for work in problem.works:
        for each in problem.stretches:
            spot = next(
                (
                    at
                    for at in range(each.span.start, each.span.end - work.minutes + 1, GRID)
                    if not any(
                        span.start < at + work.minutes and at < span.end and (room == each.room or who & work.people)
                        for span, room, who in taken
                    )
                ),
                None,
            )
            if spot is not None:
                places[work.key] = Place(each.key, spot)
                taken.append((Span(spot, spot + work.minutes), each.room, work.people))
                break
    return Plan(places, ())


def broken(problem: Problem, plan: Plan) -> dict[str, int]:
    """Wishes a plan breaks: no place, asleep, pairs of topic and session, minutes between rooms, idle minutes."""
    works = {work.key: work for work in problem.works}
    rooms = {each.key: each.room for each in problem.stretches}
    loads = Counter({each.room: 0 for each in problem.stretches})
    for key, place in plan.places.items():
        loads[rooms[place.stretch]] += works[key].minutes
    return {
        "no place": len(works) - len(plan.places),
        "asleep": sum(
            any(place.start < bad.end and bad.start < place.start + works[key].minutes for bad in works[key].asleep)
            for key, place in plan.places.items()
        ),
        "topics in sessions": len({(works[key].topic, place.stretch) for key, place in plan.places.items()}),
        "minutes between rooms": max(loads.values()) - min(loads.values()),
        "idle minutes": idle_minutes(problem, plan),
    }


def beside_real_ones() -> None:
    """Editions that took place: drafted anew in the windows they used, and again over what was made by hand."""
    for name, problem, by_hand in handmade.editions():
        print(f"{name}: {len(problem.works)} items, {len(problem.stretches)} windows")
        print(f"  by hand       {handmade.measured(problem, by_hand, by_hand)}")
        for label, asked in (("drafted anew ", problem), ("drafted again", handmade.with_before(problem, by_hand))):
            begun = time.process_time()
            plan = solve(asked)
            spent = time.process_time() - begun
            print(f"  {label} {handmade.measured(problem, plan, by_hand)} ({spent:.0f} s CPU)")


def main() -> None:
    """Print it all."""
    print("\nThe automatic draft")
    for talks, rooms, days in SIZES:
        problem = problem_of(talks, rooms, days)
        begun, wall = time.process_time(), time.perf_counter()
        plan = solve(problem)
        gaps = {step.name: step.gap for step in plan.steps if step.gap}
        print(
            f"{talks} talks, {rooms} rooms, {days} days: {time.process_time() - begun:.1f} s CPU, "
            f"{time.perf_counter() - wall:.1f} s, {'proven' if plan.is_proven else f'gaps {gaps}'}"
        )
        print(f"  drafted {broken(problem, plan)}")
        print(f"  by hand {broken(problem, by_hand(problem))}")
    beside_real_ones()
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
