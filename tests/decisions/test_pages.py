"""The chairs' pages about decisions: outcomes, recommendations, what if, places, mails, statistics."""

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.commands import runner, told
from tests.decisions.test_after import given_back, out
from tests.factories import join_team, make_date, make_person, send
from tests.queries import count_queries
from tests.reviews.factories import DESK, declare, make_assignment, make_decision, make_review
from tests.reviews.test_pages import inputs, main, text_of
from tests.shows import keeps, shows
from workshop_manager.calls.models import Round
from workshop_manager.decisions.models import Decision, NamedOutcome
from workshop_manager.mail.models import MailState, OutboxMail
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import DateKey, Role

BOARD = f"{DESK}/decisions"
PAGES = (
    BOARD, f"{BOARD}/release", f"{BOARD}/mails", f"{BOARD}/simulation", f"{BOARD}/places", f"{BOARD}/places/reminder",
    f"{BOARD}/sent", f"{BOARD}/outcomes", f"{BOARD}/outcomes/new", f"{BOARD}/outcomes/oral", f"{BOARD}/again",
    f"{DESK}/recommendations", f"{DESK}/statistics", f"{DESK}/statistics.csv",
)  # fmt: skip


def count(house, table):
    with house.work() as uow:
        return uow.session.execute(select(func.count()).select_from(table)).scalar_one()


def season_of(house, uow):
    house.season.uow = uow
    return house.season


@pytest.mark.parametrize("role", [Role.TRACK_CHAIR, Role.REVIEWER, Role.GRANTS_COMMITTEE, Role.FRONT_DESK, None])
@keeps("A2", "A4")
def test_who_sees_which_page(house, role):
    with house.work() as uow:
        person = make_person(uow)
        if role is not None:
            join_team(uow, house.edition, person, role, house.second if role is Role.TRACK_CHAIR else None)
    client = house.client(person)
    for path in PAGES:
        is_open = role is Role.TRACK_CHAIR and ("recommend" in path or "statistics" in path)
        assert client.get(path).status_code == (200 if is_open else 404), path
        assert house.chair_client.get(path).status_code == 200, path


# -- outcomes


def test_an_outcome_is_added_edited_moved_and_removed(house):
    page = house.chair_client.get(f"{BOARD}/outcomes/new")
    typed = inputs(page) | {"name": "Spotlight talk", "kind": "oral", "places": "3", "letter": "Dear {nam},"}
    answer = send(house.chair_client, f"{BOARD}/outcomes", typed)
    assert answer.status_code == 422
    assert "{nam} is no placeholder of ours" in text_of(answer)
    assert inputs(answer)["name"] == "Spotlight talk"
    assert send(house.chair_client, f"{BOARD}/outcomes", typed | {"letter": "Dear {name},"}).status_code == 303
    page = text_of(house.chair_client.get(f"{BOARD}/outcomes"))
    for words in ("Spotlight talk", "3 places", "Accepts, as a talk", "in your words"):
        assert words in page
    one = f"{BOARD}/outcomes/spotlight_talk"
    typed = inputs(house.chair_client.get(one), form=0)
    del typed["once"]
    assert send(house.chair_client, one, typed | {"places": "4"}).status_code == 303
    answer = send(house.chair_client, one, typed | {"places": "5"})
    assert answer.status_code == 422
    assert "Somebody else changed this outcome" in text_of(answer)
    assert send(house.chair_client, f"{one}/place/up").status_code == 303
    assert send(house.chair_client, f"{one}/sideways").status_code == 404
    with house.work() as uow:
        order = uow.session.scalars(select(NamedOutcome.key).order_by(NamedOutcome.position)).all()
    assert order[-2:] == ["spotlight_talk", "reject_encouraged"]
    assert send(house.chair_client, f"{one}/removal").status_code == 303
    assert house.chair_client.get(one).status_code == 404


# -- the board


