"""Who else arranges the draft just now, at which item, and whether it changed since somebody's board was drawn."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule.drafting import Working
from workshop_manager.schedule.models import Draft, EditorSeen, ScheduleItem
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.service import acting_person

HERE = timedelta(seconds=35)
"""How long somebody counts as being here after their page last asked."""
NOTED = timedelta(seconds=15)
"""How often it is written down that somebody is still where they were."""
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else at work: their name, and the uid and title of the item they have chosen, if any."""

    name: str
    uid: str | None
    title: str | None

    @property
    def sentence(self) -> str:
        if self.title is None:
            return str(_("%(name)s is here, too.", name=isolated(self.name)))
        return str(_("%(name)s is at “%(title)s”.", name=isolated(self.name), title=isolated(self.title)))


def note(uow: UnitOfWork, edition: Edition, uid: str | None) -> None:
    """Note that whoever acts is at that item of the draft, or at none; most of the time this writes nothing."""
    session, person = uow.session, acting_person(uow)
    row = session.get(EditorSeen, (edition.id, person.id))
    if row is not None and row.uid == uid and row.seen_at > uow.now - NOTED:
        return
    if row is None:
        try:
            with session.begin_nested():
                session.add(EditorSeen(edition_id=edition.id, person_id=person.id, uid=uid, seen_at=uow.now))
        except IntegrityError:
            pass  # another window of theirs said so in the same moment
        return
    here = (EditorSeen.edition_id == edition.id, EditorSeen.person_id == person.id)
    session.execute(update(EditorSeen).where(*here).values(uid=uid, seen_at=uow.now))


def others(session: Session, edition_id: int, person_id: int, now: datetime) -> list[Other]:
    """Who else is at the draft, by name (one query)."""
    rows = session.execute(
        select(Person.name, EditorSeen.uid, ScheduleItem.title)
        .join(Person, Person.id == EditorSeen.person_id)
        .outerjoin(
            ScheduleItem, (ScheduleItem.edition_id == EditorSeen.edition_id) & (ScheduleItem.uid == EditorSeen.uid)
        )
        .where(EditorSeen.edition_id == edition_id, EditorSeen.person_id != person_id, EditorSeen.seen_at > now - HERE)
        .order_by(Person.name, Person.id)
        .limit(MOST_NAMED)
    )
    return [Other(name, uid, title) for name, uid, title in rows]


def tag(session: Session, edition_id: int) -> str:
    """Changes with every change of the draft, and of the rooms that are its columns (two queries)."""
    row = session.execute(
        select(
            select(Draft.changed_at).where(Draft.edition_id == edition_id).scalar_subquery(),
            func.count(ScheduleItem.id),
            func.coalesce(func.sum(ScheduleItem.version), 0),
            func.coalesce(func.max(ScheduleItem.id), 0),
        ).where(ScheduleItem.edition_id == edition_id)
    ).one()
    changed, number, versions, newest = row
    return _tag(
        changed,
        number,
        versions,
        newest,
        ((key, name, place) for key, name, place in session.execute(_columns(edition_id))),
    )


def tag_of(working: Working, rooms: Iterable[Room]) -> str:
    """The same of a draft and rooms that were read already."""
    items = [row.item for row in working.rows]
    versions, newest = sum(item.version for item in items), max((item.id for item in items), default=0)
    columns = sorted((room.id, room.name, room.position) for room in rooms)
    return _tag(working.changed_at, len(items), versions, newest, columns)


def _tag(
    changed: datetime | None, number: int, versions: int, newest: int, columns: Iterable[tuple[int, str, int]]
) -> str:
    rooms = zlib.crc32(repr(list(columns)).encode())
    return f"{changed.timestamp() if changed else 0:.6f}-{number}-{versions}-{newest}-{rooms:08x}"


def _columns(edition_id: int) -> Select[int, str, int]:
    return select(Room.id, Room.name, Room.position).where(Room.edition_id == edition_id).order_by(Room.id)
