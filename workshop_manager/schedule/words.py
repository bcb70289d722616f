"""How kinds, recording and lengths are called, in the reader's language."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from workshop_manager.core.text import isolated
from workshop_manager.schedule.models import ScheduleItem
from workshop_manager.schedule.programme import Kind, Recording
from workshop_manager.schedule.states import KeptFor

_KINDS = {
    Kind.SESSION: _l("Session"),
    Kind.KEYNOTE: _l("Keynote"),
    Kind.TALK: _l("Talk"),
    Kind.LIGHTNING: _l("Lightning talk"),
    Kind.POSTER: _l("Poster"),
    Kind.ROUNDTABLE: _l("Roundtable"),
    Kind.OPENING: _l("Opening or closing"),
    Kind.BREAK: _l("Break"),
    Kind.MEAL: _l("Meal"),
    Kind.PRAYER: _l("Prayer"),
    Kind.SOCIAL: _l("Social"),
    Kind.OTHER: _l("Other"),
}
# What is worth saying after a title: that a coffee break is a break is not.
_IN_A_LINE = {
    Kind.KEYNOTE: _l("keynote"),
    Kind.TALK: _l("talk"),
    Kind.LIGHTNING: _l("lightning talk"),
    Kind.POSTER: _l("poster"),
    Kind.ROUNDTABLE: _l("roundtable"),
    Kind.SOCIAL: _l("social"),
}
_RECORDING = {
    Recording.UNDECIDED: _l("Not decided yet"),
    Recording.RECORDED: _l("Recorded"),
    Recording.NOT_RECORDED: _l("Not recorded"),
    Recording.FORBIDDEN: _l("Must not be recorded: the speaker asks for it"),
}
_RECORDING_IN_A_LINE = {
    Recording.RECORDED: _l("recorded"),
    Recording.NOT_RECORDED: _l("not recorded"),
    Recording.FORBIDDEN: _l("must not be recorded"),
}
_KEPT_FOR = {
    KeptFor.PRAYER: _l("Prayer"),
    KeptFor.MEAL: _l("A meal"),
    KeptFor.REST: _l("Rest"),
    KeptFor.OTHER: _l("Something else"),
}


def people_text(item: ScheduleItem) -> str:
    """Who speaks and who chairs, as the desk names them."""
    speakers, chairs = (", ".join(isolated(who.name) for who in people) for people in (item.speakers, item.chairs))
    return people_in_a_line(speakers, chairs, len(item.chairs))


def people_in_a_line(speakers: str, chairs: str, number: int) -> str:
    """Who speaks, and who chairs, `number` of them, behind them."""
    led = str(ngettext("Chair: %(names)s", "Chairs: %(names)s", number, names=chairs)) if chairs else ""
    return "\u00a0· ".join(part for part in (speakers, led) if part)


_NUMBERS = (
    _l("no"),
    _l("one"),
    _l("two"),
    _l("three"),
    _l("four"),
    _l("five"),
    _l("six"),
    _l("seven"),
    _l("eight"),
    _l("nine"),
    _l("ten"),
    _l("eleven"),
    _l("twelve"),
)


def kind_name(kind: Kind) -> str:
    """`Lightning talk`, for choices."""
    return str(_KINDS[kind])


def kind_in_a_line(kind: Kind) -> str:
    """`lightning talk`, or "" for what its title says already."""
    return str(_IN_A_LINE.get(kind, ""))


def recording_name(recording: Recording) -> str:
    """`Not recorded`, for choices."""
    return str(_RECORDING[recording])


def recording_in_a_line(recording: Recording) -> str:
    """`recorded`, or "" while nobody has decided."""
    return str(_RECORDING_IN_A_LINE.get(recording, ""))


def number_word(number: int) -> str:
    """`four`; figures from 13 on."""
    return str(_NUMBERS[number]) if 0 <= number < len(_NUMBERS) else str(number)


def length_text(length: timedelta) -> str:
    """`45 min`, `1 h 30 min`."""
    minutes = int(length.total_seconds()) // 60
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(_("%(minutes)s min", minutes=rest))
    if not rest:
        return str(_("%(hours)s h", hours=hours))
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))


def until_text(length: timedelta) -> str:
    """`in 3 minutes`, `in 2 h 10 min`."""
    minutes = -(-int(length.total_seconds()) // 60)
    if minutes < 60:
        return str(ngettext("in %(num)s minute", "in %(num)s minutes", minutes))
    return str(_("in %(length)s", length=length_text(timedelta(minutes=minutes))))


def children_text(kinds: list[Kind], *, at_once: bool) -> str:
    """What stands in a session: `three talks`, `four tables at once`, `ten posters`."""
    number = len(kinds)
    word = number_word(number)
    if set(kinds) == {Kind.POSTER}:
        return str(ngettext("one poster", "%(word)s posters", number, word=word))
    if at_once and number > 1:
        return str(_("%(word)s tables at once", word=word))
    if set(kinds) <= {Kind.LIGHTNING, Kind.TALK, Kind.KEYNOTE}:
        return str(ngettext("one talk", "%(word)s talks", number, word=word))
    return str(ngettext("one part", "%(word)s parts", number, word=word))


def posters_text(in_person: int, virtual: int) -> str:
    """`ten posters, five in person and five virtual`; without the parts if all are of one sort."""
    number = in_person + virtual
    text = str(ngettext("one poster", "%(word)s posters", number, word=number_word(number)))
    if not in_person or not virtual:
        return text
    parts = _("%(there)s in person and %(online)s virtual", there=number_word(in_person), online=number_word(virtual))
    return f"{text}, {parts}"


def posters_heading(number: int) -> str:
    """`Ten posters`."""
    text = posters_text(number, 0)
    return text[:1].upper() + text[1:]


def kept_for(kind: KeptFor) -> str:
    """What a time is kept free for."""
    return str(_KEPT_FOR[kind])
