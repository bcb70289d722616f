"""Speakers are asked when they can come; what they say reaches the draft and nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.queries import count_queries
from tests.schedule.factories import CHAIR, make_item, make_work
from tests.shows import shows
from workshop_manager.availability import facts, queries, retaining, service
from workshop_manager.availability.service import Said
from workshop_manager.availability.states import From, Word
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.schedule import drafting
from workshop_manager.schedule.content import Named
from workshop_manager.submissions.models import Submission
from workshop_manager.timetabling import gathering, solver, taking
from workshop_manager.timetabling.gathering import Options
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import NOBODY
from workshop_manager.workshops.states import Role, Visibility

DESK = "/musiml/2026/organise/schedule/availability"
SOON = datetime(2026, 11, 20, tzinfo=UTC)


def mails(uow):
    asked = select(OutboxMail).where(OutboxMail.template == "availability/asked").order_by(OutboxMail.id)
    return uow.session.scalars(asked).all()


@pytest.fixture
def asked(uow):
    """An edition that has asked Ana, who has an account, and Cem, who has an address only."""
    edition = make_edition(uow)
    ana = make_person(uow, "Ana", "ana@example.org", time_zone="Asia/Jakarta")
    make_work(uow, edition, 1, "Work 1", (("Ana", ana),))
    make_work(uow, edition, 2, "Work 2", (("Cem", None),)).authors[0].email = "Cem@example.org"
    make_item(uow, edition, "Panel", 240, speakers=(Named("Nobody Known"),))
    uow.session.flush()
    service.ask(uow, edition, CHAIR, SOON, "Friday matters most.")
    return edition


def row_of(uow, edition, name="Ana"):
    return next(row for row in queries.asked(uow.session, edition.id) if row.name == name)


def answer(uow, edition, name="Ana", words=(), **values):
    """Say something of the first hours of the first day, in order."""
    row = row_of(uow, edition, name)
    days = service.days(edition, drafting.plain(uow.session, edition))
    blocks = service.rules.blocks(days, edition.time_zone)[0]
    said = {block.key: word for block, word in zip(blocks, words, strict=False)}
    values = {"zone": None, "speaks_from": None, "note": ""} | values
    service.answer(uow, service.token_of(row), Said(said, **values), service.rules.digest(days))
    return blocks


@shows(
    "Schedule",
    "Everybody who is to speak is asked by mail when they can come: account or address, once, and reminded once",
)
def test_everybody_is_asked_once_and_reminded_once(uow, clock):
    edition = make_edition(uow)
    ana = make_person(uow, "Ana", "ana@example.org")
    make_work(uow, edition, 1, "Work 1", (("Ana", ana),))
    make_item(uow, edition, "Panel", 240, speakers=(Named("Nobody Known"),))
    assert service.ask(uow, edition, CHAIR, SOON, "Soon") == 1
    assert service.ask(uow, edition, CHAIR, SOON, "Soon") == 0
    make_work(uow, edition, 2, "Work 2", (("Cem", None),)).authors[0].email = "Cem@example.org"
    uow.session.flush()
    found = service.whom(uow, edition, drafting.plain(uow.session, edition))
    assert ([one.name for one in found.people], found.unreachable) == (["Ana", "Cem"], ("Nobody Known",))
    assert service.ask(uow, edition, CHAIR, SOON, "Soon") == 1
    assert [mail.to_address for mail in mails(uow)] == ["ana@example.org", "Cem@example.org"]
    answer(uow, edition)
    assert service.remind(uow, edition, CHAIR) == 1
    assert service.remind(uow, edition, CHAIR) == 0
    assert mails(uow)[-1].to_address == "cem@example.org"


def test_the_worker_reminds_two_days_before_and_only_then(app, work, database, clock):
    with work() as uow:
        edition = make_edition(uow)
        make_work(uow, edition, 1, "Work 1", (("Ana", make_person(uow, "Ana", "ana@example.org")),))
        service.ask(uow, edition, CHAIR, clock.now() + timedelta(days=5), "")
    for days, number in ((2, 1), (1, 2), (1, 2)):
        clock.at += timedelta(days=days)
        with app.app_context():
            service.remind_due(database, clock)
        with work() as uow:
            assert len(mails(uow)) == number, days


@shows("Schedule", "The draft says which slot does not suit its speaker, with the hour where they are")
def test_what_a_speaker_says_is_told_in_the_draft(uow, asked):
    blocks = answer(uow, asked, words=(Word.CANNOT, Word.RATHER_NOT), zone="Asia/Jakarta", speaks_from=From.AFAR)
    work = uow.session.scalars(select(Submission).where(Submission.number == 1)).one()
    ana = make_item(uow, asked, "", 0, submission_id=work.id)
    ana.starts_at, ana.ends_at = blocks[0].start, blocks[0].end
    uow.session.flush()
    told = {one.code: one.sentence for one in drafting.working(uow.session, asked).conflicts}
    assert "Ana said they cannot come then" in told["unavailable"]
    assert "Asia/Jakarta" in told["unavailable"]
    ana.starts_at, ana.ends_at = blocks[1].start, blocks[1].end
    uow.session.flush()
    codes = {one.code for one in drafting.working(uow.session, asked).conflicts}
    assert "rather_not" in codes
    assert "unavailable" not in codes
    ana.starts_at, ana.ends_at = blocks[2].start, blocks[2].end
    uow.session.flush()
    assert not {"rather_not", "unavailable"} & {one.code for one in drafting.working(uow.session, asked).conflicts}


def planned(uow, edition):
    """The automatic draft, looked at and not taken."""
    found = taking.gathered(uow.session, edition, CHAIR, Options())
    return taking.told(found, solver.solve(found.problem), edition.time_zone)


@shows("Schedule", "The automatic draft keeps to the hours that speakers named, and names each talk where it cannot")
def test_the_automatic_draft_keeps_to_it(uow, asked):
    first = planned(uow, asked)
    start = next(each.start for each in first.placed if each.number == 1)
    days = service.days(asked, drafting.plain(uow.session, asked))
    every = [block for day in service.rules.blocks(days, asked.time_zone) for block in day]
    row = row_of(uow, asked)
    free = every[-1]
    said = {block.key: Word.CANNOT for block in every if block is not free}
    service.answer(uow, service.token_of(row), Said(said, None, None, ""), service.rules.digest(days))
    again = planned(uow, asked)
    moved = next(each for each in again.placed if each.number == 1)
    assert (moved.start >= free.start, moved.is_impossible, moved.start != start) == (True, False, True)
    service.answer(
        uow, service.token_of(row), Said({block.key: Word.CANNOT for block in every}, None, None, ""),
        service.rules.digest(days),
    )  # fmt: skip
    never = planned(uow, asked)
    assert [each.number for each in never.placed if each.is_impossible] == [1]


def test_who_says_from_where_they_speak_is_believed(uow, asked):
    assert not gathering.gather(uow.session, asked, Options()).wanted["1"].is_far
    answer(uow, asked, speaks_from=From.AFAR)
    found = gathering.gather(uow.session, asked, Options()).wanted["1"]
    assert (found.is_far, found.zones) == (True, ())


def test_an_answer_of_other_days_is_refused_and_told_at_the_desk(uow, asked):
    answer(uow, asked, words=(Word.CANNOT,))
    seen = row_of(uow, asked).asked_of
    asked.ends_at += timedelta(days=1)
    uow.session.flush()
    with pytest.raises(Conflict):
        service.answer(uow, service.token_of(row_of(uow, asked)), Said({}, None, None, ""), seen)
    assert row_of(uow, asked).hours, "what was said stays"


def test_an_account_made_since_is_known(uow, asked):
    cem = make_person(uow, "Cem", "cem@example.org")
    answer(uow, asked, "Cem", words=(Word.CANNOT,))
    assert row_of(uow, asked, "Cem").person_id == cem.id
    assert f"p{cem.id}" in facts.away(uow.session, asked.id)


def test_who_may_ask_and_when(uow, asked):
    with pytest.raises(Forbidden):
        service.ask(uow, asked, NOBODY, SOON, "")
    with pytest.raises(NotFound):
        service.ask_again(uow, make_edition(uow, slug="2027"), CHAIR, row_of(uow, asked).id)
    draft = make_edition(uow, slug="2028", visibility=Visibility.DRAFT)
    with pytest.raises(Conflict):
        service.ask(uow, draft, CHAIR, SOON, "")
    with pytest.raises(NotFound):
        service.find(uow, "no-such-token")


def test_what_was_said_before_there_was_an_account_goes_with_it(uow, asked):
    bare = next(row for row in queries.asked(uow.session, asked.id) if row.person_id is None)
    late = make_person(uow, bare.name, bare.address)
    late.confirmed_at = uow.now
    uow.session.flush()
    service.forget_person(uow, late.id)
    assert bare.name not in [row.name for row in queries.asked(uow.session, asked.id)]


def test_it_is_gone_with_the_account_and_with_its_time(uow, asked):
    answer(uow, asked, words=(Word.CANNOT,))
    service.forget_person(uow, row_of(uow, asked).person_id)
    assert [row.name for row in queries.asked(uow.session, asked.id)] == ["Cem"]
    (kept,) = retaining.kept(uow, asked)
    assert kept.number == 1


@shows(
    "Schedule",
    "A speaker marks by a link, in their own time, when they cannot come or would rather not, and can change it",
)
def test_a_speaker_answers_by_link(app, work):
    with work() as uow:
        edition = make_edition(uow)
        chair = make_person(uow, "Chair", "chair@example.org")
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        client, visitor = client_for(app, uow, chair), app.test_client()
        ana = make_person(uow, "Ana", "ana@example.org", time_zone="Asia/Jakarta")
        make_work(uow, edition, 1, "Work 1", (("Ana", ana),))
    assert send(client, DESK, {"day": "2026-01-01", "clock": "10:00"}).status_code == 422
    assert send(client, DESK, {"day": "", "clock": "10:00", "message": "Kept words"}).status_code == 422
    assert send(client, DESK, {"day": "2026-11-20", "clock": "23:59", "message": "Soon"}).status_code == 303
    with work() as uow:
        token = service.token_of(row_of(uow, get_edition(uow.session, edition.id)))
    path = f"/speaking/times/{token}"
    shown = visitor.get(path)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert "Asia/Jakarta" in shown.text
    soup = BeautifulSoup(shown.text, "html.parser")
    names = list(dict.fromkeys(box["name"] for box in soup.select("input[type=radio][name^=h-]")))
    seen = soup.find("input", {"name": "seen"})["value"]
    wrong = send(visitor, path, {"seen": seen, "zone": "Nowhere", names[0]: "cannot", "note": "Kept words"})
    assert wrong.status_code == 422
    assert "Kept words" in wrong.text
    kept = BeautifulSoup(wrong.text, "html.parser").select_one(f"input[name={names[0]}][checked]")
    assert kept["value"] == "cannot"
    other = send(visitor, path, {"seen": seen, "zone": "Africa/Accra", "do": "zone", names[0]: "cannot"})
    assert other.status_code == 200
    values = {"seen": seen, "zone": "Asia/Jakarta", "speaks_from": "afar", names[0]: "cannot", names[1]: "rather_not"}
    assert send(visitor, path, values | {"note": "A train"}).status_code == 303
    desk = client.get(DESK).text
    for words in ("1 of one has answered", "A train", "Cannot", "Rather not", "From afar, Asia/Jakarta"):
        assert words in desk, words
    assert visitor.get("/speaking/times/wrong").status_code == 404


def test_the_desk_asks_few_queries(app, work, database):
    with work() as uow:
        edition = make_edition(uow)
        chair = make_person(uow, "Chair", "chair@example.org")
        join_team(uow, edition, chair, Role.PROGRAMME_CHAIR)
        client = client_for(app, uow, chair)
        for number in range(1, 9):
            make_work(uow, edition, number, f"Work {number}", ((f"A {number}", make_person(uow, f"A {number}")),))
        service.ask(uow, edition, CHAIR, SOON, "")
    client.get(DESK)
    with count_queries(database) as seen:
        assert client.get(DESK).status_code == 200
    assert len(seen) <= 12, seen
