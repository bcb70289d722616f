"""Every select of this package; each says what it loads."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.funds import uses
from workshop_manager.funds.models import Fund


def funds(session: Session, edition_id: int) -> Sequence[Fund]:
    """The funds of an edition in the order in which they were made."""
    return session.scalars(select(Fund).where(Fund.edition_id == edition_id).order_by(Fund.id)).all()


def locked_funds(session: Session, edition_id: int) -> dict[int, Fund]:
    """All funds of an edition, locked in one order: whoever gives or returns money waits here for the one before."""
    rows = session.scalars(
        select(Fund)
        .where(Fund.edition_id == edition_id)
        .order_by(Fund.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def is_currency_needed(session: Session, edition_id: int, currency: str, besides: int) -> bool:
    """True if applications are written in that currency and no other fund of the edition has it."""
    other = select(Fund.id).where(Fund.edition_id == edition_id, Fund.currency == currency, Fund.id != besides)
    if session.execute(other.limit(1)).first() is not None:
        return False
    return uses.is_currency_asked(session, edition_id, currency)
