"""Every select of this package; each says what it loads. Tables are read by their names."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, func, literal, select
from sqlalchemy.orm import Session, undefer

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.database import Base
from workshop_manager.door.models import HandoutItem
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions.models import Question, Wording
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.signups.models import SignupPart
from workshop_manager.submissions.models import ClaimedAddress, Submission
from workshop_manager.submissions.topics import Topic
from workshop_manager.takeout.models import DataExport
from workshop_manager.takeout.parts import Section
from workshop_manager.workshops.models import Community, Edition


def rows(session: Session, section: Section, person_id: int) -> list[dict[str, Any]]:
    """The rows of a section, opened where they are sealed."""
    table = Base.metadata.tables[section.table]
    query = (
        select(*(table.c[name] for name in section.columns))
        .where(_mine(section, person_id))
        .order_by(*table.primary_key.columns)
    )
    return [dict(row._mapping) for row in session.execute(query)]


def _mine(section: Section, person_id: int) -> ColumnElement[bool]:
    """Which rows of the section's table are this person's."""
    owner = Base.metadata.tables[section.table].c[section.owner]
    if section.by_registration:
        return owner.in_(select(Registration.id).where(Registration.person_id == person_id))
    if section.by_address:
        return func.lower(owner).in_(_proven(person_id))
    mine, found = owner == person_id, select(literal(None))
    for step in reversed(section.through):
        name, _point, column = step.partition(".")
        table = Base.metadata.tables[name]
        (key,) = table.primary_key.columns
        is_first = step == section.through[-1]
        found = select(key).where(table.c[column] == person_id if is_first else table.c[column].in_(found))
        mine = owner.in_(found)
    return mine


def _proven(person_id: int) -> CompoundSelect[Any]:
    """Addresses that somebody has shown to be theirs: what went to any other is not for them to read."""
    own = select(func.lower(Person.email)).where(Person.id == person_id, Person.confirmed_at.is_not(None))
    return own.union(select(ClaimedAddress.address).where(ClaimedAddress.person_id == person_id))


def files(session: Session, section: Section, person_id: int) -> list[tuple[Any, bytes]]:
    """The bytes of its files, each with the key of its row."""
    if section.bytes_of is None:
        return []
    table = Base.metadata.tables[section.table]
    holder, names, content = section.bytes_of
    held = Base.metadata.tables[holder]
    (key,) = table.primary_key.columns
    query = select(key, held.c[content]).where(_mine(section, person_id)).order_by(key)
    if held is not table:
        query = query.join(held, held.c[names] == key)
    return [(row[0], row[1]) for row in session.execute(query)]


def names(session: Session, column: str, keys: Collection[int]) -> dict[int, str]:
    """What ids in that column are called; none for a column that names nothing."""
    named: dict[str, Any] = {
        "edition_id": select(Edition.id, Edition.name),
        "community_id": select(Community.id, Community.name),
        "kind_id": select(RegistrationKind.id, RegistrationKind.name),
        "question_id": select(Question.id, Question.label),
        "wording_id": select(Wording.id, Wording.text),
        "topic_id": select(Topic.id, Topic.name),
        "part_id": select(SignupPart.id, SignupPart.title),
        "item_id": select(HandoutItem.id, HandoutItem.name),
        "submission_id": select(Submission.id, Submission.number),
    }
    query = named.get(column)
    if query is None or not keys:
        return {}
    key = query.selected_columns[0]
    mark = "#" if column == "submission_id" else ""
    return {row[0]: f"{mark}{row[1]}" for row in session.execute(query.where(key.in_(keys)))}


def mails(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Mails to them or, without an account, to an address of theirs, but those with a key in them."""
    unowned = OutboxMail.person_id.is_(None) & func.lower(OutboxMail.to_address).in_(_proven(person_id))
    query = (
        select(OutboxMail.created_at, OutboxMail.to_address, OutboxMail.subject, OutboxMail.text_body)
        .where((OutboxMail.person_id == person_id) | unowned, OutboxMail.is_secret.is_(False))
        .order_by(OutboxMail.id)
    )
    return [dict(row._mapping) for row in session.execute(query)]


def acts(session: Session, person_id: int) -> list[dict[str, Any]]:
    """What they did, with this account or one that ended in it, without what it was done to."""
    theirs = select(Person.id).where((Person.id == person_id) | (Person.merged_into_id == person_id))
    query = (
        select(AuditEntry.at, AuditEntry.action, AuditEntry.edition_id)
        .where(AuditEntry.actor_id.in_(theirs))
        .order_by(AuditEntry.id)
    )
    return [dict(row._mapping) for row in session.execute(query)]


def exports_of(session: Session, person_id: int, now: datetime) -> Sequence[DataExport]:
    """Archives that wait or can be fetched, the newest first; without what is in them."""
    alive = DataExport.expires_at.is_(None) | (DataExport.expires_at > now)
    return session.scalars(
        select(DataExport).where(and_(DataExport.person_id == person_id, alive)).order_by(DataExport.id.desc())
    ).all()


def export(session: Session, person_id: int, export_id: int, now: datetime) -> DataExport | None:
    """One's own archive that can be fetched, with what is in it."""
    return session.scalars(
        select(DataExport)
        .options(undefer(DataExport.body))
        .where(DataExport.person_id == person_id, DataExport.id == export_id, DataExport.expires_at > now)
    ).one_or_none()


def waiting(session: Session) -> Sequence[int]:
    """Archives to be made, the oldest first."""
    return session.scalars(select(DataExport.id).where(DataExport.made_at.is_(None)).order_by(DataExport.id)).all()


def locked(session: Session, export_id: int) -> DataExport | None:
    """One that is to be made, unless somebody else is at it."""
    return session.scalars(
        select(DataExport)
        .where(DataExport.id == export_id, DataExport.made_at.is_(None))
        .with_for_update(skip_locked=True)
    ).one_or_none()
