"""The team: invitations, roles, leaving, hand-over. On both databases, under concurrency where it matters."""

import re
import threading
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person, make_track, send
from tests.shows import keeps, shows
from tests.workshops.factories import make_team, member_of, own_community
from workshop_manager.accounts.events import ErasureAsked, PersonErased
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.tokens import token_hash
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.mail import delivery
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.workshops import queries, service, team
from workshop_manager.workshops.models import Invitation, TeamMember
from workshop_manager.workshops.states import Role
from workshop_manager.workshops.team import Place


def _token(uow, number: int = -1) -> str:
    mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "workshops/invitation")).all()[number]
    return re.search(r"/invitations/(\S+)", mail.text_body)[1]


def _roles(uow, edition) -> set[tuple[int, Role]]:
    rows = uow.session.execute(select(TeamMember.person_id, TeamMember.role).where(TeamMember.edition_id == edition.id))
    return {(person, role) for person, role in rows}


@shows("Workshops", "Invitations to the team go by mail to any ordinary address")
@keeps("T3", "M6")
def test_an_invitation_goes_by_mail_to_any_address_and_only_its_hash_is_kept(uow) -> None:
    edition, uow.actor = make_team(uow, Role.ORGANISER)
    row = team.invite(uow, edition, "wahyuni@gmail.example", Place(Role.REVIEWER))
    uow.session.flush()
    mail = uow.session.execute(select(OutboxMail)).scalar_one()
    assert mail.to_address == "wahyuni@gmail.example"
    assert mail.subject == "You are invited: Reviewer for Muslims in ML 2026"
    assert mail.is_secret
    assert "Mon 15 June 2026, 07:00 CDT" in mail.text_body
    token = _token(uow)
    assert token not in str(vars(row))
    assert row.token_hash == token_hash(token)


@keeps("B9")
def test_accepting_gives_the_role_once(uow) -> None:
    edition, uow.actor = make_team(uow)
    team.invite(uow, edition, "wahyuni@example.org", Place(Role.REVIEWER))
    uow.session.flush()
    token = _token(uow)
    uow.actor = person = make_person(uow, "Wahyuni", "wahyuni@example.org")
    team.accept(uow, token)
    assert (person.id, Role.REVIEWER) in _roles(uow, edition)
    uow.actor = make_person(uow)
    with pytest.raises(NotFound):
        team.accept(uow, token)
    with pytest.raises(NotFound):
        team.decline(uow, token)
    with pytest.raises(NotFound):
        team.find_open(uow, token)


@shows("Workshops", "An invitation can be accepted with an account of another address, and the team sees that")
def test_another_address_may_accept_and_the_team_sees_where_it_went(uow) -> None:
    edition, uow.actor = make_team(uow)
    team.invite(uow, edition, "office@university.example", Place(Role.REVIEWER))
    uow.session.flush()
    uow.actor = person = make_person(uow, "Wahyuni", "wahyuni@example.org")
    team.accept(uow, _token(uow))
    member = next(m for m in queries.team(uow.session, edition.id) if m.person_id == person.id)
    assert member.invited_email == "office@university.example"


@keeps("B4", "B9")
def test_wrong_expired_withdrawn_and_replaced_tokens_answer_alike(uow, clock) -> None:
    edition, uow.actor = make_team(uow)
    row = team.invite(uow, edition, "a@example.org", Place(Role.REVIEWER))
    uow.session.flush()
    first = _token(uow)
    again = team.invite_again(uow, edition, row.id)
    uow.session.flush()
    second = _token(uow)
    assert first != second
    team.find_open(uow, second)
    team.withdraw_invitation(uow, edition, again.id)
    team.invite(uow, edition, "b@example.org", Place(Role.REVIEWER))
    uow.session.flush()
    late = _token(uow)
    uow.now += team.INVITATION_LASTS
    for token in ("nonsense", "", "\ud800", first, second, late):
        for answer in (team.find_open, team.accept, team.decline):
            with pytest.raises(NotFound):
                answer(uow, token)
    assert [m.person_id for m in queries.team(uow.session, edition.id)] == [uow.actor.id]


