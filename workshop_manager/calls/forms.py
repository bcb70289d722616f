"""The shapes of the call's settings as typed: text and limits, rounds, types, tracks, codes to be made."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, FormField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from workshop_manager.calls import words
from workshop_manager.calls.codes import CodeContent
from workshop_manager.calls.models import Call, Round, SubmissionType
from workshop_manager.calls.queries import CALL_KEYS
from workshop_manager.calls.rules import MOST_PER_PERSON
from workshop_manager.calls.service import CallContent, RoundContent, TrackContent, TypeContent
from workshop_manager.calls.states import Blinding
from workshop_manager.calls.words import Choice
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.tokens import token_hash
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, required
from workshop_manager.workshops.forms import Clock, Day
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.states import DateKey, TrackKind
from workshop_manager.workshops.words import TRACK_KIND_TEXTS, date_name, track_kind_name

OWN, ALL = "own", "all"
"""The call's own round, and every track: what has no id."""


class WhenForm(Form):
    """A date that may be left out: day, time and the zone it is announced in."""

    day = Day(_l("Day"))
    time = Clock(_l("Time"))
    zone = ZoneField(_l("Zone"))
    deadline: Deadline | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if not valid or self.day.data is None:
            return valid
        if not self.zone.data:
            self.zone.errors = [str(_("Write AoE, or a place such as Africa/Accra."))]
            return False
        self.deadline = read_deadline(self.day, self.time, self.zone)
        return self.deadline is not None

    @staticmethod
    def values(deadline: Deadline | None) -> dict[str, Any]:
        """What the three fields show of a date; AoE and the last minute of a day until somebody chooses otherwise."""
        if deadline is None:
            return {"zone": AOE}
        return {"day": deadline.local.date(), "time": deadline.local.time(), "zone": deadline.zone}


def _when(label: Any) -> "FormField[WhenForm]":
    return FormField(WhenForm, label=label)


def _read(field: Any) -> Deadline | None:
    found = field.form.deadline
    return found if isinstance(found, Deadline) else None


