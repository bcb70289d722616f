"""Tags, saved searches, and acts on many submissions with a way back. Each verb asks its rule first."""

from collections.abc import Collection

from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.search import queries, rules
from workshop_manager.search.acts import DEEDS, Place, bear, checked, checked_tag, preview
from workshop_manager.search.grammar import parse
from workshop_manager.search.models import Batch, BatchItem, SavedSearch
from workshop_manager.search.states import Act
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person, require


def apply(
    uow: UnitOfWork, edition: Edition, act: Act, value: str, numbers: Collection[int]
) -> tuple[Batch | None, int]:
    """Do it to those of these submissions where it changes anything; None if nowhere. Says how many were left alone."""
    place = Place(uow, edition, require(uow, edition, rules.MAY_SEARCH))
    if not numbers:
        raise Conflict(str(_("Choose at least one submission.")))
    if len(numbers) > rules.MOST_AT_ONCE:
        raise Conflict(str(_("At most %(most)s submissions at once. Narrow the search.", most=rules.MOST_AT_ONCE)))
    wanted = checked(place, act, value)
    works = queries.locked(uow.session, edition.id, place.standing, numbers)
    steps = [step for step in preview(place, wanted, works) if step.changes]
    left = len(set(numbers)) - len(steps)
    if not steps:
        return None, left
    batch = Batch(
        edition_id=edition.id,
        person_id=uow.actor.id if uow.actor else None,
        act=wanted.act,
        value=wanted.value,
        created_at=uow.now,
    )
    uow.session.add(batch)
    uow.session.flush()
    for step in steps:
        item = BatchItem(
            batch_id=batch.id, submission_id=step.submission.id, before=dict(step.before), after=dict(step.after)
        )
        uow.session.add(item)
        DEEDS[act].do(place, wanted.value, step.submission, step.after)
    uow.session.flush()
    return batch, left


def undo(uow: UnitOfWork, edition: Edition, batch_id: int) -> tuple[int, int]:
    """Take a batch back where nothing has changed since; how many were taken back, and how many were left alone."""
    place = Place(uow, edition, require(uow, edition, rules.MAY_SEARCH))
    batch = queries.find_batch(uow.session, edition.id, batch_id, lock=True)
    seen = queries.items(uow.session, batch_id, place.standing) if batch is not None else []
    if batch is None or not seen:
        raise NotFound
    if not place.standing.may(rules.MAY_DO[batch.act]):
        raise Conflict(str(_("This is for those who decide.")))
    waiting = {item.submission_id: item for item in seen if not item.is_undone}
    if not waiting:
        raise Conflict(str(_("This was taken back already.")))
    numbers = [item.submission.number for item in waiting.values()]
    works = queries.locked(uow.session, edition.id, place.standing, numbers)
    deed = DEEDS[batch.act]
    now = deed.status(place, batch.value, works)
    same = [work for work in works if now[work.id] == waiting[work.id].after]
    if not same:
        raise Conflict(str(_("Every one of these was changed since, so nothing is taken back.")))
    for work in same:
        deed.undo(place, batch.value, work, waiting[work.id].before)
        waiting[work.id].is_undone = True
    batch.undone_at = uow.now
    uow.session.flush()
    return len(same), len(waiting) - len(same)


def set_tag(uow: UnitOfWork, edition: Edition, number: int, typed: str, *, bears: bool) -> None:
    """Give one submission a tag, or take it away."""
    standing = require(uow, edition, rules.MAY_SEARCH)
    works = queries.locked(uow.session, edition.id, standing, [number])
    if not works:
        raise NotFound
    name = checked_tag(typed)
    if bears or queries.find_tag(uow.session, edition.id, name) is not None:
        bear(uow, edition, works[0], name, bears)
    uow.session.flush()


# -- saved searches -----------------------------------------------------------------------------------------------


def save_search(uow: UnitOfWork, edition: Edition, name: str, query: str, *, is_shared: bool) -> SavedSearch:
    """Keep a search by a name; the same name again changes it. Raises Misread for one that cannot be read."""
    require(uow, edition, rules.MAY_SEARCH)
    person = acting_person(uow)
    if parse(query) is None:
        raise Conflict(str(_("Search for something first, then keep it.")))
    own = queries.saved(uow.session, edition.id, person.id)
    found = next((one for one in own if one.name == name), None)
    if found is None:
        if len(own) >= rules.MOST_SAVED:
            raise Conflict(str(_("You keep %(most)s searches here, and more do not fit.", most=rules.MOST_SAVED)))
        found = SavedSearch(edition_id=edition.id, person_id=person.id, name=name, query=query, created_at=uow.now)
        uow.session.add(found)
    found.query, found.is_shared = query.strip(), is_shared
    uow.session.flush()
    return found


def forget_search(uow: UnitOfWork, edition: Edition, search_id: int) -> None:
    """Throw a saved search away: its owner's to do."""
    require(uow, edition, rules.MAY_SEARCH)
    person = acting_person(uow)
    found = queries.find_saved(uow.session, edition.id, search_id, person.id)
    if found is None:
        raise NotFound
    if found.person_id != person.id:
        raise Conflict(str(_("Somebody else keeps this search for the team. It is theirs to remove.")))
    uow.session.delete(found)
    uow.session.flush()
