"""The shape of what organisers type about a schedule, turned into the values of `content`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
    TimeField,
)

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from workshop_manager.core.deadlines import zone_city, zone_label, zone_names
from workshop_manager.schedule.content import ItemContent, read_speakers, write_speakers
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind, Recording
from workshop_manager.schedule.releasing import NOTE_LENGTH
from workshop_manager.schedule.rules import Refusal, local_instant
from workshop_manager.schedule.states import KeptFor
from workshop_manager.schedule.words import kept_for, kind_name, recording_name
from workshop_manager.submissions.models import Submission
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, required
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import meetings
from workshop_manager.workshops.states import Repeat

MOST_MEETINGS = 60


def _said(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]


def _folds() -> list[Any]:
    return [
        SelectChoice("", _("Say which")),
        SelectChoice("0", _("The first one, before clocks go back")),
        SelectChoice("1", _("The second one, after clocks go back")),
    ]


class ItemForm(BaseForm):
    """One item of the draft; times are wall-clock times in the edition's zone."""

    version = HiddenField()
    kind = SelectField(_l("Kind"), default="session")
    title = Line(_l("Title"), most=400)
    label = Line(_l("Label"), most=100, description=_l("Stands before the title, such as “Table 1”."))
    day = DateField(_l("Day"), [required(_l("Say on which day."))])
    starts = TimeField(_l("Starts"), [required(_l("Say when it starts, such as 09:00."))])
    ends = TimeField(_l("Ends"), [Optional()])
    end_day = DateField(_l("Last day"), [Optional()], description=_l("Only if it ends on another day."))
    start_fold = SelectField(_l("Which start"), default="")
    end_fold = SelectField(_l("Which end"), default="")
    parent = SelectField(_l("Part of"), default="")
    room = Line(_l("Room"), most=200, description=_l("A new name makes a new room."))
    submission = SelectField(_l("Accepted work"), default="")
    speakers = Text(
        _l("Speakers"),
        most=10_000,
        description=_l("One a line: Name (Affiliation). Left empty, accepted work brings those who present it."),
    )
    chairs = Text(
        _l("Chairs"),
        most=10_000,
        description=_l("Who leads it, one a line. They are told of it and found in two places, as speakers are."),
    )
    abstract = Text(_l("Description"), most=10_000)
    track = SelectField(_l("Track"), default="")
    recording = SelectField(_l("Recording"), default="undecided")
    remote = BooleanField(_l("Given remotely"))
    is_fixed = BooleanField(
        _l("Must not move"),
        description=_l("The grid and the automatic draft leave its time and room alone; this form still changes them."),
    )

    def offer(
        self,
        parents: Iterable[ScheduleItem],
        accepted: Iterable[Submission],
        tracks: Iterable[Track],
        zone: str,
        item: ScheduleItem | None = None,
    ) -> None:
        """Fill the choices. What the item has already is always among them."""
        self.kind.choices = [SelectChoice(kind.value, kind_name(kind)) for kind in Kind]
        self.recording.choices = [SelectChoice(each.value, recording_name(each)) for each in Recording]
        self.start_fold.choices, self.end_fold.choices = _folds(), _folds()
        place = ZoneInfo(zone)
        self.parent.choices = [SelectChoice("", _("Nothing: it stands by itself"))] + [
            SelectChoice(str(each.id), _place_text(each, place))
            for each in parents
            if item is None or each.id != item.id
        ]
        works = [SelectChoice(str(each.id), f"#{each.number} {each.title}"[:120]) for each in accepted]
        known = {choice.value for choice in works}
        if item is not None and item.submission_id is not None and str(item.submission_id) not in known:
            works.append(SelectChoice(str(item.submission_id), _("What it is now, although not accepted any more")))
        self.submission.choices = [SelectChoice("", _("None")), *works]
        names = [track.name for track in tracks]
        if item is not None and item.track and item.track not in names:
            names.append(item.track)
        self.track.choices = [SelectChoice("", _("None"))] + [SelectChoice(name, name) for name in names]

    def fill(self, item: ScheduleItem, zone: str) -> None:
        """Show an item as it is."""
        place = ZoneInfo(zone)
        start = item.starts_at.astimezone(place)
        end = item.ends_at.astimezone(place) if item.ends_at else None
        self.version.data = str(item.version)
        self.kind.data, self.title.data, self.label.data = item.kind.value, item.title, item.label or ""
        self.day.data, self.starts.data = start.date(), start.time()
        self.ends.data = end.time() if end else None
        self.end_day.data = end.date() if end and end.date() != start.date() else None
        self.start_fold.data, self.end_fold.data = _fold_of(start), _fold_of(end)
        self.parent.data = str(item.parent_id or "")
        self.room.data = item.room.name if item.room else ""
        self.submission.data = str(item.submission_id or "")
        self.speakers.data, self.chairs.data = write_speakers(item.speakers), write_speakers(item.chairs)
        self.abstract.data = item.abstract
        self.track.data, self.recording.data, self.remote.data = item.track or "", item.recording.value, item.remote
        self.is_fixed.data = item.is_fixed

    def read(self, zone: str) -> ItemContent | None:
        """What was typed; None if a time cannot be meant, with the reason beside its field."""
        start = read_moment(self.day.data, self.starts, self.start_fold, zone)
        end = read_moment(self.end_day.data or self.day.data, self.ends, self.end_fold, zone)
        if not self.title.data and not self.submission.data:
            _said(self.title, _("Write a title, or choose accepted work that has one."))
        if start is not None and end is not None and end <= start:
            sentence = _("It would end before it starts, or at once. If it goes on past midnight, name its last day.")
            _said(self.ends, sentence)
        if start is None or any(field.errors for field in self):
            return None
        return ItemContent(
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            starts_at=start,
            ends_at=end,
            abstract=self.abstract.data or "",
            room=self.room.data or None,
            parent_id=int(self.parent.data) if self.parent.data else None,
            label=self.label.data or None,
            speakers=read_speakers(self.speakers.data or ""),
            chairs=read_speakers(self.chairs.data or ""),
            submission_id=int(self.submission.data) if self.submission.data else None,
            track=self.track.data or None,
            recording=Recording(self.recording.data),
            remote=bool(self.remote.data),
            is_fixed=bool(self.is_fixed.data),
        )


