"""What organisers say about an item, as plain values; and how speakers are written on lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from workshop_manager.core.text import clean_line
from workshop_manager.schedule.models import ItemSpeaker
from workshop_manager.schedule.programme import Kind, Recording

NAME_LENGTH = 300
_LINE = re.compile(r"(?P<name>[^()]+?)\s*\((?P<affiliation>.+)\)")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who speaks or chairs, as typed."""

    name: str
    affiliation: str | None = None


@dataclass(frozen=True, slots=True)
class ItemContent:
    """One item of the draft as typed. Instants are UTC; the ids are looked up in the edition."""

    kind: Kind
    title: str
    starts_at: datetime
    ends_at: datetime | None
    abstract: str = ""
    room: str | None = None
    parent_id: int | None = None
    label: str | None = None
    speakers: tuple[Named, ...] = ()
    chairs: tuple[Named, ...] = ()
    submission_id: int | None = None
    track: str | None = None
    recording: Recording = Recording.UNDECIDED
    remote: bool = False
    is_fixed: bool = False


def read_speakers(text: str) -> tuple[Named, ...]:
    """One speaker a line: `Name (Affiliation)` or `Name`."""
    found = []
    for raw in text.splitlines():
        line = clean_line(raw)
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match:
            found.append(Named(match["name"][:NAME_LENGTH], match["affiliation"][:NAME_LENGTH]))
        else:
            found.append(Named(line[:NAME_LENGTH]))
    return tuple(found)


def write_speakers(speakers: Iterable[ItemSpeaker]) -> str:
    """The lines that `read_speakers` reads."""
    return "\n".join(f"{who.name} ({who.affiliation})" if who.affiliation else who.name for who in speakers)
