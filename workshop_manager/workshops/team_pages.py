"""The organisers' page of the team: who has which role, invitations, hand-over. Members see their own part of it."""

from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import queries, words
from workshop_manager.workshops import team as verbs
from workshop_manager.workshops.context import Here, here
from workshop_manager.workshops.context import team as on_team
from workshop_manager.workshops.forms import HandOverForm, InviteForm, RoleForm
from workshop_manager.workshops.models import Invitation, TeamMember
from workshop_manager.workshops.organise import ORGANISE
from workshop_manager.workshops.rules import MAY_DESK, MAY_OWN, MAY_TEAM, Standing, may_give, may_take
from workshop_manager.workshops.states import Role
from workshop_manager.workshops.views import blueprint

_COMMONEST_FIRST = (
    Role.REVIEWER,
    Role.PROGRAMME_CHAIR,
    Role.TRACK_CHAIR,
    Role.GRANTS_COMMITTEE,
    Role.FRONT_DESK,
    Role.ORGANISER,
    Role.OWNER,
)


def _roles(standing: Standing) -> list[Role]:
    """The roles this person can give."""
    return [role for role in _COMMONEST_FIRST if may_give(standing, role)]


def _place(row: TeamMember | Invitation) -> str:
    name = words.role_name(row.role)
    return f"{name}: {isolated(row.track.name)}" if row.track is not None else name


def _invite_form(at: Here, **kwargs: Any) -> InviteForm:
    tracks = queries.tracks(unit().session, at.edition.id)
    return InviteForm(roles=_roles(at.standing), tracks=tracks, role=Role.REVIEWER, **kwargs)


def _team_page(at: Here, form: InviteForm | None, status: int = 200) -> Response:
    uow, manages = unit(), at.standing.may(MAY_TEAM)
    rows = queries.team(uow.session, at.edition.id)
    if not manages:
        # Whoever does not run the team sees whom to turn to, and their own part: reviewers stay unknown to each other.
        rows = [row for row in rows if row.role is Role.OWNER or row.person_id == at.standing.person_id]
    waiting = queries.open_invitations(uow.session, at.edition.id, uow.now) if manages else []
    order = list(Role)
    return page(
        "workshops/team.html", status,
        edition=at.edition, at=at, form=form, manages=manages,
        members=[
            (row, _place(row), may_take(at.standing, row.person_id, row.role), row.person_id == at.standing.person_id)
            for row in sorted(rows, key=lambda row: (order.index(row.role), row.id))
        ],
        waiting=[(row, _place(row), deadline_text(Deadline(row.expires_at, at.edition.time_zone))) for row in waiting],
        unreached=queries.unreached(uow.session, [row.id for row in waiting]),
        owns=at.standing.may(MAY_OWN),
        role_texts={role.value: str(text) for role, text in words.ROLE_TEXTS.items()},
    )  # fmt: skip


@blueprint.get(f"{ORGANISE}/team")
@access(on_team(MAY_DESK))
def team(community: str, edition: str) -> Response:
    """Who is on the team, who is invited."""
    at = here()
    return _team_page(at, _invite_form(at) if at.standing.may(MAY_TEAM) else None)


@blueprint.post(f"{ORGANISE}/team/invitations")
@access(on_team(MAY_TEAM))
@limiter.limit("40 per hour", key_func=lambda: f"invite:{getattr(viewer_person(), 'id', 0)}")
def team_invitations(community: str, edition: str) -> AnyResponse:
    """Invite one or several addresses to a role."""
    at = here()
    form = _invite_form(at)
    if not form.is_sent:
        return _team_page(at, form, 422)
    for address in form.emails:
        verbs.invite(unit(), at.edition, address, form.place())
    number = len(form.emails)
    tell(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number))
    return redirect(at.url("workshops.team"), 303)


@blueprint.post(f"{ORGANISE}/team/invitations/<int:invitation_id>/withdrawal")
@access(on_team(MAY_TEAM))
def team_invitation_withdrawal(community: str, edition: str, invitation_id: int) -> AnyResponse:
    """End an open invitation."""
    at = here()
    verbs.withdraw_invitation(unit(), at.edition, invitation_id)
    tell(str(_("The invitation is withdrawn; its link no longer works.")))
    return redirect(at.url("workshops.team"), 303)


