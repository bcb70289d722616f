"""Certificates of attendance: issued to those who came, printed, verified by anybody who has the code, taken back."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import badges, emails, queries, rules
from workshop_manager.door.models import Certificate
from workshop_manager.door.rules import MAY_CERTIFY
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.book import direction
from workshop_manager.proceedings.printing import Printed
from workshop_manager.registrations.models import Registration
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person, require

TEMPLATE = Path(__file__).resolve().parent / "press" / "certificates.typ"
LANGUAGE = "en"
"""Of our own words on certificates: those who ask for one elsewhere read it."""
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MOST = 1500


def new_code() -> str:
    """Such as `7K4P-QM2X-B9TR-HW3C`: 80 random bits, to be typed from paper."""
    letters = "".join(secrets.choice(_LETTERS) for _place in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def issue_own(uow: UnitOfWork, edition: Edition) -> Certificate:
    """Whoever was there gets theirs; the same again, unless their name or days changed since.

    What organisers took back only they issue anew.
    """
    row = queries.mine(uow.session, edition.id, acting_person(uow).id)
    if row is None:
        raise NotFound
    days = queries.days_of(uow.session, edition.id, row.id).get(row.id, [])
    if not rules.may_have_certificate(len(days), edition.starts_at, uow.now):
        raise Conflict(str(_("A certificate is for those who came. Nobody noted at the door that you were there.")))
    queries.lock_numbers(uow.session, edition.id)
    if queries.was_taken_back(uow.session, row.id):
        raise Conflict(
            str(
                _("The organisers took your certificate back. If that is a mistake, write to them: they issue it anew.")
            )
        )
    return _issue(uow, edition, row, days, queries.standing_of(uow.session, row.id))[0]


@dataclass(frozen=True, slots=True)
class Issued:
    """What issuing to everybody did: how many are new, and all that stand now."""

    new: int
    certificates: tuple[Certificate, ...]


def issue_all(uow: UnitOfWork, edition: Edition, *, writes: bool) -> Issued:
    """Everybody who came has a certificate then; with `writes` those who get a new one also get a mail."""
    require(uow, edition, MAY_CERTIFY)
    if uow.now < edition.starts_at:
        raise Conflict(str(_("Nobody was there yet: certificates are issued from the beginning of the event.")))
    queries.lock_numbers(uow.session, edition.id)
    days, before = queries.days_of(uow.session, edition.id), queries.standing(uow.session, edition.id)
    if len(days) > MOST:
        raise Conflict(str(_("At most %(most)s certificates can be issued at once.", most=MOST)))
    found, new = [], 0
    for row in queries.came(uow.session, edition.id):
        certificate, is_new = _issue(uow, edition, row, days[row.id], before.get(row.id))
        found.append(certificate)
        new += is_new
        if is_new and writes and row.person is not None:
            emails.certificate_issued(uow, edition, certificate, row.person)
    return Issued(new, tuple(found))


def _issue(
    uow: UnitOfWork, edition: Edition, row: Registration, days: Sequence[date], before: Certificate | None
) -> tuple[Certificate, bool]:
    said = [day.isoformat() for day in days]
    if before is not None and (before.name, before.days) == (row.badge_name, said):
        return before, False
    if before is not None:
        before.revoked_at = uow.now
        uow.session.flush()
    code = new_code()
    made = Certificate(
        edition_id=edition.id,
        registration_id=row.id,
        number=queries.last_number(uow.session, edition.id) + 1,
        code=code,
        code_hash=token_hash(code),
        name=row.badge_name,
        days=said,
        issued_at=uow.now,
        by_id=uow.actor.id if uow.actor is not None else None,
    )
    uow.session.add(made)
    uow.session.flush()
    record(uow, "certificate issued", "registration", row.id, edition_id=edition.id, number=made.number)
    return made, True


def revoke(uow: UnitOfWork, edition: Edition, certificate_id: int) -> Certificate:
    """It was wrong: whoever verifies it reads that it does not hold any more."""
    require(uow, edition, MAY_CERTIFY)
    row = queries.certificate(uow.session, edition.id, certificate_id, lock=True)
    if row is None:
        raise NotFound
    if row.revoked_at is not None:
        raise Conflict(str(_("This certificate was taken back already.")))
    row.revoked_at = uow.now
    uow.session.flush()
    record(uow, "certificate taken back", "registration", row.registration_id, edition_id=edition.id, number=row.number)
    return row


def forget_person(uow: UnitOfWork, person_id: int) -> None:
    """Somebody deleted their account: what bears their name goes with it. Before their registration forgets them."""
    queries.forget_papers(uow.session, person_id)


# -- in words -------------------------------------------------------------------------------------------------------


def days_text(days: Sequence[str]) -> str:
    """`11 December 2026 and 12 December 2026`."""
    names = [str(format_date(date.fromisoformat(day), "d MMMM y")) for day in days]
    if len(names) < 2:
        return "".join(names)
    return str(_("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1]))


def address_of(code: str) -> str:
    """Where anybody verifies what has that code."""
    return absolute("door.verified", token=code)


def pdf(edition: Edition, certificates: Sequence[Certificate]) -> Printed:
    """One page each. Raises PressFailed."""
    with force_locale(LANGUAGE):
        made = document(edition, [(one, address_of(one.code)) for one in certificates])
    return printing.printed(made, edition.created_at, template=TEMPLATE)


def _directed(text: str) -> dict[str, str]:
    return {"text": text, "dir": direction(text)}


def _number_text(one: Certificate, zone: str) -> str:
    day = format_date(rules.day_of(one.issued_at, zone), "d MMMM y")
    return str(_("No. %(number)s, issued on %(day)s", number=one.number, day=day))


def document(edition: Edition, certificates: Sequence[tuple[Certificate, str]]) -> Mapping[str, Any]:
    """All that the press needs, but for the fonts."""
    place = ", ".join(part for part in (edition.venue, edition.city) if part)
    return {
        "title": str(_("Certificates of attendance, %(edition)s", edition=edition.name)),
        "edition": _directed(edition.name),
        "community": _directed(edition.community.name),
        "accent": edition.accent_colour,
        "place": _directed(place),
        "labels": {
            "heading": str(_("Certificate of attendance")),
            "took": str(_("took part in")),
            "verify": str(_("Verify this certificate:")),
            "code": str(_("Address to verify this certificate")),
        },
        "certificates": [
            {
                "name": _directed(one.name),
                "days": days_text(one.days),
                "number": _number_text(one, edition.time_zone),
                "address": address,
                "qr": badges.qr(address),
            }
            for one, address in certificates
        ],
    }
