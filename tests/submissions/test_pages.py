"""Pages of the call, of one's own submissions, and of the organisers' desk."""

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests.factories import client_for, join_team, make_date, make_edition, make_person, send
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.questions.factories import make_question
from tests.shows import keeps, shows
from tests.submissions.factories import WORDING, make_call, make_submission, open_edition
from workshop_manager.calls import service as calls
from workshop_manager.calls.models import Call
from workshop_manager.calls.states import Blinding
from workshop_manager.core.errors import Conflict
from workshop_manager.mail.models import OutboxMail
from workshop_manager.questions.models import Answer
from workshop_manager.questions.states import Kind as Asking
from workshop_manager.submissions import panels
from workshop_manager.submissions.form import KEY
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import EarlierDate
from workshop_manager.workshops.states import DateKey, Kind, Role, Visibility

CALL = "/musiml/2026/call"
MINE = "/musiml/2026/submissions/"
ONE = "/musiml/2026/submissions/1"
DESK = "/musiml/2026/organise/submissions"
DESK_CALL = "/musiml/2026/organise/call"


class House:
    """An edition with an open call, an author and an owner."""

    def __init__(self, app, work):
        self.app, self.work = app, work
        with work() as uow:
            self.edition = open_edition(uow)
            self.first, self.second = workshops.tracks(uow.session, self.edition.id)
            self.author = make_person(uow, "Wahyuni", "wahyuni@example.org", time_zone="Asia/Jakarta")
            self.owner = make_person(uow, "Amina")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            self.client, self.desk = client_for(app, uow, self.author), client_for(app, uow, self.owner)

    def submission(self, submitter=None, state=State.SUBMITTED, **values):
        with self.work() as uow:
            return make_submission(uow, self.edition, submitter or self.author, state, **values)

    def member(self, role, track=None, edition=None):
        with self.work() as uow:
            person = make_person(uow, "Member")
            join_team(uow, edition or self.edition, person, role, track)
            return client_for(self.app, uow, person)

    def visitor(self):
        return self.app.test_client()

    def due(self, uow):
        return workshops.date_by_key(uow.session, self.edition.id, DateKey.ABSTRACTS_DUE)


@pytest.fixture
def house(app, work):
    return House(app, work)


def text_of(answer):
    soup = BeautifulSoup(answer.text, "html.parser")
    return " ".join(soup.find("main").get_text(" ").split())


# -- the call


@shows(
    "Call", "Each date stands with its announced zone, the reader’s own, what it was before, and what is left until it"
)
@shows("Call", "The call shows its text, tracks with eligibility, dates in both zones, limits and who sees whose name")
def test_the_call_says_everything_an_author_needs(house):
    with house.work() as uow:
        due = house.due(uow)
        earlier = EarlierDate(date_id=due.id, at=due.at - timedelta(days=14), zone=due.zone, changed_at=uow.now)
        uow.session.add(earlier)
        make_call(uow, house.edition, headline="Two pages, not archival", text="We invite **work in progress**.")
    answer = house.client.get(CALL)
    text = text_of(answer)
    assert "<strong>work in progress</strong>" in answer.text
    for words in (
        "You can submit now", "Two pages, not archival", "Research by Muslim authors", WORDING, "Open to every author.",
        "Old date: Thu 28 May", "Thu 11 June, 00:00 AoE", "Thu 11 June, 19:00 for you", "10 days left",
        "up to 250 words", "PDF, 2 pages and 1 page of references, at most 10 MB", "Double-blind: reviewers do not see",
    ):  # fmt: skip
        assert words in text, words
    assert 'href="/musiml/2026/submissions/new"' in answer.text
    assert '<link rel="canonical" href="http://localhost/musiml/2026/call">' in answer.text


