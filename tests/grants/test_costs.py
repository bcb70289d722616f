"""Caps, nights and sources of what is asked for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest

from tests.factories import client_for, make_person, send
from tests.grants import factories as make
from tests.shows import shows
from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grants import caps, queries, rules, service
from workshop_manager.grants.costs import Limit, asked, nights
from workshop_manager.grants.forms import digest
from workshop_manager.grants.service import ApplicationContent, Cost
from workshop_manager.grants.states import CostKind, Upfront
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role

Work = Callable[[], AbstractContextManager[UnitOfWork]]
NIGHTLY = Limit(CostKind.LODGING, 6_200, 7)
STAY = {"arrives_on": date(2026, 12, 3), "departs_on": date(2026, 12, 11)}


@shows("Grants", "Nights are counted from the days of arrival and departure, and not one too many")
def test_the_day_of_departure_has_no_night() -> None:
    assert nights(date(2026, 12, 3), date(2026, 12, 10)) == 7
    assert nights(date(2026, 12, 31), date(2027, 1, 1)) == 1
    assert nights(date(2026, 12, 3), date(2026, 12, 3)) == 0
    assert nights(date(2026, 12, 4), date(2026, 12, 3)) is None
    assert nights(None, date(2026, 12, 3)) is None


@pytest.mark.parametrize(
    ("estimate", "own", "limit", "stayed", "found"),
    [
        (60_000, 0, NIGHTLY, 8, 43_400),
        (60_000, 0, NIGHTLY, 5, 31_000),
        (60_000, 0, NIGHTLY, None, 43_400),
        (30_000, 0, NIGHTLY, 7, 30_000),
        (60_000, 20_000, NIGHTLY, 7, 40_000),
        (60_000, 0, None, 7, 60_000),
        (60_000, 0, Limit(CostKind.AIR, 50_000), None, 50_000),
        (100, 200, None, None, 0),
        (60_000, 0, NIGHTLY, 0, 0),
    ],
)
def test_what_is_asked_for_is_the_cost_without_ones_own_part_at_most_the_cap(
    estimate: int, own: int, limit: Limit | None, stayed: int | None, found: int
) -> None:
    assert asked(estimate, own, limit, stayed) == found


@shows("Grants", "A second source for one cost is refused, and the sentence says why and what to do")
def test_a_cost_has_one_source() -> None:
    both = [Cost(CostKind.AIR, 90_000, paid_by="My university")]
    gap = next(rules.refusals(both, None, None))
    assert gap.field == "amount_air"
    assert "one source only" in gap.message
    assert "take out who pays it" in gap.message
    assert not list(rules.refusals([Cost(CostKind.AIR, 0, paid_by="My university")], None, None))
    assert [g.field for g in rules.refusals([Cost(CostKind.VISA, 100, own=100)], None, None)] == ["amount_visa"]
    assert [g.field for g in rules.refusals([Cost(CostKind.VISA, 0, own=100)], None, None)] == ["amount_visa"]
    assert [g.field for g in rules.refusals([], date(2026, 1, 2), date(2026, 1, 2))] == ["departs_on"]
    assert [g.field for g in rules.refusals([], date(2026, 1, 2), date(2028, 1, 2))] == ["departs_on"]


def _capped(uow: UnitOfWork) -> Edition:
    edition = make.open_grants(uow)
    make.make_fund(uow, edition)
    organiser = make_person(uow, "Organiser")
    make.join_team(uow, edition, organiser, Role.ORGANISER)
    with make.acting(uow, organiser):
        caps.save_caps(uow, edition, {"USD": [NIGHTLY, Limit(CostKind.AIR, 100_000)]}, seen=digest([]))
    return edition


@shows("Grants", "Organisers set caps for each kind of cost, lodging by the night, and the server keeps to them")
@shows("Grants", "Whoever cannot pay costs up front chooses between a prepaid booking and an advance")
def test_caps_hold_when_an_application_is_saved(uow: UnitOfWork) -> None:
    edition, person = _capped(uow), make_person(uow, "Wahyuni")
    costs = (
        Cost(CostKind.AIR, 129_000, "Jakarta", own=10_000),
        Cost(CostKind.LODGING, 60_000),
        Cost(CostKind.VPN, 900),
        Cost(CostKind.VISA, 0, paid_by="My university"),
    )
    typed: dict[str, Any] = {"cannot_front": True, "upfront": Upfront.ADVANCE}
    with make.acting(uow, person):
        made = service.save(uow, edition, ApplicationContent("USD", costs, "I come.", **typed), started_from=0)
        assert {line.kind: line.asked for line in made.lines} == {
            CostKind.AIR: 100_000, CostKind.LODGING: 43_400, CostKind.VPN: 900,
        }  # fmt: skip
        assert made.lines[0].cost == 129_000
        assert made.upfront is Upfront.ADVANCE
        assert made.paid_elsewhere == {"visa": "My university"}
        with pytest.raises(FieldConflict, match="by the night"):
            service.submit(uow, edition)
        again = ApplicationContent("USD", costs, "I come.", **typed, **STAY)
        service.save(uow, edition, again, started_from=made.version)
        assert service.submit(uow, edition).asked == 144_300
        twice = ApplicationContent("USD", (Cost(CostKind.AIR, 1, paid_by="Mine"),), "I come.")
        with pytest.raises(FieldConflict, match="Mine"):
            service.save(uow, edition, twice, started_from=made.version)


def test_caps_are_set_by_organisers_and_not_over_each_other(uow: UnitOfWork) -> None:
    edition = _capped(uow)
    organiser, member = make_person(uow, "Another"), make.make_committee(uow, edition)
    make.join_team(uow, edition, organiser, Role.ORGANISER)
    with make.acting(uow, organiser):
        with pytest.raises(Stale):
            caps.save_caps(uow, edition, {"USD": []}, seen=digest([]))
        seen = digest(queries.caps(uow.session, edition.id))
        caps.save_caps(uow, edition, {"USD": [Limit(CostKind.VISA, 100)]}, seen=seen)
    assert [cap.kind for cap in queries.caps(uow.session, edition.id)] == [CostKind.VISA]
    with make.acting(uow, member), pytest.raises(NotFound):
        caps.save_caps(uow, edition, {"USD": []}, seen="")


@shows("Grants", "Caps are shown where costs are typed, and what is asked for under them while typing")
def test_caps_are_read_where_costs_are_typed(app: Any, work: Work) -> None:
    with work() as uow:
        edition = _capped(uow)
        person, organiser = make_person(uow, "Wahyuni"), make_person(uow, "Third")
        make.join_team(uow, edition, organiser, Role.ORGANISER)
        applicant, desk = client_for(app, uow, person), client_for(app, uow, organiser)
        base = f"/{edition.community.slug}/{edition.slug}"
    page = applicant.get(f"{base}/grants/application").text
    assert "at most 62 USD a night, for 7 nights" in page
    assert 'data-caps="USD:6200:7"' in page
    assert "js/costs.js" in page
    typed = {"version": "0", "amount_lodging": "600", "statement": "I come.", "do": "submit"}
    assert "Say when you arrive" in send(applicant, f"{base}/grants/application", typed).text
    refused = send(applicant, f"{base}/grants/application", typed | {"paid_lodging": "My lab", "do": "draft"})
    assert refused.status_code == 422
    assert "one source only" in refused.text
    days = {"arrives_on": "2026-12-03", "departs_on": "2026-12-11"}
    assert send(applicant, f"{base}/grants/application", typed | days).status_code == 303
    shown = applicant.get(f"{base}/grants/application").text
    assert "434 USD" in shown
    assert "8 nights" in shown
    form = desk.get(f"{base}/organise/grants/caps").text
    version = form.split('name="version"')[1].split('value="')[1].split('"')[0]
    bad = send(desk, f"{base}/organise/grants/caps", {"version": version, "cap_lodging_USD": "62", "nights_USD": "0"})
    assert bad.status_code == 422
    good = {"version": version, "cap_lodging_USD": "70", "nights_USD": "5", "cap_air_USD": ""}
    assert send(desk, f"{base}/organise/grants/caps", good).status_code == 303
    assert "at most 70 USD a night, for 5 nights" in desk.get(f"{base}/grants").text
