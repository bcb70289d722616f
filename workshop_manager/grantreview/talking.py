"""Verbs of the talk about an application: notes and messages, what is asked by when, wishes for more, reminders."""

from collections.abc import Mapping, Sequence

import structlog
from flask_babel import gettext as _
from sqlalchemy import update

from workshop_manager.accounts.events import PersonErased
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grantreview import emails, queries
from workshop_manager.grantreview.models import GrantMessage, GrantQuestion, GrantSeen
from workshop_manager.grantreview.rules import MAY_CHANGE, MAY_WANT_MORE, MOST_MESSAGES, needs_nagging
from workshop_manager.grantreview.states import Ask
from workshop_manager.grants import queries as grants
from workshop_manager.grants.deciding import judged
from workshop_manager.grants.models import Application
from workshop_manager.grants.money import drop_proposal, note
from workshop_manager.grants.rules import OVER
from workshop_manager.grants.states import CostKind, State
from workshop_manager.mail.service import Letter, post
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person

log = structlog.get_logger("workshop_manager.grantreview")


def own(uow: UnitOfWork, edition: Edition, *, lock: bool = False) -> Application:
    """The acting person's application, handed in; NotFound without one."""
    person = acting_person(uow)
    found = grants.application_of(uow.session, edition.id, person.id, lock=lock)
    if found is None or found.state is State.DRAFT:
        raise NotFound
    return found


def _post(uow: UnitOfWork, letter: Letter | None) -> None:
    if letter is not None:
        post(uow, letter)


def _say(
    uow: UnitOfWork, application: Application, text: str, *, is_theirs: bool, is_visible: bool = True
) -> GrantMessage:
    if not text.strip():
        raise FieldConflict("text", str(_("Write something first.")))
    if queries.count_messages(uow.session, application.id) >= MOST_MESSAGES:
        raise Conflict(str(_("There are %(most)s messages here, and more do not fit.", most=MOST_MESSAGES)))
    person = acting_person(uow)
    said = GrantMessage(
        application_id=application.id,
        person_id=person.id,
        is_theirs=is_theirs,
        is_visible=is_visible,
        text=text.strip(),
        created_at=uow.now,
    )
    uow.session.add(said)
    uow.session.flush()
    _mark(uow, application.id, person.id, said.id)
    return said


def say(uow: UnitOfWork, edition: Edition, application_id: int, text: str, *, to_applicant: bool) -> GrantMessage:
    """A note for the committee, or a message to the applicant, who then gets a mail."""
    application = judged(uow, edition, application_id)
    said = _say(uow, application, text, is_theirs=False, is_visible=to_applicant)
    if to_applicant:
        _post(uow, emails.message(edition, application, said))
    uow.session.flush()
    return said


def reply(uow: UnitOfWork, edition: Edition, text: str) -> GrantMessage:
    """The applicant writes to the committee."""
    application = own(uow, edition, lock=True)
    said = _say(uow, application, text, is_theirs=True)
    _tell_committee(uow, edition, application, said)
    return said


def _tell_committee(uow: UnitOfWork, edition: Edition, application: Application, said: GrantMessage) -> None:
    """By mail to its readers, or to the whole committee while it has none; never to who is too close to judge."""
    for person in queries.hearers(uow.session, application):
        post(uow, emails.replied(edition, person, said))
    uow.session.flush()


def mark_read(uow: UnitOfWork, application: Application, *, visible_only: bool) -> None:
    """The acting person has everything before their eyes that they may read."""
    said = queries.thread(uow.session, application.id, visible_only=visible_only)
    if said:
        _mark(uow, application.id, acting_person(uow).id, said[-1].id)


def _mark(uow: UnitOfWork, application_id: int, person_id: int, message_id: int) -> None:
    row = queries.seen_row(uow.session, application_id, person_id)
    if row is None:
        uow.session.add(GrantSeen(application_id=application_id, person_id=person_id, message_id=message_id))
    elif row.message_id < message_id:
        row.message_id = message_id
    uow.session.flush()


# -- information needed ---------------------------------------------------------------------------------------------


def ask(
    uow: UnitOfWork, edition: Edition, application_id: int, text: str, due: Deadline | None, kinds: Sequence[CostKind]
) -> GrantQuestion:
    """Ask the applicant for something, until a moment; for these kinds of cost they may change what they asked for."""
    application = judged(uow, edition, application_id)
    if application.state in OVER:
        raise Conflict(str(_("This application is over. Write a message if you need to know something.")))
    if due is None or due.at <= uow.now:
        raise FieldConflict("day", str(_("Say until when: a moment that has not passed.")))
    held = {line.kind for line in application.lines}
    asked = GrantQuestion(
        application_id=application.id,
        kind=Ask.INFORMATION,
        text=text.strip(),
        lines=[kind.value for kind in kinds if kind in held and application.state in MAY_CHANGE],
        asked_by=acting_person(uow).id,
        asked_at=uow.now,
        due_at=due.at,
        due_zone=due.zone,
    )
    if not asked.text:
        raise FieldConflict("text", str(_("Say what you need to know.")))
    uow.session.add(asked)
    uow.session.flush()
    note(uow, application, "information-asked")
    _post(uow, emails.question(edition, application, asked))
    uow.session.flush()
    return asked