@shows(
    "Decisions", "The board is ordered by average, confidence, spread or what is missing, and shows where places end"
)
def test_the_board_is_ordered_and_shows_where_places_end(house):
    with house.work() as uow:
        season = season_of(house, uow)
        for scores in ((6, 2), (5, 5), (4, 5)):
            work = season.work(title=f"Scores {scores}")
            make_review(uow, work, house.rania, scores[0], confidence=4)
            make_review(uow, work, house.kenza, scores[1], confidence=1)
        make_assignment(uow, season.work(title="Nobody read it"), house.rania)
        for place, (kind, places) in enumerate(((Outcome.ORAL, 1), (Outcome.POSTER, 1), (Outcome.REJECT, None))):
            uow.session.add(
                NamedOutcome(edition_id=house.edition.id, key=kind.value, position=place, kind=kind, places=places)
            )

    def titles(query=""):
        return [a.text for a in main(house.chair_client.get(f"{BOARD}?{query}")).select("td.ttl a")]

    assert titles() == ["Scores (5, 5)", "Scores (4, 5)", "Scores (6, 2)", "Nobody read it"]
    assert titles("sort=sure") == ["Scores (6, 2)", "Scores (5, 5)", "Scores (4, 5)", "Nobody read it"]
    assert titles("sort=spread")[0] == "Scores (6, 2)"
    assert titles("sort=missing")[0] == "Nobody read it"
    assert titles("sort=number")[0] == "Scores (6, 2)"
    assert titles("show=split") == ["Scores (6, 2)"]
    page = house.chair_client.get(BOARD)
    assert main(page).select_one("tr.cut").text.strip() == "2 places to give end here"
    assert "0 of 1" in text_of(page)
    send(house.chair_client, BOARD, inputs(page) | {"decision-2": "oral"})
    page = text_of(house.chair_client.get(BOARD))
    for words in ("1 of 1", "full", "1 pending"):
        assert words in page
    assert titles("show=pending") == ["Scores (5, 5)"]


@keeps("A13")
def test_a_recommendation_stands_on_the_board_and_nothing_pending_on_the_recommenders_page(house):
    with house.work() as uow:
        work = season_of(house, uow).work(track=house.second, title="On looms")
        make_decision(uow, work, Outcome.REJECT)
    page = house.track_chair_client.get(f"{DESK}/recommendations")
    typed = inputs(page) | {f"recommend-{work.number}": "oral", f"reason-{work.number}": "Bold <b>"}
    answer = send(house.track_chair_client, f"{DESK}/recommendations", typed)
    assert answer.status_code == 303
    board = house.chair_client.get(BOARD)
    said = main(board).select_one(".rec")
    assert " ".join(said.text.split()) == "Tariq: Oral, “Bold <b>”"
    with house.work() as uow:
        uow.session.get(Decision, work.id).outcome = Outcome.ORAL
    again = house.track_chair_client.get(f"{DESK}/recommendations")
    assert "pending" not in text_of(again).lower()
    assert inputs(again)[f"recommend-{work.number}"] == "oral"
    before = text_of(house.track_chair_client.get(f"{DESK}/recommendations"))
    with house.work() as uow:
        uow.session.delete(uow.session.get(Decision, work.id))
    assert text_of(house.track_chair_client.get(f"{DESK}/recommendations")) == before
    for path in ("recommendations?show=undecided", "recommendations?show=pending", "recommendations?q=looms"):
        assert "On looms" in text_of(house.track_chair_client.get(f"{DESK}/{path}"))


# -- what if


@shows("Decisions", "What if the first 40 were accepted: the balance of tracks, and one click makes it pending")
def test_what_if_is_worked_out_and_made_so(house):
    with house.work() as uow:
        season = season_of(house, uow)
        for number in range(6):
            work = season.work(title=f"Work {number}", track=house.first if number % 2 else house.second)
            make_review(uow, work, house.rania, 6 - number)
    path = f"{BOARD}/simulation?n=3&as=poster"
    page = house.chair_client.get(path)
    for words in (
        "3 of 6 stand above the line",
        "average of 4.0",
        "1 of 3 accepted",
        "2 of 3 accepted",
        "fewer than five people",
    ):
        assert words in text_of(page), words
    with house.work() as uow:
        decided = uow.session.scalars(select(Submission).where(Submission.number == 1)).one()
        make_decision(uow, decided, Outcome.ORAL)
    answer = send(house.chair_client, path, inputs(page) | {"seen": inputs(page)["seen"]})
    assert answer.status_code == 422
    assert "changed while you looked at it" in text_of(answer)
    assert "1 of them is decided already; that stays." in text_of(answer)
    assert send(house.chair_client, path, inputs(answer)).status_code == 303
    with house.work() as uow:
        rows = uow.session.scalars(select(Decision.outcome).order_by(Decision.submission_id)).all()
    assert rows == [Outcome.ORAL, Outcome.POSTER, Outcome.POSTER]
    assert count(house, OutboxMail) == 0
    for query in ("n=x&per=track&by=sure", "n=-5", "n=99999999999", "as=nonsense", "track=987654&round=4"):
        assert house.chair_client.get(f"{BOARD}/simulation?{query}").status_code == 200


