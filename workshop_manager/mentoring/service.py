"""What organisers set, what authors and mentors do, and what follows when somebody leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from workshop_manager.accounts.events import PersonErased
from workshop_manager.conflicts.service import keep_apart
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import emails, ending, queries, rules
from workshop_manager.mentoring.ending import owner_of
from workshop_manager.mentoring.models import Mentor, Participant, Reading, Round
from workshop_manager.mentoring.states import MatchState
from workshop_manager.questions import queries as questions
from workshop_manager.questions import rules as asking
from workshop_manager.questions import service as forms
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.purposes import Purpose
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.events import (
    AuthorsChanged,
    AuthorshipClaimed,
    DraftRemoved,
    SubmissionWithdrawn,
    WorksMoved,
)
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import service as editions
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.events import MemberLeft
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person, require
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.words import date_name

KEY = "mentoring"
PURPOSE = Purpose(
    key=KEY,
    title=lambda: str(_("Feedback in the mentored round")),
    dimensions=lambda _uow, _edition: (),
    home="reviews.assignments",
    entry="mentoring",
    kinds=tuple(kind for kind in Kind if kind not in (Kind.FILE, Kind.PERSON)),
    has_statements=False,
    beside=lambda: str(_("What partners are asked about the draft they read. The author reads the answers.")),
)
EVERYBODY: frozenset[str] = frozenset()


class Stale(Conflict):
    """Somebody saved it meanwhile."""


class Promised(Conflict):
    """Partners read each other without names already, and go on doing so."""

    def __init__(self) -> None:
        super().__init__(
            str(_("Partners were matched without names, so names stay hidden in this round. Nothing was saved."))
        )


class Incomplete(Conflict):
    """Something is missing, or is not right; `gaps` say what and where."""

    def __init__(self, gaps: tuple[Gap, ...]) -> None:
        super().__init__(str(_("Something is missing.")))
        self.gaps = gaps


# -- setting it up ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoundContent:
    """What organisers say about the round."""

    is_on: bool
    shows_names: bool
    intro: str = ""
    join_until: Deadline | None = None
    feedback_due: Deadline | None = None


def _first_questions() -> list[QuestionContent]:
    asked = (
        (_("What works well?"), _("Begin with it: it is what the authors should keep."), Requirement.ALWAYS),
        (_("What could be clearer?"), _("Where you had to read twice, or missed something."), Requirement.ALWAYS),
        (_("One concrete suggestion"), _("Something the authors can do before the deadline."), Requirement.ALWAYS),
    )
    return [
        QuestionContent(kind=Kind.LONG, label=str(label), help=str(text), word_limit=300, requirement=needed)
        for label, text, needed in asked
    ]


def set_up(uow: UnitOfWork, edition: Edition, content: RoundContent, *, version: int) -> Round:
    """Turn the round on or off and say until when. The first time it asks three questions, which can be changed."""
    require(uow, edition, rules.MAY_SET_UP)
    workshops.locked_edition(uow.session, edition.id)
    row = queries.find_round(uow.session, edition.id, lock=True)
    if (row.version if row is not None else 0) != version:
        raise Stale(str(_("Somebody saved this meanwhile. Compare, then save again.")))
    if row is None:
        row = Round(edition_id=edition.id, version=0, shows_names=content.shows_names)
        uow.session.add(row)
        if not questions.questions_of(uow.session, edition.id, KEY):
            for asked in _first_questions():
                forms.add_question(uow, edition, KEY, asked)
    if content.shows_names and not row.shows_names and queries.has_announced(uow.session, edition.id):
        raise Promised
    row.is_on, row.shows_names, row.intro = content.is_on, content.shows_names, content.intro
    row.version += 1
    for key, deadline in (
        (DateKey.MENTORING_JOIN, content.join_until),
        (DateKey.MENTORING_FEEDBACK, content.feedback_due),
    ):
        _set_date(uow, edition, key, deadline)
    record(uow, "mentoring set up", "edition", edition.id, edition_id=edition.id, is_on=content.is_on)
    uow.session.flush()
    return row


def _set_date(uow: UnitOfWork, edition: Edition, key: DateKey, deadline: Deadline | None) -> None:
    found = workshops.date_by_key(uow.session, edition.id, key)
    if deadline is None:
        if found is not None:
            editions.remove_date(uow, edition, found.id)
    elif found is None or found.deadline != deadline:
        editions.set_date(uow, edition, key, found.label if found is not None else date_name(key), deadline)


# -- taking part --------------------------------------------------------------------------------------------------


def _own(uow: UnitOfWork, edition: Edition, number: int) -> Submission:
    found = submissions.find_own(uow.session, edition.id, number, acting_person(uow).id, lock=True)
    if found is None:
        raise NotFound
    return found


def is_over(uow: UnitOfWork, join_until: Deadline | None) -> bool:
    """True once nobody can join any more."""
    return join_until is not None and join_until.has_passed(uow.now)


def join(uow: UnitOfWork, edition: Edition, number: int) -> Participant:
    """The acting author takes part with a work: somebody will read its draft, and they read somebody's."""
    person, submission = acting_person(uow), _own(uow, edition, number)
    row = queries.find_round(uow.session, edition.id)
    if row is None or not row.is_on:
        raise NotFound
    require_on(edition)
    date = workshops.date_by_key(uow.session, edition.id, DateKey.MENTORING_JOIN)
    late = is_over(uow, date.deadline if date else None)
    if not rules.may_join(is_on=row.is_on, is_over=late, state=submission.state):
        if late:
            raise Conflict(str(_("The date for joining has passed. Write to the organisers.")))
        raise Conflict(str(_("Only drafts and submitted works take part.")))
    found = queries.find_participant(uow.session, submission.id, lock=True)
    if found is not None and found.left_at is None:
        raise Conflict(str(_("This work takes part already.")))
    if found is None:
        found = Participant(submission_id=submission.id, edition_id=edition.id)
        uow.session.add(found)
    found.person_id, found.joined_at, found.left_at = person.id, uow.now, None
    record(uow, "mentoring joined", "submission", submission.id, edition_id=edition.id)
    uow.session.flush()
    return found