def answer(
    uow: UnitOfWork, edition: Edition, question_id: int, text: str, amounts: Mapping[CostKind, int]
) -> GrantQuestion:
    """The applicant answers, and changes the lines that were asked about: after the deadline, and late, as well."""
    fund_rows.locked_funds(uow.session, edition.id)
    application = own(uow, edition, lock=True)
    asked = queries.find_question(uow.session, application.id, question_id, lock=True)
    if asked is None or asked.kind is not Ask.INFORMATION:
        raise NotFound
    if asked.closed_at is not None:
        raise Conflict(str(_("The committee has closed this question. Write a message if there is more to say.")))
    _tell_committee(uow, edition, application, _say(uow, application, text, is_theirs=True))
    changed = _change(uow, application, asked, amounts)
    asked.answered_at = uow.now
    note(uow, application, "information-given")
    if changed:
        note(uow, application, "changed")
    uow.session.flush()
    return asked


def _change(uow: UnitOfWork, application: Application, asked: GrantQuestion, amounts: Mapping[CostKind, int]) -> bool:
    """What is asked for on the lines in question; True if something changed."""
    open_kinds = set(asked.lines) if application.state in MAY_CHANGE else set()
    changed = outgrown = False
    for line in application.lines:
        minor = amounts.get(line.kind)
        if line.kind.value not in open_kinds or minor is None or minor == line.asked:
            continue
        if minor <= 0:
            raise FieldConflict(
                f"amount_{line.kind.value}", str(_("Say an amount above zero. To take the line out, say so in words."))
            )
        line.asked, changed = minor, True
        outgrown = outgrown or (line.live is not None and line.live.amount > minor)
    if outgrown:
        drop_proposal(uow, application)
    if changed:
        application.changed_at = uow.now
        application.version += 1
    return changed


def close(uow: UnitOfWork, edition: Edition, application_id: int, question_id: int) -> GrantQuestion:
    """The committee has what it needs, or has dealt with the wish for more."""
    application = judged(uow, edition, application_id)
    asked = queries.find_question(uow.session, application.id, question_id, lock=True)
    if asked is None:
        raise NotFound
    if asked.closed_at is None:
        asked.closed_at = uow.now
        note(uow, application, "information-closed" if asked.kind is Ask.INFORMATION else "more-closed")
        uow.session.flush()
    return asked


# -- the offer ------------------------------------------------------------------------------------------------------


def require_offer(uow: UnitOfWork, application: Application) -> None:
    """Conflict, with the reason, if there is no offer to ask more than, or that was asked already."""
    if application.state not in MAY_WANT_MORE:
        raise Conflict(str(_("There is no offer now. Look at your application to see where it stands.")))
    for one in queries.questions_of(uow.session, application.id):
        if one.kind is Ask.MORE and one.closed_at is None:
            raise Conflict(str(_("You have asked already, and the committee has not dealt with it yet.")))


def want_more(uow: UnitOfWork, edition: Edition, text: str) -> GrantQuestion:
    """Ask for more than was offered, with a reason. The offer and its end stay as they are."""
    application = own(uow, edition, lock=True)
    require_offer(uow, application)
    _tell_committee(uow, edition, application, _say(uow, application, text, is_theirs=True))
    asked = GrantQuestion(
        application_id=application.id,
        kind=Ask.MORE,
        text=text.strip(),
        lines=[],
        asked_by=acting_person(uow).id,
        asked_at=uow.now,
    )
    uow.session.add(asked)
    note(uow, application, "more-asked")
    uow.session.flush()
    return asked


def nag_offers(database: Database, clock: Clock) -> None:
    """The job: everybody whose offer ends soon hears of it once, each in a transaction of its own."""
    one_by_one(
        database,
        clock,
        lambda uow: queries.ending(uow.session, uow.now),
        lambda uow, found: nag(uow, found[1], found[0]),
        lambda found, error: log.error("offer not reminded of", application=found[0], exc_info=error),
    )


def nag(uow: UnitOfWork, edition_id: int, application_id: int) -> bool:
    """Say that an offer ends soon; False if it was answered in the meantime."""
    application = grants.find_locked(uow.session, application_id)
    if application is None or application.state is not State.OFFERED:
        return False
    if not needs_nagging(application.accept_by, uow.now):
        return False
    edition = queries.edition_of(uow.session, edition_id)
    _post(uow, emails.ending(edition, application, emails.offered(application)))
    uow.session.flush()
    return True


# -- what other packages tell -----------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Whoever deletes their account: what they wrote, and what was said of their own application, is removed."""
    mine = [application for application, _edition in grants.ids_of_person(uow.session, event.person_id)]
    for model in (GrantMessage, GrantQuestion):
        by = model.person_id if model is GrantMessage else GrantQuestion.asked_by
        uow.session.execute(
            update(model)
            .where((by == event.person_id) | model.application_id.in_(mine))
            .values(text="")
            .execution_options(synchronize_session="fetch")
        )
    uow.session.flush()
