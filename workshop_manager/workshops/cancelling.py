"""An edition that does not take place: said once, with the reason, to everybody it concerns; and taken back.

The edition keeps its visibility and everything in it. What is offered in it ends, nothing new begins (each package asks
`require_on`), and calendars strike it out. Higher packages register whom it concerns, in their `setup.init_app`:

    cancelling.register_circle(20, lambda: _("With a seat"), seated)

with `def seated(uow: UnitOfWork, edition: Edition) -> Iterable[Concerned]`. Whoever stands in several gets one mail.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post, preview
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.events import EditionCancelled, EditionReinstated
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_OWN
from workshop_manager.workshops.service import require


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody who is told; `person_id` None: an address without an account."""

    address: str
    name: str
    person_id: int | None = None
    locale: str = "en"
    calendar: bytes | None = None
    """The entries of their calendar as they are now, one calendar after the other."""

    @property
    def key(self) -> str:
        """Names the person, whichever circle they stand in."""
        if self.person_id is not None:
            return str(self.person_id)
        return hashlib.sha256(self.address.casefold().encode()).hexdigest()[:24]


Finder = Callable[[UnitOfWork, Edition], Iterable[Concerned]]
_circles: list[tuple[int, Callable[[], str], Finder]] = []


def register_circle(order: int, label: Callable[[], str], find: Finder) -> None:
    """Name people whom it concerns; registering one twice counts once."""
    if all(known is not find for _order, _label, known in _circles):
        _circles.append((order, label, find))
        _circles.sort(key=lambda circle: circle[0])


def circles(uow: UnitOfWork, edition: Edition) -> list[tuple[str, list[Concerned]]]:
    """Each circle's name and its people."""
    return [(label(), list(find(uow, edition))) for _order, label, find in _circles]


def everybody(found: Iterable[tuple[str, Iterable[Concerned]]]) -> list[Concerned]:
    """Each of them once; an address without an account is left out if an account has it."""
    by_key: dict[str, Concerned] = {}
    for _label, people in found:
        for one in people:
            known = by_key.setdefault(one.key, one)
            if known is not one and one.calendar is not None:
                by_key[one.key] = replace(known, calendar=(known.calendar or b"") + one.calendar)
    taken = {one.address.casefold() for one in by_key.values() if one.person_id is not None}
    return [one for one in by_key.values() if one.person_id is not None or one.address.casefold() not in taken]


def of_person(person: Person, calendar: bytes | None = None) -> Concerned:
    """Somebody with an account."""
    return Concerned(person.email, person.name, person.id, person.locale or "en", calendar)


def team(uow: UnitOfWork, edition: Edition) -> Iterable[Concerned]:
    """Whoever works for it: they need not go on reading, deciding or preparing."""
    people = {member.person.id: member.person for member in queries.team(uow.session, edition.id)}
    return [of_person(one) for one in people.values()]


def sentence(reason: str) -> str:
    """Why something is refused."""
    return str(_("This edition is cancelled: %(reason)s Nothing was changed.", reason=_ended(reason)))


def _ended(reason: str) -> str:
    text = " ".join(reason.split())
    return text if text.endswith((".", "!", "?", "…", "。", "؟", "۔")) else f"{text}."


def require_on(edition: Edition) -> None:
    """Conflict, with the reason, if the edition is cancelled."""
    if edition.is_cancelled:
        raise Conflict(sentence(edition.cancel_reason))


def is_cancelled(session: Session, edition_id: int) -> bool:
    """The same asked by id; without a query where the edition is at hand."""
    edition = session.get(Edition, edition_id)
    return edition is not None and edition.is_cancelled


def cancel(uow: UnitOfWork, edition: Edition, reason: str) -> int:
    """Call the edition off, end what is offered in it and tell everybody; how many mails that are."""
    require(uow, edition, MAY_OWN)
    edition = queries.held_edition(uow.session, edition.id)
    if edition.is_cancelled:
        raise Conflict(str(_("This edition is cancelled already. Nobody was told again.")))
    if uow.now > edition.ends_at:
        raise Conflict(str(_("The event is over. It cannot be cancelled any more.")))
    edition.cancelled_at, edition.cancel_reason = uow.now, reason
    _changed(uow, edition, "cancelled")
    uow.tell(EditionCancelled(edition.id))
    return _tell(uow, edition)


def reinstate(uow: UnitOfWork, edition: Edition) -> int:
    """Put the edition on again and tell everybody; how many mails that are. Offers that ended stay ended."""
    require(uow, edition, MAY_OWN)
    edition = queries.held_edition(uow.session, edition.id)
    if not edition.is_cancelled:
        raise Conflict(str(_("This edition is not cancelled. Nobody was told anything.")))
    edition.cancelled_at, edition.cancel_reason = None, ""
    _changed(uow, edition, "reinstated")
    told = _tell(uow, edition)
    uow.tell(EditionReinstated(edition.id))
    return told


def _changed(uow: UnitOfWork, edition: Edition, what: str) -> None:
    edition.cancel_revision += 1
    edition.cancel_changed_at = uow.now
    record(uow, what, "edition", edition.id, edition_id=edition.id)
    uow.session.flush()


def _tell(uow: UnitOfWork, edition: Edition) -> int:
    people = everybody(circles(uow, edition))
    for one in people:
        post(uow, letter(edition, one, edition.cancel_reason, cancelled=edition.is_cancelled))
    uow.session.flush()
    return len(people)


def letter(edition: Edition, to: Concerned, reason: str, *, cancelled: bool) -> Letter:
    """What one of them reads."""
    what = "edition_cancelled" if cancelled else "edition_reinstated"
    why = _("You get this because you take part, wait, applied, were asked, work there, or are named on a work.")
    return Letter(
        template=f"workshops/{what}",
        key=f"{what}:{edition.id}:{edition.cancel_revision}:{to.key}",
        to_address=to.address,
        to_name=to.name,
        values={"edition": edition.name, "reason": reason},
        button=(str(_("See the page")), absolute("workshops.edition_page", **edition.slugs)),
        why=str(why),
        person_id=to.person_id,
        locale=to.locale,
        calendar=to.calendar,
        **sender(edition),
    )


def sample(edition: Edition, reason: str, *, cancelled: bool) -> tuple[str, str]:
    """Subject and text of the mail, for reading it before."""
    return preview(letter(edition, Concerned("you@example.org", "…"), reason, cancelled=cancelled))
