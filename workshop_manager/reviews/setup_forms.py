"""What chairs type when they prepare reviewing."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional

from workshop_manager.core.deadlines import Deadline
from workshop_manager.reviews import criteria, words
from workshop_manager.reviews.criteria import BadSteps, Form, Item
from workshop_manager.reviews.models import ReviewPhase
from workshop_manager.reviews.setting_up import PhaseContent
from workshop_manager.reviews.states import Audience, ItemKind, SeeOthers
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, required


def _number(label: Any, low: int, high: int, hint: Any) -> IntegerField:
    message = _l("Write a whole number from %(low)s to %(high)s.", low=low, high=high)
    return IntegerField(
        label,
        [Optional(), NumberRange(low, high, message)],
        description=hint,
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": low, "max": high},
    )


class ItemForm(BaseForm):
    """One question of a review form. Which fields count depends on its kind."""

    seen = HiddenField(default="0")
    kind = SelectField(
        _l("What kind of question"),
        choices=[SelectChoice(k.value, w) for k, w in words.KINDS.items() if k is not ItemKind.ADVICE],
    )
    label = Line(_l("Question"), [required(_l("Write the question."))], most=200)
    help = Text(_l("Explanation"), most=1_000)
    audience = RadioField(
        _l("Who reads the answers"),
        choices=[SelectChoice(a.value, w) for a, w in words.AUDIENCES.items()],
        default=Audience.REVIEWERS.value,
    )
    required_ = BooleanField(_l("It must be answered before a review can be handed in"), default=True)
    weight = _number(
        _l("Weight"), 0, criteria.MOST_WEIGHT, _l("How much a scale counts in the average; 0 if it does not.")
    )
    steps = Text(
        _l("Steps or choices"),
        most=4_000,
        description=_l(
            "A scale: a line for each step, its number first, such as 3: clear throughout. "
            "A choice: a line for each choice. Empty for a text."
        ),
    )
    words = _number(_l("Most words"), 1, 10_000, _l("For a text; empty for no limit."))

    def item(self, form: Form, before: Item | None) -> Item | None:
        """The item as typed; None with a sentence beside the field that is wrong."""
        kind = before.kind if before else ItemKind(self.kind.data)
        low, steps = 1, before.steps if before else ()
        try:
            if kind is ItemKind.SCALE:
                low, steps = criteria.read_steps(self.steps.data or "")
            elif kind is ItemKind.CHOICE:
                steps = criteria.read_choices(self.steps.data or "")
        except BadSteps as problem:
            self.steps.errors = [str(problem)]
            return None
        return Item(
            key=before.key if before else form.free_key(self.label.data or ""),
            kind=kind,
            label=self.label.data or "",
            help=self.help.data or "",
            audience=Audience(self.audience.data),
            required=bool(self.required_.data),
            weight=self.weight.data or 0,
            low=low,
            steps=steps,
            words=(self.words.data or 0) if kind is ItemKind.TEXT else 0,
        )


def item_form(item: Item | None, seen: int) -> ItemForm:
    """The form with what is stored."""
    if item is None:
        return ItemForm(seen=str(seen))
    steps = "\n".join(item.steps) if item.kind is ItemKind.CHOICE else criteria.steps_text(item)
    form = ItemForm(
        seen=str(seen),
        kind=item.kind.value,
        label=item.label,
        help=item.help,
        audience=item.audience.value,
        required_=item.required,
        weight=item.weight,
        steps=steps if item.steps else "",
        words=item.words or None,
    )
    if item.kind is ItemKind.ADVICE:
        form.kind.choices = [SelectChoice(item.kind.value, words.KINDS[item.kind])]
    return form


class PhaseForm(BaseForm):
    """A phase: when it starts, and what it lets people do."""

    version = HiddenField(default="0")
    name = Line(_l("Name"), [required(_l("Give it a name, such as Discussion."))], most=100)
    day = DateField(_l("Starts on"), [required(_l("Say on which day."))])
    time = TimeField(_l("Time"), [required(_l("Say at what time, such as 23:59."))])
    zone = ZoneField(
        _l("Zone"),
        [required(_l("Write AoE, or a place such as Africa/Accra."))],
        description=_l("AoE means anywhere on Earth."),
    )
    may_write = BooleanField(_l("Reviews are written and changed"))
    see_others = RadioField(
        _l("Reviewers read what others wrote of the same work"),
        choices=[SelectChoice(s.value, w) for s, w in words.SEE_OTHERS.items()],
        default=SeeOthers.AFTER_OWN.value,
    )
    shows_names = BooleanField(
        _l("Reviewers see each other’s names"),
        description=_l("They are told so before they write. Authors never see names."),
    )
    may_discuss = BooleanField(_l("Reviewers discuss"))
    authors_read = BooleanField(
        _l("Authors read their reviews"),
        description=_l("Without what is for reviewers or chairs only. Nothing of a decision shows."),
    )
    authors_respond = BooleanField(_l("Authors respond"))
    starts: Deadline | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        self.starts = read_deadline(self.day, self.time, self.zone)
        return self.starts is not None

    def content(self) -> PhaseContent:
        """What was typed, for the service."""
        if self.starts is None:
            raise ValueError("ask is_sent first")
        return PhaseContent(
            self.name.data or "",
            self.starts,
            bool(self.may_write.data),
            SeeOthers(self.see_others.data),
            bool(self.shows_names.data),
            bool(self.may_discuss.data),
            bool(self.authors_read.data),
            bool(self.authors_respond.data),
        )


def phase_form(row: ReviewPhase | None, zone: str) -> PhaseForm:
    """The form with what is stored."""
    if row is None:
        return PhaseForm(zone=zone)
    local = Deadline(row.starts_at, row.zone).local
    return PhaseForm(
        version=str(row.version),
        name=row.name,
        day=local.date(),
        time=local.time(),
        zone=row.zone,
        may_write=row.may_write,
        see_others=row.see_others.value,
        shows_names=row.shows_names,
        may_discuss=row.may_discuss,
        authors_read=row.authors_read,
        authors_respond=row.authors_respond,
    )


class SettingsForm(BaseForm):
    """Limits of responses, and who reads meta-reviews."""

    version = HiddenField(default="1")
    response_words = IntegerField(
        _l("Most words of a response"),
        [
            required(_l("Write a whole number from 50 to 5000.")),
            NumberRange(50, 5000, _l("Write a whole number from 50 to 5000.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    response_pdf = BooleanField(_l("Authors may send a revised PDF with their response"))
    meta_for_authors = BooleanField(_l("Authors read the meta-review once the decision is out"))


def version_of(typed: object) -> int:
    """The version a form started from; what is no number is none."""
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def refuse(form: BaseForm, sentence: str) -> None:
    """Say on top of a form why nothing of it was saved."""
    form.form_errors.append(str(_("%(sentence)s Nothing was saved.", sentence=sentence)))
