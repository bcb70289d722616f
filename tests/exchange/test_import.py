"""Imports from page to database: looked at, mended, applied once, all or nothing, and repeated without a change."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from tests.factories import join_team, make_person, send
from tests.queries import count_queries
from tests.reviews.factories import DESK, declare
from tests.shows import keeps, shows
from tests.submissions.factories import post_form
from workshop_manager.accounts.events import AddressProven
from workshop_manager.assignments.models import Assignment
from workshop_manager.core.errors import NotFound
from workshop_manager.exchange import queries, service
from workshop_manager.exchange.files import content_of
from workshop_manager.exchange.models import Imported, ImportFile
from workshop_manager.exchange.scales import Scale
from workshop_manager.exchange.service import Refused, bring_in, look
from workshop_manager.mail.models import OutboxMail
from workshop_manager.reviews.models import Review
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import Role

SAMPLES = Path(__file__).parent / "samples"
IMPORT = f"{DESK}/submissions/import"


def sample(name):
    return (SAMPLES / name).read_bytes()


def tracks_of(season):
    return {"tracks": {"Any topic": season.first.id}}


def do(uow, season, data, **wishes):
    """Bring a file in as the machine's owner, with the tracks of the samples mapped."""
    data = sample(data) if isinstance(data, str) else data
    return bring_in(uow, season.edition, None, content_of(data), tracks_of(season) | wishes)


