"""Requests for kinds that need approval: an organiser says yes or no, to one person or to several."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from workshop_manager.core.audit import record
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import emails, groups, hall, queries, rules, waitlist
from workshop_manager.registrations.events import RegistrationConfirmed
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a yes would lead to as it stands now; `number` on the waitlist, None for a seat, or where it is full too."""

    row: Registration
    number: int | None
    is_stuck: bool = False
    """There is neither a seat nor a place on the waitlist: the request would stay."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it: how many got a seat, wait for one, or were told no; `gone` had been answered already.

    `stuck` are still asked: there was neither a seat nor a place on the waitlist for a yes.
    """

    seated: int = 0
    waiting: int = 0
    rejected: int = 0
    gone: int = 0
    stuck: int = 0


def foresee(uow: UnitOfWork, edition: Edition, ids: Collection[int]) -> list[Foreseen]:
    """What saying yes to these would lead to, one after the other; nothing is locked and nothing changes."""
    session = uow.session
    made = hall.look(session, edition.id, uow.now, None)
    made.people = {group: groups.members(session, edition.id, group) for group in {whom for _key, whom in made.live}}
    waiting = queries.waiting_by_kind(session, edition.id)
    found = []
    for row in queries.requests(session, edition.id, ids):
        kind, place = row.asks_for_id or 0, row.place
        is_full = not made.has_room(kind, place, made.groups_of(row.person_id))
        if is_full and not rules.line_has_room(made.kinds[kind].line_places, waiting.get(kind, 0)):
            found.append(Foreseen(row, None, is_stuck=True))
            continue
        if is_full:
            waiting[kind] = waiting.get(kind, 0) + 1
        made.count(row.person_id, place, rules.after_approval(place, is_full=is_full))
        found.append(Foreseen(row, waiting[kind] if is_full else None))
    return found


def decide(
    uow: UnitOfWork,
    edition: Edition,
    ids: Collection[int],
    *,
    yes: bool,
    word: str,
    asked: Mapping[int, int | None] | None = None,
) -> Decided:
    """Say yes or no to these requests, in the order in which they came; each person is told, with the word.

    A yes gives a seat, or a place on the waitlist when none is free for that person; where that has no place either,
    the request stays and nobody is told. `asked` are the kinds as they were
    looked at: who asks for another one by now is not answered.
    """
    require(uow, edition, MAY_SETTINGS)
    made = waitlist.enter(uow, edition)
    found = queries.requests(uow.session, edition.id, ids, lock=True)
    rows = [row for row in found if (asked or {}).get(row.id) in (None, row.asks_for_id)]
    answers = [
        _approve(uow, edition, made, row, word) if yes else _reject(uow, edition, made, row, word) for row in rows
    ]
    return Decided(
        seated=answers.count("seat"),
        waiting=answers.count("line"),
        rejected=answers.count("no"),
        gone=len(set(ids)) - len(rows),
        stuck=answers.count("stuck"),
    )


def _approve(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration, word: str) -> str:
    before, kind = row.place, made.kinds[row.asks_for_id or 0]
    is_full = not made.has_room(kind.id, before, made.groups_of(row.person_id))
    if is_full and not waitlist.has_place(uow.session, kind):
        return "stuck"
    after = rules.after_approval(before, is_full=is_full)
    _move(uow, made, row, before, after)
    record(uow, "approved", "registration", row.id, edition_id=edition.id, seat=after.seat, waits_for=after.line)
    if row.person is not None:
        if is_full:
            number = queries.number_in_line(uow.session, row)
            emails.approved_to_wait(uow, edition, row, row.person, kind, word=word, number=number)
        else:
            emails.approved(uow, edition, row, row.person, kind, word=word)
            if before.seat is None:
                uow.tell(RegistrationConfirmed(edition.id, row.person.id))
    waitlist.serve(uow, edition, made)
    return "line" if is_full else "seat"


def _reject(uow: UnitOfWork, edition: Edition, made: Hall, row: Registration, word: str) -> str:
    before, kind = row.place, made.kinds[row.asks_for_id or 0]
    _move(uow, made, row, before, rules.after_rejection(before))
    # The reason stands in the mail alone: what somebody wrote about somebody must not outlast them in the history.
    record(uow, "rejected", "registration", row.id, edition_id=edition.id, asked_for=kind.id)
    waitlist.gone_if_nothing_is_left(uow, edition, row)
    if row.person is not None:
        emails.rejected(uow, edition, row, row.person, kind, word=word)
    return "no"


def _move(uow: UnitOfWork, made: Hall, row: Registration, before: rules.Place, after: rules.Place) -> None:
    waitlist.move(uow, made, row, before, after)
    row.missed_offers = 0
    row.version += 1
    uow.session.flush()


def ids_of(rows: Sequence[Foreseen]) -> list[int]:
    """The ids of those that are still to be answered."""
    return [one.row.id for one in rows]
