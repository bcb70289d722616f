"""Who may join, read and write, and who is matched with whom: plain values."""

import pytest

from tests.shows import shows
from workshop_manager.assignments.rules import FIT
from workshop_manager.mentoring import rules
from workshop_manager.mentoring.solving import Edge, Problem, Side, Volunteer, solve
from workshop_manager.mentoring.states import MatchState
from workshop_manager.submissions.states import State

IN, OUT = (State.DRAFT, State.SUBMITTED), tuple(state for state in State if state not in (State.DRAFT, State.SUBMITTED))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("is_over", [True, False])
def test_who_may_join(state: State, is_on: bool, is_over: bool) -> None:
    assert rules.may_join(is_on=is_on, is_over=is_over, state=state) is (is_on and not is_over and state in IN)


@pytest.mark.parametrize("match", MatchState)
@pytest.mark.parametrize("is_ended", [True, False])
@pytest.mark.parametrize("is_author", [True, False])
@pytest.mark.parametrize("state", [*IN, State.WITHDRAWN, State.ACCEPTED])
def test_who_may_read_and_write(match: MatchState, is_ended: bool, is_author: bool, state: State) -> None:
    """Not before it is announced, not after it ended for them, and not for a work they no longer share."""
    may = match is not MatchState.PROPOSED and not is_ended and is_author and state in IN
    facts = {"is_ended": is_ended, "work": state, "is_author": is_author}
    assert rules.may_read(match, **facts) is may
    assert rules.may_write(match, **facts, is_thanked=False) is may
    assert rules.may_write(match, **facts, is_thanked=True) is False


def test_the_fit_is_the_share_of_topics() -> None:
    assert rules.fit({"a", "b"}, {"a", "b"}, same_language=True) == FIT
    assert rules.fit({"a"}, {"a", "b"}, same_language=True) == FIT // 2
    assert rules.fit({"c"}, {"a"}, same_language=True) == 0
    assert rules.fit({"a"}, {"a"}, same_language=False) < rules.fit({"a"}, {"a"}, same_language=True)


def side(number: int, *topics: str, language: str = "en") -> Side:
    return Side(number, number * 10, frozenset(topics), language)


def met(problem: Problem) -> list[set[int]]:
    return [{edge.work for edge in edges} for edges in solve(problem)]


@shows("Mentored round", "Authors are matched in pairs by the topics their works have in common, exactly")
def test_pairs_share_topics() -> None:
    found = met(Problem([side(1, "a"), side(2, "b"), side(3, "a"), side(4, "b")]))
    assert sorted(found, key=min) == [{1, 3}, {2, 4}]


def test_as_many_as_possible_come_before_the_best_fit() -> None:
    """1 and 2 fit best, but then 3 and 4, who are kept apart, would be alone."""
    problem = Problem([side(1, "a"), side(2, "a"), side(3, "b"), side(4, "b")], frozenset({(3, 4)}))
    assert {frozenset(pair) for pair in met(problem)} in (
        {frozenset({1, 3}), frozenset({2, 4})},
        {frozenset({1, 4}), frozenset({2, 3})},
    )


@shows("Mentored round", "Three are matched in a circle where one would be left over")
def test_an_odd_one_makes_a_circle() -> None:
    edges = solve(Problem([side(1, "a"), side(2, "a"), side(3, "a")]))[0]
    assert {edge.work for edge in edges} == {1, 2, 3} == {edge.reader_work for edge in edges}
    assert all(edge.work != edge.reader_work for edge in edges)


@shows("Mentored round", "Somebody of the committee who volunteered reads the draft of whoever is left over")
def test_a_mentor_comes_before_a_circle() -> None:
    sides = [side(1, "a"), side(2, "a"), side(3, "b")]
    volunteers = [Volunteer(77, frozenset({"c"})), Volunteer(88, frozenset({"b"})), Volunteer(99, room=0)]
    assert [Edge(None, 88, 3)] in solve(Problem(sides, volunteers=volunteers))
    kept = frozenset({(77, 3), (88, 3)})
    assert met(Problem(sides, volunteers=volunteers, kept_from=kept)) == [{1, 2, 3}]


def test_whoever_is_kept_from_all_stays_alone() -> None:
    assert met(Problem([side(1), side(2), side(3)], frozenset({(3, 1), (2, 3)}))) == [{1, 2}]
    assert met(Problem([side(1), side(2)], frozenset({(2, 1)}))) == []
    assert met(Problem([side(1)])) == []
    assert met(Problem([])) == []


def test_eighty_works_are_matched_at_once() -> None:
    sides = [side(number, f"t{number % 9}", f"t{number % 7}") for number in range(1, 82)]
    barred = frozenset((one, one + 9) for one in range(1, 73))
    found = solve(Problem(sides, barred))
    assert sum(len(edges) for edges in found) == 81
    assert not barred & {(min(p), max(p)) for p in ({e.work for e in edges} for edges in found) if len(p) == 2}


def test_without_time_the_greedy_pairs_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workshop_manager.mentoring.solving.pywraplp.Solver.Solve", lambda _solver: 6)
    assert sorted(met(Problem([side(1, "a"), side(2, "b"), side(3, "a"), side(4, "b")])), key=min) == [{1, 3}, {2, 4}]
