"""Taking changes of the grid back, and doing them again: each person their own, as long as nobody changed it since.

An edit holds what its items were before and after. It is undone only if every one of them still says what the edit
made of it, so that nothing somebody else wrote is lost; likewise it is done again.
"""

import enum
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database, Instant
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.schedule import drafting, queries, service
from workshop_manager.schedule.models import EditorSeen, ItemOrigin, ItemSpeaker, ScheduleEdit, ScheduleItem
from workshop_manager.schedule.programme import from_json
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition, Room
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.service import acting_person

MOST_KEPT = 50
KEPT = timedelta(days=1)
JOB = "forget-schedule-edits"

State = dict[str, Any]
"""All that an item says, fit for JSON: its columns, the uid of what it stands in, its speakers, where it came from."""

_OF_ITEM = [
    c for c in ScheduleItem.__table__.columns if c.key not in ("id", "edition_id", "uid", "parent_id", "version")
]
_OF_SPEAKER = [c for c in ItemSpeaker.__table__.columns if c.key not in ("id", "item_id")]
_SPEAKS = {"is_chair": False}
"""What a state says of who is named in it, if it was kept before anybody could chair."""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def _typed(column: Any, value: Any) -> Any:
    kind = getattr(column.type, "enum_class", None)
    if value is not None and kind is not None:
        return kind(value)
    is_moment = value is not None and isinstance(column.type, Instant)
    return datetime.fromisoformat(value) if is_moment else value


def states(session: Session, edition_id: int, uids: Collection[str]) -> dict[str, State | None]:
    """What these items say just now, None for each that is not there (three queries)."""
    session.flush()
    items = _items(session, edition_id, uids)
    parents = {item.parent_id for item in items.values() if item.parent_id is not None}
    uid_of = {item.id: item.uid for item in items.values()}
    if parents - uid_of.keys():
        rows = session.execute(select(ScheduleItem.id, ScheduleItem.uid).where(ScheduleItem.id.in_(parents)))
        uid_of |= {row.id: row.uid for row in rows}
    ids = [item.id for item in items.values()]
    origins = {o.item_id: o for o in session.scalars(select(ItemOrigin).where(ItemOrigin.item_id.in_(ids)))}
    found: dict[str, State | None] = dict.fromkeys(uids)
    for uid, item in items.items():
        origin = origins.get(item.id)
        found[uid] = {column.key: _plain(getattr(item, column.key)) for column in _OF_ITEM} | {
            "parent": uid_of[item.parent_id] if item.parent_id is not None else None,
            "speakers": [{c.key: _plain(getattr(who, c.key)) for c in _OF_SPEAKER} for who in item.people],
            "origin": {"key": origin.key, "digests": origin.digests} if origin else None,
        }
    return found


def _items(session: Session, edition_id: int, uids: Collection[str]) -> dict[str, ScheduleItem]:
    rows = session.scalars(
        select(ScheduleItem)
        .options(selectinload(ScheduleItem.people))
        .where(ScheduleItem.edition_id == edition_id, ScheduleItem.uid.in_(uids))
        .execution_options(populate_existing=True)
    )
    return {item.uid: item for item in rows}


def keep(uow: UnitOfWork, edition: Edition, what: str, title: str, before: Mapping[str, State | None]) -> None:
    """Note what was just done to these items, for whoever did it; what they had undone cannot be done again then."""
    session, person = uow.session, acting_person(uow)
    mine = (ScheduleEdit.edition_id == edition.id, ScheduleEdit.person_id == person.id)
    session.execute(delete(ScheduleEdit).where(*mine, ScheduleEdit.undone_at.is_not(None)))
    session.execute(delete(ScheduleEdit).where(ScheduleEdit.at <= uow.now - KEPT))
    kept = select(ScheduleEdit.id).where(*mine).order_by(ScheduleEdit.id.desc()).limit(MOST_KEPT - 1)
    session.execute(
        delete(ScheduleEdit)
        .where(*mine, ScheduleEdit.id.not_in(kept.scalar_subquery()))
        .execution_options(synchronize_session=False)
    )
    after = states(session, edition.id, before)
    row = ScheduleEdit(
        edition_id=edition.id,
        person_id=person.id,
        at=uow.now,
        what=what,
        title=title[:400],
        before=dict(before),
        after=after,
    )
    session.add(row)
    session.flush()


# -- back and forth --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Steps:
    """What somebody can take back, and what they can do again."""

    undo: ScheduleEdit | None
    redo: ScheduleEdit | None


def steps(session: Session, edition_id: int, person_id: int, now: datetime) -> Steps:
    """The next step back and the next one forth (one query)."""
    rows = session.scalars(
        select(ScheduleEdit)
        .where(ScheduleEdit.edition_id == edition_id, ScheduleEdit.person_id == person_id, ScheduleEdit.at > now - KEPT)
        .order_by(ScheduleEdit.id)
    ).all()
    undone = [row for row in rows if row.undone_at is not None]
    done = [row for row in rows if row.undone_at is None]
    return Steps(done[-1] if done else None, undone[0] if undone else None)


