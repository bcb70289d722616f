"""What the draft of a schedule is told of when its speakers can come."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from workshop_manager.availability import queries, service
from workshop_manager.availability.states import Word
from workshop_manager.schedule.clashes import Away


def away(session: Session, edition_id: int) -> Mapping[str, Away]:
    """By person, whoever answered: the hours at which they cannot come or would rather not (one query)."""
    return {
        service.key_of(row): Away(
            tuple((each.starts_at, each.ends_at, each.word is Word.CANNOT) for each in row.hours), row.zone
        )
        for row in queries.answered(session, edition_id)
    }
