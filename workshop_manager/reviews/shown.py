"""A review as its readers get it: every page, mail, file and panel that shows one takes it from here.

`lines_of` asks `criteria.read_by`, so that what is for the chairs only cannot leave the desk by another way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from workshop_manager.reviews import criteria, words
from workshop_manager.reviews.criteria import Answer, Form
from workshop_manager.reviews.models import MetaReview, Review, ReviewForm
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.states import Audience, ItemKind, ReviewState


@dataclass(frozen=True, slots=True)
class Line:
    """One answer: what was asked, and what was answered. `is_long` for a text that stands by itself."""

    key: str
    label: str
    text: str
    is_long: bool
    for_chairs: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One review as one reader gets it. `who` calls its writer by number, `name` by name where that may be known."""

    who: str
    name: str | None
    headline: str
    lines: tuple[Line, ...]
    is_own: bool = False


def form_of(row: ReviewForm | None) -> Form:
    """What a version asks; what every form begins as if there is none."""
    return criteria.from_json(row.content) if row is not None and row.content else words.usual_form()


def answers_of(review: Review) -> dict[str, Answer]:
    """Everything a review answers, by key."""
    own: dict[str, Any] = {
        "score": review.score,
        "advice": review.advice.value if review.advice else None,
        "confidence": review.confidence,
        "text": review.text,
        "remark": review.remark,
    }
    return criteria.kept_answers({**(review.answers or {}), **own})


def lines_of(review: Review, reader: Audience) -> tuple[Line, ...]:
    """The answers this reader may read, as they were asked for. Needs `form`."""
    form, answers = form_of(review.form), answers_of(review)
    found = []
    for item in criteria.read_by(form, reader):
        if criteria.is_answered(item, answers):
            text, is_long = words.answer_text(item, answers[item.key]), item.kind is ItemKind.TEXT
            found.append(Line(item.key, item.label, text, is_long, item.audience is Audience.CHAIRS))
    return tuple(found)


_HEADLINE = ("score", "advice")


def shown(review: Review, reader: Audience, who: str, name: str | None, *, is_own: bool = False) -> Shown:
    """One review. Overall score and advice make its headline; everything else follows in the form's order."""
    lines = lines_of(review, reader)
    heads = {line.key: line.text for line in lines if line.key in _HEADLINE}
    rest = tuple(line for line in lines if line.key not in _HEADLINE)
    return Shown(who, name, " · ".join(heads[key] for key in _HEADLINE if key in heads), rest, is_own)


Numbered = Sequence[tuple[Review, int | None]]
"""Reviews with the numbers by which their writers are called; None for one that is older than such numbers."""


def numbered(reviews: Numbered) -> list[tuple[int, Review]]:
    """Each review with the number of its writer, in the order of numbers; who has none gets the next that is free."""
    taken = {number for _review, number in reviews if number is not None}
    free = (n for n in range(1, len(reviews) + len(taken) + 2) if n not in taken)
    by_age = sorted(reviews, key=lambda pair: pair[0].id)
    return sorted(((number or next(free), review) for review, number in by_age), key=lambda pair: pair[0])


def for_reviewers(reviews: Numbered, phase: Phase, person_id: int) -> list[Shown]:
    """The reviews of one work for a fellow reviewer, by number; names only where phase or open review show them."""
    found = []
    for number, review in numbered(reviews):
        is_own = review.reviewer_id == person_id
        name = words.signature(review)
        if phase.shows_names and review.reviewer is not None:
            name = review.reviewer.name
        if review.state is ReviewState.SUBMITTED:
            found.append(shown(review, Audience.REVIEWERS, words.handle_name(number), name, is_own=is_own))
    return found


def for_chairs(reviews: Numbered) -> list[Shown]:
    """The reviews of one work for whoever decides on it, with names and everything that was confided."""
    return [
        shown(
            review,
            Audience.CHAIRS,
            words.handle_name(number),
            review.reviewer.name if review.reviewer else str(_("Somebody who left")),
        )
        for number, review in numbered(reviews)
        if review.state is ReviewState.SUBMITTED
    ]


@dataclass(frozen=True, slots=True)
class InSum:
    """The meta-review as authors read it."""

    advice: str
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that the authors of one work read of its reviewing: page, panel and mail show this and no more."""

    reviews: tuple[Shown, ...] = ()
    in_sum: InSum | None = None


def for_authors(reviews: Sequence[Review], meta: MetaReview | None = None) -> Given:
    """The reviews of one work for its authors: without what was confided, and without names unless they were signed.

    They are counted in the order they came in: by no number that others know their writers by. `meta`: the meta-review,
    where it was handed in and the organisers let authors read it.
    """
    found = tuple(
        shown(review, Audience.AUTHORS, str(_("Review %(number)s", number=place)), words.signature(review))
        for place, review in enumerate(reviews, 1)
    )
    if meta is None:
        return Given(found)
    return Given(found, InSum(str(words.ADVICE[meta.advice]) if meta.advice else "", meta.text))
