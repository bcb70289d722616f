"""Kinds and registrations for tests."""

from typing import Any

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings
from workshop_manager.registrations.states import Mode, State
from workshop_manager.workshops.models import Edition

JOIN = "https://zoom.example/j/secret-room"


def make_kind(
    uow: UnitOfWork, edition: Edition, name: str = "In person", capacity: int | None = None, mode: Mode = Mode.IN_PERSON
) -> RegistrationKind:
    kind = RegistrationKind(edition_id=edition.id, name=name, mode=mode, capacity=capacity, taken=0)
    uow.session.add(kind)
    uow.session.flush()
    return kind


def make_join_link(uow: UnitOfWork, edition: Edition, url: str = JOIN) -> None:
    uow.session.add(RegistrationSettings(edition_id=edition.id, join_url=url, note=""))
    uow.session.flush()


def make_registration(
    uow: UnitOfWork,
    edition: Edition,
    kind: RegistrationKind,
    person: Person,
    state: State = State.REGISTERED,
    **values: Any,
) -> Registration:
    """A registration in that state; a seat is counted."""
    row = Registration(
        edition_id=edition.id, person_id=person.id, kind_id=kind.id, state=state, badge_name=person.name, diet=[],
        listing=Listing.UNLISTED, conduct_version=edition.code_of_conduct_version, ticket_code=new_token(),
        waiting_since=uow.now if state is State.WAITLISTED else None, created_at=uow.now, changed_at=uow.now,
        **values,
    )  # fmt: skip
    if state is State.REGISTERED:
        kind.taken += 1
    uow.session.add(row)
    uow.session.flush()
    return row
