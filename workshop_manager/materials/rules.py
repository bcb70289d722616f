"""Who sees a material when, and when a recording may be published. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from workshop_manager.materials.states import Agrees, Shown
from workshop_manager.schedule.programme import Recording
from workshop_manager.workshops.rules import MAY_SCHEDULE

MAY_MATERIALS = MAY_SCHEDULE
MOST_OF_AN_ITEM = 20


def is_shown(shown: Shown, *, item_over: datetime, event_over: datetime, now: datetime, is_registered: bool) -> bool:
    """Whether somebody outside the team sees it now. Instants are aware."""
    if shown is Shown.AT_ONCE:
        return True
    if shown is Shown.AFTER_ITEM:
        return item_over <= now
    if shown is Shown.AFTER_EVENT:
        return event_over <= now
    return shown is Shown.REGISTERED and is_registered


def stricter(one: Agrees, other: Agrees) -> Agrees:
    """Of two answers the one that shows a recording to fewer."""
    return max(one, other, key=[Agrees.YES, Agrees.REGISTERED, Agrees.NO].index)


class Why(Enum):
    """Why a recording may not be published."""

    PLANNED_NOT = "planned_not"
    SAID_NO = "said_no"
    ONLY_REGISTERED = "only_registered"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why, and whom to ask."""

    why: Why
    names: tuple[str, ...] = ()


def recording_refusal(
    planned: Recording, speakers: Sequence[tuple[str, str]], said: Mapping[str, Agrees], shown: Shown
) -> Refusal | None:
    """Why a recording of an item may not be shown so, or None.

    `speakers` are (key, name); `said` is by key. A speaker's answer counts more than the plan; where none was given,
    what the released programme announced does: recorded is agreed to, for it was read and not objected to.
    """
    refused = tuple(name for key, name in speakers if said.get(key) is Agrees.NO)
    if refused:
        return Refusal(Why.SAID_NO, refused)
    silent = tuple(name for key, name in speakers if key not in said)
    if planned is Recording.FORBIDDEN and (silent or not speakers):
        return Refusal(Why.PLANNED_NOT, silent)
    if planned is not Recording.RECORDED and silent:
        return Refusal(Why.NOT_ASKED, silent)
    narrow = tuple(name for key, name in speakers if said.get(key) is Agrees.REGISTERED)
    if narrow and shown not in (Shown.REGISTERED, Shown.TEAM):
        return Refusal(Why.ONLY_REGISTERED, narrow)
    return None


class Wave(Enum):
    """A mail that asks for slides; the value is part of what keeps it from going twice."""

    FIRST = "asked"
    REMINDER = "reminded"


REMINDED_AFTER = timedelta(days=7)


def due_wave(over: datetime, asked: datetime | None, reminded: datetime | None, now: datetime) -> Wave | None:
    """Which mail is due: the first once the event is over, one reminder a week after that, and none ever again."""
    if now < over:
        return None
    if asked is None:
        return Wave.FIRST
    if reminded is None and now >= asked + REMINDED_AFTER:
        return Wave.REMINDER
    return None
