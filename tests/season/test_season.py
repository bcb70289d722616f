"""A whole season of the size of WiNLP 2017, through the pages, with every mail read from a real SMTP server.

95 submissions in two rounds, 40 reviewers who are asked by mail, 300 reviews, a response of the authors and a second
decision, 8 talks and 67 posters, camera-ready versions and the book of abstracts.
"""

import io
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from tests.factories import join_team, make_date, make_edition, make_person, make_track
from tests.pdfs import make_pdf
from tests.season.hands import Hands
from tests.season.place import Place, body_of
from tests.shows import keeps, shows
from tests.smtp import Inbox, smtp_server
from workshop_manager.accounts.models import Person
from workshop_manager.assignments.models import Assignment
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Outcome
from workshop_manager.workshops.states import DateKey, Role

SUBMISSIONS, EARLY, REVIEWERS, REVIEWS, TALKS, POSTERS = 95, 38, 40, 300, 8, 67
RESPONDING = range(0, SUBMISSIONS, 3)
"""Authors who answer their reviews; every third of them with a revised PDF."""
REVISING = RESPONDING[::3]
TAKEN_AFTER_ALL, RAISED = 3, 1
"""What the second decision changes: works not accepted become posters, and a poster becomes a talk."""
BASE = "/winlp/2026"
DESK = f"{BASE}/organise"
TOPICS = ("speech", "translation", "dialogue", "parsing", "fairness")
DECISION = re.compile(r"decision-\d+")


class Season(Place):
    """The edition, its people and what they got by mail."""

    def __init__(self, app: Flask, work: Any, database: Database, clock: FixedClock, inbox: Inbox) -> None:
        super().__init__(app, work, database, clock, inbox)
        with work() as uow:
            edition = make_edition(uow, "winlp", "2026", name="WiNLP 2026", contact_email="chair@winlp.example")
            self.edition_id = edition.id
            for key, days in (
                (DateKey.CALL_OPENS, 0), (DateKey.ABSTRACTS_DUE, 30), (DateKey.REVIEWS_DUE, 60),
                (DateKey.NOTIFICATION, 75), (DateKey.CONFIRM_BY, 90), (DateKey.CAMERA_READY, 100),
            ):  # fmt: skip
                make_date(uow, edition, key, self.start + timedelta(days=days), label=key.value)
            make_track(uow, edition, "1", "Language and society", "")
            make_track(uow, edition, "2", "Models and methods", "")
            self.chair_id = make_person(uow, "Xanda Chair", email="chair@winlp.example").id
            join_team(uow, edition, uow.session.get(Person, self.chair_id), Role.OWNER)


# -- the steps ----------------------------------------------------------------------------------------------------


def author_of(number: int) -> tuple[str, str, str]:
    """Name, address and affiliation of the author of that number: each of an institution of their own."""
    return f"Author{number} Loomwright{number}", f"author{number}@institute{number}.ac.ke", f"Institute {number}"


def reader_of(number: int) -> tuple[str, str]:
    """Name and address of the reviewer of that number."""
    return f"Reader{number} Bookwell{number}", f"reader{number}@library{number}.edu.gh"


def write_the_call(season: Season) -> None:
    """The chair says what is asked: an abstract of 250 words, a PDF for those who choose a paper."""
    chair = season.chair().open(f"{DESK}/call")
    chair.press("Save", needs_pdf=False, word_limit=250)
    due = (season.start + timedelta(days=14)).date().isoformat()
    early = {"abstracts_due__day": due, "abstracts_due__time": "23:59", "abstracts_due__zone": "AoE"}
    chair.open(f"{DESK}/call/dates").press("Add the round", name="Early round", description="For a visa.", **early)


def submit(season: Season, number: int) -> None:
    """One author writes and submits."""
    name, email, affiliation = author_of(number)
    hands = season.hands(season.person(name, email, affiliation))
    topic = TOPICS[number % len(TOPICS)]
    hands.open(f"{BASE}/submissions/new")
    rounds = [str(field["value"]) for field in hands.page.find_all("input", attrs={"name": "round"})]
    chosen = {"round": next(one for one in rounds if one != "own")} if number < EARLY else {}
    hands.press(
        "Submit",
        title=f"On {topic} in language number {number}",
        track=hands_track(hands, number),
        abstract=f"We look at {topic} where few have looked before. " * 5,
        not_published=True,
        is_looked_at=number % 10 == 0,
        **chosen,
    )
    if number % 10 == 0:
        hands.says("Your abstract is in.")


