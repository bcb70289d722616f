"""The front page, a person's home, the organisers' desk, the mails of an edition."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import client_for, join_team, make_date, make_edition, make_person, make_track, send
from tests.grants.factories import make_application, make_committee, make_fund, open_grants
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import DateKey, Role, Visibility

DESK = "/musiml/2026/organise/"
MAIL = "/musiml/2026/organise/mail"


def _mail(uow: Any, edition: Any, key: str, state: MailState, **values: Any) -> OutboxMail:
    row = OutboxMail(
        key=key, template="t", edition_id=edition.id, to_name="Wahyuni", to_address="w@example.org", from_name="x",
        subject=f"About {key}", text_body="words", html_body="", message_id=f"<{key}@x>", state=state, attempts=1,
        created_at=uow.now, next_attempt_at=uow.now, **values,
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    return row


@shows("Pages", "The front page shows what is on; drafts are not on it")
def test_the_front_page_names_public_editions_only(app: Any, work: Any) -> None:
    with work() as uow:
        make_edition(uow)
        make_edition(uow, slug="2027", visibility=Visibility.DRAFT)
    answer = app.test_client().get("/")
    assert answer.status_code == 200
    assert "Muslims in ML 2026" in answer.text
    assert "Muslims in ML 2027" not in answer.text
    assert app.test_client().get("/workshops").status_code == 200


@shows("Pages", "A person's home shows everything they are part of, with what waits for them")
def test_home_shows_drafts_and_teams(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=3))
        person = make_person(uow)
        join_team(uow, edition, person, Role.GRANTS_COMMITTEE)
        make_submission(uow, edition, person, title="Whose Dialect", state=State.DRAFT)
        client = client_for(app, uow, person)
    answer = client.get("/")
    assert "Whose Dialect" in answer.text
    assert "Finish it" in answer.text
    assert DESK in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@shows("Pages", "A home says how many grant applications wait for one's score, and points to the desks of one's teams")
def test_home_shows_what_waits_for_the_committee_and_where_teams_look(app: Any, work: Any) -> None:
    with work() as uow:
        edition = open_grants(uow)
        make_fund(uow, edition)
        member, chair, elsewhere = make_committee(uow, edition), make_person(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        join_team(uow, make_edition(uow, slug="2025"), elsewhere, Role.GRANTS_COMMITTEE)
        make_application(uow, edition, make_person(uow))
        visits = {who: client_for(app, uow, who) for who in (member, chair, elsewhere)}
    seen = {who: client.get("/").text for who, client in visits.items()}
    assert "1 grant application waits for your score" in seen[member]
    assert f'href="{DESK}grants"' in seen[member]
    for other in (chair, elsewhere):
        assert "waits for your score" not in seen[other]
        assert "What waits for your teams stands at their desks." in seen[other]


@shows("Pages", "An organiser's home shows dates ahead, counts and what waits for whom")
@pytest.mark.parametrize("rows", [1, 60])
def test_the_desk_asks_twelve_queries_at_most(app: Any, work: Any, database: Any, rows: int) -> None:
    with work() as uow:
        edition = make_edition(uow)
        track = make_track(uow, edition)
        owner = make_person(uow, name="Amina Yusuf-Okafor")
        join_team(uow, edition, owner, Role.OWNER)
        for n in range(rows):
            make_submission(uow, edition, make_person(uow), track=track, title=f"Work {n}", state=State.SUBMITTED)
        make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now - timedelta(days=3), label="Abstracts due")
        make_date(uow, edition, DateKey.NOTIFICATION, uow.now + timedelta(days=30), label="Authors hear")
        _mail(uow, edition, "m1", MailState.FAILED)
        client = client_for(app, uow, owner)
    with count_queries(database) as queries:
        answer = client.get(DESK)
    assert answer.status_code == 200
    assert "Amina" in answer.text
    assert "1 mail failed" in answer.text
    assert "Abstracts due" in answer.text
    assert len(queries) <= 12, "\n".join(queries)


@keeps("A2", "A4")
def test_nobody_elses_desk_exists(app: Any, work: Any) -> None:
    with work() as uow:
        edition, other = make_edition(uow), make_edition(uow, slug="2025")
        stranger = make_person(uow)
        join_team(uow, other, stranger, Role.OWNER)
        row = _mail(uow, edition, "m1", MailState.FAILED)
        client = client_for(app, uow, stranger)
    for address in (DESK, MAIL, f"{MAIL}/{row.id}", f"/musiml/2025/organise/mail/{row.id}"):
        assert client.get(address).status_code == 404, address
    assert send(client, f"{MAIL}/{row.id}/attempts").status_code == 404
    assert send(client, f"/musiml/2025/organise/mail/{row.id}/attempts").status_code == 404
    visitor = app.test_client().get(DESK)
    assert visitor.status_code == 303
    assert "/sign-in" in visitor.headers["Location"]


@keeps("M4")
@shows("Mail", "Organisers see queued, sent and failed mails, and send a failed one again")
def test_a_failed_mail_is_shown_and_queued_again(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        row = _mail(uow, edition, "m1", MailState.FAILED, last_error="550 no such person")
        _mail(uow, edition, "m2", MailState.SENT)
        _mail(uow, edition, "secret", MailState.SENT, is_secret=True)
        client = client_for(app, uow, owner)
    page = client.get(MAIL).text
    assert "550 no such person" in page
    assert "About m2" in page
    assert "About secret" not in page
    assert "About m2" not in client.get(f"{MAIL}?state=failed").text
    assert client.get(f"{MAIL}/{row.id}").status_code == 200
    assert send(client, f"{MAIL}/{row.id}/attempts").status_code == 303
    with work() as uow:
        assert uow.session.get_one(OutboxMail, row.id).state is MailState.QUEUED
    assert send(client, f"{MAIL}/{row.id}/attempts").status_code == 409


def test_mails_of_the_demo_do_not_exist_in_production(app: Any, settings: Any, database: Any, clock: Any) -> None:
    from dataclasses import replace

    from workshop_manager.web.request import Platform

    app.extensions["platform"] = Platform(
        replace(settings, site_mode="production", mail_delivery="keep"), database, clock
    )
    assert app.test_client().get("/demo/mails/").status_code == 404


@keeps("A12", "A1")
def test_the_chart_counts_only_what_one_may_see(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        first, second = make_track(uow, edition, "1"), make_track(uow, edition, "2")
        chair, track_chair = make_person(uow), make_person(uow)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        join_team(uow, edition, track_chair, Role.TRACK_CHAIR, track=first)
        for track, by, days in ((first, None, 5), (first, None, 3), (second, None, 2), (second, chair, 1)):
            row = make_submission(uow, edition, by or make_person(uow), track=track, state=State.SUBMITTED)
            row.submitted_at = uow.now - timedelta(days=days)
        uow.session.flush()
        clients = {person: client_for(app, uow, person) for person in (chair, track_chair)}
    last = {person: _last_day(client.get(DESK).text) for person, client in clients.items()}
    assert last == {chair: "Sat 30 May", track_chair: "Fri 29 May"}, last


def _last_day(text: str) -> str:
    found = re.search(r"Submissions from .*? to (.*?);", text)
    return found[1] if found else ""
