"""Choosing how long something is kept, and removing it when its time has come."""

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.retention import keeping, queries, rules
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.models import Removal, RetentionRule
from workshop_manager.retention.rules import MAY_KEEP, USUAL
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require


def days_of(uow: UnitOfWork, edition_id: int, what: str, usual: int = USUAL) -> int:
    """How many days after the event that is deleted."""
    return queries.days(uow.session, edition_id).get(what, usual)


def day_of(uow: UnitOfWork, edition: Edition, what: str) -> date:
    """The day to show when asking for it."""
    return rules.day(edition.ends_at, days_of(uow, edition.id, what), edition.time_zone)


def days_to_show(uow: UnitOfWork, edition: Edition) -> Callable[[str], date]:
    """The same for several kinds, by what they are called (one query)."""
    chosen = queries.days(uow.session, edition.id)
    return lambda what: rules.day(edition.ends_at, chosen.get(what, USUAL), edition.time_zone)


def save(uow: UnitOfWork, edition: Edition, wanted: Mapping[str, int | None]) -> None:
    """Keep each kind so many days after the event. Later than people were told is refused while theirs is kept."""
    require(uow, edition, MAY_KEEP)
    chosen = queries.days(uow.session, edition.id)
    for one in keeping.all_kept(uow, edition):
        before = chosen.get(one.what, one.days)
        after = wanted.get(one.what, before)
        if one.remove is None or after == before:
            continue
        if after is None:
            after = one.days
        if not rules.may_change(before, after, one.number or 0):
            raise Conflict(
                str(
                    _(
                        "%(what)s: people were shown an earlier day when they answered. It can be deleted sooner, "
                        "not later.",
                        what=isolated(one.label),
                    )
                )
            )
        _choose(uow, edition, one, after)


def _choose(uow: UnitOfWork, edition: Edition, one: Kept, days: int | None) -> None:
    row = queries.rule(uow.session, edition.id, one.what)
    if days is None or days == one.days:
        if row is not None:
            uow.session.delete(row)
    elif row is not None:
        row.days = days
    else:
        uow.session.add(RetentionRule(edition_id=edition.id, what=one.what, days=days))
    uow.session.flush()
    if one.changed is not None:
        one.changed(uow, edition)
    record(uow, "retention changed", "edition", edition.id, edition_id=edition.id, what=one.what, days=days)


def noted(uow: UnitOfWork, edition_id: int, what: str, label: str, number: int) -> None:
    """Tell the organisers that something was removed, and how much of it."""
    if number:
        uow.session.add(Removal(edition_id=edition_id, what=what, label=label[:500], number=number, at=uow.now))
        uow.session.flush()


def carry_out(database: Database, clock: Clock) -> None:
    """A job: remove what has been kept long enough, an edition a transaction."""
    with unit_of_work(database, clock, writing=False) as uow:
        editions = [one for one in queries.over(uow.session, uow.now) if _due(uow, one)]
    for edition_id in editions:
        with unit_of_work(database, clock) as uow:
            edition = queries.edition(uow.session, edition_id)
            for one in _due(uow, edition_id) if edition is not None else ():
                assert edition is not None
                assert one.remove is not None
                noted(uow, edition_id, one.what, one.label, one.remove(uow, edition))


def _due(uow: UnitOfWork, edition_id: int) -> list[Kept]:
    edition = queries.edition(uow.session, edition_id)
    if edition is None:
        return []
    chosen = queries.days(uow.session, edition_id)
    return [
        one
        for one in keeping.all_kept(uow, edition)
        if one.remove is not None
        and one.number
        and rules.is_due(edition.ends_at, chosen.get(one.what, one.days), uow.now)
    ]