def hands_track(hands: Hands, number: int) -> str:
    tracks = [str(field["value"]) for field in hands.page.find_all("input", attrs={"name": "track"})]
    return tracks[number % len(tracks)]


def recruit(season: Season) -> None:
    """The chair asks forty people from a pasted list; each follows the link in the mail and says what they can."""
    people = [reader_of(number) for number in range(REVIEWERS)]
    listed = "\n".join(f"{name} <{email}>" for name, email in people)
    chair = season.chair().open(f"{DESK}/reviewers/invite").press("See who gets what", 200, people=listed)
    chair.press("Ask 40 people")
    season.deliver()
    for number, (name, email) in enumerate(people):
        hands = season.hands(season.person(name, email))
        hands.open(season.link(email, "review", "/invitations/")).press("Accept")
        hands.open(f"{BASE}/reviews/profile").press("Save", max_load=9, is_senior=number % 4 == 0)


def assign(season: Season) -> None:
    """Three readers each, worked out, looked at and applied; a fourth for whose abstract the chair cannot place."""
    season.chair().open(f"{DESK}/reviews/phases").press("Begin with the usual four")
    season.chair().open(f"{DESK}/reviews/phases").press("Save", response_words=60, response_pdf=True)
    chair = season.chair().open(f"{DESK}/reviews/automatic").press("Work it out", reviews=3, load=9)
    season.deliver()
    chair.open(f"{DESK}/reviews/automatic")
    chair.says("Places filled").press("Apply")
    for number in range(1, REVIEWS - 3 * SUBMISSIONS + 1):
        chair.open(f"{DESK}/reviews/{number}")
        free = [
            str(box["value"])
            for box in chair.page.find_all("input", attrs={"name": "reviewer"})
            if not box.has_attr("disabled")
        ]
        chair.press("Assign", is_looked_at=number == 1, reviewer=[free[number % len(free)]])
    season.deliver()


def review(season: Season) -> int:
    """Everybody hands in what they were given."""
    done = 0
    for number in range(REVIEWERS):
        hands = season.hands(season.people[reader_of(number)[1]]).open(f"{BASE}/reviews/")
        links = [str(a["href"]) for a in hands.page.select("main a[href]")]
        for path in sorted({link for link in links if re.fullmatch(rf"{BASE}/reviews/\d+", link)}):
            work = int(path.rpartition("/")[2])
            hands.open(path).press(
                "Hand in the review",
                is_looked_at=done % 20 == 0,
                score=1 + (work * 7 + number) % 6,
                advice="poster",
                confidence=3,
                text="Clear and kind.",
            )
            done += 1
    return done


def respond(season: Season) -> None:
    """Some authors answer their reviews, before anything is decided; some of them with a revised PDF."""
    for number in RESPONDING:
        path = f"{BASE}/submissions/{number + 1}/reviews"
        hands = season.hands(season.people[author_of(number)[1]]).open(path)
        hands.says("Nothing is decided yet", "Clear and kind.")
        if number == RESPONDING[0]:
            hands.press("Send the response", 422, text="word " * 61).says("61 words. Take out 1.")
            hands.press("Save as a draft", text="We thank")
            hands.says("Draft, not sent")
        revised = {}
        if number in REVISING:
            paper = make_pdf(2, text=f"Revised paper number {number}")
            revised = {"pdf": (io.BytesIO(paper), "revised.pdf", "application/pdf")}
        hands.press("Send the response", text=f"We thank you; answer number {number}.", **revised)
        hands.says("Your response is in.")
    season.deliver()


def discuss(season: Season) -> None:
    """A reader of each revised work reads the response and the new PDF, and says so to the others."""
    for number in REVISING:
        work = f"{BASE}/reviews/{number + 1}"
        with season.work() as uow:
            reader = uow.session.scalars(
                select(Assignment.reviewer_id)
                .join(Submission)
                .where(Submission.number == number + 1)
                .order_by(Assignment.reviewer_id)
            ).first()
        hands = season.hands(reader).open(work).says(f"We thank you; answer number {number}.")
        paper = hands.client.get(f"{work}/revised.pdf")
        assert f"Revised paper number {number}" in PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
        hands.open(f"{work}/discussion").press("Send", text="The answer convinces me.")


