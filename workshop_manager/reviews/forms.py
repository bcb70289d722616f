"""What reviewers type, in whatever form they are asked."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Optional

from workshop_manager.reviews import words
from workshop_manager.reviews.criteria import OWN_COLUMNS, Answer, Answers, Form, Item
from workshop_manager.reviews.service import ReviewContent
from workshop_manager.reviews.states import ItemKind
from workshop_manager.reviews.words import ADVICE, DECLINE_REASONS
from workshop_manager.web.forms import BaseForm, Line, Text, required

LONGEST = {"text": 20_000, "remark": 5_000}
_MISSING = {
    "score": _l("Give a score."),
    "advice": _l("Say what you would make of it."),
    "confidence": _l("Say how well you know the area."),
    "text": _l("Write a few sentences for the authors: what is good, what would help."),
}
_MISSING_KINDS = {
    ItemKind.SCALE: _l("Choose a step."),
    ItemKind.CHOICE: _l("Choose one."),
    ItemKind.TEXT: _l("Write a few words."),
    ItemKind.ADVICE: _l("Say what you would make of it."),
}


def field_name(key: str) -> str:
    """The name of an item's field: its key where a review has a column for it, else one that no other field has."""
    return key if key in OWN_COLUMNS else f"q-{key}"


def missing_text(item: Item) -> str:
    """What to do about an item that must be answered and is not."""
    return str(_MISSING.get(item.key) or _MISSING_KINDS[item.kind])


def _field(item: Item) -> Any:
    if item.kind is ItemKind.TEXT:
        return Text(item.label, most=LONGEST.get(item.key, 10_000), description=item.help)
    if item.kind is ItemKind.ADVICE:
        choices = [SelectChoice(a.value, w) for a, w in ADVICE.items()]
    else:
        values = item.values() if item.kind is ItemKind.CHOICE else reversed(item.values())
        choices = [SelectChoice(str(value), words.step_text(item, value)) for value in values]
    return RadioField(item.label, [Optional()], choices=choices, description=item.help)


class ReviewFormBase(BaseForm):
    """A review. Everything is optional in a draft; handing in says what is missing."""

    version = HiddenField(default="0")
    asked: Form

    def answers(self) -> dict[str, Answer]:
        """What was typed, by key; what was left empty is left out."""
        found: dict[str, Answer] = {}
        for item in self.asked.items:
            value = self[field_name(item.key)].data
            if item.kind is ItemKind.TEXT:
                found[item.key] = value or ""
            elif value:
                found[item.key] = value if item.kind is ItemKind.ADVICE else int(value)
        return found

    def content(self) -> ReviewContent:
        """What was typed, for the service."""
        return ReviewContent.of(self.answers())

    def rows(self) -> list[tuple[Item, Field]]:
        """Items with their fields, in order."""
        return [(item, self[field_name(item.key)]) for item in self.asked.items]

    def say_missing(self, keys: list[str]) -> None:
        """Put a sentence beside each field that is missing."""
        for item in self.asked.items:
            if item.key in keys:
                field = self[field_name(item.key)]
                field.errors = [*field.errors, missing_text(item)]

    def say_too_long(self, counts: dict[str, int]) -> None:
        """Put a sentence beside each text that has too many words."""
        for item in self.asked.items:
            if item.key in counts:
                field = self[field_name(item.key)]
                field.errors = [*field.errors, too_long_text(item, counts[item.key])]

    @property
    def seen_version(self) -> int:
        """The version the form started from; what is no number starts from none."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def too_long_text(item: Item, count: int) -> str:
    """`121 words. Take out 21.`"""
    return str(_("%(count)s words. Take out %(over)s.", count=count, over=count - item.words))


def review_form(asked: Form, answers: Answers | None = None, version: int = 0) -> ReviewFormBase:
    """The form that asks this, with what is stored."""
    fields = {field_name(item.key): _field(item) for item in asked.items}
    made = type("ReviewForm", (ReviewFormBase,), fields | {"asked": asked})
    stored = {field_name(key): str(value) for key, value in (answers or {}).items() if asked.find(key)}
    form = made(version=str(version), data=stored)
    if not isinstance(form, ReviewFormBase):
        raise TypeError("a form of reviews is one")
    return form


class DeclineForm(BaseForm):
    """Giving an assignment back."""

    reason = SelectField(
        _l("Why"),
        [required(_l("Choose what fits best."))],
        choices=[SelectChoice("", _l("Choose…")), *(SelectChoice(r.value, w) for r, w in DECLINE_REASONS.items())],
    )
    suggestion = Line(
        _l("Who could read it instead, or anything the chairs should know"),
        most=500,
        description=_l("Only the chairs read this."),
    )