def step_out(uow: UnitOfWork, edition: Edition, number: int) -> None:
    """An author takes the work out again. A partner is told, and can be matched anew."""
    submission = _own(uow, edition, number)
    found = queries.find_participant(uow.session, submission.id, lock=True)
    if found is None or found.left_at is not None:
        raise Conflict(str(_("This work takes no part, so nothing was changed.")))
    ending.leave(uow, edition, found)


def volunteer(uow: UnitOfWork, edition: Edition, most: int) -> None:
    """Somebody of the committee offers to read drafts of those without a partner; 0: no longer.

    What they were given already, they keep.
    """
    person = acting_person(uow)
    standing = workshops.standing_of(uow.session, edition.id, person.id)
    row = queries.find_round(uow.session, edition.id)
    if not standing.may(rules.MAY_MENTOR) or row is None or not row.is_on:
        raise NotFound
    workshops.locked_edition(uow.session, edition.id)
    found = queries.find_mentor(uow.session, edition.id, person.id)
    if most <= 0:
        if found is not None:
            uow.session.delete(found)
    elif found is None:
        uow.session.add(
            Mentor(
                edition_id=edition.id,
                person_id=person.id,
                most=min(most, rules.MOST_MENTORED),
                volunteered_at=uow.now,
            )
        )
    else:
        found.most = min(most, rules.MOST_MENTORED)
    uow.session.flush()


# -- feedback -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedbackContent:
    """What a reader says: answers by question, and a word for the mentoring chairs only."""

    answers: Mapping[int, Any]
    remark: str = ""


