"""What is kept until when: chosen by organisers, shown when asking, carried out by the worker, told in numbers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories import client_for, join_team, make_edition, make_person, send
from tests.registrations.factories import make_kind, make_registration
from tests.shows import keeps, shows
from workshop_manager.accounts.erasure import erase
from workshop_manager.accounts.models import Person
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import letters
from workshop_manager.door.models import VisaLetter
from workshop_manager.questions import queries as questions
from workshop_manager.questions.models import Answer, AnswerBytes, AnswerFile
from workshop_manager.questions.service import QuestionContent, add_question
from workshop_manager.questions.states import Kind
from workshop_manager.registrations.models import Need, Registration
from workshop_manager.registrations.states import NeedState
from workshop_manager.retention import keeping, queries, rules, service
from workshop_manager.retention.models import Removal
from workshop_manager.schedule import queries as schedule
from workshop_manager.schedule.models import JoinUse
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

DESK = "/musiml/2026/organise/retention"
END = datetime(2026, 12, 11, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "after", "kept", "expected"),
    [
        (31, 31, 5, True),
        (31, 30, 5, True),
        (31, 32, 5, False),
        (31, 32, 0, True),
        (None, 5, 5, True),
        (5, None, 5, False),
        (5, None, 0, True),
        (None, None, 5, True),
    ],
)
def test_sooner_always_later_only_while_nothing_is_kept(
    before: int | None, after: int | None, kept: int, expected: bool
) -> None:
    assert rules.may_change(before, after, kept) is expected


def test_days_are_counted_from_the_end() -> None:
    assert rules.day(END, 31, "America/Chicago") == date(2027, 1, 11)
    assert not rules.is_due(END, None, END + timedelta(days=9999))
    assert not rules.is_due(END, 3, END + timedelta(days=3))
    assert rules.is_due(END, 3, END + timedelta(days=3, seconds=1))


class House:
    """An edition with food, needs, a passport and answers to two questions."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.edition: Edition = make_edition(uow)
        self.organiser: Person = make_person(uow, "Omar")
        join_team(uow, self.edition, self.organiser, Role.ORGANISER)
        self.guest: Person = make_person(uow)
        kind = make_kind(uow, self.edition)
        self.row = make_registration(uow, self.edition, kind, self.guest, diet=["halal"], needs="a ramp")
        make_registration(uow, self.edition, kind, make_person(uow), diet=["vegan"])
        for person in (self.guest, self.guest, self.organiser):
            uow.session.add(JoinUse(edition_id=self.edition.id, person_id=person.id, uid="keynote", at=uow.now))
        uow.actor = self.organiser
        letters.save_settings(uow, self.edition, is_offered=True, wording="We invite {name}.", signed_by="O", version=0)
        uow.actor = self.guest
        letters.ask(uow, self.edition, letters.Passport("Nur", "X1", "MY", "1990-01-01", "2030-01-01"))
        uow.actor = self.organiser
        self.asked = [
            add_question(uow, self.edition, "submission", QuestionContent(Kind.SHORT, f"Question {n}")).id
            for n in range(2)
        ]
        for place, question_id in enumerate(self.asked):
            uow.session.add(
                Answer(owner_kind="submission", owner_id=place, question_id=question_id, value="mine", at=uow.now)
            )
        file = AnswerFile(
            owner_kind="submission", owner_id=1, question_id=self.asked[1], version=1, sha256="0" * 64, size=1, pages=1,
            original_name="a.pdf", uploaded_at=uow.now,
        )  # fmt: skip
        uow.session.add(file)
        uow.session.flush()
        uow.session.add(
            Need(registration_id=self.row.id, question_id=self.asked[0], state=NeedState.OPEN, changed_at=uow.now)
        )
        uow.session.add(AnswerBytes(file_id=file.id, original=b"1", plain=b"1"))
        uow.session.flush()


def kept_now(work: Any, house: House) -> dict[str, int | None]:
    with work() as uow:
        return {one.what: one.number for one in keeping.all_kept(uow, house.edition)}


