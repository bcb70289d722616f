"""The team of an edition: invite, accept, change, leave, hand over. One change at a time, under the edition's lock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, update

from workshop_manager.accounts.events import ErasureAsked, PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops import emails, queries, rules
from workshop_manager.workshops.events import MemberJoined, MemberLeft
from workshop_manager.workshops.models import CommunityOwner, Edition, Invitation, TeamMember
from workshop_manager.workshops.service import actor_id, require
from workshop_manager.workshops.states import Role

INVITATION_LASTS = timedelta(days=14)
MOST_OPEN_INVITATIONS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A role, with the track if it is a track chair's."""

    role: Role
    track_id: int | None = None


Write = Callable[[UnitOfWork, Edition, Invitation, str], None]
"""Posts the letter of an invitation, whose link carries the token."""


def invite(uow: UnitOfWork, edition: Edition, email: str, place: Place, write: Write = emails.invitation) -> Invitation:
    """Invite an address, whoever it belongs to. An open invitation of that address to that role is replaced."""
    return invite_all(uow, edition, [email], place, write)[0]


def invite_all(
    uow: UnitOfWork, edition: Edition, addresses: Sequence[str], place: Place, write: Write = emails.invitation
) -> list[Invitation]:
    """Invite several addresses to one role, all or none, as `invite` does each; `write` posts the letter."""
    standing = require(uow, edition, rules.MAY_RECRUIT if place.role is Role.REVIEWER else rules.MAY_TEAM)
    if not rules.may_invite(standing, place.role):
        raise Forbidden(str(_("Only an owner can make somebody owner, or take ownership away.")))
    place = _checked(uow, edition, place)
    queries.locked_edition(uow.session, edition.id)
    waiting = queries.open_invitations(uow.session, edition.id, uow.now)
    if len(waiting) + len(addresses) > MOST_OPEN_INVITATIONS:
        raise Conflict(str(_("Very many invitations wait for an answer already. Withdraw some first.")))
    wanted = {address.lower() for address in addresses}
    for earlier in waiting:
        if earlier.email.lower() in wanted and (earlier.role, earlier.track_id) == (place.role, place.track_id):
            earlier.expires_at = uow.now
    return [_send(uow, edition, address, place, write) for address in addresses]


def _send(uow: UnitOfWork, edition: Edition, email: str, place: Place, write: Write) -> Invitation:
    token = new_token()
    row = Invitation(
        edition_id=edition.id,
        email=email,
        role=place.role,
        track_id=place.track_id,
        token_hash=token_hash(token),
        invited_by=uow.actor.id if uow.actor else None,
        created_at=uow.now,
        expires_at=uow.now + INVITATION_LASTS,
        track=queries.find_track(uow.session, edition.id, place.track_id) if place.track_id else None,
    )
    uow.session.add(row)
    uow.session.flush()
    record(uow, "invited", "invitation", row.id, edition_id=edition.id, role=place.role.value)
    write(uow, edition, row, token)
    return row


def invite_again(uow: UnitOfWork, edition: Edition, invitation_id: int, write: Write = emails.invitation) -> Invitation:
    """Send an open invitation once more, with a new link; the old link ends."""
    found = _open_invitation(uow, edition, invitation_id)
    return invite(uow, edition, found.email, Place(found.role, found.track_id), write)


def withdraw_invitation(uow: UnitOfWork, edition: Edition, invitation_id: int) -> None:
    """End an open invitation; its link answers as if it had never been."""
    found = _open_invitation(uow, edition, invitation_id)
    found.expires_at = uow.now
    record(uow, "withdrawn", "invitation", found.id, edition_id=edition.id)
    uow.session.flush()


def _open_invitation(uow: UnitOfWork, edition: Edition, invitation_id: int) -> Invitation:
    standing = require(uow, edition, rules.MAY_RECRUIT)
    waiting = queries.open_invitations(uow.session, edition.id, uow.now)
    found = next((i for i in waiting if i.id == invitation_id), None)
    # A chair who recruits reviewers learns nothing of other invitations.
    if found is None or not (standing.may(rules.MAY_TEAM) or rules.may_invite(standing, found.role)):
        raise NotFound
    if not rules.may_invite(standing, found.role):
        raise Forbidden(str(_("Only an owner can make somebody owner, or take ownership away.")))
    return found


