"""Guests: a child, somebody who cares for them. Each takes a seat with a name, and comes and goes with the host."""

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import NOTHING, Place
from workshop_manager.registrations.states import State


def stays(made: Hall, guest: Registration, place: int, seat: int | None) -> bool:
    """Whether the guest, the `place`th of theirs, may stay when the host holds that seat."""
    kind = made.kinds.get(seat) if seat is not None else None
    return kind is not None and place <= kind.guests and guest.kind_id == kind.guests_kind_id


def follow(uow: UnitOfWork, made: Hall, host: Registration, seat: int | None) -> None:
    """The host holds another seat now, or none: guests who no longer may be there give theirs back."""
    if host.host_id is not None:
        return
    kept = 0
    for guest in queries.guests_of(uow.session, host.id):
        if stays(made, guest, kept + 1, seat):
            kept += 1
        else:
            leave(uow, made, guest)


def leave(uow: UnitOfWork, made: Hall, guest: Registration) -> None:
    """A guest's seat is free; whoever calls hands it on."""
    made.move(None, Place(guest.kind_id), NOTHING)
    guest.state, guest.cancelled_at, guest.changed_at = State.CANCELLED, uow.now, uow.now
    guest.badge_name = ""
    guest.version += 1
    uow.session.flush()
    record(uow, "guest_left", "registration", guest.id, edition_id=guest.edition_id, host=guest.host_id)


def who_would_leave(made: Hall, found: list[Registration], seat: int | None) -> list[str]:
    """The names of those guests who would have to go if the host held that seat."""
    kept, gone = 0, []
    for guest in found:
        if stays(made, guest, kept + 1, seat):
            kept += 1
        else:
            gone.append(guest.badge_name or str(_("a guest")))
    return gone
