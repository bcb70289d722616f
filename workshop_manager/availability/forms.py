"""The shapes of asking and answering."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, TimeField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from workshop_manager.availability.rules import Block
from workshop_manager.availability.states import From, Word
from workshop_manager.web.forms import BaseForm, Text, ZoneField, required

NOTE_LENGTH = 2000


class AskForm(BaseForm):
    """Until when answers are wanted, on the edition's clock, and a few words."""

    day = DateField(_l("Answers wanted until"), [required(_l("Say until which day you want answers."))])
    clock = TimeField(_l("Time"), [required(_l("Say at what time, such as 23:59."))])
    message = Text(
        _l("A few words to go with it"),
        most=NOTE_LENGTH,
        description=_l("Such as which days matter most. Everybody you ask reads it."),
    )


class TimesForm(BaseForm):
    """What a speaker says besides the hours, which are read by `words`."""

    seen = HiddenField()
    speaks_from = RadioField(
        _l("From where do you speak?"),
        [Optional()],
        choices=[
            SelectChoice(From.THERE.value, _l("I am there")),
            SelectChoice(From.AFAR.value, _l("From afar, by video")),
            SelectChoice(From.EITHER.value, _l("Either, or I do not know yet")),
        ],
    )
    zone = ZoneField(
        _l("Times for you in"),
        description=_l("Where you are on those days: a place such as Africa/Accra. Empty: the event’s own."),
    )
    note = Text(
        _l("Anything the organisers should know"),
        most=NOTE_LENGTH,
        description=_l("Such as when your train leaves. Only the organisers read it."),
    )


def words(asked: Iterable[Sequence[Block]], sent: Mapping[str, str]) -> dict[str, Word]:
    """What was sent for each block, `h-<key>`; a day ruled out as a whole is `d-<key>` of its first block."""
    found: dict[str, Word] = {}
    for day in asked:
        if day and sent.get(f"d-{day[0].key}"):
            found |= {block.key: Word.CANNOT for block in day}
            continue
        for block in day:
            said = sent.get(f"h-{block.key}", "")
            found[block.key] = Word(said) if said in list(Word) else Word.CAN
    return found
