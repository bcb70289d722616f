"""Every select of this package."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from workshop_manager.mail.models import MailState, OutboxMail

Hidden = Callable[[int], ColumnElement[bool]]
_hidden: list[Hidden] = []


def register_hidden(concerns: Hidden) -> None:
    """Hide mails from some organisers: `concerns(person_id)` is true of mails that this person must not see.

    For higher packages: what is written about the work of somebody with a conflict of interest. Registering the same
    function twice counts once.
    """
    if concerns not in _hidden:
        _hidden.append(concerns)


def shown(edition_id: int, viewer_id: int | None) -> list[ColumnElement[bool]]:
    """Which mails of an edition its organisers see: none with a sign-in link, none hidden from the one who looks."""
    found = [OutboxMail.edition_id == edition_id, OutboxMail.is_secret.is_(False)]
    if viewer_id is not None:
        found += [not_(concerns(viewer_id)) for concerns in _hidden]
    return found


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
    session: Session,
    edition_id: int,
    state: MailState | None,
    offset: int,
    most: int = 50,
    viewer_id: int | None = None,
) -> Sequence[OutboxMail]:
    """An edition's mails, newest first, as `shown` to that organiser."""
    query = select(OutboxMail).where(*shown(edition_id, viewer_id))
    if state is not None:
        query = query.where(OutboxMail.state == state)
    return session.scalars(query.order_by(OutboxMail.id.desc()).offset(offset).limit(most)).all()


def counts_by_state(session: Session, edition_id: int, viewer_id: int | None = None) -> dict[MailState, int]:
    """How many of an edition's mails are in which state, as `shown` to that organiser."""
    rows = session.execute(
        select(OutboxMail.state, func.count()).where(*shown(edition_id, viewer_id)).group_by(OutboxMail.state)
    )
    return {row[0]: row[1] for row in rows}


def find_edition_mail(
    session: Session, edition_id: int, mail_id: int, viewer_id: int | None = None
) -> OutboxMail | None:
    """One mail of that edition, if it is `shown` to that organiser."""
    return session.execute(
        select(OutboxMail).where(OutboxMail.id == mail_id, *shown(edition_id, viewer_id))
    ).scalar_one_or_none()


def text_is_due(before: datetime, *, with_kept: bool) -> ColumnElement[bool]:
    """True of mails with a text that were sent, or failed for good, before that moment; `with_kept`: the demo's too."""
    sent = [MailState.SENT, MailState.KEPT] if with_kept else [MailState.SENT]
    is_old = or_(
        and_(OutboxMail.state.in_(sent), OutboxMail.sent_at < before),
        and_(OutboxMail.state == MailState.FAILED, OutboxMail.next_attempt_at < before),
    )
    has_text = or_(OutboxMail.text_body != "", OutboxMail.html_body != "", OutboxMail.calendar.is_not(None))
    return and_(is_old, has_text)


def ids_after(session: Session, last: int, wanted: ColumnElement[bool], most: int) -> Sequence[int]:
    """The ids of mails beyond that one of which something is true, in order."""
    return session.scalars(
        select(OutboxMail.id).where(OutboxMail.id > last, wanted).order_by(OutboxMail.id).limit(most)
    ).all()
