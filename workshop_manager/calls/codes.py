"""Access codes: made by organisers, used by those who were given one. Each use is counted under the row's lock."""

import secrets
from dataclasses import dataclass

from flask_babel import gettext as _
from limits import parse
from werkzeug.exceptions import TooManyRequests

from workshop_manager.accounts.attempts import source
from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries, rules
from workshop_manager.calls.models import AccessCode, CodeUse
from workshop_manager.calls.rules import CodeProblem
from workshop_manager.calls.service import give_time
from workshop_manager.core import audit
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.limits import limiter
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Without those that look alike. Sixteen of them are 78 bits."""
PERSON_RATE, SOURCE_RATE = "10 per 15 minutes", "40 per 15 minutes"


@dataclass(frozen=True, slots=True)
class CodeContent:
    """A code as organisers want it: for whom, what it opens, how often and until when."""

    label: str
    round_id: int | None
    track_id: int | None
    late: Deadline | None
    max_uses: int
    expires: Deadline | None


def normal(typed: str) -> str:
    """A code as it is compared: without gaps and hyphens, in capitals."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def make(uow: UnitOfWork, edition: Edition, content: CodeContent) -> AccessCode:
    """A new code, drawn at random."""
    require(uow, edition, MAY_SETTINGS)
    if content.track_id is None and content.late is None:
        raise Conflict(str(_("A code opens a hidden track, a late entry, or both.")))
    drawn = "".join(secrets.choice(_LETTERS) for _place in range(16))
    row = AccessCode(
        edition_id=edition.id,
        label=content.label,
        code="-".join(drawn[place : place + 4] for place in range(0, 16, 4)),
        code_hash=token_hash(drawn),
        round_id=content.round_id,
        track_id=content.track_id,
        late_until=content.late.at if content.late else None,
        late_zone=content.late.zone if content.late else None,
        max_uses=content.max_uses,
        used=0,
        expires_at=content.expires.at if content.expires else None,
        expires_zone=content.expires.zone if content.expires else None,
        created_by=uow.actor.id if uow.actor else None,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "made", "access code", row.id, edition_id=edition.id)
    return row


def revoke(uow: UnitOfWork, edition: Edition, code_id: int) -> None:
    """Let nobody else use it; what it opened for those who did stays open to them."""
    require(uow, edition, MAY_SETTINGS)
    row = queries.find_code(uow.session, edition.id, code_id)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = uow.now
        audit.record(uow, "revoked", "access code", row.id, edition_id=edition.id)
        uow.session.flush()


def count_try(person_id: int) -> None:
    """One more code typed, right or wrong; raises TooManyRequests beyond what a person with a code needs."""
    tries = ((PERSON_RATE, str(person_id)), (SOURCE_RATE, source()))
    if not all(limiter.limiter.hit(parse(rule), "calls", "code", who) for rule, who in tries):
        raise TooManyRequests


class Refused(Conflict):
    """A code that opens nothing; the sentence says why."""


def use(uow: UnitOfWork, edition: Edition, person: Person, typed: str) -> AccessCode:
    """Open what the code opens to this person. Using it again changes nothing and counts once; raises Refused."""
    row = queries.code_by_hash(uow.session, edition.id, token_hash(normal(typed)))
    if row is None:
        raise Refused(str(_("This code opens nothing here. Look at it again: it has sixteen letters and figures.")))
    if uow.session.get(CodeUse, (row.id, person.id)) is not None:
        return row
    problem = rules.code_problem(
        uow.now,
        used=row.used,
        max_uses=row.max_uses,
        expires=row.expiry,
        late=row.late,
        is_revoked=row.revoked_at is not None,
    )
    if problem is not None:
        raise Refused(_problem_text(problem))
    row.used += 1
    uow.session.add(CodeUse(code_id=row.id, person_id=person.id, used_at=uow.now))
    if row.late is not None:
        give_time(uow, edition, person.email, row.round_id, row.track_id, row.late, person_id=person.id, code_id=row.id)
    uow.session.flush()
    audit.record(uow, "used", "access code", row.id, edition_id=edition.id)
    return row


def _problem_text(problem: CodeProblem) -> str:
    texts = {
        CodeProblem.REVOKED: _("This code was taken back. Write to the organisers if that is a surprise."),
        CodeProblem.EXPIRED: _("This code has expired. Write to the organisers for another one."),
        CodeProblem.USED_UP: _("This code was used as often as it could be. Write to the organisers for another one."),
        CodeProblem.TOO_LATE: _("The late entry that this code was for is over."),
    }
    return str(texts[problem])
