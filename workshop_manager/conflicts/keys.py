"""Keeps the keys of people and authors as they are: in the flush in which an address, affiliation or name changes.

So no verb of any package has to think of it, and no key is ever older than what it was made from. Statements in SQL
that go past the objects (`update(Author)`) would; there are none (a test looks), and `refresh` mends whatever a
hand wrote into the database, an older version left, or another edition of the list of public suffixes makes different.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Select, delete, event, func, insert, inspect, select
from sqlalchemy.orm import Mapper, Session

from workshop_manager.accounts.models import Person
from workshop_manager.conflicts.matching import address_key, affiliation_keys, domain_key, name_key
from workshop_manager.conflicts.models import AuthorKey, PersonKey
from workshop_manager.conflicts.states import About, KeyKind
from workshop_manager.submissions.models import Author

Key = tuple[KeyKind, str]
_WATCHED = ("email", "affiliation", "name", "merged_into_id")
_STEP = 500


def keys_of(name: str | None, address: str | None, affiliation: str | None) -> frozenset[Key]:
    """What somebody is compared by."""
    found = {(KeyKind.AFFILIATION, key) for key in affiliation_keys(affiliation)}
    for kind, key in (
        (KeyKind.ADDRESS, address_key(address)),
        (KeyKind.DOMAIN, domain_key(address)),
        (KeyKind.NAME, name_key(name)),
    ):
        if key is not None:
            found.add((kind, key))
    return frozenset(found)


def keys_of_statement(about: About, name: str, address: str) -> frozenset[Key]:
    """What a statement about a person or an institution is compared by; empty if it can match nobody."""
    if about is About.INSTITUTION:
        found = {(KeyKind.AFFILIATION, key) for key in affiliation_keys(name)}
        domain = domain_key(address)
        return frozenset(found | ({(KeyKind.DOMAIN, domain)} if domain else set()))
    key = address_key(address)
    if key is not None:  # an address is one person's; a name may be many people's
        return frozenset({(KeyKind.ADDRESS, key)})
    known = name_key(name)
    return frozenset({(KeyKind.NAME, known)}) if known else frozenset()


def listen() -> None:
    """From now on keys follow the objects. Asking twice counts once."""
    for model, keep in ((Person, _keep_person), (Author, _keep_author)):
        for moment in ("after_insert", "after_update"):
            if not event.contains(model, moment, keep):
                event.listen(model, moment, keep)


def _is_touched(target: object) -> bool:
    state: Any = inspect(target)
    watched = (name for name in _WATCHED if name in state.attrs)
    return bool(state.key is None or any(state.attrs[name].history.has_changes() for name in watched))


def _keep_person(_mapper: Mapper[Any], connection: Connection, person: Person) -> None:
    if not _is_touched(person):
        return
    owner = person.merged_into_id or person.id
    connection.execute(delete(PersonKey).where(PersonKey.person_id.in_((owner, person.id))))
    _add(connection, PersonKey, _rows_of_family(connection.execute(_family([owner])).all()))


def _family(owners: Iterable[int]) -> Select[*tuple[Any, ...]]:
    """These people with the accounts that ended in theirs: somebody is compared by everything they were known by."""
    owner = func.coalesce(Person.merged_into_id, Person.id)
    return select(owner.label("id"), Person.name, Person.email, Person.affiliation).where(owner.in_(list(owners)))


def _keep_author(_mapper: Mapper[Any], connection: Connection, author: Author) -> None:
    if _is_touched(author):
        if inspect(author).key is not None:  # a new one has none to take away: an import makes thousands at once
            connection.execute(delete(AuthorKey).where(AuthorKey.author_id == author.id))
        _add(connection, AuthorKey, _rows_of_author(author))


def _rows_of_family(people: Iterable[Any]) -> list[dict[str, object]]:
    found = {(one.id, key) for one in people for key in keys_of(one.name, one.email, one.affiliation)}
    rows = sorted(found, key=lambda each: (each[0], _in_order(each[1])))
    return [{"person_id": person_id, "kind": kind, "key": key} for person_id, (kind, key) in rows]


def _rows_of_author(author: Any) -> list[dict[str, object]]:
    found = sorted(keys_of(author.name, author.email, author.affiliation), key=_in_order)
    ids = {"author_id": author.id, "submission_id": author.submission_id}
    return [{**ids, "kind": kind, "key": key} for kind, key in found]


def _in_order(key: Key) -> tuple[str, str]:
    return key[0].value, key[1]


def _add(connection: Connection, model: type[Any], rows: Iterable[dict[str, object]]) -> None:
    if listed := list(rows):
        connection.execute(insert(model), listed)


def refresh(session: Session) -> int:
    """Make every key anew from what stands there; how many keys were missing or in the way. In small steps."""
    authors = select(Author.id, Author.name, Author.email, Author.affiliation, Author.submission_id)

    def people(ids: list[int]) -> list[dict[str, object]]:
        return _rows_of_family(session.execute(_family(ids)).all())

    def rows(ids: list[int]) -> list[dict[str, object]]:
        return [row for one in session.execute(authors.where(Author.id.in_(ids))) for row in _rows_of_author(one)]

    return _refresh(session, Person.id, PersonKey.person_id, people) + _refresh(
        session, Author.id, AuthorKey.author_id, rows
    )


def _refresh(session: Session, number: Any, owner: Any, made_of: Callable[[list[int]], list[dict[str, object]]]) -> int:
    keys, last, differing = owner.class_, 0, 0
    while ids := list(session.scalars(select(number).where(number > last).order_by(number).limit(_STEP))):
        last = ids[-1]
        made, mine = made_of(ids), owner.in_(ids)
        kept = {(one, kind, key) for one, kind, key in session.execute(select(owner, keys.kind, keys.key).where(mine))}
        wanted = {(row[owner.key], row["kind"], row["key"]) for row in made}
        if kept != wanted:
            differing += len(kept ^ wanted)
            session.execute(delete(keys).where(mine))
            if made:
                session.execute(insert(keys), made)
    return differing