def test_declining_needs_no_account_and_gives_nothing(uow) -> None:
    edition, uow.actor = make_team(uow)
    team.invite(uow, edition, "a@example.org", Place(Role.REVIEWER))
    uow.session.flush()
    uow.actor = None
    found = team.decline(uow, _token(uow))
    uow.session.refresh(found)
    assert found.accepted is False
    assert len(_roles(uow, edition)) == 1
    with pytest.raises(NotFound):
        team.find_open(uow, _token(uow))


def test_inviting_somebody_twice_to_a_role_leaves_one_open_link(uow) -> None:
    edition, uow.actor = make_team(uow)
    team.invite(uow, edition, "a@example.org", Place(Role.REVIEWER))
    team.invite(uow, edition, "A@Example.org", Place(Role.REVIEWER))
    team.invite(uow, edition, "a@example.org", Place(Role.FRONT_DESK))
    waiting = queries.open_invitations(uow.session, edition.id, uow.now)
    assert [i.role for i in waiting] == [Role.FRONT_DESK, Role.REVIEWER]


def test_inviting_to_a_role_one_has_already_changes_nothing(uow) -> None:
    edition, uow.actor = make_team(uow)
    person, _member = member_of(uow, edition, Role.REVIEWER)
    team.invite(uow, edition, person.email, Place(Role.REVIEWER))
    uow.session.flush()
    uow.actor = person
    team.accept(uow, _token(uow))
    assert len(queries.team(uow.session, edition.id)) == 2


@keeps("A4", "A7")
def test_who_may_invite_to_what(uow) -> None:
    edition, owner = make_team(uow)
    track = make_track(uow, edition)
    uow.actor, _m = member_of(uow, edition, Role.ORGANISER)
    assert team.invite(uow, edition, "a@example.org", Place(Role.TRACK_CHAIR, track.id)).track_id == track.id
    assert team.invite(uow, edition, "b@example.org", Place(Role.REVIEWER, track.id)).track_id is None
    with pytest.raises(Forbidden):
        team.invite(uow, edition, "a@example.org", Place(Role.OWNER))
    with pytest.raises(Conflict, match="track"):
        team.invite(uow, edition, "a@example.org", Place(Role.TRACK_CHAIR))
    other, _ = make_team(uow, slug="2027")
    theirs = make_track(uow, other)
    with pytest.raises(Conflict):
        team.invite(uow, edition, "a@example.org", Place(Role.TRACK_CHAIR, theirs.id))
    with pytest.raises(NotFound):
        team.invite(uow, other, "a@example.org", Place(Role.REVIEWER))
    uow.actor = owner
    assert team.invite(uow, edition, "a@example.org", Place(Role.OWNER))
    for role, what in ((Role.PROGRAMME_CHAIR, Role.FRONT_DESK), (Role.REVIEWER, Role.REVIEWER)):
        uow.actor, _m = member_of(uow, edition, role)
        with pytest.raises(NotFound):
            team.invite(uow, edition, "a@example.org", Place(what))
    uow.actor, _m = member_of(uow, edition, Role.PROGRAMME_CHAIR)
    assert team.invite(uow, edition, "c@example.org", Place(Role.REVIEWER))
    hidden = uow.session.scalars(select(Invitation).where(Invitation.role == Role.TRACK_CHAIR)).one()
    for act in (team.withdraw_invitation, team.invite_again):
        with pytest.raises(NotFound):
            act(uow, edition, hidden.id)


def test_an_invitation_of_another_edition_cannot_be_withdrawn(uow) -> None:
    edition, uow.actor = make_team(uow)
    row = team.invite(uow, edition, "a@example.org", Place(Role.REVIEWER))
    other, uow.actor = make_team(uow, slug="2027")
    for act in (team.withdraw_invitation, team.invite_again):
        with pytest.raises(NotFound):
            act(uow, other, row.id)


