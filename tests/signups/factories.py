"""Blocks and parts for tests."""

from datetime import datetime, timedelta
from typing import Any

from tests.factories import make_person
from tests.registrations.factories import make_registration
from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.signups.models import SignupBlock, SignupPart
from workshop_manager.signups.states import Audience, Way
from workshop_manager.workshops.models import Edition


def make_block(uow: UnitOfWork, edition: Edition, name: str = "Roundtables", **values: Any) -> SignupBlock:
    """A block that is open for a week; first come, first served, unless said otherwise."""
    values = {
        "way": Way.FIRST_COME,
        "audience": Audience.EVERYBODY,
        "closes_at": uow.now + timedelta(days=7),
        "closes_zone": "Etc/GMT+12",
        "seed": "seed",
        "choices": 3,
        "last_number": 0,
        "version": 1,
    } | values
    block = SignupBlock(edition_id=edition.id, name=name, **values)
    uow.session.add(block)
    uow.session.flush()
    return block


def make_part(
    uow: UnitOfWork, block: SignupBlock, title: str = "Table 1", capacity: int = 1, **values: Any
) -> SignupPart:
    """A part of a block, without a time unless one is given."""
    part = SignupPart(block_id=block.id, title=title, capacity=capacity, taken=0, version=1, **values)
    uow.session.add(part)
    uow.session.flush()
    return part


def make_attendee(uow: UnitOfWork, edition: Edition, kind: RegistrationKind, name: str = "Wahyuni") -> Person:
    """Somebody with a seat."""
    person = make_person(uow, name)
    make_registration(uow, edition, kind, person)
    return person


def hours(start: datetime, length: int = 1) -> dict[str, datetime]:
    """A part's own time."""
    return {"starts_at": start, "ends_at": start + timedelta(hours=length)}
