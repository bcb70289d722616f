"""What is typed on the pages of the mentored round."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.calls.forms import WhenForm
from workshop_manager.core.deadlines import Deadline
from workshop_manager.mentoring.models import Reading, Round
from workshop_manager.mentoring.rules import MOST_MENTORED, MOST_REMARK, MOST_THANKS
from workshop_manager.mentoring.service import FeedbackContent, RoundContent
from workshop_manager.questions import filling
from workshop_manager.questions import words as question_words
from workshop_manager.questions.content import Answers, Sheet
from workshop_manager.questions.rules import Gap
from workshop_manager.web.forms import BaseForm, Text, required


def number_of(text: str | None) -> int:
    """A small number in a hidden field; 0 for what makes no sense."""
    typed = text or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class RoundForm(BaseForm):
    """The round as organisers set it up."""

    version = HiddenField()
    is_on = BooleanField(_l("Authors can take part"))
    join = FormField(WhenForm, label=_l("Authors join until"))
    feedback = FormField(WhenForm, label=_l("Feedback is due"))
    shows_names = BooleanField(_l("Partners learn each other’s names"))
    intro = Text(_l("Introduction for authors"), most=10_000)

    @property
    def started_from(self) -> int:
        """The version this form was filled from."""
        return number_of(self.version.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Feedback cannot be due before anybody is matched."""
        valid = bool(super().validate(extra_validators))
        join, feedback = self.deadlines
        if valid and join is not None and feedback is not None and feedback.at <= join.at:
            self.feedback.form.day.errors = [str(_("Feedback is due after authors have joined. Choose a later day."))]
            return False
        return valid

    @property
    def deadlines(self) -> tuple[Deadline | None, Deadline | None]:
        """Until when to join, and when feedback is due."""
        return self.join.form.deadline, self.feedback.form.deadline

    def content(self) -> RoundContent:
        """As plain values."""
        join, feedback = self.deadlines
        return RoundContent(bool(self.is_on.data), bool(self.shows_names.data), self.intro.data or "", join, feedback)


def round_form(row: Round | None, join: Deadline | None, feedback: Deadline | None) -> RoundForm:
    """The form, filled with how things stand unless something was sent."""
    return RoundForm(
        data={
            "version": str(row.version if row is not None else 0),
            "is_on": row is None or row.is_on,
            "shows_names": row is None or row.shows_names,
            "intro": row.intro if row is not None else "",
            "join": WhenForm.values(join),
            "feedback": WhenForm.values(feedback),
        }
    )


class JoinForm(BaseForm):
    """The consent of an author who takes part."""

    agrees = BooleanField(
        _l("I agree: somebody reads this draft, and I read somebody’s and say what would help"),
        [required(_l("Tick this to take part. Without it nobody sees the draft."))],
    )


class ThanksForm(BaseForm):
    """A thank-you to whoever gave feedback."""

    is_helpful = BooleanField(_l("It helped"), default=True)
    words = Text(_l("A word to whoever wrote it"), most=MOST_THANKS)


class VolunteerForm(BaseForm):
    """How many drafts somebody of the committee would read."""

    most = RadioField(
        _l("How many drafts you would read"),
        [required(_l("Choose how many."))],
        choices=[SelectChoice(str(number), str(number)) for number in range(MOST_MENTORED + 1)],
    )


class FeedbackForm(BaseForm):
    """Feedback about a draft; `feedback_form` adds the questions of the edition."""

    version = HiddenField()
    remark = Text(_l("Anything else, for the organisers only"), most=MOST_REMARK)

    @property
    def started_from(self) -> int:
        """The version this form was filled from."""
        return number_of(self.version.data)

    def content(self, sheet: Sheet, stored: Answers) -> FeedbackContent:
        """As plain values."""
        return FeedbackContent(filling.typed_answers(self, sheet, stored), self.remark.data or "")

    def say(self, gaps: tuple[Gap, ...]) -> None:
        """Put each sentence beside its question."""
        for gap in gaps:
            field = self[gap.field.partition("-")[0]]
            field.errors = [*field.errors, question_words.gap_text(gap)]


def feedback_form(sheet: Sheet, now: datetime, reading: Reading, answers: Mapping[int, Any]) -> FeedbackForm:
    """The form, filled with what is stored unless something was sent."""
    made = type("EditionFeedbackForm", (FeedbackForm,), filling.fields_of(sheet, now))
    hidden = {"version": str(reading.version), "remark": reading.remark or ""}
    return cast(FeedbackForm, made(data=filling.data_of(sheet, answers, {}) | hidden))
