"""A release planned for a moment: what was looked at is released then, or nothing is and its planner hears why."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict as Refused
from workshop_manager.core.errors import Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.mail.service import Letter, post
from workshop_manager.schedule import drafting, queries, releasing
from workshop_manager.schedule.clashes import Conflict
from workshop_manager.schedule.models import PlannedRelease
from workshop_manager.schedule.releasing import NOTE_LENGTH, NotReleased, Why
from workshop_manager.schedule.states import Outcome
from workshop_manager.schedule.telling import Flag
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE, Standing

log = structlog.get_logger("workshop_manager.schedule")
JOB = "release-planned"
_WORDS = {
    Outcome.NOTHING: _l("There was nothing in the draft that was not public already."),
    Outcome.CHANGED: _l("The draft was changed after it was looked at."),
    Outcome.ERRORS: _l("The draft had errors that it did not have when it was looked at."),
    Outcome.CANCELLED: _l("The event was cancelled meanwhile."),
    Outcome.NOT_ALLOWED: _l("Whoever planned it makes the schedule no longer."),
}
_OF_REFUSAL = {Why.NOTHING: Outcome.NOTHING, Why.CHANGED: Outcome.CHANGED, Why.ERRORS: Outcome.ERRORS}


def error_keys(errors: Iterable[Conflict]) -> list[str]:
    """Which errors there are, so that new ones can be told from those that somebody accepted."""
    return sorted(f"{error.code}:{','.join(error.items)}" for error in errors)


def plan(
    uow: UnitOfWork,
    edition: Edition,
    standing: Standing,
    at: datetime,
    *,
    note: str = "",
    seen: str = "",
    despite_errors: bool = False,
    tells: bool = True,
) -> PlannedRelease:
    """Release what is in the draft now at that moment (aware UTC). Refused where releasing it now would be.

    One at a time: a second plan would find the draft of the first one released, or never released.
    """
    if not standing.may(MAY_SCHEDULE) or uow.actor is None:
        raise Forbidden(str(_("Only organisers and chairs of this edition release its schedule.")))
    edition = workshops.locked_edition(uow.session, edition.id)
    require_on(edition)
    if at <= uow.now:
        raise Refused(str(_("That moment has passed. Choose a later one, or release it now.")))
    if (other := queries.waiting_plan(uow.session, edition.id)) is not None:
        when = when_text(other.at, edition.time_zone)
        raise Refused(
            str(_("A release is planned for %(when)s already. Call that one off before you plan another.", when=when))
        )
    working = releasing.require_releasable(uow, edition, seen=seen, despite_errors=despite_errors)
    made = PlannedRelease(
        edition_id=edition.id,
        at=at,
        note=note[:NOTE_LENGTH],
        seen=working.fingerprint,
        known_errors=error_keys(working.errors),
        tells=tells,
        planned_by=uow.actor.id,
        planned_at=uow.now,
    )
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "release planned", "planned release", made.id, edition_id=edition.id, at=at.isoformat())
    return made


def call_off(uow: UnitOfWork, edition: Edition, standing: Standing, plan_id: int) -> None:
    """What was planned does not happen."""
    if not standing.may(MAY_SCHEDULE):
        raise Forbidden(str(_("Only organisers and chairs of this edition release its schedule.")))
    edition = workshops.locked_edition(uow.session, edition.id)
    found = queries.find_plan(uow.session, plan_id)
    if found is None or found.edition_id != edition.id:
        raise NotFound
    if found.ended_at is not None:
        raise Refused(str(_("That release is not waiting any more.")))
    found.outcome, found.ended_at = Outcome.CALLED_OFF, uow.now
    audit.record(uow, "planned release called off", "planned release", found.id, edition_id=edition.id)
    uow.session.flush()


# -- at its moment ---------------------------------------------------------------------------------------------------


def release_due(database: Database, clock: Clock) -> None:
    """Release what was planned for by now; the worker's job. Each in one transaction with the note that it is done."""

    def find(uow: UnitOfWork) -> Sequence[int]:
        return queries.due_plans(uow.session, uow.now)

    def failed(plan_id: int, error: Exception) -> None:
        log.error("a planned release could not be made", plan=plan_id, exc_info=error)

    one_by_one(database, clock, find, carry_out, failed)


def carry_out(uow: UnitOfWork, plan_id: int) -> None:
    """Release it if it is still what was looked at; note and tell why if it is not."""
    found = queries.find_plan(uow.session, plan_id)
    if found is None:
        return
    edition = workshops.locked_edition(uow.session, found.edition_id)
    uow.session.refresh(found)
    if found.ended_at is not None:
        return  # another worker was faster, or it was called off
    person = uow.session.get(Person, found.planned_by) if found.planned_by is not None else None
    found.outcome, found.release_number = _released(uow, edition, found, person)
    found.ended_at = uow.now
    if found.outcome is not Outcome.RELEASED:
        audit.record(
            uow, "planned release not made", "planned release", found.id, edition_id=edition.id, why=found.outcome.value
        )
        if person is not None and person.active:
            _tell(uow, edition, found, person, found.outcome)
    uow.session.flush()


def _released(
    uow: UnitOfWork, edition: Edition, found: PlannedRelease, person: Person | None
) -> tuple[Outcome, int | None]:
    standing = workshops.standing_of(uow.session, edition.id, person.id if person is not None else None)
    if person is None or not person.active or not standing.may(MAY_SCHEDULE):
        return Outcome.NOT_ALLOWED, None
    if edition.is_cancelled:
        return Outcome.CANCELLED, None
    errors = error_keys(drafting.working(uow.session, edition).errors)
    if set(errors) - set(found.known_errors):
        return Outcome.ERRORS, None
    uow.actor = person
    try:
        made = releasing.release(
            uow, edition, standing, note=found.note, seen=found.seen, despite_errors=True, tells=found.tells
        )
    except NotReleased as refused:
        return _OF_REFUSAL[refused.why], None
    return Outcome.RELEASED, made.number


def _tell(uow: UnitOfWork, edition: Edition, found: PlannedRelease, person: Person, why: Outcome) -> None:
    locale = person.locale or "en"
    with force_locale(locale):
        when = when_text(found.at, edition.time_zone)
        button = (str(_("Look at the draft and release it")), absolute("schedule.new_release", **edition.slugs))
        reason = str(_WORDS[why])
        footer = str(_("You get this because you planned that release."))
    post(
        uow,
        Letter(
            template="schedule/not_released",
            key=f"planned-release:{found.id}",
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "when": when, "reason": reason},
            button=button,
            why=footer,
            person_id=person.id,
            locale=locale,
            **sender(edition),
        ),
    )


def flags(uow: UnitOfWork, edition: Edition) -> Sequence[Flag]:
    """What is planned, or that the last plan came to nothing, above the draft."""
    found = queries.last_plan(uow.session, edition.id)
    if found is None:
        return ()
    address = url_for("schedule.new_release", **edition.slugs)
    when = when_text(found.at, edition.time_zone)
    if found.ended_at is None:
        sentence = _("The draft as it was looked at is released by itself: %(when)s.", when=when)
        return (Flag(str(sentence), address, "note"),)
    if found.outcome in _WORDS and not queries.is_released_since(uow.session, edition.id, found.ended_at):
        reason = _WORDS[found.outcome]
        return (Flag(str(_("Nothing was released %(when)s. %(why)s", when=when, why=reason)), address, "stop"),)
    return ()
