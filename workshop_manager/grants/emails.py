"""The mails of this package, a function each."""

from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import queries, rounds, words
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State, Verdict
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey

Facts = tuple[tuple[str, str], ...]


def received(uow: UnitOfWork, edition: Edition, application: Application) -> None:
    """To the applicant, when the application is handed in: until when it can be changed, when they hear from us."""
    first = workshops.dates_by_key(uow.session, edition.id)
    windows = rounds.windows(first, "", queries.rounds(uow.session, edition.id))
    dates = next((one.dates for one in windows if one.number == application.round), first)
    due, heard = dates.get(DateKey.GRANTS_DUE), dates.get(DateKey.GRANTS_NOTIFICATION)
    _send(
        uow,
        edition,
        application,
        "received",
        facts=asked_facts(application),
        button=str(_("Look at it or change it")),
        due=when_text(due.at, due.zone) if due else None,
        heard=when_text(heard.at, heard.zone) if heard else None,
    )


def offered(uow: UnitOfWork, edition: Edition, application: Application) -> None:
    """To the applicant: what is offered, line by line, and until when it can be accepted."""
    letter = answer(
        edition, application, Verdict.OFFER, until=_until(application), conditions=application.conditions,
        must_present=application.must_present,
    )  # fmt: skip
    if letter is not None:
        post(uow, letter)


def answer(
    edition: Edition,
    application: Application,
    verdict: Verdict,
    *,
    until: str = "",
    conditions: str = "",
    must_present: bool = False,
    number: int | None = None,
) -> Letter | None:
    """The letter with the committee's answer; None if nobody is there to read it. `number`: on the waitlist."""
    if verdict is Verdict.WAITLIST:
        return _answer(edition, application, "waitlisted", number=number)
    if verdict is Verdict.REJECT:
        return _answer(edition, application, "rejected")
    return _answer(
        edition,
        application,
        "offered",
        facts=given_facts(application),
        button=str(_("Accept or decline")),
        total=_given(application),
        until=until,
        in_part=given(application) < application.asked,
        conditions=conditions,
        must_present=must_present,
        cannot_front=application.cannot_front,
    )


def _answer(edition: Edition, application: Application, name: str, **values: Any) -> Letter | None:
    key = f"grant-{name}:{application.id}:{application.version}"
    return letter_to(edition, application, f"grants/{name}", key, **values)


def accepted(uow: UnitOfWork, edition: Edition, application: Application, *, is_lowered: bool) -> None:
    """To the applicant: what they have accepted, or lowered it to."""
    _send(
        uow,
        edition,
        application,
        "accepted",
        facts=given_facts(application),
        button=str(_("Look at your grant")),
        total=_given(application),
        is_lowered=is_lowered,
        cannot_front=application.cannot_front,
    )


def went_virtual(uow: UnitOfWork, edition: Edition, application: Application, total: str) -> None:
    """To the person, who takes part virtually now: what was for the journey went back."""
    _send(
        uow, edition, application, "went_virtual", facts=given_facts(application), total=total, left=given(application)
    )


def visa_refused(
    uow: UnitOfWork, edition: Edition, application: Application, *, back: str, aid: str, settled: str, is_virtual: bool
) -> None:
    """To the person, whose visa was refused: what has followed."""
    _send(
        uow, edition, application, "visa_refused", facts=given_facts(application) if given(application) else (),
        back=back, aid=aid, settled=settled, is_virtual=is_virtual,
    )  # fmt: skip


def visa_taken_back(uow: UnitOfWork, edition: Edition, application: Application) -> None:
    """To the person, whose visa was not refused after all: what is open again."""
    waits = application.state is State.WAITLISTED
    _send(uow, edition, application, "visa_taken_back", facts=given_facts(application), waits=waits)


def taken_back(uow: UnitOfWork, edition: Edition, application: Application, total: str, reason: str) -> None:
    """To the person, whose paper is gone: the organisers have taken the promise back, and why."""
    _send(uow, edition, application, "taken_back", total=total, reason=reason)


