"""What an import would make clash, before it is taken over."""

from types import SimpleNamespace

import pytest

from tests.schedule.test_programme import programme
from tests.schedule.test_rules import ANA, at, talk
from workshop_manager.schedule.clashes import Facts, Gathering, Protected
from workshop_manager.schedule.foreseeing import afterwards, foreseen
from workshop_manager.schedule.importing import Change, Step
from workshop_manager.schedule.programme import Kind
from workshop_manager.schedule.states import KeptFor

PRAYER = Protected("Friday prayer", at(12, 30), at(13, 10), KeptFor.PRAYER)
HALL = Facts(capacities={"hall": 40}, gatherings={"a": Gathering(50, 50)})


def new(number, item):
    return Step(number, item, None)


def changed(number, uid, item, *fields):
    return Step(number, item, SimpleNamespace(uid=uid), tuple(Change(field, "", "") for field in fields))


CASES = {
    "a row into a room that the draft uses": (
        [talk("a", at(9), at(10), room="Hall")],
        [new(7, talk("row-7", at(9, 30), at(10), room="Hall"))],
        Facts(),
        {7: "are both in"},
    ),
    "a row over prayer": ([], [new(3, talk("row-3", at(12), at(13)))], Facts(protected=(PRAYER,)), {3: "of prayer"}),
    "a meal over prayer": ([], [new(3, talk("row-3", at(12), at(13), kind=Kind.MEAL))], Facts(protected=(PRAYER,)), {}),
    "a session moved into a room too small for it": (
        [talk("a", at(9), at(10), room="Aula")],
        [changed(2, "a", talk("row-2", at(9), at(10), room="Hall"), "room")],
        HALL,
        {2: "signed up"},
    ),
    "a far speaker moved into the night": (
        [talk("a", at(14), at(15), speakers=(ANA,), remote=True)],
        [changed(4, "a", talk("row-4", at(9), at(10)), "start", "end")],
        Facts(zones={"p1": "Pacific/Auckland"}),
        {4: "where they are"},
    ),
    "what clashes already is not news": (
        [talk("a", at(9), at(10), room="Hall"), talk("b", at(9), at(10), room="Hall")],
        [changed(1, "a", talk("row-1", at(9), at(10), room="Hall"), "title")],
        Facts(),
        {},
    ),
    "what stays as it was written here stays there": (
        [talk("a", at(9), at(10), room="Aula")],
        [changed(2, "a", talk("row-2", at(9), at(10), room="Hall"))],
        HALL,
        {},
    ),
    "talks of one session": (
        [],
        [
            new(1, talk("row-1", at(9), at(10), kind=Kind.SESSION, room="Hall")),
            new(2, talk("row-2", at(9), at(9, 30), parent="row-1", room="Hall")),
        ],
        Facts(),
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_only_what_would_clash_anew_is_told_by_row(case):
    items, steps, facts, expected = CASES[case]
    told = foreseen(programme(*items), steps, facts)
    assert {number: any(expected[number] in one for one in told[number]) for number in told} == dict.fromkeys(
        expected, True
    )


def test_a_new_row_stands_in_the_session_that_its_parents_row_is():
    there = talk("s", at(9), at(11), kind=Kind.SESSION)
    steps = [changed(1, "s", talk("row-1", at(9), at(11))), new(2, talk("row-2", at(9), at(10), parent="row-1"))]
    assert afterwards(programme(there), steps).item("row-2").parent == "s"