def find_open(uow: UnitOfWork, token: str) -> Invitation:
    """The invitation of this token; NotFound alike for a wrong, a used, a withdrawn and an expired one."""
    found = queries.find_invitation(uow.session, token_hash(token))
    if found is None or not rules.is_open(uow.now, found.expires_at, found.answered_at):
        raise NotFound
    return found


def accept(uow: UnitOfWork, token: str) -> Invitation:
    """Take the place one was invited to, with whatever account one is signed in with. The token is used up."""
    person = actor_id(uow)
    found = _answer(uow, token, accepted=True)
    edition = queries.locked_edition(uow.session, found.edition_id)
    _join(uow, edition, person, Place(found.role, found.track_id), invited_email=found.email)
    return found


def decline(uow: UnitOfWork, token: str) -> Invitation:
    """Say no; whoever holds the link may, without an account."""
    return _answer(uow, token, accepted=False)


def _answer(uow: UnitOfWork, token: str, *, accepted: bool) -> Invitation:
    found = queries.find_invitation(uow.session, token_hash(token), lock=True)
    if found is None or not rules.is_open(uow.now, found.expires_at, found.answered_at):
        raise NotFound
    # The lock keeps a second answer waiting; the condition refuses it should the lock not hold.
    answered = uow.session.execute(
        update(Invitation)
        .where(Invitation.id == found.id, Invitation.answered_at.is_(None))
        .values(answered_at=uow.now, accepted=accepted)
    )
    if answered.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound
    record(uow, "accepted" if accepted else "declined", "invitation", found.id, edition_id=found.edition_id)
    return found


def add_member(uow: UnitOfWork, edition: Edition, person_id: int, place: Place) -> TeamMember:
    """Give somebody a role without an invitation."""
    standing = require(uow, edition, rules.MAY_TEAM)
    _require_giving(standing, place.role)
    queries.locked_edition(uow.session, edition.id)
    return _join(uow, edition, person_id, _checked(uow, edition, place))


