"""One function a mail."""

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door.models import Certificate, VisaLetter
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def certificate_issued(uow: UnitOfWork, edition: Edition, certificate: Certificate, person: Person) -> None:
    """Their certificate is there to be fetched; its code stands on it only."""
    locale = person.locale or "en"
    with force_locale(locale):
        button = (str(_("Your certificate")), absolute("door.certificate", **edition.slugs))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
        why = str(_("You get this because you took part in %(edition)s.", edition=isolated(edition.name)))
    post(
        uow,
        Letter(
            template="door/certificate",
            key=f"certificate:{certificate.id}",
            to_address=person.email,
            to_name=certificate.name,
            values={"edition": edition.name, "person": certificate.name},
            button=button,
            signature=signature,
            why=why,
            person_id=person.id,
            locale=locale,
            **sender(edition),
        ),
    )


def letter_answered(uow: UnitOfWork, edition: Edition, letter: VisaLetter, person: Person) -> None:
    """Their letter of invitation is issued, or declined with the reason. Nothing of the passport stands in the mail."""
    locale = person.locale or "en"
    with force_locale(locale):
        button = (str(_("Your letter")), absolute("door.visa_letter", **edition.slugs))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
        why = str(
            _(
                "You get this because you asked for a letter of invitation to %(edition)s.",
                edition=isolated(edition.name),
            )
        )
    post(
        uow,
        Letter(
            template="door/letter",
            key=f"visa-letter:{letter.id}:{letter.asked_at.timestamp():.0f}",
            to_address=person.email,
            to_name=person.name,
            values={"edition": edition.name, "is_issued": letter.issued_at is not None, "reason": letter.reason},
            button=button,
            signature=signature,
            why=why,
            person_id=person.id,
            locale=locale,
            **sender(edition),
        ),
    )
