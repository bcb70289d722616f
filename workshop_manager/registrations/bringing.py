"""Verbs of hosts: bring somebody along, or not after all."""

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import guests, queries, service, waitlist, windows
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import NOTHING, Place, may_choose
from workshop_manager.registrations.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import require

MOST_GUESTS = 9


def bring(uow: UnitOfWork, edition: Edition, name: str) -> Registration:
    """A seat of the kind that guests take, with that name on the badge; Conflict, with the reason, if there is none."""
    person = service.acting(uow)
    made = waitlist.enter(uow, edition)
    host = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    if host is None or host.state is not State.REGISTERED:
        raise NotFound
    kind = made.kinds[host.kind_id]
    there = queries.guests_of(uow.session, host.id)
    seat = made.kinds[kind.guests_kind_id]
    _require_allowed(uow, edition, kind, seat, len(there))
    if not made.has_room(seat.id):
        raise Conflict(str(_("All places are taken (%(kind)s): nobody else can come along.", kind=isolated(seat.name))))
    row = service.new_row(uow, edition, None, seat, host_id=host.id, badge_name=name, changed_at=uow.now)
    uow.session.flush()
    waitlist.move(uow, made, row, NOTHING, Place(seat.id))
    row.version += 1
    record(uow, "guest_added", "registration", row.id, edition_id=edition.id, host=host.id)
    uow.session.flush()
    return row


def _require_allowed(
    uow: UnitOfWork, edition: Edition, kind: RegistrationKind, seat: RegistrationKind, there: int
) -> None:
    dates = workshops.dates_by_key(uow.session, edition.id)
    if not may_choose(windows.windows([seat], edition, dates, uow.now)[seat.id].phase):
        raise Conflict(str(_("Registration is closed. Write to the organisers if you need to change something.")))
    if there >= kind.guests:
        raise Conflict(
            str(ngettext("You can bring %(num)s guest along.", "You can bring %(num)s guests along.", kind.guests))
        )


def leave_at_home(uow: UnitOfWork, edition: Edition, guest_id: int) -> None:
    """The guest does not come; the seat goes on at once."""
    person = service.acting(uow)
    made = waitlist.enter(uow, edition)
    host = queries.registration_of(uow.session, edition.id, person.id, lock=True)
    found = [row for row in queries.guests_of(uow.session, host.id if host else 0) if row.id == guest_id]
    if not found:
        raise NotFound
    guests.leave(uow, made, found[0])
    waitlist.serve(uow, edition, made)


def allow(uow: UnitOfWork, edition: Edition, kind_id: int, number: int, guest_kind_id: int | None) -> RegistrationKind:
    """How many people of this kind may bring along, and of which kind their seats are. Who is there already stays."""
    require(uow, edition, MAY_SETTINGS)
    kinds = queries.locked_kinds(uow.session, edition.id)
    kind = kinds.get(kind_id)
    if kind is None or (guest_kind_id is not None and guest_kind_id not in kinds):
        raise NotFound
    kind.guests, kind.guest_kind_id = max(0, min(number, MOST_GUESTS)), guest_kind_id
    record(uow, "allowed_guests", "registration_kind", kind.id, edition_id=edition.id, guests=kind.guests)
    uow.session.flush()
    return kind
