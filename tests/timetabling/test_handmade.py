"""The measure by which the automatic draft stands beside one made by hand."""

from datetime import UTC, date, datetime

from benchmarks import handmade
from tests.shows import shows
from workshop_manager.schedule.reading.detecting import read_file
from workshop_manager.timetabling.problem import Place
from workshop_manager.timetabling.solver import solve

PROGRAMME = """Start,End,Title,Room,Speakers,Track
2026-12-11 09:00,2026-12-11 09:20,A,Hall,Ann Lee,x
2026-12-11 09:30,2026-12-11 09:50,B,Hall,Bo Chen,y
2026-12-11 10:30,2026-12-11 10:50,C,Hall,Cy Young,x
2026-12-11 09:10,2026-12-11 09:30,D,Attic,Ann Lee,y
"""


@shows("Schedule", "The automatic draft is measured beside a draft made by hand of the same talks, rooms and windows")
def test_a_draft_by_hand_and_an_automatic_one_are_measured_alike():
    rows = read_file(PROGRAMME.encode(), day=date(2026, 12, 11), zone="UTC").rows
    problem, by_hand = handmade.problem_of(rows)
    assert problem.origin == datetime(2026, 12, 11, tzinfo=UTC)
    # A break parts the hall's day in two windows.
    assert [(each.key, each.span.start, each.span.end) for each in problem.stretches] == [
        ("Attic 0", 550, 570), ("Hall 0", 540, 590), ("Hall 1", 630, 650),
    ]  # fmt: skip
    assert handmade.measured(problem, by_hand, by_hand) == {
        "no place": 0, "clashes": 1, "topics in windows": 4, "minutes between rooms": 40, "idle minutes": 10,
        "speakers moved": 0,
    }  # fmt: skip
    drafted = handmade.measured(problem, solve(problem), by_hand)
    assert (drafted["no place"], drafted["clashes"]) == (0, 0)
    again = solve(handmade.with_before(problem, by_hand))
    assert handmade.moved(problem, again, by_hand) == 2
    assert again.places["3"] == Place("Hall 1", 630)