@shows("Call", "What one can do is said by the state of the call: ahead, open, closed, decided")
def test_the_call_says_where_it_stands(house, clock):
    now = clock.at
    with house.work() as uow:
        opens = workshops.date_by_key(uow.session, house.edition.id, DateKey.CALL_OPENS)
        opens.at = now + timedelta(days=1)
    assert "The call opens soon" in text_of(house.visitor().get(CALL))
    with house.work() as uow:
        workshops.date_by_key(uow.session, house.edition.id, DateKey.CALL_OPENS).at = now - timedelta(days=1)
    assert "You can submit now" in text_of(house.visitor().get(CALL))
    clock.at = now + timedelta(days=11)
    answer = house.visitor().get(CALL)
    assert "The call is closed" in text_of(answer)
    assert "submissions/new" not in answer.text
    house.submission(state=State.ACCEPTED)
    assert "The decisions are out" in text_of(house.visitor().get(CALL))
    with house.work() as uow:
        uow.session.delete(house.due(uow))
    assert "There is no call yet" in text_of(house.visitor().get(CALL))
    clock.at = house.edition.ends_at + timedelta(minutes=1)
    answer = house.visitor().get(CALL)
    assert "No call was announced here" in text_of(answer)
    assert "Come back later" not in answer.text


@keeps("A13")
def test_pending_decisions_do_not_make_the_call_look_decided(house, clock):
    house.submission()
    clock.at += timedelta(days=11)
    assert "The call is closed" in text_of(house.visitor().get(CALL))


def test_socials_and_meetups_have_no_tab_for_a_call(house):
    with house.work() as uow:
        make_edition(uow, slug="lunch", kind=Kind.SOCIAL)
    assert 'href="/musiml/lunch/call"' not in house.visitor().get("/musiml/lunch/call").text
    assert 'href="/musiml/2026/call"' in house.visitor().get(CALL).text


@shows("Call", "An open call stands under “What is open” and gives the page its main button")
def test_the_editions_page_shows_the_call(house, clock):
    page = house.visitor().get("/musiml/2026/")
    assert "Call for abstracts" in page.text
    assert "Submit an abstract" in page.text
    clock.at += timedelta(days=11)
    page = house.visitor().get("/musiml/2026/")
    assert "Call for abstracts" in page.text
    assert "Submit an abstract" not in page.text


@keeps("I1", "I2")
def test_what_organisers_write_in_the_call_runs_nowhere(house):
    with house.work() as uow:
        make_call(uow, house.edition, headline="<script>1</script>", text="<script>2</script> [x](javascript:3)")
    answer = house.visitor().get(CALL)
    assert "<script>1" not in answer.text
    assert "<script>2" not in answer.text
    assert 'href="javascript' not in answer.text


CALL_FORM = {
    "version": "1", "headline": "Two pages", "text": "Come.", "blinding": "single", "needs_pdf": "y",
    "page_limit": "4", "reference_pages": "0", "word_limit": "120", "max_megabytes": "5",
}  # fmt: skip


@shows("Call", "Names that authors were promised to be hidden stay hidden once somebody has submitted")
def test_blinding_is_not_taken_back_from_those_who_submitted(house):
    with house.work() as uow:
        make_submission(uow, house.edition, make_person(uow))
    refused = send(house.desk, DESK_CALL, CALL_FORM | {"headline": "Typed"})
    assert refused.status_code == 422
    assert "fewer names shown" in refused.text
    assert "Typed" in refused.text
    with house.work() as uow:
        call = uow.session.get_one(Call, house.edition.id)
        assert call.blinding is Blinding.DOUBLE
        with pytest.raises(Conflict):
            calls.edit_call(uow, house.edition, calls.CallContent("", "", Blinding.NONE, True, 2, 1, 100, 5))
        call.blinding = Blinding.NONE
    assert send(house.desk, DESK_CALL, CALL_FORM).status_code == 303, "hiding more"


