"""What a review form asks, as plain values: items with anchored scales and weights, and what answers to them amount to.

A form is a list of items. Five keys have columns of their own in a review, since ranking and decisions read them:
`score`, `advice`, `confidence`, `text` and `remark`; every other item's answer is kept by its key. Forms are versioned:
an answer is always read with the version it was given to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from workshop_manager.core.text import clean_line, count_words
from workshop_manager.reviews.states import Audience, ItemKind

LOW, HIGH = 1, 6
"""Whatever its own steps are, a weighted average is told on this scale: that of the overall score."""
OWN_COLUMNS = ("score", "advice", "confidence", "text", "remark")
FIXED = frozenset({"score", "text"})
"""Without these there is nothing to rank by, and nothing to tell the authors: they cannot be taken away."""
MOST_ITEMS = 25
MOST_STEPS = 10
MOST_WEIGHT = 100
_STEP = re.compile(r"\s*(\d{1,2})\s*[:.)–-]\s*(.*)")

Answer = int | str
Answers = Mapping[str, Answer]


class BadSteps(ValueError):
    """Steps of a scale that cannot be read; says so in a sentence."""


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a form. `steps` anchor a scale from `low` upwards, or are the choices, counted from 1."""

    key: str
    kind: ItemKind
    label: str
    help: str = ""
    audience: Audience = Audience.REVIEWERS
    required: bool = True
    weight: int = 0
    low: int = 1
    steps: tuple[str, ...] = ()
    words: int = 0
    """Most words of a text; 0 for no limit of its own."""

    @property
    def high(self) -> int:
        """The highest step."""
        return self.low + len(self.steps) - 1

    def values(self) -> range:
        """The steps as numbers."""
        return range(self.low, self.high + 1)

    def anchor(self, value: int) -> str:
        """What stands at that step."""
        return self.steps[value - self.low] if value in self.values() else ""


@dataclass(frozen=True, slots=True)
class Form:
    """Everything a form asks, in order, and what it says first."""

    items: tuple[Item, ...]
    intro: str = ""

    def find(self, key: str) -> Item | None:
        """The item of that key."""
        return next((item for item in self.items if item.key == key), None)

    @property
    def counted(self) -> tuple[Item, ...]:
        """The scales that make up the weighted average."""
        return tuple(item for item in self.items if item.kind is ItemKind.SCALE and item.weight > 0)

    def with_item(self, item: Item, instead_of: str | None = None) -> "Form":
        """The same form with this item in the place of another, or at the end."""
        if instead_of is None:
            return replace(self, items=(*self.items, item))
        return replace(self, items=tuple(item if one.key == instead_of else one for one in self.items))

    def without(self, key: str) -> "Form":
        """The same form without that item."""
        return replace(self, items=tuple(item for item in self.items if item.key != key))

    def moved(self, key: str, step: int) -> "Form":
        """The same form with that item one place up (-1) or down (+1); at an end it stays."""
        rows = list(self.items)
        place = next((n for n, item in enumerate(rows) if item.key == key), None)
        if place is not None and 0 <= place + step < len(rows):
            rows[place], rows[place + step] = rows[place + step], rows[place]
        return replace(self, items=tuple(rows))

    def free_key(self, label: str) -> str:
        """A key for a new item, made of its label, that no item has yet."""
        words = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:24].strip("-") or "question"
        taken = {item.key for item in self.items} | set(OWN_COLUMNS)
        return next(key for n in range(1, len(taken) + 2) if (key := words if n == 1 else f"{words}-{n}") not in taken)


def to_json(form: Form) -> dict[str, Any]:
    """As it is stored."""
    items = [
        asdict(i) | {"kind": i.kind.value, "audience": i.audience.value, "steps": list(i.steps)} for i in form.items
    ]
    return {"intro": form.intro, "items": items}


def from_json(stored: Mapping[str, Any]) -> Form:
    """As it was stored."""
    return Form(
        tuple(
            Item(
                **row
                | {"kind": ItemKind(row["kind"]), "audience": Audience(row["audience"]), "steps": tuple(row["steps"])}
            )
            for row in stored["items"]
        ),
        stored["intro"],
    )


