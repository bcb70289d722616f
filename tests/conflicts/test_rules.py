"""Why somebody must not judge a work: a truth table, without a database."""

from datetime import UTC, datetime

import pytest

from tests.shows import shows
from workshop_manager.conflicts.rules import (
    CAN_BE_WAIVED,
    Judge,
    Work,
    conflict_of,
    counts_until,
    found,
    may_waive,
    still_counts,
)
from workshop_manager.conflicts.states import KeyKind, Why

ADDRESS, DOMAIN = (KeyKind.ADDRESS, "ghost@uni.edu"), (KeyKind.DOMAIN, "uni.edu")
PLACE, NAME = (KeyKind.AFFILIATION, "university nairobi"), (KeyKind.NAME, "amal bello")
WORK = Work(1, frozenset({2}), frozenset({ADDRESS, DOMAIN, PLACE, NAME}), frozenset({3}), frozenset({NAME}))


def judge(person_id: int = 9, *keys: tuple[KeyKind, str], **more: object) -> Judge:
    return Judge(person_id, frozenset(keys), **{k: frozenset(v) for k, v in more.items()})  # type: ignore[arg-type]


CASES = {
    "submitted it": (judge(1), Why.OWN),
    "is an author": (judge(2), Why.AUTHOR),
    "has an author's address": (judge(9, ADDRESS), Why.ADDRESS),
    "declared it": (judge(3), Why.DECLARED),
    "stated a person": (judge(9, stated=[NAME]), Why.STATED),
    "stated an institution": (judge(9, stated=[PLACE]), Why.STATED),
    "was named by the authors": (judge(9, NAME), Why.NAMED),
    "wrote with an author": (judge(9, fellow_ids=[2]), Why.COAUTHOR),
    "wrote with an author without an account": (judge(9, fellow_addresses=["ghost@uni.edu"]), Why.COAUTHOR),
    "has an address there": (judge(9, DOMAIN), Why.DOMAIN),
    "works there": (judge(9, PLACE), Why.AFFILIATION),
    "is somebody else": (judge(9, (KeyKind.DOMAIN, "other.edu"), (KeyKind.NAME, "idris")), None),
    "has nothing": (judge(9), None),
}


@pytest.mark.parametrize("case", CASES)
@shows(
    "Review and decisions", "Own work, work of a co-author and a declared conflict are blocked, each with its reason"
)
def test_a_conflict_has_its_reason(case: str) -> None:
    person, why = CASES[case]
    assert conflict_of(person, WORK) is why


def test_the_strongest_reason_is_said_and_all_are_known() -> None:
    person = judge(1, DOMAIN, PLACE, ADDRESS)
    assert found(person, WORK) == (Why.OWN, Why.ADDRESS, Why.DOMAIN, Why.AFFILIATION)
    assert conflict_of(person, WORK) is Why.OWN


@pytest.mark.parametrize("case", CASES)
def test_only_what_was_found_by_comparing_or_said_by_others_can_be_waived(case: str) -> None:
    person, why = CASES[case]
    waived = Work(
        WORK.submitter_id, WORK.author_ids, WORK.keys, WORK.declared, WORK.named, frozenset({person.person_id})
    )
    assert conflict_of(person, waived) is (None if why in CAN_BE_WAIVED else why)
    reasons = found(person, WORK)
    assert may_waive(reasons, by_oneself=False) == (why in CAN_BE_WAIVED)
    assert not may_waive(reasons, by_oneself=True)


def test_a_relation_that_ended_counts_three_more_years() -> None:
    until = counts_until(2023)
    assert still_counts(until, datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    assert not still_counts(until, datetime(2027, 1, 1, tzinfo=UTC))
    assert still_counts(counts_until(None), datetime(2099, 1, 1, tzinfo=UTC))
