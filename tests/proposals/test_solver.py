"""The proposal against every possible set of awards, and its reasons against what they claim."""

import ctypes
import itertools
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.proposal import problem_of
from tests.shows import shows
from workshop_manager.proposals import relaxing, rules, solver, words
from workshop_manager.proposals.rules import Aim, Applicant, Ask, Awards, MostPer, Pot, Problem, Share

FUNDS = (1, 2)


@st.composite
def _asks(draw: st.DrawFn, who: int, number: int) -> Ask:
    most = draw(st.integers(1, 3))
    return Ask(
        who * 10 + number,
        "air",
        most + draw(st.integers(0, 1)),
        most,
        draw(st.integers(1, most)),
        draw(st.sampled_from([(), (1,), (2,), (1, 2)])),
        draw(st.booleans()),
    )


@st.composite
def _problems(draw: st.DrawFn) -> Problem:
    people = []
    for who in range(1, draw(st.integers(1, 3)) + 1):
        asks = tuple(draw(_asks(who, number)) for number in range(draw(st.integers(1, 2))))
        people.append(
            Applicant(
                who, who, "USD", asks, draw(st.integers(1, max(1, sum(ask.most for ask in asks)))),
                draw(st.sampled_from([frozenset({"a"}), frozenset({"b"})])), draw(st.sampled_from(["", "x"])),
                draw(st.booleans()), draw(st.sampled_from([frozenset(), frozenset({1}), frozenset({1, 2})])),
            )
        )  # fmt: skip
    pots = []
    for fund in FUNDS:
        left = draw(st.integers(0, 5))
        pots.append(Pot(fund, f"fund {fund}", "USD", left + draw(st.integers(0, 2)), left))
    aims: list[Aim] = []
    if draw(st.booleans()):
        aims.append(Share("a", draw(st.sampled_from([30, 60, 90])), draw(st.integers(1, 3))))
    if draw(st.booleans()):
        aims.append(Share("b", draw(st.sampled_from([30, 60, 90]))))
    if draw(st.booleans()):
        aims.append(MostPer(1))
    return Problem(tuple(people), tuple(pots), tuple(aims), draw(st.integers(0, 10)), draw(st.integers(0, 3)))


def _choices(one: Applicant) -> Iterator[dict[int, tuple[int, int]]]:
    lines = [
        [None, *((fund, minor) for fund in ask.funds for minor in range(ask.least, ask.most + 1))] for ask in one.asks
    ]
    for chosen in itertools.product(*lines):
        yield {ask.id: found for ask, found in zip(one.asks, chosen, strict=True) if found}


def _everything(problem: Problem) -> Iterator[Awards]:
    for chosen in itertools.product(*(list(_choices(one)) for one in problem.applicants)):
        awards = {one.id: lines for one, lines in zip(problem.applicants, chosen, strict=True) if lines}
        if not rules.faults(problem, awards):
            yield awards


