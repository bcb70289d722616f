"""Every select of this package; each says what it loads."""

from sqlalchemy.orm import Session

from workshop_manager.calls.models import Call


def find_call(session: Session, edition_id: int) -> Call:
    """The call of that edition; a blank one, not in the session, if nobody has written it yet."""
    return session.get(Call, edition_id) or Call.blank(edition_id)