def test_an_organiser_does_not_meddle_with_an_invitation_to_own(uow) -> None:
    edition, uow.actor = make_team(uow)
    row = team.invite(uow, edition, "a@example.org", Place(Role.OWNER))
    uow.actor, _m = member_of(uow, edition, Role.ORGANISER)
    with pytest.raises(Forbidden):
        team.withdraw_invitation(uow, edition, row.id)


def test_a_role_is_changed_and_a_track_chair_needs_a_track(uow) -> None:
    edition, uow.actor = make_team(uow)
    track = make_track(uow, edition)
    _person, member = member_of(uow, edition, Role.REVIEWER)
    with pytest.raises(Conflict):
        team.change_role(uow, edition, member.id, Place(Role.TRACK_CHAIR))
    team.change_role(uow, edition, member.id, Place(Role.TRACK_CHAIR, track.id))
    assert (member.role, member.track_id) == (Role.TRACK_CHAIR, track.id)
    team.change_role(uow, edition, member.id, Place(Role.FRONT_DESK))
    assert member.track_id is None


def test_a_role_somebody_has_already_is_not_given_twice(uow) -> None:
    edition, uow.actor = make_team(uow)
    person, member = member_of(uow, edition, Role.REVIEWER)
    join_team(uow, edition, person, Role.FRONT_DESK)
    with pytest.raises(Conflict, match="already"):
        team.change_role(uow, edition, member.id, Place(Role.FRONT_DESK))


