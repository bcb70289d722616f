"""Seats set aside for a list of people, all or nothing; each gets a mail with a link that claims theirs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.handover import emails, queries, service
from workshop_manager.handover.models import SeatList
from workshop_manager.handover.states import Answer, Purpose
from workshop_manager.registrations import hall, handing, waitlist
from workshop_manager.registrations.hall import Hall
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of a list, as it was typed: an address, and perhaps a name; `kind_id` is the seat they get."""

    email: str
    name: str
    kind_id: int
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list would do: who is new, whose address is here already, and what stands in the way."""

    new: tuple[Listed, ...]
    known: tuple[Listed, ...]
    obstacles: tuple[str, ...] = ()


def plan(uow: UnitOfWork, edition: Edition, people: Sequence[Listed], until: Deadline | None, name: str = "") -> Plan:
    """What setting seats aside for these people would do now; nothing is changed and nothing is locked."""
    return _planned(uow, edition, hall.look(uow.session, edition.id, uow.now, None), people, until, name)


def _planned(
    uow: UnitOfWork, edition: Edition, made: Hall, people: Sequence[Listed], until: Deadline | None, name: str
) -> Plan:
    here = queries.addresses_in(uow.session, edition.id, {one.email for one in people}, name)
    new = tuple(one for one in people if one.email not in here)
    obstacles = []
    if until is not None and until.has_passed(uow.now):
        obstacles.append(str(_("The day until which seats are set aside is over already.")))
    elif until is not None and until.at > edition.ends_at:
        obstacles.append(str(_("Seats can be set aside until the event at the latest.")))
    return Plan(new, tuple(one for one in people if one.email in here), (*obstacles, *_short(made, new)))


def _short(made: Hall, people: Sequence[Listed]) -> list[str]:
    """Kinds with too few free seats: counted by giving them one after the other, which `made` then no longer shows."""
    missing: Counter[int] = Counter()
    for one in people:
        if one.kind_id not in made.kinds:
            raise NotFound
        if made.has_room(one.kind_id):
            for key in made.pools_of([one.kind_id]):
                made.pools[key] = made.pools[key].after(1)
        else:
            missing[one.kind_id] += 1
    return [
        str(
            ngettext(
                "%(num)s place is missing (%(kind)s). All of the list gets seats, or nobody.",
                "%(num)s places are missing (%(kind)s). All of the list gets seats, or nobody.",
                number,
                kind=isolated(made.kinds[kind_id].name),
            )
        )
        for kind_id, number in missing.items()
    ]


def set_aside(
    uow: UnitOfWork, edition: Edition, name: str, until: Deadline, people: Sequence[Listed]
) -> tuple[SeatList | None, Plan]:
    """A seat for each address that is not here yet, until that date; Conflict, with every reason, if one is missing.

    Each is written to. The same list again changes nothing.
    """
    require(uow, edition, MAY_SETTINGS)
    waitlist.enter(uow, edition)
    require_on(edition)
    planned = _planned(uow, edition, hall.enter(uow.session, edition.id, uow.now), people, until, name)
    if planned.obstacles:
        raise Conflict(" ".join(planned.obstacles))
    if not planned.new:
        return None, planned
    made = hall.enter(uow.session, edition.id, uow.now)
    listed = SeatList(
        edition_id=edition.id, name=name, at=until.at, zone=until.zone, created_at=uow.now,
        created_by=uow.actor.id if isinstance(uow.actor, Person) else None,
    )  # fmt: skip
    uow.session.add(listed)
    uow.session.flush()
    for one in planned.new:
        row = handing.set_aside(uow, edition, made, one.kind_id, one.name, one.affiliation)
        claim, token = service.make_claim(uow, row, Purpose.LIST, one.email, until.at, listed.id)
        emails.set_aside(uow, edition, row, claim, token, listed)
    record(uow, "set_aside", "seat_list", listed.id, edition_id=edition.id, seats=len(planned.new))
    uow.session.flush()
    return listed, planned


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list and what became of its seats."""

    id: int
    name: str
    until: Deadline
    is_over: bool
    open: int
    taken: int
    gone: int


def lines(uow: UnitOfWork, edition: Edition) -> list[ListLine]:
    """The lists of an edition (two queries)."""
    found = queries.counts(uow.session, edition.id)
    return [
        ListLine(
            row.id,
            row.name,
            row.deadline,
            row.returned_at is not None,
            found.get((row.id, Answer.OPEN), 0),
            found.get((row.id, Answer.TAKEN), 0),
            found.get((row.id, Answer.REFUSED), 0) + found.get((row.id, Answer.ENDED), 0),
        )
        for row in queries.lists(uow.session, edition.id)
    ]


def end(uow: UnitOfWork, edition: Edition, list_id: int) -> int:
    """An organiser returns what nobody has claimed, before the date."""
    require(uow, edition, MAY_SETTINGS)
    if queries.of_list(uow.session, edition.id, list_id) is None:
        raise NotFound
    return service.end_list(uow, edition, list_id)