@shows("Call", "Organisers edit text, limits and blinding, and learn of each other when two do at once")
def test_organisers_edit_the_call(house):
    assert house.desk.get(DESK_CALL).status_code == 200
    answer = send(house.desk, DESK_CALL, CALL_FORM)
    assert (answer.status_code, answer.location) == (303, CALL)
    with house.work() as uow:
        call = uow.session.get_one(Call, house.edition.id)
        assert (call.headline, call.blinding, call.page_limit) == ("Two pages", Blinding.SINGLE, 4)
    stale = send(house.desk, DESK_CALL, CALL_FORM | {"headline": "Mine", "text": "Mine too."})
    assert stale.status_code == 422
    assert "Somebody saved the call after you opened this page" in stale.text
    assert "Two pages" in stale.text
    assert "Mine too." in stale.text
    assert send(house.desk, DESK_CALL, CALL_FORM | {"version": "2", "headline": "Mine"}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [("page_limit", "0"), ("page_limit", "x"), ("word_limit", "9"), ("max_megabytes", "16"), ("blinding", "triple"),
     ("reference_pages", "-1"), ("headline", "x" * 301)],
)  # fmt: skip
@pytest.mark.sqlite
def test_a_limit_that_makes_no_sense_is_refused_and_nothing_typed_is_lost(house, field, value):
    answer = send(house.desk, DESK_CALL, CALL_FORM | {"text": "Long text.", field: value})
    assert answer.status_code == 422
    assert "Long text." in answer.text
    with house.work() as uow:
        assert uow.session.get_one(Call, house.edition.id).text == ""


# -- one's own


@shows("Submissions", "My submissions lists what I handed in or am named in, with what waits for me")
def test_my_submissions_are_those_i_sent_and_those_i_am_named_in(house):
    house.submission(title="Mine")
    house.submission(state=State.DRAFT, title="")
    with house.work() as uow:
        other = make_person(uow, "Other")
        make_submission(uow, house.edition, other, title="I am named here", authors=(house.author,))
        make_submission(uow, house.edition, other, title="Not mine at all")
    text = text_of(house.client.get(MINE))
    for words in ("Mine", "Draft without a title", "I am named here"):
        assert words in text
    assert "Not mine" not in text


def test_an_empty_list_says_what_to_do(house, clock):
    assert "Submit an abstract" in text_of(house.client.get(MINE))
    clock.at += timedelta(days=11)
    assert "Read the call" in text_of(house.client.get(MINE))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.DRAFT, "It is not submitted yet."),
        (State.SUBMITTED, "You can change everything until the deadline"),
        (State.ACCEPTED, "Your work is accepted."),
        (State.CONFIRMED, "you confirmed that you come"),
        (State.DECLINED, "you declined"),
        (State.WAITLISTED, "it is on the waitlist"),
        (State.REJECTED, "We could not take it this time."),
        (State.WITHDRAWN, "You took this back."),
    ],
)
@pytest.mark.sqlite
def test_a_submission_says_in_one_sentence_where_it_stands(house, state, sentence):
    house.submission(state=state)
    assert sentence in text_of(house.client.get(ONE))


@keeps("A13")
def test_an_outcome_shows_only_once_it_is_released(house):
    house.submission(outcome=Outcome.ORAL)
    assert "Oral" not in house.client.get(ONE).text
    assert "Oral" not in house.desk.get(DESK).text
    house.submission(state=State.ACCEPTED, outcome=Outcome.POSTER)
    assert "Poster" in house.client.get("/musiml/2026/submissions/2").text


def test_a_draft_says_what_is_missing_and_after_the_deadline_that_it_was_not_submitted(house, clock):
    house.submission(state=State.DRAFT, title="")
    assert "Give your abstract a title." in text_of(house.client.get(ONE))
    clock.at += timedelta(days=11)
    assert "This draft was not submitted before the call closed." in text_of(house.client.get(ONE))


@keeps("D2", "D6", "T5")
@shows(
    "Submissions",
    "A file is delivered as an attachment under a neutral name, to those who may see its submission",
)
def test_files_are_as_private_as_their_submission(house):
    house.submission(pdf=make_pdf())
    path = f"{ONE}/files/1"
    answer = house.client.get(path)
    assert answer.data == make_pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="musiml-2026-1.pdf"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    with house.work() as uow:
        stranger = client_for(house.app, uow, make_person(uow))
    for client, place in ((stranger, path), (stranger, f"{path}/blind"), (house.client, f"{ONE}/files/2")):
        assert client.get(place).status_code == 404
    assert house.visitor().get(path).status_code == 303