def sheet_of(uow: UnitOfWork, edition: Edition) -> Sheet:
    """The questions about a draft."""
    return questions.sheet(uow.session, edition.id, KEY)


def can_write(task: queries.Task) -> bool:
    """`rules.may_write` for what somebody reads."""
    reading = task.reading
    return rules.may_write(
        reading.match.state,
        is_ended=reading.ended_at is not None,
        work=reading.submission.state,
        is_author=task.is_author,
        is_thanked=reading.thanked_at is not None,
    )


def can_read(task: queries.Task) -> bool:
    """`rules.may_read` for what somebody reads."""
    reading = task.reading
    return rules.may_read(
        reading.match.state,
        is_ended=reading.ended_at is not None,
        work=reading.submission.state,
        is_author=task.is_author,
    )


def save_feedback(
    uow: UnitOfWork, edition: Edition, reading_id: int, content: FeedbackContent, *, version: int, send: bool
) -> Reading:
    """Keep what was written, and send it if asked to; what was sent can be changed until the other side thanks.

    Raises Stale, Incomplete or another Conflict with nothing changed.
    """
    person = acting_person(uow)
    task = queries.find_task(uow.session, edition.id, reading_id, person.id, lock=True)
    if task is None:
        raise NotFound
    reading = task.reading
    if not can_write(task):
        raise Conflict(str(_("This exchange is over, so nothing was saved. What you typed is still below.")))
    if reading.version != version:
        raise Stale(str(_("This was saved meanwhile, perhaps by you in another tab. Compare, then save again.")))
    sheet = sheet_of(uow, edition)
    stored = questions.answers_of(uow.session, owner_of(reading.id))
    counts = asking.as_typed(sheet.questions, stored, content.answers, uow.now)
    gaps = tuple(asking.gaps(sheet, counts, EVERYBODY, uow.now))
    if (send or reading.sent_at is not None) and gaps:
        raise Incomplete(gaps)
    if send and not any(value is not None for value in counts.values()):
        raise Conflict(str(_("Nothing is written yet, so nothing was sent.")))
    forms.save_answers(uow, owner_of(reading.id), sheet, content.answers, EVERYBODY)
    reading.remark = content.remark or None
    reading.saved_at, reading.version = uow.now, reading.version + 1
    if send and reading.sent_at is None:
        reading.sent_at = uow.now
        record(uow, "mentoring feedback sent", "submission", reading.submission_id, edition_id=edition.id)
        uow.session.flush()
        _tell_author(uow, edition, reading)
    uow.session.flush()
    return reading


def _tell_author(uow: UnitOfWork, edition: Edition, reading: Reading) -> None:
    participant = queries.find_participant(uow.session, reading.submission_id)
    if participant is None:
        return
    person = submissions.people(uow.session, [participant.person_id]).get(participant.person_id)
    if person is not None:
        emails.came_in(uow, edition, reading, person)


def thank(uow: UnitOfWork, edition: Edition, number: int, reading_id: int, *, is_helpful: bool, words: str) -> None:
    """An author says thank you, once; the reader gets a mail. From then on the feedback stays as it is."""
    submission = _own(uow, edition, number)
    reading = queries.find_received(uow.session, submission.id, reading_id)
    if reading is None:
        raise NotFound
    if reading.thanked_at is not None:
        raise Conflict(str(_("Somebody of you has said thank you already.")))
    reading.thanked_at, reading.is_helpful, reading.thanks = uow.now, is_helpful, words or None
    uow.session.flush()
    person = submissions.people(uow.session, [reading.reader_id]).get(reading.reader_id) if reading.reader_id else None
    if person is not None:
        emails.thanked(uow, edition, reading, person)


# -- somebody leaves ----------------------------------------------------------------------------------------------


def _leave(uow: UnitOfWork, submission_id: int, edition_id: int) -> None:
    found = queries.find_participant(uow.session, submission_id, lock=True)
    if found is not None and found.left_at is None:
        ending.leave(uow, workshops.get_edition(uow.session, edition_id), found)


