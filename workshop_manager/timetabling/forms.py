"""What an organiser says before a draft is made."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.timetabling.gathering import LIGHTNING, TALK, Options
from workshop_manager.web.forms import BaseForm
from workshop_manager.workshops.models import Room


def _minutes(label: str, default: int) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_l("Say how many minutes.")), NumberRange(5, 480, _l("Between 5 minutes and 8 hours."))],
        default=default,
    )


class DraftForm(BaseForm):
    """How long talks are, where they may be, whether those that have a place may move; and what was looked at."""

    seen = HiddenField()
    talk = _minutes(_l("Minutes of a talk"), TALK)
    lightning = _minutes(_l("Minutes of a lightning talk"), LIGHTNING)
    rooms = SelectMultipleField(
        _l("Only in these rooms"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None ticked: in any."),
    )
    moves = BooleanField(
        _l("Talks that have a place may move"),
        description=_l(
            "As few as possible, and only if more find room, or better. Otherwise they stay where they are."
        ),
    )

    def offer(self, rooms: Iterable[Room]) -> None:
        """Fill the choices."""
        self.rooms.choices = [SelectChoice(room.name, room.name) for room in rooms]

    def options(self) -> Options:
        """What was said."""
        return Options(
            self.talk.data or TALK,
            self.lightning.data or LIGHTNING,
            frozenset(self.rooms.data or ()),
            bool(self.moves.data),
        )