def test_a_submission_is_withdrawn_by_its_author_and_mailed(house):
    house.submission(title="Going home")
    answer = send(house.client, f"{ONE}/withdrawal")
    assert (answer.status_code, answer.location) == (303, ONE)
    assert "Withdrawn" in text_of(house.client.get(ONE))
    assert send(house.client, f"{ONE}/withdrawal").status_code == 409
    with house.work() as uow:
        assert list(uow.session.scalars(select(OutboxMail.subject))) == ["Withdrawn: Going home"]


def test_a_draft_is_removed_and_a_submission_is_not(house):
    house.submission(state=State.DRAFT)
    assert send(house.client, f"{ONE}/removal").status_code == 303
    assert house.client.get(ONE).status_code == 404
    house.submission()
    assert send(house.client, "/musiml/2026/submissions/2/removal").status_code == 409


@keeps("A3", "A6", "A7", "I14")
@pytest.mark.parametrize("act", ["withdrawal", "removal"])
def test_nobody_else_takes_back_a_submission_and_no_get_does(house, act):
    house.submission()
    with house.work() as uow:
        stranger = client_for(house.app, uow, make_person(uow))
    assert send(stranger, f"{ONE}/{act}").status_code == 404
    assert send(house.desk, f"{ONE}/{act}").status_code == 404
    assert house.client.get(f"{ONE}/{act}").status_code == 405
    with house.work() as uow:
        assert uow.session.scalars(select(Submission.state)).one() is State.SUBMITTED


@keeps("A4")
def test_a_number_of_another_edition_is_not_found_here(house):
    house.submission()
    with house.work() as uow:
        elsewhere = open_edition(uow, slug="2025")
        make_submission(uow, elsewhere, house.author)
        make_submission(uow, elsewhere, house.author)
    assert house.client.get("/musiml/2025/submissions/2").status_code == 200
    assert house.client.get("/musiml/2026/submissions/2").status_code == 404


def test_a_draft_edition_does_not_exist_for_others(house):
    with house.work() as uow:
        hidden = open_edition(uow, slug="hidden", visibility=Visibility.DRAFT)
        make_submission(uow, hidden, make_person(uow))
    for place in ("call", "submissions/", "submissions/new", "submissions/1"):
        assert house.client.get(f"/musiml/hidden/{place}").status_code == 404


def test_higher_packages_add_sections_to_a_submission(house, monkeypatch):
    from markupsafe import Markup

    monkeypatch.setattr(panels, "_detail", [])
    monkeypatch.setattr(panels, "_desk", [])
    panels.register_detail_panel(20, lambda uow, edition, s: Markup("<p>second {}</p>").format(s.number))
    panels.register_detail_panel(10, lambda uow, edition, s: Markup("<p>first</p>"))
    panels.register_detail_panel(30, lambda uow, edition, s: None)
    panels.register_desk_panel(10, lambda uow, edition, s: Markup("<p>reviews</p>"))
    house.submission()
    text = text_of(house.client.get(ONE))
    assert text.index("first") < text.index("second 1")
    assert "reviews" in text_of(house.desk.get(f"{DESK}/1"))


# -- the desk


