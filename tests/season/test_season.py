"""A whole season of the size of WiNLP 2017, through the pages, with every mail read from a real SMTP server.

95 submissions in two rounds, 40 reviewers who are asked by mail, 300 reviews, a response of the authors, 8 talks and
67 posters, camera-ready versions and the book of abstracts.
"""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.factories import client_for, join_team, make_date, make_edition, make_person, make_track
from tests.season.hands import Hands
from tests.shows import keeps, shows
from tests.smtp import Inbox, smtp_server
from workshop_manager.accounts.models import Person
from workshop_manager.core import jobs
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.mail import delivery
from workshop_manager.workshops.states import DateKey, Role

SUBMISSIONS, EARLY, REVIEWERS, TALKS, POSTERS = 95, 38, 40, 8, 67
BASE = "/winlp/2026"
DESK = f"{BASE}/organise"
TOPICS = ("speech", "translation", "dialogue", "parsing", "fairness")
LINK = re.compile(r"http://[^\s/]+(/\S+)")


class Season:
    """The edition, its people and what they got by mail."""

    def __init__(self, app: Flask, work: Any, database: Database, clock: FixedClock, inbox: Inbox) -> None:
        self.app, self.work, self.database, self.clock, self.inbox = app, work, database, clock, inbox
        self.start = clock.at
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
        self.people: dict[str, int] = {}

    def on(self, day: int) -> None:
        """It is that day of the season; the worker has delivered what was promised."""
        self.clock.at = self.start + timedelta(days=day)
        self.deliver()

    def deliver(self) -> None:
        """The worker does all its jobs once, and what waits goes out by SMTP."""
        with self.app.app_context():
            for job in jobs.registered():
                job.run(self.database, self.clock)
            delivery.deliver_due(self.database, self.clock)

    def hands(self, person_id: int) -> Hands:
        """A browser of that person, signed in now."""
        with self.work() as uow:
            client = client_for(self.app, uow, uow.session.get(Person, person_id))
        # Everybody sits at home, so limits count each for themselves.
        client.environ_base["REMOTE_ADDR"] = f"10.1.{person_id // 250}.{person_id % 250 + 1}"
        return Hands(client)

    def chair(self) -> Hands:
        return self.hands(self.chair_id)

    def person(self, name: str, email: str, affiliation: str = "") -> int:
        """Somebody with an account."""
        with self.work() as uow:
            self.people[email] = make_person(uow, name, email=email, affiliation=affiliation or None).id
        return self.people[email]

    def mails(self, address: str, subject: str = "") -> list[Any]:
        """What that address got, by a part of the subject."""
        return [mail for mail in self.inbox.to(address) if subject.lower() in str(mail["Subject"]).lower()]

    def link(self, address: str, subject: str, part: str) -> str:
        """The path of a link in the newest such mail."""
        text = self.mails(address, subject)[-1].get_body(("plain",)).get_content()
        return next(path for path in LINK.findall(text) if part in path)

    def count(self, model: Any, *conditions: Any) -> int:
        with self.work() as uow:
            return int(uow.session.execute(select(func.count()).select_from(model).where(*conditions)).scalar_one())


# -- the steps ----------------------------------------------------------------------------------------------------


def author_of(number: int) -> tuple[str, str, str]:
    """Name, address and affiliation of the author of that number: each of an institution of their own."""
    return f"Author{number} Loomwright{number}", f"author{number}@institute{number}.ac.ke", f"Institute {number}"


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
        **chosen,
    )
    hands.says("Your abstract is in.")


def hands_track(hands: Hands, number: int) -> str:
    tracks = [str(field["value"]) for field in hands.page.find_all("input", attrs={"name": "track"})]
    return tracks[number % len(tracks)]


def recruit(season: Season) -> None:
    """The chair asks forty people from a pasted list; each follows the link in the mail and says what they can."""
    people = [(f"Reader{n} Bookwell{n}", f"reader{n}@library{n}.edu.gh") for n in range(REVIEWERS)]
    listed = "\n".join(f"{name} <{email}>" for name, email in people)
    chair = season.chair().open(f"{DESK}/reviewers/invite").press("See who gets what", 200, people=listed)
    chair.press("Ask 40 people")
    season.deliver()
    for number, (name, email) in enumerate(people):
        hands = season.hands(season.person(name, email))
        hands.open(season.link(email, "review", "/invitations/")).press("Accept")
        hands.open(f"{BASE}/reviews/profile").press("Save", max_load=9, is_senior=number % 4 == 0)


def assign(season: Season) -> None:
    """Three readers each, worked out, looked at and applied."""
    chair = season.chair().open(f"{DESK}/reviews/automatic").press("Work it out", reviews=3)
    season.deliver()
    chair.open(f"{DESK}/reviews/automatic")
    chair.says("Places filled").press("Apply")
    season.deliver()


