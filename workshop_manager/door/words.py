"""What the door says, in the reader's language: a sign, a few large words, and a sentence."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.core.text import isolated
from workshop_manager.door.models import Arrival
from workshop_manager.door.service import Said
from workshop_manager.door.states import Verdict
from workshop_manager.registrations.words import host_text
from workshop_manager.web.times import clock_text, day_text

SIGNS = {
    Verdict.IN: ("ok", "check-circle-fill", _l("Come in")),
    Verdict.AGAIN: ("ok", "check-circle", _l("Already in")),
    Verdict.TWICE: ("wait", "warning", _l("Already in: compare the name")),
    Verdict.WAITING: ("stop", "hourglass-medium", _l("Waits for a seat, has none yet")),
    Verdict.CANCELLED: ("stop", "prohibit", _l("Cancelled")),
    Verdict.VIRTUAL: ("wait", "video-camera", _l("Registered to join online")),
    Verdict.ELSEWHERE: ("stop", "calendar-x", _l("A ticket for another event")),
    Verdict.UNKNOWN: ("stop", "question", _l("Nobody has this code")),
}
"""Kind of colour, icon and words: never colour alone."""
_SENTENCES = {
    Verdict.WAITING: _l("Nobody was let in. The organisers can see whether a seat is free."),
    Verdict.CANCELLED: _l("This registration was cancelled. Nobody was let in."),
    Verdict.VIRTUAL: _l("They have no seat in the room. Nobody was let in; the organisers can change the kind."),
    Verdict.ELSEWHERE: _l("This ticket is not for here. Nobody was let in."),
    Verdict.UNKNOWN: _l("Try again, type the eight signs beneath the code, or search by name."),
}


def sentence(verdict: Verdict) -> str:
    """What follows, as far as it is the same for everybody."""
    return str(_SENTENCES.get(verdict, ""))


def clock(at: datetime, zone: str) -> str:
    """`09:12`, there."""
    return clock_text(at.astimezone(ZoneInfo(zone)))


def day_name(day: date) -> str:
    """`Fri 11 December 2026`."""
    return day_text(day, year=True)


def since_text(arrival: Arrival, zone: str) -> str:
    """`In since 09:12, by Amina at Main door`."""
    values = {"time": clock(arrival.at, zone), "person": isolated(arrival.by.name) if arrival.by else ""}
    values["place"] = isolated(arrival.device) if arrival.device else ""
    if arrival.by and arrival.device:
        return str(_("In since %(time)s, by %(person)s at “%(place)s”.", **values))
    if arrival.by:
        return str(_("In since %(time)s, by %(person)s.", **values))
    return str(_("In since %(time)s.", **values))


def said_text(said: Said, zone: str) -> str:
    """The sentence under the large words."""
    if said.arrival is not None and said.verdict in (Verdict.AGAIN, Verdict.TWICE):
        since = since_text(said.arrival, zone)
        if said.verdict is Verdict.TWICE:
            return f"{since} {_('If this is somebody else, the code was passed on: ask the organisers.')}"
        return since
    if said.elsewhere:
        return str(_("It is for %(edition)s. Nobody was let in.", edition=isolated(said.elsewhere)))
    return sentence(said.verdict)


@dataclass(frozen=True, slots=True)
class Card:
    """What a page, or a device, shows of an answer."""

    verdict: str
    kind: str
    icon: str
    title: str
    sentence: str
    name: str = ""
    pronouns: str = ""
    seat: str = ""
    registration_id: int | None = None
    arrival_id: int | None = None
    is_kept: bool = True


def _with_host(said: Said, sentence_: str) -> str:
    """Who is let in and needs a registration at the host conference: whether one is known."""
    if said.verdict is not Verdict.IN or said.registration is None:
        return sentence_
    return " ".join(part for part in (sentence_, host_text(said.registration)) if part)


def card(said: Said, zone: str) -> Card:
    """The answer as it is shown; needs registration and kind, arrival and who noted it."""
    kind, icon, title = SIGNS[said.verdict]
    row = said.registration
    return Card(
        verdict=said.verdict.value,
        kind=kind,
        icon=icon,
        title=str(title),
        sentence=_with_host(said, said_text(said, zone)),
        name=row.badge_name if row else "",
        pronouns=(row.pronouns or "") if row else "",
        seat=row.kind.name if row else "",
        registration_id=row.id if row else None,
        arrival_id=said.arrival.id if said.arrival else None,
        is_kept=said.is_kept,
    )


def blank(verdict: Verdict) -> Card:
    """The answer without anybody, for a device that fills it while it has no network."""
    kind, icon, title = SIGNS[verdict]
    return Card(verdict.value, kind, icon, str(title), sentence(verdict))
