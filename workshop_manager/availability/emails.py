"""The mail that asks a speaker when they can come."""

from flask_babel import force_locale
from flask_babel import gettext as _

from workshop_manager.availability.models import AvailabilityAsking
from workshop_manager.core.text import isolated
from workshop_manager.mail.service import Letter
from workshop_manager.schedule.reaching import Recipient
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import announced, sender
from workshop_manager.workshops.models import Edition


def letter(
    edition: Edition, asking: AvailabilityAsking, to: Recipient, token: str, key: str, *, is_reminder: bool
) -> Letter:
    """Asks, or reminds, in their language; the link is theirs alone."""
    with force_locale(to.locale):
        facts = [(str(_("Please answer until")), announced(asking.reply_by, edition.time_zone))]
        facts += [(str(_("From the organisers")), asking.message)] if asking.message else []
        button = (str(_("Say when you can come")), absolute("availability.times", token=token))
        why = str(_("You get this because you are to speak at %(edition)s.", edition=isolated(edition.name)))
        signature = str(_("The organisers of %(edition)s", edition=isolated(edition.name)))
    return Letter(
        template="availability/asked",
        key=key,
        to_address=to.address,
        to_name=to.name,
        values={"edition": edition.name, "is_reminder": is_reminder},
        facts=tuple(facts),
        button=button,
        signature=signature,
        why=why,
        person_id=to.person_id,
        locale=to.locale,
        is_secret=True,
        **sender(edition),
    )
