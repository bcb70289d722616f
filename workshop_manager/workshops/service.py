"""What people do to communities, editions, dates, tracks and rooms. The team's verbs stand in `team.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops import queries, rules
from workshop_manager.workshops.events import (
    ConductChanged,
    DateMoved,
    EditionLooksChanged,
    EditionMoved,
    MemberJoined,
    RoomChanged,
)
from workshop_manager.workshops.logo import digest_of, make_logo
from workshop_manager.workshops.models import (
    Community,
    CommunityOwner,
    EarlierDate,
    Edition,
    ImportantDate,
    Invitation,
    Logo,
    Room,
    TeamMember,
    Track,
)
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey, Kind, Mode, Repeat, Role, Visibility


class Taken(Conflict):
    """A short name, key or room name that something else has already; `field` says which box it was typed in."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class Stale(Conflict):
    """Somebody else saved since the form was opened."""


@dataclass(frozen=True, slots=True)
class CreateCommunity:
    """A community to be founded."""

    slug: str
    name: str
    description: str = ""
    website: str | None = None
    contact_email: str | None = None
    accent: str = "#5a3a86"


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """What the settings page edits, in one save."""

    name: str
    kind: Kind
    mode: Mode
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    tagline: str = ""
    summary: str = ""
    host_event: str | None = None
    city: str | None = None
    venue: str | None = None
    visibility: Visibility = Visibility.DRAFT
    contact_email: str | None = None
    good_to_know: str = ""
    recording_policy: str = ""
    repeats: Repeat = Repeat.NEVER
    meeting_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class CreateEdition(EditionSettings):
    """An edition to be founded, at `/<community>/<slug>/`. What is left empty is taken over from the latest edition."""

    slug: str = ""
    code_of_conduct: str = ""


@dataclass(frozen=True, slots=True)
class NewTrack:
    """A track; `key` never changes afterwards."""

    key: str
    name: str
    description: str = ""
    eligibility: str = ""


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room; `join_url` is shown to the registered only, `capacity` (people) to the organisers."""

    name: str
    join_url: str | None = None
    capacity: int | None = None


def actor_id(uow: UnitOfWork) -> int:
    """The id of whoever acts; raises Forbidden for a visitor."""
    if uow.actor is None:
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor.id


def acting_person(uow: UnitOfWork) -> Person:
    """Who acts; Forbidden for a visitor."""
    if not isinstance(uow.actor, Person):
        raise Forbidden(str(_("Sign in first.")))
    return uow.actor


def require(uow: UnitOfWork, edition: Edition, allowed: frozenset[Role]) -> Standing:
    """The actor's standing in the edition; NotFound without one of these roles there."""
    if uow.is_machine:
        return rules.MACHINE
    standing = queries.standing_of(uow.session, edition.id, actor_id(uow))
    if not standing.may(allowed):
        raise NotFound
    return standing


# --- communities and editions


def create_community(uow: UnitOfWork, wanted: CreateCommunity, founders: str = "anyone") -> Community:
    """Found a community; whoever does owns it. `founders` is the installation's setting of that name."""
    require_founder(uow, founders)
    _refuse_slug(wanted.slug)
    community = Community(**{f.name: getattr(wanted, f.name) for f in fields(wanted)}, created_at=uow.now)
    _insert(uow, community, Taken("slug", str(_("“%(slug)s” is taken. Choose another short name.", slug=wanted.slug))))
    uow.session.add(CommunityOwner(community_id=community.id, person_id=actor_id(uow), created_at=uow.now))
    record(uow, "founded", "community", community.id, slug=wanted.slug)
    uow.session.flush()
    return community


def require_founder(uow: UnitOfWork, founders: str) -> None:
    """Forbidden, with the reason, unless the actor may found a community."""
    actor_id(uow)
    person: Any = uow.actor
    confirmed, administrator = person.is_confirmed, person.is_administrator
    if rules.may_found(is_confirmed=confirmed, is_administrator=administrator, founders=founders):
        return
    if founders == "anyone":
        raise Forbidden(str(_("Confirm your e-mail address first: a link is in the mail we sent you.")))
    raise Forbidden(str(_("Here, administrators found communities. Write to them, and name yours.")))


def may_edit_community(uow: UnitOfWork, community: Community) -> bool:
    """True if the actor may edit the community and found editions in it."""
    if uow.actor is None:
        return False
    person: Any = uow.actor
    return rules.may_edit_community(
        is_owner=queries.is_community_owner(uow.session, community.id, uow.actor.id),
        is_administrator=person.is_administrator,
    )


