"""Seats and the waitlist, on both databases."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import join_team, make_date, make_edition, make_person
from tests.registrations.factories import details, make_join_link, make_kind, make_registration
from tests.registrations.invariants import check, states
from tests.shows import shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.core import events
from workshop_manager.core.audit import AuditEntry
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import queries, service
from workshop_manager.registrations.events import RegistrationCancelled, RegistrationConfirmed, SeatGiven
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.states import Mode, State
from workshop_manager.retention.service import carry_out
from workshop_manager.workshops.service import Stale, Taken
from workshop_manager.workshops.states import DateKey, Role

VIRTUAL = Mode.VIRTUAL
SEAT, LINE, GONE = State.REGISTERED, State.WAITLISTED, State.CANCELLED


def _people(uow: Any, number: int) -> list[Person]:
    return [make_person(uow, name=f"Person {n}") for n in range(number)]


def _mails(uow: Any) -> list[tuple[str, int | None]]:
    rows = uow.session.execute(select(OutboxMail.template, OutboxMail.person_id).order_by(OutboxMail.id))
    return [(template.removeprefix("registrations/"), person) for template, person in rows]


def _texts(uow: Any) -> str:
    return "\n".join(uow.session.scalars(select(OutboxMail.text_body)))


@pytest.fixture
def heard() -> Any:
    """What other packages are told."""
    told: list[object] = []
    kinds = (RegistrationConfirmed, RegistrationCancelled, SeatGiven)

    def hear(_uow: Any, event: object) -> None:
        told.append(event)

    for kind in kinds:
        events.subscribe(kind, hear)
    yield told
    for kind in kinds:
        events._handlers[kind].remove(hear)


@shows("Registration", "A full kind gives a waitlist place, and a cancelled seat goes to the next at once, with a mail")
def test_a_cancelled_seat_goes_to_the_next_in_line(work: Any, heard: list[object]) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        first, second, third = people = _people(uow, 3)
    for person in people:
        with work(person) as uow:
            service.register(uow, edition, kind.id, details(person.name))
    with work() as uow:
        row = queries.registration_of(uow.session, edition.id, third.id)
        assert row is not None
        assert queries.number_in_line(uow.session, row) == 2
    with work(first) as uow:
        service.cancel(uow, edition)
    with work() as uow:
        assert states(uow, edition, people) == [GONE, SEAT, LINE]
        check(uow, edition.id)
        assert _mails(uow) == [
            ("registered", first.id),
            ("waitlisted", second.id),
            ("waitlisted", third.id),
            ("cancelled", first.id),
            ("called_up", second.id),
        ]
        assert "number 2 on the waitlist" in _texts(uow)
    assert heard == [
        RegistrationConfirmed(edition.id, first.id),
        RegistrationCancelled(edition.id, first.id, had_seat=True),
        SeatGiven(edition.id, second.id),
    ]


def test_the_number_on_the_waitlist_never_goes_up(work: Any, clock: Any) -> None:
    """Also when a clock goes back between two people: numbers are given under the lock, not by the clock."""
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=0)
        first, second = _people(uow, 2)
    with work(first) as uow:
        service.register(uow, edition, kind.id, details())
    clock.at -= timedelta(hours=3)
    with work(second) as uow:
        service.register(uow, edition, kind.id, details())
    with work() as uow:
        rows = [queries.registration_of(uow.session, edition.id, p.id) for p in (first, second)]
        assert [queries.number_in_line(uow.session, row) for row in rows if row] == [1, 2]


@shows("Registration", "Somebody who waits can keep a virtual place meanwhile, which goes back when their seat comes")
def test_a_virtual_place_is_kept_while_waiting(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition, capacity=1), make_kind(uow, edition, "Virtual", 2, VIRTUAL, position=1)
        holder, waiting, late = _people(uow, 3)
        make_registration(uow, edition, room, holder)
        make_registration(uow, edition, afar, late)
    with work(waiting) as uow:
        row = service.register(uow, edition, room.id, details(), keep_virtual=True)
        assert (row.state, row.kind_id, row.waits_for_id) == (SEAT, afar.id, room.id)
    with work() as uow:
        check(uow, edition.id)
        assert queries.is_registered(uow.session, edition.id, waiting.id)
    with work(holder) as uow:
        service.register(uow, edition, afar.id, details())  # full: keeps the seat in the room and waits
    with work() as uow:
        check(uow, edition.id)
    with work(late) as uow:
        service.cancel(uow, edition)
    with work() as uow:
        # The freed virtual seat went to the holder of the room, whose seat went to the one who waited.
        row = queries.registration_of(uow.session, edition.id, waiting.id)
        assert row is not None
        assert (row.kind_id, row.waits_for_id) == (room.id, None)
        assert states(uow, edition, [holder, waiting, late]) == [SEAT, SEAT, GONE]
        check(uow, edition.id)
        assert "The one you held meanwhile (Virtual) went back." in _texts(uow)


def test_without_room_elsewhere_keeping_a_virtual_place_only_waits(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room = make_kind(uow, edition, capacity=0)
        make_kind(uow, edition, "Virtual", 0, VIRTUAL)
        person = make_person(uow)
    with work(person) as uow:
        assert service.register(uow, edition, room.id, details(), keep_virtual=True).state is LINE


def test_two_who_wait_for_each_others_kind_are_served_by_one_free_seat(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition, capacity=2), make_kind(uow, edition, "Virtual", 1, VIRTUAL)
        leaves, one, other = people = _people(uow, 3)
        make_registration(uow, edition, room, leaves)
        make_registration(uow, edition, room, one, waits_for=afar)
        make_registration(uow, edition, afar, other, waits_for=room)
    with work(leaves) as uow:
        service.cancel(uow, edition)
    with work() as uow:
        held = [queries.registration_of(uow.session, edition.id, p.id) for p in people[1:]]
        assert [row.kind_id for row in held if row] == [afar.id, room.id]
        check(uow, edition.id)


@shows("Registration", "One person holds one registration an edition; registering again changes it")
def test_registering_again_changes_what_was_said(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        person = make_person(uow)
    with work(person) as uow:
        first = service.register(uow, edition, kind.id, details("Nur"), version=0)
        assert first.version == 1
    with work(person) as uow:
        again = service.register(uow, edition, kind.id, details("Aisyah", diet=("halal",)), version=1)
        assert (again.id, again.badge_name, again.diet) == (first.id, "Aisyah", ["halal"])
    with work() as uow:
        assert _mails(uow) == [("registered", person.id)]
        check(uow, edition.id)


def test_a_form_from_before_a_change_changes_nothing(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        person = make_person(uow)
    with work(person) as uow:
        service.register(uow, edition, kind.id, details("Nur"), version=0)
    with pytest.raises(Stale), work(person) as uow:
        service.register(uow, edition, kind.id, details("Aisyah"), version=0)
    with work() as uow:
        row = queries.registration_of(uow.session, edition.id, person.id)
        assert row is not None
        assert row.badge_name == "Nur"


def test_whoever_cancelled_can_come_back_at_the_end_of_the_line(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        first, second = people = _people(uow, 2)
        make_registration(uow, edition, kind, first, needs="a ramp", diet=["halal"])
        make_registration(uow, edition, kind, second, LINE)
    with work(first) as uow:
        row = service.cancel(uow, edition)
        assert (row.needs, row.diet) == ("", [])
        code = row.ticket_code
    with work(first) as uow:
        row = service.register(uow, edition, kind.id, details())
        assert (row.state, row.ticket_code, row.cancelled_at) == (LINE, code, None)
    with work() as uow:
        assert states(uow, edition, people) == [LINE, SEAT]
        check(uow, edition.id)


@shows("Registration", "Switching between in person and virtual hands the seat on at once, and says so by mail")
def test_switching_hands_the_old_seat_on(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition, capacity=1), make_kind(uow, edition, "Virtual", mode=VIRTUAL)
        first, second = people = _people(uow, 2)
        make_registration(uow, edition, room, first)
        make_registration(uow, edition, room, second, LINE)
    with work(first) as uow:
        service.register(uow, edition, afar.id, details())
    with work() as uow:
        assert states(uow, edition, people) == [SEAT, SEAT]
        assert _mails(uow) == [("changed", first.id), ("called_up", second.id)]
        check(uow, edition.id)


def test_leaving_the_waitlist_for_the_seat_one_holds(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition, capacity=0), make_kind(uow, edition, "Virtual", mode=VIRTUAL)
        person = make_person(uow)
        make_registration(uow, edition, afar, person, waits_for=room)
    with work(person) as uow:
        row = service.register(uow, edition, afar.id, details())
        assert (row.kind_id, row.waits_for_id, row.line_number) == (afar.id, None, None)
    with work() as uow:
        assert queries.waiting_by_kind(uow.session, edition.id) == {}
        check(uow, edition.id)


def test_the_database_itself_refuses_one_seat_too_many(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
    with pytest.raises(IntegrityError), work() as uow:
        uow.session.get_one(RegistrationKind, kind.id).taken = 2


def test_the_database_itself_refuses_a_second_registration_of_one_person(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        person = make_person(uow)
        make_registration(uow, edition, kind, person)
    with pytest.raises(IntegrityError), work() as uow:
        make_registration(uow, edition, kind, person)


@shows("Registration", "Closes and opens by date; one second past, no seat is taken")
def test_nothing_is_taken_outside_the_dates(work: Any, clock: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        make_date(uow, edition, DateKey.REGISTRATION_OPENS, uow.now - timedelta(days=1))
        make_date(uow, edition, DateKey.REGISTRATION_CLOSES, uow.now + timedelta(days=1))
        person = make_person(uow)
    for step, reason in ((timedelta(days=1, seconds=1), "closed"), (timedelta(days=-3), "not open")):
        clock.at += step
        with pytest.raises(Conflict, match=reason), work(person) as uow:
            service.register(uow, edition, kind.id, details())
    clock.at = edition.ends_at + timedelta(seconds=1)
    with pytest.raises(Conflict, match="over"), work(person) as uow:
        service.register(uow, edition, kind.id, details())
    with work() as uow:
        assert uow.session.scalars(select(Registration)).all() == []


@shows("Registration", "After registration closed, answers can be changed and seats given back until the event is over")
def test_after_closing_one_can_still_change_answers_and_cancel_but_not_the_kind(work: Any, clock: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        room, afar = make_kind(uow, edition, capacity=1), make_kind(uow, edition, "Virtual", mode=VIRTUAL)
        make_date(uow, edition, DateKey.REGISTRATION_CLOSES, uow.now - timedelta(days=1))
        person, waiting = people = _people(uow, 2)
        make_registration(uow, edition, room, person)
        make_registration(uow, edition, room, waiting, LINE)
    with work(person) as uow:
        assert service.register(uow, edition, room.id, details("Nur")).badge_name == "Nur"
    with pytest.raises(Conflict, match="closed"), work(person) as uow:
        service.register(uow, edition, afar.id, details())
    with work(person) as uow:
        service.cancel(uow, edition)
    with work() as uow:
        assert states(uow, edition, people) == [GONE, SEAT]
    clock.at = edition.ends_at + timedelta(seconds=1)
    with pytest.raises(Conflict, match="over"), work(waiting) as uow:
        service.cancel(uow, edition)


@shows("Bad input", "A capacity below what is taken is refused with the figure")
def test_a_capacity_below_what_is_taken_is_refused_with_the_figure(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kind = make_kind(uow, edition, capacity=2)
        people = _people(uow, 5)
        for n, person in enumerate(people):
            make_registration(uow, edition, kind, person, SEAT if n < 2 else LINE)
    with pytest.raises(Taken, match=r"^2 places are taken\. Write 2 or more") as refused, work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, 1))
    assert refused.value.field == "capacity"
    with work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, 3))
    with work() as uow:
        assert states(uow, edition, people) == [SEAT, SEAT, SEAT, LINE, LINE]
        check(uow, edition.id)
    with work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("In person", Mode.IN_PERSON, None))
    with work() as uow:
        assert states(uow, edition, people) == [SEAT] * 5
        check(uow, edition.id)


def test_two_organisers_do_not_overwrite_each_other(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kind = make_kind(uow, edition, capacity=2)
    with work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("Here", Mode.IN_PERSON, 5), version=1)
    with pytest.raises(Stale), work(owner) as uow:
        service.edit_kind(uow, edition, kind.id, KindContent("There", Mode.IN_PERSON, 6), version=1)
    with work(owner) as uow:
        service.save_settings(uow, edition, join_url="https://one.example", note="", version=0)
    with pytest.raises(Stale), work(owner) as uow:
        service.save_settings(uow, edition, join_url="https://two.example", note="", version=0)


def test_a_kind_that_somebody_chose_stays_and_names_are_unique(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner = make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        kind, spare = make_kind(uow, edition), make_kind(uow, edition, "Spare")
        make_registration(uow, edition, kind, make_person(uow), GONE)
    with pytest.raises(Conflict, match="chosen"), work(owner) as uow:
        service.remove_kind(uow, edition, kind.id)
    with work(owner) as uow:
        service.remove_kind(uow, edition, spare.id)
    with pytest.raises(Taken, match="already"), work(owner) as uow:
        service.add_kind(uow, edition, KindContent("In person", VIRTUAL, None))
    with work(owner) as uow:
        other = service.add_kind(uow, edition, KindContent("Virtual", VIRTUAL, None))
    with pytest.raises(Taken, match="already"), work(owner) as uow:
        service.edit_kind(uow, edition, other.id, KindContent("In person", VIRTUAL, None))
    with work(owner) as uow:
        service.move_kind(uow, edition, other.id, -1)
        assert [k.name for k in queries.kinds(uow.session, edition.id)] == ["Virtual", "In person"]


def test_organisers_cancel_with_a_reason_that_the_person_reads(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        owner, person = make_person(uow), make_person(uow)
        join_team(uow, edition, owner, Role.OWNER)
        row = make_registration(uow, edition, make_kind(uow, edition), person)
    with work(owner) as uow:
        service.cancel_for(uow, edition, row.id, "You asked us by mail.")
    with work() as uow:
        assert _mails(uow) == [("cancelled", person.id)]
        assert "They write: You asked us by mail." in _texts(uow)
        entry = uow.session.scalars(select(AuditEntry).where(AuditEntry.action == "cancelled")).one()
        assert entry.actor_id == owner.id
        assert "You asked us" not in str(entry.details), "the history names nobody and quotes nobody"
    with pytest.raises(Conflict, match="already"), work(owner) as uow:
        service.cancel_for(uow, edition, row.id, "Again")


@pytest.mark.parametrize("role", [None, Role.FRONT_DESK, Role.REVIEWER, Role.PROGRAMME_CHAIR, "elsewhere"])
def test_who_does_not_organise_this_very_edition_changes_nothing(work: Any, role: Role | str | None) -> None:
    with work() as uow:
        edition, other = make_edition(uow), make_edition(uow, slug="2025")
        stranger = make_person(uow)
        if role is not None:
            join_team(
                uow, other if role == "elsewhere" else edition, stranger, role if isinstance(role, Role) else Role.OWNER
            )
        kind = make_kind(uow, edition)
        row = make_registration(uow, edition, kind, make_person(uow))
    content = KindContent("x", VIRTUAL, None)
    for act in (
        lambda uow: service.add_kind(uow, edition, content),
        lambda uow: service.edit_kind(uow, edition, kind.id, content),
        lambda uow: service.edit_kind(uow, other, kind.id, content),
        lambda uow: service.move_kind(uow, edition, kind.id, 1),
        lambda uow: service.remove_kind(uow, edition, kind.id),
        lambda uow: service.cancel_for(uow, edition, row.id, "x"),
        lambda uow: service.cancel_for(uow, other, row.id, "x"),
        lambda uow: service.save_settings(uow, edition, join_url="https://x.example", note=""),
    ):
        with pytest.raises(NotFound), work(stranger) as uow:
            act(uow)


def test_nobody_and_other_editions_kinds_are_refused(work: Any) -> None:
    with work() as uow:
        edition, other = make_edition(uow), make_edition(uow, slug="2025")
        theirs = make_kind(uow, other)
        make_kind(uow, edition)
        person = make_person(uow)
    with pytest.raises(Forbidden), work() as uow:
        service.register(uow, edition, theirs.id, details())
    with pytest.raises(NotFound), work(person) as uow:
        service.register(uow, edition, theirs.id, details())
    with pytest.raises(NotFound), work(person) as uow:
        service.cancel(uow, edition)
    with pytest.raises(NotFound), work(person) as uow:
        service.accept_conduct(uow, edition, 1)


@shows("Registration", "The link to join is for people with a seat who accepted the code of conduct as it reads now")
def test_the_join_link_follows_seat_and_code_of_conduct(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        make_join_link(uow, edition, "https://zoom.example/j/1")
        person, waiting, stranger = _people(uow, 3)
        make_registration(uow, edition, kind, person)
        make_registration(uow, edition, kind, waiting, LINE)

    def link(who: Person) -> Any:
        with work() as uow:
            return queries.join_link_of(uow.session, edition.id, who.id)

    assert link(person).join_url == "https://zoom.example/j/1"
    assert link(waiting) is None
    assert link(stranger) is None
    with work() as uow:
        edition = uow.session.merge(edition)
        edition.code_of_conduct_version = 2
    assert link(person) is None
    with pytest.raises(Stale), work(person) as uow:
        service.accept_conduct(uow, edition, 1)
    with work(person) as uow:
        service.accept_conduct(uow, edition, 2)
    assert link(person) is not None


def test_no_mail_holds_the_link_or_the_needs(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        make_join_link(uow, edition, "https://zoom.example/j/1")
        person = make_person(uow)
    with work(person) as uow:
        row = service.register(uow, edition, kind.id, details(needs="a quiet room"))
        assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", row.ticket_code)
    with work() as uow:
        mail = uow.session.scalars(select(OutboxMail)).one()
        assert mail.subject == "You have a seat: Muslims in ML 2026"
        for body in (mail.text_body, mail.html_body):
            assert "zoom.example" not in body
            assert "quiet" not in body
            assert row.ticket_code in body


def test_a_deleted_person_leaves_a_free_seat_and_no_answers(work: Any) -> None:
    with work() as uow:
        edition, other = make_edition(uow), make_edition(uow, slug="2025")
        kind, second = make_kind(uow, edition, capacity=1), make_kind(uow, other)
        leaving, waiting = _people(uow, 2)
        make_registration(uow, edition, kind, leaving, needs="a quiet room", affiliation="UGM", pronouns="they")
        make_registration(uow, other, second, leaving, GONE)
        make_registration(uow, edition, kind, waiting, LINE)
    with work() as uow:
        service.on_person_erased(uow, PersonErased(leaving.id))
    with work() as uow:
        assert queries.is_registered(uow.session, edition.id, waiting.id)
        rows = uow.session.scalars(select(Registration).where(Registration.person_id.is_(None))).all()
        assert [(r.state, r.badge_name, r.needs, r.affiliation, r.pronouns) for r in rows] == [
            (GONE, "", "", None, None)
        ] * 2
        assert _mails(uow) == [("called_up", waiting.id)]
        check(uow, edition.id)


@shows("Registration", "Food and access needs are deleted a month after the event")
def test_answers_are_deleted_a_month_after_the_event(work: Any, app: Any, database: Any, clock: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        person = make_person(uow)
        make_registration(uow, edition, make_kind(uow, edition), person, needs="a ramp", diet=["halal"])

    def answers() -> tuple[str, list[str]]:
        with app.app_context():
            carry_out(database, clock)
        with work() as uow:
            row = queries.registration_of(uow.session, edition.id, person.id)
            assert row is not None
            return row.needs, row.diet

    clock.at = edition.ends_at + timedelta(days=31)
    assert answers() == ("a ramp", ["halal"])
    clock.at += timedelta(seconds=1)
    assert answers() == ("", [])


def test_one_answer_is_enough_for_other_packages(work: Any) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition, capacity=1)
        first, second, third = _people(uow, 3)
        make_registration(uow, edition, kind, first)
        make_registration(uow, edition, kind, second, LINE)
        make_registration(uow, edition, kind, third, GONE)
    with work() as uow:
        assert [queries.is_registered(uow.session, edition.id, p.id) for p in (first, second, third)] == [
            True, False, False,
        ]  # fmt: skip
        assert [(c.name, c.capacity, c.taken, c.waiting) for c in queries.counts(uow.session, edition.id)] == [
            ("In person", 1, 1, 1)
        ]
        assert [e.id for _r, e in queries.of_person(uow.session, second.id)] == [edition.id]
        assert queries.of_person(uow.session, third.id) == []
