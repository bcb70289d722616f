"""What becomes of a match: told to its people, forgotten while it is only proposed, ended when somebody steps out."""

from collections.abc import Iterable, Mapping, Sequence

from workshop_manager.core.audit import record
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import emails, queries
from workshop_manager.mentoring.models import Match, Participant, Reading, Round
from workshop_manager.mentoring.states import MatchState
from workshop_manager.questions import service as questions
from workshop_manager.questions.content import Owner
from workshop_manager.submissions import queries as submissions
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey


def owner_of(reading_id: int) -> Owner:
    """Under which name the answers of a reading are kept."""
    return Owner("mentoring", reading_id)


def forget(uow: UnitOfWork, match: Match) -> None:
    """Take back what is only proposed: nobody but chairs knew of it."""
    for participant in queries.in_match(uow.session, match.id):
        participant.match_id = None
    uow.session.flush()
    uow.session.delete(match)
    uow.session.flush()


def write_announcements(
    uow: UnitOfWork, edition: Edition, row: Round, readings: Mapping[int, Sequence[Reading]]
) -> int:
    """One mail to each person of these matches: what they read, and for which of their works somebody reads."""
    due = workshops.date_by_key(uow.session, edition.id, DateKey.MENTORING_FEEDBACK)
    reads: dict[int, list[Reading]] = {}
    is_read: dict[int, list[Reading]] = {}
    for edge in (edge for edges in readings.values() for edge in edges):
        if edge.reader_id is not None:
            reads.setdefault(edge.reader_id, []).append(edge)
        participant = queries.find_participant(uow.session, edge.submission_id)
        if participant is not None:
            is_read.setdefault(participant.person_id, []).append(edge)
    people = submissions.people(uow.session, reads.keys() | is_read.keys())
    for person_id, person in sorted(people.items()):
        emails.matched(
            uow,
            edition,
            person,
            reads.get(person_id, []),
            is_read.get(person_id, []),
            due.deadline if due else None,
            shows_names=row.shows_names,
        )
    return len(people)


def _touches(reading: Reading, leaver: Participant | None) -> bool:
    return leaver is None or leaver.submission_id in (reading.submission_id, reading.reader_work_id)


def end(uow: UnitOfWork, edition: Edition, match: Match, leaver: Participant | None) -> None:
    """End a match that was announced: of one who steps out, or of all if a chair takes it apart.

    What was sent stays where it can be read, what others still write to each other goes on. Whoever has got feedback
    keeps that; the rest can be matched anew. Everybody but the leaver is told. The drafts themselves are read no
    longer, not even by those who sent their feedback before.
    """
    readings = queries.readings_of(uow.session, [match.id])[match.id]
    members = list(queries.in_match(uow.session, match.id))
    match.state, match.ended_at = MatchState.ENDED, uow.now
    ended = [one for one in readings if one.ended_at is None and _touches(one, leaver)]
    for one in ended:
        one.ended_at = uow.now
    served = {one.submission_id for one in readings if one.sent_at is not None or one.ended_at is None}
    for participant in members:
        if participant is leaver or participant.submission_id not in served:
            participant.match_id = None
    uow.session.flush()
    told = {p.person_id: p for p in members if p is not leaver}
    owed = [one for one in ended if one.sent_at is None]
    mentors = {one.reader_id for one in owed if one.reader_work_id is None and one.reader_id is not None}
    gone = leaver.person_id if leaver is not None else None
    people = submissions.people(uow.session, (told.keys() | mentors) - {gone})
    for person_id, person in sorted(people.items()):
        mine = told.get(person_id)
        emails.ended(uow, edition, match, person, is_free=mine is not None and mine.match_id is None)


def end_own(uow: UnitOfWork, person_id: int) -> None:
    """Matches in which somebody would read a work that turned out to be their own come to an end."""
    for match in queries.locked_matches_of_own(uow.session, person_id):
        if match.state is MatchState.PROPOSED:
            forget(uow, match)
        else:
            end(uow, workshops.get_edition(uow.session, match.edition_id), match, leaver=None)


def leave(uow: UnitOfWork, edition: Edition, participant: Participant) -> None:
    """A work takes no part any more. The participant must be locked."""
    match_id = participant.match_id
    participant.left_at = uow.now
    record(uow, "mentoring left", "submission", participant.submission_id, edition_id=edition.id)
    if match_id is not None:
        match = queries.locked_match(uow.session, match_id)
        if match.state is MatchState.PROPOSED:
            forget(uow, match)
        elif match.state is MatchState.ANNOUNCED:
            end(uow, edition, match, participant)
        participant.match_id = None
    uow.session.flush()


def forget_answers(uow: UnitOfWork, readings: Iterable[Reading]) -> None:
    """What was written in these goes."""
    for one in readings:
        questions.forget(uow, owner_of(one.id))
        one.remark = None
