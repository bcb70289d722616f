"""The pages through a client: what each shows, to whom, and what comes of each form."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import literal

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.grants.factories import (
    AIR,
    make_application,
    make_committee,
    make_fund,
    make_row,
    open_grants,
    propose,
    release,
)
from tests.queries import count_queries
from tests.registrations.factories import make_kind, make_registration
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.accounts.models import Person as _Person
from workshop_manager.core import jobs
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.funds.models import Fund
from workshop_manager.grants import queries, service
from workshop_manager.grants.models import Application, GrantConflict, Score
from workshop_manager.grants.states import State, Verdict
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import DateKey, Role

PUBLIC, MINE, DESK = "/musiml/2026/grants", "/musiml/2026/grants/application", "/musiml/2026/organise/grants"


@dataclass
class Stage:
    """An edition with a fund, and somebody of each kind with a client."""

    edition_id: int
    fund_id: int
    applicant: FlaskClient
    applicant_id: int
    member: FlaskClient
    organiser: FlaskClient
    visitor: FlaskClient
    application_id: int = 0
    seen: int = 0
    line_ids: tuple[int, ...] = ()


@pytest.fixture
def stage(work: Any, app: Flask) -> Stage:
    """Nobody has applied yet."""
    with work() as uow:
        edition = open_grants(uow)
        fund = make_fund(uow, edition)
        applicant, organiser = make_person(uow, "Wahyuni"), make_person(uow, "Idris")
        member = make_committee(uow, edition)
        join_team(uow, edition, organiser, Role.ORGANISER)
        clients = [client_for(app, uow, person) for person in (applicant, member, organiser, None)]
        return Stage(edition.id, fund.id, clients[0], applicant.id, clients[1], clients[2], clients[3])


def _apply(work: Any, stage: Stage, **values: Any) -> Stage:
    with work() as uow:
        edition, person = _edition(uow, stage), uow.session.get(_Person, stage.applicant_id)
        made = make_application(uow, edition, person, **values)
        stage.application_id, stage.seen = made.id, made.seen
        stage.line_ids = tuple(line.id for line in made.lines)
    return stage


def _offer(work: Any, stage: Stage) -> Stage:
    _apply(work, stage)
    with work() as uow:
        edition = _edition(uow, stage)
        fund, member = uow.session.get(Fund, stage.fund_id), make_committee(uow, edition, "Second")
        application = queries.find_locked(uow.session, stage.application_id)
        propose(uow, edition, member, application, fund)
        release(uow, edition, member, application)
    return stage


def _edition(uow: Any, stage: Stage) -> Any:
    return get_edition(uow.session, stage.edition_id)


def _state(work: Any, stage: Stage) -> State | None:
    with work() as uow:
        return queries.state_of(uow.session, stage.edition_id, stage.applicant_id)


def _text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def _version(page: str) -> str:
    found = re.search(r'<input[^>]*name="version"[^>]*>', page)
    assert found is not None
    return re.sub(r'.*value="(\d+)".*', r"\1", found.group())


TYPED = {
    "version": "0", "amount_air": "1,290.50", "about_air": "Jakarta to New Orleans", "amount_data": "40",
    "amount_lodging": "", "statement": "It would be my first paper.", "cannot_front": "y", "other_funding": "",
    "do": "submit",
}  # fmt: skip


# -- what there is --------------------------------------------------------------------------------------------------


@shows(
    "Grants", "A public page says what the grants are for, until when one can apply, for what, and how it is decided"
)
def test_the_public_page_says_what_there_is(stage: Stage) -> None:
    found = _text(stage.visitor.get(PUBLIC))
    for words in (
        "You can apply now", "Thu 11 June, 00:00 AoE", "General fund", "Northern Lake Lab", "Data or bandwidth",
        "How it is decided", "Apply for a grant", "10 days left",
    ):  # fmt: skip
        assert words in found, words
    assert "5,000" not in found
    assert "Funds and texts" not in found
    assert "Funds and texts" in stage.organiser.get(PUBLIC).text


def test_the_edition_page_and_its_tab_lead_to_the_grants(stage: Stage) -> None:
    found = stage.visitor.get("/musiml/2026/")
    assert f'href="{PUBLIC}"' in found.text
    assert "Travel grants" in _text(found)


def test_without_a_fund_or_before_the_opening_nobody_is_asked_to_apply(
    work: Any, app: Flask, clock: FixedClock
) -> None:
    with work() as uow:
        make_edition(uow)
    client = app.test_client()
    assert "No grants are announced yet" in client.get(PUBLIC).text
    assert "Travel grants" not in _text(client.get("/musiml/2026/"))


def test_before_and_after_the_window_the_page_says_so(stage: Stage, clock: FixedClock) -> None:
    clock.at += timedelta(days=11)
    assert "Applications are closed" in stage.visitor.get(PUBLIC).text
    clock.at -= timedelta(days=30)
    assert "Applications open soon" in stage.visitor.get(PUBLIC).text


@shows("Grants", "The grants page of an edition that is over says so, until when one could apply, and asks nobody back")
def test_after_the_edition_the_page_says_that_it_is_over(
    stage: Stage, work: Any, app: Flask, clock: FixedClock
) -> None:
    with work() as uow:
        make_edition(uow, slug="2025")
    clock.at = datetime(2027, 1, 1, tzinfo=UTC)
    funded, unfunded = _text(stage.visitor.get(PUBLIC)), _text(stage.visitor.get("/musiml/2025/grants"))
    assert "Applications were taken until then." in funded
    assert "What the grants were for" in funded
    assert "No grants were announced here." in unfunded
    for page in (funded, unfunded):
        assert "This is over" in page
        assert "Nobody can apply any more. What it was" in page
        for word in ("Come back later", "What you can ask for", "Applications are closed"):
            assert word not in page


# -- applying -------------------------------------------------------------------------------------------------------


def test_a_visitor_is_asked_to_sign_in(stage: Stage) -> None:
    answer = stage.visitor.get(MINE)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")


@shows("Grants", "Kinds of cost with an estimate each, a statement, “cannot pay up front” and other funding")
def test_an_application_is_typed_and_handed_in(stage: Stage, work: Any) -> None:
    assert "Hand in the application" in stage.applicant.get(MINE).text
    answer = send(stage.applicant, MINE, TYPED)
    assert (answer.status_code, answer.location) == (303, MINE)
    found = _text(stage.applicant.get(MINE))
    assert "Your application is in." in found
    for words in ("1,290.50 USD", "Jakarta to New Orleans", "1,330.50 USD", "You cannot pay costs up front."):
        assert words in found, words
    assert _state(work, stage) is State.SUBMITTED


def test_a_draft_is_saved_with_gaps_and_found_again(stage: Stage, work: Any) -> None:
    answer = send(stage.applicant, MINE, {"version": "0", "amount_air": "12", "statement": "", "do": "draft"})
    assert answer.status_code == 303
    assert 'value="12"' in stage.applicant.get(MINE).text
    assert _state(work, stage) is State.DRAFT


@keeps("I13")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount_air": "a lot"}, "is not an amount"),
        ({"amount_air": "-5"}, "below zero"),
        ({"amount_air": "1.234"}, "USD has 2 digits after the point"),
        ({"amount_air": "9" * 20}, "more than this form can hold"),
        ({"amount_air": "NaN"}, "below zero"),
        ({"amount_air": "", "amount_data": "0"}, "at least one estimate above zero"),
        ({"statement": " \u200b "}, "Tell us in a few sentences"),
        ({"statement": "word " * 501}, "Take out 1."),
        ({"statement": "x" * 10_001}, "longer than the 10000 characters"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_everything_stays(
    stage: Stage, work: Any, typed: dict[str, str], sentence: str
) -> None:
    answer = send(stage.applicant, MINE, TYPED | {"other_funding": "My uncle, perhaps"} | typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "My uncle, perhaps" in answer.text
    assert "Everything you typed is kept." in answer.text
    assert _state(work, stage) is None


def test_yen_have_no_decimals_and_dinars_three(work: Any, app: Flask) -> None:
    with work() as uow:
        edition, person = open_grants(uow), make_person(uow)
        make_fund(uow, edition, 10_000, "Yen fund", "JPY")
        make_fund(uow, edition, 10_000, "Dinar fund", "KWD")
        client = client_for(app, uow, person)
    wrong = send(client, MINE, TYPED | {"currency": "JPY", "amount_air": "1200.50"})
    assert "JPY has no digits after the point" in wrong.text
    assert "Choose one from the list" not in wrong.text
    assert send(client, MINE, TYPED | {"currency": "USD"}).status_code == 422
    done = send(client, MINE, TYPED | {"currency": "KWD", "amount_air": "12.345", "amount_data": ""})
    assert done.status_code == 303
    assert "12.345 KWD" in client.get(MINE).text


def test_what_was_handed_in_is_changed_until_the_deadline(stage: Stage, work: Any, clock: FixedClock) -> None:
    _apply(work, stage)
    page = stage.applicant.get(f"{MINE}/edit").text
    assert 'value="1200"' in page
    version = _version(page)
    assert send(stage.applicant, MINE, TYPED | {"version": version}).status_code == 303
    assert "1,330.50 USD" in stage.applicant.get(MINE).text
    assert send(stage.applicant, MINE, TYPED | {"version": "3", "statement": ""}).status_code == 422
    clock.at += timedelta(days=10, seconds=1)
    late = send(stage.applicant, MINE, TYPED | {"version": "3"})
    assert late.status_code == 409
    assert "The deadline was Thu 11 June, 00:00 AoE" in late.text
    assert stage.applicant.get(f"{MINE}/edit").status_code == 303


@keeps("X3")
def test_a_second_tab_learns_of_the_first(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    answer = send(stage.applicant, MINE, TYPED | {"version": "1", "statement": "Typed in the other tab"})
    assert answer.status_code == 422
    assert "Another version was saved after you opened this page" in answer.text
    assert "Typed in the other tab" in answer.text
    assert "I would present my first paper." in answer.text
    version = _version(answer.text)
    assert send(stage.applicant, MINE, TYPED | {"version": version}).status_code == 303


@keeps("X2")
def test_two_clicks_hand_in_once(stage: Stage, work: Any) -> None:
    typed = TYPED | {"once": "a-key-of-this-form-123"}
    first, second = (send(stage.applicant, MINE, typed) for _ in range(2))
    assert (first.location, second.location) == (MINE, MINE)
    with work() as uow:
        assert uow.session.query(Application).count() == 1


@shows("Grants", "Whether one presents and is registered is computed and shown, never asked")
def test_presenting_and_registration_are_computed(stage: Stage, work: Any) -> None:
    with work() as uow:
        edition, person = _edition(uow, stage), uow.session.get(_Person, stage.applicant_id)
        make_submission(uow, edition, person, state=WorkState.ACCEPTED, title="A title nobody here needs")
        make_registration(uow, edition, make_kind(uow, edition, "From afar"), person)
    form = _text(stage.applicant.get(MINE))
    assert "presents a submission: accepted" in form
    assert "registered: From afar" in form
    _apply(work, stage)
    for path in (DESK, f"{DESK}/applications/{stage.application_id}"):
        found = _text(stage.member.get(path))
        assert "presents a submission: accepted" in found
        assert "registered: From afar" in found
        assert "A title nobody here needs" not in found


@keeps("A1", "A3")
def test_nobody_sees_or_touches_the_application_of_another(stage: Stage, work: Any, app: Flask) -> None:
    _offer(work, stage)
    with work() as uow:
        other = client_for(app, uow, make_person(uow, "Somebody else"))
    assert "first paper" not in other.get(MINE).text
    for path in ("acceptance", "refusal", "withdrawal", "removal"):
        assert send(other, f"{MINE}/{path}").status_code == 404
    assert _state(work, stage) is State.OFFERED


# -- answering ------------------------------------------------------------------------------------------------------


@keeps("A13")
def test_an_applicant_sees_nothing_of_a_pending_decision(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    before = _text(stage.applicant.get(MINE)), _text(stage.applicant.get(f"{MINE}/edit"))
    with work() as uow:
        edition = _edition(uow, stage)
        application = queries.find_locked(uow.session, stage.application_id)
        propose(uow, edition, make_committee(uow, edition, "Third"), application, uow.session.get(Fund, stage.fund_id))
    assert (_text(stage.applicant.get(MINE)), _text(stage.applicant.get(f"{MINE}/edit"))) == before
    assert _version(stage.applicant.get(f"{MINE}/edit").text) == str(stage.seen)


def test_an_offer_is_seen_and_accepted(stage: Stage, work: Any) -> None:
    _offer(work, stage)
    found = _text(stage.applicant.get(MINE))
    assert "1,500 USD is offered to you" in found
    assert "Mon 15 June, 00:00 AoE" in found
    assert send(stage.applicant, f"{MINE}/acceptance").status_code == 303
    found = _text(stage.applicant.get(MINE))
    assert "1,500 USD is set aside for you." in found
    assert "Give it back" in found


def test_a_part_is_accepted_by_line(stage: Stage, work: Any) -> None:
    _offer(work, stage)
    air, lodging = stage.line_ids
    part = {"do": "part", f"take_{air}": "1000", f"take_{lodging}": ""}
    for wrong, sentence in (("1200.01", "At most the 1,200 USD"), ("much", "is not an amount")):
        answer = send(stage.applicant, f"{MINE}/acceptance", part | {f"take_{air}": wrong})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert f'value="{wrong}"' in answer.text
    assert send(stage.applicant, f"{MINE}/acceptance", part).status_code == 303
    with work() as uow:
        assert uow.session.get(Fund, stage.fund_id).committed == 100_000
    assert send(stage.applicant, f"{MINE}/acceptance", {"do": "part", f"take_{air}": "400"}).status_code == 303
    assert "400 USD is set aside" in _text(stage.applicant.get(MINE))
    assert send(stage.applicant, f"{MINE}/refusal").status_code == 303
    assert "You declined" in _text(stage.applicant.get(MINE))


def test_an_offer_that_has_ended_answers_with_a_clear_conflict(
    stage: Stage, work: Any, app: Flask, clock: FixedClock
) -> None:
    _offer(work, stage)
    clock.at += timedelta(days=14, seconds=1)
    with work() as uow:
        back_again = client_for(app, uow, uow.session.get(_Person, stage.applicant_id))
    assert "This offer has ended" in back_again.get(MINE).text
    answer = send(back_again, f"{MINE}/acceptance")
    assert answer.status_code == 409
    assert "This offer ended on Mon 15 June, 00:00 AoE" in answer.text
    assert _state(work, stage) is State.OFFERED


def test_withdrawing_and_removing(stage: Stage, work: Any) -> None:
    _apply(work, stage, hand_in=False)
    assert send(stage.applicant, f"{MINE}/removal").location == PUBLIC
    _apply(work, stage)
    assert send(stage.applicant, f"{MINE}/withdrawal").status_code == 303
    page = stage.applicant.get(MINE)
    assert "You took this back" in page.text
    assert "Apply again" in page.text
    assert send(stage.applicant, f"{MINE}/withdrawal").status_code == 409


@pytest.mark.parametrize("verdict", [Verdict.WAITLIST, Verdict.REJECT])
def test_every_answer_has_its_page(stage: Stage, work: Any, verdict: Verdict) -> None:
    _apply(work, stage)
    with work() as uow:
        edition = _edition(uow, stage)
        member, application = make_committee(uow, edition), queries.find_locked(uow.session, stage.application_id)
        propose(uow, edition, member, application, None, verdict=verdict)
        release(uow, edition, member, application)
    sentence = "does not reach to you yet" if verdict is Verdict.WAITLIST else "could not give you a grant this time"
    assert sentence in stage.applicant.get(MINE).text
    assert stage.applicant.get(PUBLIC).status_code == 200


# -- the committee --------------------------------------------------------------------------------------------------


@keeps("A2", "A4")
def test_the_desk_is_for_its_committee(stage: Stage, work: Any, app: Flask) -> None:
    _apply(work, stage)
    with work() as uow:
        elsewhere, chair = make_person(uow), make_person(uow)
        join_team(uow, make_edition(uow, slug="2027"), elsewhere, Role.OWNER)
        join_team(uow, _edition(uow, stage), chair, Role.PROGRAMME_CHAIR)
        others = [client_for(app, uow, p) for p in (elsewhere, chair)]
    one = f"{DESK}/applications/{stage.application_id}"
    for client in (*others, stage.applicant):
        for path in (DESK, one, f"{DESK}/release", f"{DESK}/funds", f"{DESK}.csv"):
            assert client.get(path).status_code == 404, path
        for path in (f"{one}/proposal", f"{one}/conflict", f"{DESK}/release", f"{DESK}/funds"):
            assert send(client, path, {"score": "6"}).status_code == 404, path
    for path in (f"{DESK}/funds", f"{DESK}/funds/{stage.fund_id}", f"{DESK}/texts", f"{DESK}.csv"):
        assert stage.member.get(path).status_code == 404, path
        assert stage.organiser.get(path).status_code == 200, path
    assert stage.organiser.get(f"/musiml/2027/organise/grants/applications/{stage.application_id}").status_code == 404


@shows("Grants", "The committee ranks, proposes line by line from a fund, and releases; nothing is offered before")
def test_the_committee_scores_proposes_and_releases(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    one = f"{DESK}/applications/{stage.application_id}"
    found = _text(stage.member.get(DESK))
    for words in ("Wahyuni", "One waits for your score", "1,500 USD", "undecided", "5,000 left"):
        assert words in found, words
    score = f"{DESK}/reading/{stage.application_id}/score"
    assert send(stage.member, score, {"remark": "Good"}).status_code == 422
    assert send(stage.member, score, {"axis_overall": "5", "remark": "Good"}).status_code == 303
    assert "5.0 from one score. Yours is 5." in _text(stage.member.get(DESK))
    air, lodging = stage.line_ids
    typed = {
        "version": str(stage.seen), "verdict": "offer", f"amount_{air}": "1100", f"fund_{air}": str(stage.fund_id),
        f"amount_{lodging}": "", f"fund_{lodging}": str(stage.fund_id),
    }  # fmt: skip
    wrong = send(stage.member, f"{one}/proposal", typed | {"verdict": "waitlist"})
    assert wrong.status_code == 422
    assert "Decide for an offer, or empty them." in wrong.text
    wrong = send(stage.member, f"{one}/proposal", typed | {f"amount_{air}": "1200.01"})
    assert "Only 1,200 USD was asked for here." in wrong.text
    assert send(stage.member, f"{one}/proposal", typed).status_code == 303
    found = _text(stage.member.get(DESK))
    for words in (
        "1,100 USD General fund",
        "in part",
        "One answer is pending.",
        "Nothing is offered until you release",
    ):
        assert words in found, words
    stale = send(stage.member, f"{one}/proposal", typed | {"verdict": "", f"amount_{air}": ""})
    assert stale.status_code == 422
    assert "Somebody changed this application after you opened it" in stale.text
    assert "1,100 USD, General fund" in _text(stale).replace(" ,", ",")
    page = stage.member.get(f"{DESK}/release")
    value = re.search(r'name="chosen"[^>]* value="([^"]+)"', page.text).group(1)
    when = {"day": "2026-06-20", "time": "23:59", "zone": "AoE"}
    assert "Choose at least one answer" in send(stage.member, f"{DESK}/release", when).text
    past = send(stage.member, f"{DESK}/release", when | {"chosen": value, "day": "2026-05-01"})
    assert past.status_code == 422
    assert "That moment has passed" in past.text
    odd = send(stage.member, f"{DESK}/release", when | {"chosen": value, "zone": "Mars/Olympus"})
    assert "is not a time zone we know" in odd.text
    assert _state(work, stage) is State.SUBMITTED
    done = send(stage.member, f"{DESK}/release", when | {"chosen": value})
    assert (done.status_code, done.location) == (303, DESK)
    assert _state(work, stage) is State.OFFERED
    assert "1,100 USD offered" in _text(stage.member.get(one))
    assert send(stage.member, f"{one}/proposal", typed).status_code == 409
    assert "Sat 20 June, 23:59 AoE" in _text(stage.applicant.get(MINE))


def test_a_release_that_would_overdraw_says_by_how_much(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    with work() as uow:
        edition = _edition(uow, stage)
        member, fund = make_committee(uow, edition, "Second"), uow.session.get(Fund, stage.fund_id)
        propose(uow, edition, member, queries.find_locked(uow.session, stage.application_id), fund)
        propose(uow, edition, member, make_application(uow, edition, None, {AIR: 400_000}), fund)
    page = stage.member.get(f"{DESK}/release")
    assert "500 too much proposed" in _text(page)
    values = re.findall(r'name="chosen"[^>]* value="([^"]+)"', page.text)
    answer = send(
        stage.member, f"{DESK}/release", {"chosen": values, "day": "2026-06-20", "time": "23:59", "zone": "AoE"}
    )
    assert answer.status_code == 422
    assert "has 5,000 USD left and these offers need 5,500 USD: 500 USD too much." in answer.text
    assert "Nothing was released." in answer.text
    assert _state(work, stage) is State.SUBMITTED


@keeps("A12")
def test_a_declared_conflict_takes_the_application_away(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    one = f"{DESK}/applications/{stage.application_id}"
    send(stage.member, f"{DESK}/reading/{stage.application_id}/score", {"axis_overall": "6"})
    assert send(stage.member, f"{one}/conflict").location == DESK
    assert stage.member.get(one).status_code == 404
    assert "Nobody has applied yet" in stage.member.get(DESK).text
    assert stage.organiser.get(one).status_code == 200
    with work() as uow:
        assert uow.session.query(Score).count() == 0
        assert uow.session.query(GrantConflict).count() == 1


def test_an_answered_application_offers_nothing_to_decide(stage: Stage, work: Any) -> None:
    _offer(work, stage)
    page = stage.member.get(f"{DESK}/applications/{stage.application_id}").text
    assert "Note the decision" not in page
    assert "Can accept by" in page


def test_an_application_in_a_currency_without_a_fund_says_so(stage: Stage, work: Any) -> None:
    _apply(work, stage)
    with work() as uow:
        uow.session.get(Fund, stage.fund_id).currency = "EUR"
    page = stage.member.get(f"{DESK}/applications/{stage.application_id}").text
    assert "No fund is in USD" in page
    assert 'value="waitlist"' in page
    assert 'value="offer"' not in page


# -- funds ----------------------------------------------------------------------------------------------------------


def test_organisers_add_and_change_funds(stage: Stage, work: Any) -> None:
    typed = {"version": "0", "name": "Visa fund", "amount": "2,000", "currency": "USD", "purpose": "fees and letters"}
    for wrong, sentence in (
        ({"name": "GENERAL fund"}, "There is a fund of that name"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "much"}, "is not an amount"),
        ({"name": ""}, "Give the fund a name"),
        ({"currency": "XXX"}, "Not a valid choice"),
    ):
        answer = send(stage.organiser, f"{DESK}/funds", typed | wrong)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "fees and letters" in answer.text
    assert send(stage.organiser, f"{DESK}/funds", typed).status_code == 303
    assert "fees and letters" in stage.visitor.get(PUBLIC).text
    one = f"{DESK}/funds/{stage.fund_id}"
    _offer(work, stage)
    low = send(stage.organiser, one, typed | {"version": "1", "name": "General fund", "amount": "1499.99"})
    assert low.status_code == 422
    assert "1,500 USD of this fund is offered or accepted: it cannot be lowered below that." in low.text
    assert send(stage.organiser, one, typed | {"version": "1", "name": "General", "amount": "1500"}).status_code == 303
    stale = send(stage.organiser, one, typed | {"version": "1", "name": "Mine"})
    assert stale.status_code == 422
    assert "Somebody saved this fund after you opened it" in stale.text
    assert send(stage.organiser, f"{one}/removal").status_code == 409
    assert send(stage.organiser, f"{DESK}/funds/987654").status_code == 404
    assert send(stage.organiser, f"{DESK}/funds/987654/removal").status_code == 404


def test_a_fund_without_history_is_removed(stage: Stage) -> None:
    assert "Remove this fund" in stage.organiser.get(f"{DESK}/funds/{stage.fund_id}").text
    assert send(stage.organiser, f"{DESK}/funds/{stage.fund_id}/removal").status_code == 303
    assert "No grants are announced yet" in stage.visitor.get(PUBLIC).text


def test_organisers_write_what_applicants_read(stage: Stage) -> None:
    typed = {"version": "1", "about": "For **first-timers**. <script>alert(1)</script>", "deciding": ""}
    assert send(stage.organiser, f"{DESK}/texts", typed).status_code == 303
    page = stage.visitor.get(PUBLIC).text
    assert "<strong>first-timers</strong>" in page
    assert "<script>alert" not in page
    stale = send(stage.organiser, f"{DESK}/texts", typed)
    assert stale.status_code == 422
    assert "Somebody saved these texts" in stale.text


@keeps("I8")
@shows("Grants", "A list to take along, in which no cell is a formula")
def test_the_list_to_take_along_holds_no_formula(stage: Stage, work: Any) -> None:
    with work() as uow:
        uow.session.get(_Person, stage.applicant_id).name = '=HYPERLINK("http://evil")'
    _apply(work, stage, statement="+1 for me", other_funding="@home")
    answer = stage.organiser.get(f"{DESK}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 1
    row = rows[0]
    assert row["name"] == '\'=HYPERLINK("http://evil")'
    assert (row["statement"], row["other funding"]) == ("'+1 for me", "'@home")
    assert (row["currency"], row["asked"], row["asked: air"], row["proposed"]) == ("USD", "1500", "1200", "0")


# -- how much is asked of the database ------------------------------------------------------------------------------


def _crowd(work: Any, stage: Stage, number: int) -> None:
    """Applicants with submission, registration, score and a part of them with money."""
    with work() as uow:
        edition, fund = _edition(uow, stage), uow.session.get(Fund, stage.fund_id)
        member, kind = make_committee(uow, edition, "Scorer"), make_kind(uow, edition)
        states = (State.OFFERED, State.SUBMITTED, State.WAITLISTED, State.REJECTED)
        for place in range(number):
            person, state = make_person(uow, f"Applicant {place}"), states[place % 4]
            make_submission(uow, edition, person)
            make_registration(uow, edition, kind, person)
            made = make_row(uow, edition, person, state, fund if place % 4 < 2 else None)
            given = Score(application_id=made.id, person_id=member.id, score=1 + place % 6, changed_at=uow.now)
            uow.session.add(given)
            stage.application_id = made.id


@pytest.mark.parametrize("number", [1, 120])
@shows("Pages", "No page of the grants asks more than twelve queries, whatever its size")
def test_no_page_asks_more_than_twelve_queries(stage: Stage, work: Any, database: Database, number: int) -> None:
    _offer(work, stage)
    _crowd(work, stage, number)
    visits = [
        (stage.visitor, PUBLIC), (stage.applicant, PUBLIC), (stage.applicant, MINE), (stage.organiser, DESK),
        (stage.member, f"{DESK}?show=mine"), (stage.organiser, f"{DESK}/applications/{stage.application_id}"),
        (stage.organiser, f"{DESK}/release"), (stage.organiser, f"{DESK}/funds"),
        (stage.organiser, f"{DESK}/funds/{stage.fund_id}"), (stage.organiser, f"{DESK}.csv"),
        (stage.organiser, f"{DESK}/texts"),
    ]  # fmt: skip
    for client, path in visits:
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200, path
        assert len(seen) <= 12, (path, len(seen), seen)


def test_the_list_is_cut_into_pages(stage: Stage, work: Any) -> None:
    _crowd(work, stage, 51)
    assert "Page 1 of 2" in _text(stage.member.get(DESK))
    assert stage.member.get(f"{DESK}?page=2").text.count('class="g-n"') == 1
    assert stage.member.get(f"{DESK}?show=nonsense&page=999").text.count('class="g-n"') == 1


def test_the_job_looks_every_minute(app: Flask) -> None:
    job = next(j for j in jobs.registered() if j.name == "expire-grant-offers")
    assert (job.every, job.run) == (60, service.expire_offers)


@keeps("I12")
@pytest.mark.parametrize("number", [0, 987_654, 2**31, 2**63, 10**40])
def test_odd_numbers_in_addresses_and_forms_find_nothing(stage: Stage, work: Any, number: int) -> None:
    _apply(work, stage)
    for path in (f"{DESK}/applications/{number}", f"{DESK}/funds/{number}"):
        assert stage.organiser.get(path).status_code == 404, path
    for path in ("proposal", "conflict"):
        answer = send(stage.organiser, f"{DESK}/applications/{number}/{path}", {"verdict": ""})
        assert answer.status_code == 404, path
    when = {"day": "2026-06-20", "time": "23:59", "zone": "AoE"}
    for chosen in (f"{number}:1", f"{stage.application_id}:{number}", "x", ":", ""):
        assert send(stage.organiser, f"{DESK}/release", when | {"chosen": chosen}).status_code == 422, chosen


@shows(
    "Grants",
    "Organisers announce further rounds, whose dates stand among the event’s; without one nobody reads of rounds",
)
def test_a_further_round_from_the_organisers_page_to_an_application_in_it(stage: Stage, work: Any) -> None:
    assert "round" not in _text(stage.visitor.get(PUBLIC)).lower()
    typed = {"name": "Late round", "about": "For who decided late.", "opens-zone": "AoE", "heard-zone": "AoE"}
    refused = send(stage.organiser, f"{DESK}/rounds", typed | {"due-zone": "AoE"})
    assert refused.status_code == 422
    assert "Say until when people can apply." in refused.text
    assert "For who decided late." in refused.text
    due = {"due-day": "2026-07-01", "due-time": "23:59", "due-zone": "AoE"}
    assert send(stage.organiser, f"{DESK}/rounds", typed | due).status_code == 303
    again = send(stage.organiser, f"{DESK}/rounds", typed | due)
    assert (again.status_code, "There is a round of this name already." in again.text) == (422, True)
    assert send(stage.organiser, f"{DESK}/rounds/first", {"round_name": "Early round"}).status_code == 303
    assert send(stage.member, f"{DESK}/rounds", typed | due).status_code == 404

    public = _text(stage.visitor.get(PUBLIC))
    for words in ("Early round", "Late round", "For who decided late.", "Grant applications due: Late round"):
        assert words in public, words
    assert "Grant applications due: Late round" in _text(stage.visitor.get("/musiml/2026/"))
    assert "Grant applications due: Late round" in stage.visitor.get("/musiml/2026/deadlines.ics").text.replace(
        "\r\n ", ""
    )

    with work() as uow:  # the first round ends, with somebody's application decided and another's taken back
        edition = _edition(uow, stage)
        workshops.dates_by_key(uow.session, edition.id)[DateKey.GRANTS_DUE].at = uow.now - timedelta(days=1)
    assert send(stage.applicant, f"{MINE}", TYPED).status_code == 303
    mine = _text(stage.applicant.get(MINE))
    assert "Late round" in mine
    desk = _text(stage.organiser.get(f"{DESK}?round=2"))
    assert "Wahyuni" in desk
    assert "Wahyuni" not in _text(stage.organiser.get(f"{DESK}?round=1"))
    assert "Late round" in _text(stage.organiser.get(DESK))
    assert send(stage.organiser, f"{DESK}/rounds/2/removal").status_code == 409
    assert "Who applied in" in _text(stage.organiser.get(f"{DESK}/proposals"))


@shows("Grants", "How far a letter of invitation is stands beside the application, for whoever may know who asks")
def test_a_letter_stands_beside_the_application(stage: Stage, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _apply(work, stage)
    monkeypatch.setattr(queries, "_letters", [lambda: literal("issued")])
    path = f"{DESK}/applications/{stage.application_id}"
    assert "letter issued" not in _text(stage.organiser.get(path))
    with work() as uow:
        edition = _edition(uow, stage)
        make_registration(uow, edition, make_kind(uow, edition), uow.session.get(_Person, stage.applicant_id))
    assert "letter issued" in _text(stage.organiser.get(path))
    with work() as uow:
        settings = queries.settings_of(uow.session, stage.edition_id)
        settings.is_blind = True
        uow.session.merge(settings)
    assert "letter issued" not in _text(stage.member.get(path))
    assert "letter issued" in _text(stage.organiser.get(path))
