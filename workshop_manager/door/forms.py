"""What is typed at the door."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.door import rules
from workshop_manager.door.badges import PARTS, Layout, Sheet
from workshop_manager.door.letters import Passport
from workshop_manager.door.printing import Wanted, Who
from workshop_manager.web.forms import BaseForm, Line, Text, required


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


class PassportForm(BaseForm):
    """What a letter of invitation says about its holder."""

    name = Line(
        _l("Name as in the passport"),
        [required(_l("Write your name as it stands in the passport."))],
        most=300,
        description=_l("The whole name, in the letters of the passport. It stands on the letter only."),
    )
    passport = Line(_l("Passport number"), [required(_l("Write the number of your passport."))], most=40)
    nationality = Line(_l("Nationality"), [required(_l("Write your nationality as in the passport."))], most=100)
    born = DateField(_l("Date of birth"), [required(_l("Say when you were born."))])
    expires = DateField(_l("The passport is valid until"), [required(_l("Say until when the passport is valid."))])
    consulate = Line(
        _l("Embassy or consulate"),
        most=300,
        description=_l("To which the letter is addressed, if you know it."),
    )

    @property
    def content(self) -> Passport:
        """What was typed."""
        assert self.born.data is not None
        assert self.expires.data is not None
        return Passport(
            name=self.name.data or "",
            passport=self.passport.data or "",
            nationality=self.nationality.data or "",
            born=self.born.data.isoformat(),
            expires=self.expires.data.isoformat(),
            consulate=self.consulate.data or "",
        )


class LetterSettingsForm(BaseForm):
    """Whether letters are offered, in which words, and who signs."""

    version = HiddenField()
    is_offered = BooleanField(_l("People with a seat in the room can ask for a letter"))
    wording = Text(_l("The letter"), [required(_l("Write the letter."))], most=6000)
    signed_by = Text(
        _l("Signed by"),
        [required(_l("Write who signs, with their role."))],
        most=300,
        description=_l("Name and role, one a line."),
    )

    def validate_wording(self, field: Any) -> None:
        """Only what is asked for can be put in."""
        if unknown := rules.unknown_placeholders(field.data or ""):
            names = ", ".join(f"{{{name}}}" for name in unknown[:5])
            raise ValidationError(str(_("Nothing can be put in for %(names)s.", names=names)))


class DeclineForm(BaseForm):
    """Why there is no letter."""

    reason = Text(_l("Why"), [required(_l("Write why; they read it."))], most=2000)
