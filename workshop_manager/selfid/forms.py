"""What organisers write to ask who comes, and what people answer."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, Form, FormField, HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Optional

from workshop_manager.questions.filling import Boxes
from workshop_manager.selfid import rules
from workshop_manager.selfid.models import SelfIdForm, SelfIdQuestion
from workshop_manager.selfid.rules import DECLINED, LONGEST_OWN, MOST_OPTIONS, MOST_QUESTIONS, Reply
from workshop_manager.selfid.service import Asked, Content
from workshop_manager.web.forms import BaseForm, Line, Text

FREE_ROWS = 2


class AskedForm(Form):
    """One question. Left empty it is left out."""

    text = Line(_l("Question"), most=500)
    options = Text(
        _l("Answers to choose from"),
        most=8000,
        description=_l("One a line. “I prefer not to say” is always there, and nobody has to answer."),
    )
    is_multiple = BooleanField(_l("Several can be chosen"))
    takes_own_words = BooleanField(_l("Or in one’s own words"), default=True)

    @property
    def option_texts(self) -> list[str]:
        return [line for line in (self.options.data or "").splitlines() if line.strip()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each question with answers to choose from."""
        is_valid = bool(super().validate(extra_validators))
        texts = self.option_texts
        if self.text.data and not texts:
            return _wrong(self.options, _("List the answers, one a line."))
        if texts and not self.text.data:
            return _wrong(self.text, _("Write the question to these answers."))
        if len(texts) > MOST_OPTIONS:
            return _wrong(self.options, _("At most %(most)s answers fit.", most=MOST_OPTIONS))
        if len(set(texts)) < len(texts):
            return _wrong(self.options, _("The same answer stands there twice."))
        return is_valid


class WordingForm(BaseForm):
    """What is asked, what for, until when it is kept."""

    version = HiddenField()
    purpose = Text(
        _l("What you ask for"),
        most=2000,
        description=_l("People read it before they answer: why you want to know, and what becomes of the totals."),
    )
    purge_on = DateField(
        _l("Deleted on"),
        [Optional()],
        description=_l("The day is shown when asking. On it every answer is deleted, and only the totals stay."),
    )
    questions = FieldList(FormField(AskedForm), label=_l("Question"), max_entries=MOST_QUESTIONS)

    @property
    def seen_version(self) -> int:
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0

    @property
    def content(self) -> Content:
        return Content(
            self.purpose.data or "",
            self.purge_on.data,
            tuple(
                Asked(
                    one.text.data, tuple(one.option_texts), bool(one.is_multiple.data), bool(one.takes_own_words.data)
                )
                for one in (entry.form for entry in self.questions.entries)
                if one.text.data
            ),
        )


def _wrong(field: Any, sentence: object) -> bool:
    field.errors = [*field.errors, str(sentence)]
    return False


def wording_form(row: SelfIdForm | None) -> WordingForm:
    """Filled with what is stored, and with a few free questions."""
    stored = row.questions if row is not None else []
    form = WordingForm(
        data={
            "version": str(row.version if row is not None else 0),
            "purpose": row.purpose if row is not None else "",
            "purge_on": row.purge_on if row is not None else None,
            "questions": [
                {
                    "text": one.text,
                    "options": "\n".join(one.options),
                    "is_multiple": one.is_multiple,
                    "takes_own_words": one.takes_own_words,
                }
                for one in stored
            ],
        }
    )
    if not form.is_submitted():
        for _row in range(min(FREE_ROWS, MOST_QUESTIONS - len(stored))):
            form.questions.append_entry({"takes_own_words": True})
    return form


# -- answering ----------------------------------------------------------------------------------------------------


class ReplyForm(BaseForm):
    """Answers; `reply_form` adds the questions. Names begin with `selfid`: nothing of it is ever kept elsewhere."""

    asked: Sequence[SelfIdQuestion] = ()

    @property
    def replies(self) -> dict[int, Reply]:
        """What was said, without what was skipped."""
        return {one.id: reply for one in self.asked if not (reply := self.reply(one)).is_empty}

    def reply(self, one: SelfIdQuestion) -> Reply:
        """What was said to this question."""
        data = self[f"selfid_{one.id}"].data
        chosen = [value for value in ([data] if isinstance(data, str) else data or ()) if value]
        own = (self[f"selfid_{one.id}_own"].data or "") if one.takes_own_words else ""
        return Reply(
            tuple(sorted({int(value) for value in chosen if value != DECLINED})), own.strip(), DECLINED in chosen
        )

    def check(self) -> bool:
        """True if it was sent, and each answer can be one."""
        if not self.is_sent:
            return False
        for one in self.asked:
            if not rules.fits(
                self.reply(one), len(one.options), is_multiple=one.is_multiple, takes_own_words=one.takes_own_words
            ):
                _wrong(self[f"selfid_{one.id}"], _("Choose one of these, or write your own words, not both."))
        return not self.errors

    def fields_of(self, one: SelfIdQuestion) -> list[Any]:
        """What the page shows for a question."""
        return [self[name] for name in (f"selfid_{one.id}", f"selfid_{one.id}_own") if name in self]


def reply_form(questions: Sequence[SelfIdQuestion], stored: rules.Replies | None) -> ReplyForm:
    """The form with a field for each question, filled with what this person said before."""
    fields: dict[str, Any] = {"asked": questions}
    values: dict[str, Any] = {}
    for one in questions:
        name = f"selfid_{one.id}"
        choices = [SelectChoice(str(place), text) for place, text in enumerate(one.options)]
        choices.append(SelectChoice(DECLINED, str(_("I prefer not to say"))))
        said = (stored or {}).get(one.id, Reply())
        ticked = [DECLINED] if said.declined else [str(place) for place in said.choices]
        if one.is_multiple:
            fields[name] = Boxes(one.text, choices=choices)
            values[name] = ticked
        else:
            choices.append(SelectChoice("", str(_("Skip this question"))))
            fields[name] = RadioField(one.text, choices=choices, default="")
            values[name] = ticked[0] if ticked else ""
        if one.takes_own_words:
            fields[f"{name}_own"] = Line(str(_("Or in your own words")), most=LONGEST_OWN)
            values[f"{name}_own"] = said.own
    return type("OwnReplyForm", (ReplyForm,), fields)(data=values)  # type: ignore[no-any-return]
