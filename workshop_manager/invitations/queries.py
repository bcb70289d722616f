"""Every select of this package; each says what it loads."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation, Telling
from workshop_manager.invitations.states import Answer
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.mail.rules import refuses_address
from workshop_manager.schedule.models import Release
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility


def contacts(session: Session, edition_id: int) -> list[SpeakerContact]:
    """Everybody of an edition who was ever invited, with their slots (one query)."""
    return [contact for contact, _failed in contacts_and_failures(session, edition_id)]


def find_contact(session: Session, edition_id: int, contact_id: int) -> SpeakerContact | None:
    """One of them, with slots."""
    return session.scalars(
        select(SpeakerContact)
        .options(selectinload(SpeakerContact.slots))
        .where(SpeakerContact.id == contact_id, SpeakerContact.edition_id == edition_id)
        .with_for_update(of=SpeakerContact)
    ).one_or_none()


def by_token(session: Session, token_hash: str, *, lock: bool = False) -> tuple[Edition, SpeakerContact] | None:
    """Whose link it is, with slots, and the public edition (with community)."""
    query = (
        select(Edition, SpeakerContact)
        .join(SpeakerContact, SpeakerContact.edition_id == Edition.id)
        .join(Edition.community)
        .options(selectinload(SpeakerContact.slots), selectinload(Edition.community))
        .where(SpeakerContact.token_hash == token_hash, Edition.visibility == Visibility.PUBLIC)
    )
    if lock:
        query = query.with_for_update(of=SpeakerContact).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class Failed:
    """A mail that did not arrive: to which address, and what the server said."""

    address: str
    reason: str

    @property
    def is_refused(self) -> bool:
        """Whether another one to that address would fail, too."""
        return refuses_address(self.reason)


def contacts_and_failures(session: Session, edition_id: int) -> list[tuple[SpeakerContact, Failed | None]]:
    """Everybody who was ever invited, with their slots, and what became of their last mail if it failed (one query)."""
    failed = and_(OutboxMail.key == SpeakerContact.last_mail, OutboxMail.state == MailState.FAILED)
    rows = session.execute(
        select(SpeakerContact, OutboxMail.to_address, OutboxMail.last_error)
        .outerjoin(OutboxMail, failed)
        .options(joinedload(SpeakerContact.slots))
        .where(SpeakerContact.edition_id == edition_id)
        .order_by(SpeakerContact.name, SpeakerContact.id)
        .execution_options(populate_existing=True)
    ).unique()
    return [(contact, Failed(address.lower(), why or "") if address else None) for contact, address, why in rows]


def declined_and_failed(session: Session, edition_id: int) -> tuple[int, list[str]]:
    """How many slots that are on were declined as they are now, and why speakers' last mails failed (one query)."""
    declined = (
        select(func.count(SpeakerInvitation.id))
        .join(SpeakerContact, SpeakerContact.id == SpeakerInvitation.contact_id)
        .where(
            SpeakerContact.edition_id == edition_id,
            SpeakerInvitation.is_off.is_(False),
            SpeakerInvitation.answer == Answer.NO,
            SpeakerInvitation.answered_start == SpeakerInvitation.starts_at,
        )
        .scalar_subquery()
    )
    failed = (
        select(OutboxMail.last_error)
        .join(SpeakerContact, SpeakerContact.last_mail == OutboxMail.key)
        .where(SpeakerContact.edition_id == edition_id, OutboxMail.state == MailState.FAILED)
        .subquery()
    )
    rows = session.execute(
        select(declined, failed.c.last_error)
        .select_from(Edition)
        .outerjoin(failed, true())
        .where(Edition.id == edition_id)
    ).all()
    return rows[0][0] if rows else 0, [reason for _number, reason in rows if reason]


def due_editions(session: Session) -> Sequence[int]:
    """The editions with a release of which nobody was told yet."""
    return session.scalars(select(Telling.edition_id).where(Telling.told_at.is_(None)).distinct()).all()


def due_tellings(session: Session, edition_id: int) -> Sequence[tuple[Telling, Release]]:
    """The releases of an edition that are still to be told, the first one first; locked."""
    rows = session.execute(
        select(Telling, Release)
        .join(Release, Release.id == Telling.release_id)
        .where(Telling.edition_id == edition_id, Telling.told_at.is_(None))
        .order_by(Release.number)
        .with_for_update(of=Telling)
    )
    return [(telling, release) for telling, release in rows]


def is_told(session: Session, key: str) -> bool:
    """Whether a mail with this key is in the outbox."""
    return bool(session.execute(select(exists().where(OutboxMail.key == key))).scalar())
