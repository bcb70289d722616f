"""Bringing the draft back to what an earlier release said. Nobody outside sees it before the next release.

It is one change of whoever does it, so that they can take it back in the grid like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.changes import Change, difference
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.editing import undoing
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.schedule.visibility import name_key
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Rewound:
    """What the draft would say then: as a programme, what changes on the way there, what cannot come back."""

    number: int
    programme: Programme
    changes: list[Change]
    withdrawn: tuple[Item, ...]
    """Of works that are withdrawn, declined, no longer accepted, or no more: they do not come back."""
    rooms_gone: tuple[str, ...]
    """Rooms that are no more: they are made again."""
    seen: str
    """Names exactly this, for whoever looked at it."""


def rewound(
    then: Programme, now: Programme, public: Programme | None, accepted: Mapping[int, int]
) -> tuple[Programme, tuple[Item, ...]]:
    """What the draft `now` would say if it went back to `then`, and the withdrawn works of it. Pure.

    What calendars know of (`public`) is called off instead of vanishing. `accepted` are the works that may take place,
    by number.
    """
    items: list[Item] = []
    withdrawn: list[Item] = []
    for item in then.items:
        if item.cancelled:
            continue
        if item.submission_number is not None and item.submission_number not in accepted:
            withdrawn.append(item)
            continue
        items.append(item)
    there = {item.uid for item in items}
    # A talk whose session stays away stands by itself.
    items = [replace(item, parent=None) if item.parent not in there else item for item in items]
    for item in now.items:
        shown = public.item(item.uid) if public is not None else None
        if item.uid not in there and shown is not None:
            parent = item.parent if item.parent in there or (public and public.item(item.parent)) else None
            items.append(replace(item, cancelled=True, parent=parent))
    return replace(now, items=tuple(items)), tuple(withdrawn)


@dataclass(frozen=True, slots=True)
class _Looked:
    found: Rewound
    working: Working
    works: Mapping[int, int]


def look(session: Session, edition: Edition, number: int) -> Rewound:
    """What bringing the draft back to that release would change; NotFound if there is none such."""
    return _look(session, edition, number).found


def _look(session: Session, edition: Edition, number: int) -> _Looked:
    release = queries.find_release(session, edition.id, number)
    if release is None:
        raise NotFound
    working = drafting.working(session, edition)
    shown = queries.published(session, edition.id)
    public = from_json(shown.programme) if shown else None
    works = {
        row.number: row.id
        for row in session.execute(
            select(Submission.number, Submission.id).where(
                Submission.edition_id == edition.id, Submission.state.in_(ON_PROGRAMME)
            )
        )
    }
    programme, withdrawn = rewound(from_json(release.programme), working.programme, public, works)
    rooms = {name_key(room.name) for room in workshops.rooms(session, edition.id)}
    gone = {one.room for one in programme.items if one.room and not one.cancelled and name_key(one.room) not in rooms}
    changes = difference(working.programme, programme)
    found = Rewound(number, programme, changes, withdrawn, tuple(sorted(gone)), f"{number}-{working.fingerprint}")
    return _Looked(found, working, works)


def rewind(uow: UnitOfWork, edition: Edition, standing: Standing, number: int, *, seen: str) -> Rewound:
    """Make the draft say what that release said; undone in the grid like any change of one's own.

    `seen` is `Rewound.seen` of what was looked at: raises Conflict if the draft changed since, or says all of it.
    """
    edition = service.locked(uow, edition, standing)
    looked = _look(uow.session, edition, number)
    found = looked.found
    if seen != found.seen:
        raise Conflict(str(_("The draft has changed since you looked at it. Look at it again.")))
    if not found.changes:
        raise Conflict(str(_("The draft says all of this already.")))
    here = {row.item.uid for row in looked.working.rows}
    wanted_items = {item.uid: item for item in found.programme.items}
    before = undoing.states(uow.session, edition.id, sorted(here | wanted_items.keys()))
    rooms = {
        name_key(item.room): service.room_id(uow, edition, item.room) for item in wanted_items.values() if item.room
    }
    wanted: dict[str, undoing.State | None] = {uid: None for uid in here if uid not in wanted_items}
    for uid, item in wanted_items.items():
        now = before[uid]
        if item.cancelled and now is not None:
            wanted[uid] = now | {"cancelled": True, "parent": item.parent}
        else:
            wanted[uid] = _state(item, now, rooms, looked.works)
    undoing.put(uow, edition, wanted)
    audit.record(uow, "draft brought back", "release", None, edition_id=edition.id, number=number)
    title = str(_("The draft before it was brought back to release %(number)s", number=number))
    undoing.keep(uow, edition, "rewound", title, before)
    drafting.refresh(uow, edition)
    return found


def _state(
    item: Item, now: undoing.State | None, rooms: Mapping[str, int | None], works: Mapping[int, int]
) -> undoing.State:
    """What a released item says, as the draft keeps it."""
    return {
        "kind": item.kind.value,
        "title": item.title,
        "abstract": item.abstract,
        "starts_at": item.start.isoformat(),
        "ends_at": item.end.isoformat() if item.end else None,
        "room_id": rooms[name_key(item.room)] if item.room else None,
        "track": item.track,
        "label": item.label,
        "position": item.position,
        "submission_id": works.get(item.submission_number) if item.submission_number is not None else None,
        "remote": item.remote,
        "is_fixed": now["is_fixed"] if now is not None else False,
        "recording": item.recording.value,
        "cancelled": False,
        "parent": item.parent,
        "speakers": [
            {
                "position": place,
                "name": who.name,
                "affiliation": who.affiliation,
                "person_id": int(who.person_key[1:]) if who.person_key else None,
                "is_chair": is_chair,
            }
            for is_chair, people in ((False, item.speakers), (True, item.chairs))
            for place, who in enumerate(people, service.MOST_SPEAKERS if is_chair else 0)
        ],
        "origin": now["origin"] if now is not None else None,
    }