def weighted(form: Form, answers: Answers) -> float | None:
    """The weighted average of the scales that were answered, on the scale of the overall score; None without any.

    A scale of other steps is stretched to 1…6 first, so that a 3 of 3 counts like a 6 of 6.
    """
    total = weights = 0.0
    for item in form.counted:
        value = answers.get(item.key)
        if isinstance(value, int) and value in item.values():
            share = (value - item.low) / (item.high - item.low) if item.high > item.low else 1.0
            total += item.weight * (LOW + share * (HIGH - LOW))
            weights += item.weight
    return round(total / weights, 4) if weights else None


def is_answered(item: Item, answers: Answers) -> bool:
    """True if that item has an answer it can have."""
    value = answers.get(item.key)
    if item.kind in (ItemKind.SCALE, ItemKind.CHOICE):
        return isinstance(value, int) and value in item.values()
    return isinstance(value, str) and bool(value.strip())


def missing(form: Form, answers: Answers) -> list[str]:
    """The keys of what must be answered and is not, in the order of the form."""
    return [item.key for item in form.items if item.required and not is_answered(item, answers)]


def too_long(form: Form, answers: Answers) -> dict[str, int]:
    """The words of each text that has more of them than its limit."""
    found = {}
    for item in form.items:
        if item.kind is ItemKind.TEXT and item.words:
            count = count_words(str(answers.get(item.key) or ""))
            if count > item.words:
                found[item.key] = count
    return found


_READS = {
    Audience.AUTHORS: frozenset({Audience.AUTHORS}),
    Audience.REVIEWERS: frozenset({Audience.AUTHORS, Audience.REVIEWERS}),
    Audience.CHAIRS: frozenset(Audience),
}


def read_by(form: Form, reader: Audience) -> tuple[Item, ...]:
    """The items whose answers this reader may read: the one filter through which reviews leave the desk."""
    return tuple(item for item in form.items if item.audience in _READS[reader])


def kept_answers(stored: Mapping[str, Any]) -> dict[str, Answer]:
    """Answers as they were stored, without anything that is no answer."""
    return {k: v for k, v in stored.items() if isinstance(v, int | str) and not isinstance(v, bool)}


def read_steps(text: str) -> tuple[int, tuple[str, ...]]:
    """The lowest step and the anchors of all, from lines such as `3: clear throughout`, in either direction."""
    found: dict[int, str] = {}
    for line in filter(str.strip, text.splitlines()):
        match = _STEP.fullmatch(line)
        if match is None:
            raise BadSteps("Begin each line with its number and a colon, such as 3: clear throughout.")
        if (number := int(match[1])) in found:
            raise BadSteps(f"{number} stands there twice.")
        found[number] = clean_line(match[2])[:200]
    low = min(found, default=0)
    if not 2 <= len(found) <= MOST_STEPS:
        raise BadSteps(f"A scale has from 2 to {MOST_STEPS} steps, each on a line of its own.")
    if sorted(found) != list(range(low, low + len(found))):
        raise BadSteps("A number between the steps is missing.")
    return low, tuple(found[number] for number in sorted(found))


def steps_text(item: Item) -> str:
    """The steps as lines to be edited, the highest first."""
    return "\n".join(f"{value}: {item.anchor(value)}".rstrip() for value in reversed(item.values()))


def read_choices(text: str) -> tuple[str, ...]:
    """The choices of a question, a line each."""
    found = tuple(dict.fromkeys(clean_line(line)[:200] for line in text.splitlines() if line.strip()))
    if not 2 <= len(found) <= MOST_STEPS:
        raise BadSteps(f"Write from 2 to {MOST_STEPS} choices, each on a line of its own.")
    return found


def keys_of(forms: Iterable[Form]) -> frozenset[str]:
    """Every key that any of these forms asks."""
    return frozenset(item.key for form in forms for item in form.items)