def _place_text(item: ScheduleItem, place: ZoneInfo) -> str:
    start = item.starts_at.astimezone(place)
    return f"{day_text(start.date())}, {clock_text(start)}: {item.title}"[:120]


def _fold_of(local: datetime | None) -> str:
    if local is None or local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return str(local.fold)


def read_moment(day: date | None, clock: TimeField, fold: SelectField, zone: str) -> datetime | None:
    """The instant of a wall-clock time; one that does not exist, or comes twice, is an error beside the time."""
    if day is None or clock.data is None:
        return None
    folds: dict[str, Literal[0, 1]] = {"0": 0, "1": 1}
    found = local_instant(day, clock.data, zone, fold=folds.get(fold.data or ""))
    if isinstance(found, Refusal):
        _said(clock, found.sentence)
        return None
    return found.utc


class SeriesForm(BaseForm):
    """Many meetups at once, each at the same local hour."""

    title = Line(_l("Title"), [required(_l("Write what each meetup is called."))], most=400)
    day = DateField(_l("First day"), [required(_l("Say on which day the first one is."))])
    starts = TimeField(_l("Starts"), [required(_l("Say when they start, such as 18:00."))])
    ends = TimeField(_l("Ends"), [required(_l("Say when they end, such as 19:30."))])
    repeats = SelectField(_l("How often"))
    number = IntegerField(
        _l("How many"),
        [
            InputRequired(_l("Say how many meetups to add.")),
            NumberRange(1, MOST_MEETINGS, _l("Between 1 and 60 at a time.")),
        ],
    )
    room = Line(_l("Room"), most=200)
    abstract = Text(_l("Description"), most=10_000)
    remote = BooleanField(_l("Online"))

    def offer(self) -> None:
        self.repeats.choices = [
            SelectChoice(Repeat.WEEKLY.value, _("Each week")),
            SelectChoice(Repeat.FORTNIGHTLY.value, _("Every second week")),
            SelectChoice(Repeat.MONTHLY.value, _("Each month, on the same weekday")),
        ]

    def read(self, zone: str) -> tuple[ItemContent, list[tuple[datetime, datetime]]] | None:
        """What each meetup is, and when they all are; None with the reason beside its field."""
        day, start, end = self.day.data, self.starts.data, self.ends.data
        if day is None or start is None or end is None:
            return None
        if end == start:
            _said(self.ends, _("They would end at once."))
            return None
        times = []
        for on in _days(day, start, Repeat(self.repeats.data), self.number.data or 0):
            begins = local_instant(on, start, zone)
            over = local_instant(on + timedelta(days=int(end < start)), end, zone)
            for field, found in ((self.starts, begins), (self.ends, over)):
                if isinstance(found, Refusal):
                    _said(field, found.sentence)
            if not isinstance(begins, Refusal) and not isinstance(over, Refusal):
                times.append((begins.utc, over.utc))
        if self.starts.errors or self.ends.errors:
            return None
        text = self.abstract.data or ""
        content = ItemContent(
            Kind.SESSION, self.title.data or "", *times[0], text, self.room.data or None, remote=bool(self.remote.data)
        )
        return content, times


