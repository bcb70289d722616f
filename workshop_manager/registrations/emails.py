"""One function a mail. None of them holds the link to join: the ticket leads there in time."""

import io
from dataclasses import replace
from datetime import datetime

import segno
from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.registrations import beside
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.rules import MOST_MISSED
from workshop_manager.registrations.states import State
from workshop_manager.submissions.letters import in_both_zones
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def registered(uow: UnitOfWork, edition: Edition, row: Registration, person: Person) -> None:
    """A seat is theirs: said at once after registering."""
    _post(uow, edition, row, person, "registered", kind=row.kind.name)


def requested(uow: UnitOfWork, edition: Edition, row: Registration, person: Person) -> None:
    """They asked for a kind that needs approval: what happens next."""
    kind = row.asks_for.name if row.asks_for is not None else row.kind.name
    _post(uow, edition, row, person, "requested", kind=kind, seat=_seat(row))


def approved(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, kind: RegistrationKind, *, word: str
) -> None:
    """An organiser said yes, and the seat is theirs."""
    _post(uow, edition, row, person, "approved", kind=kind.name, word=word, number=None)


def approved_to_wait(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    person: Person,
    kind: RegistrationKind,
    *,
    word: str,
    number: int,
) -> None:
    """An organiser said yes, and they wait for a seat."""
    _post(uow, edition, row, person, "approved", kind=kind.name, word=word, number=number)


def rejected(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, kind: RegistrationKind, *, word: str
) -> None:
    """An organiser said no, with the reason."""
    _post(uow, edition, row, person, "rejected", kind=kind.name, word=word, seat=_seat(row))


def _seat(row: Registration) -> str | None:
    return row.kind.name if row.state is State.REGISTERED else None


def host_reminder(edition: Edition, row: Registration, person: Person, *, moment: datetime) -> Letter:
    """They have a seat, and have not said that they are registered with the host conference; `moment` names it."""
    number = f"{moment:%Y%m%d%H%M%S}"
    return _letter(edition, row, person, "host_reminder", number, kind=row.kind.name, host=_host(edition))


def _host(edition: Edition) -> str:
    return edition.host_event or str(_("the host conference"))


def need_news(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, number: str) -> None:
    """There is news of something they need. What it is stands on their ticket only."""
    post(uow, _letter(edition, row, person, "need_news", number))


def waitlisted(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, number: int) -> None:
    """A place on the waitlist is theirs, perhaps beside a seat of another kind."""
    waits_for = row.waits_for.name if row.waits_for is not None else row.kind.name
    seat = row.kind.name if row.state is State.REGISTERED else None
    _post(uow, edition, row, person, "waitlisted", kind=waits_for, number=number, seat=seat)


def changed(uow: UnitOfWork, edition: Edition, row: Registration, person: Person) -> None:
    """They take part in another way now, or no longer wait."""
    _post(uow, edition, row, person, "changed", kind=row.kind.name)


def called_up(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, left: RegistrationKind | None
) -> None:
    """A seat came free and is theirs; `left` is the kind of the seat they held meanwhile."""
    _post(uow, edition, row, person, "called_up", kind=row.kind.name, left=left.name if left else None)


def offered(uow: UnitOfWork, edition: Edition, row: Registration, person: Person) -> None:
    """A seat came free and is set aside for them until they answer, or until its time runs out."""
    if row.waits_for is None or row.offer_until is None:
        return
    _post(
        uow,
        edition,
        row,
        person,
        "offered",
        kind=row.waits_for.name,
        seat=row.kind.name if row.state is State.REGISTERED else None,
        until=_until(edition, row.offer_until, person),
        is_last=row.missed_offers + 1 >= MOST_MISSED,
    )


def offer_ended(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, number: int | None) -> None:
    """They did not answer in time; `number` is their new place on the waitlist, None if they no longer wait."""
    seat = row.kind.name if row.state is State.REGISTERED else None
    _post(uow, edition, row, person, "offer_ended", number=number, seat=seat)


def taken(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, left: RegistrationKind | None
) -> None:
    """They said yes to the seat; `left` is the kind of the seat they held meanwhile."""
    _post(uow, edition, row, person, "taken", kind=row.kind.name, left=left.name if left else None)


def declined(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, *, kind: RegistrationKind) -> None:
    """They said no to the seat of that kind."""
    seat = row.kind.name if row.state is State.REGISTERED else None
    _post(uow, edition, row, person, "declined", kind=kind.name, seat=seat)


def _until(edition: Edition, until: datetime, person: Person) -> str:
    """Until when, by the edition's clocks and by theirs, in their language."""
    with force_locale(person.locale or "en"):
        return in_both_zones(Deadline(until, edition.time_zone), person)


def cancelled(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    person: Person,
    kind: RegistrationKind,
    *,
    had_seat: bool,
    asked: bool = False,
    reason: str,
) -> None:
    """The registration is cancelled, by themselves or (with a reason) by the organisers."""
    _post(uow, edition, row, person, "cancelled", kind=kind.name, had_seat=had_seat, asked=asked, reason=reason)


def _post(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, template: str, **values: object
) -> None:
    letter = _letter(edition, row, person, template, str(row.version), **values)
    if template in _WITH_TICKET and row.state is State.REGISTERED:
        letter = replace(letter, calendar=beside.note(uow, edition, row), picture=ticket_picture(row.ticket_code))
    elif template == "cancelled" and values.get("had_seat"):
        letter = replace(letter, calendar=beside.note(uow, edition, row))
    post(uow, letter)


_WITH_TICKET = frozenset({"registered", "called_up", "taken", "changed"})
"""Mails after which somebody comes with another ticket or in another way than before."""


def ticket_picture(code: str) -> bytes:
    """The ticket's code as a PNG; it says nothing but the code."""
    drawn = io.BytesIO()
    segno.make_qr(code, error="m").save(drawn, kind="png", scale=8, border=4)
    return drawn.getvalue()


def _letter(
    edition: Edition, row: Registration, person: Person, template: str, number: str, /, **values: object
) -> Letter:
    """`number` tells this mail from the next of its sort to the same person."""
    slugs = {"community": edition.community.slug, "edition": edition.slug}
    locale = person.locale or "en"
    with force_locale(locale):
        begins = (str(_("Begins")), when_text(edition.starts_at, edition.time_zone))
        facts: list[tuple[str, str]] = [(str(_("Event")), edition.name), begins]
        if row.offer_until is not None:
            button = (str(_("Say yes or no")), absolute("registrations.offer", **slugs))
        elif row.state is State.CANCELLED:
            button = (str(_("Registration")), absolute("registrations.register", **slugs))
        else:
            button = (str(_("Your ticket")), absolute("registrations.ticket", **slugs))
        if row.state is State.REGISTERED:
            facts += [(str(_("You take part")), row.kind.name), (str(_("Ticket")), row.ticket_code)]
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
        why = str(_("You get this because you registered for %(edition)s.", edition=isolated(edition.name)))
    return Letter(
        template=f"registrations/{template}",
        key=f"registration-{template}:{row.id}:{number}",
        to_address=person.email,
        to_name=row.badge_name or person.name,
        values={"edition": edition.name, **values},
        facts=tuple(facts),
        button=button,
        signature=signature,
        why=why,
        person_id=person.id,
        locale=locale,
        **sender(edition),
    )
