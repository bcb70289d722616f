"""The mails of this package, one function each."""

from flask_babel import gettext as _

from workshop_manager.conflicts import queries
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.emails import sender
from workshop_manager.workshops.models import Edition


def unattended(uow: UnitOfWork, edition: Edition, number: int) -> None:
    """To every owner: so many works wait for a chair without a conflict. No word of which, or of why."""
    day = uow.now.date().isoformat()
    owners = {f"unattended:{edition.id}:{owner.id}:{day}": owner for owner in queries.owners(uow.session, edition.id)}
    told = queries.posted(uow.session, set(owners))
    for key, owner in owners.items():
        if key in told:
            continue
        post(
            uow,
            Letter(
                template="conflicts/unattended",
                key=key,
                to_address=owner.email,
                to_name=owner.name,
                values={"edition": edition.name, "number": number},
                button=(
                    str(_("Invite a chair")),
                    absolute("workshops.team", community=edition.community.slug, edition=edition.slug),
                ),
                why=str(_("You get this because you own this edition.")),
                person_id=owner.id,
                about="edition",
                locale=owner.locale or "en",
                **sender(edition),
            ),
        )
