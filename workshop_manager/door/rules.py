"""What a ticket at the door leads to; plain values, no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from workshop_manager.door.states import Doors, Verdict
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.rules import MAY_REGISTRATIONS, ORGANISERS

MAY_DOOR = MAY_REGISTRATIONS
"""The front desk and the organisers: they see names, kinds and pronouns here, and nothing else."""
MAY_ITEMS = ORGANISERS
MAY_CERTIFY = ORGANISERS
OPEN_BEFORE = timedelta(hours=12)
OPEN_AFTER = timedelta(days=7)
"""What was noted on paper, or on a phone that was away for days, is still entered."""
HELD_UP = timedelta(minutes=2)
"""The same code on the same device within this long is the same person, who held it up a little longer."""
KEPT_ON_DEVICE = timedelta(hours=14)
"""How long a phone may keep the list it fetched."""
LONG_AGO = timedelta(days=366)
"""No phone keeps a scan for longer before it sends it."""
MOST_AT_ONCE = 500
"""Tickets in one message of a device."""

_CODE = re.compile(r"[2-9A-HJ-NP-Z]{8}")
_PAPER = re.compile(r"[2-9A-HJ-NP-Z]{16}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")


def code_of(typed: str) -> str | None:
    """The ticket code in what was typed or scanned, however it is written; None if it cannot be one."""
    plain = "".join(sign for sign in typed.upper() if sign not in " -\u2010\u2011\u2012\u2013")
    return f"{plain[:4]}-{plain[4:]}" if _CODE.fullmatch(plain) else None


def paper_code_of(typed: str) -> str | None:
    """The code of a certificate in what was typed, in groups of four; None if it cannot be one."""
    plain = "".join(sign for sign in typed.upper() if sign not in " -\u2010\u2011\u2012\u2013")
    return "-".join(plain[at : at + 4] for at in range(0, 16, 4)) if _PAPER.fullmatch(plain) else None


def is_key(key: object) -> bool:
    """Whether that names a scan: made by the device that scanned, so that sending it twice is one entry."""
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def doors(starts_at: datetime, ends_at: datetime, at: datetime) -> Doors:
    """Whether arrivals of that moment are kept."""
    if at < starts_at - OPEN_BEFORE:
        return Doors.AHEAD
    return Doors.OPEN if at <= ends_at + OPEN_AFTER else Doors.OVER


def kept_through_reload(ends_at: datetime, now: datetime) -> timedelta:
    """How long a browser may keep the list beyond its page: some hours, and never beyond the event."""
    return max(timedelta(0), min(KEPT_ON_DEVICE, ends_at - now))


def may_have_certificate(came: int, starts_at: datetime, now: datetime) -> bool:
    """Only those who were there, from the beginning on."""
    return came > 0 and now >= starts_at


def day_of(at: datetime, zone: str) -> date:
    """The day there. Somebody comes in once a day, so that an event of several days counts each of them."""
    return at.astimezone(ZoneInfo(zone)).date()


def said_at(now: datetime, device_now: datetime | None, device_at: datetime | None) -> datetime:
    """When a scan happened: so long before it was sent as the device says, whatever its clock shows; never ahead.

    Beyond `LONG_AGO` a clock was set in between: then it is so long ago that no door was open, and nothing is kept.
    """
    if device_now is None or device_at is None:
        return now
    return now - min(LONG_AGO, max(timedelta(0), device_now - device_at))


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket as it was held up: what it is for, and who is in with it already."""

    is_here: bool
    state: State
    mode: Mode
    in_at: datetime | None = None
    in_device: str = ""


def verdict(shown: Shown | None, at: datetime, device: str) -> Verdict:
    """What the door says. Who is in already is told so whatever became of the registration since."""
    if shown is None:
        return Verdict.UNKNOWN
    if not shown.is_here:
        return Verdict.ELSEWHERE
    if shown.in_at is not None:
        is_same = shown.in_device == device and abs(at - shown.in_at) <= HELD_UP
        return Verdict.AGAIN if is_same else Verdict.TWICE
    if shown.state is not State.REGISTERED:
        return Verdict.CANCELLED if shown.state is State.CANCELLED else Verdict.WAITING
    return Verdict.VIRTUAL if shown.mode is Mode.VIRTUAL else Verdict.IN


# -- letters for visa applications ----------------------------------------------------------------------------------

MAY_LETTERS = ORGANISERS
"""They read what stands in passports; each look is noted."""
PASSPORT = ("name", "passport", "nationality", "born", "expires", "consulate")
"""What is asked for, by the names that the wording uses."""
_ABOUT = ("edition", "dates", "place", "host")
PLACEHOLDERS = (*PASSPORT, *_ABOUT)
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")


def unknown_placeholders(wording: str) -> list[str]:
    """What stands in braces and is nothing we could put there."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(wording)) if name not in PLACEHOLDERS]


def filled(wording: str, values: Mapping[str, str]) -> str:
    """The wording with what it names; braces in what people typed stay what they are."""
    return _PLACEHOLDER.sub(lambda one: values.get(one[1], ""), wording)


def may_ask_for_letter(state: State, mode: Mode, ends_at: datetime, now: datetime, *, is_offered: bool) -> bool:
    """Whoever has a seat in the room, where the organisers write letters, before the event is over."""
    return is_offered and has_seat_in_room(state, mode) and now <= ends_at


def has_seat_in_room(state: State, mode: Mode) -> bool:
    """For them letters are written, and hold: who joins online needs no visa."""
    return state is State.REGISTERED and mode is Mode.IN_PERSON


def letter_holds(*, is_issued: bool, is_purged: bool, state: State, mode: Mode) -> bool:
    """Whether whoever verifies a letter reads that it is valid: until the seat is given up, or all of it is purged."""
    return is_issued and not is_purged and has_seat_in_room(state, mode)
