"""What authors do with their reviews: read them when they may, and answer while the phase lets them."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from workshop_manager.assignments.rules import OPEN_FOR_REVIEW
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import count_words
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews import emails, phases, queries, thread_queries
from workshop_manager.reviews.models import AuthorResponse, ResponseFile
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.service import Stale, phase_now
from workshop_manager.reviews.shown import Given, for_authors
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import DECIDED
from workshop_manager.submissions.service import add_file
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person


@dataclass(frozen=True, slots=True)
class Reading:
    """What the authors of a work may do with its reviews now."""

    submission: Submission
    phase: Phase
    is_released: bool
    may_read: bool
    may_respond: bool


class TooManyWords(Conflict):
    """A response with more words than fit."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(str(_("%(count)s words. Take out %(over)s.", count=count, over=count - limit)))


def reading_of(uow: UnitOfWork, submission: Submission) -> Reading:
    """What its authors may do now (one query). The caller knows that they are its authors."""
    phase = phase_now(uow, submission.edition_id)
    is_undecided = submission.state in OPEN_FOR_REVIEW
    is_released = submission.state in DECIDED and submission.decided_at is not None
    return Reading(
        submission,
        phase,
        is_released,
        phases.authors_may_read(phase, is_undecided=is_undecided, is_released=is_released),
        phases.may_respond(phase, is_undecided=is_undecided),
    )


def given_to_authors(uow: UnitOfWork, submission_ids: Collection[int], *, is_released: bool) -> dict[int, Given]:
    """What the authors of these works read (two queries). Before the decision is out there is no meta-review in it.

    The caller knows that they may read it.
    """
    written = queries.reviews_for_authors(uow.session, submission_ids)
    metas = thread_queries.metas_for_authors(uow.session, submission_ids) if is_released else {}
    return {one: for_authors(written[one], metas.get(one)) for one in submission_ids}


def find_reading(uow: UnitOfWork, edition: Edition, number: int, *, lock: bool = False) -> Reading:
    """The same by number; NotFound for whoever is no author of it, and before its reviews may be read."""
    person = acting_person(uow)
    found = submissions.find_own(uow.session, edition.id, number, person.id, lock=lock)
    if found is None:
        raise NotFound
    reading = reading_of(uow, found)
    if not reading.may_read:
        raise NotFound
    return reading


def respond(
    uow: UnitOfWork, edition: Edition, number: int, text: str, upload: Upload | None, *, version: int, send: bool
) -> AuthorResponse:
    """Keep the response as a draft, or send it; a sent one can be changed while responses are taken.

    Raises TooManyWords, Stale or another Conflict with nothing changed.
    """
    reading = find_reading(uow, edition, number, lock=True)
    if not reading.may_respond:
        raise Conflict(str(_("Responses are not taken now. What you wrote is not saved.")))
    person, submission = acting_person(uow), reading.submission
    settings = queries.settings_of(uow.session, edition.id)
    row = thread_queries.response_of(uow.session, submission.id, lock=True)
    if (row.version if row is not None else 0) != version:
        raise Stale(str(_("This was saved meanwhile, perhaps by a co-author. Compare, then save again.")))
    if (words := count_words(text)) > settings.response_words:
        raise TooManyWords(words, settings.response_words)
    if (send or (row is not None and row.is_sent)) and not text.strip():
        raise Conflict(str(_("Write something before you send it.")))
    if upload is not None and not settings.response_pdf:
        raise Conflict(str(_("No revised PDF is taken.")))
    if row is None:
        row = AuthorResponse(submission_id=submission.id, version=0, is_sent=False, text="")
        uow.session.add(row)
    row.text, row.changed_at, row.changed_by = text, uow.now, person.id
    row.version += 1
    uow.session.flush()
    if upload is not None:
        _revise(uow, submission, upload)
    if send and not row.is_sent:
        row.is_sent, row.sent_at = True, uow.now
        record(uow, "response sent", "submission", submission.id, edition_id=edition.id)
        emails.responded(uow, edition, submission, row, person)
    uow.session.flush()
    return row


def _revise(uow: UnitOfWork, submission: Submission, upload: Upload) -> None:
    if not add_file(uow, submission, upload):
        raise Conflict(str(_("This is the same PDF as before. Choose the revised one, or none.")))
    file = submission.files[-1]
    uow.session.add(ResponseFile(file_id=file.id, submission_id=submission.id))
    record(uow, "PDF revised", "submission", submission.id, edition_id=submission.edition_id, version=file.version)
