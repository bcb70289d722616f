"""Registering without an account: a visitor fills in the form, and nothing is theirs until they prove their address.

Whether an address has an account is not even looked up when somebody types it; whoever opens the link learns it then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from workshop_manager.accounts import queries as accounts
from workshop_manager.accounts import service as accounts_service
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.handover import emails, queries, rules
from workshop_manager.handover.models import VisitorRegistration
from workshop_manager.questions import queries as questions
from workshop_manager.registrations import asking, service, waitlist
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import NOTHING, Place
from workshop_manager.registrations.service import Details
from workshop_manager.registrations.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale


def begin(
    uow: UnitOfWork,
    edition: Edition,
    email: str,
    kind_id: int,
    details: Details,
    *,
    keep_virtual: bool,
    is_quiet: bool = False,
) -> None:
    """Keep what a visitor typed for a day, and mail the link that confirms it; no seat is held by that.

    Raises Conflict while nobody can register, and Incomplete if something is missing. `is_quiet`: that address was
    written to too often, so nothing is kept and nobody is written to, and the page answers as ever.
    """
    kind = next((one for one in service.seen_kinds(uow, edition, NOTHING) if one.id == kind_id), None)
    if kind is None:
        raise NotFound
    service.require_open(uow, edition, NOTHING, Place(kind_id))
    sheet = asking.without_files(questions.sheet(uow.session, edition.id, asking.KEY))
    asking.require_complete(uow, sheet, details.answers or {}, details.told, Place(kind_id))
    if is_quiet:
        return
    token = new_token()
    row = VisitorRegistration(
        edition_id=edition.id, kind_id=kind_id, kind=kind, email=email, token_hash=token_hash(token),
        said=_written(details) | {"keep_virtual": keep_virtual}, conduct_version=service.conduct_to_accept(edition),
        created_at=uow.now, expires_at=uow.now + rules.PROOF_LASTS,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    emails.prove(uow, edition, row, token)


def _written(details: Details) -> dict[str, Any]:
    return {
        "badge_name": details.badge_name,
        "pronouns": details.pronouns,
        "affiliation": details.affiliation,
        "listing": details.listing.value,
        "diet": list(details.diet),
        "needs": details.needs,
        "photo_consent": details.photo_consent,
        "host_done": details.host_done,
        "host_number": details.host_number,
        "answers": {str(number): value for number, value in (details.answers or {}).items()},
        "told": {str(number): value for number, value in details.told.items()},
    }


def details_of(said: Mapping[str, Any]) -> Details:
    """What was kept, for the service."""
    plain = {name: value for name, value in said.items() if name != "keep_virtual"}
    return Details(
        **plain
        | {
            "listing": Listing(said["listing"]),
            "diet": tuple(said["diet"]),
            "answers": {int(number): value for number, value in said["answers"].items()},
            "told": {int(number): value for number, value in said["told"].items()},
            "files_later": True,
        }
    )


def find(uow: UnitOfWork, token: str, *, lock: bool = False) -> VisitorRegistration:
    """What that link is about; NotFound alike for a wrong one, and one that is used or too old."""
    found = queries.visitor_by_token(uow.session, token_hash(token), lock=lock)
    if found is None or uow.now > found.expires_at:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Proof:
    """What opening a link finds, for whoever opens it."""

    row: VisitorRegistration
    edition: Edition
    needs_sign_in: bool
    """They are not signed in, and the address has an account: its owner signs in, with all steps it asks for."""
    is_registered: bool
    """They are signed in, and take part already."""


def look(uow: UnitOfWork, token: str, person: Person | None) -> Proof:
    """What that link would do for whoever opened it; nothing changes."""
    row = find(uow, token)
    edition = workshops.get_edition(uow.session, row.edition_id)
    if person is None:
        known = accounts.find_by_email(uow.session, row.email)
        return Proof(row, edition, needs_sign_in=known is not None, is_registered=False)
    mine = registrations.registration_of(uow.session, edition.id, person.id)
    return Proof(
        row, edition, needs_sign_in=False, is_registered=mine is not None and mine.state is not State.CANCELLED
    )


def confirm(uow: UnitOfWork, token: str, person: Person | None) -> tuple[Registration, Person]:
    """Register whoever holds the link: with the account they are signed in with, or with a new one of that address.

    Conflict, with the reason, if it cannot be; then nothing has happened and the link stays.
    """
    edition = workshops.get_edition(uow.session, find(uow, token).edition_id)
    waitlist.enter(uow, edition)
    row = find(uow, token, lock=True)
    said, kind_id, email = dict(row.said), row.kind_id, row.email
    if row.conduct_version != service.conduct_to_accept(edition):
        raise Stale(str(_("The code of conduct changed since you agreed to it. Register again, it takes a minute.")))
    details = details_of(said)
    whose = person or _new_person(uow, email, details)
    uow.actor = whose
    mine = registrations.registration_of(uow.session, edition.id, whose.id, lock=True)
    if mine is not None and mine.state is not State.CANCELLED:
        raise Conflict(str(_("You are registered already. Nothing was changed.")))
    made = service.register(uow, edition, kind_id, details, keep_virtual=bool(said["keep_virtual"]))
    queries.forget_visitor(uow.session, email, edition.id)
    return made, whose


def _new_person(uow: UnitOfWork, email: str, details: Details) -> Person:
    """The account that goes with the registration. Conflict if the address has one: then its owner signs in first."""
    person = accounts_service.create_person(uow, email=email, name=details.badge_name)
    person.pronouns, person.affiliation = details.pronouns, details.affiliation
    uow.session.flush()
    return person
