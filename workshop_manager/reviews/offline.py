"""Review forms as plain text files: written to be filled in with any editor, and read back with every doubt named.

    ==*== Review of #12, version 3
    #! Lines like this one explain; they are ignored when the file comes back.
    ==*== score
    5
    ==*== text
    As many lines as you like.
    ==*== End of #12

A line of one's own that begins like a mark is written with a backslash before it. Nothing here knows a database.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workshop_manager.core.text import clean_text
from workshop_manager.reviews.criteria import Answer, Answers, Form, Item
from workshop_manager.reviews.states import Advice, ItemKind

MARK, NOTE, ESCAPE = "==*==", "#!", "\\"
MOST_BYTES = 1_000_000
MOST_REVIEWS = 200
_BEGIN = re.compile(r"==\*==\s*Review of #(\d{1,7}), version (\d{1,7})\s*")
_END = re.compile(r"==\*==\s*End of #(\d{1,7})\s*")
_ITEM = re.compile(r"==\*==\s*([a-z0-9-]{1,40})\s*")


class Unreadable(ValueError):
    """A file that is no text; `str` of it says so."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One review to be written into a file: what is asked, what is answered, what explains it."""

    number: int
    version: int
    title: str
    abstract: str
    form: Form
    answers: Answers


@dataclass(slots=True)
class Typed:
    """One review as it stands in a file: text by key, and the line where it begins."""

    number: int
    version: int
    line: int
    answers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says, and what of it could not be read as (line, sentence)."""

    reviews: tuple[Typed, ...]
    problems: tuple[tuple[int, str], ...]


# -- writing ------------------------------------------------------------------------------------------------------


def write(sheets: Sequence[Sheet], words: dict[str, str], explain: Sequence[str], steps: dict[str, list[str]]) -> str:
    """The file. `words` and `steps` come from whoever knows the reader's language; see `offline_views`."""
    lines = [*_notes(explain), ""]
    for sheet in sheets:
        lines += [f"{MARK} Review of #{sheet.number}, version {sheet.version}", *_notes([sheet.title, ""])]
        lines += [*_notes(sheet.abstract.split("\n")), ""]
        for item in sheet.form.items:
            lines += [f"{MARK} {item.key}", *_notes(_asks(item, words, steps))]
            lines += [*map(_escaped, _stored(sheet.answers.get(item.key)).split("\n")), ""]
        lines += [f"{MARK} End of #{sheet.number}", "", ""]
    return "\n".join(lines)


def _stored(answer: Answer | None) -> str:
    return "" if answer is None else str(answer)


def _notes(lines: Iterable[str]) -> list[str]:
    return [f"{NOTE} {line}".rstrip() for line in lines]


def _asks(item: Item, words: dict[str, str], steps: dict[str, list[str]]) -> list[str]:
    found = [item.label + ("" if item.required else f" ({words['optional']})")]
    found += [line for line in (item.help, words[item.audience.value]) if line]
    if item.words:
        found.append(words["most"].format(most=item.words))
    return found + steps.get(f"{item.key}:{item.label}", [])


def _escaped(line: str) -> str:
    return ESCAPE + line if line.startswith((MARK, NOTE, ESCAPE)) else line


# -- reading ------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> str:
    """The text of a file, from the editors people have: UTF-8 with or without a mark, UTF-16 with one."""
    if len(data) > MOST_BYTES:
        raise Unreadable("This file is larger than 1 MB, so it cannot be a file of reviews from here.")
    try:
        return data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(
            "This is not a plain text file in UTF-8. Save it as plain text, then choose it again."
        ) from None


@dataclass(slots=True)
class _Reader:
    """Goes through a file line by line; `key` is the question it is below, `review` the review it is in."""

    found: list[Typed] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    review: Typed | None = None
    key: str = ""

    def take(self, place: int, line: str) -> None:
        if begin := _BEGIN.fullmatch(line):
            self._begin(Typed(int(begin[1]), int(begin[2]), place))
        elif _END.fullmatch(line):
            self.review, self.key = None, ""
        elif line.startswith(MARK):
            self._mark(place, line)
        elif not line.startswith(NOTE):
            self._words(place, line)

    def _begin(self, review: Typed) -> None:
        self.review, self.key = review, ""
        if any(one.number == review.number for one in self.found):
            self.problems.append((review.line, f"#{review.number} stands in the file twice. Only the first is read."))
        else:
            self.found.append(review)

    def _mark(self, place: int, line: str) -> None:
        item = _ITEM.fullmatch(line)
        if self.review is None or item is None:
            self.problems.append((place, f"This line begins with {MARK} and is none of ours: “{line[:60]}”."))
        else:
            self.key = item[1]
            self.review.answers[self.key] = ""

    def _words(self, place: int, line: str) -> None:
        if self.review is not None and self.key:
            self.review.answers[self.key] += f"{line[1:] if line.startswith(ESCAPE) else line}\n"
        elif line.strip():
            self.problems.append((place, f"This line belongs to no question and is left out: “{line[:60]}”."))


def read(text: str) -> Read:
    """What stands in a file. Whatever lies outside of a review or below no question is named with its line."""
    reader = _Reader()
    for place, line in enumerate(text.splitlines(), 1):
        reader.take(place, line)
    found, problems = reader.found, reader.problems
    if not found:
        problems.append((1, "There is no review in this file."))
    if len(found) > MOST_REVIEWS:
        problems.append((found[MOST_REVIEWS].line, f"Only the first {MOST_REVIEWS} reviews are read."))
    return Read(tuple(found[:MOST_REVIEWS]), tuple(problems[:50]))


def understand(form: Form, typed: dict[str, str]) -> tuple[dict[str, Answer], list[tuple[str, str]]]:
    """Answers to a form from their text, and what could not be understood as (label, sentence)."""
    answers: dict[str, Answer] = {}
    problems: list[tuple[str, str]] = []
    for key, raw in typed.items():
        item, text = form.find(key), clean_text(raw)
        if item is None:
            if text:
                problems.append((key, "The form does not ask this any more, so it is left out."))
            continue
        if not text:
            continue
        answer = _answer(item, text)
        if answer is None:
            problems.append((item.label, _what_fits(item, text)))
        else:
            answers[key] = answer
    return answers, problems


def _answer(item: Item, text: str) -> Answer | None:
    if item.kind is ItemKind.TEXT:
        return text
    first = text.split("\n", 1)[0].strip()
    if item.kind is ItemKind.ADVICE:
        return next((advice.value for advice in Advice if advice.value == first.lower()), None)
    number = re.match(r"\d{1,2}(?!\d)", first)
    if number is not None and int(number[0]) in item.values():
        return int(number[0])
    named = [value for value in item.values() if item.anchor(value).casefold() == first.casefold()]
    return named[0] if len(named) == 1 else None


def _what_fits(item: Item, text: str) -> str:
    if item.kind is ItemKind.ADVICE:
        choices = ", ".join(advice.value for advice in Advice)
        return f"“{text[:40]}” is none of {choices}."
    return f"“{text[:40]}” is no whole number from {item.low} to {item.high}."