def edit_community(
    uow: UnitOfWork,
    community: Community,
    *,
    name: str,
    description: str,
    website: str | None,
    contact_email: str | None,
    accent: str,
) -> None:
    """Change how a community presents itself."""
    if not may_edit_community(uow, community):
        raise NotFound
    community.name, community.description, community.website = name, description, website
    community.contact_email, community.accent = contact_email, accent
    record(uow, "edited", "community", community.id)
    uow.session.flush()


def create_edition(uow: UnitOfWork, community: Community, wanted: CreateEdition) -> Edition:
    """Found an edition; whoever does becomes its owner. Conduct, contact, colour and what is recorded come
    from the latest one.
    """
    if not may_edit_community(uow, community):
        raise NotFound
    _refuse_slug(wanted.slug)
    latest = uow.session.scalars(
        select(Edition).where(Edition.community_id == community.id).order_by(Edition.starts_at.desc()).limit(1)
    ).one_or_none()
    values = {f.name: getattr(wanted, f.name) for f in fields(wanted)}
    if latest is not None:
        values["accent"] = latest.accent
        for name in ("code_of_conduct", "contact_email", "good_to_know", "recording_policy"):
            values[name] = values[name] or getattr(latest, name)
    values["contact_email"] = values["contact_email"] or community.contact_email
    edition = Edition(community_id=community.id, created_at=uow.now, **values)
    _insert(
        uow,
        edition,
        Taken("slug", str(_("This community has an edition “%(slug)s” already.", slug=wanted.slug))),
    )
    edition.community = community
    owner = TeamMember(edition_id=edition.id, person_id=actor_id(uow), role=Role.OWNER, created_at=uow.now)
    uow.session.add(owner)
    uow.session.flush()
    record(uow, "founded", "edition", edition.id, edition_id=edition.id)
    uow.tell(MemberJoined(edition.id, owner.person_id, owner.id))
    return edition


def save_settings(uow: UnitOfWork, edition: Edition, wanted: EditionSettings, version: int) -> Edition:
    """Save the settings that were opened at that version; raises Stale if somebody saved since."""
    require(uow, edition, rules.MAY_SETTINGS)
    edition = queries.locked_edition(uow.session, edition.id)
    if edition.version != version:
        raise Stale(
            str(_("Somebody else saved these settings while you had them open. Nothing of yours is saved yet."))
        )
    names = [f.name for f in fields(EditionSettings)]
    changed = [name for name in names if getattr(edition, name) != getattr(wanted, name)]
    for name in changed:
        setattr(edition, name, getattr(wanted, name))
    if changed:
        _saved(uow, edition, "settings", changed)
    if {"starts_at", "ends_at", "time_zone"} & set(changed):
        uow.tell(EditionMoved(edition.id))
    if "name" in changed:
        uow.tell(EditionLooksChanged(edition.id))
    return edition


def save_conduct(uow: UnitOfWork, edition: Edition, text: str, *, mends_spelling: bool, version: int) -> Edition:
    """Save the code of conduct; unless only spelling was mended, it gets a new version that people agree to anew."""
    require(uow, edition, rules.MAY_SETTINGS)
    edition = queries.locked_edition(uow.session, edition.id)
    if edition.version != version:
        raise Stale(
            str(_("Somebody else saved these settings while you had them open. Nothing of yours is saved yet."))
        )
    if text == edition.code_of_conduct:
        return edition
    is_first = not edition.code_of_conduct
    edition.code_of_conduct = text
    if not (mends_spelling or is_first):
        edition.code_of_conduct_version += 1
        uow.tell(ConductChanged(edition.id, edition.code_of_conduct_version))
    _saved(uow, edition, "code of conduct", [f"version {edition.code_of_conduct_version}"])
    return edition


def set_colour(uow: UnitOfWork, edition: Edition, colour: str | None) -> None:
    """Give the edition its own colour (`#rrggbb`), or None for its community's."""
    require(uow, edition, rules.MAY_SETTINGS)
    edition = queries.locked_edition(uow.session, edition.id)
    edition.accent = colour
    _saved(uow, edition, "colour", [colour or "community"])
    uow.tell(EditionLooksChanged(edition.id))


def set_logo(uow: UnitOfWork, edition: Edition, content: bytes) -> None:
    """Check, re-encode and keep a logo; raises `logo.NotALogo` with the reason."""
    require(uow, edition, rules.MAY_SETTINGS)
    png = make_logo(content)
    edition = queries.locked_edition(uow.session, edition.id)
    uow.session.execute(delete(Logo).where(Logo.edition_id == edition.id))
    uow.session.add(Logo(edition_id=edition.id, body=png))
    edition.logo_digest = digest_of(png)
    _saved(uow, edition, "logo", [edition.logo_digest])


