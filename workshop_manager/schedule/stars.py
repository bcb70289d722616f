"""What somebody with an account follows of a schedule: their stars, by which they hear of what changes."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule.exports import MOST_STARS
from workshop_manager.schedule.models import StarredItem
from workshop_manager.workshops.models import Edition


def stars_of_person(session: Session, edition_id: int, person_id: int) -> frozenset[str]:
    """The uids they starred."""
    return frozenset(
        session.scalars(
            select(StarredItem.uid).where(StarredItem.edition_id == edition_id, StarredItem.person_id == person_id)
        )
    )


def _one_at_a_time(uow: UnitOfWork, person: Person) -> None:
    """Two tabs or devices that say something at once: the second sees what the first one did."""
    uow.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))


def keep(uow: UnitOfWork, edition: Edition, person: Person, uids: Collection[str]) -> int:
    """These and no others are their stars from now on, `MOST_STARS` at most; how many they are."""
    _one_at_a_time(uow, person)
    wanted = sorted(set(uids))[:MOST_STARS]
    uow.session.execute(
        delete(StarredItem).where(StarredItem.edition_id == edition.id, StarredItem.person_id == person.id)
    )
    for uid in wanted:
        uow.session.add(StarredItem(edition_id=edition.id, person_id=person.id, uid=uid))
    uow.session.flush()
    return len(wanted)


def change(
    uow: UnitOfWork, edition: Edition, person: Person, add: Collection[str], drop: Collection[str]
) -> frozenset[str]:
    """Some more, `MOST_STARS` at most, and some less; what they are then. Saying it twice changes nothing."""
    _one_at_a_time(uow, person)
    before = stars_of_person(uow.session, edition.id, person.id)
    after = before - set(drop)
    after |= set(sorted(set(add) - after)[: max(0, MOST_STARS - len(after))])
    if after != before:
        keep(uow, edition, person, after)
    return after


def people_who_starred(session: Session, edition_id: int, uids: Collection[str]) -> dict[int, frozenset[str]]:
    """Who starred which of these items, by person: accounts that can be written to (one query)."""
    if not uids:
        return {}
    rows = session.execute(
        select(StarredItem.person_id, StarredItem.uid)
        .join(Person, Person.id == StarredItem.person_id)
        .where(
            StarredItem.edition_id == edition_id,
            StarredItem.uid.in_(uids),
            Person.active.is_(True),
            Person.erased_at.is_(None),
        )
        .order_by(StarredItem.person_id)
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, uid in rows:
        found[person_id].add(uid)
    return {person_id: frozenset(theirs) for person_id, theirs in found.items()}


def forget(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted."""
    uow.session.execute(delete(StarredItem).where(StarredItem.person_id == person_id))