def _days(first: date, clock: time, repeats: Repeat, number: int) -> list[date]:
    # Counted in a zone without clock changes: only the days are wanted, the instants are read in the edition's zone.
    utc = ZoneInfo("UTC")
    start = datetime.combine(first, clock, utc)
    far = start + timedelta(days=366 * 10)
    found = meetings(start, far, 1, repeats, "UTC", after=start, most=number)
    return [begins.date() for begins, _end in found]


class ImportForm(BaseForm):
    """A programme from somewhere else: a file, or pasted."""

    day = DateField(
        _l("First day"),
        [required(_l("Say on which day this takes place."))],
        description=_l("Times without a date are of this day."),
    )
    zone = ZoneField(_l("Time zone of the printed times"), [required(_l("Write a place such as America/Chicago."))])
    file = FileField(
        _l("A file"),
        description=_l("A spreadsheet (CSV, XLSX), .ics, schedule.xml or schedule.json, a page or a text, up to 8 MB."),
    )
    text = TextAreaField(
        _l("Or the programme itself"),
        description=_l("From a web page, its source, a spreadsheet, Markdown or a mail: times and titles are enough."),
    )

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    def validate_text(self, field: Field) -> None:
        if self.upload is None and not (field.data or "").strip():
            raise ValidationError(_("Choose a file, or paste the programme here."))


class SettleForm(BaseForm):
    """Why a conflict is left as it is; the hidden ones name it and what was looked at."""

    code = HiddenField()
    subject = HiddenField()
    about = HiddenField()
    seen = HiddenField()
    reason = Line(
        _l("Why it can stay"),
        [required(_l("Say why it can stay: whoever looks next reads it."))],
        most=300,
        description=_l("Organisers and chairs read it, with your name."),
    )


