"""Verbs of the discussion and of whoever leads it: speak, mend, take back, mark as read, sum up."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.accounts.models import Person
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import emails, phases, queries, rules, thread_queries
from workshop_manager.reviews.models import Message, MetaReview, Review, ThreadSeen
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.service import Stale, give_handle, phase_now
from workshop_manager.reviews.states import Advice, ReviewState
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.service import acting_person, require

MOST_MESSAGES = 500
"""In one discussion: what grows beyond that is no discussion of one abstract."""


@dataclass(frozen=True, slots=True)
class Seat:
    """From where somebody takes part in the discussion of a work, and what they may do there."""

    submission: Submission
    phase: Phase
    is_chair: bool
    is_lead: bool
    is_reviewer: bool
    own: Review | None
    meta: MetaReview | None

    @property
    def own_is_in(self) -> bool:
        return self.own is not None and self.own.state is ReviewState.SUBMITTED

    @property
    def is_undecided(self) -> bool:
        return self.submission.state in OPEN_FOR_REVIEW

    @property
    def may_read(self) -> bool:
        return phases.may_read_thread(
            self.phase,
            is_chair=self.is_chair,
            is_lead=self.is_lead,
            is_reviewer=self.is_reviewer,
            own_is_in=self.own_is_in,
        )

    @property
    def may_speak(self) -> bool:
        return phases.may_speak(self.phase, is_chair=self.is_chair, reads=self.may_read, is_undecided=self.is_undecided)

    @property
    def sees_names(self) -> bool:
        """Chairs always; reviewers where the phase says so."""
        return self.is_chair or self.phase.shows_names

    @property
    def speaks_as(self) -> str:
        if self.is_lead:
            return "lead"
        return "chair" if self.is_chair else "reviewer"


def seat(uow: UnitOfWork, edition: Edition, number: int, *, lock: bool = False) -> Seat:
    """The acting person's seat; NotFound for whoever has none, or may not read the discussion yet."""
    person = acting_person(uow)
    standing = workshops.standing_of(uow.session, edition.id, person.id)
    found = None
    if standing.may(MAY_SUBMISSIONS):
        found = submissions.find_row_at_desk(uow.session, edition.id, standing, number, lock=lock)
    is_chair = found is not None
    if found is None:
        found = queries.find_for_reviewer(uow.session, edition.id, number, person.id, lock=lock)
    if found is None or found.state in rules.UNREADABLE:
        raise NotFound
    around = queries.around(uow.session, found.id, person.id)
    taken = Seat(
        found,
        phase_now(uow, edition.id),
        is_chair,
        around.meta is not None and around.meta.lead_id == person.id,
        around.is_assigned,
        queries.review_of(uow.session, found.id, person.id),
        around.meta,
    )
    if not taken.may_read:
        raise NotFound
    return taken


# -- the discussion -----------------------------------------------------------------------------------------------


def say(uow: UnitOfWork, edition: Edition, number: int, text: str) -> Message:
    """Add to the discussion. Whoever is mentioned, and may read it, gets a mail that does not repeat what is said."""
    person = acting_person(uow)
    at = seat(uow, edition, number, lock=True)
    if not at.may_speak:
        raise Conflict(str(_("The discussion is not open now. What you wrote is not sent.")))
    if not text.strip():
        raise Conflict(str(_("Write something first.")))
    if thread_queries.count(uow.session, at.submission.id) >= MOST_MESSAGES:
        raise Conflict(str(_("This discussion has %(most)s messages, and more do not fit.", most=MOST_MESSAGES)))
    if at.speaks_as == "reviewer":
        give_handle(uow, at.submission.id, person.id)
    message = Message(
        submission_id=at.submission.id,
        person_id=person.id,
        speaks_as=at.speaks_as,
        text=text,
        created_at=uow.now,
    )
    uow.session.add(message)
    uow.session.flush()
    _mark(uow, at.submission.id, person.id, message.id)
    for one in mentioned(uow, edition, at, text):
        emails.mentioned(uow, edition, at.submission, message, one, by=_called(uow, at, person))
    uow.session.flush()
    return message


def _called(uow: UnitOfWork, at: Seat, person: Person) -> str:
    """What the writer is called towards those who may not know their name."""
    if at.speaks_as == "reviewer":
        return str(_("Reviewer %(number)s", number=queries.handles(uow.session, at.submission.id)[person.id]))
    return str(_("The lead") if at.speaks_as == "lead" else _("A chair"))


def mentioned(uow: UnitOfWork, edition: Edition, at: Seat, text: str) -> list[Person]:
    """Whom a message reaches: only those who may read it, and never its writer."""
    numbers, groups = rules.mentions(text)
    if not numbers and not groups:
        return []
    writer = acting_person(uow)
    readers = thread_queries.readers(uow.session, edition.id, at.submission.id, at.submission.track_id)
    against = conflicts.against(uow.session, at.submission, [one.person.id for one in readers])
    found = []
    for one in readers:
        is_named = (
            one.number in numbers
            or ("chair" in groups and one.is_chair and not one.is_reviewer)
            or ("lead" in groups and one.is_lead)
            or ("all" in groups and (one.is_reviewer or one.is_lead))
        )
        may_read = phases.may_read_thread(
            at.phase,
            is_chair=one.is_chair,
            is_lead=one.is_lead,
            is_reviewer=one.is_reviewer,
            own_is_in=one.own_is_in,
        )
        if is_named and may_read and one.person.id not in against and one.person.id != writer.id:
            found.append(one.person)
    return found


