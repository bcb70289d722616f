"""Who went through to a video room and when: kept for totals, without names once its time has come."""

import secrets
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select, update

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.schedule.models import JoinUse
from workshop_manager.workshops.models import Edition

JOINED = "join_uses"


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Steps through the door to a session that still say whose they were."""
    named = select(func.count()).where(JoinUse.edition_id == edition.id, JoinUse.person_id.is_not(None))
    number = uow.session.execute(named).scalar_one()
    return (Kept(JOINED, str(_("Who opened which session’s link to join")), number, USUAL, _forget_edition),)


def _forget_edition(uow: UnitOfWork, edition: Edition) -> int:
    return forget(uow, JoinUse.edition_id == edition.id)


def forget(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    """Nobody can tell any more whose these were, nor that two sessions had the same person; totals stay as they are."""
    whose = (JoinUse.edition_id, JoinUse.uid, JoinUse.person_id)
    found = uow.session.execute(select(*whose).where(which, JoinUse.person_id.is_not(None)).distinct()).all()
    number = 0
    for edition_id, uid, person_id in found:
        done = uow.session.execute(
            update(JoinUse)
            .where(JoinUse.edition_id == edition_id, JoinUse.uid == uid, JoinUse.person_id == person_id)
            .values(person_id=None, nobody=secrets.token_hex(16))
            .execution_options(synchronize_session=False)
        )
        number += int(done.rowcount)  # type: ignore[attr-defined]
    return number
