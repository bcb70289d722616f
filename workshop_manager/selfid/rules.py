"""What may be asked and answered, and what organisers may learn of it. No database, no web.

Organisers learn totals only, and of totals only what tells of no few people:

* within a question: groups of fewer than five stand with the others, and so does the next one while what is left is
  fewer than five (`core.balance`); of a question with several choices each choice is shown only if at least five
  chose it and at least five did not. Each number is rounded down to a multiple of five, so that totals of different
  questions, added up and taken from each other, pin down no one;
* over filters: there are none, and no two questions are crossed;
* over time: totals are made anew at most once a day, and only when at least five people changed something since
  (answered, answered otherwise, or deleted it). Between two of them nothing moves, whoever answers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workshop_manager.core.balance import SMALLEST_CELL, totals
from workshop_manager.selfid.states import Stage
from workshop_manager.workshops.rules import ORGANISERS

MAY_ASK = ORGANISERS
MOST_QUESTIONS, MOST_OPTIONS, LONGEST_OWN = 12, 40, 200
DECLINED = "declined"
OWN = "own:"
"""A group of people who wrote the same words; the words follow."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said to one question: places of options, own words, or that they prefer not to say."""

    choices: tuple[int, ...] = ()
    own: str = ""
    declined: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.choices or self.own or self.declined)

    def keys(self) -> list[str]:
        """What it counts for; several where several could be chosen."""
        if self.declined:
            return [DECLINED]
        own = [f"{OWN}{' '.join(self.own.casefold().split())}"] if self.own else []
        return [str(place) for place in self.choices] + own


Replies = Mapping[int, Reply]
"""By the id of the question; one that was skipped is not in it."""


def written(replies: Replies) -> dict[str, Any]:
    """As it is sealed."""
    return {
        str(one): {"choices": list(reply.choices), "own": reply.own, "declined": reply.declined}
        for one, reply in sorted(replies.items())
        if not reply.is_empty
    }


def read(stored: Mapping[str, Any] | None) -> dict[int, Reply]:
    """The other way round."""
    return {
        int(one): Reply(tuple(reply["choices"]), reply["own"], reply["declined"])
        for one, reply in (stored or {}).items()
    }


def fits(reply: Reply, options: int, *, is_multiple: bool, takes_own_words: bool) -> bool:
    """Whether that can be an answer: nothing beside “prefer not to say”, one choice where one is asked for."""
    if reply.declined:
        return not reply.choices and not reply.own
    if any(not 0 <= place < options for place in reply.choices) or len(set(reply.choices)) < len(reply.choices):
        return False
    if reply.own and (not takes_own_words or len(reply.own) > LONGEST_OWN):
        return False
    return is_multiple or len(reply.choices) + bool(reply.own) <= 1


def may_answer(stage: Stage, *, takes_part: bool, has_answered: bool) -> bool:
    """Whoever takes part, while it is asked; who has answered can change it until the answers are deleted."""
    return (stage is Stage.ASKING and takes_part) or (stage in (Stage.ASKING, Stage.CLOSED) and has_answered)


def may_count(today: date, counted_on: date | None, answers: int, fresh: int, gone: int) -> bool:
    """Whether totals are made anew. `fresh` people said something the totals do not count, `gone` deleted theirs."""
    if answers < SMALLEST_CELL or (counted_on is not None and today <= counted_on):
        return False
    # One person may both have deleted an answer and given another: so not the sum.
    return counted_on is None or max(fresh, gone) >= SMALLEST_CELL


def total(replies: Sequence[Reply], *, is_multiple: bool) -> list[list[Any]]:
    """Groups as [key, at least so many]; the key is None for all others, and those who skipped it."""
    if not is_multiple:
        single = [next(iter(reply.keys()), None) for reply in replies]
        return [[group.key, down(group.all)] for group in totals(single).groups]
    every = [set(reply.keys()) for reply in replies]
    counts = {key: sum(key in each for each in every) for each in every for key in each}
    shown = [key for key, n in counts.items() if n >= SMALLEST_CELL and len(replies) - n >= SMALLEST_CELL]
    return [[key, down(counts[key])] for key in sorted(shown, key=lambda key: (-counts[key], key))]


def down(count: int) -> int:
    """To a multiple of five."""
    return count // SMALLEST_CELL * SMALLEST_CELL


def is_due(purge_on: date | None, stage: Stage, today: date) -> bool:
    """Whether the day has come on which the answers are deleted."""
    return purge_on is not None and stage in (Stage.ASKING, Stage.CLOSED) and today >= purge_on


def missing(purpose: str, purge_on: date | None, questions: Collection[object], today: date) -> list[str]:
    """What stands in the way of asking: `purpose`, `purge_on`, `questions`."""
    lacks = {"purpose": not purpose, "purge_on": purge_on is None or purge_on <= today, "questions": not questions}
    return [name for name, is_missing in lacks.items() if is_missing]
