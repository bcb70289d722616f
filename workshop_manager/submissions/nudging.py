"""Reminds those who write a draft before its deadline, which is their own: by mail, at most twice for one deadline."""

from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Phase, Plan, deadline_for, phase_for
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.submissions import deadline_emails, missing, queries, rules
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition

JOB, EVERY = "nudge-drafts", 600


def run(database: Database, clock: Clock) -> None:
    """Remind everybody whose turn it is; one edition at a time, so that a long one holds up nobody."""
    with unit_of_work(database, clock) as uow:
        editions = queries.editions_with_drafts(uow.session, uow.now)
    for edition_id in editions:
        with unit_of_work(database, clock) as uow:
            nudge_edition(uow, workshops.get_edition(uow.session, edition_id))


def nudge_edition(uow: UnitOfWork, edition: Edition) -> int:
    """Remind those of one edition; how many mails were posted."""
    drafts = queries.drafts_in_edition(uow.session, edition.id)
    writers = queries.writers_of(uow.session, drafts)
    plans = calls.plans_of_people(uow.session, edition.id, {p.id for people in writers.values() for p in people})
    due: dict[str, tuple[Submission, Person, Deadline, int]] = {}
    for draft in drafts:
        for person in writers[draft.id]:
            turn = turn_of(plans[person.id], draft, uow.now)
            if turn is not None:
                deadline, hours = turn
                key = deadline_emails.nudge_key(draft.id, person.id, deadline, hours)
                due[key] = (draft, person, deadline, hours)
    done = queries.posted_mails(uow.session, set(due))
    return sum(_nudge(uow, edition, plans, *one) for key, one in due.items() if key not in done)


def remind_all(uow: UnitOfWork, edition: Edition) -> list[tuple[Submission, Person, Deadline]]:
    """Remind everybody whose draft can still be handed in, whenever that is due; each once a day."""
    drafts = queries.drafts_in_edition(uow.session, edition.id)
    writers = queries.writers_of(uow.session, drafts)
    plans = calls.plans_of_people(uow.session, edition.id, {p.id for people in writers.values() for p in people})
    found: dict[str, tuple[Submission, Person, Deadline]] = {}
    for draft in drafts:
        for person in writers[draft.id]:
            due = deadline_for(plans[person.id], draft.round_id, draft.track_id)
            phase = phase_for(plans[person.id], uow.now, draft.round_id, draft.track_id)
            if due is not None and phase is Phase.OPEN:
                key = deadline_emails.reminder_key(draft.id, person.id, uow.now.date())
                found[key] = (draft, person, due)
    for key in queries.posted_mails(uow.session, set(found)):
        del found[key]
    for draft, person, due in found.values():
        _post(uow, edition, plans, draft, person, due, None)
    return list(found.values())


def turn_of(plan: Plan, draft: Submission, now: datetime) -> tuple[Deadline, int] | None:
    """The deadline to be reminded of now and how many hours before it that is; None if it is nobody's turn."""
    if phase_for(plan, now, draft.round_id, draft.track_id) is not Phase.OPEN:
        return None
    deadline = deadline_for(plan, draft.round_id, draft.track_id)
    if deadline is None:
        return None
    hours = rules.nudge_now(now, deadline.at, draft.changed_at)
    return (deadline, hours) if hours is not None else None


def _nudge(
    uow: UnitOfWork,
    edition: Edition,
    plans: dict[int, Plan],
    draft: Submission,
    person: Person,
    due: Deadline,
    hours: int,
) -> bool:
    try:
        with uow.session.begin_nested():
            _post(uow, edition, plans, draft, person, due, hours)
            uow.session.flush()
    except IntegrityError:
        return False  # another worker was faster by a moment
    return True


def _post(
    uow: UnitOfWork,
    edition: Edition,
    plans: dict[int, Plan],
    draft: Submission,
    person: Person,
    due: Deadline,
    hours: int | None,
) -> None:
    with force_locale(person.locale or "en"):
        lacking = missing.sentences(uow, draft, plans[person.id])
    deadline_emails.nudge(uow, edition, person, draft, due, hours, lacking)