@shows("Submissions", "Organisers find submissions by state, track and words of the title, fifty a page")
def test_the_desk_filters_searches_and_pages(house):
    with house.work() as uow:
        people = [make_person(uow) for _ in range(2)]
        for number in range(52):
            track = house.first if number % 2 else house.second
            make_submission(uow, house.edition, people[number % 2], track=track, title=f"Work on wool {number}")
        make_submission(uow, house.edition, people[0], State.REJECTED, title="100% cotton_thread")
        make_submission(uow, house.edition, people[0], State.DRAFT, title="Only a draft")

    def titles(query=""):
        soup = BeautifulSoup(house.desk.get(DESK + query).text, "html.parser")
        return [a.text for a in soup.select("tbody th a")]

    assert len(titles()) == 50
    assert titles("?page=2") == ["Work on wool 50", "Work on wool 51", "100% cotton_thread"]
    assert titles("?page=99") == titles("?page=2")
    assert titles("?page=-1&page=x") == titles()
    assert titles("?state=rejected") == ["100% cotton_thread"]
    assert titles("?q=COTTON_") == titles("?q=0%25") == ["100% cotton_thread"]
    assert titles("?q=_") == ["100% cotton_thread"]
    assert len(titles(f"?track={house.first.id}")) == 26
    assert titles("?state=draft") == titles("?state=nonsense&track=999") == titles()
    assert titles("?q=nothinglikeit") == []
    page = house.desk.get(DESK + "?state=submitted&_external=1&endpoint=x")
    assert f"{DESK}?state=submitted&amp;_external=1&amp;endpoint=x&amp;page=2" in page.text
    assert "53 abstracts came in. One more is a draft, which only its authors see." in text_of(page)


def test_an_empty_desk_says_what_to_do(house):
    assert "Nothing has come in yet" in text_of(house.desk.get(DESK))


@keeps("A1", "A2", "A4", "A6", "A12")
@shows(
    "Submissions", "Chairs read what came in, track chairs their tracks, reviewers and others nothing, nobody their own"
)
def test_who_reads_what_at_the_desk(house):
    with house.work() as uow:
        other = make_person(uow, "Other")
        make_submission(uow, house.edition, other, track=house.first, title="In one", pdf=make_pdf())
        make_submission(uow, house.edition, other, track=house.second, title="In two", pdf=make_pdf())
        make_submission(uow, house.edition, other, State.DRAFT, track=house.first, title="Draft")
        make_submission(uow, house.edition, house.owner, track=house.first, title="The owner's", pdf=make_pdf())
        elsewhere = make_edition(uow, slug="2025")
    everything, nothing = {1, 2, 4}, None
    cases = (
        (house.desk, {1, 2}),
        (house.member(Role.ORGANISER), everything),
        (house.member(Role.PROGRAMME_CHAIR), everything),
        (house.member(Role.TRACK_CHAIR, house.second), {2}),
        (house.member(Role.TRACK_CHAIR), set()),
        (house.member(Role.REVIEWER), nothing),
        (house.member(Role.GRANTS_COMMITTEE), nothing),
        (house.member(Role.FRONT_DESK), nothing),
        (house.member(Role.OWNER, edition=elsewhere), nothing),
        (house.client, nothing),
    )
    for client, seen in cases:
        listing, table = client.get(DESK), client.get(f"{DESK}.csv")
        assert (listing.status_code, table.status_code) == ((404, 404) if seen is None else (200, 200))
        numbers = {n for n in range(1, 5) if client.get(f"{DESK}/{n}").status_code == 200}
        files = {n for n in range(1, 5) if client.get(f"{DESK}/{n}/files/1").status_code == 200}
        assert numbers == files == (seen or set())
        if seen is not None:
            rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
            assert {int(row["number"]) for row in rows} == seen
            total = BeautifulSoup(listing.text, "html.parser").select_one(".desk nav .count").text
            assert int(total.split()[0]) == len(seen)
    for path in (DESK, f"{DESK}.csv", f"{DESK}/1", f"{DESK}/1/files/1"):
        assert house.visitor().get(path).status_code == 303


@keeps("A5")
def test_a_track_chair_searching_for_what_is_hidden_finds_what_nonsense_finds(house):
    with house.work() as uow:
        make_submission(uow, house.edition, make_person(uow), track=house.first, title="Secret weaving")
    chair = house.member(Role.TRACK_CHAIR, house.second)
    for hidden, nonsense in (("q=Secret", "q=xyzzy"), (f"track={house.first.id}", "track=999")):
        answers = [text_of(chair.get(f"{DESK}?{query}")) for query in (hidden, nonsense)]
        assert answers[0].replace("Secret", "xyzzy") == answers[1]


