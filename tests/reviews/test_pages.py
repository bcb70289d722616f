"""The pages of reviewing and deciding, as the people who use them meet them."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from tests.factories import join_team, make_date, make_edition, make_person, send
from tests.pdfs import make_pdf
from tests.queries import count_queries
from tests.reviews.factories import DESK, REVIEWS, add_author, declare, make_assignment, make_decision, make_review
from tests.shows import keeps, shows
from tests.submissions.factories import make_call, make_submission
from workshop_manager.assignments.models import Assignment
from workshop_manager.calls.states import Blinding
from workshop_manager.conflicts.models import DeclaredConflict
from workshop_manager.decisions.models import Decision
from workshop_manager.mail.models import OutboxMail
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import ReviewState
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import DateKey, Role

BOARD = f"{DESK}/decisions"
WHO = f"{DESK}/reviews"
LONG = "Oluwadamilola-Fashola Chukwuemeka Abdulrahman " * 3
GOOD = {"score": "5", "advice": "oral", "confidence": "3", "text": "A clear question.", "remark": "", "version": "0"}


def main(answer):
    return BeautifulSoup(answer.text, "html.parser").find("main")


def text_of(answer):
    return " ".join(main(answer).get_text(" ").split())


def inputs(answer, form=-1):
    """What a browser would send from the last form of the page."""
    found = {}
    for field in main(answer).find_all("form")[form].find_all(["input", "select", "textarea"]):
        name = field.get("name")
        if not name or (field.get("type") in ("checkbox", "radio") and not field.has_attr("checked")):
            continue
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            found[name] = chosen["value"]
        else:
            found[name] = field.text.removeprefix("\r\n") if field.name == "textarea" else field.get("value", "")
    return found


def count(house, model):
    with house.work() as uow:
        return uow.session.execute(select(func.count()).select_from(model)).scalar_one()


def given(house, person="rania", **values):
    """A work that this reviewer was given; returns its number."""
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first, **values)
        make_assignment(uow, work, getattr(house, person))
        return work.number


# -- the reviewer


@shows(
    "Review and decisions",
    "A reviewer finds what they owe, writes, keeps a draft, hands in, and sees the date in both zones",
)
def test_a_reviewer_reads_writes_and_hands_in(house):
    with house.work() as uow:
        make_date(uow, house.edition, DateKey.REVIEWS_DUE, uow.now.replace(day=20))
    number = given(house, title="Whose Dialect Is Default?", pdf=make_pdf())
    client, page = house.rania_client, f"{REVIEWS}{number}"
    listed = text_of(client.get(REVIEWS))
    for words in ("0 of 1 is in", "To do", "Whose Dialect Is Default?", "Not begun", "AoE", "days left"):
        assert words in listed, words
    shown = client.get(page)
    assert shown.headers["Cache-Control"] == "no-store"
    for words in ("We measure what it costs.", "The PDF, 2 pages", "6, strong", "For the chairs only", "own"):
        assert words in text_of(shown), words
    answer = send(client, page, {"version": "0", "score": "4", "do": "draft"})
    assert (answer.status_code, answer.location) == (303, page)
    assert "Draft saved. Nobody but you reads it." in text_of(client.get(page))
    assert "Draft, not handed in" in text_of(client.get(REVIEWS))
    assert inputs(client.get(page))["score"] == "4"
    answer = send(client, page, GOOD | {"version": "1", "remark": "Too long."})
    assert (answer.status_code, answer.location) == (303, REVIEWS)
    assert "Your review of #1 is in." in text_of(client.get(REVIEWS))
    assert inputs(client.get(page))["remark"] == "Too long."


@keeps("I13")
def test_what_is_missing_is_said_and_what_was_typed_is_kept(house):
    number = given(house)
    answer = send(house.rania_client, f"{REVIEWS}{number}", {"version": "0", "text": "  ", "remark": "Between us"})
    assert answer.status_code == 422
    for words in ("4 things need another look", "Give a score.", "Say how well you know the area.", "Between us"):
        assert words in text_of(answer), words
    assert count(house, Review) == 0
    for junk in ({"score": "7"}, {"score": "x"}, {"advice": "gold"}, {"version": "-1"}, {"version": "9" * 40}):
        assert send(house.rania_client, f"{REVIEWS}{number}", GOOD | junk).status_code == 422
    answer = send(house.rania_client, f"{REVIEWS}{number}", GOOD | {"text": "x" * 20_001})
    assert answer.status_code == 422
    assert count(house, Review) == 0


@keeps("X3")
def test_a_second_tab_is_shown_what_is_saved_and_keeps_its_own_words(house):
    number = given(house)
    page = f"{REVIEWS}{number}"
    send(house.rania_client, page, GOOD | {"text": "Said in the first tab."})
    answer = send(house.rania_client, page, GOOD | {"text": "Said in the second."})
    assert answer.status_code == 422
    assert "What is saved now" in text_of(answer)
    assert "Said in the first tab." in text_of(answer)
    typed = inputs(answer)
    assert (typed["version"], typed["text"].strip()) == ("1", "Said in the second.")
    assert send(house.rania_client, page, typed).status_code == 303


@shows("Review and decisions", "Others' reviews are seen only after one's own is in, and without names")
def test_others_are_read_after_ones_own_is_in(house):
    number = given(house)
    with house.work() as uow:
        work = uow.session.scalars(select(Submission)).one()
        make_review(uow, work, house.kenza, 2, text="I doubt the numbers.", remark="For chairs.")
    page = f"{REVIEWS}{number}"
    before = text_of(house.rania_client.get(page))
    assert "I doubt the numbers." not in before
    assert "You see what others say once yours is in" in before
    send(house.rania_client, page, {"version": "0", "text": "A draft is not enough", "do": "draft"})
    assert "I doubt the numbers." not in text_of(house.rania_client.get(page))
    send(house.rania_client, page, GOOD | {"version": "1"})
    after = text_of(house.rania_client.get(page))
    assert (
        "Reviewer 1 2, weak: it needs much more work · A poster 3: I know the area well I doubt the numbers." in after
    )
    assert "Kenza" not in after
    assert "For chairs." not in after


def test_after_the_release_a_review_is_read_only(house):
    number = given(house)
    send(house.rania_client, f"{REVIEWS}{number}", GOOD)
    late = given(house)
    with house.work() as uow:
        for work in uow.session.scalars(select(Submission)):
            work.state, work.outcome = State.ACCEPTED, Outcome.POSTER
    shown = house.rania_client.get(f"{REVIEWS}{number}")
    assert "The decision is out" in text_of(shown)
    assert "Your review 5, good" in text_of(shown)
    assert 'name="score"' not in shown.text
    assert send(house.rania_client, f"{REVIEWS}{number}", GOOD | {"version": "1"}).status_code == 409
    assert "Decided without your review" in text_of(house.rania_client.get(REVIEWS))
    assert house.rania_client.get(f"{REVIEWS}{late}").status_code == 200


@shows("Bad input", "A review of a work that was withdrawn meanwhile: a clear message, and nothing typed is lost")
def test_words_about_a_withdrawn_work_are_given_back(house):
    number = given(house, title="Secret Title", pdf=make_pdf())
    with house.work() as uow:
        uow.session.scalars(select(Submission)).one().state = State.WITHDRAWN
    page = f"{REVIEWS}{number}"
    answer = send(house.rania_client, page, GOOD | {"text": "An hour of thought."})
    assert answer.status_code == 410
    assert "The authors withdrew #1" in text_of(answer)
    assert "An hour of thought." in text_of(answer)
    assert "Secret Title" not in answer.text
    assert house.rania_client.get(page).status_code == 410
    assert house.rania_client.get(f"{page}/conflict").status_code == 410
    assert house.rania_client.get(f"{page}/paper.pdf").status_code == 404
    assert house.kenza_client.get(page).status_code == 404
    assert "Secret Title" not in house.rania_client.get(REVIEWS).text
    assert count(house, Review) == 0


@shows("Review and decisions", "A declared conflict removes the assignment and hides the work at once; chairs see why")
def test_a_reviewer_declares_a_conflict(house):
    number = given(house, title="Whose Dialect")
    page = f"{REVIEWS}{number}/conflict"
    assert "I have a conflict with #1" in text_of(house.rania_client.get(page))
    assert send(house.rania_client, page, {"kind": "gold"}).status_code == 422
    assert count(house, DeclaredConflict) == 0
    answer = send(house.rania_client, page, {"kind": "advisor", "note": "My student."})
    assert (answer.status_code, answer.location) == (303, REVIEWS)
    listed = house.rania_client.get(REVIEWS)
    assert "you do not see it any more" in text_of(listed)
    assert "Whose Dialect" not in listed.text
    for path in (f"{REVIEWS}{number}", page, f"{REVIEWS}{number}/paper.pdf"):
        assert house.rania_client.get(path).status_code == 404
    seen = text_of(house.chair_client.get(f"{WHO}/{number}"))
    assert "Rania One of us advised the other: My student." in seen
    assert "Cannot read it: declared a conflict" in seen
    conflict = re.search(r"/conflicts/(\d+)/removal", house.chair_client.get(f"{WHO}/{number}").text)[0]
    assert send(house.chair_client, f"{WHO}/{number}{conflict}").status_code == 303
    assert count(house, DeclaredConflict) == 0


def test_a_reviewer_without_work_is_told_what_comes(house):
    page = text_of(house.rania_client.get(REVIEWS))
    assert "Nothing to review yet" in page
    assert "you get a mail" in page


@keeps("A1", "A3", "A4", "A6")
@shows("Review and decisions", "Whoever was not given a work does not learn that it exists")
def test_the_reviewers_pages_are_for_those_who_were_given_the_work(house):
    number = given(house, pdf=make_pdf())
    with house.work() as uow:
        elsewhere = make_edition(uow, slug="2025")
        outsider = make_person(uow, "Outsider")
        join_team(uow, elsewhere, outsider, Role.REVIEWER)
        make_assignment(uow, uow.session.scalars(select(Submission)).one(), outsider)
        attendee = make_person(uow, "Attendee")
    absent = house.rania_client.get(f"{REVIEWS}987654")
    for person in (house.kenza, house.chair, house.owner, house.track_chair, house.author, attendee, outsider):
        client = house.client(person)
        for path in (str(number), f"{number}/paper.pdf", f"{number}/conflict"):
            assert client.get(REVIEWS + path).status_code == 404
        for path in (str(number), f"{number}/conflict"):
            assert send(client, REVIEWS + path, GOOD | {"kind": "other"}).status_code == 404
    for person in (house.author, attendee, outsider):
        assert house.client(person).get(REVIEWS).status_code == 404
    other = house.kenza_client.get(f"{REVIEWS}{number}")
    strip = re.compile(r"[0-9a-f]{4}-[0-9a-f]{4}|data-viewer=\"[^\"]*\"|value=\"[^\"]*\"|Kenza|Rania|987654|\b1\b")
    assert strip.sub("", other.text) == strip.sub("", absent.text)
    visitor = house.app.test_client()
    assert visitor.get(f"{REVIEWS}{number}").status_code == 303
    assert (count(house, Review), count(house, DeclaredConflict)) == (0, 0)


@pytest.mark.parametrize("who", ["own", "author", "address", "declared"])
@keeps("A9", "A12")
def test_a_conflict_that_comes_after_the_assignment_shuts_the_page(house, who):
    number = given(house, pdf=make_pdf())
    with house.work() as uow:
        work = uow.session.scalars(select(Submission)).one()
        if who == "own":
            work.submitter_id = house.rania.id
        elif who == "declared":
            declare(uow, work, house.rania)
        else:
            add_author(uow, work, *((house.rania.email,) if who == "address" else (None, house.rania)))
    for path in (str(number), f"{number}/paper.pdf", f"{number}/conflict"):
        assert house.rania_client.get(REVIEWS + path).status_code == 404
    assert send(house.rania_client, f"{REVIEWS}{number}", GOOD).status_code == 404
    assert "Work" not in text_of(house.rania_client.get(REVIEWS))


# -- assigning


@shows("Review and decisions", "A chair assigns from the work or from the reviewer, and sees everybody's load")
def test_a_chair_assigns_from_the_list(house):
    with house.work() as uow:
        number = make_submission(uow, house.edition, house.author, track=house.first, title="Whose Dialect").number
    page = house.chair_client.get(WHO)
    for words in (
        "Whose Dialect",
        "needs reviewers",
        "0 of 0 reviews are in",
        "1 abstract has fewer than 2 reviewers",
        "Rania",
    ):
        assert words in text_of(page), words
    answer = send(
        house.chair_client, f"{WHO}/{number}/assignments?track={house.first.id}", {"reviewer": house.rania.id}
    )
    assert (answer.status_code, answer.location) == (303, f"{WHO}?track={house.first.id}#s{number}")
    page = house.chair_client.get(WHO)
    assert "1 assignment made. One mail tells the reviewer." in text_of(page)
    assert "0 of 1" in text_of(page)
    answer = send(house.chair_client, f"{WHO}/{number}/assignments/{house.rania.id}/removal")
    assert answer.status_code == 303
    assert count(house, Assignment) == 0


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/1/assignments", "reviewer"),
        ("/1/assignments?from=one", "reviewer"),
        ("/reviewers/{rania}/assignments", "number"),
    ],
)
@keeps("I13")
def test_a_refused_assignment_says_why_and_keeps_the_choice(house, path, data):
    with house.work() as uow:
        make_submission(uow, house.edition, house.rania, track=house.first)
    chosen = house.rania.id if data == "reviewer" else 1
    answer = send(house.chair_client, WHO + path.format(rania=house.rania.id), {data: chosen})
    assert answer.status_code == 422
    assert "Rania submitted #1. Choose somebody else." in text_of(answer)
    if "from" not in path and data == "reviewer":
        assert f'<option value="{house.rania.id}" selected>' in answer.text
    for junk in ("", "x", "-1", "9" * 30, "987654"):
        assert send(house.chair_client, WHO + path.format(rania=house.rania.id), {data: junk}).status_code in (404, 422)
    assert count(house, Assignment) == 0


def test_a_chair_assigns_several_reviewers_to_one_work(house):
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first)
        add_author(uow, work, house.kenza.email)
    page = house.chair_client.get(f"{WHO}/1")
    assert "Cannot read it: has the address of an author" in text_of(page)
    assert page.text.count("disabled") == 1
    people = [house.rania.id, house.owner.id]
    answer = send(house.chair_client, f"{WHO}/1/assignments?from=one", {"reviewer": people})
    assert (answer.status_code, answer.location) == (303, f"{WHO}/1")
    assert "2 assignments made. 2 reviewers get one mail each." in text_of(house.chair_client.get(f"{WHO}/1"))


def test_a_chair_assigns_several_works_to_one_reviewer(house):
    with house.work() as uow:
        for number in range(3):
            make_submission(uow, house.edition, house.author, track=house.first, title=f"Work on {number}")
        own = make_submission(uow, house.edition, house.rania, track=house.first, title="Her own")
    page = house.chair_client.get(f"{WHO}/reviewers/{house.rania.id}")
    assert "Has nothing to review yet." in text_of(page)
    assert "Her own #4 · Research by Muslim authors · Cannot read it: submitted it" in text_of(page)
    answer = send(house.chair_client, f"{WHO}/reviewers/{house.rania.id}/assignments", {"number": [1, 3]})
    assert answer.status_code == 303
    page = text_of(house.chair_client.get(answer.location))
    assert "2 assignments made. One mail tells the reviewer." in page
    assert "0 of 2 reviews are in." in page
    assert count(house, OutboxMail) == 1
    assert house.chair_client.get(f"{WHO}/reviewers/{house.author.id}").status_code == 404
    assert house.chair_client.get(f"{WHO}/reviewers/987654").status_code == 404
    assert own.number == 4


def test_a_track_chair_sees_and_assigns_the_own_track_only(house):
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, track=house.first, title="Not hers")
        make_submission(uow, house.edition, house.author, track=house.second, title="Hers")
    client = house.track_chair_client
    page = client.get(WHO)
    assert "Hers" in page.text
    assert "Not hers" not in page.text
    assert "Research by Muslim authors" not in page.text
    assert send(client, f"{WHO}/1/assignments", {"reviewer": house.rania.id}).status_code == 404
    assert send(client, f"{WHO}/2/assignments", {"reviewer": house.rania.id}).status_code == 303
    for path in (f"{WHO}/1", f"{WHO}/1/conflict"):
        assert client.get(path).status_code == 404
    assert client.get(BOARD).status_code == 404


def test_a_chair_reads_everything_that_reviewers_wrote(house):
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.first)
        make_review(uow, work, house.rania, 5, text="For authors.", remark="For chairs.")
        make_review(uow, work, house.kenza, state=ReviewState.DRAFT, text="Half a thought")
        gone = make_review(uow, work, house.owner, text="From somebody", assigned=False)
        gone.reviewer_id = None
    page = text_of(house.chair_client.get(f"{WHO}/1"))
    for words in (
        "Rania Reviewer 1 5, good",
        "3: I know the area well",
        "For authors.",
        "For chairs.",
        "Somebody who left",
    ):
        assert words in page, words
    assert "Half a thought" not in page


# -- deciding


def scored(house, number=4):
    with house.work() as uow:
        for index in range(number):
            work = make_submission(uow, house.edition, house.author, track=house.first, title=f"Work with rank {index}")
            make_review(uow, work, house.rania, max(1, 6 - index))
            make_review(uow, work, house.kenza, 6 if index == 2 else max(1, 6 - index))


@shows(
    "Review and decisions",
    "The board ranks by average, draws each score, says what reviewers advise and what is missing or split",
    "A decision stays pending until it is released, and the board says that nobody has been told",
)
def test_the_board_ranks_decides_and_tells_nobody(house):
    scored(house)
    with house.work() as uow:
        work = make_submission(uow, house.edition, house.author, track=house.second, title="Half read")
        make_review(uow, work, house.rania, 5)
        make_assignment(uow, work, house.kenza)
    page = house.chair_client.get(BOARD)
    titles = [a.text for a in main(page).select("td.ttl a")]
    ranked = ["Work with rank 0", *(f"Work with rank {n}" for n in (1, 2)), "Half read", "Work with rank 3"]
    assert titles == ranked
    for words in ("1 review missing", "2 poster", "0 decisions pending, 5 open.", "Nobody has been told.", "All 5"):
        assert words in text_of(page), words
    strips = main(page).select("svg.strip")
    assert strips[0]["aria-label"] == "Scores 6, 6 of 6, average 6.0"
    assert [c["cy"] for c in strips[0].select("circle")] == ["21.0", "13.0"]
    assert strips[0].select("path")[0]["d"].startswith("M126.0 ")
    typed = inputs(page) | {"decision-1": "oral", "decision-2": "reject"}
    answer = send(house.chair_client, BOARD, typed)
    assert answer.status_code == 303
    page = text_of(house.chair_client.get(BOARD))
    for words in (
        "2 decisions saved as pending. Nobody has been told.",
        "2 decisions pending, 3 open.",
        "Release decisions…",
    ):
        assert words in page, words
    assert "Nothing changed." in text_of(
        house.chair_client.get(send(house.chair_client, BOARD, inputs(house.chair_client.get(BOARD))).location)
    )
    assert count(house, OutboxMail) == 0


@keeps("A13")
@shows("Review and decisions", "Until the release, nothing of a decision shows to authors: no page, no mail, no count")
def test_an_embargo_holds_for_authors_on_every_page(house):
    scored(house, 1)
    pages = [
        "/musiml/2026/submissions/1", "/musiml/2026/submissions/", "/musiml/2026/", "/musiml/2026/call", "/home",
        "/musiml/2026/schedule",
    ]  # fmt: skip

    def seen():
        strip = re.compile(r"[0-9a-f]{4}-[0-9a-f]{4}|data-viewer=\"[^\"]*\"|value=\"[^\"]*\"")
        return [(a.status_code, strip.sub("", a.text)) for a in map(house.author_client.get, pages)]

    before = seen()
    send(house.chair_client, BOARD, {"decision-1": "oral", "before-1": "", "version-1": "0"})
    assert count(house, Decision) == 1
    assert seen() == before
    for path in (BOARD, f"{BOARD}/mails", f"{BOARD}/release", WHO, f"{WHO}/1"):
        assert house.author_client.get(path).status_code == 404
    for verb in ("confirmation", "declination"):
        assert send(house.author_client, f"/musiml/2026/submissions/1/{verb}").status_code == 409


def test_the_board_is_narrowed_and_the_rank_stays(house):
    scored(house)
    with house.work() as uow:
        make_decision(uow, uow.session.scalars(select(Submission).where(Submission.number == 1)).one(), Outcome.ORAL)

    def shown(query):
        page = main(house.chair_client.get(f"{BOARD}?{query}"))
        return [
            (int(row.select_one(".rank").text), row.select_one(".ttl a").text[-1])
            for row in page.select("tbody tr:not(.cut)")
        ]

    assert shown("show=undecided") == [(2, "1"), (3, "2"), (4, "3")]
    assert shown("q=RANK+2") == [(3, "2")]
    assert shown("show=nonsense&track=x&page=7") == shown("")
    assert shown(f"track={house.second.id}") == []
    assert shown("q=%25") == shown("q=_") == shown("q=nothing+like+it") == []
    with house.work() as uow:
        uow.session.scalars(select(Review).where(Review.score == 6)).first().score = 2
    assert shown("show=split") == [(3, "0")]


@keeps("X3")
@shows(
    "Review and decisions", "Two chairs at the board: the second learns what the first chose, and overwrites nothing"
)
def test_the_second_chair_sees_what_the_first_put(house):
    scored(house, 2)
    mine, theirs = inputs(house.chair_client.get(BOARD)), inputs(house.owner_client.get(BOARD))
    send(house.owner_client, BOARD, theirs | {"decision-1": "reject"})
    answer = send(house.chair_client, BOARD, mine | {"decision-1": "oral", "decision-2": "poster"})
    assert answer.status_code == 422
    assert "Another chair put: Not accepted" in text_of(answer)
    assert (inputs(answer)["decision-1"], inputs(answer)["decision-2"]) == ("oral", "poster")
    assert send(house.chair_client, BOARD, inputs(answer)).status_code == 303
    with house.work() as uow:
        outcomes = uow.session.scalars(select(Decision.outcome).order_by(Decision.submission_id)).all()
    assert outcomes == [Outcome.ORAL, Outcome.POSTER]


@shows(
    "Review and decisions",
    "Before the release a chair reads every mail with its real recipients; the release says what would happen",
)
def test_the_mails_are_read_before_they_go_out(house):
    scored(house, 3)
    assert "Nothing is pending" in text_of(house.chair_client.get(f"{BOARD}/mails"))
    assert "Nothing is pending" in text_of(house.chair_client.get(f"{BOARD}/release"))
    send(
        house.chair_client,
        BOARD,
        inputs(house.chair_client.get(BOARD)) | {"decision-1": "oral", "decision-2": "reject"},
    )
    drafts = text_of(house.chair_client.get(f"{BOARD}/mails"))
    for words in (
        "None of these mails is sent",
        house.author.email,
        "Your abstract is accepted: Work with rank 0",
        "Review 1:",
    ):
        assert words in drafts, words
    page = house.chair_client.get(f"{BOARD}/release")
    for words in (
        "Nothing has happened yet",
        "2 authors get a mail",
        "1 abstract stays undecided",
        "none is set that lies ahead",
        "This cannot be taken back",
        "Release 2 decisions",
    ):
        assert words in text_of(page), words
    assert count(house, OutboxMail) == 0
    answer = send(house.chair_client, f"{BOARD}/release", inputs(page))
    assert (answer.status_code, answer.location) == (303, BOARD)
    board = text_of(house.chair_client.get(BOARD))
    assert "2 decisions are out." in board
    assert "0 decisions pending, 1 open." in board
    assert count(house, OutboxMail) == 2


@keeps("X3", "X2")
def test_a_release_of_something_else_than_was_read_is_shown_again(house):
    scored(house, 2)
    send(house.chair_client, BOARD, {"decision-1": "oral", "before-1": "", "version-1": "0"})
    read = inputs(house.chair_client.get(f"{BOARD}/release"))
    send(house.owner_client, BOARD, {"decision-2": "reject", "before-2": "", "version-2": "0"})
    answer = send(house.chair_client, f"{BOARD}/release", read)
    assert answer.status_code == 422
    assert "What is pending changed while you looked at it" in text_of(answer)
    assert count(house, OutboxMail) == 0
    again = inputs(answer)
    assert send(house.chair_client, f"{BOARD}/release", again).status_code == 303
    assert send(house.chair_client, f"{BOARD}/release", again).status_code == 303  # a double click: the same answer
    assert count(house, OutboxMail) == 2
    assert send(house.owner_client, f"{BOARD}/release", {"seen": "x"}).status_code == 409


@keeps("A12", "A5", "A1")
@shows(
    "Review and decisions", "A chair with a conflict sees nothing of that work: lists, counts, loads, mails, decisions"
)
def test_a_conflicted_chair_meets_the_work_nowhere(house):
    with house.work() as uow:
        own = make_submission(uow, house.edition, house.chair, track=house.first, title="Xyzzy of the chair")
        declared = make_submission(uow, house.edition, house.author, track=house.first, title="Xyzzy declared")
        address = make_submission(uow, house.edition, house.author, track=house.first, title="Xyzzy by address")
        add_author(uow, address, house.chair.email)
        declare(uow, declared, house.chair)
        for work in (own, declared, address):
            make_decision(uow, work, Outcome.ORAL)
            make_review(uow, work, house.rania, 2, text="Xyzzy is weak.")
        stranger = make_person(uow, "Somebody Else")
        make_submission(uow, house.edition, stranger, track=house.first, title="In plain sight")
        boss = make_person(uow, "Boss")
        join_team(uow, house.edition, boss, Role.OWNER)
        declare(uow, declared, boss)
    send(house.owner_client, f"{WHO}/2/assignments", {"reviewer": house.kenza.id})
    send(house.owner_client, f"{BOARD}/release", inputs(house.owner_client.get(f"{BOARD}/release")))
    with house.work() as uow:
        uow.session.get(Decision, declared.id).released_at = None
        for work in uow.session.scalars(select(Submission)):
            work.state = State.SUBMITTED
    paths = (
        WHO, f"{WHO}?q=xyzzy", f"{WHO}?show=thin", f"{WHO}/reviewers/{house.rania.id}", BOARD, f"{BOARD}?q=xyzzy",
        f"{BOARD}?show=undecided", f"{BOARD}/mails", f"{BOARD}/release", f"{DESK}/submissions",
        f"{DESK}/submissions?text=xyzzy", f"{DESK}/submissions.csv",
    )  # fmt: skip
    for path in paths:
        answer = house.chair_client.get(path)
        assert answer.status_code == 200, path
        assert "Xyzzy" not in answer.text, path
    board = text_of(house.chair_client.get(BOARD))
    assert "0 decisions pending, 1 open." in board
    assert "All 1" in board
    assert "Rania nothing yet" in text_of(house.chair_client.get(WHO))
    for number in (own.number, declared.number, address.number):
        for path in (f"{WHO}/{number}", f"{WHO}/{number}/conflict", f"{DESK}/submissions/{number}"):
            assert house.chair_client.get(path).status_code == 404
        wanted = {f"decision-{number}": "reject", f"before-{number}": "oral", f"version-{number}": "1"}
        assert send(house.chair_client, BOARD, wanted).status_code == 404
        assert send(house.chair_client, f"{WHO}/{number}/assignments", {"reviewer": house.kenza.id}).status_code == 404
    mails = house.client(boss).get(f"{DESK}/mail")
    assert "Xyzzy by address" in mails.text
    assert "Xyzzy declared" not in mails.text
    assert "to review" not in mails.text
    with house.work() as uow:
        hidden = uow.session.scalars(select(OutboxMail.id).where(OutboxMail.subject.contains("Xyzzy declared"))).all()
    assert hidden
    boss_client = house.client(boss)
    for mail_id in hidden:
        assert boss_client.get(f"{DESK}/mail/{mail_id}").status_code == 404
        assert send(boss_client, f"{DESK}/mail/{mail_id}/attempts").status_code == 404


def test_empty_desks_say_what_to_do(house):
    assert "Nothing to review yet" in text_of(house.chair_client.get(WHO))
    assert "Nothing to decide yet" in text_of(house.chair_client.get(BOARD))


def test_long_and_right_to_left_titles_and_names_are_isolated(house):
    with house.work() as uow:
        person = make_person(uow, "عائشة بنت محمد الحضرمي")
        join_team(uow, house.edition, person, Role.REVIEWER)
        work = make_submission(uow, house.edition, house.author, track=house.first, title=LONG.strip())
        make_review(uow, work, person, 3, text="نص عربي")
    for path in (WHO, f"{WHO}/1", BOARD, f"{WHO}/reviewers/{person.id}"):
        page = house.chair_client.get(path)
        assert f"<bdi>{LONG.strip()}</bdi>" in page.text
        if path != BOARD:
            assert '<bdi class="name">عائشة بنت محمد الحضرمي</bdi>' in page.text


# -- the authors' answer


@shows(
    "Review and decisions",
    "Accepted authors confirm or give the place back by themselves; all authors hear of it",
    "The reviews are read by the authors with the decision, without names and without what was for the chairs",
)
def test_an_author_reads_the_decision_and_answers(house):
    scored(house, 2)
    with house.work() as uow:
        make_date(uow, house.edition, DateKey.CONFIRM_BY, uow.now.replace(day=20))
        first = uow.session.scalars(select(Review).order_by(Review.id)).first()
        first.text, first.remark = "A joy to read.", "Between us: weak."
    send(
        house.chair_client,
        BOARD,
        inputs(house.chair_client.get(BOARD)) | {"decision-1": "oral", "decision-2": "reject"},
    )
    send(house.chair_client, f"{BOARD}/release", inputs(house.chair_client.get(f"{BOARD}/release")))
    page = house.author_client.get("/musiml/2026/submissions/1")
    for words in (
        "Accepted: Oral",
        "Answer by",
        "AoE",
        "What the reviewers wrote",
        "A joy to read.",
        "Confirm the place",
    ):
        assert words in text_of(page), words
    for secret in ("Between us", "Rania", "Kenza"):
        assert secret not in page.text
    answer = send(house.author_client, "/musiml/2026/submissions/1/confirmation")
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/1")
    page = text_of(house.author_client.get(answer.location))
    assert "You are in the programme: Oral" in page
    assert "Give the place back…" in page
    assert "confirmed" in text_of(house.chair_client.get(BOARD))
    assert send(house.author_client, "/musiml/2026/submissions/1/declination").status_code == 303
    assert "You gave the place back" in text_of(house.author_client.get("/musiml/2026/submissions/1"))
    rejected = text_of(house.author_client.get("/musiml/2026/submissions/2"))
    assert "Not this time" in rejected
    assert "Confirm the place" not in rejected
    assert send(house.author_client, "/musiml/2026/submissions/2/confirmation").status_code == 409


@keeps("A3", "A7", "I14")
def test_answering_is_for_the_authors_and_by_post_with_a_token(house):
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, State.ACCEPTED, decided_at=uow.now)
        stranger = make_person(uow)
    for verb in ("confirmation", "declination"):
        path = f"/musiml/2026/submissions/1/{verb}"
        assert house.author_client.get(path).status_code == 405
        assert house.author_client.post(path).status_code == 400
        for person in (house.chair, house.rania, stranger):
            assert send(house.client(person), path).status_code == 404
        assert send(house.app.test_client(), path).status_code == 303
    with house.work() as uow:
        assert uow.session.scalars(select(Submission.state)).one() is State.ACCEPTED


# -- blinding


def test_a_call_that_is_not_double_blind_shows_the_authors(house):
    with house.work() as uow:
        make_call(uow, house.edition, blinding=Blinding.SINGLE)
    number = given(house, pdf=make_pdf(author="Wahyuni"))
    page = house.rania_client.get(f"{REVIEWS}{number}")
    assert "Wahyuni" in text_of(page)
    assert "Single-blind" in text_of(page)


# -- queries


@keeps("O2")
@pytest.mark.sqlite
def test_no_page_asks_more_queries_when_there_is_more_to_show(house, database):
    def add(number):
        with house.work() as uow:
            reviewers = [make_person(uow, f"Reviewer {n}") for n in range(number // 4)]
            for person in reviewers:
                join_team(uow, house.edition, person, Role.REVIEWER)
            for index in range(number):
                work = make_submission(uow, house.edition, house.author, track=house.first, title=f"Work {index}")
                for person in (house.rania, house.kenza, *reviewers[:2]):
                    make_review(uow, work, person, index % 6 + 1)
                make_decision(uow, work, Outcome.ORAL)

    def ask(client, path):
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    add(1)
    pages = (
        (house.rania_client, REVIEWS), (house.rania_client, f"{REVIEWS}1"), (house.chair_client, WHO),
        (house.chair_client, f"{WHO}/1"), (house.chair_client, f"{WHO}/reviewers/{house.rania.id}"),
        (house.chair_client, BOARD), (house.chair_client, f"{BOARD}/mails"), (house.chair_client, f"{BOARD}/release"),
    )  # fmt: skip
    few = {path: ask(client, path) for client, path in pages}
    add(56)
    many = {path: ask(client, path) for client, path in pages}
    assert many == few
    assert max(many.values()) <= 12, many