def mend(uow: UnitOfWork, edition: Edition, number: int, message_id: int, text: str) -> None:
    """Change one's own words, for a while after they were said. Nobody gets another mail."""
    message = _own_message(uow, edition, number, message_id)
    if not text.strip():
        raise Conflict(str(_("Write something, or take the message back.")))
    if text != message.text:
        message.text, message.edited_at = text, uow.now
        uow.session.flush()


def take_back(uow: UnitOfWork, edition: Edition, number: int, message_id: int) -> None:
    """Take one's own words back, for a while after they were said. That something stood there stays visible."""
    message = _own_message(uow, edition, number, message_id)
    message.text, message.removed_at = "", uow.now
    uow.session.flush()


def _own_message(uow: UnitOfWork, edition: Edition, number: int, message_id: int) -> Message:
    at = seat(uow, edition, number, lock=True)
    message = thread_queries.find(uow.session, at.submission.id, message_id, lock=True)
    person = acting_person(uow)
    if message is None or message.person_id != person.id or message.removed_at is not None:
        raise NotFound
    if not rules.may_mend(person.id, message.person_id, message.created_at, uow.now, is_removed=False):
        raise Conflict(str(_("Others have read it by now, so it stays as it is. Say what changed in a new message.")))
    return message


def mark_read(uow: UnitOfWork, edition: Edition, number: int, up_to: int) -> None:
    """Everything up to this message was read. What is marked already stays marked."""
    at = seat(uow, edition, number)
    newest = thread_queries.newest(uow.session, at.submission.id)
    _mark(uow, at.submission.id, acting_person(uow).id, min(up_to, newest))


def _mark(uow: UnitOfWork, submission_id: int, person_id: int, message_id: int) -> None:
    row = thread_queries.seen_row(uow.session, submission_id, person_id)
    if row is None:
        uow.session.add(ThreadSeen(submission_id=submission_id, person_id=person_id, message_id=message_id))
    elif row.message_id < message_id:
        row.message_id = message_id
    uow.session.flush()


# -- the lead and the meta-review -----------------------------------------------------------------------------------


def ask_to_lead(uow: UnitOfWork, edition: Edition, number: int, person_id: int | None) -> None:
    """Ask somebody on the committee to lead the discussion of a work and to sum it up; None takes that back.

    Whoever led it before keeps nothing; a meta-review that is in stays with the work.
    """
    standing = require(uow, edition, MAY_SUBMISSIONS)
    submission = locked_at_desk(uow, edition, standing, number)
    row = thread_queries.meta_of(uow.session, submission.id, lock=True)
    if row is not None and row.lead_id == person_id:
        return
    if person_id is None:
        uow.session.execute(delete(MetaReview).where(MetaReview.submission_id == submission.id))
        record(uow, "lead taken back", "submission", submission.id, edition_id=edition.id)
        uow.session.flush()
        return
    person = thread_queries.committee_member(uow.session, edition.id, person_id)
    against = conflicts.against(uow.session, submission, [person_id])
    if person is None or not rules.may_lead(reviews_here=True, has_conflict=person_id in against):
        raise Conflict(str(_("They cannot lead this: they are not on the committee, or have a conflict of interest.")))
    if row is None:
        row = MetaReview(submission_id=submission.id, assigned_at=uow.now, version=0)
        uow.session.add(row)
    if row.written_at is None:
        row.text = row.remark = ""
        row.advice = None
    row.lead_id, row.assigned_at = person.id, uow.now
    row.version += 1
    record(uow, "lead asked", "submission", submission.id, edition_id=edition.id, person=person.id)
    uow.session.flush()
    if person is not uow.actor:
        emails.asked_to_lead(uow, edition, submission, row, person)


@dataclass(frozen=True, slots=True)
class MetaContent:
    """A meta-review as typed; a draft may leave anything out."""

    advice: Advice | None = None
    text: str = ""
    remark: str = ""


class MetaIncomplete(Conflict):
    """A meta-review that cannot be handed in yet; `fields` says what is missing."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(str(_("Something is missing before this meta-review can be handed in.")))
        self.fields = fields


def sum_up(
    uow: UnitOfWork, edition: Edition, number: int, content: MetaContent, *, version: int, hand_in: bool
) -> MetaReview:
    """Keep the meta-review as a draft, or hand it in; the lead changes it until the decision is released."""
    at = seat(uow, edition, number, lock=True)
    row = thread_queries.meta_of(uow.session, at.submission.id, lock=True)
    if not at.is_lead or row is None:
        raise NotFound
    if not at.is_undecided:
        raise Conflict(str(_("The decision on this abstract is out, so its meta-review does not change any more.")))
    if row.version != version:
        raise Stale(str(_("This was saved meanwhile, perhaps by you in another tab. Compare, then save again.")))
    missing = [name for name in ("advice", "text") if not getattr(content, name)]
    if (hand_in or row.written_at is not None) and missing:
        raise MetaIncomplete(missing)
    row.advice, row.text, row.remark = content.advice, content.text, content.remark
    row.version += 1
    if hand_in and row.written_at is None:
        row.written_at = uow.now
        record(uow, "meta-review written", "submission", at.submission.id, edition_id=edition.id)
    uow.session.flush()
    return row
