"""Every select of this package."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workshop_manager.mail.models import MailState, OutboxMail


def kept_mails(session: Session, to: str | None, most: int = 100) -> Sequence[OutboxMail]:
    """The demo's latest mails, newest first."""
    query = select(OutboxMail).where(OutboxMail.state == MailState.KEPT)
    if to:
        query = query.where(OutboxMail.to_address == to)
    return session.scalars(query.order_by(OutboxMail.id.desc()).limit(most)).all()


def find_kept(session: Session, mail_id: int) -> OutboxMail | None:
    return session.execute(
        select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.state == MailState.KEPT)
    ).scalar_one_or_none()


def edition_mails(
    session: Session, edition_id: int, state: MailState | None, offset: int, most: int = 50
) -> Sequence[OutboxMail]:
    """An edition's mails, newest first, without those that carry a sign-in link."""
    query = select(OutboxMail).where(OutboxMail.edition_id == edition_id, OutboxMail.is_secret.is_(False))
    if state is not None:
        query = query.where(OutboxMail.state == state)
    return session.scalars(query.order_by(OutboxMail.id.desc()).offset(offset).limit(most)).all()


def counts_by_state(session: Session, edition_id: int) -> dict[MailState, int]:
    """How many of an edition's mails are in which state."""
    rows = session.execute(
        select(OutboxMail.state, func.count())
        .where(OutboxMail.edition_id == edition_id, OutboxMail.is_secret.is_(False))
        .group_by(OutboxMail.state)
    )
    return dict(rows.tuples().all())