@blueprint.post(f"{ORGANISE}/team/invitations/<int:invitation_id>/repeat")
@access(on_team(MAY_TEAM))
@limiter.limit("40 per hour", key_func=lambda: f"invite:{getattr(viewer_person(), 'id', 0)}")
def team_invitation_repeat(community: str, edition: str, invitation_id: int) -> AnyResponse:
    """Send an open invitation again, with a new link."""
    at = here()
    verbs.invite_again(unit(), at.edition, invitation_id)
    tell(str(_("A new link is on its way; the earlier one no longer works.")))
    return redirect(at.url("workshops.team"), 303)


@blueprint.route(f"{ORGANISE}/team/<int:member_id>", methods=["GET", "POST"])
@access(on_team(MAY_TEAM))
def team_member(community: str, edition: str, member_id: int) -> AnyResponse:
    """Change one role into another, or take it away."""
    at, uow = here(), unit()
    member = queries.find_member(uow.session, at.edition.id, member_id)
    if member is None:
        raise NotFound
    tracks = queries.tracks(uow.session, at.edition.id)
    form = RoleForm(roles=_roles(at.standing), tracks=tracks, role=member.role, track=str(member.track_id or ""))
    if form.is_sent:
        try:
            verbs.change_role(uow, at.edition, member_id, form.place())
        except Conflict as conflict:
            form.role.errors = [conflict.sentence]
        else:
            tell(str(_("The role is changed.")))
            return redirect(at.url("workshops.team"), 303)
    return page(
        "workshops/team_member.html", 422 if form.errors else 200,
        edition=at.edition, at=at, form=form, member=member, place=_place(member),
        may_change=may_give(at.standing, member.role),
        is_self=member.person_id == at.standing.person_id,
        role_texts={role.value: str(text) for role, text in words.ROLE_TEXTS.items()},
    )  # fmt: skip


@blueprint.post(f"{ORGANISE}/team/<int:member_id>/removal")
@access(on_team(MAY_DESK))
def team_removal(community: str, edition: str, member_id: int) -> AnyResponse:
    """Take a role away, or give up one's own."""
    at, uow = here(), unit()
    try:
        left = verbs.remove_member(uow, at.edition, member_id)
    except Conflict as conflict:
        tell(conflict.sentence, "warning")
        return redirect(at.url("workshops.team"), 303)
    if left.person_id != at.standing.person_id:
        tell(str(_("The role is taken away. A mail tells them.")))
        return redirect(at.url("workshops.team"), 303)
    tell(str(_("You gave up that role.")))
    still = queries.standing_of(uow.session, at.edition.id, at.standing.person_id)
    return redirect(at.url("workshops.team") if still.is_team else "/", 303)


@blueprint.route(f"{ORGANISE}/team/hand-over", methods=["GET", "POST"])
@access(on_team(MAY_OWN))
def team_hand_over(community: str, edition: str) -> AnyResponse:
    """Hand the edition over to somebody of the team, in one act."""
    at, uow = here(), unit()
    own = at.standing.person_id or 0
    rows = queries.team(uow.session, at.edition.id)
    people = {row.person_id: row.person for row in rows if row.person_id != own}
    form = HandOverForm(people=[(key, person.name) for key, person in people.items()])
    owns_community = queries.is_community_owner(uow.session, at.edition.community_id, own)
    if people and form.is_sent:
        with_community = owns_community and bool(form.with_community.data)
        verbs.hand_over(uow, at.edition, int(form.person.data), with_community=with_community)
        tell(str(_("Handed over. You are organiser now; a mail tells the new owner.")))
        return redirect(at.url("workshops.team"), 303)
    return page(
        "workshops/team_hand_over.html", 422 if form.errors else 200,
        edition=at.edition, at=at, form=form, people=people, owns_community=owns_community,
        addresses={str(key): person.email for key, person in people.items()},
    )  # fmt: skip
