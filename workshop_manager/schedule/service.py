"""What organisers do to the working draft. Nobody outside sees any of it before a release."""

import secrets
import zlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from flask_babel import gettext as _

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries
from workshop_manager.schedule.content import ItemContent, Named
from workshop_manager.schedule.models import ItemSpeaker, ScheduleItem
from workshop_manager.schedule.programme import from_json
from workshop_manager.schedule.visibility import name_key
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

MOST_ITEMS = 4000
MOST_SPEAKERS = 100


class Stale(Conflict):
    """Somebody else saved the item since the form was opened."""


def locked(uow: UnitOfWork, edition: Edition, standing: Standing) -> Edition:
    """Asks whether this person may, then lets one change at a time in."""
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition change its schedule.")))
    return workshops.locked_edition(uow.session, edition.id)


def new_uid() -> str:
    """An item's name for ever: 64 random bits, fit for a calendar and a page anchor."""
    return secrets.token_hex(8)


def add(uow: UnitOfWork, edition: Edition, standing: Standing, content: ItemContent) -> ScheduleItem:
    """Put a new item into the draft."""
    edition = locked(uow, edition, standing)
    leave_room(uow, edition, 1)
    item = new_item(edition, _next_position(uow, edition))
    write(uow, edition, item, content)
    audit.record(uow, "added", "schedule item", item.id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return item


def new_item(edition: Edition, position: int) -> ScheduleItem:
    """An item that is in no session yet."""
    item = ScheduleItem(edition_id=edition.id, uid=new_uid(), position=position, version=0)
    item.people = []
    return item


def leave_room(uow: UnitOfWork, edition: Edition, more: int) -> None:
    """Refuses more items than a schedule holds."""
    if queries.count_items(uow.session, edition.id) + more > MOST_ITEMS:
        raise Conflict(str(_("A schedule holds %(most)s items at most.", most=MOST_ITEMS)))


def _next_position(uow: UnitOfWork, edition: Edition) -> int:
    return queries.last_position(uow.session, edition.id) + 1


def edit(
    uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, version: int, content: ItemContent
) -> ScheduleItem:
    """Change an item; raises `Stale` if somebody saved it since. Moving a session moves what stands in it."""
    edition = locked(uow, edition, standing)
    item = get_item(uow, edition, item_id, lock=True)
    if item.version != version:
        raise Stale(str(_("Somebody saved this item while you were writing.")))
    moved_by = content.starts_at - item.starts_at
    is_shifted = bool(moved_by) and item.ends_at is not None and content.ends_at == item.ends_at + moved_by
    write(uow, edition, item, content)
    if is_shifted:
        _shift_children(uow, item, moved_by)
    audit.record(uow, "changed", "schedule item", item.id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return item


def get_item(uow: UnitOfWork, edition: Edition, item_id: int, *, lock: bool = False) -> ScheduleItem:
    """That item of this edition; raises NotFound for another's."""
    item = queries.find_item(uow.session, edition.id, item_id, lock=lock)
    if item is None:
        raise NotFound
    return item


def stamp(item: ScheduleItem, inner: Iterable[ScheduleItem]) -> str:
    """Names an item with all that stands in it as somebody looked at them: its version, and theirs if there are any."""
    kept = sorted((each.id, each.version) for each in inner)
    return f"{item.version}.{zlib.crc32(repr(kept).encode()):08x}" if kept else str(item.version)


def _shift_children(uow: UnitOfWork, item: ScheduleItem, by: timedelta) -> None:
    for child in queries.children(uow.session, item.id):
        child.starts_at += by
        child.ends_at = child.ends_at + by if child.ends_at else None
        child.version += 1


def write(uow: UnitOfWork, edition: Edition, item: ScheduleItem, content: ItemContent) -> None:
    """Make an item, new or not, say that. Needs the edition locked; whoever calls refreshes the draft afterwards."""
    if content.ends_at is not None and content.ends_at <= content.starts_at:
        raise Conflict(str(_("An item ends after it starts.")))
    _check_parent(uow, edition, item, content.parent_id)
    submission = _submission(uow, edition, item, content.submission_id)
    newly_linked = submission is not None and submission.id != item.submission_id
    item.kind, item.title = content.kind, content.title or (submission.title if submission else "")
    item.abstract = content.abstract or (submission.abstract if submission and newly_linked else "")
    item.starts_at, item.ends_at = content.starts_at, content.ends_at
    item.parent_id, item.label, item.track = content.parent_id, content.label or None, content.track or None
    item.recording, item.remote, item.is_fixed = content.recording, content.remote, content.is_fixed
    item.submission_id = content.submission_id
    item.room_id = room_id(uow, edition, content.room)
    item.version += 1
    named = content.speakers[:MOST_SPEAKERS]
    if not named and newly_linked and submission is not None:
        presenting = [author for author in submission.authors if author.is_presenter] or submission.authors
        named = tuple(Named(author.name, author.affiliation) for author in presenting)
    if not item.title:
        raise Conflict(str(_("An item needs a title.")))
    name_speakers(item, named, submission)
    chairs = content.chairs[:MOST_SPEAKERS]
    is_known = {name_key(who.name) for who in item.chairs if who.person_id is not None}
    others = any(name_key(who.name) not in is_known for who in chairs)
    name_chairs(item, chairs, queries.people_by_name(uow.session, edition.id) if others else {})
    uow.session.add(item)
    uow.session.flush()


def name_speakers(item: ScheduleItem, named: Iterable[Named], submission: Submission | None = None) -> None:
    """Name who speaks, in order; the accounts behind known names stay, and so does who chairs it."""
    known = {name_key(who.name): who.person_id for who in item.speakers if who.person_id is not None}
    if submission is not None:
        known |= {name_key(a.name): a.person_id for a in submission.authors if a.person_id is not None}
    _name(item, named, known, is_chair=False)


def name_chairs(item: ScheduleItem, named: Iterable[Named], people: Mapping[str, int]) -> None:
    """Name who chairs it, in order. Chairs stand on no work that would tell who they are: a new one is the person of
    that name in `people` (`queries.people_by_name`); the accounts behind known names stay.
    """
    known = {name_key(who.name): who.person_id for who in item.chairs if who.person_id is not None}
    _name(item, named, {**people, **known}, is_chair=True)


def _name(item: ScheduleItem, named: Iterable[Named], known: Mapping[str, int], *, is_chair: bool) -> None:
    before = [who for who in item.people if who.is_chair is is_chair]
    others = [who for who in item.people if who.is_chair is not is_chair]
    wanted = [(who.name, who.affiliation, known.get(name_key(who.name))) for who in named]
    if wanted == [(who.name, who.affiliation, who.person_id) for who in before]:
        return
    # Who chairs comes after who speaks, however many those are.
    first = MOST_SPEAKERS if is_chair else 0
    rows = [
        ItemSpeaker(position=first + place, name=name, affiliation=home, person_id=person_id, is_chair=is_chair)
        for place, (name, home, person_id) in enumerate(wanted)
    ]
    item.people = [*others, *rows] if is_chair else [*rows, *others]


def _check_parent(uow: UnitOfWork, edition: Edition, item: ScheduleItem, parent_id: int | None) -> None:
    if parent_id is None:
        return
    parent = queries.find_item(uow.session, edition.id, parent_id)
    if parent is None:
        raise NotFound
    if parent.parent_id is not None or parent.id == item.id:
        raise Conflict(str(_("An item stands in a session, not in another item or in itself.")))
    if item.version and queries.children(uow.session, item.id):
        raise Conflict(str(_("This item holds others, so it cannot stand in a session itself.")))


def _submission(uow: UnitOfWork, edition: Edition, item: ScheduleItem, submission_id: int | None) -> Submission | None:
    if submission_id is None:
        return None
    found = queries.submission_with_authors(uow.session, edition.id, submission_id)
    if found is None:
        raise NotFound
    if submission_id != item.submission_id and found.state not in ON_PROGRAMME:
        raise Conflict(str(_("Only accepted work gets a place in the schedule.")))
    return found


def room_id(uow: UnitOfWork, edition: Edition, name: str | None) -> int | None:
    """The room of that name, added if there is none such."""
    if not name:
        return None
    room = queries.find_room_by_name(uow.session, edition.id, name)
    if room is None:
        room = Room(edition_id=edition.id, name=name, position=queries.last_room(uow.session, edition.id) + 1)
        uow.session.add(room)
        uow.session.flush()
    return room.id


# -- taking out and putting back -------------------------------------------------------------------------------------


def remove(uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, *, seen: str = "") -> bool:
    """Take an item out, with all that stands in it. True if it was called off, False if it is gone from the draft.

    `seen` is the `stamp` of what was looked at: raises `Stale` if somebody changed it since, or what stands in it.

    What people have in their calendars is called off: they see it struck through until its time has passed, and it can
    be taken back. What nobody has seen, or is called off already, goes.
    """
    edition = locked(uow, edition, standing)
    item = get_item(uow, edition, item_id, lock=True)
    if seen and seen != stamp(item, queries.children(uow.session, item.id)):
        raise Stale(
            str(_("Somebody changed this, or what stands in it, since you looked at it. Look again before it goes."))
        )
    shown = queries.published(uow.session, edition.id)
    public = from_json(shown.programme) if shown else None
    was = public.item(item.uid) if public is not None else None
    is_called_off = was is not None and not was.cancelled and not item.cancelled
    if is_called_off:
        for each in (item, *queries.children(uow.session, item.id)):
            each.cancelled, each.version = True, each.version + 1
    else:
        uow.session.delete(item)
    audit.record(uow, "called off" if is_called_off else "removed", "schedule item", item_id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return is_called_off


def restore(uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int) -> ScheduleItem:
    """Take back that an item was called off, and with it what stands in it."""
    edition = locked(uow, edition, standing)
    item = get_item(uow, edition, item_id, lock=True)
    if not item.cancelled:
        raise Conflict(str(_("This item is not called off.")))
    for each in (item, *queries.children(uow.session, item.id)):
        each.cancelled, each.version = False, each.version + 1
    audit.record(uow, "taken back", "schedule item", item_id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return item


# -- order -----------------------------------------------------------------------------------------------------------


def move(uow: UnitOfWork, edition: Edition, standing: Standing, item_id: int, *, up: bool) -> ScheduleItem:
    """Exchange an item with the one before or after it: each keeps its length, and what stands in it moves along."""
    edition = locked(uow, edition, standing)
    item = get_item(uow, edition, item_id, lock=True)
    row = list(queries.siblings(uow.session, item))
    place = next(place for place, each in enumerate(row) if each.id == item.id)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(row):
        raise Conflict(str(_("It is the first already.") if up else _("It is the last already.")))
    first, second = (row[other], item) if up else (item, row[other])
    if first.starts_at != second.starts_at:
        require_loose(first, *queries.children(uow.session, first.id))
        require_loose(second, *queries.children(uow.session, second.id))
    first.position, second.position = second.position, first.position
    if first.position == second.position:
        first.position += 1
    if first.starts_at != second.starts_at:
        _exchange_times(uow, first, second)
    first.version, second.version = first.version + 1, second.version + 1
    audit.record(uow, "moved", "schedule item", item_id, edition_id=edition.id)
    drafting.refresh(uow, edition)
    return item


def require_loose(*items: ScheduleItem) -> None:
    """Refuse (Conflict) to move what an organiser marked as staying where it is."""
    fixed = next((item for item in items if item.is_fixed), None)
    if fixed is not None:
        raise Conflict(
            str(_("“%(title)s” must not move. Take that mark off in its form first.", title=isolated(fixed.title)))
        )


def _exchange_times(uow: UnitOfWork, first: ScheduleItem, second: ScheduleItem) -> None:
    length = second.ends_at - second.starts_at if second.ends_at else timedelta(0)
    gap = max(second.starts_at - (first.ends_at or first.starts_at), timedelta(0))
    start = first.starts_at
    _place(uow, second, start)
    _place(uow, first, start + length + gap)


def _place(uow: UnitOfWork, item: ScheduleItem, start: datetime) -> None:
    by = start - item.starts_at
    item.starts_at, item.ends_at = start, item.ends_at + by if item.ends_at else None
    _shift_children(uow, item, by)


# -- many at once ----------------------------------------------------------------------------------------------------


def add_series(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    content: ItemContent,
    times: Collection[tuple[datetime, datetime]],
) -> int:
    """Add one item for each of these times; a meetup that is there already stays as it is. Gives how many are new."""
    edition = locked(uow, edition, standing)
    leave_room(uow, edition, len(times))
    there = {(row.item.title, row.item.starts_at) for row in queries.draft_rows(uow.session, edition.id)}
    position, made = _next_position(uow, edition), 0
    for start, end in times:
        if (content.title, start) in there:
            continue
        item = new_item(edition, position + made)
        write(
            uow,
            edition,
            item,
            ItemContent(content.kind, content.title, start, end, content.abstract, content.room, remote=content.remote),
        )
        made += 1
    audit.record(uow, "series added", "schedule item", None, edition_id=edition.id, items=made)
    drafting.refresh(uow, edition)
    return made
