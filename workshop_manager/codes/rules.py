"""When a code can be used; plain values, no database."""

import enum
from datetime import datetime

from workshop_manager.core.deadlines import Deadline


class CodeProblem(enum.Enum):
    """Why a code opens nothing."""

    REVOKED = "revoked"
    EXPIRED = "expired"
    USED_UP = "used_up"
    TOO_LATE = "too_late"


def code_problem(
    now: datetime,
    *,
    used: int,
    max_uses: int,
    expires: Deadline | None,
    late: Deadline | None = None,
    is_revoked: bool = False,
) -> CodeProblem | None:
    """Why nobody else can use a code now; None if somebody can. `late` is when what it opens is over."""
    if is_revoked:
        return CodeProblem.REVOKED
    if expires is not None and expires.has_passed(now):
        return CodeProblem.EXPIRED
    if late is not None and late.has_passed(now):
        return CodeProblem.TOO_LATE
    if used >= max_uses:
        return CodeProblem.USED_UP
    return None


def normal(typed: str) -> str:
    """A code as it is compared: without gaps and hyphens, in capitals."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())