@keeps("P1", "P3")
@shows("Decisions", "Countries and career stages of fewer than five presenters show nowhere, not even by difference")
def test_small_groups_of_presenters_show_nowhere(house):
    countries = ["NG"] * 20 + ["IN"] * 18 + ["IS"] * 2
    with house.work() as uow:
        season = season_of(house, uow)
        for number, code in enumerate(countries):
            work = season.work(title=f"Work {number}")
            make_review(uow, work, house.rania, 1 + number % 6)
            declared = uow.session.get(Declaration, work.id)
            declared.country, declared.career_stage = code, "doctoral"
    for path in (f"{BOARD}/simulation?n=20", f"{DESK}/statistics", f"{DESK}/statistics.csv"):
        page = house.chair_client.get(path).text
        assert "Nigeria" in page, path
        assert "Iceland" not in page, path
    assert "Counted for the first 20" in text_of(house.chair_client.get(f"{BOARD}/simulation?n=39"))
    narrowed = text_of(house.chair_client.get(f"{BOARD}/simulation?n=20&by=sure"))
    assert "Nigeria" not in narrowed
    assert "could tell of single people" in narrowed


# -- places and reminders


def test_a_free_place_shows_on_the_board_and_the_desk_and_is_offered(house):
    with house.work() as uow:
        season = season_of(house, uow)
        freed, waits = given_back(season, title="Given back"), out(season, season.work(title="Next"), Outcome.WAITLIST)
    assert "1 place is free" in text_of(house.chair_client.get(BOARD))
    assert "1 place in the programme is free" in text_of(house.chair_client.get(f"{DESK}/"))
    assert "place in the programme is free" not in text_of(house.track_chair_client.get(f"{DESK}/"))
    page = house.chair_client.get(f"{BOARD}/places")
    assert f"Offer it to #{waits.number}" in text_of(page)
    offer = f"{BOARD}/places/{freed.number}/offer"
    assert send(house.chair_client, offer, {"to": "x"}).status_code == 404
    assert send(house.chair_client, offer, {"to": str(waits.number)}).status_code == 303
    assert send(house.owner_client, offer, {"to": str(waits.number)}).status_code == 409
    page = text_of(house.chair_client.get(f"{BOARD}/places"))
    assert f"The place of #{freed.number} went to #{waits.number}" in page
    assert "Accepted: Poster" in text_of(house.author_client.get(f"/musiml/2026/submissions/{waits.number}"))
    assert count(house, OutboxMail) == 1


@shows("Decisions", "A reminder is previewed with its real recipients: exactly those who have not answered")
def test_a_reminder_is_read_before_it_goes(house):
    with house.work() as uow:
        season = season_of(house, uow)
        by = uow.now + timedelta(days=9)
        out(season, season.work(title="Silent"), Outcome.POSTER, confirm_by=by, confirm_by_zone="UTC")
        out(season, season.work(title="Answered"), Outcome.POSTER, state=State.CONFIRMED)
    page = house.chair_client.get(f"{BOARD}/places/reminder")
    assert "Silent" in text_of(page)
    assert "Answered" not in text_of(page)
    assert "Send 1 reminder" in text_of(page)
    assert count(house, OutboxMail) == 0
    assert send(house.chair_client, f"{BOARD}/places/reminder", inputs(page)).status_code == 303
    assert "Reminded today already" in text_of(house.chair_client.get(f"{BOARD}/places/reminder"))
    for show in ("waiting", "confirmed", "declined", "nonsense"):
        assert house.chair_client.get(f"{BOARD}/places?show={show}").status_code == 200


