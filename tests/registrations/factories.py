"""Kinds and registrations for tests."""

from typing import Any

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries
from workshop_manager.registrations.models import Need, Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.service import Details, conduct_to_accept, new_ticket_code
from workshop_manager.registrations.states import Mode, NeedState, State
from workshop_manager.workshops.models import Edition

JOIN = "https://zoom.example/j/secret-room"


def details(name: str = "Nur Aisyah", **values: Any) -> Details:
    """What somebody says about themselves."""
    return Details(badge_name=name, **values)


def make_kind(
    uow: UnitOfWork,
    edition: Edition,
    name: str = "In person",
    capacity: int | None = None,
    mode: Mode = Mode.IN_PERSON,
    **values: Any,
) -> RegistrationKind:
    """A kind of registration, without limit unless a capacity is given."""
    kind = RegistrationKind(edition_id=edition.id, name=name, mode=mode, capacity=capacity, taken=0, **values)
    uow.session.add(kind)
    uow.session.flush()
    return kind


def make_join_link(uow: UnitOfWork, edition: Edition, url: str = JOIN) -> None:
    """The edition's own link to join online."""
    uow.session.add(RegistrationSettings(edition_id=edition.id, join_url=url, note=""))
    uow.session.flush()


def make_registration(
    uow: UnitOfWork,
    edition: Edition,
    kind: RegistrationKind,
    person: Person,
    state: State = State.REGISTERED,
    *,
    waits_for: RegistrationKind | None = None,
    **values: Any,
) -> Registration:
    """A registration in that state: a seat is counted, a place on the waitlist numbered."""
    kind = uow.session.get_one(RegistrationKind, kind.id)
    values = {
        "badge_name": person.name, "diet": [], "listing": Listing.UNLISTED, "ticket_code": new_ticket_code(),
        "conduct_version": conduct_to_accept(edition), "conduct_at": uow.now,
        "created_at": uow.now, "changed_at": uow.now,
    } | values  # fmt: skip
    row = Registration(edition_id=edition.id, person_id=person.id, kind_id=kind.id, state=state, **values)
    if state is State.REGISTERED:
        kind.taken += 1
        for quota in queries.quotas(uow.session, edition.id):
            quota.taken += kind.id in quota.kind_ids
    line = kind if state is State.WAITLISTED else None
    if waits_for is not None:
        line = uow.session.get_one(RegistrationKind, waits_for.id)
    if line is not None:
        line.last_number += 1
        row.waits_for_id, row.line_number, row.waiting_since = line.id, line.last_number, uow.now
    uow.session.add(row)
    uow.session.flush()
    if row.needs:
        uow.session.add(Need(registration_id=row.id, state=NeedState.OPEN, changed_at=uow.now))
        uow.session.flush()
    return row