def remove_logo(uow: UnitOfWork, edition: Edition) -> None:
    """Take the logo away; the product's own mark stands in its place."""
    require(uow, edition, rules.MAY_SETTINGS)
    edition = queries.locked_edition(uow.session, edition.id)
    uow.session.execute(delete(Logo).where(Logo.edition_id == edition.id))
    edition.logo_digest = None
    _saved(uow, edition, "logo", ["none"])


def _saved(uow: UnitOfWork, edition: Edition, what: str, changed: Sequence[str]) -> None:
    edition.version += 1
    record(uow, "edited", "edition", edition.id, edition_id=edition.id, what=what, changed=list(changed))
    uow.session.flush()


def _refuse_slug(slug: str) -> None:
    if problem := rules.slug_problem(slug):
        raise Taken("slug", str(_(problem)))


def _insert(uow: UnitOfWork, row: object, otherwise: Conflict) -> None:
    """Insert a row; what a unique constraint keeps out is said as `otherwise`, and the transaction goes on."""
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        raise otherwise from None


def _delete(uow: UnitOfWork, row: object, otherwise: Conflict) -> None:
    """Delete a row; if something still hangs on it, nothing is deleted and `otherwise` is said."""
    try:
        with uow.session.begin_nested():
            uow.session.delete(row)
    except IntegrityError:
        raise otherwise from None


# --- dates


def set_date(uow: UnitOfWork, edition: Edition, key: DateKey, label: str, deadline: Deadline) -> ImportantDate:
    """Set the date of this key (of this label, for free dates), or move it and keep what it was."""
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    query = select(ImportantDate.id).where(ImportantDate.edition_id == edition.id, ImportantDate.key == key)
    if key is DateKey.OTHER:
        query = query.where(ImportantDate.label == label)
    found = uow.session.scalars(query.limit(1)).one_or_none()
    if found is not None:
        return _move(uow, edition, found, label, deadline, keep_old=True)
    row = ImportantDate(edition_id=edition.id, key=key, label=label, at=deadline.at, zone=deadline.zone, earlier=[])
    uow.session.add(row)
    uow.session.flush()
    record(uow, "set", "date", row.id, edition_id=edition.id, key=key.value, at=deadline.at.isoformat())
    uow.tell(DateMoved(edition.id, row.id, key, None, deadline))
    return row


def move_date(
    uow: UnitOfWork,
    edition: Edition,
    date_id: int,
    label: str,
    deadline: Deadline,
    *,
    seen: Deadline | None = None,
    mends_slip: bool = False,
) -> ImportantDate:
    """Move a date in one act: what it was is kept, unless the move only mends a slip nobody has seen.

    `seen` is what the date was when the form was opened; raises Stale if somebody moved it since.
    """
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    found = queries.find_date(uow.session, edition.id, date_id)
    if found is None:
        raise NotFound
    if seen is not None and found.deadline != seen:
        raise Stale(str(_("Somebody else moved this date while you had it open. Nothing of yours is saved yet.")))
    return _move(uow, edition, date_id, label, deadline, keep_old=not mends_slip)


def _move(
    uow: UnitOfWork, edition: Edition, date_id: int, label: str, deadline: Deadline, *, keep_old: bool
) -> ImportantDate:
    row = queries.find_date(uow.session, edition.id, date_id)
    if row is None:
        raise NotFound
    if (row.deadline, row.label) != (deadline, label):
        row.revision, row.changed_at = row.revision + 1, uow.now
    old, row.label = row.deadline, label
    if old != deadline:
        if keep_old:
            by = uow.actor.id if uow.actor else None
            row.earlier.append(EarlierDate(at=old.at, zone=old.zone, changed_at=uow.now, changed_by=by))
        row.at, row.zone = deadline.at, deadline.zone
        record(uow, "moved", "date", row.id, edition_id=edition.id, old=old.at.isoformat(), new=deadline.at.isoformat())
    uow.session.flush()
    if old != deadline:
        uow.tell(DateMoved(edition.id, row.id, row.key, old, deadline))
    return row


def remove_date(uow: UnitOfWork, edition: Edition, date_id: int) -> None:
    """Take a date away with everything it was before."""
    require(uow, edition, rules.MAY_SETTINGS)
    row = queries.find_date(uow.session, edition.id, date_id)
    if row is None:
        raise NotFound
    uow.session.delete(row)
    uow.session.flush()
    record(uow, "removed", "date", date_id, edition_id=edition.id, key=row.key.value)
    uow.tell(DateMoved(edition.id, date_id, row.key, row.deadline, None))


