"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager, joinedload, selectinload, undefer

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.queries import PlacedDate
from workshop_manager.schedule.clashes import Protected
from workshop_manager.schedule.models import (
    Draft,
    FeedToken,
    ItemOrigin,
    ItemSpeaker,
    JoinUse,
    PendingImport,
    PlannedRelease,
    ProtectedTime,
    Release,
    ReleasedPerson,
    ScheduleItem,
    SettledConflict,
    Snapshot,
)
from workshop_manager.schedule.states import KeptFor
from workshop_manager.schedule.visibility import Choices, name_key, person_key
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.models import Community, Edition, ImportantDate, Room, TeamMember
from workshop_manager.workshops.states import Visibility

# -- the draft ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DraftRow:
    """An item of the draft with the number and state of its submission, if it has one."""

    item: ScheduleItem
    number: int | None
    state: State | None


def draft_rows(session: Session, edition_id: int) -> list[DraftRow]:
    """The whole draft in reading order, with rooms, speakers and what each submission has become (one query)."""
    rows = session.execute(
        select(ScheduleItem, Submission.number, Submission.state)
        .outerjoin(Submission, Submission.id == ScheduleItem.submission_id)
        .options(joinedload(ScheduleItem.room), joinedload(ScheduleItem.people))
        .where(ScheduleItem.edition_id == edition_id)
        .order_by(ScheduleItem.starts_at, ScheduleItem.position, ScheduleItem.id)
        .execution_options(populate_existing=True)
    ).unique()
    return [DraftRow(item, number, state) for item, number, state in rows]


def origins(session: Session, edition_id: int) -> dict[int, ItemOrigin]:
    """What the items of a draft were brought in with, by item id (one query)."""
    rows = session.scalars(select(ItemOrigin).where(ItemOrigin.edition_id == edition_id))
    return {row.item_id: row for row in rows}


def pending_imports(session: Session, edition_id: int, person_id: int) -> Sequence[PendingImport]:
    """What somebody brought and has not taken over yet, newest first, without what was read."""
    return session.scalars(
        select(PendingImport)
        .where(PendingImport.edition_id == edition_id, PendingImport.person_id == person_id)
        .order_by(PendingImport.id.desc())
    ).all()


def find_pending_import(session: Session, edition_id: int, import_id: int, person_id: int) -> PendingImport | None:
    """That import of this person in this edition, with what was read."""
    return session.scalars(
        select(PendingImport)
        .options(undefer(PendingImport.reading))
        .where(
            PendingImport.id == import_id,
            PendingImport.edition_id == edition_id,
            PendingImport.person_id == person_id,
        )
    ).one_or_none()


def scheduled_authors(session: Session, edition_id: int) -> Sequence[Row[int, str, int | None, str | None]]:
    """Everybody who wrote a scheduled submission: its id, their name, their account if there is one, and the zone
    chosen there (one query).
    """
    scheduled = select(ScheduleItem.submission_id).where(ScheduleItem.edition_id == edition_id)
    return session.execute(
        select(Author.submission_id, Author.name, Author.person_id, Person.time_zone)
        .outerjoin(Person, Person.id == Author.person_id)
        .where(Author.submission_id.in_(scheduled))
        .order_by(Author.submission_id, Author.position)
    ).all()


def author_people(authors: Iterable[Row[int, str, int | None, str | None]]) -> dict[tuple[int, str], int]:
    """Of `scheduled_authors`, which account stands behind whom, by submission id and `name_key`."""
    return {(work, name_key(name)): person_id for work, name, person_id, _zone in authors if person_id is not None}


