"""What signing up shows elsewhere: lines on the ticket, and places in one's own calendar."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.beside import Line
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.schedule.personal import Own
from workshop_manager.signups import days, emails, queries
from workshop_manager.workshops.models import Edition


def ticket_lines(uow: UnitOfWork, edition: Edition, row: Registration) -> list[Line]:
    """The way to signing up, with the places one has (two queries)."""
    if row.state is not State.REGISTERED or row.person_id is None or not queries.has_blocks(uow.session, edition.id):
        return []
    held = queries.held_by(uow.session, edition.id, row.person_id)
    below = tuple(f"{isolated(one.block.name)}: {isolated(one.part.title)}" for one in held)
    return [Line(str(_("Roundtables and other places")), url_for("signups.mine", **edition.slugs), "users", below)]


def own(session: Session, edition: Edition, person_id: int) -> Own:
    """Somebody's places: sessions of the schedule are marked, others are written out."""
    held = queries.held_by(session, edition.id, person_id)
    if not held:
        return Own()
    found = days.days(session, edition.id)
    kept = frozenset(one.part.item_uid for one in held if found.item_of(one.part) is not None and one.part.item_uid)
    written = (
        emails.note(found, one.block, one.part, edition.created_at, number=one.part.version)
        for one in held
        if one.part.item_uid not in kept
    )
    return Own(tuple(item for item in written if item is not None), kept)