def _join(
    uow: UnitOfWork, edition: Edition, person_id: int, place: Place, invited_email: str | None = None
) -> TeamMember:
    for row in queries.team(uow.session, edition.id):
        if (row.person_id, row.role, row.track_id) == (person_id, place.role, place.track_id):
            return row
    row = TeamMember(
        edition_id=edition.id,
        person_id=person_id,
        role=place.role,
        track_id=place.track_id,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.session.refresh(row, ["person"])
    if invited_email and invited_email.lower() != row.person.email.lower():
        row.invited_email = invited_email
    record(uow, "joined", "team_member", row.id, edition_id=edition.id, role=place.role.value, person=person_id)
    uow.session.flush()
    uow.tell(MemberJoined(edition.id, person_id, row.id))
    return row


def change_role(uow: UnitOfWork, edition: Edition, member_id: int, place: Place) -> TeamMember:
    """Give a member another role in place of this one."""
    standing = require(uow, edition, rules.MAY_TEAM)
    queries.locked_edition(uow.session, edition.id)
    member = _member(uow, edition, member_id)
    place = _checked(uow, edition, place)
    if (member.role, member.track_id) == (place.role, place.track_id):
        return member
    _require_giving(standing, member.role)
    _require_giving(standing, place.role)
    _require_another_owner(uow, edition, member.role)
    if queries.has_role(uow.session, edition.id, member.person_id, place.role, place.track_id):
        raise Conflict(str(_("This person has that role already. Remove this one instead.")))
    old, member.role, member.track_id = member.role, place.role, place.track_id
    uow.session.flush()
    record(
        uow, "changed", "team_member", member.id, edition_id=edition.id, old=old.value, new=place.role.value,
        person=member.person_id,
    )  # fmt: skip
    uow.tell(MemberLeft(edition.id, member.person_id))
    uow.tell(MemberJoined(edition.id, member.person_id, member.id))
    return member


def remove_member(uow: UnitOfWork, edition: Edition, member_id: int) -> TeamMember:
    """Take a role away, or give up one's own. The last owner cannot leave."""
    person = actor_id(uow)
    standing = queries.standing_of(uow.session, edition.id, person)
    queries.locked_edition(uow.session, edition.id)
    member = _member(uow, edition, member_id)
    if not rules.may_take(standing, member.person_id, member.role):
        # Organisers see owners and learn why; to everybody else this row does not exist.
        if standing.may(rules.MAY_TEAM):
            raise Forbidden(str(_("Only an owner can take ownership away.")))
        raise NotFound
    _require_another_owner(uow, edition, member.role)
    uow.session.delete(member)
    uow.session.flush()
    record(
        uow, "left", "team_member", member_id, edition_id=edition.id, role=member.role.value, person=member.person_id
    )
    if member.person_id != person:
        emails.role_ended(uow, edition, member)
    uow.tell(MemberLeft(edition.id, member.person_id))
    return member


def hand_over(uow: UnitOfWork, edition: Edition, person_id: int, *, with_community: bool = False) -> TeamMember:
    """Make somebody of the team the owner in one's own place; one stays as organiser.

    `with_community` passes the community on too, if one owns it: its new owner founds next year's edition.
    """
    require(uow, edition, rules.MAY_OWN)
    giver = actor_id(uow)
    edition = queries.locked_edition(uow.session, edition.id)
    team = queries.team(uow.session, edition.id)
    if person_id == giver or all(row.person_id != person_id for row in team):
        raise NotFound
    own = next((row for row in team if row.person_id == giver and row.role is Role.OWNER), None)
    if own is None:
        raise NotFound
    new = _join(uow, edition, person_id, Place(Role.OWNER))
    if any(row.person_id == giver and row.role is Role.ORGANISER for row in team):
        uow.session.delete(own)
    else:
        own.role = Role.ORGANISER
    # What an owner can do, an organiser can: a second role of the new owner would only be in the way.
    for row in team:
        if row.person_id == person_id and row.role is Role.ORGANISER:
            uow.session.delete(row)
    if with_community:
        _hand_over_community(uow, edition, giver, person_id)
    uow.session.flush()
    record(uow, "handed over", "edition", edition.id, edition_id=edition.id, to=person_id, community=with_community)
    emails.handed_over(uow, edition, new, with_community=with_community)
    uow.tell(MemberLeft(edition.id, giver))
    return new


def _hand_over_community(uow: UnitOfWork, edition: Edition, giver: int, person_id: int) -> None:
    own = uow.session.get(CommunityOwner, (edition.community_id, giver))
    if own is None:
        raise Forbidden(str(_("You do not own the community, so you cannot pass it on.")))
    if uow.session.get(CommunityOwner, (edition.community_id, person_id)) is None:
        uow.session.add(CommunityOwner(community_id=edition.community_id, person_id=person_id, created_at=uow.now))
    uow.session.delete(own)


def object_to_erasure(uow: UnitOfWork, event: ErasureAsked) -> None:
    """Who alone owns a public edition that has not ended hands it over before deleting their account."""
    for edition in queries.owned_alone(uow.session, event.person_id, uow.now):
        sentence = _("You alone own %(name)s. Hand it over on its team page first.", name=isolated(edition.name))
        event.objections.append(str(sentence))


def forget_person(uow: UnitOfWork, event: PersonErased) -> None:
    """Every role of an erased person ends, and their address goes from the invitations it was written into."""
    person = uow.session.get_one(Person, event.person_id)
    own_address = func.lower(Invitation.email) == person.email.lower()
    uow.session.execute(update(Invitation).where(own_address).values(email="", expires_at=uow.now))
    uow.session.execute(delete(CommunityOwner).where(CommunityOwner.person_id == event.person_id))
    for member in queries.roles_of_person(uow.session, event.person_id):
        uow.session.delete(member)
        uow.tell(MemberLeft(member.edition_id, event.person_id))
    uow.session.flush()


def _member(uow: UnitOfWork, edition: Edition, member_id: int) -> TeamMember:
    member = queries.find_member(uow.session, edition.id, member_id)
    if member is None:
        raise NotFound
    return member


def _require_giving(standing: rules.Standing, role: Role) -> None:
    if not rules.may_give(standing, role):
        raise Forbidden(str(_("Only an owner can make somebody owner, or take ownership away.")))


def _require_another_owner(uow: UnitOfWork, edition: Edition, role: Role) -> None:
    if role is Role.OWNER and rules.leaves_no_owner(role, queries.count_owners(uow.session, edition.id)):
        raise Conflict(str(_("An edition needs an owner. Hand it over to somebody first, then leave.")))


def _checked(uow: UnitOfWork, edition: Edition, place: Place) -> Place:
    """The place with its track looked up in this edition; a track belongs to track chairs only."""
    if place.role is not Role.TRACK_CHAIR:
        return Place(place.role)
    if place.track_id is None or queries.find_track(uow.session, edition.id, place.track_id) is None:
        raise Conflict(str(_("Choose the track that is to be chaired.")))
    return place