def waiting(session: Session, edition_id: int, outcomes: Collection[Outcome]) -> Sequence[Submission]:
    """Accepted works of these outcomes, with authors, that have no place in the draft, by number (one query)."""
    placed = select(ScheduleItem.id).where(
        ScheduleItem.submission_id == Submission.id, ScheduleItem.cancelled.is_(False)
    )
    return (
        session.scalars(
            select(Submission)
            .options(joinedload(Submission.authors))
            .where(
                Submission.edition_id == edition_id,
                Submission.state.in_(ON_PROGRAMME),
                Submission.outcome.in_(outcomes),
                ~placed.exists(),
            )
            .order_by(Submission.number)
        )
        .unique()
        .all()
    )


def unplaced(session: Session, edition_id: int, outcomes: Collection[Outcome]) -> Sequence[Row[int, str]]:
    """Number and title of accepted works of these outcomes that have no place in the draft (one query)."""
    placed = select(ScheduleItem.id).where(ScheduleItem.submission_id == Submission.id)
    return session.execute(
        select(Submission.number, Submission.title)
        .where(
            Submission.edition_id == edition_id,
            Submission.state.in_(ON_PROGRAMME),
            Submission.outcome.in_(outcomes),
            ~placed.exists(),
        )
        .order_by(Submission.number)
    ).all()


def protected_times(session: Session, edition_id: int) -> Sequence[ProtectedTime]:
    """What nothing may cover, in order (one query)."""
    return session.scalars(
        select(ProtectedTime)
        .where(ProtectedTime.edition_id == edition_id)
        .order_by(ProtectedTime.starts_at, ProtectedTime.id)
    ).all()


@dataclass(frozen=True, slots=True)
class LeftAsIs:
    """A `SettledConflict`, with the name of who left it."""

    id: int
    digest: str
    reason: str
    degree: int
    settled_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Said:
    """What organisers said of a draft: which times are kept free, in order, and what was looked at and left."""

    kept: tuple[Protected, ...]
    left: tuple[LeftAsIs, ...]
    changed_at: datetime | None
    """When the draft changed last; None if it never did."""


def said(session: Session, edition_id: int) -> Said:
    """All of that (one query: a page of the desk asks for all)."""
    kept = select(
        literal("kept", String),
        ProtectedTime.id,
        ProtectedTime.label,
        cast(ProtectedTime.kind, String),
        literal(0, Integer),
        ProtectedTime.starts_at,
        ProtectedTime.ends_at,
        cast(null(), String),
    ).where(ProtectedTime.edition_id == edition_id)
    left = (
        select(
            literal("left", String),
            SettledConflict.id,
            SettledConflict.digest,
            SettledConflict.reason,
            SettledConflict.degree,
            SettledConflict.settled_at,
            SettledConflict.settled_at,
            Person.name,
        )
        .outerjoin(Person, Person.id == SettledConflict.person_id)
        .where(SettledConflict.edition_id == edition_id)
    )
    changed = select(
        literal("changed", String),
        Draft.edition_id,
        cast(null(), String),
        cast(null(), String),
        literal(0, Integer),
        Draft.changed_at,
        Draft.changed_at,
        cast(null(), String),
    ).where(Draft.edition_id == edition_id)
    rows = sorted(session.execute(union_all(kept, left, changed)).all(), key=lambda row: (row[5], row[1]))
    return Said(
        tuple(Protected(row[2], row[5], row[6], KeptFor(row[3])) for row in rows if row[0] == "kept"),
        tuple(LeftAsIs(row[1], row[2], row[3], row[4], row[5], row[7] or "") for row in rows if row[0] == "left"),
        next((row[5] for row in rows if row[0] == "changed"), None),
    )


def settled_conflict(session: Session, edition_id: int, code: str, subject: str, about: str) -> SettledConflict | None:
    """What was said of that conflict, be it about the same still or not."""
    return session.scalars(
        select(SettledConflict).where(
            SettledConflict.edition_id == edition_id,
            SettledConflict.code == code,
            SettledConflict.subject == subject,
            SettledConflict.about == about,
        )
    ).one_or_none()