def test_an_organiser_neither_makes_nor_unmakes_owners(uow) -> None:
    edition, _owner = make_team(uow)
    owner_row = queries.team(uow.session, edition.id)[0]
    uow.actor, own = member_of(uow, edition, Role.ORGANISER)
    for act in (
        lambda: team.change_role(uow, edition, own.id, Place(Role.OWNER)),
        lambda: team.change_role(uow, edition, owner_row.id, Place(Role.REVIEWER)),
        lambda: team.remove_member(uow, edition, owner_row.id),
        lambda: team.add_member(uow, edition, own.person_id, Place(Role.OWNER)),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        team.hand_over(uow, edition, own.person_id)


@shows("Workshops", "The last owner of an edition cannot leave")
def test_the_last_owner_neither_leaves_nor_steps_down(uow) -> None:
    edition, uow.actor = make_team(uow)
    own = queries.team(uow.session, edition.id)[0]
    with pytest.raises(Conflict, match="owner"):
        team.remove_member(uow, edition, own.id)
    with pytest.raises(Conflict, match="owner"):
        team.change_role(uow, edition, own.id, Place(Role.ORGANISER))
    member_of(uow, edition, Role.OWNER)
    team.remove_member(uow, edition, own.id)
    assert queries.count_owners(uow.session, edition.id) == 1


@shows("Workshops", "Everybody may give up their own role")
def test_everybody_may_give_up_their_own_role_but_no_other(uow) -> None:
    edition, owner = make_team(uow)
    uow.actor, own = member_of(uow, edition, Role.REVIEWER)
    _other, theirs = member_of(uow, edition, Role.REVIEWER)
    with pytest.raises(NotFound):
        team.remove_member(uow, edition, theirs.id)
    team.remove_member(uow, edition, own.id)
    assert uow.session.scalars(select(OutboxMail)).all() == []
    uow.actor = owner
    team.remove_member(uow, edition, theirs.id)
    uow.session.flush()
    assert uow.session.execute(select(OutboxMail.subject)).scalar_one() == (
        "Your role has ended: Reviewer for Muslims in ML 2026"
    )


def test_a_member_of_another_edition_is_out_of_reach(uow) -> None:
    edition, _owner = make_team(uow)
    _person, member = member_of(uow, edition, Role.REVIEWER)
    other, uow.actor = make_team(uow, slug="2027")
    with pytest.raises(NotFound):
        team.remove_member(uow, other, member.id)
    with pytest.raises(NotFound):
        team.change_role(uow, other, member.id, Place(Role.FRONT_DESK))
    with pytest.raises(NotFound):
        team.remove_member(uow, edition, member.id)


@shows("Workshops", "Ownership of an edition, and of its community, is handed over in one act")
def test_hand_over_is_one_act(uow) -> None:
    edition, uow.actor = make_team(uow)
    giver = uow.actor
    taker, _row = member_of(uow, edition, Role.ORGANISER, "Idris")
    own_community(uow, edition.community, giver)
    team.hand_over(uow, edition, taker.id, with_community=True)
    assert _roles(uow, edition) == {(taker.id, Role.OWNER), (giver.id, Role.ORGANISER)}
    assert [p.id for p in queries.community_owners(uow.session, edition.community_id)] == [taker.id]
    uow.session.flush()
    mail = uow.session.execute(select(OutboxMail)).scalar_one()
    assert mail.subject == "It is yours: Muslims in ML 2026"
    assert "next edition" in mail.text_body
    with pytest.raises(NotFound):
        team.hand_over(uow, edition, taker.id)


def test_ownership_comes_back_and_goes_again(uow) -> None:
    edition, giver = make_team(uow)
    taker, _row = member_of(uow, edition, Role.REVIEWER, "Idris")
    for turn in range(3):
        uow.actor, to = (giver, taker) if turn % 2 == 0 else (taker, giver)
        team.hand_over(uow, edition, to.id)
        uow.now += timedelta(seconds=1)
        assert queries.count_owners(uow.session, edition.id) == 1
    assert (taker.id, Role.REVIEWER) in _roles(uow, edition)


def test_the_edition_goes_to_somebody_of_the_team_only_and_a_community_only_by_its_owner(uow) -> None:
    edition, uow.actor = make_team(uow)
    stranger = make_person(uow)
    for person_id in (stranger.id, uow.actor.id, 10**9):
        with pytest.raises(NotFound):
            team.hand_over(uow, edition, person_id)
    taker, _row = member_of(uow, edition, Role.REVIEWER)
    with pytest.raises(Forbidden):
        team.hand_over(uow, edition, taker.id, with_community=True)


def _at_once(app, database, clock, acts) -> list[object]:
    """Run each (actor, act) in a thread with a transaction of its own; returns what came of each."""
    outcome: list[object] = []
    together = threading.Barrier(len(acts))

    def run(actor, act) -> None:
        together.wait()
        try:
            with app.app_context(), unit_of_work(database, clock, actor=actor) as own:
                act(own)
            outcome.append("done")
        except Exception as error:
            outcome.append(type(error))

    threads = [threading.Thread(target=run, args=pair) for pair in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def test_two_owners_who_leave_at_once_leave_one_behind(app, work, database, clock) -> None:
    with work() as uow:
        edition, first = make_team(uow)
        second, row = member_of(uow, edition, Role.OWNER)
        own = queries.team(uow.session, edition.id)[0]
    outcome = _at_once(
        app, database, clock,
        [
            (first, lambda u: team.remove_member(u, edition, own.id)),
            (second, lambda u: team.remove_member(u, edition, row.id)),
        ],
    )  # fmt: skip
    assert sorted(map(str, outcome)) == sorted(map(str, ["done", Conflict]))
    with work() as uow:
        assert queries.count_owners(uow.session, edition.id) == 1


@keeps("B9")
def test_one_token_accepted_by_many_at_once_lets_one_in(app, work, database, clock) -> None:
    with work() as uow:
        edition, uow.actor = make_team(uow)
        team.invite(uow, edition, "a@example.org", Place(Role.REVIEWER))
        uow.session.flush()
        token = _token(uow)
        people = [make_person(uow) for _ in range(6)]
    outcome = _at_once(app, database, clock, [(p, lambda u: team.accept(u, token)) for p in people])
    assert outcome.count("done") == 1
    assert outcome.count(NotFound) == 5
    with work() as uow:
        assert len(queries.team(uow.session, edition.id)) == 2


def test_the_same_role_given_twice_at_once_is_given_once(app, work, database, clock) -> None:
    with work() as uow:
        edition, owner = make_team(uow)
        person = make_person(uow)
    outcome = _at_once(
        app, database, clock,
        [(owner, lambda u: team.add_member(u, edition, person.id, Place(Role.REVIEWER))) for _ in range(4)],
    )  # fmt: skip
    assert outcome == ["done"] * 4
    with work() as uow:
        assert len(queries.team(uow.session, edition.id)) == 2


@shows("Workshops", "Who alone owns a running edition hands it over before deleting their account")
def test_who_alone_owns_a_running_edition_hands_it_over_before_leaving_for_good(uow) -> None:
    edition, person = make_team(uow)
    asked = ErasureAsked(person.id)
    team.object_to_erasure(uow, asked)
    assert asked.objections == ["You alone own Muslims in ML 2026. Hand it over on its team page first."]
    member_of(uow, edition, Role.OWNER)
    asked = ErasureAsked(person.id)
    team.object_to_erasure(uow, asked)
    assert asked.objections == []


@keeps("P4", "B13")
def test_an_erased_person_is_on_no_team_owns_no_community_and_stands_in_no_invitation(uow) -> None:
    edition, uow.actor = make_team(uow)
    person, _row = member_of(uow, edition, Role.REVIEWER)
    own_community(uow, edition.community, person)
    team.invite(uow, edition, person.email.upper(), Place(Role.FRONT_DESK))
    team.forget_person(uow, PersonErased(person.id))
    assert [m.person_id for m in queries.team(uow.session, edition.id)] == [uow.actor.id]
    assert queries.community_owners(uow.session, edition.community_id) == []
    assert queries.open_invitations(uow.session, edition.id, uow.now) == []
    assert uow.session.execute(select(Invitation.email)).scalar_one() == ""


def test_a_track_is_free_again_once_its_invitation_was_withdrawn(uow) -> None:
    edition, uow.actor = make_team(uow)
    track = make_track(uow, edition)
    row = team.invite(uow, edition, "a@example.org", Place(Role.TRACK_CHAIR, track.id))
    with pytest.raises(Conflict):
        service.remove_track(uow, edition, track.id)
    team.withdraw_invitation(uow, edition, row.id)
    service.remove_track(uow, edition, track.id)
    assert uow.session.execute(select(Invitation.track_id)).scalar_one() is None


@keeps("M4", "T3")
def test_an_invitation_whose_mail_is_refused_is_named_on_the_team_page(app, work, database, clock) -> None:
    with work() as uow:
        owner = make_team(uow)[1]
        client = client_for(app, uow, owner)
    path = "/musiml/2026/organise/team"
    send(client, f"{path}/invitations", {"addresses": "slip@exmaple.org\nfine@example.org", "role": "reviewer"})
    assert "was refused" not in client.get(path).text
    with patch.object(delivery, "_send", side_effect=lambda mail: ("550 no such user", True)), app.app_context():
        delivery.deliver_due(database, clock)
    with work() as uow:
        # Nobody tries it again, so the link need not lie there; "Send again" makes another.
        assert {(m.state, m.text_body) for m in uow.session.scalars(select(OutboxMail))} == {(MailState.FAILED, "")}
        fine = next(m for m in uow.session.scalars(select(OutboxMail)) if m.to_address == "fine@example.org")
        fine.state = MailState.SENT
    page = client.get(path).text
    assert page.count("The mail was refused") == 1
    assert page.index("slip@exmaple.org") < page.index("The mail was refused")
