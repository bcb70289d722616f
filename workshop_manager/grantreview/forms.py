"""What readers, organisers and applicants type, turned into plain values."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectMultipleField, TimeField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.money import NotMoney, parse_amount
from workshop_manager.funds.forms import plain_amount
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grantreview.rules import MOST_AXES, READERS, WEIGHTS, Axis
from workshop_manager.grants import words
from workshop_manager.grants.models import Application, GrantSettings
from workshop_manager.grants.states import CostKind
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, required

_FIGURES = {"inputmode": "decimal", "autocomplete": "off"}


def refuse(form: BaseForm, refusal: FieldConflict) -> None:
    """Put a refusal beside the field it is about."""
    field = form[refusal.field]
    field.errors = [*field.errors, refusal.sentence]


# -- scoring --------------------------------------------------------------------------------------------------------


class ScoreForm(BaseForm):
    """Points and a remark; `score_form` adds a field for each axis."""

    remark = Text(_l("Remark for the committee"), most=4_000)

    def points(self, axes: Sequence[Axis]) -> dict[str, int]:
        """What was chosen on each axis."""
        return {axis.key: int(self[f"axis_{axis.key}"].data) for axis in axes}


def score_form(axes: Sequence[Axis], points: dict[str, int], remark: str) -> Any:
    """The form for these axes, filled with what was given."""
    fields = {
        f"axis_{axis.key}": RadioField(axis.name, [required(str(_("Choose from 1 to %(top)s.", top=axis.top)))])
        for axis in axes
    }
    data: dict[str, Any] = {f"axis_{key}": str(given) for key, given in points.items()}
    form = type("_Score", (ScoreForm,), fields)(remark=remark, **data)
    for axis in axes:
        form[f"axis_{axis.key}"].choices = [SelectChoice(str(point), str(point)) for point in range(1, axis.top + 1)]
    return form


# -- setting up -----------------------------------------------------------------------------------------------------


class RubricForm(BaseForm):
    """The axes; `rubric_form` adds the fields of each."""

    def axes(self) -> list[Axis] | None:
        """What was typed; None with the reasons beside the fields."""
        found = []
        for place in range(MOST_AXES):
            name, weight, lines = (self[f"{part}_{place}"] for part in ("name", "weight", "anchors"))
            anchors = tuple(one.strip() for one in (lines.data or "").splitlines() if one.strip())
            if not name.data and not anchors:
                continue
            if not name.data:
                name.errors = [*name.errors, str(_("Give the axis a name."))]
            if not 2 <= len(anchors) <= 10:
                lines.errors = [*lines.errors, str(_("Two to ten sentences, a line each."))]
            if weight.data not in WEIGHTS:
                weight.errors = [*weight.errors, str(_("A whole number from 1 to 10."))]
            found.append(Axis("", name.data or "", weight.data or 0, anchors))
        return None if self.errors else found


def _rubric_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for place in range(MOST_AXES):
        fields[f"name_{place}"] = Line(_l("Name"), most=100)
        fields[f"weight_{place}"] = IntegerField(_l("Weight"), default=1)
        fields[f"anchors_{place}"] = Text(_l("A sentence for each point"), most=4_000)
    return fields


_FullRubricForm = type("_FullRubricForm", (RubricForm,), _rubric_fields())


def rubric_form(axes: Sequence[Axis]) -> Any:
    """The form, filled with the rubric that counts."""
    data: dict[str, Any] = {}
    for place, axis in enumerate(axes):
        data |= {f"name_{place}": axis.name, f"weight_{place}": axis.weight}
        data[f"anchors_{place}"] = "\n".join(axis.anchors)
    return _FullRubricForm(**data)


class SettingsForm(BaseForm):
    """How many read, and what they learn."""

    readers = RadioField(
        _l("Readers for each application"),
        [required(_l("Say how many."))],
        choices=[SelectChoice(str(number), str(number)) for number in READERS],
    )
    is_blind = BooleanField(_l("Readers do not learn who asks until the answer is out"))

    def __init__(self, settings: GrantSettings) -> None:
        super().__init__(readers=str(settings.readers or 2), is_blind=bool(settings.is_blind))


class LiftForm(BaseForm):
    """Why something is no conflict."""

    reason = Line(_l("Why not"), [required(_l("Say why it is no conflict."))], most=500)


# -- talking --------------------------------------------------------------------------------------------------------


class MessageForm(BaseForm):
    """Something to say; at the desk to whom."""

    text = Text(_l("What you want to say"), [required(_l("Write something first."))], most=6_000)
    to = RadioField(
        _l("Who reads it"),
        choices=[
            SelectChoice("committee", _l("The committee only")),
            SelectChoice("applicant", _l("The applicant too, by mail")),
        ],
        default="committee",
    )


class ReplyForm(BaseForm):
    """What an applicant writes."""

    text = Text(_l("What you want to say"), [required(_l("Write something first."))], most=6_000)


class MoreForm(BaseForm):
    """Why the offer does not suffice."""

    text = Text(_l("What is missing, and why"), [required(_l("Say what is missing, and why."))], most=6_000)


class AskForm(BaseForm):
    """What the committee needs to know."""

    needed = Text(_l("What you need to know"), [required(_l("Say what you need to know."))], most=6_000)
    lines = SelectMultipleField(
        _l("Costs they may change for it"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("After the deadline as well. Nothing else can be changed."),
    )
    day = DateField(_l("Answer needed by"), [required(_l("Say until when."))])
    time = TimeField(_l("At"))
    zone = ZoneField(_l("Time zone"), [required(_l("Say in which time zone."))])

    def kinds(self) -> list[CostKind]:
        """Which costs may be changed."""
        return [CostKind(value) for value in self.lines.data or []]

    def due(self) -> Deadline | None:
        """Until when."""
        return read_deadline(self.day, self.time, self.zone)


def ask_form(found: Application, now: datetime, zone: str) -> AskForm:
    """A week to answer."""
    form = AskForm(day=(now.astimezone(ZoneInfo(zone)) + timedelta(days=7)).date(), time=time(23, 59), zone=zone)
    form.lines.choices = [SelectChoice(line.kind.value, words.kind_name(line.kind)) for line in found.lines]
    return form


class AnswerForm(BaseForm):
    """An answer; `answer_form` adds an amount for each cost that was asked about."""

    text = Text(_l("Your answer"), [required(_l("Write something first."))], most=6_000)

    def amounts(self, found: Application, kinds: Sequence[str]) -> dict[CostKind, int] | None:
        """Minor units by kind of cost; None with the reason beside each field that holds no amount."""
        given: dict[CostKind, int] = {}
        for kind in kinds:
            field = self[f"amount_{kind}"]
            try:
                given[CostKind(kind)] = parse_amount(field.data or "0", found.currency)
            except NotMoney as error:
                field.errors = [*field.errors, str(error)]
        return None if self.errors else given


def answer_form(found: Application, kinds: Sequence[str], prefix: str) -> Any:
    """The form to one question; `prefix` keeps the ids of several on one page apart."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for line in found.lines:
        if line.kind.value in kinds:
            fields[f"amount_{line.kind.value}"] = Line(words.kind_name(line.kind), most=40, render_kw=_FIGURES)
            data[f"amount_{line.kind.value}"] = plain_amount(line.asked, found.currency)
    form = type("_Answer", (AnswerForm,), fields)(**data)
    for field in form:
        field.id = f"{prefix}{field.id}"
        field.label.field_id = field.id
    return form