def on_submission_left(uow: UnitOfWork, event: SubmissionWithdrawn) -> None:
    """A work was withdrawn: a partner is told, and can be matched anew."""
    _leave(uow, event.submission_id, event.edition_id)


def on_draft_removed(uow: UnitOfWork, event: DraftRemoved) -> None:
    """A draft goes, and with it what was written about it."""
    _leave(uow, event.submission_id, event.edition_id)
    ending.forget_answers(uow, queries.readings_on(uow.session, event.submission_id))
    uow.session.flush()


def on_authors_changed(uow: UnitOfWork, event: AuthorsChanged) -> None:
    """Somebody had their name taken out: if they took part for the work, it takes no part any more."""
    found = queries.find_participant(uow.session, event.submission_id)
    if found is None or found.left_at is not None:
        return
    work = submissions.submission_of_author(uow.session, event.submission_id)
    if found.person_id not in {work.submitter_id, *(author.person_id for author in work.authors)}:
        _leave(uow, event.submission_id, event.edition_id)


def on_works_moved(uow: UnitOfWork, event: WorksMoved) -> None:
    """Two accounts turned out to be one person: they take part under the one that has the works now."""
    for participant in queries.participants_of(uow.session, event.from_id):
        participant.person_id = event.to_id
    for reading in queries.of_reader(uow.session, event.from_id):
        reading.reader_id = event.to_id
        uow.session.flush()
        if reading.match.state is not MatchState.PROPOSED:
            work = submissions.submission_of_author(uow.session, reading.submission_id)
            keep_apart(uow, work, event.to_id, ConflictKind.MENTORING)
    uow.session.flush()


def on_authorship_claimed(uow: UnitOfWork, event: AuthorshipClaimed) -> None:
    """Somebody turned out to be an author of what they read as a partner or mentor: nobody reads their own draft."""
    ending.end_own(uow, event.person_id)


def on_member_left(uow: UnitOfWork, event: MemberLeft) -> None:
    """Somebody left the committee: as a mentor they read no draft any more, and its author can be matched anew."""
    if workshops.standing_of(uow.session, event.edition_id, event.person_id).may(rules.MAY_MENTOR):
        return
    found = queries.find_mentor(uow.session, event.edition_id, event.person_id)
    if found is not None:
        uow.session.delete(found)
    edition = workshops.get_edition(uow.session, event.edition_id)
    queries.hold_works(uow.session, edition.id)
    for match in queries.read_as_mentor(uow.session, edition.id, event.person_id):
        if match.state is MatchState.PROPOSED:
            ending.forget(uow, match)
        else:
            ending.end(uow, edition, match, leaver=None)
    uow.session.flush()


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Somebody deleted their account: partners are told, drafts of feedback go; what was sent stays, without a name."""
    for participant in queries.participants_of(uow.session, event.person_id):
        if participant.left_at is None:
            ending.leave(uow, workshops.get_edition(uow.session, participant.edition_id), participant)
        uow.session.delete(participant)
    for reading in queries.of_reader(uow.session, event.person_id):
        _let_go(uow, reading)
    for mentor in queries.mentorships(uow.session, event.person_id):
        uow.session.delete(mentor)
    uow.session.flush()


def _let_go(uow: UnitOfWork, reading: Reading) -> None:
    if reading.match.state is MatchState.PROPOSED:
        ending.forget(uow, reading.match)
        return
    reading.reader_id = None
    uow.session.flush()
    if reading.sent_at is None:
        ending.forget_answers(uow, [reading])
        if reading.match.state is MatchState.ANNOUNCED:  # a mentor: the author is told, and can be matched anew
            edition = workshops.get_edition(uow.session, reading.match.edition_id)
            ending.end(uow, edition, queries.locked_match(uow.session, reading.match_id), leaver=None)
    reading.remark = None
