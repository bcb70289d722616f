"""The shapes of what is typed about blocks and parts."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.calls.forms import WhenForm
from workshop_manager.core.deadlines import Deadline
from workshop_manager.registrations.forms import typed_version
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.rules import MOST_CHOICES, MOST_PLACES
from workshop_manager.signups.settling import BlockContent, PartContent
from workshop_manager.signups.states import Audience, Way
from workshop_manager.signups.words import AUDIENCES, WAYS
from workshop_manager.web.forms import BaseForm, Line, Text, required


def _places(label: Any, hint: Any = "") -> IntegerField:
    return IntegerField(
        label,
        [
            InputRequired(_l("Write how many places there are.")),
            NumberRange(0, MOST_PLACES, _l("Write a number between 0 and 10,000.")),
        ],
        description=hint,
        render_kw={"min": 0, "max": MOST_PLACES, "inputmode": "numeric"},
    )


class BlockForm(BaseForm):
    """A block of parts."""

    version = HiddenField()
    name = Line(_l("Name"), [required(_l("Give it a name, such as Roundtables, first round."))], most=200)
    text = Text(_l("What people should know"), most=2000, description=_l("Markdown. May be empty."))
    way = SelectField(
        _l("How places are given"),
        choices=[SelectChoice(one.value, words) for one, words in WAYS.items()],
        default=Way.FIRST_COME.value,
    )
    choices = IntegerField(
        _l("How many one ranks at most"),
        [
            InputRequired(_l("Write how many.")),
            NumberRange(1, MOST_CHOICES, _l("Write a number between 1 and 6.")),
        ],
        description=_l("Only where everybody ranks."),
        render_kw={"min": 1, "max": MOST_CHOICES, "inputmode": "numeric"},
        default=3,
    )
    audience = SelectField(
        _l("For whom"),
        choices=[SelectChoice(one.value, words) for one, words in AUDIENCES.items()],
        default=Audience.EVERYBODY.value,
    )
    opens = FormField(WhenForm, label=_l("Opens"))
    closes = FormField(WhenForm, label=_l("Closes"))
    decides = FormField(WhenForm, label=_l("People hear by"))
    decides_itself = BooleanField(
        _l("Give the places at that time by itself"),
        description=_l("Only where everybody ranks. Off: nobody gets a place until you press the button."),
    )

    @property
    def seen_version(self) -> int:
        """The version of the block this form was filled from."""
        return typed_version(self.version.data)

    def content(self) -> BlockContent | None:
        """What was typed, for the service; None without an end, with the reason beside it."""
        if self.closes.form.deadline is None:
            self.closes.form.day.errors = [str(_("Say until when people sign up."))]
            return None
        return BlockContent(
            name=self.name.data or "",
            way=Way(self.way.data),
            audience=Audience(self.audience.data),
            closes=self.closes.form.deadline,
            opens=self.opens.form.deadline,
            decides=self.decides.form.deadline,
            choices=self.choices.data or 1,
            decides_itself=self.decides_itself.data,
            text=self.text.data or "",
        )


def block_values(block: SignupBlock | None, zone: str) -> dict[str, Any]:
    """A block as the form shows it; an empty one in the edition's zone."""
    if block is None:
        empty = WhenForm.values(None) | {"zone": zone}
        return {
            "version": "0",
            "choices": 3,
            "opens": empty,
            "closes": empty,
            "decides": empty,
            "decides_itself": True,
        }
    return {
        "version": str(block.version),
        "name": block.name,
        "text": block.text,
        "way": block.way.value,
        "choices": block.choices,
        "audience": block.audience.value,
        "opens": WhenForm.values(block.opens),
        "closes": WhenForm.values(block.closes),
        "decides": WhenForm.values(block.decides),
        "decides_itself": block.decides_itself,
    }


class PartForm(BaseForm):
    """A part of a block."""

    version = HiddenField()
    title = Line(_l("Name"), [required(_l("Give it a name, such as Table 1: Mental health."))], most=400)
    text = Text(_l("About it"), most=2000, description=_l("Markdown. May be empty."))
    capacity = _places(_l("Places"))
    moderator = Line(
        _l("Moderator"),
        most=320,
        description=_l("The ticket code or address of somebody registered: they read who comes. May be empty."),
    )
    starts = FormField(WhenForm, label=_l("Begins"))
    ends = FormField(WhenForm, label=_l("Ends"))
    where = Line(_l("Where"), most=200)

    @property
    def seen_version(self) -> int:
        """The version of the part this form was filled from."""
        return typed_version(self.version.data)

    def content(self) -> PartContent:
        """What was typed, for the service."""
        starts, ends = self.starts.form.deadline, self.ends.form.deadline
        return PartContent(
            title=self.title.data or "",
            capacity=self.capacity.data or 0,
            text=self.text.data or "",
            starts=starts.at if starts else None,
            ends=ends.at if ends else None,
            where=self.where.data or "",
            moderator=self.moderator.data or "",
        )


def part_values(part: SignupPart | None, zone: str, moderator: str = "") -> dict[str, Any]:
    """A part as the form shows it."""
    empty = WhenForm.values(None) | {"zone": zone}
    if part is None:
        return {"version": "0", "capacity": 8, "starts": empty, "ends": empty}
    starts = Deadline(part.starts_at, zone) if part.starts_at else None
    ends = Deadline(part.ends_at, zone) if part.ends_at else None
    return {
        "version": str(part.version),
        "title": part.title,
        "text": part.text,
        "capacity": part.capacity,
        "moderator": moderator,
        "starts": WhenForm.values(starts) if starts else empty,
        "ends": WhenForm.values(ends) if ends else empty,
        "where": part.where,
    }


class ItemsForm(BaseForm):
    """Sessions of the schedule that become parts."""

    uids = SelectMultipleField(
        _l("Sessions"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    each = _places(_l("Places at each"), _l("Each can be changed afterwards."))
