"""What only higher packages know, and a call depends on: whether anything came in, whether decisions are out.

from workshop_manager.calls import facts

facts.register(is_anything_submitted=queries.is_anything_submitted, is_decided=queries.is_decided)
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

Fact = Callable[[Session, int], bool]
"""Asked of an edition, by its id."""

_facts: dict[str, Fact] = {}


def register(*, is_anything_submitted: Fact, is_decided: Fact) -> None:
    """Say who answers; registering again replaces it."""
    _facts.update(is_anything_submitted=is_anything_submitted, is_decided=is_decided)


def is_anything_submitted(session: Session, edition_id: int) -> bool:
    """True once any author has submitted, whatever became of it."""
    return _facts["is_anything_submitted"](session, edition_id)


def is_decided(session: Session, edition_id: int) -> bool:
    """True once decisions have been released."""
    return _facts["is_decided"](session, edition_id)
