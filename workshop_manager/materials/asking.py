"""Speakers asked for their slides once the event is over, and reminded once; the worker writes the mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import or_, select

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork, one_by_one
from workshop_manager.mail.service import Letter, post
from workshop_manager.materials import queries
from workshop_manager.materials.models import Material, MaterialAsk
from workshop_manager.materials.rules import MAY_MATERIALS, REMINDED_AFTER, Wave, due_wave
from workshop_manager.schedule.drafting import people_in
from workshop_manager.schedule.programme import Item, Kind
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import Visibility

log = structlog.get_logger("workshop_manager.materials")
JOB = "ask-for-slides"
ASKED = frozenset({Kind.TALK, Kind.KEYNOTE, Kind.LIGHTNING, Kind.POSTER})
"""What somebody has slides or a poster of."""


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who can be written to, and what they give of which nothing is there."""

    person: Person
    items: tuple[Item, ...]


def owing(uow: UnitOfWork, edition: Edition) -> list[Owing]:
    """Everybody with an account who gives something of which nothing is there (three queries)."""
    programme = queries.released(uow.session, edition.id)
    if programme is None:
        return []
    there = set(uow.session.scalars(select(Material.uid).where(Material.edition_id == edition.id).distinct()))
    people = uow.session.scalars(
        select(Person)
        .where(Person.id.in_(people_in((programme,))), Person.active.is_(True), Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    found = []
    for person in people:
        items = tuple(
            item for item in queries.items_of(programme, person.id) if item.kind in ASKED and item.uid not in there
        )
        if items:
            found.append(Owing(person, items))
    return found


def state(uow: UnitOfWork, edition_id: int) -> MaterialAsk | None:
    """Whether speakers are asked, and how far that is."""
    return uow.session.get(MaterialAsk, edition_id)


def decide(uow: UnitOfWork, edition: Edition, standing: Standing, *, asks: bool) -> None:
    """Ask the speakers once the event is over (soon, if it is), or not after all; what was sent is sent."""
    if not standing.may(MAY_MATERIALS):
        raise Forbidden(str(_("Only organisers and chairs of this edition write to its speakers.")))
    workshops.locked_edition(uow.session, edition.id)
    row = state(uow, edition.id)
    if asks == (row is not None):
        raise Conflict(str(_("Somebody decided this a moment ago. Look at the page again.")))
    if row is not None:
        if row.asked_at is not None and row.reminded_at is not None:
            raise Conflict(str(_("Both mails went out already, and nobody gets another.")))
        if row.asked_at is not None:
            row.reminded_at = uow.now  # nobody who was asked is asked again by a later decision
        else:
            uow.session.delete(row)
    else:
        if edition.is_cancelled:
            raise Conflict(str(_("This event is called off: nobody is asked for slides.")))
        uow.session.add(MaterialAsk(edition_id=edition.id, decided_at=uow.now))
    audit.record(uow, "slides asked for" if asks else "slides not asked for", "edition", edition.id,
                 edition_id=edition.id)  # fmt: skip
    uow.session.flush()


def tell_due(database: Database, clock: Clock) -> None:
    """Write what is due; the worker's job."""
    one_by_one(database, clock, _waiting, _tell, _failed)


def _waiting(uow: UnitOfWork) -> Sequence[int]:
    return uow.session.scalars(
        select(MaterialAsk.edition_id)
        .join(Edition, Edition.id == MaterialAsk.edition_id)
        .where(Edition.ends_at <= uow.now, or_(MaterialAsk.asked_at.is_(None), MaterialAsk.reminded_at.is_(None)))
        .order_by(MaterialAsk.edition_id)
    ).all()


def _failed(edition_id: int, error: Exception) -> None:
    log.error("speakers not asked for slides", edition=edition_id, error=type(error).__name__)


def _tell(uow: UnitOfWork, edition_id: int) -> None:
    edition = workshops.locked_edition(uow.session, edition_id)
    row = uow.session.get(MaterialAsk, edition_id, populate_existing=True)
    if row is None:
        return
    wave = due_wave(edition.ends_at, row.asked_at, row.reminded_at, uow.now)
    if wave is None:
        return
    if wave is Wave.FIRST:
        row.asked_at = uow.now
    else:
        row.reminded_at = uow.now
    if not edition.is_cancelled and edition.visibility is Visibility.PUBLIC:
        for one in owing(uow, edition):
            post(uow, letter(edition, one, wave))
    uow.session.flush()


def letter(edition: Edition, one: Owing, wave: Wave) -> Letter:
    """What a speaker reads: of what nothing is there, and where to add it."""
    person = one.person
    with force_locale(person.locale or "en"):
        facts = tuple((str(_("Still without")), isolated(item.heading)) for item in one.items)
        button = (str(_("Add slides")), absolute("materials.mine", **edition.slugs))
        why = str(_("You get this because you are on the programme of %(edition)s.", edition=isolated(edition.name)))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
    return Letter(
        template="materials/asked",
        key=f"materials-{wave.value}:{edition.id}:{person.id}",
        to_address=person.email,
        to_name=person.name,
        values={"edition": edition.name, "is_reminder": wave is Wave.REMINDER},
        facts=facts,
        button=button,
        signature=signature,
        why=why,
        person_id=person.id,
        locale=person.locale or "en",
        **sender(edition),
    )


def reminder_on(row: MaterialAsk) -> datetime | None:
    """When the reminder is due."""
    return row.asked_at + REMINDED_AFTER if row.asked_at and not row.reminded_at else None