def _value(problem: Problem, awards: Awards) -> tuple[int, int, int]:
    short = 0
    for missed in rules.misses(problem, awards):
        aim = problem.aims[missed.aim]
        if isinstance(aim, Share):
            short += aim.weight * -(-rules.SCALE * missed.short // problem.wanted(aim, missed.currency))
        else:
            short += aim.weight * rules.EXCESS * missed.short
    worth = sum(problem.worth(one) for one in problem.applicants if awards.get(one.id))
    return -short, worth, sum(rules.given_to(awards, one.id) for one in problem.applicants)


@shows(
    "Grants",
    "A proposal of awards is the best there is under its rules, not an estimate",
    "No award of a proposal is less than is useful: half a flight is no flight",
)
@settings(max_examples=40, deadline=None)
@given(_problems())
def test_no_set_of_awards_is_better_than_the_proposal(problem: Problem) -> None:
    answer = solver.solve(problem)
    assert rules.faults(problem, answer.awards) == []
    assert not answer.gap
    assert _value(problem, answer.awards) == max(_value(problem, awards) for awards in _everything(problem))


@shows("Grants", "Each applicant has a reason; what somebody “would need more” is exactly what would help them")
@settings(max_examples=60, deadline=None)
@given(_problems())
def test_so_much_more_helps_that_person_too_and_less_does_not(problem: Problem) -> None:
    answer = solver.solve(problem)
    needs = solver.reasons(problem, answer)
    assert needs.keys() == {one.id for one in problem.applicants}
    assert rules.TIME not in {need.reason for need in needs.values()}
    for one in problem.applicants:
        need = needs[one.id]
        assert bool(answer.awards.get(one.id)) == (need.reason in {rules.IN_FULL, rules.CAPPED, rules.IN_PART})
        if need.reason == rules.MONEY:
            total = sum(need.extra.values())
            assert _can_join(problem, answer.awards, one, need.extra)
            assert not any(
                _can_join(problem, answer.awards, one, {1: first, 2: total - 1 - first}) for first in range(total)
            )


def _can_join(problem: Problem, awards: Awards, one: Applicant, extra: dict[int, int]) -> bool:
    pots = tuple(replace(pot, left=pot.left + extra.get(pot.id, 0)) for pot in problem.pots)
    richer = replace(problem, pots=pots)
    return any(not rules.faults(richer, {**awards, one.id: lines}) for lines in _choices(one) if lines)


def _person(number: int, minor: int, group: str = "a", **more: object) -> Applicant:
    ask = Ask(number, "air", minor, minor, minor, (1,), True)
    return replace(Applicant(number, number, "USD", (ask,), minor, frozenset({group})), **more)  # type: ignore[arg-type]


@shows("Grants", "If aims clash, the proposal says which and by how little, and is worked out all the same")
def test_two_aims_that_clash_are_named_with_what_is_missing() -> None:
    people = (_person(1, 60), _person(2, 60, "b"))
    problem = Problem(people, (Pot(1, "one", "USD", 100, 100),), (Share("a", 50), Share("b", 50)))
    answer = solver.solve(problem)
    (missed,) = answer.missed
    assert (missed.short, missed.is_possible_alone, missed.clashes) == (50, True, (1 - missed.aim,))
    assert len(answer.awards) == 1


def test_what_cannot_be_met_even_alone_is_said_to_be_so() -> None:
    problem = Problem((_person(1, 80),), (Pot(1, "one", "USD", 100, 70),), (Share("a", 50),))
    answer = solver.solve(problem)
    assert [(one.short, one.is_possible_alone) for one in answer.missed] == [(50, False)]
    assert solver.reasons(problem, answer)[1] == rules.Need(rules.MONEY, {1: 10})


@shows("Grants", "No submission is funded twice, and at most so many come from one institution")
def test_second_authors_and_colleagues_learn_that_it_is_so() -> None:
    people = (
        _person(1, 10, submissions=frozenset({7})),
        _person(2, 10, submissions=frozenset({7})),
        _person(3, 10, institution="lab"),
        _person(4, 10, institution="lab"),
        _person(5, 10, submissions=frozenset({9})),
    )
    problem = Problem(people, (Pot(1, "one", "USD", 100, 100),), (MostPer(1),), funded=frozenset({9}))
    needs = solver.reasons(problem, solver.solve(problem))
    assert [needs[who].reason for who in range(1, 6)] == [
        rules.IN_FULL,
        rules.FUNDED_SUBMISSION,
        rules.IN_FULL,
        rules.INSTITUTION,
        rules.FUNDED_SUBMISSION,
    ]


@shows("Grants", "A proposal says who could come with so much more in a fund, worked out again")
def test_more_money_helps_whom_the_same_rules_choose() -> None:
    problem = Problem((_person(1, 60), _person(2, 60)), (Pot(1, "one", "USD", 100, 100),))
    assert set(solver.solve(problem).awards) == {1}
    assert set(solver.with_more(problem, 1, 20).awards) == {1, 2}
    assert set(solver.with_more(problem, 1, 19).awards) == {1}


def test_the_same_question_has_the_same_answer() -> None:
    people = tuple(_person(number, 50 + number % 7, "ab"[number % 2]) for number in range(1, 30))
    problem = Problem(people, (Pot(1, "one", "USD", 600, 600),), (Share("a", 50), Share("b", 50)))
    assert solver.solve(problem) == solver.solve(problem)


def test_a_round_of_many_is_proved_to_be_the_best() -> None:
    problem = problem_of(200)
    answer = solver.solve(problem)
    assert rules.faults(problem, answer.awards) == []
    assert not answer.gap
    assert answer.worth == sum(problem.worth(one) for one in problem.applicants if answer.awards.get(one.id))


def test_what_the_solver_writes_for_itself_is_not_in_a_commands_answer(capfd: pytest.CaptureFixture[str]) -> None:
    with relaxing._out_of_the_way():
        ctypes.CDLL(None).printf(b"of the solver")
    os.write(1, b"the answer")
    assert capfd.readouterr() == ("the answer", "of the solver")


def test_a_gap_is_told_by_step(app: Flask) -> None:
    with app.test_request_context():
        found = {"aims": 125, "points": 3, "money": {"USD": 1_050}}
        assert words.gap(found) == (
            "the aims could be nearer by 12.5 % of what they want, 3 points of help could be missing, "
            "10.50 USD more could be put to use"
        )
        assert words.gap(2) == "2 points of help could be missing"


@shows("Grants", "A proposal lets who presents for the first time count more, as much as organisers choose")
def test_who_presents_for_the_first_time_counts_more_if_organisers_say_so() -> None:
    people = (_person(1, 80), replace(_person(2, 80), is_first_time=True))
    problem = Problem(people, (Pot(1, "one", "USD", 100, 100),), merit=5)
    assert [*solver.solve(problem).awards] == [1]
    assert [*solver.solve(replace(problem, first_timers=4)).awards] == [1]
    assert [*solver.solve(replace(problem, first_timers=6)).awards] == [2]
