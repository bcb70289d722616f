"""What is typed on the pages of this package."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Optional

from workshop_manager.reviews.models import Review
from workshop_manager.reviews.service import ReviewContent
from workshop_manager.reviews.states import Advice
from workshop_manager.reviews.words import ADVICE, CONFIDENCES, SCORES
from workshop_manager.web.forms import BaseForm, Text

_MISSING = {
    "score": _l("Give a score."),
    "advice": _l("Say what you would make of it."),
    "confidence": _l("Say how well you know the area."),
    "text": _l("Write a few sentences for the authors: what is good, what would help."),
}


class ReviewForm(BaseForm):
    """A review. Everything is optional in a draft; handing in says what is missing."""

    version = HiddenField(default="0")
    score = RadioField(_l("Overall"), [Optional()], choices=[SelectChoice(str(k), v) for k, v in SCORES.items()])
    advice = RadioField(
        _l("What you would make of it"), [Optional()], choices=[SelectChoice(a.value, w) for a, w in ADVICE.items()]
    )
    confidence = RadioField(
        _l("How well you know the area"),
        [Optional()],
        choices=[SelectChoice(str(k), v) for k, v in CONFIDENCES.items()],
    )
    text = Text(
        _l("For the authors"),
        most=20_000,
        description=_l("They read this with the decision. Say what is good, and what would make it better."),
    )
    remark = Text(_l("For the chairs only"), most=5_000, description=_l("The authors never see this. May stay empty."))

    def content(self) -> ReviewContent:
        """What was typed, for the service."""
        return ReviewContent(
            score=int(self.score.data) if self.score.data else None,
            advice=Advice(self.advice.data) if self.advice.data else None,
            confidence=int(self.confidence.data) if self.confidence.data else None,
            text=self.text.data or "",
            remark=self.remark.data or "",
        )

    def say_missing(self, fields: list[str]) -> None:
        """Put a sentence beside each field that is missing."""
        for name in fields:
            field = self[name]
            field.errors = [*field.errors, str(_MISSING[name])]

    @property
    def seen_version(self) -> int:
        """The version the form started from; what is no number starts from none."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def review_form(review: Review | None) -> ReviewForm:
    """The form with what is stored."""
    if review is None:
        return ReviewForm()
    return ReviewForm(
        version=str(review.version),
        score=str(review.score) if review.score else None,
        advice=review.advice.value if review.advice else None,
        confidence=str(review.confidence) if review.confidence else None,
        text=review.text,
        remark=review.remark,
    )