def decide(season: Season) -> None:
    """The best are to give talks, the next bring posters, the rest is not taken; then all of it is released.

    These are a talk and two posters fewer than there will be in the end: see `decide_again`.
    """
    chair, rank = season.chair(), 0
    talks, posters = TALKS - RAISED, POSTERS - TAKEN_AFTER_ALL + RAISED
    for number in range(1, -(-SUBMISSIONS // 50) + 1):
        chair.open(f"{DESK}/decisions?page={number}")
        chosen = {}
        for field in chair.page.find_all("select", attrs={"name": DECISION}):
            outcome = "oral" if rank < talks else "poster" if rank < talks + posters else "not accepted"
            chosen[str(field["name"]).replace("-", "__")] = option(field, outcome)
            rank += 1
        chair.press("Save as pending", **chosen)
    assert rank == SUBMISSIONS
    chair.open(f"{DESK}/decisions/release").press(f"Release {SUBMISSIONS} decisions")
    season.deliver()


def option(select: Any, words: str) -> str:
    """The value of the choice of these words."""
    return next(str(o["value"]) for o in select.find_all("option") if o.get_text(strip=True).lower() == words)


def decide_again(season: Season) -> None:
    """After the responses: works that were not accepted become posters, a poster becomes a talk; authors are told."""
    refused = [n for n in RESPONDING if season.mails(author_of(n)[1], "not this time")][:TAKEN_AFTER_ALL]
    raised = [n for n in RESPONDING if is_poster(season, n)][:RAISED]
    assert (len(refused), len(raised)) == (TAKEN_AFTER_ALL, RAISED)
    changed = {n + 1: "poster" for n in refused} | {n + 1: "oral" for n in raised}
    chair = season.chair().open(f"{DESK}/decisions/again").says("authors responded")
    chair.press("Open for a second decision", number=[str(n) for n in changed], reason="The response convinces.")
    before = len(season.inbox.mails)
    season.deliver()
    for number in changed:
        author = season.hands(season.people[author_of(number - 1)[1]])
        author.open(f"{BASE}/submissions/{number}")
        assert "convinces" not in author.text
    assert len(season.inbox.mails) == before  # until the second decision is released, authors notice nothing
    for number in range(1, -(-SUBMISSIONS // 50) + 1):
        chair.open(f"{DESK}/decisions?page={number}")
        fields = {int(str(f["name"])[9:]): f for f in chair.page.find_all("select", attrs={"name": DECISION})}
        assert fields.keys() <= changed.keys()
        chosen = {f"decision__{n}": option(field, changed[n]) for n, field in fields.items()}
        if chosen:
            chair.press("Save as pending", **chosen)
    chair.open(f"{DESK}/decisions/release").press(f"Release {len(changed)} decisions")
    season.deliver()
    assert all(season.mails(author_of(n)[1], "accepted") for n in refused)
    assert len(season.mails(author_of(raised[0])[1], "accepted")) == 2


def is_poster(season: Season, number: int) -> bool:
    return any("oster" in str(m["Subject"]) + body_of(m) for m in season.mails(author_of(number)[1], "accepted"))


def answer(season: Season) -> int:
    """Who is accepted follows the link in the mail and confirms."""
    confirmed = 0
    for number in range(SUBMISSIONS):
        _name, email, _affiliation = author_of(number)
        if season.mails(email, "accepted"):
            hands = season.hands(season.people[email]).open(season.link(email, "accepted", "/submissions/"))
            hands.says("Clear and kind.").press("Confirm the place", is_looked_at=number % 10 == 0)
            confirmed += 1
        else:
            assert season.mails(email, "not this time")
    season.deliver()
    return confirmed


def confirming(season: Season) -> list[int]:
    """Authors who look over their title for the book in time: every second of those in the programme."""
    return [n for n in range(1, SUBMISSIONS, 2) if season.mails(author_of(n)[1], "accepted")]


def print_the_book(season: Season) -> bytes:
    """The chair asks for titles and rights, authors confirm them, posters get numbers, the book is published."""
    chair = season.chair().open(f"{DESK}/proceedings/asked")
    nothing = dict.fromkeys(("poster", "slides", "video", "rights"), "no")
    chair.press("Start asking for it", final="may", **nothing)
    for number in confirming(season):
        hands = season.hands(season.people[author_of(number)[1]])
        hands.open(f"{BASE}/submissions/{number + 1}/camera-ready")
        given = {}
        if number in REVISING:
            given = {"final": (io.BytesIO(make_pdf(3, text=f"Final {number}")), "final.pdf", "application/pdf")}
        hands.press("Save", nth=1, is_looked_at=number in REVISING, is_confirmed=True, **given)
    owing = TALKS + POSTERS - len(confirming(season))
    chair.open(f"{DESK}/proceedings/reminders").says(f"{owing} mails about {owing} works.")
    chair.open(f"{DESK}/proceedings/numbers").press("Number by track")
    chair.press("Publish the numbers")
    chair.open(f"{DESK}/proceedings/book").press("Publish the book")
    season.deliver()
    book = season.app.test_client().get(f"{BASE}/proceedings/book.pdf")
    assert book.status_code == 200
    return bytes(book.data)


def read_every_mail(season: Season) -> None:
    """Each mail is of a kind that is expected, and there are as many of it as there were reasons to write.

    It has words and links of this site only; none to a reviewer names an author.
    """
    expected = {
        r"Your abstract is in: ": SUBMISSIONS,
        r"Would you review for WiNLP 2026\?": REVIEWERS,
        r"\d+ abstracts to review for ": REVIEWERS,
        r"An abstract to review for ": REVIEWS - 3 * SUBMISSIONS,
        r"Your response to the reviews is in: ": len(RESPONDING),
        r"Not this time: ": SUBMISSIONS - TALKS - POSTERS + TAKEN_AFTER_ALL,
        r"Your abstract is accepted: ": TALKS + POSTERS + RAISED,
        r"You are in the programme: ": TALKS + POSTERS,
        r"Nothing is missing for the proceedings: ": len(confirming(season)),
        r"Your poster hangs on board \d+: ": POSTERS,
    }
    authors = re.compile(r"Loomwright|institute\d+", re.IGNORECASE)
    seen: Counter[str] = Counter()
    people: set[str] = set()
    for envelope in season.inbox.mails:
        (address,) = envelope.rcpt_tos
        mail = season.inbox.parsed(envelope)
        subject, text = str(mail["Subject"]).strip(), body_of(mail)
        (kind,) = [kind for kind in expected if re.match(kind, subject)]
        seen[kind] += 1
        people.add(address)
        assert all(url.startswith("http://localhost") for url in re.findall(r"https?://\S+", text))
        if address.startswith("reader"):
            assert not authors.search(text + subject), text
    assert seen == expected
    assert len(people) == SUBMISSIONS + REVIEWERS
    assert season.count(OutboxMail) == len(season.inbox.mails)


@pytest.fixture
def season(app: Flask, work: Any, database: Database, clock: FixedClock) -> Any:
    with smtp_server() as inbox:
        app.extensions["mail"].server, app.extensions["mail"].port = "127.0.0.1", inbox.port
        yield Season(app, work, database, clock, inbox)


@pytest.mark.sqlite
@pytest.mark.slow(60)
@keeps("A9", "M1")
@shows(
    "A season",
    "95 submissions in two rounds, 40 reviewers, 300 reviews, a response with revised PDFs and a second decision, "
    "8 talks and 67 posters, camera-ready: from the call to the book of abstracts through the pages, every mail read",
)
def test_a_season_runs_from_the_call_to_the_book(season: Season) -> None:
    write_the_call(season)
    season.on(1)
    for number in range(EARLY):
        submit(season, number)
    season.on(15)
    for number in range(EARLY, SUBMISSIONS):
        submit(season, number)
    season.deliver()
    season.on(31)
    recruit(season)
    assign(season)
    assert review(season) == REVIEWS
    season.on(61)
    respond(season)
    season.on(70)
    discuss(season)
    season.on(75)
    decide(season)
    decide_again(season)
    assert season.count(Submission, Submission.outcome == Outcome.ORAL) == TALKS
    assert season.count(Submission, Submission.outcome == Outcome.POSTER) == POSTERS
    accepted = TALKS + POSTERS
    season.on(80)
    assert answer(season) == accepted
    season.on(95)
    reader = PdfReader(io.BytesIO(print_the_book(season)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(set(re.findall(r"language number (\d+)", text))) == accepted
    read_every_mail(season)