def zones_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """The time zones of those of these people who chose one (no query for nobody)."""
    if not people:
        return {}
    rows = session.execute(
        select(Person.id, Person.time_zone).where(Person.id.in_(people), Person.time_zone.is_not(None))
    )
    return {person_id: zone for person_id, zone in rows if zone}


def find_item(session: Session, edition_id: int, item_id: int, *, lock: bool = False) -> ScheduleItem | None:
    """That item of this edition, with its room and speakers; locked for a change."""
    query = (
        select(ScheduleItem)
        .options(selectinload(ScheduleItem.room), selectinload(ScheduleItem.people))
        .where(ScheduleItem.id == item_id, ScheduleItem.edition_id == edition_id)
    )
    if lock:
        query = query.with_for_update(of=ScheduleItem).execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def siblings(session: Session, item: ScheduleItem) -> Sequence[ScheduleItem]:
    """The items that stand in the same item as this one (or in none), itself included, in reading order."""
    same = ScheduleItem.parent_id.is_(None) if item.parent_id is None else ScheduleItem.parent_id == item.parent_id
    return session.scalars(
        select(ScheduleItem)
        .where(ScheduleItem.edition_id == item.edition_id, same)
        .order_by(ScheduleItem.starts_at, ScheduleItem.position, ScheduleItem.id)
    ).all()


def children(session: Session, item_id: int) -> Sequence[ScheduleItem]:
    """The items that stand in that one."""
    return session.scalars(
        select(ScheduleItem)
        .where(ScheduleItem.parent_id == item_id)
        .order_by(ScheduleItem.starts_at, ScheduleItem.position, ScheduleItem.id)
    ).all()


def possible_parents(session: Session, edition_id: int) -> Sequence[ScheduleItem]:
    """The items that stand in no other: only they can hold items."""
    return session.scalars(
        select(ScheduleItem)
        .where(ScheduleItem.edition_id == edition_id, ScheduleItem.parent_id.is_(None))
        .order_by(ScheduleItem.starts_at, ScheduleItem.position, ScheduleItem.id)
    ).all()


def count_items(session: Session, edition_id: int) -> int:
    """How many items the draft holds."""
    return session.execute(
        select(func.count(ScheduleItem.id)).where(ScheduleItem.edition_id == edition_id)
    ).scalar_one()


def last_position(session: Session, edition_id: int) -> int:
    """The highest position in the draft, -1 if it is empty."""
    highest = func.coalesce(func.max(ScheduleItem.position), -1)
    return session.execute(select(highest).where(ScheduleItem.edition_id == edition_id)).scalar_one()


def planned_starts(session: Session, edition_id: int) -> Sequence[datetime]:
    """When anything in the draft begins."""
    return session.scalars(select(ScheduleItem.starts_at).where(ScheduleItem.edition_id == edition_id).distinct()).all()


def last_room(session: Session, edition_id: int) -> int:
    """The highest position of a room, 0 without rooms."""
    highest = func.coalesce(func.max(Room.position), 0)
    return session.execute(select(highest).where(Room.edition_id == edition_id)).scalar_one()


def find_room_by_name(session: Session, edition_id: int, name: str) -> Room | None:
    """The room of this edition with that name, whatever its case."""
    return session.scalars(
        select(Room)
        .where(Room.edition_id == edition_id, func.lower(Room.name) == name.lower())
        .order_by(Room.id)
        .limit(1)
    ).one_or_none()


def submission_with_authors(session: Session, edition_id: int, submission_id: int) -> Submission | None:
    """That submission of this edition, with its authors."""
    return session.execute(
        select(Submission)
        .options(selectinload(Submission.authors))
        .where(Submission.id == submission_id, Submission.edition_id == edition_id)
    ).scalar_one_or_none()


def editions_with_author(session: Session, person_id: int) -> Sequence[int]:
    """The editions in whose draft a work by that person's account has a place."""
    return session.scalars(
        select(ScheduleItem.edition_id)
        .join(Author, Author.submission_id == ScheduleItem.submission_id)
        .where(Author.person_id == person_id)
        .distinct()
    ).all()