class ProtectedForm(BaseForm):
    """A stretch of time to keep free, on the edition's clock."""

    kind = RadioField(_l("Kept free for"), [required(_l("Say what it is kept free for."))])
    label = Line(
        _l("What it is called"), [required(_l("Say what it is called, such as Friday prayer or lunch."))], most=100,
        description=_l("Such as Friday prayer or lunch."),
    )  # fmt: skip
    day = DateField(_l("Day"), [required(_l("Say on which day."))])
    starts = TimeField(_l("From"), [required(_l("Say from when, such as 12:30."))])
    ends = TimeField(_l("Until"), [required(_l("Say until when, such as 13:15."))])

    def offer(self) -> None:
        """Fill the choices."""
        self.kind.choices = [(each.value, kept_for(each)) for each in KeptFor]

    def read(self, zone: str) -> tuple[str, datetime, datetime, KeptFor] | None:
        """Label, UTC instants and kind; an end before the start is on the next day. None with the reason beside."""
        day, start, end = self.day.data, self.starts.data, self.ends.data
        if day is None or start is None or end is None:
            return None
        if start == end:
            _said(self.ends, _("It would end at once."))
            return None
        begins = local_instant(day, start, zone)
        over = local_instant(day + timedelta(days=int(end < start)), end, zone)
        for field, found in ((self.starts, begins), (self.ends, over)):
            if isinstance(found, Refusal):
                _said(field, found.sentence)
        if isinstance(begins, Refusal) or isinstance(over, Refusal):
            return None
        return self.label.data or "", begins.utc, over.utc, KeptFor(self.kind.data)


class ReleaseForm(BaseForm):
    """Publishing the draft: with a note, and with the draft that was looked at."""

    seen = HiddenField()
    note = Line(
        _l("Note"),
        most=NOTE_LENGTH,
        description=_l("Stands above the list of changes. Say why, if there is a reason people should know."),
    )
    despite_errors = BooleanField(_l("Release it although these errors remain"))
    tells = BooleanField(_l("Mail them once it is public"), default=True)
    day = DateField(_l("Day"), [Optional()])
    clock = TimeField(_l("Time"), [Optional()])
    fold = SelectField(_l("Which of the two"), default="", validate_choice=False)

    def offer(self) -> None:
        """Fill the choices."""
        self.fold.choices = _folds()

    def read_plan(self, zone: str, now: datetime) -> datetime | None:
        """When to release it, an instant to come; None if it cannot be meant, with the reason beside its field."""
        if self.day.data is None:
            _said(self.day, _("Say on which day it is to be released."))
        elif self.clock.data is None:
            _said(self.clock, _("Say at what time, such as 09:00."))
        else:
            at = read_moment(self.day.data, self.clock, self.fold, zone)
            if at is not None and at <= now:
                _said(self.clock, _("That moment has passed. Choose a later one, or release it now."))
            elif at is not None:
                return at
        return None


class ReturnForm(BaseForm):
    """Releasing an earlier release again: with a note, and with what was looked at."""

    seen = HiddenField()
    note = Line(
        _l("Note"),
        most=NOTE_LENGTH,
        description=_l("Stands above the list of changes. Say why, if there is a reason people should know."),
    )
    revive = BooleanField(_l("Put on again what was called off since"))
    tells = BooleanField(_l("Mail them once it is public"), default=True)


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """A second clock to choose."""

    key: str
    label: str
    is_current: bool


def zone_choices(own: str | None, asked: str, event: str, at: datetime) -> list[ZoneChoice]:
    """The second clocks the page offers: the viewer's own, UTC, none; those only that read otherwise than the event's.

    None at all where there is nothing to choose.
    """
    there = at.astimezone(ZoneInfo(event)).utcoffset()
    keys = [key for key in dict.fromkeys((own, asked, "UTC")) if key in zone_names()]
    keys = [key for key in keys if at.astimezone(ZoneInfo(key)).utcoffset() != there]
    current = asked or own or "none"
    found = [ZoneChoice(key, zone_city(key) or zone_label(key, at), key == current) for key in keys if key]
    if not found:
        return []
    return [*found, ZoneChoice("none", str(_("Times at the event only")), not any(zone.is_current for zone in found))]


def last_day(edition: Edition) -> date:
    """The day an edition ends, where it takes place; one that ends at midnight ends on the day before."""
    return (edition.ends_at - timedelta(minutes=1)).astimezone(ZoneInfo(edition.time_zone)).date()


def first_day(edition: Edition) -> date:
    """The day an edition begins, where it takes place."""
    return edition.starts_at.astimezone(ZoneInfo(edition.time_zone)).date()
