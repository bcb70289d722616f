"""The call's access codes: a hidden track, a late entry, or both. How codes work at all stands in `codes`."""

from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries
from workshop_manager.calls.models import AccessCode, CodeUse
from workshop_manager.calls.service import give_time
from workshop_manager.codes import service as codes
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

_WHAT = "access code"
"""What it is called in the history."""


@dataclass(frozen=True, slots=True)
class CodeContent:
    """A code as organisers want it: for whom, what it opens, how often and until when."""

    label: str
    round_id: int | None
    track_id: int | None
    late: Deadline | None
    max_uses: int
    expires: Deadline | None


def make(uow: UnitOfWork, edition: Edition, content: CodeContent) -> AccessCode:
    """A new code, drawn at random."""
    require(uow, edition, MAY_SETTINGS)
    if content.track_id is None and content.late is None:
        raise Conflict(str(_("A code opens a hidden track, a late entry, or both.")))
    row = AccessCode(
        round_id=content.round_id,
        track_id=content.track_id,
        late_until=content.late.at if content.late else None,
        late_zone=content.late.zone if content.late else None,
    )
    codes.draw(
        uow, edition, row, label=content.label, max_uses=content.max_uses, expires=content.expires, what=_WHAT
    )  # fmt: skip
    return row


def revoke(uow: UnitOfWork, edition: Edition, code_id: int) -> None:
    """Let nobody else use it; what it opened for those who did stays open to them."""
    codes.revoke(uow, edition, queries.find_code(uow.session, edition.id, code_id), what=_WHAT)


def use(uow: UnitOfWork, edition: Edition, person: Person, typed: str) -> AccessCode:
    """Open what the code opens to this person. Using it again changes nothing and counts once; raises Refused."""
    row = queries.code_by_hash(uow.session, edition.id, codes.hash_of(typed))
    late = row.late if row is not None else None
    is_new = codes.use(uow, edition, person, row, CodeUse, what=_WHAT, late=late)
    assert row is not None  # nothing was found: refused
    if is_new and row.late is not None:
        give_time(uow, edition, person.email, row.round_id, row.track_id, row.late, person_id=person.id, code_id=row.id)
        uow.session.flush()
    return row
