"""What becomes of an application whose paper is withdrawn, given back or turned down; the organisers decide.

An offer that was made to somebody who would present is not kept in silence: it waits for an organiser, who keeps it or
takes it back with a reason.
"""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.events import SubmissionDeclined, SubmissionTurnedDown
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import authors, deciding, emails, partial, queries, words
from workshop_manager.grants.models import Application
from workshop_manager.grants.money import give_back, move, note
from workshop_manager.grants.states import Action, AwardState
from workshop_manager.submissions import queries as works
from workshop_manager.submissions.events import SubmissionRevived, SubmissionWithdrawn
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS, Standing
from workshop_manager.workshops.service import require

Left = SubmissionWithdrawn | SubmissionDeclined | SubmissionTurnedDown
_LEFT = {
    SubmissionWithdrawn: "submission-withdrawn",
    SubmissionDeclined: "submission-declined",
    SubmissionTurnedDown: "submission-turned-down",
}


def on_submission_left(uow: UnitOfWork, event: Left) -> None:
    """Note it in the history of every application by one of its people; what is promised waits for an organiser.

    Not for who has another paper still: they come to present that one.
    """
    action = _LEFT[type(event)]
    found = queries.applicants_among(uow.session, event.edition_id, event.submission_id)
    if not found:
        return
    fund_rows.locked_funds(uow.session, event.edition_id)
    for application_id in found:
        record(
            uow, action, queries.SUBJECT, application_id, edition_id=event.edition_id, submission=event.submission_id
        )
        application = queries.find_locked(uow.session, application_id)
        if application is not None and application.state in authors.FUNDED and not _has_paper(uow, application):
            application.left_work_id = event.submission_id
    uow.session.flush()


def _has_paper(uow: UnitOfWork, application: Application) -> bool:
    involved = partial.involved(application.edition_id)
    still = (
        select(Submission.id)
        .join(involved, involved.c.submission_id == Submission.id)
        .where(involved.c.person_id == application.person_id, Submission.state.not_in(queries.PAPER_GONE))
        .where(Submission.state != WorkState.DRAFT)
    )
    return uow.session.execute(still.limit(1)).first() is not None


def on_submission_revived(uow: UnitOfWork, event: SubmissionRevived) -> None:
    """It is there again: nothing waits because of it."""
    for application_id in queries.applicants_among(uow.session, event.edition_id, event.submission_id):
        application = queries.find_locked(uow.session, application_id)
        if application is not None and application.left_work_id == event.submission_id:
            application.left_work_id = None
    uow.session.flush()


def waits(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """Applications whose promise waits for an organiser, because no paper is left; not where they have a conflict."""
    seen = queries.visible_to(edition_id, standing)
    kept_from = Submission.id == Application.left_work_id
    known = select(Submission.id).where(kept_from, works.not_kept_from(standing.person_id or 0)).exists()
    return and_(seen, Application.state.in_(authors.FUNDED), Application.left_work_id.is_not(None), known)


def does_wait(session: Session, standing: Standing, application: Application) -> bool:
    """Whether this one does, for that viewer; asks the database only where something may."""
    if application.left_work_id is None or application.state not in authors.FUNDED or not standing.may(MAY_FUNDS):
        return False
    known = waits(application.edition_id, standing)
    return session.execute(select(Application.id).where(Application.id == application.id, known)).first() is not None


def require_waiting(uow: UnitOfWork, edition: Edition, application_id: int) -> Application:
    """The application, locked, whose promise waits for an organiser; Conflict where none does."""
    standing = require(uow, edition, MAY_FUNDS)
    application = deciding.judged(uow, edition, application_id)
    if not does_wait(uow.session, standing, application):
        raise Conflict(str(_("Nothing waits here any more: somebody has decided, or the paper is back.")))
    return application


def keep(uow: UnitOfWork, edition: Edition, application_id: int) -> Application:
    """What was promised stays, though there is no paper."""
    fund_rows.locked_funds(uow.session, edition.id)
    application = require_waiting(uow, edition, application_id)
    application.left_work_id = None
    note(uow, application, "kept-without-paper")
    uow.session.flush()
    return application


def take_back(uow: UnitOfWork, edition: Edition, application_id: int, reason: str) -> Application:
    """The promise ends and its money returns; the person is told why. What was claimed or paid stays theirs."""
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = require_waiting(uow, edition, application_id)
    if not reason.strip():
        raise FieldConflict("reason", str(_("Say why, in a sentence: it stands in the mail they get.")))
    returned = give_back(uow, funds, application, AwardState.RETURNED)
    if not any(line.live for line in application.lines):
        move(application, Action.TAKE_BACK)
    application.left_work_id = None
    application.version += 1
    application.changed_at = uow.now
    note(uow, application, "taken-back", returned)
    emails.taken_back(uow, edition, application, words.money(returned, application.currency), reason.strip())
    uow.session.flush()
    return application