def review(season: Season) -> int:
    """Everybody hands in what they were given."""
    done = 0
    for number in range(REVIEWERS):
        hands = season.hands(season.people[f"reader{number}@library{number}.edu.gh"]).open(f"{BASE}/reviews/")
        for path in sorted(
            {
                str(a["href"])
                for a in hands.page.select("main a[href]")
                if re.fullmatch(rf"{BASE}/reviews/\d+", str(a["href"]))
            }
        ):
            work = int(path.rpartition("/")[2])
            hands.open(path).press(
                "Hand in the review",
                score=1 + (work * 7 + number) % 6,
                advice="poster",
                confidence=3,
                text="Clear and kind.",
            )
            done += 1
    return done


def decide(season: Season) -> None:
    """The best eight give talks, sixty-seven bring posters, the rest is not taken; then all of it is released."""
    chair, rank = season.chair(), 0
    for number in range(1, -(-SUBMISSIONS // 50) + 1):
        chair.open(f"{DESK}/decisions?page={number}")
        chosen = {}
        for field in chair.page.find_all("select", attrs={"name": re.compile(r"decision-\d+")}):
            kind = "oral" if rank < TALKS else "poster" if rank < TALKS + POSTERS else "reject"
            options = {o.get_text(strip=True).lower(): str(o["value"]) for o in field.find_all("option")}
            chosen[str(field["name"]).replace("-", "__")] = options[{"reject": "not accepted"}.get(kind, kind)]
            rank += 1
        if chosen:
            chair.press("Save as pending", **chosen)
    assert rank == SUBMISSIONS
    chair.open(f"{DESK}/decisions/release").press(f"Release {SUBMISSIONS} decisions")
    season.deliver()


def answer(season: Season) -> int:
    """Who is accepted follows the link in the mail and confirms."""
    confirmed = 0
    for number in range(SUBMISSIONS):
        _name, email, _affiliation = author_of(number)
        if season.mails(email, "accepted"):
            hands = season.hands(season.people[email]).open(season.link(email, "accepted", "/submissions/"))
            hands.says("Clear and kind.").press("Confirm the place")
            confirmed += 1
        else:
            assert season.mails(email, "not this time")
    season.deliver()
    return confirmed


def print_the_book(season: Season) -> bytes:
    """The chair asks for titles and rights, authors confirm them, posters get numbers, the book is published."""
    chair = season.chair().open(f"{DESK}/proceedings/asked")
    nothing = dict.fromkeys(("final", "poster", "slides", "video", "rights"), "no")
    chair.press("Start asking for it", **nothing)
    for number in range(SUBMISSIONS):
        _name, email, _affiliation = author_of(number)
        if season.mails(email, "accepted") and number % 2:
            hands = season.hands(season.people[email]).open(f"{BASE}/submissions/{number + 1}/camera-ready")
            hands.press("Save", nth=1, is_confirmed=True)
    owing = [n for n in range(SUBMISSIONS) if season.mails(author_of(n)[1], "accepted") and n % 2 == 0]
    chair.open(f"{DESK}/proceedings/reminders").says(f"{len(owing)} mails about {len(owing)} works.")
    chair.open(f"{DESK}/proceedings/numbers").press("Number by track")
    chair.press("Publish the numbers")
    chair.open(f"{DESK}/proceedings/book").press("Publish the book")
    season.deliver()
    book = season.app.test_client().get(f"{BASE}/proceedings/book.pdf")
    assert book.status_code == 200
    return bytes(book.data)


def read_every_mail(season: Season) -> None:
    """Each mail has a subject, words and a link of this site only; none to a reviewer names an author."""
    authors = re.compile(r"Loomwright|institute\d+", re.IGNORECASE)
    seen: dict[str, int] = {}
    for envelope in season.inbox.mails:
        (address,) = envelope.rcpt_tos
        mail = season.inbox.to(address)[0]
        seen[address] = seen.get(address, 0) + 1
        assert mail["Subject"]
        for one in season.inbox.to(address) if seen[address] == 1 else ():
            text = one.get_body(("plain",)).get_content()
            assert all(url.startswith("http://localhost") for url in re.findall(r"https?://\S+", text))
            if address.startswith("reader"):
                assert not authors.search(text + str(one["Subject"])), text
    assert len(seen) == SUBMISSIONS + REVIEWERS


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
    "95 submissions in two rounds, 40 reviewers, 285 reviews, 8 talks and 67 posters: from the call to the book of "
    "abstracts through the pages, with every mail read",
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
    assert review(season) >= 2 * SUBMISSIONS
    season.on(75)
    decide(season)
    accepted = min(SUBMISSIONS, TALKS + POSTERS)
    season.on(80)
    assert answer(season) == accepted
    season.on(95)
    reader = PdfReader(io.BytesIO(print_the_book(season)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(set(re.findall(r"language number (\d+)", text))) == accepted
    read_every_mail(season)
