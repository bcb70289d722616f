"""The automatic draft against every possible one, in small."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shows import shows
from workshop_manager.timetabling.problem import GRID, Place, Plan, Problem, Span, Stretch, Work, idle_minutes
from workshop_manager.timetabling.solver import solve

ORIGIN = datetime(2026, 12, 10, tzinfo=UTC)
MORNING = Stretch("morning", "Hall", Span(60, 90))
NOON = Stretch("noon", "Hall", Span(120, 145))
BESIDE = Stretch("beside", "Attic", Span(60, 85))


def problem(works: list[Work], *stretches: Stretch, **busy: list[Span]) -> Problem:
    return Problem(ORIGIN, works, stretches or (MORNING,), busy)


def steps(plan: Plan) -> dict[str, int]:
    return {step.name: step.value for step in plan.steps}


def holds(found: Problem, plan: Plan) -> bool:
    """What must hold, checked without the solver."""
    works, stretches = {w.key: w for w in found.works}, {s.key: s for s in found.stretches}
    spans = {key: Span(p.start, p.start + works[key].minutes) for key, p in plan.places.items()}
    for key, place in plan.places.items():
        own, mine = stretches[place.stretch].span, spans[key]
        if not own.start <= mine.start < mine.end <= own.end or mine.start % GRID:
            return False
        if any(b.start < mine.end and mine.start < b.end for p in works[key].people for b in found.busy.get(p, ())):
            return False
        for other, span in spans.items():
            together = stretches[plan.places[other].stretch].room == stretches[place.stretch].room
            shared = together or works[other].people & works[key].people
            if other != key and shared and span.start < mine.end and mine.start < span.end:
                return False
    return True


def best_count(found: Problem) -> int:
    """How many talks any plan can place, by trying all."""
    options = [
        [
            None,
            *(
                Place(s.key, t)
                for s in found.stretches
                for t in range(s.span.start, s.span.end - work.minutes + 1, GRID)
            ),
        ]
        for work in found.works
    ]
    best = 0
    for choice in product(*options):
        places = {work.key: place for work, place in zip(found.works, choice, strict=True) if place is not None}
        if len(places) > best and holds(found, Plan(places, ())):
            best = len(places)
    return best


works = st.lists(
    st.tuples(st.sampled_from([5, 10, 15, 20]), st.frozensets(st.sampled_from("pq"), max_size=2)),
    min_size=1,
    max_size=3,
)


@shows("Schedule", "The automatic draft places as many talks as can be placed, and nobody and no room has two at once")
@given(works, st.sampled_from([(MORNING,), (MORNING, BESIDE), (NOON, BESIDE)]), st.booleans())
@settings(max_examples=12)
def test_no_draft_places_more(some, stretches, is_busy):
    found = problem(
        [Work(f"{place}", minutes, people) for place, (minutes, people) in enumerate(some)],
        *stretches,
        **({"p": [Span(60, 75)]} if is_busy else {}),
    )
    plan = solve(found)
    assert holds(found, plan)
    assert len(plan.places) == best_count(found) == steps(plan)["placed"]


@shows("Schedule", "The automatic draft puts who speaks from afar where they are awake, and says when it cannot")
def test_far_speakers_are_awake_if_that_is_possible():
    night = [Span(0, 110)]
    assert solve(problem([Work("a", 20, asleep=night)], MORNING, NOON)).places["a"].stretch == "noon"
    plan = solve(problem([Work("a", 20, asleep=night)], MORNING))
    assert (plan.places["a"].stretch, steps(plan)["asleep"]) == ("morning", 1)


@shows("Schedule", "A second automatic draft moves as little as possible")
def test_what_has_a_place_stays_if_nothing_is_lost_by_it():
    late = Work("a", 10, before=Place("noon", 130))
    assert solve(problem([late, Work("b", 10)], MORNING, NOON)).places["a"] == Place("noon", 130)
    plan = solve(problem([late, Work("b", 15)], NOON))
    assert (steps(plan)["placed"], steps(plan)["moved"]) == (2, 1)


@shows("Schedule", "The automatic draft keeps a topic together in one session, and leaves nothing empty between talks")
def test_topics_stand_together_and_nothing_is_empty_between():
    some = [Work(f"{topic}{n}", 10, topic=topic) for topic in "xy" for n in range(2)]
    found = problem(some, Stretch("one", "Hall", Span(60, 85)), Stretch("two", "Hall", Span(120, 145)))
    plan = solve(found)
    assert len({(key[0], place.stretch) for key, place in plan.places.items()}) == 2
    assert (plan.is_proven, idle_minutes(found, plan)) == (True, 0)


def test_sessions_with_a_track_take_talks_of_that_track():
    some = [Work("a", 20, topic="x"), Work("b", 20, topic="y")]
    stretches = (Stretch("one", "Hall", Span(60, 85), "s1", "y"), Stretch("two", "Hall", Span(120, 145), "s2", "x"))
    found = solve(problem(some, *stretches)).places
    assert {key: place.stretch for key, place in found.items()} == {"a": "two", "b": "one"}


def test_rooms_share_the_talks():
    some = [Work(f"{n}", 60) for n in range(4)]
    long = (Stretch("one", "Hall", Span(0, 240)), Stretch("two", "Attic", Span(0, 240)))
    plan = solve(problem(some, *long))
    assert [place.stretch for place in plan.places.values()].count("one") == 2


def test_nothing_to_place_and_nowhere_to_place_it():
    assert solve(problem([])).places == {}
    assert solve(problem([Work("a", 60)])).places == {}
    assert solve(Problem(ORIGIN, [Work("a", 5)], [])).places == {}


def test_the_same_problem_gives_the_same_draft():
    found = problem([Work(f"{n}", 10, topic="xy"[n % 2]) for n in range(5)], MORNING, NOON, BESIDE)
    assert solve(found).places == solve(found).places


@shows("Schedule", "The automatic draft gives whoever chairs a session no talk elsewhere while it lasts")
def test_whoever_chairs_a_session_speaks_in_it_or_at_another_time():
    led, beside = Stretch("one", "Hall", Span(60, 85), "s1", "y"), Stretch("two", "Attic", Span(60, 85), "s2", "x")
    work = Work("a", 20, frozenset("p"), "x")
    assert solve(problem([work], led, beside)).places["a"].stretch == "two"
    chairs = replace(work, leads=[("s1", led.span)])
    assert solve(problem([chairs], led, beside)).places["a"].stretch == "one"
    assert solve(problem([chairs], beside)).places == {}
    assert solve(problem([chairs], beside, NOON)).places["a"].stretch == "noon"
