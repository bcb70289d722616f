"""The mails of this package, one function each."""

from datetime import datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.core.deadlines import zone_label
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition, Invitation, TeamMember
from workshop_manager.workshops.words import role_name


class Sender(TypedDict):
    """What of a `Letter` is said by the edition it comes from."""

    edition_id: int
    reply_to: str | None
    from_name: str
    accent: str


def sender(edition: Edition) -> Sender:
    """An edition as the sender of a letter: `Letter(…, **sender(edition))`."""
    return Sender(
        edition_id=edition.id,
        reply_to=edition.contact_email,
        from_name=edition.name,
        accent=edition.accent_colour,
    )


def _sender(uow: UnitOfWork) -> str:
    person: Any = uow.actor
    return str(person.name) if person is not None else ""


def _role(row: Invitation | TeamMember) -> str:
    track = row.track.name if row.track_id and row.track else None
    return f"{role_name(row.role)}: {isolated(track)}" if track else role_name(row.role)


def _home(edition: Edition) -> str:
    return absolute("workshops.edition_page", community=edition.community.slug, edition=edition.slug)


def announced(at: datetime, zone: str) -> str:
    """An instant in the announced zone, with the year, whoever reads it: `Mon 15 June 2026, 07:00 CDT`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date(), year=True)}, {clock_text(local)} {zone_label(zone, at)}"


def invitation(uow: UnitOfWork, edition: Edition, row: Invitation, token: str) -> None:
    """To the address invited, account or not: what for, until when, and the link that answers."""
    answer_by = announced(row.expires_at, edition.time_zone)
    facts = (
        (str(_("Edition")), edition.name),
        (str(_("Your part")), _role(row)),
        (str(_("Invited by")), _sender(uow)),
        (str(_("Answer by")), answer_by),
    )
    post(
        uow,
        Letter(
            template="workshops/invitation",
            key=f"invitation:{row.id}",
            to_address=row.email,
            to_name="",
            values={"edition": edition.name, "role": role_name(row.role), "by": _sender(uow)},
            facts=tuple((label, value) for label, value in facts if value),
            button=(str(_("See the invitation")), absolute("workshops.invitation", token=token)),
            why=str(_("You get this once, because somebody of that team typed your address.")),
            edition_id=edition.id,
            reply_to=edition.contact_email,
            accent=edition.accent_colour,
            is_secret=True,
        ),
    )


def role_ended(uow: UnitOfWork, edition: Edition, member: TeamMember) -> None:
    """To somebody whose role another person took away."""
    post(
        uow,
        Letter(
            template="workshops/role_ended",
            key=f"role-ended:{edition.id}:{member.person_id}:{member.role.value}:{uow.now.isoformat()}",
            to_address=member.person.email,
            to_name=member.person.name,
            values={"edition": edition.name, "role": _role(member)},
            why=str(_("You get this because you were on that team.")),
            person_id=member.person_id,
            edition_id=edition.id,
            reply_to=edition.contact_email,
            accent=edition.accent_colour,
        ),
    )


def handed_over(uow: UnitOfWork, edition: Edition, member: TeamMember, *, with_community: bool) -> None:
    """To the new owner."""
    post(
        uow,
        Letter(
            template="workshops/handed_over",
            key=f"handed-over:{edition.id}:{member.person_id}:{uow.now.isoformat()}",
            to_address=member.person.email,
            to_name=member.person.name,
            values={
                "edition": edition.name,
                "by": _sender(uow),
                "community": edition.community.name if with_community else "",
            },
            button=(str(_("Open the organisers’ desk")), _desk(edition)),
            why=str(_("You get this because you are on that team.")),
            person_id=member.person_id,
            edition_id=edition.id,
            accent=edition.accent_colour,
        ),
    )


def _desk(edition: Edition) -> str:
    return absolute("workshops.team", community=edition.community.slug, edition=edition.slug)
