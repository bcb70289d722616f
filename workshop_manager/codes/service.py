"""Codes made, taken back and used. Each use is counted under the row's lock, which whoever reads it has taken."""

import secrets
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from limits import parse
from werkzeug.exceptions import TooManyRequests

from workshop_manager.accounts.attempts import source
from workshop_manager.accounts.models import Person
from workshop_manager.codes import rules
from workshop_manager.codes.models import Code
from workshop_manager.codes.rules import CodeProblem
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


class Refused(Conflict):
    """A code that opens nothing; the sentence says why."""


def hash_of(typed: str) -> str:
    """What a code is found by, however it was typed."""
    return token_hash(rules.normal(typed))


def draw(
    uow: UnitOfWork, edition: Edition, row: Code, *, label: str, max_uses: int, expires: Deadline | None, what: str
) -> None:
    """Make a row that says what it opens a code, drawn at random; `what` it is called in the history."""
    require(uow, edition, MAY_SETTINGS)
    drawn = "".join(secrets.choice(_LETTERS) for _place in range(16))
    row.edition_id, row.label = edition.id, label
    row.code, row.code_hash = "-".join(drawn[place : place + 4] for place in range(0, 16, 4)), token_hash(drawn)
    row.max_uses, row.used = max_uses, 0
    row.expires_at, row.expires_zone = (expires.at, expires.zone) if expires else (None, None)
    row.created_by, row.created_at = uow.actor.id if uow.actor else None, uow.now
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "made", what, row.id, edition_id=edition.id)


def revoke(uow: UnitOfWork, edition: Edition, row: Code | None, *, what: str) -> None:
    """Let nobody else use it; what it opened for those who did stays open to them."""
    require(uow, edition, MAY_SETTINGS)
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = uow.now
        audit.record(uow, "revoked", what, row.id, edition_id=edition.id)
        uow.session.flush()


def count_try(person_id: int) -> None:
    """One more code typed, right or wrong; raises TooManyRequests beyond what a person with a code needs."""
    tries = ((PERSON_RATE, str(person_id)), (SOURCE_RATE, source()))
    if not all(limiter.limiter.hit(parse(rule), "calls", "code", who) for rule, who in tries):
        raise TooManyRequests


def problem(row: Code, uow: UnitOfWork, late: Deadline | None = None) -> CodeProblem | None:
    """Why nobody else can use it now; `late` is when what it opens is over."""
    return rules.code_problem(
        uow.now,
        used=row.used,
        max_uses=row.max_uses,
        expires=row.expiry,
        late=late,
        is_revoked=row.revoked_at is not None,
    )


def use(
    uow: UnitOfWork,
    edition: Edition,
    person: Person,
    row: Code | None,
    uses: Callable[..., Any],
    *,
    what: str,
    late: Deadline | None = None,
) -> bool:
    """Count that this person uses the code found by what they typed; `uses` is the table of its uses.

    False if they used it before: that changes nothing and counts once. Raises Refused.
    """
    if row is None:
        raise Refused(str(_("This code opens nothing here. Look at it again: it has sixteen letters and figures.")))
    if uow.session.get(uses, (row.id, person.id)) is not None:  # type: ignore[arg-type]
        return False
    found = problem(row, uow, late)
    if found is not None:
        raise Refused(_problem_text(found))
    row.used += 1
    uow.session.add(uses(code_id=row.id, person_id=person.id, used_at=uow.now))
    uow.session.flush()
    audit.record(uow, "used", what, row.id, edition_id=edition.id)
    return True


def _problem_text(found: CodeProblem) -> str:
    texts = {
        CodeProblem.REVOKED: _("This code was taken back. Write to the organisers if that is a surprise."),
        CodeProblem.EXPIRED: _("This code has expired. Write to the organisers for another one."),
        CodeProblem.USED_UP: _("This code was used as often as it could be. Write to the organisers for another one."),
        CodeProblem.TOO_LATE: _("The late entry that this code was for is over."),
    }
    return str(texts[found])