def undo(uow: UnitOfWork, edition: Edition, standing: Standing) -> ScheduleEdit:
    """Take back the last change one made; Conflict if there is none or somebody changed the same since."""
    edition = service.locked(uow, edition, standing)
    row = steps(uow.session, edition.id, acting_person(uow).id, uow.now).undo
    if row is None:
        raise Conflict(str(_("There is nothing of yours to undo.")))
    _turn(uow, edition, row.after, row.before)
    row.undone_at = uow.now
    audit.record(uow, "edit undone", "schedule item", None, edition_id=edition.id, what=row.what)
    drafting.refresh(uow, edition)
    return row


def redo(uow: UnitOfWork, edition: Edition, standing: Standing) -> ScheduleEdit:
    """Do again what one took back last; Conflict if there is nothing or somebody changed the same since."""
    edition = service.locked(uow, edition, standing)
    row = steps(uow.session, edition.id, acting_person(uow).id, uow.now).redo
    if row is None:
        raise Conflict(str(_("There is nothing of yours to do again.")))
    _turn(uow, edition, row.before, row.after)
    row.undone_at = None
    audit.record(uow, "edit redone", "schedule item", None, edition_id=edition.id, what=row.what)
    drafting.refresh(uow, edition)
    return row


def _turn(uow: UnitOfWork, edition: Edition, left: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    now = states(uow.session, edition.id, left)
    for uid, state in left.items():
        if now[uid] != state:
            raise Conflict(_meanwhile(uow.session, edition.id, uid, now[uid] or state))
    gone = [uid for uid, state in wanted.items() if state is None and now[uid] is not None]
    _refuse_unpublishing(uow, edition, gone)
    _refuse_emptying(uow.session, edition.id, gone)
    put(uow, edition, wanted)


def _refuse_unpublishing(uow: UnitOfWork, edition: Edition, uids: Iterable[str]) -> None:
    shown = queries.published(uow.session, edition.id) if uids else None
    public = from_json(shown.programme) if shown else None
    if public is not None and any(public.item(uid) is not None for uid in uids):
        raise Conflict(str(_("It was released meanwhile. Take it out instead, so that calendars hear of it.")))


def _refuse_emptying(session: Session, edition_id: int, uids: Collection[str]) -> None:
    """What was put into a session since would go with it: it is not among the items that this edit knows."""
    if not uids:
        return
    around = aliased(ScheduleItem)
    added = session.execute(
        select(ScheduleItem.id, ScheduleItem.title, around.title.label("within"))
        .join(around, around.id == ScheduleItem.parent_id)
        .where(ScheduleItem.edition_id == edition_id, around.uid.in_(uids), ScheduleItem.uid.not_in(uids))
        .order_by(ScheduleItem.id)
        .limit(1)
    ).one_or_none()
    if added is None:
        return
    told = {"title": isolated(added.title), "within": isolated(added.within)}
    name = last_hand(session, edition_id, added.id)
    if name is None:
        raise Conflict(str(_("“%(title)s” was put into “%(within)s” since, so this stays as it is.", **told)))
    raise Conflict(
        str(
            _(
                "“%(title)s” was put into “%(within)s” since (%(name)s changed it last), so this stays as it is.",
                name=isolated(name),
                **told,
            )
        )
    )


def _meanwhile(session: Session, edition_id: int, uid: str, state: State) -> str:
    title = isolated(state["title"])
    item_id = session.scalars(
        select(ScheduleItem.id).where(ScheduleItem.edition_id == edition_id, ScheduleItem.uid == uid)
    ).one_or_none()
    name = last_hand(session, edition_id, item_id)
    if item_id is None:
        return str(_("“%(title)s” was taken out meanwhile, so this stays as it is.", title=title))
    if name is None:
        return str(_("“%(title)s” was changed meanwhile, so this stays as it is.", title=title))
    return str(_("%(name)s changed “%(title)s” meanwhile, so this stays as it is.", name=isolated(name), title=title))


def last_hand(session: Session, edition_id: int, item_id: int | None) -> str | None:
    """The name of whoever changed that item last, if that is known."""
    if item_id is None:
        return None
    return session.scalars(
        select(Person.name)
        .join(AuditEntry, AuditEntry.actor_id == Person.id)
        .where(
            AuditEntry.edition_id == edition_id,
            AuditEntry.subject == "schedule item",
            AuditEntry.subject_id == item_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()


def last_hand_inside(session: Session, edition_id: int, item_id: int) -> str | None:
    """The name of whoever changed something that stands in that item last; None where what was there is gone."""
    inside = select(ScheduleItem.id).where(ScheduleItem.parent_id == item_id)
    return session.scalars(
        select(Person.name)
        .join(AuditEntry, AuditEntry.actor_id == Person.id)
        .where(
            AuditEntry.edition_id == edition_id,
            AuditEntry.subject == "schedule item",
            AuditEntry.subject_id.in_(inside),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()


def put(uow: UnitOfWork, edition: Edition, wanted: Mapping[str, State | None]) -> None:
    """Make these items say exactly that: remove, bring back under their old uid, or change them."""
    session = uow.session
    gone = [uid for uid, state in wanted.items() if state is None]
    if gone:
        session.execute(
            delete(ScheduleItem)
            .where(ScheduleItem.edition_id == edition.id, ScheduleItem.uid.in_(gone))
            .execution_options(synchronize_session="fetch")
        )
    told = {uid: state for uid, state in wanted.items() if state is not None}
    items = _items(session, edition.id, {*told, *(s["parent"] for s in told.values() if s["parent"])})
    missing = sum(uid not in items for uid in told)
    if missing:
        service.leave_room(uow, edition, missing)
    known = _Known.of(session, edition.id, told.values())
    # What holds others comes before what stands in it.
    for uid, state in sorted(told.items(), key=lambda pair: pair[1]["parent"] is not None):
        item = items.get(uid)
        if item is None:
            item = items[uid] = ScheduleItem(edition_id=edition.id, uid=uid, version=0)
            item.people = []
            session.add(item)
        for column in _OF_ITEM:
            # What was kept before a column came says nothing of it.
            if column.key in state:
                setattr(item, column.key, _typed(column, state[column.key]))
        item.room_id = item.room_id if item.room_id in known.rooms else None
        item.submission_id = item.submission_id if item.submission_id in known.works else None
        parent = items.get(state["parent"]) if state["parent"] else None
        item.parent_id = parent.id if parent else None
        item.version += 1
        speakers = [{c.key: _typed(c, (_SPEAKS | who)[c.key]) for c in _OF_SPEAKER} for who in state["speakers"]]
        for who in speakers:
            who["person_id"] = who["person_id"] if who["person_id"] in known.people else None
        now = [{c.key: getattr(who, c.key) for c in _OF_SPEAKER} for who in item.people]
        if speakers != now:
            item.people = [ItemSpeaker(**who) for who in speakers]
        session.flush()
        if state["origin"] and session.get(ItemOrigin, item.id) is None:
            session.add(ItemOrigin(item_id=item.id, edition_id=edition.id, **state["origin"]))
    session.flush()


@dataclass(frozen=True, slots=True)
class _Known:
    """Of what the states name, that which is still there."""

    rooms: frozenset[int]
    works: frozenset[int]
    people: frozenset[int]

    @classmethod
    def of(cls, session: Session, edition_id: int, told: Iterable[State]) -> "_Known":
        told = list(told)
        works = {state["submission_id"] for state in told} - {None}
        people = {who["person_id"] for state in told for who in state["speakers"]} - {None}
        return cls(
            frozenset(session.scalars(select(Room.id).where(Room.edition_id == edition_id))),
            frozenset(session.scalars(select(Submission.id).where(Submission.id.in_(works)))) if works else frozenset(),
            frozenset(session.scalars(select(Person.id).where(Person.id.in_(people)))) if people else frozenset(),
        )


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted: no undoing brings its name back, whoever may undo (one query; a day's changes)."""
    for row in uow.session.scalars(select(ScheduleEdit)):
        row.before, row.after = _without(row.before, person_id), _without(row.after, person_id)
    uow.session.flush()


def rename_person(uow: UnitOfWork, gone: int, into: int) -> None:
    """Two accounts become one: what is undone names the one that stays (one query; a day's changes)."""
    for row in uow.session.scalars(select(ScheduleEdit)):
        row.before, row.after = _renamed(row.before, gone, into), _renamed(row.after, gone, into)
    uow.session.flush()


def _renamed(told: Mapping[str, State | None], gone: int, into: int) -> dict[str, State | None]:
    def named(who: dict[str, Any]) -> dict[str, Any]:
        return who | {"person_id": into} if who["person_id"] == gone else who

    return {
        uid: state and state | {"speakers": [named(who) for who in state["speakers"]]} for uid, state in told.items()
    }


def _without(told: Mapping[str, State | None], person_id: int) -> dict[str, State | None]:
    return {
        uid: state and state | {"speakers": [who for who in state["speakers"] if who["person_id"] != person_id]}
        for uid, state in told.items()
    }


def forget_old(database: Database, clock: Clock) -> None:
    """Remove what can no longer be undone, and who was at the grid."""
    with unit_of_work(database, clock) as uow:
        uow.session.execute(delete(EditorSeen).where(EditorSeen.seen_at <= uow.now - timedelta(hours=1)))
        uow.session.execute(delete(ScheduleEdit).where(ScheduleEdit.at <= uow.now - KEPT))