@keeps("P4")
@shows(
    "Registration",
    "How long each field and form is kept is chosen by organisers, carried out by the worker, and told in numbers",
)
def test_the_worker_removes_each_at_its_time(work: Any, database: Database, clock: FixedClock, app: Flask) -> None:
    with work() as uow:
        house = House(uow)
        one, other = (f"question:{number}" for number in house.asked)
        service.save(uow, house.edition, {"diet": 2, "passport": 5, "form:submission": 20, other: 3})
        sheet = questions.sheet(uow.session, house.edition.id, "submission")
        assert [asked.kept_days for asked in sheet.questions] == [20, 3]
    assert kept_now(work, house) == {
        "diet": 2, "needs": 1, "host_number": 0, "passport": 1, "form:submission": 1, one: 1, other: 1,
        "join_uses": 3, "speaker_contacts": 0, "speaker_availabilities": 0, "speaker_details": 0, "grant_visa": 0,
            "materials": 0,
    }  # fmt: skip
    expected = {2: ["diet"], 3: [other], 5: ["passport"], 20: ["form:submission"], 31: ["needs", "join_uses"]}
    gone: list[str] = []
    with app.app_context():
        for days, names in expected.items():
            clock.at = house.edition.ends_at + timedelta(days=days)
            service.carry_out(database, clock)
            assert all(kept_now(work, house)[name] for name in names)
            clock.at += timedelta(seconds=1)
            service.carry_out(database, clock)
            gone += names
            assert not any(kept_now(work, house)[name] for name in gone)
    with work() as uow:
        row = uow.session.get_one(Registration, house.row.id)
        assert (row.diet, row.needs) == ([], "")
        assert uow.session.scalars(select(VisaLetter)).one().passport == {}
        joined = schedule.join_counts(uow.session, house.edition.id)["keynote"]
        assert (joined.people, joined.times) == (2, 3), "totals stay"
        for model in (Answer, AnswerFile, AnswerBytes, Need):
            assert not uow.session.scalars(select(model)).all()
        told = [(removal.what, removal.number) for removal in reversed(queries.removals(uow.session, house.edition.id))]
        assert told == [
            ("diet", 2), (other, 1), ("passport", 1), ("form:submission", 1), ("needs", 1), ("join_uses", 3),
        ]  # fmt: skip


def test_nothing_is_kept_longer_than_people_were_told(work: Any) -> None:
    with work() as uow:
        house = House(uow)
        for wanted in ({"diet": 32}, {"passport": 40}):
            with pytest.raises(Conflict, match="not later"):
                service.save(uow, house.edition, wanted)
        service.save(uow, house.edition, {"diet": 3})
        with pytest.raises(Conflict):
            service.save(uow, house.edition, {"diet": None})
        uow.actor = house.guest
        with pytest.raises(NotFound):
            service.save(uow, house.edition, {"diet": 1})


@shows("Registration", "Organisers see what is kept until when and what was removed; each form shows its day")
def test_the_page(app: Flask, work: Any) -> None:
    with work() as uow:
        house = House(uow)
        desk, guest = client_for(app, uow, house.organiser), client_for(app, uow, house.guest)
    page = desk.get(DESK).text
    for words in ("What people eat", "2 kept now", "11 January 2027", "kept until somebody deletes it"):
        assert words in page
    fields = {"days_diet": "31", "days_needs": "7", "days_passport": "10"}
    assert send(desk, DESK, fields | {"days_diet": "90"}).status_code == 409
    assert send(desk, DESK, fields | {"days_diet": "-1"}).status_code == 422
    assert send(desk, DESK, fields).status_code == 303
    assert "18 December 2026" in guest.get("/musiml/2026/registration").text
    assert guest.get(DESK).status_code == 404


@shows("Registration", "Organisers see that an account was deleted, not whose")
def test_a_deleted_account_is_told_without_its_name(work: Any) -> None:
    with work() as uow:
        house = House(uow)
        erase(uow, house.guest)
        rows = uow.session.scalars(select(Removal)).all()
        assert [(row.edition_id, row.what, row.number) for row in rows] == [(house.edition.id, "account", 1)]