def _number(label: Any, low: int, high: int, *, optional: bool = False) -> IntegerField:
    message = str(_l("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
    return IntegerField(
        label,
        [Optional() if optional else InputRequired(message), NumberRange(low, high, message)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": low, "max": high},
    )


class _AskedForm(BaseForm):
    """What is asked of a work: for a call, and for a type."""

    needs_pdf = BooleanField(_l("A PDF is asked for"))
    page_limit = _number(_l("Pages"), 1, 50)
    reference_pages = _number(_l("Further pages for references"), 0, 20)
    word_limit = _number(_l("Words of the abstract"), 10, 3000)
    max_megabytes = _number(_l("Largest PDF, in MB"), 1, 15)
    prior_rule = Text(_l("What may have been published before"), most=1000)
    prior_cutoff = _when(_l("Counts as published if it appeared before"))

    def asked(self) -> dict[str, Any]:
        """As plain values."""
        cutoff = _read(self.prior_cutoff)
        return {
            "needs_pdf": bool(self.needs_pdf.data),
            "page_limit": self.page_limit.data or 1,
            "reference_pages": self.reference_pages.data or 0,
            "word_limit": self.word_limit.data or 10,
            "max_megabytes": self.max_megabytes.data or 1,
            "prior_rule": self.prior_rule.data or "",
            "prior_cutoff_at": cutoff.at if cutoff else None,
            "prior_cutoff_zone": cutoff.zone if cutoff else None,
        }


_ASKED = ("needs_pdf", "page_limit", "reference_pages", "word_limit", "max_megabytes", "prior_rule")


def _asked_values(row: Call | SubmissionType) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _ASKED} | {"prior_cutoff": WhenForm.values(row.prior_cutoff)}


class CallForm(_AskedForm):
    """The call as organisers edit it."""

    version = HiddenField()
    headline = Line(_l("In one sentence"), most=300)
    text = Text(_l("Text"), most=20_000)
    blinding = RadioField(
        _l("Who sees whose name"),
        [required(_l("Say who sees whose name."))],
        choices=[SelectChoice(b.value, b.value) for b in Blinding],
    )
    most_per_person = _number(_l("Abstracts one person may be named in"), 1, MOST_PER_PERSON, optional=True)
    type_name = Line(_l("What this type is called"), most=100)

    def content(self, call: Call) -> CallContent:
        """As plain values; what stands on other pages is taken from the call."""
        return CallContent(
            headline=self.headline.data or "",
            text=self.text.data or "",
            blinding=Blinding(self.blinding.data),
            most_per_person=self.most_per_person.data,
            round_name=call.round_name,
            type_name=self.type_name.data or "",
            **self.asked(),
        )


def call_form(call: Call) -> CallForm:
    """The form, filled with the call as it stands unless something was sent."""
    own = {name: getattr(call, name) for name in ("headline", "text", "most_per_person", "type_name")}
    form = CallForm(data=own | _asked_values(call) | {"blinding": call.blinding.value, "version": str(call.version)})
    form.blinding.choices = [SelectChoice(b.value, words.blinding_text(b)) for b in Blinding]
    return form


class _SeenForm(BaseForm):
    """A form that knows what was stored when it was opened, so that two organisers learn of each other."""

    seen = HiddenField()

    def is_stale(self, stored: object) -> bool:
        """True if somebody saved since; the form then carries what is stored now, so that sending it again saves."""
        now = stamp(stored)
        is_stale = self.seen.data != now
        self.seen.data = now
        return is_stale


def stamp(stored: object) -> str:
    """Names what is stored, whoever stored it."""
    return token_hash(repr(stored))[:24]


class TypeForm(_AskedForm, _SeenForm):
    """A further type of work."""

    name = Line(_l("Name"), [required(_l("Give it a name, such as Paper."))], most=100)
    description = Text(_l("What it is for"), most=1000)

    def content(self) -> TypeContent:
        """As plain values."""
        return TypeContent(name=self.name.data or "", description=self.description.data or "", **self.asked())


def type_form(row: SubmissionType | None, call: Call, seen: str = "") -> TypeForm:
    """The form of a type; a new one begins with what the call asks for."""
    if row is None:
        return TypeForm(data=_asked_values(call))
    return TypeForm(data={"name": row.name, "description": row.description, "seen": seen} | _asked_values(row))


class RoundForm(_SeenForm):
    """A further round; `round_form` gives it a field for each of its dates."""

    name = Line(_l("Name"), [required(_l("Give it a name, such as Early round."))], most=100)
    description = Text(_l("For whom it is"), most=1000)

    def content(self) -> RoundContent:
        """As plain values."""
        dates = {key: _read(self[key.value]) for key in CALL_KEYS}
        return RoundContent(self.name.data or "", self.description.data or "", dates)


def round_form(row: Round | None, dates: Mapping[DateKey, Deadline], seen: str = "") -> RoundForm:
    """The form of a round with its dates."""
    made = type("EditionRoundForm", (RoundForm,), {key.value: _when(date_name(key)) for key in CALL_KEYS})
    values: dict[str, Any] = {key.value: WhenForm.values(dates.get(key)) for key in CALL_KEYS}
    if row is not None:
        values |= {"name": row.name, "description": row.description}
    form: RoundForm = made(data=values | {"seen": seen})
    return form


class OwnRoundForm(BaseForm):
    """What the call's own round is called."""

    round_name = Line(_l("What the call’s own round is called"), most=100)


_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class TrackForm(_SeenForm):
    """What the call says of a track; `track_form` gives it a deadline for each round."""

    kind = RadioField(
        _l("Kind"),
        [required(_l("Say what kind of track it is."))],
        choices=[SelectChoice(kind.value, kind.value) for kind in TrackKind],
    )
    colour = Line(_l("Colour"), most=7, render_kw={"placeholder": "#2f6f4f", "spellcheck": "false"})
    is_hidden = BooleanField(_l("Hidden: only those with an access code can submit to it"))
    rounds: tuple[int | None, ...] = ()

    def validate_colour(self, field: Any) -> None:
        """Six hex digits, or nothing."""
        if field.data and not _COLOUR.fullmatch(field.data):
            raise ValidationError(str(_("Write a colour as # and six figures or letters a to f, such as #2f6f4f.")))

    def content(self) -> TrackContent:
        """As plain values."""
        return TrackContent(
            kind=TrackKind(self.kind.data),
            colour=(self.colour.data or "").lower() or None,
            is_hidden=bool(self.is_hidden.data),
            due={round_id: _read(self[_due_name(round_id)]) for round_id in self.rounds},
        )

    def refuse_due(self, rounds: Iterable[int | None], sentence: str) -> None:
        """Say why these deadlines are not saved."""
        for round_id in rounds:
            self[_due_name(round_id)].form.time.errors = [sentence]


def _due_name(round_id: int | None) -> str:
    return f"due_{round_id or OWN}"


def track_form(track: Track, rounds: Sequence[Choice], due: Mapping[int | None, Deadline], seen: str = "") -> TrackForm:
    """The form of a track with its own deadline in each round."""
    plain = str(_("Its own deadline"))
    labels = {c.id: f"{plain}: {c.name}" if len(rounds) > 1 else plain for c in rounds}
    own: dict[str, Any] = {_due_name(c.id): _when(labels[c.id]) for c in rounds}
    made = type("EditionTrackForm", (TrackForm,), own | {"rounds": tuple(c.id for c in rounds)})
    values: dict[str, Any] = {_due_name(c.id): WhenForm.values(due.get(c.id)) for c in rounds}
    values |= {"kind": track.kind.value, "colour": track.colour or "", "is_hidden": track.is_hidden}
    form: TrackForm = made(data=values | {"seen": seen})
    form.kind.choices = [SelectChoice(kind.value, track_kind_name(kind)) for kind in TrackKind]
    return form


def track_kind_texts() -> dict[str, str]:
    """What each kind is for, by its value."""
    return {kind.value: str(text) for kind, text in TRACK_KIND_TEXTS.items()}


class CodeForm(BaseForm):
    """An access code to be made."""

    label = Line(_l("For whom it is"), [required(_l("Say for whom it is: only organisers read that."))], most=200)
    track = SelectField(_l("Track it opens"), default=ALL)
    round = SelectField(_l("Round"), default=OWN)
    late = _when(_l("Late entry until"))
    max_uses = _number(_l("How many people can use it"), 1, 1000)
    expires = _when(_l("It can be used until"))

    def __init__(self, *args: Any, tracks: Sequence[Track], rounds: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = [SelectChoice(str(t.id), f"{t.name} ({_('hidden')})" if t.is_hidden else t.name) for t in tracks]
        self.track.choices = [SelectChoice(ALL, str(_("None: late entry to every open track"))), *hidden]
        self.round.choices = [SelectChoice(str(c.id or OWN), c.name) for c in rounds]

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid and self.track.data == ALL and _read(self.late) is None:
            self.track.errors = [str(_("Choose a track, a late entry, or both: the code opens nothing otherwise."))]
            return False
        return valid

    def content(self) -> CodeContent:
        """As plain values."""
        return CodeContent(
            label=self.label.data or "",
            round_id=None if self.round.data == OWN else int(self.round.data),
            track_id=None if self.track.data == ALL else int(self.track.data),
            late=_read(self.late),
            max_uses=self.max_uses.data or 1,
            expires=_read(self.expires),
        )


def code_form(tracks: Sequence[Track], rounds: Sequence[Choice]) -> CodeForm:
    """An empty form; one use until somebody says otherwise."""
    nothing = WhenForm.values(None)
    return CodeForm(tracks=tracks, rounds=rounds, data={"max_uses": 1, "late": nothing, "expires": nothing})
