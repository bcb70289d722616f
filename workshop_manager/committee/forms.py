"""What is typed on the pages of this package."""

import re
from collections.abc import Collection
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.committee import pasting, words
from workshop_manager.committee.models import ReviewerProfile
from workshop_manager.committee.rules import MOST_AT_ONCE, MOST_LOAD, MOST_SUGGESTIONS
from workshop_manager.committee.service import ProfileContent, Suggestion
from workshop_manager.web.forms import BaseForm, Line, Text
from workshop_manager.workshops.forms import mail_address

MOST_MESSAGE = 2000
MOST_LETTERS = 60_000


class PasteForm(BaseForm):
    """Names and addresses, in whatever form they were kept."""

    people = Text(
        _l("Names and addresses"),
        most=MOST_LETTERS,
        description=_l(
            "One a line, such as “Amal Bello, amal@university.example”; an address alone will do, and so will columns"
            " copied from a spreadsheet. Nothing is sent yet."
        ),
    )
    message = Text(
        _l("A word of your own"),
        most=MOST_MESSAGE,
        description=_l("Stands in the mail after the first sentence: how many abstracts, say, or why you ask."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The list is read; what cannot be read is said line by line."""
        valid = bool(super().validate(extra_validators))
        if self.people.errors:
            return False
        self.read, unread = pasting.read(self.people.data or "")
        wrong = [str(_("Line %(line)s: no address in “%(text)s”.", line=one.line, text=one.text)) for one in unread]
        kept = []
        for one in self.read:
            try:
                kept.append(pasting.Pasted(mail_address(one.address), one.name, one.affiliation))
            except ValueError as error:
                wrong.append(str(error))
        self.read = kept
        if len(kept) > MOST_AT_ONCE:
            wrong.append(str(_("At most %(most)s at once. Send the rest in a second go.", most=MOST_AT_ONCE)))
        self.people.errors = wrong[:8]
        return valid and not wrong


class DeclineForm(BaseForm):
    """No, perhaps with a word and with others who might."""

    words = Text(_l("A word to the chairs"), most=1000)
    name_1 = Line(_l("Name"))
    address_1 = Line(_l("E-mail address"), most=320)
    name_2 = Line(_l("Name"))
    address_2 = Line(_l("E-mail address"), most=320)
    name_3 = Line(_l("Name"))
    address_3 = Line(_l("E-mail address"), most=320)

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody suggested needs an address."""
        valid = bool(super().validate(extra_validators))
        self.suggestions: list[Suggestion] = []
        for name, address in self.pairs:
            if not (name.data or address.data):
                continue
            try:
                self.suggestions.append(Suggestion(name.data or "", mail_address(address.data or "")))
            except ValueError as error:
                address.errors = [str(error) if address.data else str(_("Write their address, or leave out the name."))]
                valid = False
        return valid

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The fields of each suggestion: name and address."""
        return [(self[f"name_{n}"], self[f"address_{n}"]) for n in range(1, MOST_SUGGESTIONS + 1)]


class ProfileForm(BaseForm):
    """What somebody can take on in one edition."""

    version = HiddenField(default="0")
    max_load = IntegerField(
        _l("How many reviews at most"),
        [
            Optional(),
            NumberRange(0, MOST_LOAD, message=str(_l("A number from 0 to %(most)s, or nothing.", most=MOST_LOAD))),
        ],
        description=_l("Empty: the chairs decide. 0: none for now."),
    )
    tracks = SelectMultipleField(
        _l("In which tracks"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None chosen: any."),
    )
    topics = SelectMultipleField(
        _l("What you know enough of to judge"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("The chairs match these with what authors say their work is about."),
    )
    languages = Line(
        _l("Languages you can review in"),
        description=_l("Parted by commas, such as English, French. Empty: English."),
    )
    is_senior = BooleanField(
        _l("I have reviewed for conferences or journals for several years"),
        description=_l("Each abstract should have at least one such reader."),
    )
    away_until = DateField(_l("Away until"), [Optional()], description=_l("The chairs see it beside your name."))
    note = Text(_l("Anything the chairs should know"), most=1000)

    def __init__(
        self, *args: Any, track_names: dict[int, str], topic_names: dict[int, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tracks.choices = [SelectChoice(key, name) for key, name in track_names.items()]
        self.topics.choices = [SelectChoice(key, name) for key, name in (topic_names or {}).items()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Languages must be ones."""
        valid = bool(super().validate(extra_validators))
        names = [part.strip() for part in re.split(r"[,;/]|\band\b", self.languages.data or "")]
        self.codes, unknown = words.language_codes(names)
        if unknown:
            sentence = _("“%(name)s” is not a language we know. Write it in English, such as Swahili.", name=unknown[0])
            self.languages.errors = [str(sentence)]
        return valid and not unknown

    def content(self) -> ProfileContent:
        """What was typed, for the service."""
        return ProfileContent(
            max_load=self.max_load.data,
            is_senior=bool(self.is_senior.data),
            languages=tuple(self.codes),
            track_ids=tuple(self.tracks.data or ()),
            topic_ids=tuple(self.topics.data or ()),
            away_until=self.away_until.data,
            note=self.note.data or "",
        )

    @property
    def seen_version(self) -> int:
        """The version the form started from; what is no number starts from none."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def profile_values(
    row: ReviewerProfile | None, earlier: ReviewerProfile | None = None, known: Collection[int] = ()
) -> dict[str, Any]:
    """What the form begins with: what was said here, else what does not change from edition to edition."""
    if row is not None:
        return {
            "version": str(row.version),
            "max_load": row.max_load,
            "is_senior": row.is_senior,
            "languages": words.language_names(row.languages),
            "tracks": [track.track_id for track in row.tracks],
            "topics": list(known),
            "away_until": row.away_until,
            "note": row.note,
        }
    if earlier is None:
        return {"version": "0", "topics": list(known)}
    names = words.language_names(earlier.languages)
    return {"version": "0", "is_senior": earlier.is_senior, "languages": names, "topics": list(known)}