def works(uow):
    rows = uow.session.scalars(
        select(Submission)
        .options(selectinload(Submission.authors))
        .order_by(Submission.number)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def counts(plan):
    return [plan.count(what) for what in ("new", "changed", "same", "left")]


@pytest.fixture
def named(season, uow):
    """Two reviewers under the addresses of the samples."""
    season.rania.email, season.kenza.email = "rania@example.org", "kenza@example.org"
    uow.session.flush()
    return season


SECOND_TIME = [
    ("cmt-submissions.csv", [6, 0, 0, 0], [0, 0, 6, 0]),
    ("easychair-submission.csv", [2, 0, 0, 1], [0, 0, 2, 1]),
    ("google-forms.csv", [2, 0, 0, 0], [0, 0, 2, 0]),
    ("own-cp1252.csv", [1, 0, 0, 0], [0, 0, 1, 0]),
    ("openreview-v2.json", [3, 0, 0, 0], [0, 0, 3, 0]),
    ("openreview-v1.jsonl", [2, 0, 0, 0], [0, 0, 2, 0]),
    ("openreview.csv", [1, 0, 0, 0], [0, 0, 1, 0]),
]


@pytest.mark.parametrize(("name", "first", "second"), SECOND_TIME, ids=[row[0] for row in SECOND_TIME])
@shows("Import", "A repeated import changes nothing")
def test_each_export_comes_in_once(named, uow, name, first, second):
    assert counts(do(uow, named, name)) == first
    before = [(w.title, w.version, [a.name for a in w.authors]) for w in works(uow)]
    assert counts(do(uow, named, name)) == second
    assert [(w.title, w.version, [a.name for a in w.authors]) for w in works(uow)] == before
    assert uow.session.scalars(select(OutboxMail)).all() == []


@shows(
    "Import",
    "CSV or JSON exports of OpenReview, Microsoft CMT, EasyChair and Google Forms are recognised by their columns and"
    " brought in with authors, tracks, states and dates",
)
def test_what_cmt_holds_is_here(named, uow):
    do(uow, named, "cmt-submissions.csv")
    first, second, third = works(uow)
    assert (first.title, first.state, first.track_id) == ("Whose Dialect, Default?", State.SUBMITTED, named.first.id)
    assert [(a.name, a.email, a.affiliation, a.is_presenter) for a in first.authors] == [
        ("Amina Noor", "amina@uni.example", "Univ. of Lagos", True),
        ("José Núñez", "jose@unam.example", "UNAM", False),
    ]
    assert first.submitted_at.isoformat() == "2026-05-13T17:22:33+00:00"
    assert (second.state, second.outcome) == (State.ACCEPTED, Outcome.ORAL)
    assert third.state is State.WITHDRAWN
    given = uow.session.execute(select(Assignment.submission_id, Assignment.reviewer_id)).all()
    assert {tuple(row) for row in given} == {
        (first.id, named.rania.id), (first.id, named.kenza.id), (second.id, named.rania.id),
    }  # fmt: skip


@shows("Import", "Reviews and assignments come in where the export has them")
def test_reviews_come_in_onto_our_scale_and_once(named, uow):
    do(uow, named, "cmt-submissions.csv")
    assert counts(do(uow, named, "cmt-reviews.tsv")) == [3, 0, 0, 0]
    assert counts(do(uow, named, "cmt-reviews.tsv")) == [0, 0, 3, 0]
    rows = uow.session.scalars(select(Review).order_by(Review.id)).all()
    assert [(row.score, row.confidence) for row in rows] == [(5, 3), (3, 2), (6, 4)]
    assert rows[0].remark == "Please check the ethics."
    assert "A new corpus." in rows[0].text
    do(uow, named, "openreview-v2.json")
    anonymous = uow.session.scalars(select(Review).where(Review.reviewer_id.is_(None))).one()
    assert (anonymous.score, anonymous.confidence) == (5, 3)  # 8 of 1 to 10, 4 of 1 to 5
    do(uow, named, "easychair-submission.csv")
    do(uow, named, "easychair-review.csv")
    latest = uow.session.scalars(select(Review).order_by(Review.id.desc()).limit(2)).all()
    assert [row.score for row in reversed(latest)] == [5, 2]  # +2 and -2 of -3 to 3


SCALES = [
    (1, 10, 1, 1), (1, 10, 10, 6), (1, 10, 8, 5), (-3, 3, 0, 4), (-3, 3, -3, 1), (0, 0, 9, 6), (1, 6, 99, 6),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high", "value", "ours"), SCALES)
def test_scores_land_on_our_scale(low, high, value, ours):
    assert Scale(low, high).onto(value, range(1, 7)) == ours


def test_easychairs_author_file_adds_addresses_and_survives_a_repeat_of_the_first(season, uow):
    do(uow, season, "easychair-submission.csv")
    assert [a.email for a in works(uow)[1].authors] == [None, None, None]
    assert counts(do(uow, season, "easychair-author.csv")) == [2, 0, 0, 0]
    people = [(a.name, a.email, a.is_presenter) for a in works(uow)[1].authors]
    assert people == [
        ("Li Wei", "li@tsing.example", False), ("Ada King", "ada@king.example", True),
        ("Noor", "noor@one.example", False),
    ]  # fmt: skip
    changed = sample("easychair-submission.csv").replace(b"Tokens and Tongues", b"Tokens or Tongues")
    assert counts(do(uow, season, changed)) == [0, 1, 1, 1]
    assert works(uow)[0].title == "Tokens or Tongues"
    assert [(a.name, a.email, a.is_presenter) for a in works(uow)[1].authors] == people
    assert counts(do(uow, season, "easychair-author.csv")) == [0, 0, 2, 0]


@shows("Import", "What was changed here since stays; only what the file says otherwise than last time is taken")
def test_only_what_the_file_says_anew_is_taken(season, uow):
    do(uow, season, "own-cp1252.csv")
    work = works(uow)[0]
    work.title = "Changed here"
    uow.session.flush()
    again = sample("own-cp1252.csv").replace(b"submitted", b"accepted")
    plan = do(uow, season, again)
    assert [step.fields for step in plan.steps] == [("state",)]
    work = works(uow)[0]
    assert (work.title, work.state, work.outcome) == ("Changed here", State.ACCEPTED, Outcome.POSTER)
    assert counts(do(uow, season, sample("own-cp1252.csv").replace(b"submitted", b"rejected"))) == [0, 0, 1, 0]
    assert works(uow)[0].state is State.ACCEPTED  # decided here stays decided here


def test_authors_are_linked_to_accounts_now_and_when_an_address_is_proven(season, uow):
    there = make_person(uow, "Ada", email="Ada@King.example")
    do(uow, season, "google-forms.csv")
    first, second = works(uow)
    assert second.authors[0].person_id == there.id
    assert first.authors[0].person_id is None
    amina = make_person(uow, "Amina", email="amina@uni.example")
    uow.tell(AddressProven(amina.id, amina.email))
    assert first.authors[0].person_id == amina.id


def test_mails_go_out_only_if_asked_and_to_the_new_that_wait(season, uow):
    bring_in(uow, season.edition, None, content_of(sample("cmt-submissions.csv")), _unread(season), tell=True)
    told = uow.session.scalars(select(OutboxMail.to_address).order_by(OutboxMail.to_address)).all()
    assert told == ["amina@uni.example", "jose@unam.example"]


def _unread(season):
    """Without the column of reviewers, whom nobody knows here."""
    holds = {
        "Paper ID": "id", "Paper Title": "title", "Authors": "authors", "Author Emails": "emails", "Status": "status"
    }  # fmt: skip
    return tracks_of(season) | {"sort": "submissions", "source": "cmt", "mapping": holds}


@shows("Import", "All of a file is brought in or nothing, and every problem is named by its row")
def test_one_problem_keeps_everything_out(season, uow):
    with pytest.raises(Refused) as refused:
        do(uow, season, "cmt-submissions.csv")  # nobody on the team has the reviewers' addresses
    assert [(p.line, p.values["who"]) for p in refused.value.problems] == [
        (4, "rania@example.org"), (4, "kenza@example.org"), (6, "rania@example.org"),
    ]  # fmt: skip
    assert works(uow) == []
    with pytest.raises(Refused) as refused:
        do(uow, season, b"number,title,track\n1,One,1\n2,Two,Nowhere\n")
    assert [(p.line, p.message % p.values) for p in refused.value.problems] == [
        (3, "There is no track “Nowhere” here. Say which of ours it is, or none.")
    ]
    with pytest.raises(Refused) as refused:
        do(uow, season, "easychair-author.csv")
    assert [p.line for p in refused.value.problems] == [2, 4]
    assert works(uow) == []


def test_a_reviewer_with_a_conflict_is_named(named, uow):
    text = sample("cmt-submissions.csv").decode().replace("jose@unam.example", "kenza@example.org")
    with pytest.raises(Refused, match="mended") as refused:
        do(uow, named, text.encode())
    assert [(p.line, p.values["who"]) for p in refused.value.problems] == [(4, "Kenza")]
    uow.session.rollback()


def test_reviews_of_strangers_come_in_nameless_if_wished(season, uow):
    bring_in(uow, season.edition, None, content_of(sample("cmt-submissions.csv")), _unread(season))
    with pytest.raises(Refused):
        do(uow, season, "cmt-reviews.tsv")
    done = do(uow, season, "cmt-reviews.tsv", strangers=True)
    assert counts(done) == [3, 0, 0, 0]
    assert [remark.values["count"] for remark in done.remarks if "count" in remark.values] == [3]
    assert {row.reviewer_id for row in uow.session.scalars(select(Review))} == {None}


def test_a_file_that_changed_meanwhile_is_not_applied(season, uow):
    content = content_of(sample("own-cp1252.csv"))
    seen = look(uow, season.edition, None, content, {}).plan.digest
    bring_in(uow, season.edition, None, content, {})
    with pytest.raises(Refused, match="changed since you looked"):
        bring_in(uow, season.edition, None, content, {}, seen=seen)


def test_an_export_of_ours_comes_back_as_it_was(named, uow, work):
    from workshop_manager.exchange import exporting

    do(uow, named, "cmt-submissions.csv")
    kind = exporting.KINDS["submissions"]
    for form in exporting.FORMS:
        text = "".join(
            exporting.lines_of(kind.name, kind.columns, form, kind.rows(uow.session, named.edition.id, None))
        )
        plan = look(uow, named.edition, None, content_of(text.encode()), {"source": "csv"}).plan
        assert plan.problems == ()
        assert [step.title for step in plan.steps] == [w.title for w in works(uow)]
        assert [len(step.incoming.authors) for step in plan.steps] == [2, 1, 1]
        assert next(step.incoming.authors[-1].email for step in plan.steps) == "jose@unam.example"


# -- pages --------------------------------------------------------------------------------------------------------


def upload(client, name, data, **values):
    form = {"file": (BytesIO(data), name), "source": ""} | values
    return post_form(client, IMPORT, form)


def text_of(page):
    return " ".join(BeautifulSoup(page.text, "html.parser").get_text(" ").split())


@pytest.fixture
def desk(house):
    """The owner's browser, in an edition whose reviewers have the addresses of the samples."""
    with house.work() as uow:
        uow.session.merge(house.rania).email = "rania@example.org"
        uow.session.merge(house.kenza).email = "kenza@example.org"
    return house


@shows("Import", "Columns are recognised, their mapping can be edited, and a dry run shows what would happen")
def test_from_upload_to_application(desk):
    client = desk.client(desk.owner)
    sent = upload(client, "C:\\papers\\cmt.csv", sample("cmt-submissions.csv"))
    assert sent.status_code == 303
    page = client.get(sent.location)
    said = text_of(page)
    assert "cmt.csv, read as an export of Microsoft CMT." in said
    assert "New 6" in said
    assert "There is no track “Any topic” here." in said
    assert "Bring it in" not in page.text
    soup = BeautifulSoup(page.text, "html.parser")
    names = {
        s["name"]: (s.find("option", selected=True) or s.find("option")).get("value") for s in soup.select("select")
    }
    assert names["map-0"] == "id"
    assert names["map-3"] == "title"
    assert "" in names.values()  # not every column is brought in
    names["track-0"] = str(desk.first.id)
    # The title is in another column, says somebody; then it is as it was again.
    assert send(client, sent.location, names | {"map-3": "", "map-11": "title"}).status_code == 303
    assert "NLP" in text_of(client.get(sent.location))
    fates = {name: "left_out" for name in names if name.startswith("fate-")}
    send(client, sent.location, names | fates)
    assert "Left out" in client.get(sent.location).text
    assert "New 0" in text_of(client.get(sent.location))
    send(client, sent.location, names)
    assert "Bring it in" in client.get(sent.location).text
    seen = BeautifulSoup(client.get(sent.location).text, "html.parser").select_one("input[name=seen]")["value"]
    done = send(client, f"{sent.location}/application", {"seen": seen}, follow_redirects=True)
    assert "6 rows are brought in. Nobody was written to." in text_of(done)
    assert "Whose Dialect, Default?" in done.text
    assert client.get(sent.location).status_code == 404  # kept only until applied
    assert send(client, f"{sent.location}/application", {"seen": seen}).status_code == 404
    with desk.work() as uow:
        assert uow.session.scalars(select(ImportFile)).all() == []
    again = upload(client, "cmt.csv", sample("cmt-submissions.csv"))
    assert "Everything in this file is here already" in client.get(again.location).text, "read as the last time"
    assert send(client, f"{again.location}/removal").status_code == 303
    assert client.get(again.location).status_code == 404


@shows("Bad input", "A CSV with a stray quote in line 700: the row is named, nothing is brought in")
@keeps("X5", "I13")
def test_a_file_with_problems_is_shown_row_by_row_and_not_applied(desk):
    client = desk.client(desk.owner)
    lines = ["number,title", *(f'{n},"Title {n}"' for n in range(2, 902))]
    lines[699] = '700,"A "stray" quote"'
    sent = upload(client, "long.csv", "\n".join(lines).encode())
    page = client.get(sent.location)
    assert "Row 700" in page.text
    assert "One thing has to be mended first" in page.text
    assert "Bring it in" not in page.text
    refused = send(client, f"{sent.location}/application", {"seen": "x"})
    assert refused.status_code == 422
    assert "Nothing was brought in." in refused.text
    with desk.work() as uow:
        assert uow.session.execute(select(func.count(Submission.id))).scalar_one() == 0


@keeps("I12", "I13", "I9")
def test_files_that_cannot_be_read_are_refused_beside_the_field(desk):
    client = desk.client(desk.owner)
    for data, why in (
        (b"", "nothing in this file"), (b"%PDF-1.7", "PDF"), (b"PK\x03\x04", "spreadsheet"), (b"[{]", "not JSON"),
        (b"a" * (30 * 1024 * 1024 + 1), "MB"), (b"a,b\n" + b"1,2\n" * 10_001, "more than 10000 rows"),
    ):  # fmt: skip
        answer = upload(client, "file.csv", data)
        assert answer.status_code == 422, why
        assert why in answer.text
    assert send(client, IMPORT, {}).status_code == 422


def test_five_files_wait_at_most_and_a_day_long(desk, clock):
    client = desk.client(desk.owner)
    locations = [upload(client, f"{n}.csv", sample("own-cp1252.csv")).location for n in range(5)]
    assert upload(client, "6.csv", sample("own-cp1252.csv")).status_code == 422
    listed = client.get(IMPORT).text.count("4.csv")
    again = upload(client, "4.csv", sample("own-cp1252.csv"))
    assert again.status_code == 303, "mended and uploaded again, it takes the place of the earlier one"
    assert client.get(IMPORT).text.count("4.csv") == listed
    clock.at += timedelta(days=1, seconds=1)
    assert client.get(locations[0]).status_code == 404
    assert "4.csv" not in client.get(IMPORT).text
    with desk.work() as uow:
        queries.forget_expired(uow)
        assert uow.session.scalars(select(ImportFile)).all() == []


@keeps("A1", "A3", "A7")
def test_only_chairs_of_all_tracks_import_and_each_their_own_files(desk):
    owner, chair = desk.client(desk.owner), desk.client(desk.chair)
    location = upload(owner, "mine.csv", sample("own-cp1252.csv")).location
    for other in (chair, desk.client(desk.track_chair), desk.client(desk.rania), desk.client(desk.author)):
        assert other.get(location).status_code == 404
        for path in (location, f"{location}/application", f"{location}/removal"):
            assert send(other, path, {"seen": "x"}).status_code == 404
    assert "mine.csv" not in chair.get(IMPORT).text
    for nobody in (desk.client(desk.track_chair), desk.client(desk.rania), desk.client(desk.author)):
        assert nobody.get(IMPORT).status_code == 404
        assert upload(nobody, "x.csv", b"title\nx\n").status_code == 404


@keeps("A12")
def test_a_conflicted_chair_brings_nothing_to_what_is_hidden(desk):
    with desk.work() as uow:
        desk.season.uow = uow
        do(uow, desk.season, "own-cp1252.csv")
        declare(uow, works(uow)[0], desk.chair)
    client = desk.client(desk.chair)
    for data in (sample("own-cp1252.csv"), sample("own-cp1252.csv").replace(b"submitted", b"accepted")):
        page = client.get(upload(client, "x.csv", data).location)
        assert "Another chair has to bring this in." in page.text  # changed or not, the same is said
        assert "Bring it in" not in page.text


@pytest.mark.sqlite
def test_a_look_takes_the_same_few_queries_however_long_the_file(desk, database):
    client = desk.client(desk.owner)
    taken = []
    for rows in (1, 2000):
        data = "number,title,authors,emails,track\n" + "".join(
            f"{n},Title {n},Author {n},a{n}@x.example,1\n" for n in range(rows)
        )
        location = upload(client, "x.csv", data.encode()).location
        with count_queries(database) as seen:
            assert client.get(location).status_code == 200
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 12


@pytest.mark.sqlite
@pytest.mark.slow
def test_hundreds_of_rows_come_in(season, uow):
    rows = "".join(f'{n},"Title {n}","A{n} One; B{n} Two","a{n}@x.example; b{n}@y.example",1\n' for n in range(300))
    plan = do(uow, season, f"number,title,authors,emails,track\n{rows}".encode())
    assert plan.count("new") == 300
    assert uow.session.execute(select(func.count(Imported.id))).scalar_one() == 300


def test_hostile_wishes_are_no_wishes(season, uow):
    content = content_of(sample("own-cp1252.csv"))
    for wishes in (
        {"source": 3, "sort": None, "mapping": [1], "fates": "x", "tracks": 9, "score": ["a", "b"], "order": {}},
        {"mapping": {"title": "explode"}, "score": [5, 1], "fates": {"submitted": "x"}, "tracks": {"1": "x"}},
    ):
        assert json.dumps(wishes)
        look(uow, season.edition, None, content, wishes)


def test_nobody_keeps_a_file_who_may_not_import(season, uow):
    uow.actor = season.rania
    with pytest.raises(NotFound):
        service.keep(uow, season.edition, "x.csv", b"title\nx\n", None)


def test_a_new_organiser_of_the_team_may_import(desk):
    with desk.work() as uow:
        person = make_person(uow)
        join_team(uow, desk.edition, person, Role.ORGANISER)
    assert re.search("Where it comes from", desk.client(person).get(IMPORT).text)