def declined(uow: UnitOfWork, edition: Edition, application: Application, total: str) -> None:
    """To the applicant: they have declined."""
    _send(uow, edition, application, "declined", total=total)


def expired(uow: UnitOfWork, edition: Edition, application: Application, total: str) -> None:
    """To the applicant: nobody accepted in time, and the money has gone back."""
    _send(uow, edition, application, "expired", total=total, until=_until(application), contact=edition.contact_email)


def waitlisted(uow: UnitOfWork, edition: Edition, application: Application) -> None:
    """To the applicant: no money yet, perhaps later."""
    letter = answer(edition, application, Verdict.WAITLIST, number=application.waitlist_number)
    if letter is not None:
        post(uow, letter)


def rejected(uow: UnitOfWork, edition: Edition, application: Application) -> None:
    """To the applicant: not this time."""
    letter = answer(edition, application, Verdict.REJECT)
    if letter is not None:
        post(uow, letter)


def withdrawn(uow: UnitOfWork, edition: Edition, application: Application, total: str | None) -> None:
    """To the applicant: the application is taken back; `total` is what had been promised."""
    _send(uow, edition, application, "withdrawn", total=total)


def given(application: Application) -> int:
    """The sum of what is proposed, offered or accepted. Needs lines and awards."""
    return sum(line.live.amount for line in application.lines if line.live)


def asked_facts(application: Application) -> Facts:
    """What was asked for, by kind, with the sum."""
    rows = [(words.kind_name(line.kind), words.money(line.asked, application.currency)) for line in application.lines]
    return (*rows, (str(_("In all")), words.money(application.asked, application.currency)))


def given_facts(application: Application) -> Facts:
    """What is given, by kind, with the sum."""
    rows = [
        (words.kind_name(line.kind), words.money(line.live.amount, application.currency))
        for line in application.lines
        if line.live
    ]
    return (*rows, (str(_("In all")), _given(application)))


def _given(application: Application) -> str:
    return words.money(given(application), application.currency)


def _until(application: Application) -> str:
    deadline = application.offer_deadline
    return when_text(deadline.at, deadline.zone) if deadline else ""


def _send(
    uow: UnitOfWork,
    edition: Edition,
    application: Application,
    name: str,
    *,
    facts: Facts = (),
    button: str = "",
    **values: Any,
) -> None:
    key = f"grant-{name}:{application.id}:{application.version}"
    send(uow, edition, application, f"grants/{name}", key, facts=facts, button=button, **values)


def send(
    uow: UnitOfWork,
    edition: Edition,
    application: Application,
    template: str,
    key: str,
    *,
    facts: Facts = (),
    button: str = "",
    leads_to: str = "grants.application",
    **values: Any,
) -> None:
    """To the applicant, about their grant; nobody hears of it who left."""
    letter = letter_to(
        edition, application, template, key, facts=facts, button=button, leads_to=leads_to, **values
    )  # fmt: skip
    if letter is not None:
        post(uow, letter)


def letter_to(
    edition: Edition,
    application: Application,
    template: str,
    key: str,
    *,
    facts: Facts = (),
    button: str = "",
    leads_to: str = "grants.application",
    **values: Any,
) -> Letter | None:
    """A letter to the applicant; None for who left."""
    person = application.person
    if person is None or person.erased_at is not None:
        return None
    address = absolute(leads_to, community=edition.community.slug, edition=edition.slug)
    return Letter(
        template=template,
        key=key,
        to_address=person.email,
        to_name=person.name,
        values={"edition": edition.name} | values,
        facts=facts,
        button=(button or str(_("Look at your application")), address),
        signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
        why=str(_("You get this because you applied for a travel grant.")),
        person_id=person.id,
        locale=person.locale or "en",
        **sender(edition),
    )
