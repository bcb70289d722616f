"""What is typed at the door."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.door.badges import PARTS, Layout, Sheet
from workshop_manager.door.printing import Wanted, Who
from workshop_manager.web.forms import BaseForm, Line, required


class ItemForm(BaseForm):
    """Something that is handed out."""

    name = Line(
        _l("What is handed out"),
        [required(_l("Write what it is, such as “Badge” or “Lunch”."))],
        most=100,
        description=_l("Each person gets it once: a badge, a shirt, lunch on Friday."),
    )


SHEETS = {
    Sheet.A6: _l("A6, one a page (105 × 148 mm)"),
    Sheet.A4_FOUR: _l("A4 with four, to be cut (105 × 148 mm each)"),
    Sheet.A4_EIGHT: _l("A4 with eight, to be cut (105 × 74 mm each)"),
    Sheet.CARD: _l("Card, one a page (86 × 54 mm)"),
}


class BadgeForm(BaseForm):
    """Whose badges, and how."""

    sheet = RadioField(
        _l("Paper"), choices=[SelectChoice(one.value, words) for one, words in SHEETS.items()], default=Sheet.A6.value
    )
    who = RadioField(
        _l("Whose"),
        choices=[
            SelectChoice(Who.ALL.value, _l("Everybody with a seat in the room")),
            SelectChoice(Who.NEW.value, _l("Only badges never printed, or changed since")),
        ],
        default=Who.ALL.value,
    )
    kind = SelectField(_l("Kind"), default="")
    pronouns = BooleanField(_l("Pronouns"), default=True)
    affiliation = BooleanField(_l("Affiliation"), default=True)
    kind_name = BooleanField(_l("Kind of registration"))
    code = BooleanField(_l("Ticket code, to be scanned"), default=True)

    def __init__(self, kinds: Sequence[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = [SelectChoice("", str(_("Every kind"))), *(SelectChoice(str(i), name) for i, name in kinds)]

    @property
    def wanted(self) -> Wanted:
        return Wanted(Who(self.who.data), int(self.kind.data) if self.kind.data else None)

    @property
    def layout(self) -> Layout:
        parts = {name: bool(self[name if name != "kind" else "kind_name"].data) for name in PARTS}
        return Layout(Sheet(self.sheet.data), **parts)
