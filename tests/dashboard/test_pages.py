"""The front page, a person's home, the organisers' desk, the mails of an edition."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_date, make_edition, make_person, make_track, send
from tests.grants.factories import make_application, make_committee, make_fund, open_grants
from tests.queries import count_queries
from tests.registrations.factories import make_kind, make_registration
from tests.reviews.factories import declare, make_assignment, make_decision
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.registrations.states import State as SeatState
from workshop_manager.schedule.models import Draft
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
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
        assert "grant application" not in seen[other]
        assert "Nothing waits for you just now." in seen[other]
    assert f'href="{DESK}"' in seen[chair]


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


def _season(uow: Any, slug: str, author: Any, **values: Any) -> Any:
    """An edition in which something of every kind waits."""
    edition = open_grants(uow, slug=slug, **values)
    make_fund(uow, edition)
    first, second = make_track(uow, edition, "1"), make_track(uow, edition, "2")
    make_decision(uow, make_submission(uow, edition, author, track=first, title="Decided"), Outcome.POSTER)
    make_assignment(uow, make_submission(uow, edition, author, track=second, title="Half read"), make_person(uow))
    uow.session.add(Draft(edition_id=edition.id, changed_at=uow.now, error_count=3, differs=True))
    kind = make_kind(uow, edition)
    make_registration(uow, edition, kind, author, SeatState.WAITLISTED, waits_for=kind, needs="A chair with arms.")
    make_application(uow, edition, author)
    _mail(uow, edition, f"failed-{slug}", MailState.FAILED)
    return edition, first


ALL_THAT_WAITS = {
    "1 mail failed": "mail?state=failed",
    "2 abstracts need reviewers": "reviews",
    "1 review is not in": "reviews",
    "1 decision is pending": "decisions",
    "3 conflicts in the schedule": "schedule",
    "The schedule has unpublished changes": "schedule",
    "1 person waits for a place": "registration",
    "1 thing that somebody needs is open": "registration/needs?show=open",
    "1 grant application is undecided": "grants?show=open",
}


def _told(page: str) -> set[str]:
    return {words for words in ALL_THAT_WAITS if f"<bdi>{words}</bdi>" in page}


@keeps("A2", "A4")
@shows("Pages", "A home says with figures what waits in each team's edition, as far as one's roles there may see it")
def test_home_counts_what_waits_for_each_role(app: Any, work: Any) -> None:
    with work() as uow:
        author = make_person(uow)
        edition, first = _season(uow, "2026", author)
        other = make_edition(uow, slug="2025")
        team = {role: make_person(uow) for role in Role}
        for role, person in team.items():
            join_team(uow, edition, person, role, first if role is Role.TRACK_CHAIR else None)
        elsewhere = make_person(uow)
        join_team(uow, other, elsewhere, Role.OWNER)
        seen = {role: client_for(app, uow, person) for role, person in team.items()}
        stranger = client_for(app, uow, elsewhere)
    pages = {role: client.get("/").text for role, client in seen.items()}
    grants, seats = {"1 grant application is undecided"}, {"1 person waits for a place"}
    chair = set(ALL_THAT_WAITS) - grants - seats - {"1 mail failed", "1 thing that somebody needs is open"}
    assert _told(pages[Role.OWNER]) == _told(pages[Role.ORGANISER]) == set(ALL_THAT_WAITS)
    for words, place in ALL_THAT_WAITS.items():
        assert f'href="{DESK}{place}">' in pages[Role.OWNER], words
    assert _told(pages[Role.PROGRAMME_CHAIR]) == chair
    assert _told(pages[Role.TRACK_CHAIR]) == set()
    assert "1 abstract needs reviewers" in pages[Role.TRACK_CHAIR]
    assert _told(pages[Role.GRANTS_COMMITTEE]) == grants
    assert _told(pages[Role.FRONT_DESK]) == seats
    assert _told(pages[Role.REVIEWER]) == _told(stranger.get("/").text) == set()


@keeps("A4")
def test_home_does_not_count_what_a_conflict_hides(app: Any, work: Any) -> None:
    with work() as uow:
        author, chair = make_person(uow), make_person(uow)
        edition, _first = _season(uow, "2026", author)
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        join_team(uow, edition, author, Role.ORGANISER)
        for submission in uow.session.scalars(select(Submission).where(Submission.edition_id == edition.id)):
            declare(uow, submission, chair)
        visits = client_for(app, uow, chair), client_for(app, uow, author)
    for client in visits:
        page = client.get("/").text
        for words in ("need reviewers", "not in<", "decision is pending", "grant application is"):
            assert words not in page, words
        assert "3 conflicts in the schedule" in page


@shows("Pages", "A home asks twelve queries at most, however many teams somebody is on")
@pytest.mark.parametrize("teams", [1, 15])
def test_home_asks_twelve_queries_at_most(app: Any, work: Any, database: Any, teams: int) -> None:
    with work() as uow:
        person, author = make_person(uow), make_person(uow)
        for n in range(teams):
            edition, _first = _season(uow, f"{2026 + n}", author)
            join_team(uow, edition, person, Role.OWNER)
            join_team(uow, edition, person, Role.GRANTS_COMMITTEE)
            make_submission(uow, edition, person, title="Own", state=State.DRAFT)
        client = client_for(app, uow, person)
    with count_queries(database) as queries:
        page = client.get("/").text
    assert page.count("<bdi>1 mail failed</bdi>") == teams
    assert len(queries) <= 12, "\n".join(queries)


def test_home_says_with_a_sign_of_its_own_who_sees_an_edition(app: Any, work: Any) -> None:
    with work() as uow:
        person = make_person(uow)
        for slug, seen in (("2026", Visibility.PUBLIC), ("2027", Visibility.DRAFT)):
            join_team(uow, make_edition(uow, slug=slug, visibility=seen), person, Role.REVIEWER)
        client = client_for(app, uow, person)
    page = client.get("/").text
    assert re.search(r"#globe\"/></svg><span>Public<", page)
    assert re.search(r"#eye-slash\"/></svg><span>Draft<", page)


def test_an_edition_long_over_waits_for_nobody(app: Any, work: Any) -> None:
    with work() as uow:
        person, ends = make_person(uow), uow.now - timedelta(days=61)
        edition, _first = _season(uow, "2026", make_person(uow), starts_at=ends - timedelta(hours=4), ends_at=ends)
        join_team(uow, edition, person, Role.OWNER)
        client = client_for(app, uow, person)
    page = client.get("/").text
    assert _told(page) == set()
    assert f'href="{DESK}"' in page


@shows("Pages", "Right-to-left titles keep their place in what waits for somebody")
def test_home_isolates_right_to_left_titles(app: Any, work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow, name="מפגש לומדות מכונה")
        person = make_person(uow)
        make_submission(uow, edition, person, title="نماذج اللغة", state=State.ACCEPTED, confirm_by=None)
        client = client_for(app, uow, person)
    page = client.get("/").text
    assert "<bdi>“\u2068نماذج اللغة\u2069” is accepted</bdi>" in page
    assert "#1, \u2068מפגש לומדות מכונה\u2069" in page
    assert "<bdi>نماذج اللغة</bdi></a>" in page
