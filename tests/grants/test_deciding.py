"""The committee: who sees what, proposals, and the release in one act."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import client_for, join_team, make_person
from tests.grants.factories import (
    AIR,
    LODGING,
    acting,
    committed_of,
    content,
    fortnight,
    make_application,
    make_committee,
    make_fund,
    make_offer,
    open_grants,
    propose,
    release,
)
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.figures import fund_figures
from workshop_manager.funds.refusals import FieldConflict, Overdrawn, Stale
from workshop_manager.grants import deciding, queries, service
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.models import Application, Award, Score
from workshop_manager.grants.queries import Show
from workshop_manager.grants.states import AwardState, State, Verdict
from workshop_manager.mail import queries as mails
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.queries import standing_of
from workshop_manager.workshops.rules import NOBODY, Standing
from workshop_manager.workshops.states import Role


def _count(uow: UnitOfWork, template: str) -> int:
    uow.session.flush()
    return len(uow.session.scalars(select(OutboxMail.id).where(OutboxMail.template == f"grants/{template}")).all())


# -- who sees what --------------------------------------------------------------------------------------------------


@keeps("A12")
@shows("Grants", "A conflict of interest hides an application everywhere, counts included")
def test_nobody_judges_their_own_or_what_is_too_close(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition)
    member, other = make_committee(uow, edition), make_committee(uow, edition, "Idris")
    friend, writer, stranger, near = (make_person(uow, n) for n in ("Friend", "Writer", "Stranger", "Near"))
    make_submission(uow, edition, friend, authors=(member,))
    make_submission(uow, edition, member, state=WorkState.DRAFT, authors=(writer,))
    own, friends, writers, strangers, nears = (
        make_application(uow, edition, p, {AIR: 100}) for p in (member, friend, writer, stranger, near)
    )
    for application in (own, friends, writers, strangers, nears):
        propose(uow, edition, other, application, fund)
    with acting(uow, member):
        deciding.rate(uow, edition, nears.id, 6, "My cousin")
        deciding.declare_conflict(uow, edition, nears.id)
        for hidden in (own, friends, writers, nears):
            proposal = Proposal(Verdict.REJECT, {})
            with pytest.raises(NotFound):
                deciding.rate(uow, edition, hidden.id, 6, "")
            with pytest.raises(NotFound):
                deciding.propose(uow, edition, hidden.id, proposal, started_from=hidden.seen)
            with pytest.raises(NotFound):
                deciding.declare_conflict(uow, edition, hidden.id)
            with pytest.raises(Stale):
                deciding.release(uow, edition, {hidden.id: hidden.seen}, fortnight(uow))
        deciding.rate(uow, edition, strangers.id, 4, "")
    mine, theirs = (standing_of(uow.session, edition.id, p.id) for p in (member, other))
    assert [r.application.id for r in queries.ranked(uow.session, edition.id, mine)] == [strangers.id]
    assert len(queries.ranked(uow.session, edition.id, theirs)) == 5
    assert queries.list_counts(uow.session, edition.id, mine)[Show.ALL] == 1
    assert [a.id for a in queries.pending(uow.session, edition.id, mine)] == [strangers.id]
    assert queries.summary(uow.session, edition.id, mine).applications == 1
    assert fund_figures(uow.session, edition.id, mine)[0].proposed == 100
    assert fund_figures(uow.session, edition.id, theirs)[0].proposed == 500
    assert queries.unread_by_member(uow.session, edition.id) == {other.id: 5}
    assert queries.unread_of(uow.session, other.id, [edition.id]) == {edition.id: 5}
    assert uow.session.scalars(select(Score.score)).all() == [4]


@keeps("A7")
@pytest.mark.parametrize("state", [WorkState.DRAFT, WorkState.WITHDRAWN])
def test_a_draft_that_names_the_committee_takes_no_application_from_it(uow: UnitOfWork, state: WorkState) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition)
    member, other = make_committee(uow, edition), make_committee(uow, edition, "Idris")
    rival = make_person(uow, "Rival")
    application = make_application(uow, edition, rival, {AIR: 100})
    make_submission(uow, edition, make_person(uow, "Foe"), state=state, authors=(rival, member, other))
    make_submission(uow, edition, rival, state=state, authors=(member, other))
    for person in (member, other):
        standing = standing_of(uow.session, edition.id, person.id)
        assert [r.application.id for r in queries.ranked(uow.session, edition.id, standing)] == [application.id]
        assert len(mails.edition_mails(uow.session, edition.id, None, 0, viewer_id=person.id)) == 1
    assert queries.unread_by_member(uow.session, edition.id) == {member.id: 1, other.id: 1}
    assert (
        queries.unread_of(uow.session, member.id, [edition.id])
        == queries.unread_of(uow.session, other.id, [edition.id])
        == {edition.id: 1}
    )
    propose(uow, edition, member, application, fund)


@keeps("A4")
@shows("Grants", "A role counts in its own edition only")
def test_a_role_elsewhere_shows_nothing_here(uow: UnitOfWork) -> None:
    edition, elsewhere = open_grants(uow), open_grants(uow, slug="2027")
    make_fund(uow, edition)
    make_fund(uow, elsewhere)
    application = make_application(uow, edition)
    stranger, chair = make_committee(uow, elsewhere), make_person(uow)
    join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
    for person in (stranger, chair, None):
        with acting(uow, person), pytest.raises((NotFound, Forbidden)):
            deciding.rate(uow, edition, application.id, 3, "")
    with acting(uow, stranger), pytest.raises(NotFound):
        deciding.rate(uow, elsewhere, application.id, 3, "")
    standing = Standing(stranger.id, frozenset({Role.GRANTS_COMMITTEE}))
    assert queries.ranked(uow.session, elsewhere.id, standing) == []
    assert queries.ranked(uow.session, edition.id, NOBODY) == []


@keeps("A12")
def test_mails_about_what_is_too_close_are_hidden_at_the_desk(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    organiser, friend, near = (make_person(uow, n) for n in ("Organiser", "Friend", "Near"))
    join_team(uow, edition, organiser, Role.ORGANISER)
    make_submission(uow, edition, friend, authors=(organiser,))
    nears = [make_application(uow, edition, p) for p in (organiser, friend, near, make_person(uow, "Stranger"))][2]
    with acting(uow, organiser):
        deciding.declare_conflict(uow, edition, nears.id)
    uow.session.flush()
    shown = mails.edition_mails(uow.session, edition.id, None, 0, viewer_id=organiser.id)
    assert [mail.to_name for mail in shown] == ["Stranger"]
    assert len(mails.edition_mails(uow.session, edition.id, None, 0, viewer_id=make_person(uow).id)) == 4


def test_drafts_are_their_writers_alone(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    member = make_committee(uow, edition)
    draft = make_application(uow, edition, hand_in=False)
    standing = standing_of(uow.session, edition.id, member.id)
    assert queries.ranked(uow.session, edition.id, standing) == []
    assert queries.find_at_desk(uow.session, edition.id, standing, draft.id) is None
    assert queries.summary(uow.session, edition.id).applications == 0


# -- scores ---------------------------------------------------------------------------------------------------------


@shows("Grants", "Each member scores from 1 to 6 with a remark, and changes their own; applicants rank by the average")
def test_applicants_rank_by_average_score(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    one, two = make_committee(uow, edition), make_committee(uow, edition)
    low, high, unscored, gone = (make_application(uow, edition) for _ in range(4))
    for member, application, score in ((one, low, 2), (two, low, 3), (one, high, 6), (one, gone, 6)):
        with acting(uow, member):
            deciding.rate(uow, edition, application.id, score, "")
    with acting(uow, one):
        deciding.rate(uow, edition, low.id, 1, "Changed my mind")
        with pytest.raises(FieldConflict):
            deciding.rate(uow, edition, low.id, 7, "")
    with acting(uow, uow.session.get(type(one), gone.person_id)):
        service.withdraw(uow, edition)
    standing = standing_of(uow.session, edition.id, one.id)
    found = queries.ranked(uow.session, edition.id, standing)
    assert [(r.rank, r.application.id, r.average, r.scores, r.own_score) for r in found] == [
        (1, high.id, 6.0, 1, 6),
        (2, low.id, 2.0, 2, 1),
        (3, unscored.id, None, 0, None),
        (4, gone.id, 6.0, 1, 6),
    ]
    assert [r.rank for r in queries.ranked(uow.session, edition.id, standing, Show.MINE)] == [3]
    assert queries.list_counts(uow.session, edition.id, standing) == {
        Show.ALL: 4, Show.MINE: 1, Show.OPEN: 3, Show.PENDING: 0, Show.OFFERED: 0, Show.PAPERLESS: 0,
    }  # fmt: skip
    assert queries.unread_by_member(uow.session, edition.id) == {one.id: 1, two.id: 2}
    assert queries.unread_of(uow.session, one.id, [edition.id]) == {edition.id: 1}
    assert queries.unread_of(uow.session, two.id, [edition.id]) == {edition.id: 2}


# -- proposals ------------------------------------------------------------------------------------------------------


@keeps("A13")
@shows("Grants", "A proposal commits nothing and tells nobody until it is released")
def test_a_proposal_commits_nothing_and_tells_nobody(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition)
    propose(uow, edition, member, application, fund, {AIR: 80_000})
    assert application.state is State.SUBMITTED
    assert committed_of(uow, fund) == 0
    assert _count(uow, "offered") == 0
    propose(uow, edition, member, application, None, verdict=Verdict.WAITLIST)
    assert uow.session.scalars(select(Award)).all() == []


def test_a_proposal_stays_within_what_was_asked_and_what_a_fund_is_for(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, euro = make_fund(uow, edition), make_fund(uow, edition, name="Euro fund", currency="EUR")
    other_fund = make_fund(uow, open_grants(uow, slug="2027"))
    member = make_committee(uow, edition)
    application = make_application(uow, edition)
    line = application.lines[0]
    with acting(uow, member):
        for amounts, refusal in (
            ({line.id: (fund.id, 120_001)}, FieldConflict),
            ({line.id: (euro.id, 100)}, FieldConflict),
            ({line.id: (other_fund.id, 100)}, NotFound),
            ({line.id: (fund.id, 0)}, NotFound),
            ({987_654: (fund.id, 100)}, NotFound),
            ({}, FieldConflict),
        ):
            with pytest.raises(refusal):
                deciding.propose(
                    uow, edition, application.id, Proposal(Verdict.OFFER, amounts), started_from=application.seen
                )
    assert application.verdict is None


@keeps("X3")
def test_two_who_decide_learn_of_each_other(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition)
    one, two = make_committee(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition)
    seen = application.seen
    propose(uow, edition, one, application, fund)
    with acting(uow, two), pytest.raises(Stale):
        deciding.propose(uow, edition, application.id, Proposal(Verdict.REJECT, {}), started_from=seen)


def test_a_change_of_costs_drops_what_was_proposed_beyond_them(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition, person)
    propose(uow, edition, member, application, fund, {AIR: 100_000})
    with acting(uow, person):
        service.save(uow, edition, content({AIR: 100_000}), started_from=application.version)
        assert application.verdict is Verdict.OFFER
        service.save(uow, edition, replace(content({AIR: 99_999})), started_from=application.version)
    uow.session.flush()
    assert application.verdict is None
    assert uow.session.scalars(select(Award)).all() == []
    assert queries.history_of(uow.session, application.id)[0].action == "proposal-dropped"


# -- the release ----------------------------------------------------------------------------------------------------


@keeps("X5", "M1")
@shows("Grants", "Offers, waitlist and refusals are released in one act, with their mails")
def test_answers_are_released_in_one_act(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, visa, member = make_fund(uow, edition), make_fund(uow, edition, name="Beds"), make_committee(uow, edition)
    helped, waiting, refused, undecided = (make_application(uow, edition) for _ in range(4))
    found = queries.find_locked(uow.session, helped.id)
    assert found is not None
    air, lodging = found.lines
    with acting(uow, member):
        amounts = {air.id: (fund.id, 100_000), lodging.id: (visa.id, 30_000)}
        deciding.propose(uow, edition, helped.id, Proposal(Verdict.OFFER, amounts), started_from=helped.seen)
    propose(uow, edition, member, waiting, None, verdict=Verdict.WAITLIST)
    propose(uow, edition, member, refused, None, verdict=Verdict.REJECT)
    release(uow, edition, member, helped, waiting, refused)
    assert [a.state for a in (helped, waiting, refused, undecided)] == [
        State.OFFERED, State.WAITLISTED, State.REJECTED, State.SUBMITTED,
    ]  # fmt: skip
    assert (committed_of(uow, fund), committed_of(uow, visa)) == (100_000, 30_000)
    assert helped.accept_by == uow.now + timedelta(days=14)
    assert helped.accept_by_zone == "Etc/GMT+12"
    assert [_count(uow, name) for name in ("offered", "waitlisted", "rejected")] == [1, 1, 1]
    offer = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/offered")).one()
    assert offer.subject == f"A travel grant of 1,300 USD is offered to you: {edition.name}"
    assert "by Mon 15 June, 00:00 AoE" in offer.text_body
    assert "a part of what you asked for" in offer.text_body
    propose(uow, edition, member, waiting, fund, {LODGING: 30_000})
    release(uow, edition, member, waiting)
    assert waiting.state is State.OFFERED


@keeps("X1", "X5")
@shows("Grants", "A release that would overdraw a fund is refused as a whole, with the figure")
def test_a_release_beyond_a_fund_is_refused_as_a_whole(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition, 200_000), make_committee(uow, edition)
    first, second, refused = (make_application(uow, edition, None, {AIR: 120_000}) for _ in range(3))
    propose(uow, edition, member, first, fund)
    propose(uow, edition, member, second, fund)
    propose(uow, edition, member, refused, None, verdict=Verdict.REJECT)
    with pytest.raises(Overdrawn, match="has 2,000 USD left and these offers need 2,400 USD: 400 USD too much"):
        release(uow, edition, member, first, second, refused)
    assert committed_of(uow, fund) == 0
    assert {a.state for a in (first, second, refused)} == {State.SUBMITTED}
    assert _count(uow, "rejected") == 0
    release(uow, edition, member, first, refused)
    assert committed_of(uow, fund) == 120_000


def test_a_release_needs_a_time_ahead_and_something_to_release(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition)
    propose(uow, edition, member, application, fund)
    chosen = {application.id: application.seen}
    with acting(uow, member):
        for accept_by in (None, replace(fortnight(uow), at=uow.now)):
            with pytest.raises(FieldConflict) as refusal:
                deciding.release(uow, edition, chosen, accept_by)
            assert refusal.value.field == "day"
        with pytest.raises(FieldConflict):
            deciding.release(uow, edition, {}, fortnight(uow))
        for wrong in ({application.id: application.seen - 1}, chosen | {987_654: 1}):
            with pytest.raises(Stale):
                deciding.release(uow, edition, wrong, fortnight(uow))
        deciding.release(uow, edition, chosen, fortnight(uow))
        with pytest.raises(Stale):
            deciding.release(uow, edition, chosen, fortnight(uow))


def test_scores_are_closed_once_the_answer_is_out(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund)
    with acting(uow, member), pytest.raises(Conflict, match="scores are closed"):
        deciding.rate(uow, edition, application.id, 1, "")


def test_what_was_withdrawn_meanwhile_is_not_released(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition, person)
    propose(uow, edition, member, application, fund)
    chosen = {application.id: application.seen}
    with acting(uow, person):
        service.withdraw(uow, edition)
    with acting(uow, member):
        with pytest.raises(Stale):
            deciding.release(uow, edition, chosen, fortnight(uow))
        with pytest.raises(Conflict, match="answered already"):
            propose(uow, edition, member, application, fund)


@shows("Grants", "What is offered and accepted, asked and left is counted for the organisers' home")
def test_the_summary_counts_money_and_people(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, euro = make_fund(uow, edition), make_fund(uow, edition, 10_000, "Euro fund", "EUR")
    member = make_committee(uow, edition)
    accepted = make_person(uow)
    make_offer(uow, edition, member, fund, accepted, {AIR: 100_000})
    with acting(uow, accepted):
        service.accept(uow, edition)
    make_offer(uow, edition, member, fund, None, {AIR: 5_000})
    propose(uow, edition, member, make_application(uow, edition, None, {AIR: 700}, currency="EUR"), euro)
    found = queries.summary(uow.session, edition.id)
    assert (found.applications, found.people_offered, found.people_accepted, found.pending) == (3, 1, 1, 1)
    assert found.totals == (
        queries.Totals("EUR", asked=700, amount=10_000),
        queries.Totals("USD", asked=105_000, amount=500_000, offered=5_000, accepted=100_000),
    )
    assert found.unread == {member.id: 1}


def test_awards_of_a_line_keep_their_history(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person, {AIR: 100})
    uow.now += timedelta(days=15)
    service.expire(uow, edition.id, application.id)
    propose(uow, edition, member, application, fund)
    release(uow, edition, member, application)
    states = uow.session.scalars(select(Award.state).order_by(Award.id)).all()
    assert states == [AwardState.EXPIRED, AwardState.OFFERED]
    assert uow.session.get(Application, application.id).state is State.OFFERED


@shows("Grants", "The committee is told in a sentence when the rules of a fund do not allow an award")
def test_a_fund_gives_only_what_its_rules_allow(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    fund.restrictions = {"stages": ["student"]}
    application = make_application(uow, edition)
    with pytest.raises(FieldConflict) as refusal:
        propose(uow, edition, member, application, fund)
    assert "another stage of their career" in refusal.value.sentence
    application.stage = "student"
    uow.session.flush()
    assert propose(uow, edition, member, application, fund).verdict is Verdict.OFFER


@shows("Grants", "Offers say their conditions, in the mail and where they are accepted: to present, and free words")
def test_an_offer_says_its_conditions(app: Flask, work: Any) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, member, person = make_fund(uow, edition), make_committee(uow, edition), make_person(uow)
        application = make_application(uow, edition, person)
        propose(uow, edition, member, application, fund)
        terms = deciding.Terms("Send a photograph of your talk.", must_present=True)
        with acting(uow, member):
            deciding.release(uow, edition, {application.id: application.seen}, fortnight(uow), terms)
        mail = uow.session.scalars(select(OutboxMail).where(OutboxMail.template == "grants/offered")).one()
        assert "Send a photograph" in mail.text_body
        assert "while you present" in mail.text_body
        client, where = client_for(app, uow, person), "/".join(edition.slugs.values())
    page = client.get(f"/{where}/grants/application").text
    assert "Send a photograph" in page
    assert "while you present" in page