# -- after the release


@keeps("M4", "A12")
@shows("Decisions", "After the release each mail bears its mark, person by person; what failed can be sent again")
def test_each_mail_of_a_release_bears_its_mark(house):
    with house.work() as uow:
        season = season_of(house, uow)
        works = [season.work(title=title) for title in ("On looms", "Xyzzy")]
        for work in works:
            make_decision(uow, work, Outcome.POSTER)
    send(house.owner_client, f"{BOARD}/release", inputs(house.owner_client.get(f"{BOARD}/release")))
    with house.work() as uow:
        declare(uow, works[1], house.chair)
        mails = {mail.about: mail for mail in uow.session.scalars(select(OutboxMail))}
        failed, hidden = mails[works[0].about], mails[works[1].about]
        failed.state, failed.last_error = MailState.FAILED, "550 no such mailbox"
    page = text_of(house.chair_client.get(f"{BOARD}/sent"))
    for words in ("On looms", "Failed", "550 no such mailbox", house.author.email, "Send again"):
        assert words in page
    assert "Xyzzy" not in page
    assert "None in that state" in text_of(house.chair_client.get(f"{BOARD}/sent?show=waiting"))
    assert send(house.chair_client, f"{BOARD}/sent/{hidden.id}/attempts").status_code == 404
    assert send(house.chair_client, f"{BOARD}/sent/{failed.id}/attempts").status_code == 303
    assert send(house.chair_client, f"{BOARD}/sent/{failed.id}/attempts").status_code == 409
    assert "Waits to be sent" in text_of(house.chair_client.get(f"{BOARD}/sent?show=waiting"))


@keeps("A13")
def test_a_decision_is_opened_again_and_authors_notice_nothing(house):
    with house.work() as uow:
        season = season_of(house, uow)
        work = out(season, season.work(title="On looms"), Outcome.REJECT)
    page = f"/musiml/2026/submissions/{work.number}"
    before = text_of(house.author_client.get(page))
    assert send(house.chair_client, f"{BOARD}/again", {"reason": "Why"}).status_code == 422
    typed = {"number": str(work.number), "reason": "The response convinced us."}
    assert send(house.chair_client, f"{BOARD}/again", typed).status_code == 303
    board = house.chair_client.get(BOARD)
    assert "decided again" in text_of(board)
    send(house.chair_client, BOARD, inputs(board) | {f"decision-{work.number}": "oral"})
    assert text_of(house.author_client.get(page)) == before
    assert "The response convinced us." in text_of(house.chair_client.get(f"{BOARD}/again"))
    send(house.chair_client, f"{BOARD}/release", inputs(house.chair_client.get(f"{BOARD}/release")))
    assert "Accepted: Oral" in text_of(house.author_client.get(page))


def test_a_release_of_one_round_says_what_stays(house):
    with house.work() as uow:
        season = season_of(house, uow)
        early = Round(edition_id=house.edition.id, name="Early round", position=0)
        uow.session.add(early)
        uow.session.flush()
        for values in ({"round_id": early.id}, {}):
            make_decision(uow, season.work(**values), Outcome.POSTER)
    page = house.chair_client.get(f"{BOARD}/release?round={early.id}")
    for words in ("Only this part: Early round", "1 decision elsewhere stays pending", "Release 1 decision"):
        assert words in text_of(page), words
    assert send(house.chair_client, f"{BOARD}/release?round={early.id}", inputs(page)).status_code == 303
    assert "1 decision pending" in text_of(house.chair_client.get(f"{BOARD}?round=0"))
    assert (
        "Mail" not in text_of(house.chair_client.get(f"{BOARD}/mails?round={early.id}")).split("Nothing is pending")[1]
    )


# -- statistics


