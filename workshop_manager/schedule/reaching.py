"""Who stands behind the names of a programme, and where they can be written to."""

import base64
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.tokens import derived_key
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting
from workshop_manager.schedule.programme import Item, Programme, Speaker
from workshop_manager.schedule.visibility import name_key
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.web.request import settings
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Visibility


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who speaks and can be written to; without an account they have an address only."""

    address: str
    name: str
    person_id: int | None = None
    locale: str = "en"
    zone: str | None = None

    @property
    def key(self) -> str:
        """One person: by account, else by address."""
        return f"p{self.person_id}" if self.person_id is not None else self.address.lower()


def may_hear(edition: Edition) -> bool:
    """Nobody hears of slots of an event that is called off, or that nobody outside the team may know of."""
    return not edition.is_cancelled and edition.visibility is Visibility.PUBLIC


def link_token(nonce: str, purpose: str) -> str:
    """The secret of somebody's link: the same in every mail, stored nowhere."""
    key = derived_key(settings().site_secret_key, purpose)
    return base64.urlsafe_b64encode(hmac.digest(key, nonce.encode(), "sha256")[:20]).decode().rstrip("=")


class Speakers:
    """Who stands behind the names of a programme (one to three queries)."""

    def __init__(self, uow: UnitOfWork, edition: Edition, programme: Programme) -> None:
        numbers = {item.submission_number for item in programme.items if item.submission_number is not None}
        wrote = _authors(uow.session, edition.id, numbers)
        self.authors = {(number, name_key(author.name)): author for number, author, _person in wrote}
        self.people = {person.id: person for _number, _author, person in wrote if person is not None}
        known = {author.person_id for _number, author, _person in wrote}
        self.people |= people(uow.session, drafting.people_in((programme,)) - known)
        bare = {author.email.lower() for author in self.authors.values() if author.email and not author.person_id}
        self.owners = accounts_with(uow.session, bare)

    def of(self, item: Item) -> list[tuple[Speaker, Recipient | None]]:
        """Whoever speaks in it or chairs it, with who that is, or None for a name that nothing is known of."""
        return [(who, self._of(item, who.person_key, who.name)) for who in item.people]

    def _of(self, item: Item, key: str | None, name: str) -> Recipient | None:
        author = self.authors.get((item.submission_number or 0, name_key(name)))
        person = self.people.get(int(key[1:])) if key else None
        if person is not None or author is None:
            return as_recipient(person, name) if person is not None else None
        found = author_as_recipient(author, self.people, self.owners)
        return None if found is not None and key and found.person_id is None else found


def as_recipient(person: Person, name: str) -> Recipient:
    """An account."""
    return Recipient(person.email, person.name or name, person.id, person.locale or "en", person.time_zone)


def author_as_recipient(author: Author, known: dict[int, Person], owners: dict[str, Person]) -> Recipient | None:
    """Somebody who wrote a work: by their account, else by the address their co-authors gave; an account that is no
    more wants no mail.
    """
    person = known.get(author.person_id or 0) or owners.get((author.email or "").lower())
    if person is not None:
        return as_recipient(person, author.name)
    return None if author.person_id or not author.email else Recipient(author.email, author.name)


def people(session: Session, ids: Collection[int]) -> dict[int, Person]:
    """Those of these accounts that can be written to."""
    if not ids:
        return {}
    found = session.scalars(
        select(Person).where(Person.id.in_(ids), Person.active.is_(True), Person.erased_at.is_(None))
    )
    return {person.id: person for person in found}


def accounts_with(session: Session, addresses: Collection[str]) -> dict[str, Person]:
    """Accounts by these addresses, in lower case."""
    if not addresses:
        return {}
    found = session.scalars(
        select(Person).where(
            func.lower(Person.email).in_(addresses), Person.active.is_(True), Person.erased_at.is_(None)
        )
    )
    return {person.email.lower(): person for person in found}


def _authors(
    session: Session, edition_id: int, numbers: Collection[int]
) -> Sequence[tuple[int, Author, Person | None]]:
    """The authors of these works, with the number of each and their account, if it can be written to."""
    if not numbers:
        return []
    rows = session.execute(
        select(Submission.number, Author, Person)
        .join(Author, Author.submission_id == Submission.id)
        .outerjoin(Person, and_(Person.id == Author.person_id, Person.active.is_(True), Person.erased_at.is_(None)))
        .where(Submission.edition_id == edition_id, Submission.number.in_(numbers))
        .order_by(Submission.number, Author.position)
    )
    return [(number, author, person) for number, author, person in rows]
