"""Every select of this package; each says what it loads."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workshop_manager.retention.models import Removal, RetentionRule
from workshop_manager.workshops.models import Edition

MOST_REMOVALS = 100


def days(session: Session, edition_id: int) -> dict[str, int]:
    """What organisers chose, by what it is about."""
    rows = session.execute(select(RetentionRule.what, RetentionRule.days).where(RetentionRule.edition_id == edition_id))
    return {row.what: row.days for row in rows}


def rule(session: Session, edition_id: int, what: str) -> RetentionRule | None:
    """One of them."""
    return session.get(RetentionRule, (edition_id, what))


def removals(session: Session, edition_id: int) -> Sequence[Removal]:
    """What was removed, the newest first."""
    return session.scalars(
        select(Removal).where(Removal.edition_id == edition_id).order_by(Removal.id.desc()).limit(MOST_REMOVALS)
    ).all()


def over(session: Session, now: datetime) -> Sequence[int]:
    """Editions whose event is over."""
    return session.scalars(select(Edition.id).where(Edition.ends_at < now).order_by(Edition.id)).all()


def edition(session: Session, edition_id: int) -> Edition | None:
    """One edition, with its community."""
    return session.execute(
        select(Edition).options(joinedload(Edition.community)).where(Edition.id == edition_id)
    ).scalar_one_or_none()
