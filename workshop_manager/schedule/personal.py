"""A person's own calendar of an edition: an address with a secret in it, made, replaced and ended by themselves."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden
from workshop_manager.core.tokens import new_token, same_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations.events import RegistrationCancelled
from workshop_manager.schedule import calendar, drafting, joining, queries
from workshop_manager.schedule.joining import Joining
from workshop_manager.schedule.models import FeedToken
from workshop_manager.schedule.programme import Item, Programme, from_json
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition


def make_address(uow: UnitOfWork, edition: Edition, person: Person) -> str:
    """A new address for a registered person; the one before stops working at once. Gives the token, told only now."""
    if not joining.has_seat(uow.session, edition, person.id):
        raise Forbidden(str(_("Your own calendar comes with a registration. Register first, then come back.")))
    workshops.locked_edition(uow.session, edition.id)
    was = _end(uow, edition.id, person.id)
    token = new_token()
    uow.session.add(
        FeedToken(
            edition_id=edition.id,
            person_id=person.id,
            token_hash=token_hash(token),
            join_hash=token_hash(joining.join_token(token)),
            created_at=uow.now,
        )
    )
    audit.record(
        uow, "calendar address replaced" if was else "calendar address made", "person", person.id, edition_id=edition.id
    )
    uow.session.flush()
    return token


def end_address(uow: UnitOfWork, edition: Edition, person: Person) -> None:
    """The address stops working at once."""
    if not _end(uow, edition.id, person.id):
        raise Conflict(str(_("You have no calendar address here that still works.")))
    audit.record(uow, "calendar address ended", "person", person.id, edition_id=edition.id)


def registration_cancelled(uow: UnitOfWork, event: RegistrationCancelled) -> None:
    """Whoever takes no part any more loses the address at once; registering again allows a new one."""
    if _end(uow, event.edition_id, event.person_id):
        audit.record(uow, "calendar address ended", "person", event.person_id, edition_id=event.edition_id)


def _end(uow: UnitOfWork, edition_id: int, person_id: int) -> bool:
    token = queries.live_token(uow.session, edition_id, person_id)
    if token is None:
        return False
    token.revoked_at = uow.now
    uow.session.flush()
    return True


OwnOf = Callable[[Session, Edition, int], "Own"]


@dataclass(frozen=True, slots=True)
class Own:
    """What is only this person's: items of their own, and the uids of those where a place is kept for them."""

    items: tuple[Item, ...] = ()
    kept: frozenset[str] = frozenset()


_own: list[OwnOf] = []


def register_own(own_of: OwnOf) -> None:
    """Put what a higher package knows of a person into their own calendar."""
    if own_of not in _own:
        _own.append(own_of)


@dataclass(frozen=True, slots=True)
class PersonalFeed:
    """What a working address stands for: the edition, what is public of its schedule, and how its person may join."""

    edition: Edition
    programme: Programme
    public: Programme
    """The same without what is the person's own, which no door leads to."""
    schedule_tag: str
    joining: Joining | None
    token: str | None = field(repr=False)
    """Of the personal addresses in it; None: they lead to the page for whoever is signed in."""

    @property
    def etag(self) -> str:
        """Names the bytes without making them: everything they are made of goes into it."""
        rooms = sorted(self.joining.links) if self.joining else []
        can = (self.joining is not None, self.joining is not None and self.joining.join_url is not None)
        parts = [self.schedule_tag, self.edition.name, self.edition.accent_colour, repr(rooms), repr(can)]
        doors = [door.uid for door in joining.doors(self.public, self.joining)] if self.joining else []
        parts += [repr(doors), repr(self.token), self.edition.slug, self.edition.community.slug]
        return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()

    def ics(self) -> bytes:
        """The calendar. Where others write a link to join stands an address of ours, while the person is registered."""
        # Not translated: the bytes must not follow the asker.
        name = f"{self.edition.name}: my calendar"
        return calendar.feed(
            self.programme,
            name=name,
            url=self.programme.url,
            colour=self.edition.accent_colour,
            join=self._join(self.joining) if self.joining else None,
        )

    def _join(self, joined: Joining) -> Callable[[Item], str | None]:
        found = {door.uid: door for door in joining.doors(self.public, joined)}

        def link(item: Item) -> str | None:
            door = joining.door_to(self.public, found, item)
            if door is None:
                return None
            if self.token is None:
                return absolute("schedule.join", **self.edition.slugs)
            return absolute("schedule.personal_join", token=self.token, uid=door.uid)

        return link


def _with_own(session: Session, edition: Edition, person_id: int, programme: Programme) -> tuple[Programme, str]:
    """The programme with what is the person's own, and what names the difference."""
    owns = [own_of(session, edition, person_id) for own_of in _own]
    kept = {uid for own in owns for uid in own.kept}
    items = [
        # Not translated, as above.
        replace(item, title=f"{item.title} (your place)") if item.uid in kept else item
        for item in programme.items
    ]
    more = [item for own in owns for item in own.items]
    if not kept and not more:
        return programme, ""
    return replace(programme, items=(*items, *more)), repr((sorted(kept), more))


def find_feed(session: Session, token: str) -> PersonalFeed | None:
    """The feed behind a token; None alike for one that was never made, is ended, or whose account is gone."""
    found = queries.feed_of_token(session, token_hash(token))
    if found is None:
        return None
    edition, address = found
    shown = queries.published(session, edition.id)
    public = from_json(shown.programme) if shown else drafting.empty_programme(edition)
    tag = shown.etag if shown else f"empty {edition.time_zone} {public.url}"
    programme, own = _with_own(session, edition, address.person_id, public)
    programme = programme.called_off(edition.cancel_revision, edition.cancel_changed_at, is_off=edition.is_cancelled)
    join = joining.join_token(token)
    return PersonalFeed(
        edition,
        programme,
        public,
        f"{tag}\x00{own}\x00{edition.cancel_revision}",
        joining.joining_of(session, edition, address.person_id),
        join if address.join_hash is not None and same_token(join, address.join_hash) else None,
    )
