"""One function a mail. Whether an address has an account no mail and no page says."""

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.handover.models import SeatClaim, SeatList, VisitorRegistration
from workshop_manager.mail.service import Letter, post
from workshop_manager.registrations.models import Registration
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import announced, sender
from workshop_manager.workshops.models import Edition


def asked(uow: UnitOfWork, edition: Edition, row: Registration, claim: SeatClaim, token: str) -> None:
    """To the colleague: whose seat it is, until when to answer, and the link."""
    why = _("You get this because %(name)s wrote your address.", name=isolated(row.badge_name))
    _to_address(uow, edition, row, claim, token, "asked", str(why), giver=row.badge_name)


def set_aside(
    uow: UnitOfWork, edition: Edition, row: Registration, claim: SeatClaim, token: str, listed: SeatList
) -> None:
    """To somebody of a list: a seat is set aside for them, until when, and the link that claims it."""
    why = _("You get this because your address stands on a list: %(name)s.", name=isolated(listed.name))
    _to_address(uow, edition, row, claim, token, "set_aside", str(why), listed=listed.name)


def prove(uow: UnitOfWork, edition: Edition, row: VisitorRegistration, token: str) -> None:
    """To a visitor's address, whoever's it is: the link that confirms what was typed. It says nothing they typed."""
    letter = Letter(
        template="handover/prove",
        key=f"handover-prove:{row.token_hash[:32]}",
        to_address=row.email,
        to_name="",
        values={
            "edition": edition.name,
            "kind": row.kind.name,
            "until": announced(row.expires_at, edition.time_zone),
        },
        facts=_facts(edition),
        button=(str(_("Look at it and confirm")), absolute("handover.prove", token=token)),
        signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
        why=str(_("You get this because somebody typed this address when registering.")),
        is_secret=True,
        **sender(edition),
    )
    post(uow, letter)


def _to_address(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    claim: SeatClaim,
    token: str,
    template: str,
    why: str,
    **values: object,
) -> None:
    until = announced(claim.expires_at, edition.time_zone)
    post(
        uow,
        Letter(
            template=f"handover/{template}",
            key=f"handover-{template}:{claim.id}",
            to_address=claim.email or "",
            to_name=row.badge_name if template == "set_aside" else "",
            values={"edition": edition.name, "kind": row.kind.name, "until": until, **values},
            facts=_facts(edition),
            button=(str(_("Say yes or no")), absolute("handover.claim", token=token)),
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=why,
            is_secret=True,
            **sender(edition),
        ),
    )


def _facts(edition: Edition) -> tuple[tuple[str, str], ...]:
    return (
        (str(_("Event")), edition.name),
        (str(_("Begins")), when_text(edition.starts_at, edition.time_zone)),
    )


def passed_on(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, claim: SeatClaim) -> None:
    """To the one who gave it: the seat is the colleague's, the old ticket opens nothing."""
    _to_giver(uow, edition, row, person, claim, "passed_on")


def refused(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, claim: SeatClaim) -> None:
    """To the one who asked: the colleague said no, the seat is as before."""
    _to_giver(uow, edition, row, person, claim, "refused")


def _to_giver(
    uow: UnitOfWork, edition: Edition, row: Registration, person: Person, claim: SeatClaim, template: str
) -> None:
    with force_locale(person.locale or "en"):
        button = (str(_("Registration")), absolute("registrations.register", **edition.slugs))
        letter = Letter(
            template=f"handover/{template}",
            key=f"handover-{template}:{claim.id}",
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "kind": row.kind.name},
            facts=_facts(edition),
            button=button,
            signature=str(_("The organisers of %(edition)s", edition=isolated(edition.name))),
            why=str(_("You get this because you asked a colleague to take your seat.")),
            person_id=person.id,
            locale=person.locale or "en",
            **sender(edition),
        )
    post(uow, letter)
