"""The committee's pages in a client."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.shows import keeps, shows
from tests.submissions.factories import make_submission, open_edition
from workshop_manager.accounts.models import Person
from workshop_manager.committee import service
from workshop_manager.committee.models import Recruit, ReviewerProfile
from workshop_manager.committee.service import Candidate
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions.models import Declaration
from workshop_manager.submissions.topics import ReviewerTopic, Topic
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/reviewers"


class House:
    """An edition with its chair at the browser, and an earlier edition with a reviewer."""

    def __init__(self, app: Any, work: Any) -> None:
        self.app, self.work = app, work
        with work() as uow:
            self.edition = open_edition(uow)
            self.chair = make_person(uow, "Chadia Chairsson", "chadia@team.net")
            join_team(uow, self.edition, self.chair, Role.PROGRAMME_CHAIR)
            then = {name: getattr(self.edition, name).replace(year=2025) for name in ("starts_at", "ends_at")}
            earlier = make_edition(uow, slug="2025", **then)
            self.former = make_person(uow, "Former Formersson", "former@old.net")
            join_team(uow, earlier, self.former, Role.REVIEWER)
            self.author = make_person(uow, "Willing Willingsson", "willing@author.net")
            self.work_ = make_submission(uow, self.edition, self.author)
            uow.session.get_one(Declaration, self.work_.id).willing_to_review = True
            self.desk = client_for(app, uow, self.chair)
            self.visitor = client_for(app, None)

    def mails(self) -> list[OutboxMail]:
        with self.work() as uow:
            rows = uow.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()
            uow.session.expunge_all()
            return list(rows)

    def link(self) -> str:
        return re.findall(r"/invitations/(\S+)", self.mails()[-1].text_body)[-1]


@pytest.fixture
def house(app: Any, work: Any) -> House:
    return House(app, work)


@shows(
    "Review and decisions",
    "Chairs ask reviewers of earlier editions and authors who said yes, and see whom and the mail before it goes",
)  # fmt: skip
def test_a_chair_looks_before_asking(house: House) -> None:
    shown = house.desk.get(f"{DESK}/invite").text
    assert "Former Formersson" in shown
    assert "Willing Willingsson" in shown
    assert "former@old.net" not in shown  # their address is for the mail only
    chosen = {"who": [f"p{house.former.id}"], "people": "New Newsson <new@list.net>", "message": "Three at most."}
    preview = send(house.desk, f"{DESK}/invite", chosen)
    assert preview.status_code == 200
    assert "Nothing has been sent" in preview.text
    assert "Three at most." in preview.text
    assert house.mails() == []
    values = re.findall(r'name="who" value="([^"]+)"', preview.text)
    assert values == [f"p{house.former.id}", "New Newsson &lt;new@list.net&gt;"]
    sent = send(
        house.desk,
        f"{DESK}/invitations",
        {"who": [f"p{house.former.id}", "New Newsson <new@list.net>"], "message": "Three at most."},
    )
    assert sent.status_code == 303
    assert [mail.to_address for mail in house.mails()] == ["former@old.net", "new@list.net"]
    asked = house.desk.get(f"{DESK}/asked").text
    assert "Former Formersson" in asked
    assert "mail is waiting to go out" in asked
    again = send(house.desk, f"{DESK}/invite", chosen).text
    assert again.count("disabled") == 2
    assert len(house.mails()) == 2


@keeps("A3")
def test_nobodys_name_is_found_by_guessing_numbers(house: House) -> None:
    with house.work() as uow:
        stranger = make_person(uow, "Stranger Strangersson")
    answer = send(house.desk, f"{DESK}/invite", {"who": [f"p{stranger.id}", f"p{house.former.id}"]})
    assert "Stranger" not in answer.text
    refused = send(house.desk, f"{DESK}/invitations", {"who": [f"p{stranger.id}"]})
    assert refused.status_code == 422
    assert house.mails() == []


@keeps("A12")
def test_an_author_is_not_offered_by_a_work_the_chair_must_not_see(house: House) -> None:
    with house.work() as uow:
        mate = make_person(uow, "Mate Matesson", "mate@team.net")  # the chair's own institution
        hidden = make_submission(uow, house.edition, mate)
        uow.session.get_one(Declaration, hidden.id).willing_to_review = True
    assert "Mate Matesson" not in house.desk.get(f"{DESK}/invite").text


def test_what_cannot_be_read_is_said_and_kept(house: House) -> None:
    answer = send(house.desk, f"{DESK}/invite", {"people": "good@list.net\nSomebody without", "message": "Hello"})
    assert answer.status_code == 422
    assert "Line 2: no address in “Somebody without”." in answer.text
    assert "good@list.net" in answer.text
    assert send(house.desk, f"{DESK}/invite", {"people": ""}).status_code == 422
    assert "not an e-mail address" in send(house.desk, f"{DESK}/invite", {"people": "x@y"}).text


@shows("Review and decisions", "Who is asked to review accepts, or declines with a word and with others in their place")
def test_who_is_asked_accepts_and_says_what_they_can_take(house: House, work: Any, app: Any) -> None:
    with work(house.chair) as uow:
        service.invite(uow, house.edition, [Candidate("new@list.net", "New Newsson")])
    token = house.link()
    lead = house.visitor.get(f"/invitations/{token}")
    assert lead.headers["Location"] == f"/invitations/{token}/review"
    page = house.visitor.get(lead.headers["Location"])
    assert "without their authors’ names" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    with work() as uow:
        person = make_person(uow, "New Newsson", "new@list.net")
        client = client_for(app, uow, person)
    accepted = send(client, f"/invitations/{token}/review", {"do": "accept"})
    assert accepted.headers["Location"] == "/musiml/2026/reviews/profile"
    form = client.get("/musiml/2026/reviews/profile").text
    assert "What you can take on" in form
    typed = {"version": "0", "max_load": "3", "languages": "English, arabic", "is_senior": "y", "note": "Mornings."}
    assert send(client, "/musiml/2026/reviews/profile", typed).status_code == 303
    with work() as uow:
        row = uow.session.scalars(select(ReviewerProfile)).one()
        assert (row.max_load, row.languages, row.is_senior) == (3, ["en", "ar"], True)
    wrong = send(client, "/musiml/2026/reviews/profile", typed | {"version": "1", "languages": "Klingonese"})
    assert wrong.status_code == 422
    assert "“Klingonese” is not a language we know" in wrong.text
    stale = send(client, "/musiml/2026/reviews/profile", typed)
    assert stale.status_code == 422
    assert "saved meanwhile" in stale.text
    assert house.visitor.get(f"/invitations/{token}/review").status_code == 404


def test_who_is_asked_declines_without_an_account(house: House, work: Any) -> None:
    with work(house.chair) as uow:
        service.invite(uow, house.edition, [Candidate("busy@list.net", "Busy Busysson")])
    token = house.link()
    wrong = send(house.visitor, f"/invitations/{token}/review", {"do": "decline", "name_1": "Only a name"})
    assert wrong.status_code == 422
    assert "Only a name" in wrong.text
    said = {"do": "decline", "words": "I teach.", "name_1": "Instead", "address_1": "instead@list.net"}
    assert send(house.visitor, f"/invitations/{token}/review", said).status_code == 303
    asked = house.desk.get(f"{DESK}/asked").text
    assert "I teach." in asked
    assert "suggested by Busy Busysson" in asked
    with work() as uow:
        row = uow.session.scalars(select(Recruit).where(Recruit.address == "instead@list.net")).one()
    assert send(house.desk, f"{DESK}/asked/{row.id}/invitation").status_code == 303
    assert house.mails()[-1].to_address == "instead@list.net"


def fill(house: House, number: int) -> None:
    with house.work() as uow:
        for n in range(number):
            person = make_person(uow, f"Reviewer {n:03}", f"r{n}@list.net", affiliation="Somewhere")
            join_team(uow, house.edition, person, Role.REVIEWER)
            service_row = ReviewerProfile(
                edition_id=house.edition.id, person_id=person.id, max_load=n % 5, is_senior=n % 2 == 0,
                languages=["en"], saved_at=uow.now,
            )  # fmt: skip
            uow.session.add(service_row)
            uow.session.add(
                Recruit(
                    edition_id=house.edition.id, address=f"r{n}@list.net", source=service.Source.LIST, added_at=uow.now
                )
            )


@pytest.mark.parametrize("number", [1, 120])
def test_the_desk_asks_few_questions_however_many_review(house: House, database: Any, number: int) -> None:
    fill(house, number)
    for path in (DESK, f"{DESK}?q=reviewer&show=senior", f"{DESK}/asked", f"{DESK}/invite", f"{DESK}.csv"):
        with count_queries(database) as seen:
            assert house.desk.get(path).status_code == 200
        assert len(seen) <= 12, (path, len(seen), seen)


@shows("Review and decisions", "The list of reviewers is narrowed, paginated and taken along as CSV")
def test_the_list_is_narrowed_and_taken_along(house: House) -> None:
    fill(house, 60)
    first, second = house.desk.get(DESK).text, house.desk.get(f"{DESK}?page=2").text
    assert "Reviewer 000" in first
    assert "Reviewer 059" not in first
    assert "Reviewer 059" in second
    assert "Reviewer 001" not in house.desk.get(f"{DESK}?show=senior").text
    assert "Nobody fits this filter" in house.desk.get(f"{DESK}?q=nonsense").text
    with house.work() as uow:
        person = uow.session.scalars(select(Person).where(Person.email == "r1@list.net")).one()
        profile = uow.session.get_one(ReviewerProfile, (house.edition.id, person.id))
        profile.languages, profile.max_load = ["fr"], 0
        topic = Topic(edition_id=house.edition.id, name="Looms", position=1)
        uow.session.add(topic)
        uow.session.flush()
        uow.session.add(ReviewerTopic(person_id=person.id, topic_id=topic.id))
        topic_id = topic.id
    for narrowed in ("language=fr", f"topic={topic_id}", "load=full"):
        listed = house.desk.get(f"{DESK}?{narrowed}").text
        assert "Reviewer 001" in listed, narrowed
        assert "Reviewer 002" not in listed, narrowed
    for others in ("language=en", "load=room"):
        assert "Reviewer 001" not in house.desk.get(f"{DESK}?{others}").text
    assert "Reviewer 001" in house.desk.get(f"{DESK}?load=none&show=told").text
    assert house.desk.get(f"{DESK}?language=%27&topic=x&load=y").status_code == 200
    csv = house.desk.get(f"{DESK}.csv?q=r59@").text
    assert csv.count("\r\n") == 2
    assert "r59@list.net" in csv


def test_a_chair_edits_a_profile_and_a_stranger_has_none(house: House) -> None:
    fill(house, 1)
    with house.work() as uow:
        row = uow.session.scalars(select(ReviewerProfile)).one()
    assert "Reviewer 000" in house.desk.get(f"{DESK}/{row.person_id}").text
    sent = send(house.desk, f"{DESK}/{row.person_id}", {"version": "1", "max_load": "7"})
    assert sent.status_code == 303
    assert house.desk.get(f"{DESK}/{house.author.id}").status_code == 404
    assert send(house.desk, f"{DESK}/{row.person_id}", {"version": "1", "max_load": "7"}).status_code == 422
    assert send(house.desk, f"{DESK}/{row.person_id}", {"version": "2", "max_load": "-1"}).status_code == 422
