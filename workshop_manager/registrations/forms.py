"""What is typed on the pages of this package."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.accounts.models import Listing
from workshop_manager.registrations.service import Details, KindContent
from workshop_manager.registrations.states import Diet, Mode
from workshop_manager.web.forms import BaseForm, Line, Text, required

MOST_SEATS = 100_000

_DIET = {
    Diet.HALAL: _l("Halal"),
    Diet.KOSHER: _l("Kosher"),
    Diet.VEGETARIAN: _l("Vegetarian"),
    Diet.VEGAN: _l("Vegan"),
    Diet.NO_GLUTEN: _l("No gluten"),
    Diet.OTHER: _l("Something else, see below"),
}
_LISTING = {
    Listing.FULL: _l("my name and affiliation"),
    Listing.NAME_ONLY: _l("my name only"),
    Listing.UNLISTED: _l("not at all"),
}
_MODE = {Mode.IN_PERSON: _l("in person"), Mode.VIRTUAL: _l("virtually")}


def diet_name(value: str) -> str:
    """`Halal`."""
    return str(_DIET[Diet(value)])


def mode_name(mode: Mode) -> str:
    """`in person`."""
    return str(_MODE[mode])


class RegistrationForm(BaseForm):
    """Taking part. `kind` gets its choices from the view."""

    kind = RadioField(_l("How you take part"), [required(_l("Choose how you take part."))], validate_choice=False)
    badge_name = Line(
        _l("Name on the badge"),
        [required(_l("Write the name you like to be called by. One word is fine."))],
        most=120,
        description=_l("As you like to be called. One word is fine."),
        render_kw={"autocomplete": "name"},
    )
    pronouns = Line(_l("Pronouns"), most=60)
    affiliation = Line(_l("Affiliation"), most=200, render_kw={"autocomplete": "organization"})
    listing = SelectField(
        _l("On the participants’ list"),
        choices=[SelectChoice(value.value, text) for value, text in _LISTING.items()],
        default=Listing.UNLISTED.value,
        description=_l("Only registered people see that list. Change it whenever you like."),
    )
    diet = SelectMultipleField(
        _l("Food"),
        choices=[SelectChoice(value.value, text) for value, text in _DIET.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    needs = Text(
        _l("Access, childcare, prayer, anything else"),
        most=2000,
        description=_l("Read by the organisers only, and deleted if you cancel."),
    )
    conduct = BooleanField(_l("I will keep to the code of conduct"))
    photos = BooleanField(
        _l("Photos of me may be published"), description=_l("Without this your badge carries a no-photo mark.")
    )

    def validate_conduct(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError(str(_l("To take part, agree to the code of conduct. It is one page.")))

    def validate_kind(self, field: RadioField) -> None:
        choices: Any = field.choices or ()
        if str(field.data) not in {str(choice.value) for choice in choices}:
            raise ValidationError(str(_l("Choose how you take part.")))

    def details(self) -> Details:
        """What was typed, for the service."""
        return Details(
            badge_name=self.badge_name.data or "",
            pronouns=self.pronouns.data or None,
            affiliation=self.affiliation.data or None,
            listing=Listing(self.listing.data),
            diet=tuple(self.diet.data or ()),
            needs=self.needs.data or "",
            photo_consent=bool(self.photos.data),
        )


class KindForm(BaseForm):
    """A kind of registration."""

    name = Line(_l("Name"), [required(_l("Give it a name, such as In person."))], most=100)
    mode = SelectField(
        _l("People take part"),
        choices=[SelectChoice(value.value, text) for value, text in _MODE.items()],
        default=Mode.IN_PERSON.value,
    )
    capacity = IntegerField(
        _l("Places"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("Write a number between 0 and 100,000, or leave it empty."))],
        description=_l("Leave it empty for no limit. When all are taken, people stand in line."),
    )
    text = Line(
        _l("What people should know before choosing it"),
        most=500,
        description=_l("Such as: no host registration needed; the link to join is on your ticket."),
    )

    def content(self) -> KindContent:
        """What was typed, for the service."""
        return KindContent(self.name.data or "", Mode(self.mode.data), self.capacity.data, self.text.data or "")


def _is_web_address(_form: Any, field: Any) -> None:
    if field.data and not field.data.startswith(("https://", "http://")):
        raise ValidationError(str(_l("Write the whole address, beginning with https://.")))


class SettingsForm(BaseForm):
    """The join link and a note."""

    join_url = Line(
        _l("Link to join online"),
        [_is_web_address],
        most=1000,
        description=_l("Shown on tickets and in personal calendars only, after the code of conduct is accepted."),
    )
    note = Text(
        _l("What everybody should know before registering"), most=2000, description=_l("Markdown. May be empty.")
    )
