"""Real editions as problems, and as the plans people made of them by hand: the same items, rooms, days and windows.

Read from the files beside this repository, where they are; nothing of them is kept here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.reading.detecting import read_file
from workshop_manager.schedule.reading.values import Row
from workshop_manager.timetabling.problem import Place, Plan, Problem, Span, Stretch, Work, idle_minutes

FOLDER = Path(__file__).parents[2] / "shared" / "schedules"
EDITIONS = {
    "democon_pretalx.json": "DemoCon",
    "mrmcd2019_pretalx.xml": "MRMCD 2019",
    "camp2019_frab.xml": "Camp 2019",
}
BREAK = timedelta(minutes=30)
"""A room that stands empty for as long has a break: what is before and after are two windows."""


def editions() -> Iterator[tuple[str, Problem, Plan]]:
    """Name, problem without any time of a talk, and the plan that was made by hand."""
    for file, name in EDITIONS.items():
        path = FOLDER / file
        if path.exists():
            reading = read_file(path.read_bytes(), day=date(2020, 1, 1), zone="UTC")
            yield name, *problem_of(reading.rows)


def problem_of(rows: Iterable[Row]) -> tuple[Problem, Plan]:
    """Everything that has a room, a start and an end; windows are what was used by hand, from break to break."""
    used = [row for row in rows if row.room and row.start_as_printed and row.end_as_printed and not row.is_cancelled]
    begin = min(row.start_as_printed for row in used if row.start_as_printed)
    origin = datetime(begin.year, begin.month, begin.day, tzinfo=UTC)
    by_room: dict[str, list[tuple[int, int, Row]]] = defaultdict(list)
    for row in used:
        if row.start_as_printed and row.end_as_printed:
            start, end = (int((t - origin) / timedelta(minutes=1)) for t in (row.start_as_printed, row.end_as_printed))
            by_room[row.room or ""].append((start, end, row))
    stretches, works, places = [], [], {}
    for room, items in sorted(by_room.items()):
        for number, block in enumerate(_blocks(sorted(items, key=lambda item: item[:2]))):
            key = f"{room} {number}"
            stretches.append(Stretch(key, room, Span(block[0][0], max(end for _start, end, _row in block))))
            for start, end, row in block:
                work = f"{row.number}"
                people = frozenset(who.name for who in row.speakers)
                works.append(Work(work, end - start, people, row.track if row.kind is not Kind.BREAK else None))
                places[work] = Place(key, start)
    return Problem(origin, tuple(works), tuple(stretches)), Plan(places, ())


def _blocks(items: Sequence[tuple[int, int, Row]]) -> Iterator[list[tuple[int, int, Row]]]:
    block: list[tuple[int, int, Row]] = []
    for item in items:
        if block and item[0] - max(end for _start, end, _row in block) >= BREAK / timedelta(minutes=1):
            yield block
            block = []
        block.append(item)
    if block:
        yield block


def with_before(problem: Problem, plan: Plan) -> Problem:
    """The same problem after somebody made a plan of it: each talk stays unless something better is worth a move."""
    return replace(problem, works=tuple(replace(work, before=plan.places.get(work.key)) for work in problem.works))


def clashes(problem: Problem, plan: Plan) -> int:
    """Pairs of talks at once in one room, or of one person."""
    works, rooms = {w.key: w for w in problem.works}, {s.key: s.room for s in problem.stretches}
    spans = [
        (p.start, p.start + works[key].minutes, rooms[p.stretch], works[key].people) for key, p in plan.places.items()
    ]
    spans.sort(key=lambda span: span[:2])
    found = 0
    for place, (_start, end, room, people) in enumerate(spans):
        for other, _end, there, who in spans[place + 1 :]:
            if other >= end:
                break
            found += room == there or bool(people & who)
    return found


def moved(problem: Problem, plan: Plan, other: Plan) -> int:
    """Speakers who stand elsewhere, or at another time, in one of two plans."""
    return len(
        {
            who
            for work in problem.works
            if plan.places.get(work.key) != other.places.get(work.key)
            for who in work.people
        }
    )


def measured(problem: Problem, plan: Plan, by_hand: Plan) -> dict[str, int]:
    """Wishes a plan breaks, and speakers it moves against what was made by hand."""
    works, rooms = {w.key: w for w in problem.works}, {s.key: s.room for s in problem.stretches}
    loads = dict.fromkeys(rooms.values(), 0)
    for key, place in plan.places.items():
        loads[rooms[place.stretch]] += works[key].minutes
    topics = {(works[key].topic, place.stretch) for key, place in plan.places.items() if works[key].topic}
    return {
        "no place": len(works) - len(plan.places),
        "clashes": clashes(problem, plan),
        "topics in windows": len(topics),
        "minutes between rooms": max(loads.values()) - min(loads.values()),
        "idle minutes": idle_minutes(problem, plan),
        "speakers moved": moved(problem, plan, by_hand),
    }
