"""Applying, answering, funds: on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from tests.factories import join_team, make_edition, make_person
from tests.grants.factories import (
    AIR,
    LODGING,
    acting,
    committed_of,
    content,
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
from workshop_manager.accounts.events import PersonErased
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions.events import SubmissionDeclined
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import service as funds
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.service import FundContent
from workshop_manager.grants import papers, queries, service
from workshop_manager.grants.models import Application, Award, Score
from workshop_manager.grants.states import AwardState, CostKind, State, Verdict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.events import SubmissionWithdrawn
from workshop_manager.workshops.states import Role


def mails(uow: UnitOfWork, template: str) -> list[OutboxMail]:
    uow.session.flush()
    return list(uow.session.scalars(select(OutboxMail).where(OutboxMail.template == f"grants/{template}")))


def _awards(uow: UnitOfWork, application: Application) -> dict[CostKind, tuple[AwardState, int]]:
    uow.session.flush()
    found = queries.find_locked(uow.session, application.id)
    assert found is not None
    return {line.kind: (a.state, a.amount) for line in found.lines for a in line.awards}


# -- applying -------------------------------------------------------------------------------------------------------


@shows("Grants", "A draft is saved, handed in, and confirmed by a mail with what was asked for")
def test_a_draft_is_handed_in_and_a_mail_says_so(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    person = make_person(uow, "Wahyuni")
    with acting(uow, person):
        draft = service.save(uow, edition, content(statement=""), started_from=0)
        assert draft.state is State.DRAFT
        assert mails(uow, "received") == []
        service.save(uow, edition, content(), started_from=1)
        done = service.submit(uow, edition)
    assert done.state is State.SUBMITTED
    assert done.submitted_at == uow.now
    (mail,) = mails(uow, "received")
    assert mail.subject == f"Your grant application is in: {edition.name}"
    assert "1,500 USD" in mail.text_body
    assert "You can change everything until Wed 10 June" not in mail.subject
    assert "You can change everything until" in mail.text_body
    assert "/musiml/2026/grants/application" in mail.text_body


def test_what_is_incomplete_is_kept_as_a_draft_and_not_handed_in(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    with acting(uow, make_person(uow)):
        service.save(uow, edition, content({}), started_from=0)
        with pytest.raises(FieldConflict, match="at least one estimate"):
            service.submit(uow, edition)


def test_what_was_handed_in_can_be_changed_but_stays_complete(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    person = make_person(uow)
    application = make_application(uow, edition, person)
    with acting(uow, person):
        changed = service.save(uow, edition, content({AIR: 90_000}), started_from=application.version)
        assert changed.state is State.SUBMITTED
        assert [(line.kind, line.asked) for line in changed.lines] == [(AIR, 90_000)]
        with pytest.raises(FieldConflict):
            service.save(uow, edition, content(statement=""), started_from=changed.version)


@pytest.mark.parametrize(("moved", "sentence"), [(timedelta(days=-11), "not open yet"), (timedelta(days=11), "passed")])
def test_nothing_is_saved_outside_the_window(
    uow: UnitOfWork, clock: FixedClock, moved: timedelta, sentence: str
) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    uow.now += moved
    with acting(uow, make_person(uow)), pytest.raises(Conflict, match=sentence):
        service.save(uow, edition, content(), started_from=0)


@shows("Bad input", "An application one second after the deadline is refused")
def test_the_announced_second_is_in_time_and_the_next_is_not(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    uow.now += timedelta(days=10)
    with acting(uow, make_person(uow)):
        service.save(uow, edition, content(), started_from=0)
        uow.now += timedelta(seconds=1)
        with pytest.raises(Conflict, match="deadline"):
            service.submit(uow, edition)


def test_without_a_fund_or_a_person_nobody_applies(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    with acting(uow, make_person(uow)), pytest.raises(Conflict, match="not announced"):
        service.save(uow, edition, content(), started_from=0)
    with pytest.raises(Forbidden):
        service.save(uow, edition, content(), started_from=0)


@keeps("X3")
def test_a_form_that_started_from_an_older_version_overwrites_nothing(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    with acting(uow, make_person(uow)):
        service.save(uow, edition, content(), started_from=0)
        for version in (0, 2):
            with pytest.raises(Stale):
                service.save(uow, edition, content({AIR: 1}), started_from=version)


@keeps("X2")
@shows("Grants", "One application a person and edition")
def test_a_person_has_one_application_in_an_edition(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    first = make_application(uow, edition)
    again = Application(
        edition_id=edition.id, person_id=first.person_id, currency="USD", created_at=uow.now, changed_at=uow.now
    )
    uow.session.add(again)
    with pytest.raises(IntegrityError):
        uow.session.flush()
    uow.session.rollback()


def test_estimates_are_in_the_currency_of_a_fund(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    with acting(uow, make_person(uow)), pytest.raises(FieldConflict, match="currency"):
        service.save(uow, edition, content(currency="JPY"), started_from=0)


@shows("Grants", "An application can be withdrawn, and begun again while applications are taken")
def test_what_was_withdrawn_can_be_begun_again_in_time(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    person = make_person(uow)
    application = make_application(uow, edition, person)
    with acting(uow, person):
        service.withdraw(uow, edition)
        assert application.state is State.WITHDRAWN
        assert "Nobody decides about it" in mails(uow, "withdrawn")[0].text_body
        again = service.save(uow, edition, content({AIR: 5}), started_from=application.version)
        assert again.id == application.id
        assert again.state is State.DRAFT
        assert service.submit(uow, edition).state is State.SUBMITTED
    assert len(mails(uow, "received")) == 2


def test_a_draft_is_removed_and_nothing_else_is(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    person = make_person(uow)
    make_application(uow, edition, person, hand_in=False)
    with acting(uow, person):
        service.discard(uow, edition)
        assert uow.session.scalar(select(func.count(Application.id))) == 0
        with pytest.raises(NotFound):
            service.discard(uow, edition)
        make_application(uow, edition, person)
        with pytest.raises(Conflict, match="Withdraw"):
            service.discard(uow, edition)


def test_another_edition_knows_nothing_of_an_application(uow: UnitOfWork) -> None:
    edition, other = open_grants(uow), make_edition(uow, slug="2027")
    make_fund(uow, edition)
    person = make_person(uow)
    make_application(uow, edition, person)
    with acting(uow, person):
        for verb in (service.withdraw, service.accept, service.decline, service.submit, service.discard):
            with pytest.raises(NotFound):
                verb(uow, other)


# -- answering ------------------------------------------------------------------------------------------------------


@shows("Grants", "An offer is accepted, and the money stays committed", "Mails say what is offered, accepted, declined")
def test_an_offer_is_accepted(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    assert committed_of(uow, fund) == 150_000
    with acting(uow, person):
        service.accept(uow, edition)
    assert application.state is State.ACCEPTED
    assert application.answered_at == uow.now
    assert committed_of(uow, fund) == 150_000
    (mail,) = mails(uow, "accepted")
    assert mail.subject == f"Your travel grant of 1,500 USD is accepted: {edition.name}"
    with acting(uow, person), pytest.raises(Conflict, match="no offer"):
        service.accept(uow, edition)


@shows("Grants", "An applicant accepts in part, line by line, and the rest returns to the fund at once")
def test_an_offer_is_accepted_in_part(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    air, lodging = application.lines
    with acting(uow, person):
        service.accept(uow, edition, {air.id: 100_000})
    assert _awards(uow, application) == {
        AIR: (AwardState.ACCEPTED, 100_000),
        LODGING: (AwardState.DECLINED, 30_000),
    }
    assert committed_of(uow, fund) == 100_000
    with acting(uow, person):
        service.accept(uow, edition, {air.id: 40_000})
        assert committed_of(uow, fund) == 40_000
        assert mails(uow, "accepted")[-1].subject.startswith("Your travel grant is now 400 USD")
        for wrong in ({air.id: 40_001}, {lodging.id: 1}, {air.id: -1}):
            with pytest.raises(Conflict, match="only be lowered"):
                service.accept(uow, edition, wrong)
        service.accept(uow, edition, {})
    assert application.state is State.DECLINED
    assert committed_of(uow, fund) == 0


def test_an_offer_is_declined_and_the_money_returns(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    with acting(uow, person):
        service.decline(uow, edition)
        assert application.state is State.DECLINED
        assert committed_of(uow, fund) == 0
        assert "1,500 USD" in mails(uow, "declined")[0].text_body
        with pytest.raises(Conflict):
            service.decline(uow, edition)


@shows("Bad input", "An offer accepted one second after its end is refused with a clear sentence")
def test_an_offer_is_not_accepted_one_second_too_late(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    uow.now += timedelta(days=14, seconds=1)
    with acting(uow, person):
        with pytest.raises(Conflict, match="This offer ended on"):
            service.accept(uow, edition)
        with pytest.raises(Conflict, match="This offer ended on"):
            service.decline(uow, edition)
        uow.now -= timedelta(seconds=1)
        service.accept(uow, edition)
    assert application.state is State.ACCEPTED


@shows("Grants", "An offer nobody answers ends by itself, the money returns and a mail says so")
def test_the_job_ends_what_nobody_answered(work: Any, app: Any, database: Database, clock: FixedClock) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, member = make_fund(uow, edition), make_committee(uow, edition)
        late, quick = make_person(uow, "Late"), make_person(uow, "Quick")
        application = make_offer(uow, edition, member, fund, late, {AIR: 100_000})
        make_offer(uow, edition, member, fund, quick, {AIR: 20_000})
        with acting(uow, quick):
            service.accept(uow, edition)
    clock.at += timedelta(days=14)
    with app.app_context():
        service.expire_offers(database, clock)
    with work() as uow:
        assert uow.session.get(Application, application.id).state is State.OFFERED
    clock.at += timedelta(seconds=1)
    with app.app_context():
        service.expire_offers(database, clock)
        service.expire_offers(database, clock)
    with work() as uow:
        ended = queries.find_locked(uow.session, application.id)
        assert ended is not None
        assert ended.state is State.EXPIRED
        assert [a.state for line in ended.lines for a in line.awards] == [AwardState.EXPIRED]
        assert uow.session.get(type(fund), fund.id).committed == 20_000
        (mail,) = mails(uow, "expired")
        assert "did not hear from you" in mail.text_body
        assert "1,000 USD" in mail.text_body
        history = [entry.action for entry in queries.history_of(uow.session, application.id)]
        assert history[:2] == ["returned", "expired"]


def test_a_broken_mail_does_not_keep_the_others_money(
    work: Any, app: Any, database: Database, clock: FixedClock
) -> None:
    with work() as uow:
        edition = open_grants(uow)
        fund, member = make_fund(uow, edition), make_committee(uow, edition)
        broken, fine = make_person(uow), make_person(uow)
        make_offer(uow, edition, member, fund, broken, {AIR: 1_000})
        make_offer(uow, edition, member, fund, fine, {AIR: 100})
        broken.email = "not an address"
    clock.at += timedelta(days=15)
    with app.app_context():
        service.expire_offers(database, clock)
    with work() as uow:
        assert uow.session.get(type(fund), fund.id).committed == 1_000


def test_what_has_ended_can_be_offered_again(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    uow.now += timedelta(days=15)
    assert service.expire(uow, edition.id, application.id)
    assert not service.expire(uow, edition.id, application.id)
    propose(uow, edition, member, application, fund, {AIR: 50_000})
    assert committed_of(uow, fund) == 0
    release(uow, edition, member, application)
    assert committed_of(uow, fund) == 50_000
    with acting(uow, person):
        service.accept(uow, edition)
    assert application.promised == 50_000
    assert len(mails(uow, "offered")) == 2


@shows("Grants", "Withdrawing returns what was offered or accepted")
def test_withdrawing_returns_the_money(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, person)
    with acting(uow, person):
        service.accept(uow, edition)
        service.withdraw(uow, edition)
    assert committed_of(uow, fund) == 0
    assert {state for state, _amount in _awards(uow, application).values()} == {AwardState.RETURNED}
    assert "1,500 USD promised to you" in mails(uow, "withdrawn")[0].text_body


# -- funds ----------------------------------------------------------------------------------------------------------


def _fund(**values: Any) -> FundContent:
    given = {"name": "General fund", "sponsor": "", "purpose": "", "currency": "USD", "amount": 100_000} | values
    return FundContent(**given)


@shows("Grants", "Several funds an edition, each with amount, currency, sponsor and purpose")
def test_organisers_set_up_funds_and_nobody_else_does(uow: UnitOfWork) -> None:
    edition, organiser = make_edition(uow), make_person(uow)
    join_team(uow, edition, organiser, Role.ORGANISER)
    with acting(uow, organiser):
        made = funds.add_fund(uow, edition, _fund())
        funds.add_fund(uow, edition, _fund(name="Visa fund", currency="KWD", amount=1_234))
        assert [str(f.money(f.amount)) for f in fund_rows.funds(uow.session, edition.id)] == ["1,000 USD", "1.234 KWD"]
        with pytest.raises(FieldConflict, match="of that name"):
            funds.add_fund(uow, edition, _fund(name="general FUND"))
        with pytest.raises(NotFound):
            funds.edit_fund(uow, make_edition(uow, slug="2027"), made.id, _fund(), started_from=1)
    member = make_committee(uow, edition)
    elsewhere = make_person(uow)
    join_team(uow, make_edition(uow, slug="2028"), elsewhere, Role.OWNER)
    for person in (member, elsewhere, None):
        with acting(uow, person), pytest.raises((NotFound, Forbidden)):
            funds.add_fund(uow, edition, _fund(name="Mine"))


@shows("Bad input", "A fund lowered below what is committed is refused with the figure")
def test_a_fund_is_not_lowered_below_what_is_promised(uow: UnitOfWork) -> None:
    edition, organiser = open_grants(uow), make_person(uow)
    join_team(uow, edition, organiser, Role.ORGANISER)
    fund = make_fund(uow, edition)
    make_offer(uow, edition, make_committee(uow, edition), fund)
    with acting(uow, organiser):
        with pytest.raises(FieldConflict, match="1,500 USD of this fund is offered or accepted"):
            funds.edit_fund(uow, edition, fund.id, _fund(amount=149_999), started_from=1)
        funds.edit_fund(uow, edition, fund.id, _fund(amount=150_000), started_from=1)
        with pytest.raises(Stale):
            funds.edit_fund(uow, edition, fund.id, _fund(amount=200_000), started_from=1)
    assert fund.left == 0


def test_a_currency_is_fixed_once_something_is_proposed(uow: UnitOfWork) -> None:
    edition, organiser = open_grants(uow), make_person(uow)
    join_team(uow, edition, organiser, Role.ORGANISER)
    fund, euro = make_fund(uow, edition), make_fund(uow, edition, name="Euro fund", currency="EUR")
    application = make_application(uow, edition)
    with acting(uow, organiser):
        with pytest.raises(FieldConflict, match="no other fund could help"):
            funds.edit_fund(uow, edition, fund.id, _fund(currency="EUR"), started_from=1)
        funds.edit_fund(uow, edition, euro.id, _fund(name="Yen fund", currency="JPY"), started_from=1)
        propose(uow, edition, organiser, application, fund)
        with pytest.raises(FieldConflict, match="currency is fixed"):
            funds.edit_fund(uow, edition, fund.id, _fund(currency="EUR"), started_from=1)


def test_only_a_fund_without_history_is_removed(uow: UnitOfWork) -> None:
    edition, organiser = open_grants(uow), make_person(uow)
    join_team(uow, edition, organiser, Role.ORGANISER)
    fund, spare = make_fund(uow, edition), make_fund(uow, edition, name="Spare", currency="EUR")
    application = make_application(uow, edition)
    with acting(uow, organiser):
        funds.remove_fund(uow, edition, spare.id)
        with pytest.raises(Conflict, match="no other fund"):
            funds.remove_fund(uow, edition, fund.id)
        propose(uow, edition, organiser, application, fund)
        with pytest.raises(Conflict, match="so it stays"):
            funds.remove_fund(uow, edition, fund.id)


@keeps("X1")
def test_the_database_itself_keeps_a_fund_from_being_overdrawn(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund = make_fund(uow, edition, 100)
    for committed in (101, -1):
        with pytest.raises(IntegrityError), uow.session.begin_nested():
            uow.session.execute(
                text("UPDATE grant_funds SET committed = :c WHERE id = :i"), {"c": committed, "i": fund.id}
            )


def test_a_line_has_one_award_at_a_time(uow: UnitOfWork) -> None:
    edition = open_grants(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_offer(uow, edition, member, fund, None, {AIR: 100})
    with pytest.raises(IntegrityError), uow.session.begin_nested():
        uow.session.add(
            Award(
                application_id=application.id, line_id=application.lines[0].id, fund_id=fund.id, amount=1,
                state=AwardState.PROPOSED, changed_at=uow.now,
            )
        )  # fmt: skip
        uow.session.flush()


# -- what other packages tell ---------------------------------------------------------------------------------------


@keeps("P4")
@shows("Grants", "Who deletes their account leaves no statement behind, and their money returns")
def test_an_erased_person_returns_money_and_leaves_no_text(uow: UnitOfWork) -> None:
    edition, other = open_grants(uow), open_grants(uow, slug="2027")
    person, member = make_person(uow), make_committee(uow, edition)
    fund = make_fund(uow, edition)
    make_fund(uow, other)
    application = make_application(uow, edition, person, other_funding="My uncle")
    uow.session.add(
        Score(application_id=application.id, person_id=member.id, score=5, remark="She", changed_at=uow.now)
    )
    propose(uow, edition, member, application, fund)
    release(uow, edition, member, application)
    make_application(uow, other, person, hand_in=False)
    service.on_person_erased(uow, PersonErased(person.id))
    assert committed_of(uow, fund) == 0
    assert (application.state, application.statement, application.other_funding) == (State.WITHDRAWN, "", "")
    assert uow.session.scalars(select(Score.remark)).one() == ""
    assert [a.edition_id for a in uow.session.scalars(select(Application))] == [edition.id]
    service.on_person_erased(uow, PersonErased(person.id))
    service.on_person_erased(uow, PersonErased(member.id))


@pytest.mark.parametrize("event", [SubmissionWithdrawn, SubmissionDeclined])
def test_a_submission_that_is_gone_is_noted_with_every_application_of_its_people(
    uow: UnitOfWork, event: type[SubmissionWithdrawn | SubmissionDeclined]
) -> None:
    edition = open_grants(uow)
    make_fund(uow, edition)
    author, coauthor, stranger = make_person(uow), make_person(uow), make_person(uow)
    work = make_submission(uow, edition, author, authors=(coauthor,))
    applications = [make_application(uow, edition, person) for person in (author, coauthor, stranger)]
    papers.on_submission_left(uow, event(work.id, edition.id))
    uow.session.flush()
    noted = [
        any(
            entry.action in ("submission-withdrawn", "submission-declined")
            for entry in queries.history_of(uow.session, one.id)
        )
        for one in applications
    ]
    assert noted == [True, True, False]


def test_a_person_finds_their_applications_everywhere(uow: UnitOfWork) -> None:
    person = make_person(uow)
    for slug in ("2026", "2027"):
        edition = open_grants(uow, slug=slug)
        make_fund(uow, edition)
        make_application(uow, edition, person)
    make_application(uow, edition)
    found = queries.of_person(uow.session, person.id)
    assert sorted(edition.slug for _application, edition in found) == ["2026", "2027"]
    assert all(edition.community.slug == "musiml" and application.promised == 0 for application, edition in found)


def test_verdicts_do_not_show_in_what_is_the_applicants(uow: UnitOfWork) -> None:
    edition, person = open_grants(uow), make_person(uow)
    fund, member = make_fund(uow, edition), make_committee(uow, edition)
    application = make_application(uow, edition, person)
    before = (application.version, application.changed_at, application.promised)
    uow.now += timedelta(hours=1)
    propose(uow, edition, member, application, fund)
    assert (application.version, application.changed_at, application.promised) == before
    assert application.verdict is Verdict.OFFER
