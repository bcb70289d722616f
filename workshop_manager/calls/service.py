"""What is done to a call. Each verb asks its rule first; nothing here commits."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from workshop_manager.calls import facts, rules
from workshop_manager.calls.models import Call
from workshop_manager.calls.states import Blinding
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class CallContent:
    """What organisers say about a call."""

    headline: str
    text: str
    blinding: Blinding
    needs_pdf: bool
    page_limit: int
    reference_pages: int
    word_limit: int
    max_megabytes: int


def locked_call(uow: UnitOfWork, edition_id: int) -> Call:
    """The call's row, made if it is not there yet and locked until the end of the transaction."""
    query = select(Call).where(Call.edition_id == edition_id).with_for_update()
    fresh = query.execution_options(populate_existing=True)
    found = uow.session.execute(fresh).scalar_one_or_none()
    if found is not None:
        return found
    try:
        with uow.session.begin_nested():
            uow.session.add(Call.blank(edition_id))
            uow.session.flush()
    except IntegrityError:
        pass  # somebody else made it a moment ago; theirs is as good
    return uow.session.execute(fresh).scalar_one()


def may_blind(uow: UnitOfWork, call: Call, wanted: Blinding) -> bool:
    """False if that would show names that authors were promised would be hidden."""
    is_promised = call.blinding is not wanted and facts.is_anything_submitted(uow.session, call.edition_id)
    return rules.may_blind(call.blinding, wanted, is_promised)


def edit_call(uow: UnitOfWork, edition: Edition, content: CallContent) -> Call:
    """Store what the organisers wrote. Whether they started from the newest version is asked by the view."""
    call = locked_call(uow, edition.id)
    if not may_blind(uow, call, content.blinding):
        raise Conflict(str(_("Abstracts were submitted with fewer names shown than that.")))
    for name in CallContent.__slots__:
        setattr(call, name, getattr(content, name))
    call.version += 1
    audit.record(uow, "call edited", "edition", edition.id, edition_id=edition.id)
    uow.session.flush()
    return call
