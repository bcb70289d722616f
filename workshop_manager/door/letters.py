"""Letters of invitation for visa applications: asked for, issued or declined, verified by an embassy, purged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork, unit_of_work
from workshop_manager.door import badges, certifying, emails, queries, rules
from workshop_manager.door.models import LetterSettings, VisaLetter
from workshop_manager.door.rules import MAY_LETTERS
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.book import direction
from workshop_manager.proceedings.printing import Printed
from workshop_manager.registrations.models import Registration
from workshop_manager.retention import service as retention
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import Stale, acting_person, require

TEMPLATE = Path(__file__).resolve().parent / "press" / "letter.typ"
_BATCH = 500
PASSPORT = "passport"
"""What is kept, by the name that rules about keeping use."""
WORDING = """To whom it may concern,

we invite {name}, holder of passport {passport} ({nationality}, born on {born}, valid until {expires}), to take part in {edition} on {dates} in {place}.

{name} is registered and has a seat in the room. We would be grateful if the visa could be granted in time.

{name} bears the costs of travel and stay unless another letter of ours says otherwise."""  # noqa: E501
"""What organisers begin with."""

log = structlog.get_logger("workshop_manager.security")


@dataclass(frozen=True, slots=True)
class Passport:
    """What stands in a passport, and where the visa is applied for."""

    name: str
    passport: str
    nationality: str
    born: str
    expires: str
    consulate: str = ""


def save_settings(
    uow: UnitOfWork, edition: Edition, *, is_offered: bool, wording: str, signed_by: str, version: int
) -> LetterSettings:
    """Offer letters or not, in these words. Raises Stale if somebody else saved meanwhile."""
    require(uow, edition, MAY_LETTERS)
    queries.lock_numbers(uow.session, edition.id)
    row = queries.letter_settings(uow.session, edition.id)
    if version != (row.version if row is not None else 0):
        raise Stale(str(_("This changed while you had it open. Nothing of yours is saved yet.")))
    if row is None:
        row = LetterSettings(edition_id=edition.id, version=0)
        uow.session.add(row)
    row.is_offered, row.wording, row.signed_by, row.version = is_offered, wording, signed_by, row.version + 1
    uow.session.flush()
    record(
        uow, "letters offered" if is_offered else "letters not offered", "edition", edition.id, edition_id=edition.id
    )
    return row


def may_ask(uow: UnitOfWork, edition: Edition, row: Registration) -> bool:
    """Whether this person can ask for a letter just now."""
    offer = queries.letter_settings(uow.session, edition.id)
    is_offered = offer is not None and offer.is_offered
    return rules.may_ask_for_letter(row.state, row.kind.mode, edition.ends_at, uow.now, is_offered=is_offered)


def require_askable(uow: UnitOfWork, edition: Edition, *, lock: bool = False) -> Registration:
    """The seat of who asks for a letter. Refused without one, where none are written, and to who asked already."""
    row = queries.my_seat(uow.session, edition.id, acting_person(uow).id, lock=lock)
    if row is None:
        raise NotFound
    if not may_ask(uow, edition, row):
        raise Conflict(str(_("A letter is for those who have a seat in the room, where the organisers write letters.")))
    if queries.letter_of(uow.session, row.id) is not None:
        raise Conflict(str(_("You asked already. To correct something, take that back first.")))
    return row


def ask(uow: UnitOfWork, edition: Edition, passport: Passport) -> VisaLetter:
    """Ask for a letter; what stands in the passport is purged on the day that was shown."""
    row = require_askable(uow, edition, lock=True)
    made = VisaLetter(
        edition_id=edition.id,
        registration_id=row.id,
        passport=asdict(passport),
        asked_at=uow.now,
        purge_on=retention.day_of(uow, edition, PASSPORT),
    )
    uow.session.add(made)
    uow.session.flush()
    record(uow, "letter asked for", "registration", row.id, edition_id=edition.id)
    return made


def take_back(uow: UnitOfWork, edition: Edition) -> None:
    """They want no letter: what they typed is gone, and a letter that was issued does not hold any more."""
    row = queries.my_seat(uow.session, edition.id, acting_person(uow).id, lock=True)
    letter = queries.letter_of(uow.session, row.id) if row is not None else None
    if row is None or letter is None:
        raise NotFound
    uow.session.delete(letter)
    uow.session.flush()
    record(uow, "letter given up", "registration", row.id, edition_id=edition.id)


def find_open(uow: UnitOfWork, edition: Edition, letter_id: int) -> VisaLetter:
    """A letter that nobody has answered, locked. NotFound if there is none; Conflict if it was answered already."""
    require(uow, edition, MAY_LETTERS)
    queries.lock_numbers(uow.session, edition.id)
    row = queries.letter(uow.session, edition.id, letter_id, lock=True)
    if row is None:
        raise NotFound
    if row.issued_at is not None or row.declined_at is not None or row.purged_at is not None:
        raise Conflict(str(_("This was answered already.")))
    return row


def issue(uow: UnitOfWork, edition: Edition, letter_id: int) -> VisaLetter:
    """Give the letter its number and code, and tell the person, who fetches it signed in."""
    row, offer = find_open(uow, edition, letter_id), queries.letter_settings(uow.session, edition.id)
    if not rules.has_seat_in_room(row.registration.state, row.registration.kind.mode) or offer is None:
        raise Conflict(str(_("They have no seat in the room any more, so there is nothing to invite them to.")))
    code = certifying.new_code()
    row.wording, row.signed_by = offer.wording, offer.signed_by
    row.number = queries.last_letter_number(uow.session, edition.id) + 1
    row.code, row.code_hash, row.issued_at, row.by_id = code, token_hash(code), uow.now, acting_person(uow).id
    uow.session.flush()
    record(uow, "letter issued", "registration", row.registration_id, edition_id=edition.id, number=row.number)
    if row.registration.person is not None:
        emails.letter_answered(uow, edition, row, row.registration.person)
    return row


def decline(uow: UnitOfWork, edition: Edition, letter_id: int, reason: str) -> VisaLetter:
    """Write no letter; the person is told why, and what they typed is purged at once."""
    row = find_open(uow, edition, letter_id)
    row.declined_at, row.reason, row.by_id, row.passport, row.purged_at = (
        uow.now,
        reason,
        acting_person(uow).id,
        {},
        uow.now,
    )
    uow.session.flush()
    record(uow, "letter declined", "registration", row.registration_id, edition_id=edition.id)
    if row.registration.person is not None:
        emails.letter_answered(uow, edition, row, row.registration.person)
    return row


def purge(database: Database, clock: Clock) -> None:
    """A job: on the day that was shown, what stands in passports goes, and with it whether a letter holds."""
    with unit_of_work(database, clock) as uow:
        # A day that has ended everywhere: nobody's is kept longer than a day beyond what was shown.
        rows = queries.letters_to_purge(uow.session, uow.now - timedelta(hours=12), _BATCH)
        for edition_id, number in sorted(Counter(row.edition_id for row in rows).items()):
            retention.noted(uow, edition_id, PASSPORT, str(_("What stands in passports")), number)
        _empty(uow, rows)


def purge_edition(uow: UnitOfWork, edition: Edition) -> int:
    """What stands in the passports of an edition goes now, and with it whether letters hold; gives how many."""
    rows = queries.letters_held(uow.session, edition.id)
    _empty(uow, rows)
    return len(rows)


def _empty(uow: UnitOfWork, rows: Sequence[VisaLetter]) -> None:
    for row in rows:
        row.passport, row.code, row.code_hash, row.purged_at = {}, None, None, uow.now
    uow.session.flush()
    if rows:
        record(uow, "passports purged", "visa letters", None, letters=len(rows))


# -- on paper -------------------------------------------------------------------------------------------------------


def printed(edition: Edition, row: VisaLetter) -> Printed:
    """The letter as it was issued. Raises PressFailed."""
    with force_locale(certifying.LANGUAGE):
        made = document(edition, row)
    return printing.printed(made, row.issued_at or row.asked_at, template=TEMPLATE)


def _directed(text: str) -> dict[str, str]:
    return {"text": text, "dir": direction(text)}


def document(edition: Edition, row: VisaLetter) -> Mapping[str, Any]:
    """All that the press needs, but for the fonts."""
    first, last = (rules.day_of(at, edition.time_zone) for at in (edition.starts_at, edition.ends_at))
    days = [first.isoformat()] if first == last else [first.isoformat(), last.isoformat()]
    about = {
        "edition": edition.name,
        "dates": certifying.days_text(days),
        "place": ", ".join(part for part in (edition.venue, edition.city) if part),
        "host": edition.host_event or "",
    }
    said = dict(row.passport)
    for name in ("born", "expires"):
        said[name] = certifying.days_text([said[name]]) if said.get(name) else ""
    words = rules.filled(row.wording, said | about)
    address = certifying.address_of(row.code or "")
    return {
        "title": str(_("Letter of invitation")),
        "edition": _directed(edition.name),
        "community": _directed(edition.community.name),
        "contact": edition.contact_email or "",
        "accent": edition.accent_colour,
        "date": str(format_date(rules.day_of(row.issued_at or row.asked_at, edition.time_zone), "d MMMM y")),
        "number": str(_("Letter no. %(number)s", number=row.number)),
        "consulate": _directed(said.get("consulate", "")),
        "paragraphs": [_directed(part.strip()) for part in words.split("\n\n") if part.strip()],
        "signed": [_directed(line) for line in row.signed_by.split("\n") if line.strip()],
        "verify": str(_("Verify this letter:")),
        "address": address,
        "qr": badges.qr(address),
        "alt": str(_("Address to verify this letter")),
    }
