"""One function a mail."""

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.web.times import when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition


def told(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    person: Person,
    kind: RegistrationKind,
    *,
    place: int | None,
) -> None:
    """A seat is theirs, or a place in line: said at once after registering or changing the kind."""
    template = "registered" if place is None else "waitlisted"
    _post(uow, edition, row, person, kind, template, place=place)


def called_up(uow: UnitOfWork, edition: Edition, row: Registration, person: Person, kind: RegistrationKind) -> None:
    """A seat came free and is theirs."""
    _post(uow, edition, row, person, kind, "called_up")


def cancelled(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    person: Person,
    kind: RegistrationKind,
    *,
    by_organisers: bool,
) -> None:
    """The registration is cancelled."""
    _post(uow, edition, row, person, kind, "cancelled", by_organisers=by_organisers)


def _post(
    uow: UnitOfWork,
    edition: Edition,
    row: Registration,
    person: Person,
    kind: RegistrationKind,
    template: str,
    **values: object,
) -> None:
    slugs = {"community": edition.community.slug, "edition": edition.slug}
    has_ticket = template in ("registered", "called_up", "waitlisted")
    button = (
        (str(_("Your ticket")), absolute("registrations.ticket", **slugs))
        if has_ticket
        else (str(_("Registration")), absolute("registrations.register", **slugs))
    )
    post(
        uow,
        Letter(
            template=f"registrations/{template}",
            key=f"registration-{template}:{row.id}:{row.changes}",
            to_address=person.email,
            to_name=row.badge_name or person.name,
            values={"edition": edition.name, "kind": kind.name, **values},
            facts=(
                (str(_("Event")), edition.name),
                (str(_("Begins")), when_text(edition.starts_at, edition.time_zone)),
                (str(_("You take part")), kind.name),
            ),
            button=button,
            signature=str(_("The organisers of %(edition)s", edition=edition.name)),
            why=str(_("You get this because you registered for %(edition)s.", edition=edition.name)),
            person_id=person.id,
            edition_id=edition.id,
            reply_to=edition.contact_email,
            from_name=edition.name,
            accent=edition.accent_colour,
            locale=person.locale or "en",
        ),
    )
