"""The mails of this package, a function each. None of them repeats what an internal note says."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.grantreview.models import GrantMessage, GrantQuestion
from workshop_manager.grants import words
from workshop_manager.grants.models import Application
from workshop_manager.mail.service import Letter
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def _letter(
    edition: Edition, person: Person, name: str, key: str, button: tuple[str, str], why: str, **values: Any
) -> Letter:
    return Letter(
        template=f"grantreview/{name}",
        key=f"grant-{name}:{key}",
        to_address=person.email,
        to_name=person.name,
        values={"edition": edition.name} | values,
        button=button,
        signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
        why=why,
        person_id=person.id,
        locale=person.locale or "en",
        **sender(edition),
    )


def _to_reader(edition: Edition, person: Person, name: str, key: str, **values: Any) -> Letter:
    address = absolute("grantreview.desk_mine", community=edition.community.slug, edition=edition.slug)
    why = str(_("You get this because you are on the grants committee."))
    return _letter(edition, person, name, key, (str(_("What you are asked to read")), address), why, **values)


def _to_applicant(
    edition: Edition, application: Application, name: str, key: str, label: str, **values: Any
) -> Letter | None:
    person = application.person
    if person is None or person.erased_at is not None:
        return None
    address = absolute("grantreview.own_thread", community=edition.community.slug, edition=edition.slug)
    why = str(_("You get this because you applied for a travel grant."))
    return _letter(edition, person, name, key, (label, address), why, **values)


def asked_to_read(edition: Edition, person: Person, number: int, now: datetime) -> Letter:
    """To a reader: how many applications they are asked to read now."""
    return _to_reader(edition, person, "asked", f"{edition.id}:{person.id}:{now.isoformat()}", number=number)


def reminder(edition: Edition, person: Person, number: int, now: datetime) -> Letter:
    """To a reader who owes scores."""
    return _to_reader(edition, person, "reminder", f"{edition.id}:{person.id}:{now.isoformat()}", number=number)


def replied(edition: Edition, person: Person, said: GrantMessage) -> Letter:
    """To somebody on the committee: an applicant wrote. Neither who nor what nor where: the list of mails is read by
    people in conflict of interest, and a reader may not know who asks.
    """
    address = absolute("grants.desk", community=edition.community.slug, edition=edition.slug)
    why = str(_("You get this because you are on the grants committee."))
    return _letter(edition, person, "replied", f"{said.id}:{person.id}", (str(_("Open the applicants")), address), why)


def message(edition: Edition, application: Application, said: GrantMessage) -> Letter | None:
    """To the applicant: the committee wrote something that they may read."""
    return _to_applicant(edition, application, "message", str(said.id), str(_("Read and answer")), text=said.text)


def question(edition: Edition, application: Application, asked: GrantQuestion) -> Letter | None:
    """To the applicant: what the committee needs to know, until when."""
    due = asked.due
    return _to_applicant(
        edition,
        application,
        "question",
        str(asked.id),
        str(_("Answer")),
        text=asked.text,
        due=when_text(due.at, due.zone) if due else None,
        may_change=bool(asked.lines),
    )


def ending(edition: Edition, application: Application, total: str) -> Letter | None:
    """To the applicant: in a few days the offer ends."""
    person, deadline = application.person, application.offer_deadline
    if person is None or person.erased_at is not None or deadline is None:
        return None
    return _letter(
        edition,
        person,
        "ending",
        f"{application.id}:{application.version}",
        (
            str(_("Accept or decline")),
            absolute("grants.application", community=edition.community.slug, edition=edition.slug),
        ),
        str(_("You get this because you applied for a travel grant.")),
        total=total,
        until=when_text(deadline.at, deadline.zone),
    )


def offered(application: Application) -> str:
    """What stands in the offer, all of it."""
    return words.money(application.promised, application.currency)
