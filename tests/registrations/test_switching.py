"""Taking part in another way: until when, what is said before, and what others then do."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import join_team, make_date, make_edition, make_person, send
from tests.grants.factories import AIR, make_fund, make_offer
from tests.registrations.factories import make_kind, make_registration
from tests.registrations.invariants import check
from tests.registrations.test_pages import REGISTER, TICKET, House, _main
from tests.schedule.factories import START, make_item, make_release, make_work
from tests.shows import shows
from tests.submissions.factories import make_submission
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict
from workshop_manager.grants import queries as grants
from workshop_manager.grants.states import CostKind
from workshop_manager.grants.states import State as GrantState
from workshop_manager.mail.models import OutboxMail
from workshop_manager.proceedings.models import Asked, PosterNumber
from workshop_manager.registrations import hall, queries, rules, service
from workshop_manager.registrations.rules import Phase
from workshop_manager.registrations.states import Mode, State
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.web.times import when_text
from workshop_manager.workshops.service import Stale
from workshop_manager.workshops.states import DateKey, Role

SWITCH = f"{REGISTER}/switch"
LIMITS = "/musiml/2026/organise/registration/changes"


@pytest.mark.parametrize(
    ("phase", "hours", "may"),
    [
        (Phase.OPEN, None, True), (Phase.OPEN, 0, True), (Phase.OPEN, -1, False), (Phase.AHEAD, 5, False),
        (Phase.CLOSED, None, False), (Phase.OVER, 5, False),
    ],
)  # fmt: skip
def test_another_kind_is_taken_until_its_date(phase: Phase, hours: int | None, may: bool, clock: Any) -> None:
    until = None if hours is None else Deadline(clock.at + timedelta(hours=hours), AOE)
    assert rules.may_switch(phase, until, clock.at) is may


def _house(uow: Any) -> tuple[Any, Any, Any, Any, Any]:
    edition, owner = make_edition(uow), make_person(uow, "Owner")
    join_team(uow, edition, owner, Role.OWNER)
    room = make_kind(uow, edition, "In person", 1)
    afar = make_kind(uow, edition, "Virtual", None, Mode.VIRTUAL, position=1)
    return edition, owner, room, afar, make_person(uow, "Nur Aisyah")


def _look(uow: Any, edition: Any, person: Any, kind: Any) -> Any:
    row = queries.registration_of(uow.session, edition.id, person.id)
    return service.look_at_switch(uow, edition, hall.look(uow.session, edition.id, uow.now, person.id), row, kind.id)


@shows("Registration", "Whoever switches from in person to virtual gives the seat to the first on the waitlist at once")
def test_the_seat_goes_on_at_once(uow: Any) -> None:
    edition, _owner, room, afar, person = _house(uow)
    make_registration(uow, edition, room, person)
    waiting = make_registration(uow, edition, room, make_person(uow, "Waits"), State.WAITLISTED)
    uow.actor = person
    service.switch(uow, edition, afar.id, seen=_look(uow, edition, person, afar).seen)
    uow.session.refresh(waiting)
    assert waiting.state is State.REGISTERED
    back = _look(uow, edition, person, room)
    assert back.step.waits
    row = service.switch(uow, edition, room.id, seen=back.seen)
    assert (row.kind_id, row.waits_for_id) == (afar.id, room.id)
    check(uow, edition.id)


@shows("Registration", "People switch between in person and virtual themselves until a date; after it the desk does")
def test_the_date_for_it_counts_beyond_the_end_of_registration(uow: Any, clock: Any) -> None:
    edition, owner, room, afar, person = _house(uow)
    make_registration(uow, edition, room, person)
    make_date(uow, edition, DateKey.REGISTRATION_CLOSES, uow.now - timedelta(days=1))
    uow.actor = person
    with pytest.raises(Conflict, match="Registration is closed"):
        service.switch(uow, edition, afar.id, seen=_look(uow, edition, person, afar).seen)
    uow.actor = owner
    until = Deadline(uow.now + timedelta(days=3), "America/Chicago")
    service.save_limits(uow, edition, switch_until=until, transfer_until=None)
    uow.actor = person
    assert service.switch(uow, edition, afar.id, seen=_look(uow, edition, person, afar).seen).kind_id == afar.id
    uow.actor = owner
    past = Deadline(uow.now - timedelta(hours=1), AOE)
    service.save_limits(uow, edition, switch_until=past, transfer_until=None)
    uow.actor = person
    with pytest.raises(Conflict, match=r"Until .* AoE this could be changed here"):
        service.switch(uow, edition, room.id, seen=_look(uow, edition, person, room).seen)


def _presents(uow: Any, edition: Any, person: Any) -> None:
    poster = {"state": WorkState.CONFIRMED, "outcome": Outcome.POSTER}
    work = make_submission(uow, edition, person, title="Fair weather", **poster)
    make_submission(uow, edition, person, title="From home", remote=True, **poster)
    uow.session.add_all([
        Asked(edition_id=edition.id, numbers_published_at=uow.now),
        PosterNumber(submission_id=work.id, edition_id=edition.id, number=12),
    ])  # fmt: skip
    uow.session.flush()


@shows(
    "Registration", "Before a switch one reads what follows: a poster that must be in the room, a grant that returns"
)
def test_what_follows_is_said_before_and_done_after(uow: Any) -> None:
    edition, _owner, room, afar, person = _house(uow)
    make_registration(uow, edition, room, person)
    _presents(uow, edition, person)
    member, fund = make_person(uow, "Member"), make_fund(uow, edition)
    join_team(uow, edition, member, Role.GRANTS_COMMITTEE)
    make_date(uow, edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=10))
    make_offer(uow, edition, member, fund, person, {AIR: 80_000, CostKind.DATA: 5_000})
    uow.actor = person
    wanted = _look(uow, edition, person, afar)
    poster, grant = wanted.sentences
    assert "You present poster 12, “Fair weather”, which must be in person" in poster.replace("⁨", "").replace("⁩", "")
    assert grant == "Of your grant, 800 USD for the journey goes back to the fund; 50 USD stays."
    with pytest.raises(Stale):
        service.switch(uow, edition, afar.id, seen="something else")
    service.switch(uow, edition, afar.id, seen=wanted.seen)
    uow.session.refresh(fund)
    assert fund.committed == 5_000
    assert grants.application_of(uow.session, edition.id, person.id).state is GrantState.OFFERED
    subjects = list(uow.session.scalars(select(OutboxMail.subject).where(OutboxMail.template == "grants/went_virtual")))
    assert len(subjects) == 1
    assert subjects[0].startswith("800 USD of your grant went back")


def test_a_grant_for_the_journey_alone_goes_back_whole(uow: Any) -> None:
    edition, _owner, room, afar, person = _house(uow)
    make_registration(uow, edition, room, person)
    member, fund = make_person(uow, "Member"), make_fund(uow, edition)
    join_team(uow, edition, member, Role.GRANTS_COMMITTEE)
    make_date(uow, edition, DateKey.GRANTS_DUE, uow.now + timedelta(days=10))
    make_offer(uow, edition, member, fund, person, {AIR: 80_000})
    uow.actor = person
    service.switch(uow, edition, afar.id, seen=_look(uow, edition, person, afar).seen)
    uow.session.refresh(fund)
    assert fund.committed == 0
    assert grants.application_of(uow.session, edition.id, person.id).state is GrantState.DECLINED


@pytest.fixture
def house(app: Any, work: Any) -> House:
    made = House(app, work)
    made.registered(made.person)
    return made


@pytest.mark.sqlite
def test_the_page_shows_what_follows_and_the_form_leads_there(house: House) -> None:
    with house.work() as uow:
        _presents(uow, house.edition, house.person)
    assert SWITCH in house.client.get(TICKET).text
    text = _main(house.client.get(SWITCH))
    assert "Your seat (In person) is free for somebody else" in text
    assert "which must be in person" in text
    version = str(house.row().version)
    typed = house.typed(kind=str(house.afar.id), version=version, badge_name="Aisyah")
    answer = send(house.client, REGISTER, typed)
    assert answer.location == f"{SWITCH}?kind={house.afar.id}"
    assert (house.row().kind_id, house.row().badge_name) == (house.room.id, "Aisyah")
    assert send(house.client, SWITCH, {"kind": str(house.afar.id), "seen": ""}).status_code == 409
    with house.work() as uow:
        seen = _look(uow, house.edition, house.person, house.afar).seen
    assert send(house.client, SWITCH, {"kind": str(house.afar.id), "seen": seen}).location == TICKET
    assert house.row().kind_id == house.afar.id


@pytest.mark.sqlite
def test_organisers_set_the_dates(house: House) -> None:
    typed = {"version": "0", "switch-day": "2026-06-20", "switch-time": "23:59", "switch-zone": "AoE"}
    assert send(house.desk, LIMITS, typed).status_code == 303
    assert "You can change this yourself until" in house.client.get(SWITCH).text
    assert send(house.desk, LIMITS, typed).status_code == 409


@shows("Registration", "Before leaving the room, people read what the schedule expects them at there, and when")
def test_the_schedule_says_when_somebody_is_expected_in_the_room(uow: Any) -> None:
    edition, _owner, room, afar, person = _house(uow)
    make_registration(uow, edition, room, person)
    for number, title, minutes in ((7, "A talk here", 60), (8, "Somebody else's", 120)):
        work = make_work(uow, edition, number, title, (("Nur Aisyah", person if number == 7 else None),))
        make_item(uow, edition, "", minutes, length=30, submission_id=work.id)
    make_item(uow, edition, "A draft only", 300)
    assert not any("on the schedule" in one for one in _look(uow, edition, person, afar).sentences)
    make_release(uow, edition)
    (said,) = (one for one in _look(uow, edition, person, afar).sentences if "on the schedule" in one)
    plain = said.replace("\u2068", "").replace("\u2069", "")
    assert plain.startswith("“A talk here” is on the schedule with you in the room, ")
    assert when_text(START + timedelta(minutes=60), edition.time_zone) in plain