def editions_with_submission(session: Session, submission_id: int) -> Sequence[int]:
    """The editions in whose draft that submission has a place."""
    return session.scalars(
        select(ScheduleItem.edition_id).where(ScheduleItem.submission_id == submission_id).distinct()
    ).all()


# -- releases -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release without the programme it holds."""

    id: int
    number: int
    note: str
    released_at: datetime
    item_count: int
    changes: list[dict[str, str | None]]


_LINE = (Release.id, Release.number, Release.note, Release.released_at, Release.item_count, Release.changes)


def last_release(session: Session, edition_id: int) -> Release | None:
    """The newest release, whole."""
    return session.scalars(
        select(Release).where(Release.edition_id == edition_id).order_by(Release.number.desc()).limit(1)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Out:
    """What is out and what is to come: the newest release, what the public reads of it now, and a release planned."""

    release: Release | None
    public: bytes | None
    """The programme as JSON, of the snapshot."""
    plan: PlannedRelease | None


def out(session: Session, edition_id: int) -> Out:
    """All of that (one query; one more before the first release)."""
    waits = and_(PlannedRelease.edition_id == Release.edition_id, PlannedRelease.ended_at.is_(None))
    row = session.execute(
        select(Release, Snapshot.programme, PlannedRelease)
        .outerjoin(Snapshot, Snapshot.edition_id == Release.edition_id)
        .outerjoin(PlannedRelease, waits)
        .where(Release.edition_id == edition_id)
        .order_by(Release.number.desc())
        .limit(1)
    ).one_or_none()
    return Out(row[0], row[1], row[2]) if row else Out(None, None, waiting_plan(session, edition_id))


def release_lines(session: Session, edition_id: int, *, offset: int = 0, most: int = 20) -> list[ReleaseLine]:
    """Releases with their change lists, the newest first."""
    rows = session.execute(
        select(*_LINE)
        .where(Release.edition_id == edition_id)
        .order_by(Release.number.desc())
        .offset(offset)
        .limit(most)
    )
    return [ReleaseLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ReleaseAtDesk:
    """A release as organisers list it; `by` is "" for an account that is no more."""

    number: int
    note: str
    released_at: datetime
    by: str
    repeats: int | None
    item_count: int
    changes: list[dict[str, Any]]


def releases_at_desk(session: Session, edition_id: int, *, offset: int = 0, most: int = 20) -> list[ReleaseAtDesk]:
    """Releases with who made them, the newest first."""
    rows = session.execute(
        select(
            Release.number,
            Release.note,
            Release.released_at,
            func.coalesce(Person.name, ""),
            Release.repeats,
            Release.item_count,
            Release.changes,
        )
        .outerjoin(Person, Person.id == Release.released_by)
        .where(Release.edition_id == edition_id)
        .order_by(Release.number.desc())
        .offset(offset)
        .limit(most)
    )
    return [ReleaseAtDesk(*row) for row in rows]


def release_numbers(session: Session, edition_id: int) -> Sequence[int]:
    """The numbers of all releases, the newest first."""
    return session.scalars(
        select(Release.number).where(Release.edition_id == edition_id).order_by(Release.number.desc())
    ).all()


def find_release(session: Session, edition_id: int, number: int) -> Release | None:
    """That release of this edition, whole."""
    return session.scalars(
        select(Release).where(Release.edition_id == edition_id, Release.number == number)
    ).one_or_none()


def find_plan(session: Session, plan_id: int) -> PlannedRelease | None:
    """A planned release, whatever became of it."""
    return session.get(PlannedRelease, plan_id)


def waiting_plan(session: Session, edition_id: int) -> PlannedRelease | None:
    """The release that is planned and still to come."""
    return session.scalars(
        select(PlannedRelease).where(PlannedRelease.edition_id == edition_id, PlannedRelease.ended_at.is_(None))
    ).one_or_none()


def last_plan(session: Session, edition_id: int) -> PlannedRelease | None:
    """The one planned last."""
    return session.scalars(
        select(PlannedRelease)
        .where(PlannedRelease.edition_id == edition_id)
        .order_by(PlannedRelease.id.desc())
        .limit(1)
    ).one_or_none()


def due_plans(session: Session, now: datetime) -> Sequence[int]:
    """What was planned for by now, the earliest first."""
    return session.scalars(
        select(PlannedRelease.id)
        .where(PlannedRelease.ended_at.is_(None), PlannedRelease.at <= now)
        .order_by(PlannedRelease.at, PlannedRelease.id)
    ).all()


def is_released_since(session: Session, edition_id: int, moment: datetime) -> bool:
    """Whether anything was released from that moment on."""
    found = select(Release.id).where(Release.edition_id == edition_id, Release.released_at >= moment).limit(1)
    return session.execute(found).first() is not None


def work_states(session: Session, edition_id: int, numbers: Collection[int | None]) -> dict[int, State]:
    """What works of an edition have become, by number; one that is no more is missing."""
    wanted = {number for number in numbers if number is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(Submission.number, Submission.state).where(
            Submission.edition_id == edition_id, Submission.number.in_(wanted)
        )
    )
    return {row.number: row.state for row in rows}


def count_releases(session: Session, edition_id: int) -> int:
    """How many releases there are."""
    return session.execute(select(func.count(Release.id)).where(Release.edition_id == edition_id)).scalar_one()


def all_releases(session: Session, edition_id: int) -> Sequence[Release]:
    """Every release, whole, the first one first: only for making their change lists anew."""
    return session.scalars(select(Release).where(Release.edition_id == edition_id).order_by(Release.number)).all()


@dataclass(frozen=True, slots=True)
class DraftState:
    """The schedule at a glance, for the organisers' home."""

    items: int
    errors: int
    changed_at: datetime | None
    release: int | None
    released_at: datetime | None
    has_unreleased_changes: bool


def draft_state(session: Session, edition_id: int) -> DraftState:
    """How the draft stands and what is released; one query, whatever the size of the schedule."""
    last = (
        select(Release.edition_id, Release.number, Release.released_at)
        .where(Release.edition_id == edition_id)
        .order_by(Release.number.desc())
        .limit(1)
        .subquery()
    )
    row = session.execute(
        select(
            Draft.item_count,
            Draft.error_count,
            Draft.changed_at,
            last.c.number,
            last.c.released_at,
            Draft.differs,
        )
        .select_from(Draft)
        .outerjoin(last, last.c.edition_id == Draft.edition_id)
        .where(Draft.edition_id == edition_id)
    ).one_or_none()
    return DraftState(*row) if row else DraftState(0, 0, None, None, None, False)


# -- what the public reads ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """What is public now: the programme as JSON, its tag, when it last changed."""

    programme: bytes
    etag: str
    modified_at: datetime


def published(session: Session, edition_id: int) -> Published | None:
    """The public programme, or None before the first release."""
    row = session.execute(
        select(Snapshot.programme, Snapshot.etag, Snapshot.modified_at).where(Snapshot.edition_id == edition_id)
    ).one_or_none()
    return Published(*row) if row else None


def snapshot(session: Session, edition_id: int) -> Snapshot | None:
    """The snapshot with all its bytes, locked: only for making it anew."""
    return session.execute(
        select(Snapshot)
        .where(Snapshot.edition_id == edition_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def stale_editions(session: Session, now: datetime) -> Sequence[int]:
    """The editions in whose snapshot something has to leave by now."""
    return session.scalars(select(Snapshot.edition_id).where(Snapshot.stale_at <= now)).all()


@lru_cache
def _feed_query(gzip: bool, by: Literal["tags", "date", ""]) -> Select[Any]:
    # Built once: building it costs as much as running it, and calendars ask all day.
    unchanged: ColumnElement[bool] = false()
    if by == "tags":
        unchanged = Snapshot.etag.in_(bindparam("known", expanding=True))
    elif by == "date":
        unchanged = Snapshot.modified_at <= bindparam("since")
    body = Snapshot.ics_gzip if gzip else Snapshot.ics
    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...] = (
        Edition.id,
        Edition.name,
        Edition.time_zone,
        Edition.created_at,
        Edition.cancelled_at,
        Edition.cancel_revision,
        Edition.cancel_changed_at,
        func.coalesce(Edition.accent, Community.accent).label("colour"),
        Snapshot.etag,
        Snapshot.modified_at,
        case((unchanged, null()), else_=body).label("body"),
    )
    return (
        select(*columns)
        .select_from(Edition)
        .join(Community, Community.id == Edition.community_id)
        .outerjoin(Snapshot, Snapshot.edition_id == Edition.id)
        .where(Community.slug == bindparam("community"), Edition.slug == bindparam("edition"))
        .where(Edition.visibility == Visibility.PUBLIC)
    )


def public_feed(
    connection: Connection, community: str, edition: str, *, known: Collection[str], since: datetime | None, gzip: bool
) -> Row[Any] | None:
    """What the feed needs, in one select: `name`, `time_zone`, `created_at`, `colour`, `etag`, `modified_at`, `body`.

    `body` is NULL where the asker has it already: their tags are in `known`, or, without tags, nothing has changed
    since `since`. A draft, like an edition that does not exist, gives None.
    """
    values: dict[str, object] = {"community": community, "edition": edition}
    if known:
        query, values["known"] = _feed_query(gzip, "tags"), list(known)
    elif since is not None:
        query, values["since"] = _feed_query(gzip, "date"), since
    else:
        query = _feed_query(gzip, "")
    return connection.execute(query, values).one_or_none()


@lru_cache
def _snapshot_query(with_ics: bool) -> Select[Any]:
    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...] = (
        Edition.id,
        Edition.name,
        Edition.tagline,
        Edition.recording_policy,
        Edition.mode,
        Edition.venue,
        Edition.city,
        Edition.time_zone,
        Edition.starts_at,
        Edition.ends_at,
        Edition.cancelled_at,
        Edition.cancel_revision,
        Edition.cancel_changed_at,
        Community.name.label("community"),
        func.coalesce(Edition.accent, Community.accent).label("colour"),
        Release.number.label("release"),
        Snapshot.etag,
        Snapshot.modified_at,
        Snapshot.programme,
        Snapshot.ics if with_ics else null().label("ics"),
    )
    return (
        select(*columns)
        .select_from(Edition)
        .join(Community, Community.id == Edition.community_id)
        .outerjoin(Snapshot, Snapshot.edition_id == Edition.id)
        .outerjoin(Release, Release.id == Snapshot.release_id)
        .where(Community.slug == bindparam("community"), Edition.slug == bindparam("edition"))
        .where(Edition.visibility == Visibility.PUBLIC)
    )


def public_snapshot(connection: Connection, community: str, edition: str, *, with_ics: bool = False) -> Row[Any] | None:
    """A public edition with what is public of its schedule, in one select; `programme` is NULL before a release.

    `ics` is the whole calendar, for cutting a part out of it, where asked for.
    """
    values = {"community": community, "edition": edition}
    return connection.execute(_snapshot_query(with_ics), values).one_or_none()


def public_deadlines(
    session: Session, community: str, edition: str
) -> tuple[Edition, Sequence[ImportantDate], Sequence[PlacedDate]] | None:
    """A public edition with its community, its dates, and those of the rounds and tracks anybody may see."""
    found = session.execute(
        select(Edition)
        .join(Edition.community)
        .options(contains_eager(Edition.community))
        .where(Community.slug == community, Edition.slug == edition, Edition.visibility == Visibility.PUBLIC)
    ).scalar_one_or_none()
    if found is None:
        return None
    dates = session.scalars(
        select(ImportantDate).where(ImportantDate.edition_id == found.id).order_by(ImportantDate.at, ImportantDate.id)
    ).all()
    return found, dates, calls.placed_dates(session, found.id)


# -- visibility ---------------------------------------------------------------------------------------------------


def choices(session: Session, edition_id: int, people: Collection[int]) -> Choices:
    """Everybody's present choice: of these people, and of the edition's submissions and authors (one query)."""
    nameless = literal("", String)
    parts: list[Select[str, int, str, Listing]] = [
        select(literal("work", String), Submission.number, nameless, Submission.listing).where(
            Submission.edition_id == edition_id, Submission.listing != Listing.FULL
        ),
        select(literal("author", String), Submission.number, Author.name, Person.listing)
        .join(Author, Author.submission_id == Submission.id)
        .join(Person, Person.id == Author.person_id)
        .where(Submission.edition_id == edition_id, Person.listing != Listing.FULL),
    ]
    if people:
        named = select(literal("person", String), Person.id, nameless, Person.listing)
        parts.append(named.where(Person.id.in_(people)))
    by_key: dict[str, Listing] = {}
    works: dict[int, Listing] = {}
    authors: dict[tuple[int, str], Listing] = {}
    for what, number, name, listing in session.execute(union_all(*parts)):
        if what == "person":
            by_key[person_key(number)] = listing
        elif what == "work":
            works[number] = listing
        else:
            authors[number, name_key(name)] = listing
    return Choices(by_key, works, authors)


def people_released(session: Session, edition_id: int) -> set[int]:
    """Whose choice of visibility the edition's releases depend on so far."""
    return set(session.scalars(select(ReleasedPerson.person_id).where(ReleasedPerson.edition_id == edition_id)))


def released_editions_of(session: Session, person_id: int) -> Sequence[int]:
    """The editions with a public programme that may name that person."""
    named = select(ReleasedPerson.edition_id).where(ReleasedPerson.person_id == person_id)
    speaks = (
        select(ScheduleItem.edition_id)
        .join(ItemSpeaker, ItemSpeaker.item_id == ScheduleItem.id)
        .where(ItemSpeaker.person_id == person_id)
    )
    wrote = (
        select(Submission.edition_id)
        .join(Author, Author.submission_id == Submission.id)
        .where(Author.person_id == person_id)
    )
    anywhere = union(named, speaks, wrote).subquery()
    return session.scalars(
        select(Snapshot.edition_id)
        .where(Snapshot.edition_id.in_(select(anywhere.c.edition_id)))
        .order_by(Snapshot.edition_id)
    ).all()


def editions_with_speaker(session: Session, person_id: int) -> Sequence[int]:
    """The editions whose draft names that person's account."""
    return session.scalars(
        select(ScheduleItem.edition_id)
        .join(ItemSpeaker, ItemSpeaker.item_id == ScheduleItem.id)
        .where(ItemSpeaker.person_id == person_id)
        .distinct()
    ).all()


def people_by_name(session: Session, edition_id: int) -> dict[str, int]:
    """Whose name it is, by `name_key`, among the team, the authors of accepted work and those whom the draft names; a
    name that two of them have is nobody's (one query).
    """
    rows: Sequence[Any] = session.execute(
        union(
            select(Person.name, Person.id)
            .join(TeamMember, TeamMember.person_id == Person.id)
            .where(TeamMember.edition_id == edition_id, Person.active.is_(True), Person.erased_at.is_(None)),
            select(Author.name, Author.person_id)
            .join(Submission, Submission.id == Author.submission_id)
            .where(
                Submission.edition_id == edition_id,
                Submission.state.in_(ON_PROGRAMME),
                Author.person_id.is_not(None),
            ),
            select(ItemSpeaker.name, ItemSpeaker.person_id)
            .join(ScheduleItem, ScheduleItem.id == ItemSpeaker.item_id)
            .where(ScheduleItem.edition_id == edition_id, ItemSpeaker.person_id.is_not(None)),
        )
    ).all()
    found: dict[str, set[int]] = {}
    for name, person_id in rows:
        found.setdefault(name_key(name or ""), set()).add(person_id)
    return {name: people.pop() for name, people in found.items() if name and len(people) == 1}


def author_names(session: Session, person_id: int) -> list[tuple[int, int, str]]:
    """Under which names that account's person wrote what: (edition id, submission number, `name_key`)."""
    rows = session.execute(
        select(Submission.edition_id, Submission.number, Author.name)
        .join(Author, Author.submission_id == Submission.id)
        .where(Author.person_id == person_id)
    )
    return [(edition_id, number, name_key(name)) for edition_id, number, name in rows]


# -- personal feeds -----------------------------------------------------------------------------------------------


def live_token(session: Session, edition_id: int, person_id: int) -> FeedToken | None:
    """The address of a person's own calendar of this edition that still works."""
    return session.execute(
        select(FeedToken).where(
            FeedToken.edition_id == edition_id, FeedToken.person_id == person_id, FeedToken.revoked_at.is_(None)
        )
    ).scalar_one_or_none()


def _live_feeds() -> Select[Edition, FeedToken]:
    """Addresses that work, each with its public edition (with community)."""
    return (
        select(Edition, FeedToken)
        .join(FeedToken, FeedToken.edition_id == Edition.id)
        .join(Edition.community)
        .join(Person, Person.id == FeedToken.person_id)
        .options(contains_eager(Edition.community))
        .where(FeedToken.revoked_at.is_(None))
        .where(Person.active.is_(True), Person.erased_at.is_(None), Edition.visibility == Visibility.PUBLIC)
    )


def feed_of_token(session: Session, token_hash: str) -> tuple[Edition, FeedToken] | None:
    """The public edition (with community) and the address that a working token stands for."""
    row = session.execute(_live_feeds().where(FeedToken.token_hash == token_hash)).one_or_none()
    return (row[0], row[1]) if row else None


def join_of_token(session: Session, join_hash: str) -> tuple[Edition, Person] | None:
    """The public edition (with community) and the person whose personal address to join it is."""
    query = _live_feeds().add_columns(Person).where(FeedToken.join_hash == join_hash)
    row = session.execute(query).one_or_none()
    return (row[0], row[2]) if row else None


@dataclass(frozen=True, slots=True)
class JoinCount:
    """How many people went through to a session, and how often."""

    people: int
    times: int
    by_calendar: int


def join_counts(session: Session, edition_id: int) -> dict[str, JoinCount]:
    """By uid of the item; empty for the edition as a whole."""
    rows = session.execute(
        select(
            JoinUse.uid,
            func.count(func.distinct(JoinUse.person_id)) + func.count(func.distinct(JoinUse.nobody)),
            func.count(JoinUse.id),
            func.sum(case((JoinUse.by_calendar, 1), else_=0)),
        )
        .where(JoinUse.edition_id == edition_id)
        .group_by(JoinUse.uid)
    )
    return {uid: JoinCount(people, times, int(calendar)) for uid, people, times, calendar in rows}


def room_links(session: Session, edition_id: int) -> dict[str, str]:
    """The join links of rooms by name; only for those who may have them."""
    rows = session.execute(
        select(Room.name, Room.join_url).where(Room.edition_id == edition_id, Room.join_url.is_not(None))
    )
    return {name: url for name, url in rows if url}


def is_speaker(session: Session, edition_id: int, person_id: int) -> bool:
    """True if the draft names that person's account."""
    found = (
        select(ItemSpeaker.id)
        .join(ScheduleItem, ScheduleItem.id == ItemSpeaker.item_id)
        .where(ScheduleItem.edition_id == edition_id, ItemSpeaker.person_id == person_id)
        .limit(1)
    )
    return session.execute(found).first() is not None
