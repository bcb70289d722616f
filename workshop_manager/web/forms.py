"""The base of every form: text cleaned once, lengths bounded, a field for instants, money and zones."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from flask import flash
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, Form, StringField, TextAreaField, TimeField
from wtforms.validators import Length, StopValidation

from workshop_manager.core.deadlines import AOE, Deadline, NoSuchTime, instant, zone_names
from workshop_manager.core.text import clean_line, clean_text

LINE, TEXT = 300, 20_000
"""The longest line and the longest text a form takes, in characters, unless the field says less."""


def _stripped(clean: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: clean(value) if isinstance(value, str) else value


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form of ours. CSRF is checked for every POST before any view, so forms do not carry it a second time."""

    class Meta:
        csrf = False

    @property
    def is_sent(self) -> bool:
        """True for a POST with every field valid; otherwise the page is shown again with 422 and everything typed."""
        return bool(self.validate_on_submit())


def required(message: str) -> Callable[[Form, Field], None]:
    """A field that must be filled in, with the sentence that says what to do."""

    def check(_form: Form, field: Field) -> None:
        data = field.data
        if data is None or data is False or (isinstance(data, str | list | tuple) and not data):
            field.errors = [e for e in field.errors if e]
            raise StopValidation(str(message))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


class Line(StringField):
    """One line of text: cleaned, at most `most` characters."""

    def __init__(self, label: str, validators: Iterable[Any] = (), *, most: int = LINE, **kwargs: Any) -> None:
        limit = Length(
            max=most, message=str(_l("That is longer than the %(most)s characters that fit here.", most=most))
        )
        super().__init__(label, [*validators, limit], filters=[_stripped(clean_line)], **kwargs)


class Text(TextAreaField):
    """Several lines of text: cleaned, at most `most` characters."""

    def __init__(self, label: str, validators: Iterable[Any] = (), *, most: int = TEXT, **kwargs: Any) -> None:
        limit = Length(
            max=most, message=str(_l("That is longer than the %(most)s characters that fit here.", most=most))
        )
        super().__init__(label, [*validators, limit], filters=[_stripped(clean_text)], **kwargs)


class ZoneField(StringField):
    """A time zone, typed: an IANA name such as `Africa/Accra`, or `AoE`. Its data is the IANA name.

    A text field with one shared `<datalist id="zones">` (template global `zone_names`), because a select of 430 zones
    beside each of ten dates would weigh more than the rest of the page.
    """

    def __init__(self, label: str, validators: Iterable[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"list": "zones", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label, list(validators), filters=[_stripped(clean_line), _zone_name], **kwargs)

    def _value(self) -> str:
        return "AoE" if self.data == AOE else str(self.data or "")

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in zone_names():
            raise StopValidation(
                str(
                    _l(
                        "“%(zone)s” is not a time zone we know. Write AoE, or a place such as Africa/Accra.",
                        zone=self.data[:60],
                    )
                )
            )


def _zone_name(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    if typed.lower() in ("aoe", "anywhere on earth"):
        return AOE
    return next((z for z in zone_names() if z.lower() == typed.lower().replace(" ", "_")), typed)


@cache
def zone_suggestions() -> tuple[str, ...]:
    """What the datalist offers: AoE, UTC, then every place."""
    places = (z for z in zone_names() if "/" in z and not z.startswith(("Etc/", "SystemV/")))
    return ("AoE", "UTC", *sorted(places))


def read_deadline(day: DateField, time: TimeField, zone: Field) -> Deadline | None:
    """The deadline typed in three fields; None if the day is empty. A time that does not exist is an error there."""
    if day.data is None:
        return None
    if time.data is None:
        time.errors = [*time.errors, str(_l("Say at what time, such as 23:59."))]
        return None
    try:
        return Deadline(instant(day.data, time.data, zone.data), zone.data)
    except NoSuchTime as error:
        time.errors = [*time.errors, str(error)]
        return None


def read_instant(day: DateField, time: TimeField, zone: str) -> datetime | None:
    """The instant typed in a date and a time field, in a known zone; errors land at the time field."""
    if day.data is None or time.data is None:
        return None
    try:
        return instant(day.data, time.data, zone)
    except NoSuchTime as error:
        time.errors = [*time.errors, str(error)]
        return None


def tell(sentence: str, kind: str = "success") -> None:
    """Say something on the next page: kind is success, info, warning or error."""
    flash(sentence, kind)