# --- tracks and rooms


def add_track(uow: UnitOfWork, edition: Edition, wanted: NewTrack) -> Track:
    """Add a track at the end."""
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    row = Track(
        edition_id=edition.id,
        key=wanted.key,
        position=_next_position(uow, Track, edition.id),
        name=wanted.name,
        description=wanted.description,
        eligibility=wanted.eligibility,
    )
    _insert(uow, row, Taken("key", str(_("Another track has the key “%(key)s”. Choose another.", key=wanted.key))))
    record(uow, "added", "track", row.id, edition_id=edition.id)
    return row


def edit_track(
    uow: UnitOfWork, edition: Edition, track_id: int, *, name: str, description: str, eligibility: str
) -> Track:
    """Reword a track; its key stays."""
    require(uow, edition, rules.MAY_SETTINGS)
    row = queries.find_track(uow.session, edition.id, track_id)
    if row is None:
        raise NotFound
    row.name, row.description, row.eligibility = name, description, eligibility
    record(uow, "edited", "track", row.id, edition_id=edition.id)
    uow.session.flush()
    return row


def remove_track(uow: UnitOfWork, edition: Edition, track_id: int) -> None:
    """Take a track away; refused while anything hangs on it."""
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    row = queries.find_track(uow.session, edition.id, track_id)
    if row is None:
        raise NotFound
    if queries.is_track_in_use(uow.session, track_id, uow.now):
        raise Conflict(str(_("Somebody chairs this track or is invited to. Change that on the team page first.")))
    uow.session.execute(update(Invitation).where(Invitation.track_id == track_id).values(track_id=None))
    _delete(uow, row, Conflict(str(_("There are submissions in this track. Move them to another one first."))))
    record(uow, "removed", "track", track_id, edition_id=edition.id)


def add_room(uow: UnitOfWork, edition: Edition, wanted: NewRoom) -> Room:
    """Add a room at the end."""
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    row = Room(
        edition_id=edition.id,
        name=wanted.name,
        join_url=wanted.join_url,
        capacity=wanted.capacity,
        position=_next_position(uow, Room, edition.id),
    )
    _insert(uow, row, Taken("name", str(_("There is a room of this name already."))))
    record(uow, "added", "room", row.id, edition_id=edition.id)
    return row


def edit_room(uow: UnitOfWork, edition: Edition, room_id: int, wanted: NewRoom) -> Room:
    """Rename a room, change its join link or how many it holds. The link itself is not written into the history."""
    require(uow, edition, rules.MAY_SETTINGS)
    row = queries.find_room(uow.session, edition.id, room_id)
    if row is None:
        raise NotFound
    try:
        with uow.session.begin_nested():
            row.name, row.join_url, row.capacity = wanted.name, wanted.join_url, wanted.capacity
    except IntegrityError:
        raise Taken("name", str(_("There is a room of this name already."))) from None
    record(uow, "edited", "room", row.id, edition_id=edition.id)
    uow.tell(RoomChanged(edition.id))
    return row


def remove_room(uow: UnitOfWork, edition: Edition, room_id: int) -> None:
    """Take a room away; refused while the schedule uses it."""
    require(uow, edition, rules.MAY_SETTINGS)
    row = queries.find_room(uow.session, edition.id, room_id)
    if row is None:
        raise NotFound
    _delete(uow, row, Conflict(str(_("The schedule uses this room. Move its sessions first."))))
    record(uow, "removed", "room", room_id, edition_id=edition.id)


def move_in_order(uow: UnitOfWork, edition: Edition, kind: type[Track] | type[Room], row_id: int, step: int) -> None:
    """Move a track or a room one place up (-1) or down (1); at the end of the list nothing happens."""
    require(uow, edition, rules.MAY_SETTINGS)
    queries.locked_edition(uow.session, edition.id)
    rows: list[Track | Room] = list(
        queries.tracks(uow.session, edition.id) if kind is Track else queries.rooms(uow.session, edition.id)
    )
    place = next((i for i, row in enumerate(rows) if row.id == row_id), None)
    if place is None:
        raise NotFound
    there = place + step
    if 0 <= there < len(rows):
        rows[place], rows[there] = rows[there], rows[place]
    for position, row in enumerate(rows, start=1):
        row.position = position
    uow.session.flush()


def _next_position(uow: UnitOfWork, kind: type[Track] | type[Room], edition_id: int) -> int:
    largest = uow.session.execute(select(func.max(kind.position)).where(kind.edition_id == edition_id)).scalar_one()
    return (largest or 0) + 1
