"""The page of an offered seat, and the organisers' pages of shared and kept places."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import make_person, send
from tests.queries import count_queries
from tests.registrations.factories import make_registration
from tests.registrations.test_pages import DESK, REGISTER, SETTINGS, TICKET, House, _main, _soup
from tests.shows import keeps, shows
from workshop_manager.registrations import queries, service, waitlist
from workshop_manager.registrations.states import State
from workshop_manager.workshops.states import Role

OFFER = f"{REGISTER}/offer"
PLACES, KEPT = f"{DESK}/places", f"{DESK}/kept"


@pytest.fixture
def house(app: Any, work: Any) -> House:
    """The person holds a virtual seat, and the only seat of the room is offered to them for two days."""
    made = House(app, work)
    with work(made.owner) as uow:
        service.save_settings(uow, made.edition, join_url=None, note="", offer_hours=48, last_week_hours=12)
    made.registered(made.person, kind=made.afar, waits_for=made.room)
    with work() as uow:
        holder = make_person(uow, "Holder")
        make_registration(uow, made.edition, made.room, holder)
    with work(holder) as uow:
        service.cancel(uow, made.edition)
    return made


@shows("Registration", "The page of an offer says what follows from yes, no and silence; opening it decides nothing")
def test_an_offer_is_read_and_accepted(house: House) -> None:
    assert "A seat is yours if you want it: In person" in _main(house.client.get(TICKET))
    text = _main(house.client.get(OFFER))
    assert "In person, set aside for you until Wed 3 June, 07:00 CDT" in text
    assert "the one you hold meanwhile (Virtual) goes back" in text
    assert "You keep your seat (Virtual)." in text
    assert "you stand at the end of the waitlist" in text
    assert house.row().state is State.REGISTERED
    answer = send(house.client, f"{OFFER}/acceptance")
    assert (answer.status_code, answer.location) == (303, TICKET)
    assert "The seat is yours, Nur Aisyah." in house.client.get(TICKET).text
    assert house.row().kind_id == house.room.id
    assert house.client.get(OFFER).status_code == 404
    assert send(house.client, f"{OFFER}/acceptance").status_code == 404


def test_an_offer_is_declined(house: House) -> None:
    assert send(house.client, f"{OFFER}/refusal").location == TICKET
    row = house.row()
    assert (row.kind_id, row.waits_for_id) == (house.afar.id, None)


def test_a_late_answer_is_met_with_where_one_stands(house: House, clock: Any) -> None:
    house.registered(state=State.WAITLISTED)
    clock.at += timedelta(hours=49)
    assert "This offer is over" in _main(house.client.get(OFFER))
    assert send(house.client, f"{OFFER}/acceptance").location == OFFER
    text = _main(house.client.get(OFFER))
    assert "the seat went to the next person. You wait again, as number 2" in text
    assert "number 2 for “In person”" in _main(house.client.get(TICKET))


def test_a_late_yes_to_a_seat_that_nobody_else_wants_still_gets_it(house: House, clock: Any) -> None:
    clock.at += timedelta(hours=49)
    assert send(house.client, f"{OFFER}/acceptance").location == TICKET
    assert house.row().kind_id == house.room.id


def test_after_two_missed_offers_the_page_leads_back_to_the_waitlist(house: House, clock: Any) -> None:
    clock.at += timedelta(hours=49)
    with house.work(house.owner) as uow:
        waitlist.enter(uow, house.edition)
    clock.at += timedelta(hours=49)
    assert send(house.client, f"{OFFER}/refusal").location == OFFER
    text = _main(house.client.get(OFFER))
    assert "the seat went to the next person. You keep the seat you held meanwhile." in text
    assert "Join the waitlist again" in text


def test_nobody_reads_or_answers_the_offer_of_another(house: House) -> None:
    for client in (house.member(Role.FRONT_DESK), house.desk):
        assert client.get(OFFER).status_code == 404
        assert send(client, f"{OFFER}/acceptance").status_code == 404
    assert house.row().offer_until is not None


def test_the_aside_says_how_long_one_has(house: House) -> None:
    text = " ".join(_soup(house.client.get(REGISTER)).get_text(" ", strip=True).split())
    assert "You have 48 hours to accept ; in the last week 12." in text.replace("accept;", "accept ;")
    assert "Your virtual place stays." in text
    assert "A seat is offered" in _main(house.desk.get(DESK))


@pytest.mark.sqlite
@pytest.mark.parametrize("typed", ["0", "337", "soon"])
def test_hours_that_cannot_be_are_refused(house: House, typed: str) -> None:
    form = {"version": "1", "join_url": "", "note": "", "offer_hours": typed}
    assert send(house.desk, SETTINGS, form).status_code == 422


@shows("Registration", "Organisers let kinds share places, keep some for a group until a day, and release them")
def test_places_are_shared_and_kept(house: House) -> None:
    assert "Each kind stands for itself." in _main(house.desk.get(PLACES))
    both = [str(house.room.id), str(house.afar.id)]
    wrong = send(house.desk, PLACES, {"name": "The room", "capacity": "0", "kinds": both})
    assert (wrong.status_code, "1 seat of these kinds is taken." in _main(wrong)) == (422, True)
    assert send(house.desk, PLACES, {"name": "x", "capacity": "9"}).status_code == 422
    assert send(house.desk, PLACES, {"name": "x", "capacity": "9", "kinds": ["987654"]}).status_code == 422
    assert send(house.desk, PLACES, {"name": "The room", "capacity": "5", "kinds": both}).location == PLACES
    with house.work() as uow:
        (quota,) = queries.quotas(uow.session, house.edition.id)
    one = f"{PLACES}/{quota.id}"
    typed = {"name": "Hall", "capacity": "6", "kinds": both, "version": "1"}
    assert send(house.desk, one, typed).location == PLACES
    stale = send(house.desk, one, typed | {"capacity": "7"})
    assert (stale.status_code, "Places 6" in _main(stale)) == (409, True)

    kept = {"pool": f"quota-{quota.id}", "whom": "presenters", "seats": "3", "day": "2026-06-20"}
    assert send(house.desk, KEPT, kept | {"day": "2026-05-20"}).status_code == 422
    for slip in ("0001-01-01", "9999-12-31"):
        assert send(house.desk, KEPT, kept | {"day": slip}).status_code == 422
    assert send(house.desk, KEPT, kept | {"pool": "quota-987"}).status_code == 422
    assert send(house.desk, KEPT, kept).location == PLACES
    text = _main(house.desk.get(PLACES))
    assert "1 of 6 places taken · 3 kept" in text.replace("\xa0", " ")
    with house.work() as uow:
        (reserve,) = queries.reserves(uow.session, house.edition.id)
    assert send(house.desk, f"{KEPT}/{reserve.id}/release").location == PLACES
    assert "For everybody now" in _main(house.desk.get(PLACES))
    assert send(house.desk, f"{one}/removal").location == PLACES
    assert house.desk.get(one).status_code == 404


@keeps("A4")
def test_only_organisers_of_this_edition_share_places(house: House) -> None:
    for client in (house.client, house.member(Role.FRONT_DESK)):
        assert client.get(PLACES).status_code == 404
        assert send(client, PLACES, {"name": "x", "capacity": "9"}).status_code == 404
        assert send(client, KEPT, {}).status_code == 404


@pytest.mark.sqlite
def test_with_shared_and_kept_places_no_page_asks_more_than_twelve_queries(house: House, database: Any) -> None:
    send(house.desk, PLACES, {"name": "The room", "capacity": "5", "kinds": [str(house.room.id)]})
    for whom in ("presenters", "grantees", "team"):
        kept = {"pool": f"kind-{house.room.id}", "whom": whom, "seats": "3", "day": "2026-06-20"}
        assert send(house.desk, KEPT, kept).status_code == 303
    mine, theirs = (REGISTER, TICKET, OFFER), (DESK, PLACES)
    for client, path in [*((house.client, path) for path in mine), *((house.desk, path) for path in theirs)]:
        with count_queries(database) as seen:
            assert client.get(path).status_code == 200
        assert len(seen) <= 12, (path, seen)
