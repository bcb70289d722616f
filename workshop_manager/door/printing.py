"""Whose badges are printed, noted before and printed from what stands there now."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import badges, queries
from workshop_manager.door.badges import MOST, TEMPLATE, Badge, Layout
from workshop_manager.door.models import BadgeBatch, BadgePrint
from workshop_manager.door.rules import MAY_DOOR
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.printing import Printed
from workshop_manager.registrations.models import Registration
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require

LANGUAGE = "en"
"""Of our own words on badges: they hang side by side, whoever prints them."""


class Who(enum.Enum):
    """Whose badges."""

    ALL = "all"
    NEW = "new"
    """Those that were never printed, or say something else by now."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose badges to print: `registration_id` is one person's, whatever the rest says."""

    who: Who = Who.ALL
    kind_id: int | None = None
    registration_id: int | None = None


def badge_of(row: Registration) -> Badge:
    """What stands on somebody's badge; needs the kind."""
    return Badge(
        name=row.badge_name,
        pronouns=row.pronouns or "",
        affiliation=row.affiliation or "",
        kind=row.kind.name,
        no_photos=not row.photo_consent,
        code=row.ticket_code,
    )


def chosen(uow: UnitOfWork, edition: Edition, wanted: Wanted) -> list[Registration]:
    """Whose badges those are, by name (two queries)."""
    rows = queries.badge_holders(uow.session, edition.id, wanted.kind_id, wanted.registration_id)
    if wanted.who is Who.ALL or wanted.registration_id is not None:
        return list(rows)
    printed = queries.printed_last(uow.session, edition.id)
    return [row for row in rows if printed.get(row.id) != badges.digest(badge_of(row))]


def begin(uow: UnitOfWork, edition: Edition, wanted: Wanted, layout: Layout) -> BadgeBatch:
    """Note that these badges are printed, by whom and how; `again` prints them, also later."""
    require(uow, edition, MAY_DOOR)
    rows = chosen(uow, edition, wanted)
    if not rows:
        raise Conflict(str(_("There is no badge to print for this choice.")))
    if len(rows) > MOST:
        raise Conflict(str(_("At most %(most)s badges fit into one file. Choose a kind.", most=MOST)))
    by_id = uow.actor.id if uow.actor is not None else None
    batch = BadgeBatch(edition_id=edition.id, at=uow.now, by_id=by_id, layout=layout.as_dict())
    uow.session.add(batch)
    uow.session.flush()
    uow.session.add_all(
        BadgePrint(batch_id=batch.id, registration_id=row.id, content=badges.digest(badge_of(row))) for row in rows
    )
    uow.session.flush()
    record(uow, "badges printed", "badges", batch.id, edition_id=edition.id, badges=len(rows))
    return batch


def again(uow: UnitOfWork, edition: Edition, batch_id: int) -> tuple[Printed, Sequence[Registration]]:
    """The badges of that batch as they read now, and whose; who gave the seat up has none. Raises PressFailed."""
    batch = queries.batch(uow.session, edition.id, batch_id)
    if batch is None:
        raise NotFound
    rows = queries.of_batch(uow.session, batch.id)
    if not rows:
        raise NotFound
    return pdf(edition, rows, Layout.from_dict(batch.layout)), rows


def pdf(edition: Edition, rows: Sequence[Registration], layout: Layout) -> Printed:
    """The badges of those people. Raises PressFailed."""
    with force_locale(LANGUAGE):
        labels = {
            "title": str(_("Badges of %(edition)s", edition=edition.name)),
            "no_photos": str(_("No photos")),
            "code": str(_("Ticket code")),
        }
    made = badges.document(
        [badge_of(row) for row in rows], layout, edition=edition.name, accent=edition.accent_colour, labels=labels
    )
    # A date that never changes, so that the same badges are the same bytes.
    return printing.printed(made, edition.created_at, template=TEMPLATE)
