"""Offers with an end, shared and kept seats: what is given, to whom, and what people read."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.factories import join_team, make_edition, make_person
from tests.registrations.factories import details, make_kind, make_registration
from tests.registrations.invariants import check, line, states
from tests.shows import keeps, shows
from workshop_manager.accounts.models import Person
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.mail.models import OutboxMail
from workshop_manager.registrations import groups, queries, service, sharing, waitlist
from workshop_manager.registrations.models import RegistrationSettings, SeatQuota
from workshop_manager.registrations.service import KindContent
from workshop_manager.registrations.sharing import QuotaContent, ReserveContent
from workshop_manager.registrations.states import Group, Mode, State
from workshop_manager.registrations.waitlist import Answer
from workshop_manager.workshops.service import Stale, Taken
from workshop_manager.workshops.states import Role

SEAT, LINE, GONE = State.REGISTERED, State.WAITLISTED, State.CANCELLED
HOURS = 48


class Hall:
    """A room of one place and a virtual kind; seats that come free are offered for two days."""

    talk: Any
    quota: Any

    def __init__(self, app: Any, work: Any, clock: Any, database: Any) -> None:
        self.app, self.work, self.clock, self.database = app, work, clock, database
        with work() as uow:
            self.edition = make_edition(uow)
            self.room = make_kind(uow, self.edition, "In person", 1, position=1)
            self.afar = make_kind(uow, self.edition, "Virtual", None, Mode.VIRTUAL, position=2)
            self.owner = make_person(uow, "Amina")
            join_team(uow, self.edition, self.owner, Role.OWNER)
            uow.session.add(RegistrationSettings(edition_id=self.edition.id, note="", offer_hours=HOURS))

    def people(self, number: int, **values: Any) -> list[Any]:
        with self.work() as uow:
            return [make_person(uow, f"Person {n}", **values) for n in range(number)]

    def come(self, *people: Any, kind: Any = None, keep_virtual: bool = False) -> None:
        for person in people:
            with self.work(person) as uow:
                kind_id = (kind or self.room).id
                service.register(uow, self.edition, kind_id, details(person.name), keep_virtual=keep_virtual)

    def leave(self, person: Any) -> None:
        with self.work(person) as uow:
            service.cancel(uow, self.edition)

    def answer(self, person: Any, *, takes: bool) -> Answer:
        with self.work(person) as uow:
            return waitlist.answer(uow, self.edition, takes=takes)[0]

    def later(self, **time: int) -> None:
        self.clock.at += timedelta(**time)
        with self.app.app_context():
            waitlist.pass_on(self.database, self.clock)

    def row(self, person: Any) -> Any:
        with self.work() as uow:
            return queries.registration_of(uow.session, self.edition.id, person.id)

    def states(self, *people: Any) -> list[State | None]:
        with self.work() as uow:
            check(uow, self.edition.id)
            return states(uow, self.edition, people)

    def mails(self, person: Any) -> list[str]:
        with self.work() as uow:
            mine = select(OutboxMail).where(OutboxMail.person_id == person.id).order_by(OutboxMail.id)
            return [f"{mail.subject}\n{' '.join(mail.text_body.split())}" for mail in uow.session.scalars(mine)]

    def share(self, seats: int, *kinds: Any) -> SeatQuota:
        with self.work(self.owner) as uow:
            content = QuotaContent("The room", seats, frozenset(kind.id for kind in kinds))
            return sharing.add_quota(uow, self.edition, content)

    def keep(self, pool: Any, whom: Group, seats: int, days: int = 10) -> None:
        until = Deadline(self.clock.at + timedelta(days=days), "Africa/Accra")
        with self.work(self.owner) as uow:
            sharing.keep(uow, self.edition, ReserveContent(pool, whom, seats, until))


@pytest.fixture
def hall(app: Any, work: Any, clock: Any, database: Any) -> Hall:
    return Hall(app, work, clock, database)


# -- offers -------------------------------------------------------------------------------------------------------


@shows("Registration", "A seat that came free is offered to the next in line until a time shown in both zones")
def test_a_seat_is_offered_and_taken(hall: Hall) -> None:
    first, second, third = hall.people(3, time_zone="Asia/Jakarta")
    hall.come(first, second, keep_virtual=True)
    hall.come(third)
    hall.leave(first)
    row = hall.row(second)
    until = hall.clock.at + timedelta(hours=HOURS)
    assert (row.kind_id, row.waits_for_id, row.offer_until) == (hall.afar.id, hall.room.id, until)
    told = hall.mails(second)[-1]
    assert told.startswith("A seat is yours if you want it: Muslims in ML 2026")
    assert "Wednesday 3 June 2026" in told
    assert "19:00 in Jakarta" in told
    assert "goes back when you say yes" in told
    assert "/musiml/2026/registration/offer" in told
    assert hall.states(first, second, third) == [GONE, SEAT, LINE]
    assert hall.answer(second, takes=True) is Answer.TAKEN
    row = hall.row(second)
    assert (row.kind_id, row.waits_for_id, row.offer_until) == (hall.room.id, None, None)
    assert "The one you held meanwhile (Virtual) went back." in hall.mails(second)[-1]
    assert hall.states(first, second, third) == [GONE, SEAT, LINE]


@shows("Registration", "Whoever says no keeps the virtual place, and the next person is asked at once")
def test_a_no_passes_the_seat_on(hall: Hall) -> None:
    first, second, third = hall.people(3)
    hall.come(first, second, keep_virtual=True)
    hall.come(third)
    hall.leave(first)
    assert hall.answer(second, takes=False) is Answer.DECLINED
    row = hall.row(second)
    assert (row.state, row.kind_id, row.waits_for_id) == (SEAT, hall.afar.id, None)
    assert hall.row(third).offer_until is not None
    assert hall.answer(third, takes=False) is Answer.DECLINED
    assert hall.states(second, third) == [SEAT, GONE]
    with pytest.raises(NotFound):
        hall.answer(third, takes=True)


@shows("Registration", "An offer that nobody answers passes on; whoever missed it stands at the end, and learns so")
@shows("Bad input", "A promoted person who answers after expiry is told what happened and at which place they stand")
def test_an_offer_runs_out_and_passes_on(hall: Hall) -> None:
    first, second, third = hall.people(3)
    hall.come(first, second, third)
    hall.leave(first)
    hall.later(hours=HOURS)
    assert hall.row(second).offer_until is not None  # the last second is in time
    hall.later(seconds=1)
    assert hall.states(second, third) == [LINE, LINE]
    assert hall.row(third).offer_until == hall.clock.at + timedelta(hours=HOURS)
    assert "You still wait, as number 2." in hall.mails(second)[-1]
    assert hall.answer(second, takes=True) is Answer.TOO_LATE
    assert "You wait again, as number 2" in waitlist.too_late_text(hall.row(second), 2)
    with hall.work() as uow:
        assert line(uow, hall.room.id) == [third.id, second.id]
    hall.later(hours=HOURS, seconds=1)  # now third missed it, and second is asked again
    assert hall.row(second).offer_until is not None
    assert "as this is the second time we ask, you then no longer wait" in hall.mails(second)[-1]
    assert hall.answer(second, takes=True) is Answer.TAKEN
    assert hall.row(second).missed_offers == 0


def test_who_misses_twice_no_longer_waits_and_nobody_waits_beside_the_seat(hall: Hall) -> None:
    first, only = hall.people(2)
    hall.come(first, only)
    hall.leave(first)
    hall.later(hours=HOURS, seconds=1)
    assert hall.row(only).offer_until is not None  # nobody else waited: asked once more, in one mail
    asked = [mail.partition(":")[0] for mail in hall.mails(only)]
    assert asked == ["You are number 1 on the waitlist", *["A seat is yours if you want it"] * 2]
    hall.later(hours=HOURS, seconds=1)
    assert hall.states(only) == [GONE]
    assert "As we asked twice, you no longer wait." in hall.mails(only)[-1]
    assert "You no longer wait" in waitlist.too_late_text(hall.row(only), None)
    hall.come(only)
    assert (hall.states(only), hall.row(only).missed_offers) == ([SEAT], 0)


def test_an_act_on_a_late_offer_does_not_wait_for_the_job(hall: Hall) -> None:
    first, second, third = hall.people(3)
    hall.come(first, second, third)
    hall.leave(first)
    hall.clock.at += timedelta(hours=HOURS, seconds=1)
    assert hall.answer(second, takes=True) is Answer.TOO_LATE
    assert hall.row(third).offer_until is not None


def test_changing_ones_name_does_not_answer_an_offer(hall: Hall) -> None:
    first, second = hall.people(2)
    hall.come(first, second)
    hall.leave(first)
    with hall.work(second) as uow:
        service.register(uow, hall.edition, hall.room.id, details("Nur"))
    row = hall.row(second)
    assert (row.badge_name, row.state, row.offer_until is not None) == ("Nur", LINE, True)


def test_cancelling_with_an_offer_hands_both_on(hall: Hall) -> None:
    first, second, third = hall.people(3)
    hall.come(first, second, third, keep_virtual=True)
    hall.leave(first)
    hall.leave(second)
    assert hall.row(third).offer_until is not None
    assert hall.states(second, third) == [GONE, SEAT]


@shows("Registration", "In the hour before the event, and during it, a seat that comes free is given without asking")
def test_so_late_nobody_is_asked(hall: Hall) -> None:
    first, second = hall.people(2)
    hall.come(first, second)
    hall.clock.at = hall.edition.starts_at - timedelta(minutes=30)
    hall.leave(first)
    assert (hall.states(second), hall.row(second).offer_until) == ([SEAT], None)


@shows("Bad input", "A change of the clocks during an offer makes it neither longer nor shorter")
def test_the_clocks_change_during_an_offer(hall: Hall) -> None:
    hall.edition.time_zone = "Europe/Berlin"
    with hall.work() as uow:
        uow.session.merge(hall.edition)
    hall.clock.at = datetime(2026, 10, 24, 10, tzinfo=UTC)  # noon there; in the night the clocks go back
    first, second = hall.people(2)
    hall.come(first, second)
    hall.leave(first)
    assert "Monday 26 October 2026, 11:00 CET" in hall.mails(second)[-1]
    hall.later(hours=HOURS)
    assert hall.answer(second, takes=True) is Answer.TAKEN


# -- shared seats -------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(hall: Hall) -> Hall:
    """A quota of two seats over the room (with room for five) and over speakers; seats are given without asking."""
    with hall.work(hall.owner) as uow:
        service.edit_kind(uow, hall.edition, hall.room.id, KindContent("In person", Mode.IN_PERSON, 5))
        hall.talk = make_kind(uow, hall.edition, "Speaker", None, position=3)
        service.save_settings(uow, hall.edition, join_url=None, note="")
    hall.quota = hall.share(2, hall.room, hall.talk)
    return hall


@keeps("X1")
@shows("Registration", "Several kinds share the seats of a room: a seat needs room in its kind and in every quota")
def test_kinds_share_seats_and_one_line_serves_them_in_order(shared: Hall) -> None:
    one, two, three, four = shared.people(4)
    shared.come(one)
    shared.come(two, kind=shared.talk)
    shared.come(three, kind=shared.talk)
    shared.come(four)
    assert shared.states(one, two, three, four) == [SEAT, SEAT, LINE, LINE]
    shared.leave(one)  # of the other kind; three came first
    assert shared.states(three, four) == [SEAT, LINE]
    with pytest.raises(IntegrityError), shared.work() as uow:
        uow.session.get_one(SeatQuota, shared.quota.id).taken = 3


def test_switching_within_a_full_quota_needs_no_seat_more(shared: Hall) -> None:
    one, two = shared.people(2)
    shared.come(one, two)
    shared.come(one, kind=shared.talk)
    assert (shared.row(one).kind_id, shared.states(one, two)) == (shared.talk.id, [SEAT, SEAT])


@shows("Bad input", "Shared places below what is taken are refused with the figure")
def test_a_quota_is_changed_and_taken_away(shared: Hall) -> None:
    one, two, three = shared.people(3)
    shared.come(one, two, three)
    owner, kinds = shared.owner, frozenset({shared.room.id, shared.talk.id})
    with pytest.raises(Taken, match="2 seats of these kinds are taken"), shared.work(owner) as uow:
        sharing.edit_quota(uow, shared.edition, shared.quota.id, QuotaContent("The room", 1, kinds), version=1)
    with pytest.raises(Stale), shared.work(owner) as uow:
        sharing.edit_quota(uow, shared.edition, shared.quota.id, QuotaContent("The room", 9, kinds), version=0)
    with pytest.raises(Taken, match="already"):
        shared.share(9, shared.room)
    with pytest.raises(NotFound), shared.work(one) as uow:
        sharing.remove_quota(uow, shared.edition, shared.quota.id)
    with shared.work(owner) as uow:
        sharing.edit_quota(uow, shared.edition, shared.quota.id, QuotaContent("The room", 3, kinds), version=1)
    assert shared.states(one, two, three) == [SEAT, SEAT, SEAT]
    with shared.work(owner) as uow:
        sharing.remove_quota(uow, shared.edition, shared.quota.id)
    assert shared.states(one) == [SEAT]


def test_a_quota_made_later_counts_who_is_there(hall: Hall) -> None:
    with hall.work() as uow:
        make_registration(uow, hall.edition, hall.room, make_person(uow))
    assert hall.share(3, hall.room, hall.afar).taken == 1


def _only(*ids: int) -> Any:
    return lambda _edition_id: select(Person.id).where(Person.id.in_(ids))


# -- kept seats ---------------------------------------------------------------------------------------------------


@shows("Registration", "Seats are kept for presenters, grantees and the team until a date, then they are for everybody")
def test_kept_seats_go_to_members_and_fall_back_on_their_date(shared: Hall, monkeypatch: Any) -> None:
    member, late, one, two = shared.people(4)
    monkeypatch.setitem(groups._members, Group.PRESENTERS, _only(member.id, late.id))
    shared.keep(("quota", shared.quota.id), Group.PRESENTERS, 1)
    shared.come(one, two, member)
    assert shared.states(one, two, member) == [SEAT, LINE, SEAT]
    shared.leave(member)
    assert shared.states(two) == [LINE]  # still kept, for another presenter
    shared.later(days=10)
    assert shared.states(two) == [LINE]
    shared.later(seconds=1)
    assert shared.states(two) == [SEAT]
    shared.come(late)
    assert shared.states(late) == [LINE]


def test_who_becomes_a_presenter_while_waiting_gets_the_kept_seat(shared: Hall, monkeypatch: Any) -> None:
    one, two, three = shared.people(3)
    members: set[int] = set()
    monkeypatch.setitem(groups._members, Group.PRESENTERS, lambda _edition: _only(*members)(0))
    shared.keep(("kind", shared.room.id), Group.PRESENTERS, 4)
    shared.come(one, two, three)
    assert shared.states(one, two, three) == [SEAT, LINE, LINE]
    members.add(three.id)
    shared.later(seconds=60)
    assert shared.states(one, two, three) == [SEAT, LINE, SEAT]


def test_seats_that_members_hold_already_count(shared: Hall, monkeypatch: Any) -> None:
    one, two = shared.people(2)
    monkeypatch.setitem(groups._members, Group.GRANTEES, _only(one.id))
    shared.come(one)
    shared.keep(("quota", shared.quota.id), Group.GRANTEES, 1)
    shared.come(two)
    assert shared.states(one, two) == [SEAT, SEAT]


def test_releasing_gives_what_is_left_to_those_who_wait(shared: Hall) -> None:
    one, two = shared.people(2)
    shared.keep(("quota", shared.quota.id), Group.TEAM, 1)
    shared.come(one, two)
    assert shared.states(one, two) == [SEAT, LINE]
    with shared.work(shared.owner) as uow:
        sharing.release(uow, shared.edition, queries.reserves(uow.session, shared.edition.id)[0].id)
    assert shared.states(one, two) == [SEAT, SEAT]


def test_what_cannot_be_kept_is_refused(shared: Hall) -> None:
    with pytest.raises(Taken, match="no limit"):
        shared.keep(("kind", shared.afar.id), Group.TEAM, 1)
    with pytest.raises(Taken, match="That day is over"):
        shared.keep(("kind", shared.room.id), Group.TEAM, 1, days=-1)
    with shared.work() as uow:
        other = make_kind(uow, make_edition(uow, slug="other"), capacity=3)
    for pool in (("quota", 987), ("kind", other.id)):
        with pytest.raises(NotFound):
            shared.keep(pool, Group.TEAM, 1)


def test_the_team_is_known_from_the_data(shared: Hall) -> None:
    (one,) = shared.people(1)
    shared.keep(("quota", shared.quota.id), Group.TEAM, 2)
    shared.come(one, shared.owner)
    assert shared.states(one, shared.owner) == [LINE, SEAT]


def test_fewer_places_than_are_taken_or_kept_leave_less_to_keep(hall: Hall) -> None:
    with hall.work(hall.owner) as uow:
        service.edit_kind(uow, hall.edition, hall.room.id, KindContent("In person", Mode.IN_PERSON, 10))
        until = Deadline(hall.clock.at + timedelta(days=9), "UTC")
        sharing.keep(uow, hall.edition, ReserveContent(("kind", hall.room.id), Group.PRESENTERS, 8, until))
        service.edit_kind(uow, hall.edition, hall.room.id, KindContent("In person", Mode.IN_PERSON, 5))
    with hall.work() as uow:
        row = queries.kinds(uow.session, hall.edition.id)[0]
        assert (row.capacity, row.taken, row.held_back) == (5, 0, 5)
