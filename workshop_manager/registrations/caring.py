"""What people need on the day, each until somebody of the team has arranged it or said that it cannot be."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions.queries import asked_of
from workshop_manager.questions.words import answer_text
from workshop_manager.registrations import emails, queries
from workshop_manager.registrations.models import Need, Registration
from workshop_manager.registrations.states import NeedState
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.events import MemberLeft
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

_SETTLED = (NeedState.ARRANGED, NeedState.CANNOT)


def bring_up_to_date(
    uow: UnitOfWork, row: Registration, said: Mapping[int | None, Any], changed: Collection[int | None]
) -> None:
    """Have a need for each of these answers that says one, by question (None: what they wrote freely), and no other.

    What reads differently by now is open again: it was something else that was arranged.
    """
    known = {need.question_id: need for need in queries.needs_of(uow.session, row.id)}
    for question_id, value in said.items():
        need = known.get(question_id)
        if not value:  # nothing, an empty text or list, or a plain no
            if need is not None:
                uow.session.delete(need)
        elif need is None:
            uow.session.add(
                Need(registration_id=row.id, question_id=question_id, state=NeedState.OPEN, changed_at=uow.now)
            )
        elif question_id in changed and need.state is not NeedState.OPEN:
            need.state, need.note, need.changed_at = NeedState.OPEN, "", uow.now
    uow.session.flush()


def take_care(
    uow: UnitOfWork, edition: Edition, need_id: int, state: NeedState, note: str, who: int | None = None
) -> Need:
    """Say how far it is. In hand it is `who`'s to take care of, or whoever acts; settled, by whoever says so.

    The person is told once it is settled.
    """
    require(uow, edition, MAY_SETTINGS)
    need = queries.find_need(uow.session, edition.id, need_id)
    if need is None:
        raise NotFound
    actor = uow.actor.id if uow.actor is not None else None
    taker = who if who is not None and state is NeedState.IN_HAND else actor
    if taker != actor and taker not in {one.id for one in queries.organisers(uow.session, edition.id)}:
        raise Conflict(str(_("Only organisers of this edition read what people need. Nothing was saved.")))
    is_news = state in _SETTLED and (need.state, need.note or "") != (state, note)
    need.state, need.note, need.changed_at = state, note, uow.now
    need.taken_by = taker if state is not NeedState.OPEN else None
    record(uow, "need_settled" if state in _SETTLED else "need_taken", "registration", need.registration_id,
           edition_id=edition.id, need=need.id, state=state.value, person=need.taken_by)  # fmt: skip
    uow.session.flush()
    if is_news and need.registration.person is not None:
        # The mail says neither what it is nor how it went: mails are read by others, and kept.
        emails.need_news(uow, edition, need.registration, need.registration.person, number=f"{need.id}-{uow.now:%s}")
    return need


def on_member_left(uow: UnitOfWork, event: MemberLeft) -> None:
    """Somebody no longer reads what people need: what was in their hands is open again."""
    if not workshops.standing_of(uow.session, event.edition_id, event.person_id).may(MAY_SETTINGS):
        queries.reopen_needs(uow.session, event.edition_id, event.person_id, uow.now)


@dataclass(frozen=True, slots=True)
class Shown:
    """A need for reading: what it is about, in their words."""

    need: Need
    about: str
    text: str


def shown(need: Need, row: Registration, answers: Mapping[int, Any]) -> Shown | None:
    """A need with what was said; None if that is deleted."""
    if need.question is None:
        return Shown(need, "", row.needs) if row.needs else None
    value = answers.get(need.question.id)
    return Shown(need, need.question.label, answer_text(asked_of(need.question), value)) if value else None
