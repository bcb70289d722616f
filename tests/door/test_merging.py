"""One person with two tickets, whose accounts become one: whichever they came with, they were there."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.door.factories import Door
from tests.door.test_letters import TYPED
from workshop_manager.accounts.models import Person
from workshop_manager.door import certifying, letters, queries, service
from workshop_manager.door.models import Certificate, Handout, Scan, VisaLetter
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.models import Registration


def test_days_things_and_papers_go_on_with_the_registration_that_stays(app: Any, work: Any, clock: Any) -> None:
    door = Door(app, work, clock)
    kept, left = door.guest("Nur Aisyah"), door.guest("N. Aisyah")
    with work() as uow:
        persons = {row.id: uow.session.get_one(Person, row.person_id) for row in (kept, left)}
    with work(door.owner) as uow:
        letters.save_settings(uow, door.edition, is_offered=True, wording="Come.", signed_by="Amina", version=0)
        shirt = service.add_item(uow, door.edition, "Shirt")
        badge = service.add_item(uow, door.edition, "Badge")
    with work(persons[left.id]) as uow:
        asked = letters.ask(uow, door.edition, letters.Passport(**TYPED))
    with work(door.owner) as uow:
        letters.issue(uow, door.edition, asked.id)
        for row, minutes in ((kept, 30), (left, 0), (left, 24 * 60)):
            service.check_in(uow, door.edition, door.held(row, minutes))
        for row, item in ((kept, shirt), (left, shirt), (left, badge)):
            service.hand_out(uow, door.edition, row.id, item.id)
        clock.at += timedelta(days=2)
    with work(door.owner) as uow:
        assert certifying.issue_all(uow, door.edition, writes=False).new == 2
    with work() as uow:
        registrations.join_rows(uow, door.edition.id, persons[kept.id].id, persons[left.id].id)
    with work() as uow:
        session = uow.session
        assert session.get_one(Registration, left.id).badge_name == ""
        came = queries.arrivals_of(session, kept.id)
        assert [one.at for one in came] == [door.start, door.start + timedelta(days=1)]
        assert queries.arrivals_of(session, left.id) == []
        assert {one.registration_id for one in session.scalars(select(Scan))} == {kept.id}
        assert all(one.arrival_id is not None for one in session.scalars(select(Scan)))
        assert {(one.item_id, one.registration_id) for one in session.scalars(select(Handout))} == {
            (shirt.id, kept.id), (badge.id, kept.id),
        }  # fmt: skip
        assert queries.letter_of(session, kept.id).issued_at is not None
        assert {one.registration_id for one in session.scalars(select(Certificate))} == {kept.id}
        assert queries.standing_of(session, kept.id).name == "Nur Aisyah"
    with work(persons[kept.id]) as uow:
        assert certifying.issue_own(uow, door.edition).days == ["2026-12-11", "2026-12-12"]


def test_of_two_letters_one_stays(app: Any, work: Any, clock: Any) -> None:
    door = Door(app, work, clock)
    clock.at -= timedelta(days=30)
    kept, left = door.guest("Nur Aisyah"), door.guest("N. Aisyah")
    with work(door.owner) as uow:
        letters.save_settings(uow, door.edition, is_offered=True, wording="Come.", signed_by="Amina", version=0)
    asked = {}
    for row in (kept, left):
        with work() as uow:
            person = uow.session.get_one(Person, row.person_id)
        with work(person) as uow:
            asked[row.id] = letters.ask(uow, door.edition, letters.Passport(**TYPED)).id
    with work(door.owner) as uow:
        letters.issue(uow, door.edition, asked[left.id])
    with work() as uow:
        registrations.join_rows(uow, door.edition.id, kept.person_id, left.person_id)
    with work() as uow:
        (letter,) = uow.session.scalars(select(VisaLetter)).all()
        assert (letter.id, letter.registration_id) == (asked[left.id], kept.id)