@pytest.mark.parametrize("role", [Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.REVIEWER, Role.FRONT_DESK])
@pytest.mark.sqlite
def test_only_organisers_edit_the_call(house, role):
    member = house.member(role)
    assert member.get(DESK_CALL).status_code == 404
    assert send(member, DESK_CALL, CALL_FORM).status_code == 404


@keeps("I8")
@shows("Submissions", "The list leaves as CSV in which no cell is a formula")
def test_the_csv_runs_no_formula(house):
    with house.work() as uow:
        person = make_person(uow, "@SUM(A1)", "eve@example.org")
        make_submission(uow, house.edition, person, track=house.first, title='=HYPERLINK("http://x")')
    answer = house.desk.get(f"{DESK}.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="musiml-2026-submissions.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert row["title"] == '\'=HYPERLINK("http://x")'
    assert row["authors"] == "'@SUM(A1)"
    assert (row["state"], row["track"], row["addresses"]) == ("submitted", "1", "eve@example.org")


@shows("Submissions", "The list as CSV holds the answers to the organisers' questions")
def test_the_csv_holds_answers(house):
    with house.work() as uow:
        code = make_question(uow, house.edition, "Is there code?", Asking.YES_NO)
        found = make_submission(uow, house.edition, make_person(uow), track=house.first)
        make_submission(uow, house.edition, make_person(uow), track=house.first)
        uow.session.add(Answer(question_id=code.id, owner_kind=KEY, owner_id=found.id, value=True, at=uow.now))
    rows = csv.DictReader(io.StringIO(house.desk.get(f"{DESK}.csv").text.removeprefix("\ufeff")))
    assert [row["Is there code?"] for row in rows] == ["Yes", ""]


@keeps("P3", "A9")
@shows("Submissions", "Organisers see what was declared as totals only, and none that tells of fewer than five people")
def test_declarations_are_totals_and_small_ones_are_not_told(house):
    with house.work() as uow:
        for number in range(12):
            found = make_submission(uow, house.edition, make_person(uow), track=house.first)
            declared = uow.session.get_one(Declaration, found.id)
            declared.is_eligible, declared.wording = True, WORDING
            declared.wants_grant, declared.willing_to_review = number < 6, number < 3
    text = text_of(house.desk.get(DESK))
    assert "would like a travel grant 6 of 12" in text
    assert "can review too few on one side to say" in text
    assert f"{WORDING} too few on one side to say" in text, "12 of 12 would tell of each"
    page = house.desk.get(f"{DESK}/1").text
    assert "grant" not in BeautifulSoup(page, "html.parser").find("main").text
    assert WORDING not in page


# -- how much a page asks


@pytest.mark.sqlite
@shows("Submissions", "No page of call or submissions asks more than twelve queries, at one row or at five hundred")
def test_pages_ask_the_same_few_queries_at_one_row_and_at_many(house, database):
    def asked(client, path):
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    pages = (
        (house.visitor(), CALL), (house.client, CALL), (house.client, MINE), (house.client, ONE),
        (house.client, f"{ONE}/edit"), (house.client, f"{MINE}new"), (house.desk, DESK), (house.desk, f"{DESK}/1"),
        (house.desk, f"{DESK}.csv"), (house.desk, DESK_CALL),
    )  # fmt: skip
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, track=house.first, pdf=make_pdf())
    few = [asked(client, path) for client, path in pages]
    with house.work() as uow:
        coauthor = make_person(uow, "Wrote With")
        for number in range(500):
            friend = (coauthor,) if number % 2 else ()
            make_submission(uow, house.edition, house.author, track=house.first, authors=friend)
        make_date(uow, house.edition, DateKey.NOTIFICATION, uow.now + timedelta(days=30))
    many = [asked(client, path) for client, path in pages]
    assert max(few) <= 12, list(zip(few, (path for _client, path in pages), strict=True))
    # What is taken along is read in stretches of some hundred rows.
    assert all(two - one <= path.endswith(".csv") for one, two, (_c, path) in zip(few, many, pages, strict=True)), many
