"""The shape of what organisers type, turned into the dataclasses of `service`."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
)

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice, enum_choices, enum_coerce  # type: ignore[attr-defined]
from wtforms.validators import NumberRange, Optional, StopValidation
from wtforms.widgets import ColorInput

from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.text import clean_line
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, read_instant, required
from workshop_manager.workshops import words
from workshop_manager.workshops.models import Edition, ImportantDate, Room, Track
from workshop_manager.workshops.rules import key_problem, slug_problem
from workshop_manager.workshops.service import (
    CreateCommunity,
    CreateEdition,
    EditionSettings,
    NewRoom,
    NewTrack,
)
from workshop_manager.workshops.states import DateKey, Kind, Mode, Repeat, Role, Visibility
from workshop_manager.workshops.team import Place

MOST_INVITED_AT_ONCE = 50
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def mail_address(typed: str) -> str:
    """The address as it is to be stored; ValueError with a sentence. Nothing is asked of the network."""
    try:
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        sentence = _("“%(typed)s” is not an e-mail address. It should look like name@example.org.", typed=typed[:60])
        raise ValueError(str(sentence)) from None


def _an_address(_form: Any, field: Field) -> None:
    if field.data:
        try:
            field.data = mail_address(field.data)
        except ValueError as error:
            raise StopValidation(str(error)) from None


def _web_address(_form: Any, field: Field) -> None:
    if field.data and not re.fullmatch(r"https?://[^\s/?#@<>\"\\]+(?:[/?#][^\s<>\"\\]*)?", field.data):
        raise StopValidation(str(_("Write the whole address, beginning with https://.")))


def _a_slug(_form: Any, field: Field) -> None:
    if problem := slug_problem(field.data or ""):
        raise StopValidation(str(_(problem)))


def _a_key(_form: Any, field: Field) -> None:
    if problem := key_problem(field.data or ""):
        raise StopValidation(str(_(problem)))


_a_key.field_flags = {"required": True}  # type: ignore[attr-defined]
_a_slug.field_flags = {"required": True}  # type: ignore[attr-defined]


def _a_colour(_form: Any, field: Field) -> None:
    if not _COLOUR.fullmatch(field.data or ""):
        raise StopValidation(str(_("Write a colour as # and six figures or letters a to f, such as #f5a623.")))


def _process_filled(process: Callable[[list[str]], None], field: Field, typed: list[str]) -> None:
    field.data = None
    if filled := [value for value in typed if value.strip()]:
        process(filled)


class Day(DateField):
    """A day, as browsers send it."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        said = str(_l("Write the day as year, month and day, such as 2026-12-11."))
        super().__init__(label, list(validators), **{"invalid_value_message": said} | kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        # An empty box is missing, not wrong: one sentence about it is enough.
        _process_filled(super().process_formdata, self, valuelist)


class Clock(TimeField):
    """A time of day, as browsers send it."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        said = str(_l("Write the time in 24 hours, such as 08:30 or 23:59."))
        super().__init__(label, list(validators), **{"invalid_value_message": said} | kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        _process_filled(super().process_formdata, self, valuelist)


class _EventForm(BaseForm):
    """What a new and an old edition have in common: name, kind, place and time."""

    name = Line(_l("Name"), [required(_l("Give it a name, such as Muslims in ML 2026."))], most=200)
    kind = RadioField(_l("Kind"), [required(_l("Say what it is."))], coerce=enum_coerce(Kind), default=Kind.WORKSHOP)
    mode = RadioField(
        _l("Where people take part"),
        [required(_l("Say where people take part."))],
        coerce=enum_coerce(Mode),
        default=Mode.HYBRID,
    )
    city = Line(_l("City"), description=_l("Leave it empty if it is online only."), most=200)
    time_zone = ZoneField(
        _l("Time zone"),
        [required(_l("Write the time zone of the place, such as America/Chicago."))],
        description=_l("Of the place where it happens: America/Chicago, Africa/Accra. The whole schedule is in it."),
    )
    start_day = Day(_l("First day"), [required(_l("Say on which day it begins."))])
    start_time = Clock(_l("Begins at"), [required(_l("Say at what time it begins."))])
    end_day = Day(_l("Last day"), [required(_l("Say on which day it ends."))])
    end_time = Clock(_l("Ends at"), [required(_l("Say at what time it ends."))])
    repeats = SelectField(_l("Comes back"), coerce=enum_coerce(Repeat), default=Repeat.NEVER)
    meeting_minutes = IntegerField(
        _l("Minutes each"),
        [Optional(), NumberRange(5, 1440, message=str(_l("Between 5 minutes and a day (1440).")))],
        description=_l("For a series: how long each meetup lasts. The last day is then the end of the series."),
    )

    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field, enum_class, name in (
            (self.kind, Kind, words.kind_name),
            (self.mode, Mode, words.mode_name),
            (self.repeats, Repeat, words.repeat_name),
        ):
            field.choices = enum_choices(enum_class, label=name)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.time_zone.errors or not self.time_zone.data:
            return False
        self.starts_at = read_instant(self.start_day, self.start_time, self.time_zone.data)
        self.ends_at = read_instant(self.end_day, self.end_time, self.time_zone.data)
        if self.starts_at is None or self.ends_at is None:
            return False
        if self.ends_at <= self.starts_at:
            self.end_time.errors = [*self.end_time.errors, str(_("It ends before it begins. Check the two days."))]
            return False
        return valid and self._series_is_whole()

    def _series_is_whole(self) -> bool:
        if self.repeats.data is not Repeat.NEVER and not self.meeting_minutes.data:
            self.meeting_minutes.errors = [str(_("Say how many minutes each meetup lasts, such as 90."))]
            return False
        return True

    def event(self) -> dict[str, Any]:
        """The values by the names of `EditionSettings`."""
        return {
            "name": self.name.data,
            "kind": self.kind.data,
            "mode": self.mode.data,
            "city": self.city.data or None,
            "time_zone": self.time_zone.data,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "repeats": self.repeats.data,
            "meeting_minutes": self.meeting_minutes.data if self.repeats.data is not Repeat.NEVER else None,
        }


def event_values(edition: Edition) -> dict[str, Any]:
    """The stored edition as the form's fields."""
    place = ZoneInfo(edition.time_zone)
    start, end = edition.starts_at.astimezone(place), edition.ends_at.astimezone(place)
    names = (
        "name kind mode city time_zone repeats meeting_minutes tagline summary host_event venue visibility"
        " contact_email good_to_know recording_policy"
    )
    return {name: getattr(edition, name) for name in names.split()} | {
        "start_day": start.date(),
        "start_time": start.time(),
        "end_day": end.date(),
        "end_time": end.time(),
    }


class NewEditionForm(_EventForm):
    """An edition to be founded."""

    slug = Line(
        _l("Short name for the address"),
        [_a_slug],
        most=40,
        description=_l("Small letters, figures and hyphens: 2026. It stands in every link and never changes."),
    )

    def wanted(self) -> CreateEdition:
        """For `service.create_edition`."""
        return CreateEdition(slug=self.slug.data or "", **self.event())


class SettingsForm(_EventForm):
    """Everything of an edition that stands on its settings page."""

    version = HiddenField()
    tagline = Line(
        _l("In one line"), most=300, description=_l("Stands above the title: Affinity workshop at NeurIPS 2026.")
    )
    summary = Text(
        _l("What it is about"),
        most=5000,
        description=_l("Two or three sentences; Markdown for emphasis, lists and links."),
    )
    host_event = Line(_l("Part of"), most=200, description=_l("The conference that hosts it, such as NeurIPS 2026."))
    venue = Line(_l("Venue"), most=300, description=_l("Building and room, as people need it to find the door."))
    contact_email = Line(
        _l("Where people write"), [_an_address], most=320, description=_l("Shown in the foot of every page.")
    )
    good_to_know = Text(
        _l("Good to know"),
        most=10_000,
        description=_l("One thing a paragraph, with an empty line between. Begin with two or three **words in bold**."),
    )
    recording_policy = Text(
        _l("Recording"),
        most=2000,
        description=_l("What is recorded, where it is shown and from when. It stands beside the schedule; Markdown."),
    )
    visibility = RadioField(
        _l("Visibility"),
        [required(_l("Say who sees it."))],
        coerce=enum_coerce(Visibility),
        default=Visibility.DRAFT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visibility.choices = enum_choices(Visibility, label=words.visibility_name)

    def wanted(self) -> EditionSettings:
        """For `service.save_settings`."""
        return EditionSettings(
            **self.event(),
            tagline=self.tagline.data or "",
            summary=self.summary.data or "",
            host_event=self.host_event.data or None,
            venue=self.venue.data or None,
            visibility=self.visibility.data,
            contact_email=self.contact_email.data or None,
            good_to_know=self.good_to_know.data or "",
            recording_policy=self.recording_policy.data or "",
        )


class ConductForm(BaseForm):
    """The code of conduct."""

    version = HiddenField()
    text = Text(
        _l("Code of conduct"),
        [required(_l("Write at least one sentence: everybody who registers agrees to it."))],
        most=20_000,
        description=_l("Markdown. Say what is expected, what is not, and who to turn to."),
    )
    mends_spelling = BooleanField(
        _l("This only mends spelling"),
        description=_l("Then it stays the same version. Otherwise people agree to a new one from now on."),
    )


class CancellationForm(BaseForm):
    """The word that confirms it: the short name of the edition, which nobody types by accident."""

    confirmation = Line(_l("To confirm"), [required(_l("Type the short name of the edition to confirm."))], most=40)

    def __init__(self, *args: Any, slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slug = slug
        self.confirmation.description = _("Type %(slug)s, the short name of this edition.", slug=slug)

    def validate_confirmation(self, field: Any) -> None:
        if (field.data or "").casefold() != self._slug.casefold():
            raise StopValidation(_("This is not the short name. Type %(slug)s; nothing has happened.", slug=self._slug))


class CancelForm(CancellationForm):
    """Why the edition is called off."""

    reason = Text(
        _l("Why"),
        [required(_l("Write why: everybody it concerns reads it."))],
        most=1000,
        description=_l(
            "One or two sentences: on every page of the edition, in every mail, and with whatever is refused."
        ),
    )


class CommunityForm(BaseForm):
    """How a community presents itself."""

    name = Line(_l("Name"), [required(_l("Give the community its name."))], most=200)
    description = Text(_l("About"), most=5000, description=_l("Who you are and for whom; Markdown."))
    website = Line(_l("Website"), [_web_address], most=500)
    contact_email = Line(_l("Where people write"), [_an_address], most=320)
    accent = Line(
        _l("Colour"),
        [_a_colour],
        most=7,
        default="#5a3a86",
        widget=ColorInput(),
        description=_l("One colour, any colour: we make it readable in the light and in the dark theme."),
    )


class NewCommunityForm(CommunityForm):
    """A community to be founded."""

    slug = Line(
        _l("Short name for the address"),
        [_a_slug],
        most=40,
        description=_l("Small letters, figures and hyphens: musiml. It stands in every link and never changes."),
    )

    def wanted(self) -> CreateCommunity:
        """For `service.create_community`."""
        return CreateCommunity(
            slug=self.slug.data or "",
            name=self.name.data or "",
            description=self.description.data or "",
            website=self.website.data or None,
            contact_email=self.contact_email.data or None,
            accent=(self.accent.data or "").lower(),
        )


class ColourForm(BaseForm):
    """An edition's colour."""

    colour = Line(
        _l("Colour"),
        [_a_colour],
        most=7,
        widget=ColorInput(),
        description=_l("Of your logo, say. Nothing changes until you have seen it in both themes and keep it."),
    )


class LogoForm(BaseForm):
    """A logo to upload."""

    logo = FileField(
        _l("Picture"),
        description=_l("PNG, JPEG or WebP, up to 4 MB. It stands on a white plate, so a dark logo is fine."),
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )


class DateForm(BaseForm):
    """A date: what, when, and in which zone it is announced."""

    key = SelectField(_l("What"), coerce=enum_coerce(DateKey), default=DateKey.OTHER)
    label = Line(
        _l("How it is called"),
        most=200,
        description=_l("As it stands on the page. Leave it empty for the usual words."),
    )
    day = Day(_l("Day"), [required(_l("Say on which day."))])
    time = Clock(_l("Time"), [required(_l("Say at what time, such as 23:59."))])
    zone = ZoneField(
        _l("Zone it is announced in"),
        [required(_l("Write AoE, or a place such as Africa/Accra."))],
        description=_l("AoE means anywhere on Earth: it is over when the day is over everywhere."),
    )
    deadline: Deadline | None = None

    def __init__(self, *args: Any, keys: Sequence[DateKey] = tuple(DateKey), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key.choices = [SelectChoice(key.value, words.date_name(key)) for key in keys]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.key.data is DateKey.OTHER and not self.label.data and not self.key.errors:
            self.label.errors = [str(_("Say what this date is, such as Camera-ready papers due."))]
            valid = False
        if self.day.errors or self.time.errors or self.zone.errors:
            return False
        self.deadline = read_deadline(self.day, self.time, self.zone)
        return valid and self.deadline is not None

    @property
    def words(self) -> str:
        """What was typed as its name, else the usual words."""
        return self.label.data or words.date_name(self.key.data)


class MoveDateForm(DateForm):
    """A date to be moved or renamed; `seen` is what it was when the form was opened."""

    seen = HiddenField()
    mends_slip = BooleanField(
        _l("This mends a slip"),
        description=_l("Then the date as it was is not kept. Otherwise it stays on the page, struck through."),
    )

    @staticmethod
    def token(deadline: Deadline) -> str:
        """What `seen` holds."""
        return f"{deadline.at.isoformat()} {deadline.zone}"

    @classmethod
    def of(cls, row: ImportantDate) -> "MoveDateForm":
        """The form filled with a stored date."""
        local = row.deadline.local
        usual = row.label == words.date_name(row.key)
        return cls(
            keys=[row.key],
            key=row.key,
            label="" if usual else row.label,
            day=local.date(),
            time=local.time(),
            zone=row.zone,
            seen=cls.token(row.deadline),
        )


def new_date_form(keys: Sequence[DateKey]) -> DateForm:
    """An empty form for the dates that are not set yet; AoE until somebody chooses otherwise."""
    return DateForm(keys=keys, key=keys[0], zone=AOE)


class _TrackWords(BaseForm):
    name = Line(_l("Name"), [required(_l("Give the track a name."))], most=200)
    description = Text(_l("What belongs in it"), most=3000)
    eligibility = Line(
        _l("Statement authors declare"),
        most=500,
        description=_l(
            "Such as: At least one author self-identifies as Muslim. Reviewers never see the answer."
            " Empty: open to every author."
        ),
    )


class NewTrackForm(_TrackWords):
    """A track to be added."""

    key = Line(
        _l("Key"),
        [_a_key],
        most=40,
        description=_l("Short and the same over the years, such as identity or 1. It never changes."),
    )

    def wanted(self) -> NewTrack:
        """For `service.add_track`."""
        return NewTrack(
            key=self.key.data or "",
            name=self.name.data or "",
            description=self.description.data or "",
            eligibility=self.eligibility.data or "",
        )


class TrackForm(_TrackWords):
    """A track to be reworded."""

    @classmethod
    def of(cls, row: Track) -> "TrackForm":
        """The form filled with a stored track."""
        return cls(name=row.name, description=row.description, eligibility=row.eligibility)


class RoomForm(BaseForm):
    """A room."""

    name = Line(_l("Name"), [required(_l("Give the room a name, such as Room 203 or Zoom."))], most=200)
    join_url = Line(
        _l("Join link"),
        [_web_address],
        most=1000,
        description=_l("For those far away. Only the registered see it, once they agreed to the code of conduct."),
    )
    capacity = IntegerField(
        _l("Holds"),
        [Optional(), NumberRange(1, 100_000, message=str(_l("Between 1 and 100,000 people.")))],
        description=_l("How many people. The schedule then says when more signed up than fit. Only organisers see it."),
    )

    def wanted(self) -> NewRoom:
        """For `service.add_room` and `service.edit_room`."""
        return NewRoom(self.name.data or "", self.join_url.data or None, self.capacity.data)

    @classmethod
    def of(cls, row: Room) -> "RoomForm":
        """The form filled with a stored room."""
        return cls(name=row.name, join_url=row.join_url, capacity=row.capacity)


class RoleForm(BaseForm):
    """A role, and the track for a track chair."""

    role = RadioField(_l("Role"), [required(_l("Choose a role."))], coerce=enum_coerce(Role))
    track = SelectField(_l("Track"), description=_l("For a track chair."), default="")

    def __init__(self, *args: Any, roles: Sequence[Role], tracks: Sequence[Track], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [SelectChoice(role.value, words.role_name(role)) for role in roles]
        self.track.choices = [
            SelectChoice("", str(_("No track"))),
            *(SelectChoice(str(track.id), f"{track.key} · {track.name}") for track in tracks),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.role.data is Role.TRACK_CHAIR and not self.track.data:
            self.track.errors = [str(_("Choose the track that is to be chaired."))]
            return False
        return valid

    def place(self) -> Place:
        """For the verbs of `team`."""
        return Place(self.role.data, int(self.track.data) if self.track.data else None)


class InviteForm(RoleForm):
    """Addresses to be invited to one role."""

    addresses = Text(
        _l("E-mail addresses"),
        [required(_l("Write at least one e-mail address."))],
        most=20_000,
        description=_l("One a line. Any ordinary address will do; an account is made on accepting, if there is none."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.addresses.errors:
            return False
        typed = [clean_line(part) for part in re.split(r"[\n,;]", self.addresses.data or "")]
        self.emails: list[str] = []
        wrong: list[str] = []
        for address in filter(None, typed):
            try:
                self.emails.append(mail_address(address))
            except ValueError as error:
                wrong.append(str(error))
        self.emails = list(dict.fromkeys(self.emails))
        if len(self.emails) > MOST_INVITED_AT_ONCE:
            wrong.append(str(_("At most %(most)s at once. Send the rest in a second go.", most=MOST_INVITED_AT_ONCE)))
        if wrong:
            self.addresses.errors = wrong[:5]
        return valid and not wrong


class HandOverForm(BaseForm):
    """Who is to own the edition."""

    person = RadioField(_l("New owner"), [required(_l("Choose who is to own it."))])
    with_community = BooleanField(_l("Hand the community over too"))

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = [SelectChoice(str(key), name) for key, name in people]
