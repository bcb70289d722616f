"""Taking a programme from elsewhere into the draft: what would change, and doing it, all or nothing.

What an item was brought in with is remembered by digests of each field, as the source said it. So a second import takes
what the source says otherwise than last time, and leaves alone what was changed here since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workshop_manager.core import audit
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.content import Named
from workshop_manager.schedule.exports import calendar_guid
from workshop_manager.schedule.models import ItemOrigin, ItemSpeaker, ScheduleItem
from workshop_manager.schedule.programme import Item, Recording, Speaker
from workshop_manager.schedule.queries import DraftRow
from workshop_manager.schedule.reading.values import Reading
from workshop_manager.schedule.visibility import name_key
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.rules import Standing

_STRONG = 12
"""Names of this length are random enough to be nobody else's; `17` may be another file's seventeenth row."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that the source says otherwise than the draft, each as text."""

    field: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one row: a new item, or changes of one that is there; `kept` stays as it was written here."""

    number: int
    item: Item
    found: ScheduleItem | None
    changes: tuple[Change, ...] = ()
    kept: tuple[Change, ...] = ()
    is_own: bool = False
    """It comes from an export of this very schedule."""

    @property
    def is_new(self) -> bool:
        return self.found is None


@dataclass(frozen=True, slots=True)
class Taken:
    """How many items an import made, changed, and found as they were."""

    added: int
    updated: int
    same: int
    kept: int
    """Fields that stay as they were written here, although the source says otherwise."""


# -- what would change -----------------------------------------------------------------------------------------------


def plan(
    reading: Reading,
    rows: Sequence[DraftRow],
    origins: Mapping[int, ItemOrigin],
    *,
    accept: Collection[int] = (),
    overwrite: Collection[int] = (),
    domain: str = "",
) -> list[Step]:
    """What each row of a reading would do, in the order of the reading. Rows without a place do nothing.

    `origins` are those of the edition by item id; `overwrite` holds the rows that win over what was changed here;
    `domain` stands behind the `@` of our own calendars, by which an export of ours is known again.
    """
    numbers = {f"row-{row.number}": row for row in reading.rows}
    read = reading.items(uid=lambda row: f"row-{row.number}", accept=accept)
    keys = {uid: row.source_id for uid, row in numbers.items() if row.source_id}
    items = [row.item for row in rows]
    own = _own(read, keys, items, domain)
    matched = _match(read, keys, items, origins, own)
    steps = []
    for item in read:
        found = matched.get(item.uid)
        number = numbers[item.uid].number
        if found is None:
            steps.append(Step(number, item, None))
            continue
        origin = origins.get(found.id)
        is_own = item.uid in own
        said = _of_own_export(found, item) if is_own else _of_source(item)
        digests = origin.digests if origin is not None and not is_own else {}
        changes, kept = _compared(found, said, digests, is_forced=number in overwrite)
        steps.append(Step(number, item, found, changes, kept, is_own))
    return steps


def _match(
    read: Sequence[Item],
    keys: Mapping[str, str],
    items: Sequence[ScheduleItem],
    origins: Mapping[int, ItemOrigin],
    own: Mapping[str, ScheduleItem],
) -> dict[str, ScheduleItem]:
    """Which item of the draft a row is: by its name at the source, else by title and time, else by title."""
    ours = {each.id for each in own.values()}
    matched = {uid: each for uid, each in _by_key(read, keys, items, origins).items() if each.id not in ours}
    matched.update(own)
    taken = {each.id for each in matched.values()}
    by_title: dict[str, list[ScheduleItem]] = {}
    for each in items:
        by_title.setdefault(name_key(each.title), []).append(each)
    wanted = {key for uid, key in keys.items() if uid not in matched}
    for by_time in (True, False):
        for item in read:
            if item.uid in matched:
                continue
            key = keys.get(item.uid)
            free = [
                each
                for each in by_title.get(name_key(item.title), ())
                if each.id not in taken and not _is_anothers(origins.get(each.id), key, wanted)
            ]
            found = _like(free, item, by_time=by_time)
            if found is not None:
                matched[item.uid] = found
                taken.add(found.id)
    return matched


def _own(
    read: Sequence[Item], keys: Mapping[str, str], items: Sequence[ScheduleItem], domain: str
) -> dict[str, ScheduleItem]:
    """The rows that bear the name of an item of this draft, as our own exports write it."""
    names = {name: each for each in items for name in (f"{each.uid}@{domain}", calendar_guid(each.uid, domain))}
    return {item.uid: names[key] for item in read if (key := keys.get(item.uid)) in names}


def _of_own_export(found: ScheduleItem, item: Item) -> dict[str, str]:
    """What an export of ours gives back as it was; its descriptions and rooms are made for those who read it."""
    said = _of_source(item)
    names = ("title", "start", "end", "room") if found.room_id is not None else ("title", "start", "end")
    return {name: said[name] for name in names if name in said}


def _by_key(
    read: Sequence[Item],
    keys: Mapping[str, str],
    items: Sequence[ScheduleItem],
    origins: Mapping[int, ItemOrigin],
) -> dict[str, ScheduleItem]:
    by_key: dict[str, ScheduleItem] = {}
    for each in items:
        origin = origins.get(each.id)
        if origin is not None and origin.key:
            by_key[origin.key] = each
    matched = {}
    for item in read:
        named = by_key.get(keys.get(item.uid, ""))
        if named is not None and (len(keys[item.uid]) >= _STRONG or _is_like(named, item)):
            matched[item.uid] = named
    return matched


def _like(free: list[ScheduleItem], item: Item, *, by_time: bool) -> ScheduleItem | None:
    """Of the items with the title of a row the one at its time, or the one with its label."""
    labelled = [each for each in free if (each.label or "") == (item.label or "")]
    if not by_time:
        return labelled[0] if labelled else None
    there = [each for each in free if each.starts_at == item.start]
    return next((each for each in there if each in labelled), there[0] if there else None)


def _is_like(each: ScheduleItem, item: Item) -> bool:
    return name_key(each.title) == name_key(item.title) or each.starts_at == item.start


def _is_anothers(origin: ItemOrigin | None, key: str | None, wanted: Collection[str]) -> bool:
    """An item that came under another name is that other one, if the file still holds it or this row has its own."""
    if origin is None or not origin.key or not key or origin.key == key:
        return False
    return origin.key in wanted or len(origin.key) >= _STRONG


def _compared(
    found: ScheduleItem, there: Mapping[str, str], digests: Mapping[str, str], *, is_forced: bool
) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    here = _of_draft(found)
    changes, kept = [], []
    for name, said in there.items():
        if here[name] == said or _says_no_more(found, name, said, name in digests):
            continue
        change = Change(name, here[name], said)
        last = digests.get(name)
        is_untouched = last is None or last == _digest(here[name])
        if is_forced or (is_untouched and last != _digest(said)):
            changes.append(change)
        else:
            kept.append(change)
    return tuple(changes), tuple(kept)


def _says_no_more(found: ScheduleItem, name: str, said: str, is_known: bool) -> bool:
    """A title with the label in front, as exports write it, is that title; a kind is only our guess at first."""
    if name == "title" and found.label:
        return said == f"{found.label}: {found.title}"
    return name == "kind" and not is_known


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _instant(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment is not None else ""


def _of_draft(found: ScheduleItem) -> dict[str, str]:
    return {
        "title": found.title,
        "start": _instant(found.starts_at),
        "end": _instant(found.ends_at),
        "room": found.room.name if found.room is not None else "",
        "speakers": _lines(found.speakers),
        "chairs": _lines(found.chairs),
        "kind": found.kind.value,
        "label": found.label or "",
        "track": found.track or "",
        "abstract": found.abstract,
        "recording": found.recording.value,
    }


def _of_source(item: Item) -> dict[str, str]:
    """The fields that the source says something about; what it leaves empty changes nothing."""
    end = item.end if item.end is not None and item.end > item.start else None
    texts = {
        "title": item.title[:400],
        "start": _instant(item.start),
        "end": _instant(end),
        "room": (item.room or "")[:200],
        "speakers": _lines(_named(item.speakers)),
        "chairs": _lines(_named(item.chairs)),
        "kind": item.kind.value,
        "label": (item.label or "")[:100],
        "track": (item.track or "")[:200],
        "abstract": item.abstract,
        "recording": item.recording.value if item.recording is not Recording.UNDECIDED else "",
    }
    return {name: text for name, text in texts.items() if text}


def _named(people: Sequence[Speaker]) -> Sequence[Named]:
    return [
        Named(who.name[:300], who.affiliation[:300] if who.affiliation else None)
        for who in people[: service.MOST_SPEAKERS]
    ]


def _lines(people: Iterable[Named | ItemSpeaker]) -> str:
    return "\n".join(f"{who.name}|{who.affiliation or ''}" for who in people)


# -- doing it --------------------------------------------------------------------------------------------------------


def take(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    reading: Reading,
    *,
    accept: Collection[int] = (),
    overwrite: Collection[int] = (),
) -> Taken:
    """Take a reading into the draft, all or nothing.

    An item that is there already keeps its uid, submission and the accounts behind its speakers; whatever the source
    does not mention stays, and so does what was changed here since the last import, except in rows to `overwrite`.
    """
    edition = service.locked(uow, edition, standing)
    rows = queries.draft_rows(uow.session, edition.id)
    origins = queries.origins(uow.session, edition.id)
    domain = drafting.uid_domain()
    steps = plan(reading, rows, origins, accept=accept, overwrite=overwrite, domain=domain)
    service.leave_room(uow, edition, sum(step.is_new for step in steps))
    rooms = _rooms(uow, edition, steps)
    authors = queries.author_people(queries.scheduled_authors(uow.session, edition.id))
    leads = any(step.item.chairs for step in steps)
    people = queries.people_by_name(uow.session, edition.id) if leads else {}
    keys = {row.number: row.source_id for row in reading.rows}
    position = queries.last_position(uow.session, edition.id) + 1
    made: dict[str, ScheduleItem] = {}
    # Parents before children, whatever the printed order, so that each child finds its parent's id.
    for is_child in (False, True):
        for step in steps:
            if (step.item.parent is not None) is not is_child:
                continue
            item = step.found
            if item is None:
                item = service.new_item(edition, position + step.item.position)
                uow.session.add(item)
            _write(item, step, rooms, authors, people)
            if not step.is_own:
                _stand_in(item, made.get(step.item.parent or ""))
            made[step.item.uid] = item
        uow.session.flush()
    _remember(uow, edition, steps, made, keys, origins)
    taken = Taken(
        added=sum(step.is_new for step in steps),
        updated=sum(bool(step.changes) for step in steps),
        same=sum(not step.is_new and not step.changes for step in steps),
        kept=sum(len(step.kept) for step in steps),
    )
    audit.record(uow, "imported", "schedule item", None, edition_id=edition.id, items=len(steps))
    drafting.refresh(uow, edition)
    return taken


def _rooms(uow: UnitOfWork, edition: Edition, steps: Sequence[Step]) -> dict[str, int]:
    """Ids of rooms by `name_key`; those the draft does not know yet are made."""
    rooms = {name_key(room.name): room.id for room in workshops.rooms(uow.session, edition.id)}
    position = queries.last_room(uow.session, edition.id) + 1
    missing: dict[str, Room] = {}
    for step in steps:
        name = (step.item.room or "")[:200]
        is_taken = step.is_new or any(change.field == "room" for change in step.changes)
        if name and is_taken and name_key(name) not in rooms and name_key(name) not in missing:
            missing[name_key(name)] = Room(edition_id=edition.id, name=name, position=position + len(missing))
    uow.session.add_all(missing.values())
    uow.session.flush()
    return rooms | {key: room.id for key, room in missing.items()}


def _write(
    item: ScheduleItem,
    step: Step,
    rooms: Mapping[str, int],
    authors: Mapping[tuple[int, str], int],
    people: Mapping[str, int],
) -> None:
    said = _of_source(step.item)
    if step.is_new:
        item.abstract, item.ends_at = "", None
        names = set(said)
    else:
        names = {change.field for change in step.changes}
    simple: dict[str, tuple[str, Any]] = {
        "title": ("title", said.get("title")),
        "start": ("starts_at", step.item.start),
        "end": ("ends_at", step.item.end),
        "room": ("room_id", rooms.get(name_key(said.get("room", "")))),
        "kind": ("kind", step.item.kind),
        "label": ("label", said.get("label")),
        "track": ("track", said.get("track")),
        "abstract": ("abstract", step.item.abstract),
        "recording": ("recording", step.item.recording),
    }
    for name in names & simple.keys():
        setattr(item, *simple[name])
    # A start that moved past an end nobody mentioned leaves no end.
    if item.ends_at is not None and item.ends_at <= item.starts_at:
        item.ends_at = None
    if "speakers" in names:
        _name(item, step.item, authors)
    if "chairs" in names:
        service.name_chairs(item, _named(step.item.chairs), people)
    if names:
        item.version += 1


def _name(item: ScheduleItem, read: Item, authors: Mapping[tuple[int, str], int]) -> None:
    """Name who speaks; the accounts of known speakers, and of the authors of the work it presents, stay behind them."""
    service.name_speakers(item, _named(read.speakers))
    for who in item.speakers:
        if who.person_id is None and item.submission_id is not None:
            who.person_id = authors.get((item.submission_id, name_key(who.name)))


def _stand_in(item: ScheduleItem, parent: ScheduleItem | None) -> None:
    """Put it where the source says, unless that would stand in something itself: one level is all there is."""
    if parent is not None and parent is not item and parent.parent_id is None and item.parent_id != parent.id:
        item.parent_id = parent.id
        item.version += 1 if item.version > 1 else 0


def _remember(
    uow: UnitOfWork,
    edition: Edition,
    steps: Sequence[Step],
    made: Mapping[str, ScheduleItem],
    keys: Mapping[int, str | None],
    origins: Mapping[int, ItemOrigin],
) -> None:
    holders = {origin.key: origin for origin in origins.values() if origin.key}
    for step in (step for step in steps if not step.is_own):
        item, key = made[step.item.uid], keys.get(step.number)
        origin = origins.get(item.id)
        if origin is None:
            origin = ItemOrigin(item_id=item.id, edition_id=edition.id, key=None, digests={})
            uow.session.add(origin)
        if key and key != origin.key:
            other = holders.get(key)
            if other is not None and other is not origin:
                # Two items cannot come from one name: it now belongs to the row that bears it.
                other.key = None
                uow.session.flush()
            origin.key = key
            holders[key] = origin
        digests = {name: _digest(text) for name, text in _of_source(step.item).items()}
        if digests != origin.digests:
            origin.digests = digests
    uow.session.flush()
