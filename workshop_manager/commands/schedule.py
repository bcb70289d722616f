"""`workshop-manager schedule …`."""

from datetime import datetime
from pathlib import Path
from typing import IO, Any

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Stopped, Told
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, importing, publishing, releasing
from workshop_manager.schedule.forms import first_day, last_day
from workshop_manager.schedule.reading.detecting import read_file
from workshop_manager.schedule.reading.values import MAX_FILE, ImportRefusal, Reading, Row, Weight
from workshop_manager.timetabling import taking as timetable
from workshop_manager.timetabling import words
from workshop_manager.timetabling.options import Options
from workshop_manager.timetabling.windows import Window, read_breaks, read_rooms
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def schedule() -> None:
    """The programme: bringing one in, and taking a release along."""


@running.act(schedule, "import")
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of times without a date, and of “Day 1”; else the first day of the edition.",
)
@click.option("--zone", help="The IANA zone of times without one; else that of the edition.")
@click.option("--overwrite", is_flag=True, help="Take what the file says also where it was changed here since.")
@click.option(
    "--as-printed", is_flag=True, help="Keep doubtful times as printed; otherwise what is suggested is taken."
)
def bring_in(
    uow: UnitOfWork,
    edition: Edition,
    file: IO[bytes],
    day: datetime | None,
    zone: str | None,
    overwrite: bool,
    as_printed: bool,
) -> Told:
    """Take a programme into the draft: a web page, Markdown, text, CSV, XLSX, .ics, schedule.xml or schedule.json."""
    on = day.date() if day is not None else first_day(edition)
    try:
        data = file.read(MAX_FILE + 1)
        reading = read_file(data, day=on, zone=zone or edition.time_zone, until=last_day(edition))
    except ImportRefusal as refusal:
        raise Stopped([{"sentence": refusal.sentence, "code": refusal.code}]) from None
    every = {row.number for row in reading.rows}
    taken = importing.take(
        uow, edition, MACHINE, reading, accept=() if as_printed else every, overwrite=every if overwrite else ()
    )
    items = [_item(row, not as_printed) for row in reading.rows]
    counts = {
        "rows": len(items),
        "added": taken.added,
        "updated": taken.updated,
        "same": taken.same,
        "left_out": len(items) - taken.added - taken.updated - taken.same,
    }
    notes = _notes(reading)
    if taken.kept:
        notes.append(f"Changed here since it was brought in, and so left as it is: {taken.kept} fields.")
    return Told(counts, items, notes, about={"format": reading.format.value, "doubts": _doubts(reading)})


def _item(row: Row, accept: bool) -> dict[str, Any]:
    start, end = row.start(accept), row.end(accept)
    return {
        "row": row.number,
        "start": _instant(start),
        "end": _instant(end),
        "title": row.title,
        "kind": row.kind.value,
        "room": row.room,
        "speakers": [who.name for who in row.speakers],
        "parent": row.parent,
        "where": row.where,
        "left_out": None if row.has_place else "called off" if row.is_cancelled else "no time",
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else None


def _doubts(reading: Reading) -> list[dict[str, Any]]:
    return [
        {
            "row": doubt.row,
            "field": doubt.field,
            "sentence": doubt.sentence,
            "suggestion": doubt.suggestion,
            "weight": doubt.weight.value,
        }
        for doubt in reading.doubts
    ]


def _notes(reading: Reading) -> list[str]:
    """What is doubtful, by row; what is a usual guess is told with `--json`."""
    return [
        f"Row {doubt.row}: {doubt.sentence}" if doubt.row else doubt.sentence
        for doubt in reading.doubts
        if doubt.weight is Weight.DOUBT
    ]


@running.act(schedule, "export")
@click.option(
    "--format", "form", type=click.Choice(["ics", *publishing.FORMATS]), required=True, help="What is written."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write, else one named after it.")
@click.option("--draft", is_flag=True, help="The draft as a release would show it now.")
@click.option("--release", "number", type=click.IntRange(1), help="An earlier release by its number.")
def export(uow: UnitOfWork, edition: Edition, form: str, output: Path | None, draft: bool, number: int | None) -> Told:
    """Write a release, the newest unless told, as the public may read it today."""
    if draft and number is not None:
        raise Conflict("Say --draft or --release, not both.")
    programme, release = (
        (drafting.as_released(uow.session, edition, uow.now), None)
        if draft
        else releasing.as_read_now(uow.session, edition, number)
    )
    programme = programme.called_off(edition.cancel_revision, edition.cancel_changed_at, is_off=edition.is_cancelled)
    told = publishing.about(edition, release)
    body = publishing.made(form, programme, told)
    file = output or Path(f"{edition.community.slug}-{edition.slug}-schedule.{form}")
    counts = {"items": len(programme.items), "bytes": len(body)}
    return Told(counts, about={"file": str(file), "version": told.version}, files=[(file, body)])


@running.act(schedule, "draft")
@click.option("--talk", type=click.IntRange(5, 480), default=15, show_default=True, help="Minutes of a talk.")
@click.option("--lightning", type=click.IntRange(5, 480), default=5, show_default=True, help="Minutes of a short one.")
@click.option("--room", "rooms", multiple=True, help="Only in this room; may be given several times.")
@click.option(
    "--hours", multiple=True, help="A day with its hours, as “2026-12-11 9:00-17:00”; else the days of the event."
)
@click.option("--break", "breaks", multiple=True, help="A break, as “12:00-13:00” or “2026-12-11 12:00-13:00”.")
@click.option("--open", "opens", multiple=True, help="When a room is open, as “Attic: 10:00-16:00”; else all day.")
@click.option("--moves", is_flag=True, help="Talks that have a place may move, as few as possible; else they stay.")
def give_places(
    uow: UnitOfWork,
    edition: Edition,
    talk: int,
    lightning: int,
    rooms: tuple[str, ...],
    hours: tuple[str, ...],
    breaks: tuple[str, ...],
    opens: tuple[str, ...],
    moves: bool,
) -> Told:
    """Give every accepted talk without a place the best there is: in sessions that have room, else in free time."""
    near, names = first_day(edition), [room.name for room in workshops.rooms(uow.session, edition.id)]
    days, wrong = read_breaks("\n".join(hours), near)
    stops, odd = read_breaks("\n".join(breaks), near)
    doors, unknown = read_rooms("\n".join(opens), near, names)
    wrong += [*odd, *unknown, *(f"{day.start:%H:%M}-{day.end:%H:%M}" for day in days if day.day is None)]
    if wrong:
        raise Conflict(f"These hours cannot be read: {'; '.join(wrong)}.")
    windows = tuple(Window(day.day, day.start, day.end) for day in days if day.day is not None)
    said = Options(talk, lightning, frozenset(rooms), moves, windows, (*stops, *doors))
    taken = timetable.draft(uow, edition, MACHINE, said)
    items = [
        {
            "submission": each.number,
            "start": _instant(each.start),
            "minutes": each.minutes,
            "where": each.where,
            "title": each.title,
            "was": _instant(each.was) if each.was else None,
        }
        for each in taken.placed
    ]
    counts = {"placed": len(items), "without_room": len(taken.unplaced)}
    return Told(counts, items, list(words.plan_in_words(taken)), about={"proven": taken.plan.is_proven})
