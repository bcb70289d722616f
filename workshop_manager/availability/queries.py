"""Every select of this package; each says what it loads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from workshop_manager.availability.models import AvailabilityAsking, SpeakerAvailability
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility


def asking(session: Session, edition_id: int) -> AvailabilityAsking | None:
    """That an edition asks, if it does."""
    return session.get(AvailabilityAsking, edition_id, populate_existing=True)


def asked(session: Session, edition_id: int) -> Sequence[SpeakerAvailability]:
    """Everybody who was asked, with what they said, by name (one query)."""
    return (
        session.scalars(
            select(SpeakerAvailability)
            .options(joinedload(SpeakerAvailability.hours))
            .where(SpeakerAvailability.edition_id == edition_id)
            .order_by(func.lower(SpeakerAvailability.name), SpeakerAvailability.id)
            .execution_options(populate_existing=True)
        )
        .unique()
        .all()
    )


def answered(session: Session, edition_id: int) -> Sequence[SpeakerAvailability]:
    """Those who answered, with what they said (one query)."""
    return (
        session.scalars(
            select(SpeakerAvailability)
            .options(joinedload(SpeakerAvailability.hours))
            .where(SpeakerAvailability.edition_id == edition_id, SpeakerAvailability.answered_at.is_not(None))
            .order_by(SpeakerAvailability.id)
            .execution_options(populate_existing=True)
        )
        .unique()
        .all()
    )


def find(session: Session, edition_id: int, availability_id: int) -> SpeakerAvailability | None:
    """One of them, locked."""
    return session.scalars(
        select(SpeakerAvailability)
        .where(SpeakerAvailability.id == availability_id, SpeakerAvailability.edition_id == edition_id)
        .with_for_update()
    ).one_or_none()


def by_token(session: Session, token_hash: str, *, lock: bool = False) -> tuple[Edition, SpeakerAvailability] | None:
    """Whose link it is, with what they said, and the public edition (with community)."""
    query = (
        select(Edition, SpeakerAvailability)
        .join(SpeakerAvailability, SpeakerAvailability.edition_id == Edition.id)
        .join(Edition.community)
        .options(selectinload(SpeakerAvailability.hours), selectinload(Edition.community))
        .where(SpeakerAvailability.token_hash == token_hash, Edition.visibility == Visibility.PUBLIC)
    )
    if lock:
        query = query.with_for_update(of=SpeakerAvailability).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def is_asked(session: Session, edition_id: int, person_id: int) -> bool:
    """Whether this account was asked."""
    there = SpeakerAvailability.edition_id == edition_id, SpeakerAvailability.person_id == person_id
    return bool(session.execute(select(exists().where(*there))).scalar())


def failed_mails(session: Session, edition_id: int) -> dict[int, str]:
    """By person asked: why their last mail did not arrive."""
    rows = session.execute(
        select(SpeakerAvailability.id, OutboxMail.last_error)
        .join(OutboxMail, OutboxMail.key == SpeakerAvailability.last_mail)
        .where(SpeakerAvailability.edition_id == edition_id, OutboxMail.state == MailState.FAILED)
    )
    return {availability_id: error or "" for availability_id, error in rows}


def to_remind(session: Session, now: datetime, until: datetime) -> Sequence[int]:
    """Editions in which somebody has neither answered nor been reminded, and which want to know before `until`."""
    return session.scalars(
        select(AvailabilityAsking.edition_id)
        .join(SpeakerAvailability, SpeakerAvailability.edition_id == AvailabilityAsking.edition_id)
        .where(
            AvailabilityAsking.reply_by > now,
            AvailabilityAsking.reply_by <= until,
            SpeakerAvailability.answered_at.is_(None),
            SpeakerAvailability.reminded_at.is_(None),
        )
        .distinct()
    ).all()