@shows(
    "Decisions",
    "Statistics with plots: submissions against the deadline, tracks, countries, reviews, scores; as CSV and SVG",
)
def test_statistics_are_drawn_and_taken_along(house):
    assert "Nothing to count yet" in text_of(house.chair_client.get(f"{DESK}/statistics"))
    with house.work() as uow:
        season = season_of(house, uow)
        make_date(uow, house.edition, DateKey.REVIEWS_DUE, uow.now + timedelta(days=3))
        for number in range(4):
            work = season.work(title=f"Work {number}")
            work.submitted_at = uow.now - timedelta(days=number)
            make_review(uow, work, house.rania, number + 2)
        hidden = season.work(house.chair, title="Of the chair")
        make_review(uow, hidden, house.rania, 1)
    page = house.chair_client.get(f"{DESK}/statistics")
    for words in ("Submissions over time", "4 submissions came in", "By track", "Reviews over time", "4 of 4 reviews"):
        assert words in text_of(page), words
    assert len(main(page).select("svg.plot")) == 5
    rows = list(csv.reader(io.StringIO(house.chair_client.get(f"{DESK}/statistics.csv").text.lstrip("\ufeff"))))
    assert ["scores", "1", "Reviews", "0"] in rows
    assert ["scores", "5", "Reviews", "1"] in rows
    answer = house.chair_client.get(f"{DESK}/statistics/tracks.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert ElementTree.fromstring(answer.text).tag.endswith("svg")
    assert house.chair_client.get(f"{DESK}/statistics/countries.svg").status_code == 404
    assert house.chair_client.get(f"{DESK}/statistics/other.svg").status_code == 404
    assert "Nothing to count yet" in text_of(house.track_chair_client.get(f"{DESK}/statistics"))


# -- commands


@shows("Decisions", "`workshop-manager decisions release` and `decisions remind`, with --dry-run and --json")
def test_commands_say_what_they_would_do_and_do_it(house, app, monkeypatch):
    with house.work() as uow:
        season = season_of(house, uow)
        first, second = season.work(title="On looms"), season.work(track=house.second)
        for work in (first, second):
            make_decision(uow, work, Outcome.POSTER)
    started = runner(app, monkeypatch)

    def run(*words):
        return started("decisions", *words)

    report = told(run("release", "musiml/2026", "--dry-run", "--json"))
    assert (report["counts"], report["dry_run"], len(report["items"])) == ({"decisions": 2, "mails": 2}, True, 2)
    assert report["mails"][0]["to"] == house.author.email
    assert count(house, OutboxMail) == 0
    assert "no track" in run("release", "musiml/2026", "--track", "nothing").output
    assert "no round" in run("release", "musiml/2026", "--round", "nothing").output
    assert "decisions: 1, mails: 1" in run("release", "musiml/2026", "--track", house.first.key).output
    assert "decisions: 1, mails: 1" in run("release", "musiml/2026").output
    again = run("release", "musiml/2026")
    assert (again.exit_code, "Nothing is decided" in again.output) == (0, True)
    assert "Nothing has happened" in run("remind", "musiml/2026", "--dry-run").output
    assert json.loads(run("remind", "musiml/2026", "--json").output)["counts"]["mails"] == 2
    assert "Nobody is left to remind" in run("remind", "musiml/2026").output
    assert count(house, OutboxMail) == 4


# -- queries


@keeps("O2")
@pytest.mark.sqlite
def test_no_page_asks_more_queries_when_there_is_more_to_show(house, database):
    def add(number):
        with house.work() as uow:
            season = season_of(house, uow)
            for index in range(number):
                for outcome in (Outcome.POSTER, Outcome.WAITLIST):
                    work = out(season, season.work(), outcome)
                    make_review(uow, work, house.rania, index % 6 + 1)
                given_back(season)
                make_decision(uow, season.work(), Outcome.ORAL)
                if not index:
                    uow.session.add(Round(edition_id=house.edition.id, name=f"Round {number}", position=0))

    def ask(path):
        with count_queries(database) as seen:
            assert house.chair_client.get(path).status_code == 200
        return len(seen)

    paths = [*PAGES, f"{BOARD}?round=0&track={house.first.id}", f"{BOARD}/release?round=0&track={house.first.id}"]
    add(1)
    few = {path: ask(path) for path in paths}
    add(30)
    many = {path: ask(path) for path in paths}
    assert many == few
    assert max(many.values()) <= 12, many
