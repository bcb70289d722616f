"""Claims on the ledger: handed in, cut, sent back, paid in parts, and who did not come."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.factories import join_team, make_person
from tests.grants.factories import AIR, LODGING, acting, content, make_committee, make_fund, make_offer, open_grants
from tests.shows import shows
from workshop_manager.accounts.events import PersonErased
from workshop_manager.accounts.models import Person
from workshop_manager.claims import queries, service
from workshop_manager.claims.models import Claim
from workshop_manager.claims.receipts import Kept
from workshop_manager.claims.service import Given
from workshop_manager.claims.states import ClaimState, FileKind, Finding, Way
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import service as funds
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.service import RateContent
from workshop_manager.grants import queries as grants
from workshop_manager.grants import service as granting
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import CostKind
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import Role


@dataclass
class Scene:
    """An accepted grant of 1,200 for the flight and 300 for a bed, and a treasurer."""

    uow: UnitOfWork
    edition: Edition
    fund: Fund
    person: Person
    treasurer: Person
    application: Application

    def line(self, kind: CostKind) -> int:
        return next(line.id for line in self.application.lines if line.kind is kind)

    def claim(self, minor: int, kind: CostKind = AIR, name: str = "a", currency: str = "USD", **values: Any) -> Claim:
        day = values.pop("day", self.uow.now.date())
        file = Kept(FileKind.PDF, b"%PDF-", name * 64, 1, f"{name}.pdf")
        with acting(self.uow, self.person):
            service.add_receipt(self.uow, self.edition, self.line(kind), Given(file, day, minor, currency))
            return service.hand_in(self.uow, self.edition, self.line(kind), **({"in_advance": True} | values))

    def balances(self) -> tuple[int, int, int]:
        """(accepted, claimed, paid) of the fund."""
        found = fund_rows.balances(self.uow.session, self.edition.id)[self.fund.id]
        return found.accepted, found.claimed, found.paid


@pytest.fixture
def scene(uow: UnitOfWork) -> Scene:
    edition = open_grants(uow)
    fund, person, treasurer = make_fund(uow, edition), make_person(uow), make_person(uow, "Teuila Faleolo")
    join_team(uow, edition, treasurer, Role.ORGANISER)
    application = make_offer(uow, edition, make_committee(uow, edition), fund, person)
    with acting(uow, person):
        granting.accept(uow, edition)
    uow.actor = treasurer
    found = grants.find_locked(uow.session, application.id)
    assert found is not None
    return Scene(uow, edition, fund, person, treasurer, found)


@shows("Grants", "A claim is approved or cut with a reason, and paid in parts")
def test_a_claim_is_cut_paid_in_parts_and_closes_its_bank_details(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    claim = scene.claim(100_000)
    assert scene.balances() == (150_000, 0, 0)
    with acting(uow, scene.person):
        service.save_bank_details(uow, edition, {"iban": "DE89370400440532013000"})
    raw = uow.session.scalar(text("SELECT details FROM grant_bank_details"))
    assert raw
    assert "DE89" not in raw
    assert service.look_at_bank_details(uow, edition, claim.id) == {"iban": "DE89370400440532013000"}
    with pytest.raises(Conflict, match="Say why"):
        service.approve(uow, edition, claim.id, 90_000, started_from=claim.version)
    service.approve(uow, edition, claim.id, 90_000, reason="No seat fee.", started_from=claim.version)
    assert scene.balances() == (60_000, 90_000, 0)
    service.pay(uow, edition, claim.id, 50_000, Way.TRANSFER, uow.now.date(), started_from=claim.version)
    assert scene.balances() == (60_000, 40_000, 50_000)
    with pytest.raises(Conflict, match="at most"):
        service.pay(uow, edition, claim.id, 40_001, Way.CASH, uow.now.date(), started_from=claim.version)
    with pytest.raises(Conflict, match="what was booked"):
        service.pay(uow, edition, claim.id, 40_000, Way.BOOKED, uow.now.date(), started_from=claim.version)
    with pytest.raises(Stale):
        service.pay(uow, edition, claim.id, 40_000, Way.CASH, uow.now.date(), started_from=claim.version - 1)
    assert queries.bank_details(uow.session, scene.application.id) is not None
    service.pay(uow, edition, claim.id, 40_000, Way.CASH, uow.now.date(), started_from=claim.version)
    assert scene.balances() == (60_000, 0, 90_000)
    assert claim.state is ClaimState.PAID
    assert queries.bank_details(uow.session, scene.application.id) is None


def test_what_is_sent_back_stays_the_persons(scene: Scene) -> None:
    claim = scene.claim(100_000)
    service.approve(scene.uow, scene.edition, claim.id, 100_000, started_from=claim.version)
    service.send_back(scene.uow, scene.edition, claim.id, reason="The day cannot be read.", started_from=claim.version)
    assert (claim.state, claim.approved, scene.balances()) == (ClaimState.RETURNED, 0, (150_000, 0, 0))


def test_who_did_not_come_gives_back_what_is_not_paid(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    claim = scene.claim(100_000)
    service.approve(uow, edition, claim.id, 100_000, started_from=claim.version)
    service.pay(
        uow,
        edition,
        claim.id,
        40_000,
        Way.BOOKED,
        uow.now.date(),
        reference="Flight, LH 400",
        started_from=claim.version,
    )
    scene.claim(10_000, LODGING, "b")
    assert service.did_not_attend(uow, edition, scene.application.id) == 110_000
    assert scene.balances() == (0, 0, 40_000)
    assert service.did_not_attend(uow, edition, scene.application.id) == 0
    assert scene.fund.left == 460_000


def test_no_more_is_approved_than_the_award_holds(scene: Scene) -> None:
    claim = scene.claim(130_000)
    line = next(line for line in scene.application.lines if line.kind is AIR)
    left = service.left_of(scene.uow, [claim.award_id])[claim.award_id]
    found = service.findings(scene.uow, scene.edition, claim, line, left)
    assert found[0] == (Finding.OVER_AWARD,)
    with pytest.raises(Conflict, match="1,200 USD is left"):
        service.approve(scene.uow, scene.edition, claim.id, 130_000, started_from=claim.version)


def test_the_same_receipt_is_seen_again(scene: Scene) -> None:
    scene.claim(1000)
    again = scene.claim(1000, LODGING)
    line = next(line for line in scene.application.lines if line.kind is LODGING)
    assert service.findings(scene.uow, scene.edition, again, line, 30_000)[again.receipts[0].id] == (Finding.SAME_FILE,)


@shows("Grants", "Receipts in other currencies keep their amount and day, and are counted at the rate of that day")
def test_receipts_are_counted_at_the_rate_of_their_day(scene: Scene) -> None:
    uow = scene.uow
    for currency, minor, rate in (("JPY", 15_000, "0.0065"), ("KWD", 12_345, "3.25")):
        with pytest.raises(Conflict, match="No exchange rate"):
            scene.claim(minor, currency=currency)
        content = RateContent(currency, "USD", uow.now.date() - timedelta(days=3), Decimal(rate), "ECB")
        funds.add_rate(uow, scene.edition, content)
    assert scene.claim(15_000, currency="JPY", name="b").asked == 9750
    assert scene.claim(12_345, currency="KWD", name="c").asked == 4012


def test_claims_that_cannot_be(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    with pytest.raises(Conflict, match="after the event"):
        scene.claim(1, in_advance=False)
    with pytest.raises(Conflict, match="not come yet"):
        scene.claim(1, name="b", day=date(2030, 1, 1))
    with pytest.raises(Conflict, match="already"):
        scene.claim(1)
    claim = scene.claim(1000, name="c")
    other = make_person(uow)
    with acting(uow, other), pytest.raises(NotFound):
        service.hand_in(uow, edition, scene.line(AIR))
    for nobody in (other, make_committee(uow, edition, "Reader"), scene.person):
        with acting(uow, nobody), pytest.raises(NotFound):
            service.look_at_bank_details(uow, edition, claim.id)
    join_team(uow, edition, scene.person, Role.ORGANISER)
    with acting(uow, scene.person), pytest.raises(NotFound):  # one's own is not there at the desk
        service.approve(uow, edition, claim.id, 1000, started_from=claim.version)


def test_a_claim_is_the_persons_until_somebody_decides(scene: Scene) -> None:
    uow, edition, line = scene.uow, scene.edition, scene.line(AIR)
    claim = scene.claim(1000)
    with acting(uow, scene.person):
        with pytest.raises(Conflict, match="Take it back first"):
            service.remove_receipt(uow, edition, claim.receipts[0].id)
        service.take_back(uow, edition, line)
        file = Kept(FileKind.PICTURE, b"picture", "b" * 64, 1, "b.jpg")
        service.add_receipt(uow, edition, line, Given(file, uow.now.date(), 500, "USD"))
        assert claim.asked == 1500
        service.remove_receipt(uow, edition, claim.receipts[0].id)
        assert claim.asked == 500
        service.hand_in(uow, edition, line, in_advance=True)
        assert claim.state is ClaimState.HANDED_IN
    service.send_back(uow, edition, claim.id, reason="Whose name is that?", started_from=claim.version)
    with acting(uow, scene.person):
        service.remove_receipt(uow, edition, claim.receipts[0].id)
        with pytest.raises(Conflict, match="at least one"):
            service.hand_in(uow, edition, line, in_advance=True)
    assert queries.of_application(uow.session, scene.application.id) == []


@shows("Grants", "A treasurer books and pays for who cannot pay first, and no receipt is needed for it")
def test_what_we_book_needs_no_receipt(scene: Scene) -> None:
    uow, edition, day = scene.uow, scene.edition, scene.uow.now.date()
    number, line = scene.application.id, scene.line(AIR)
    with pytest.raises(Conflict, match="with whom"):
        service.book(uow, edition, number, line, 50_000, Way.BOOKED, day, " ")
    service.book(uow, edition, number, line, 50_000, Way.BOOKED, day, "Flight LH 400, PNR X7YZ")
    assert scene.balances() == (100_000, 0, 50_000)
    with pytest.raises(Conflict, match="700 USD that are left"):
        service.book(uow, edition, number, line, 70_001, Way.CASH, day, "")


@shows("Grants", "A payment entered by mistake, and money that came back, are put right by entries of their own")
def test_payments_are_put_right(scene: Scene) -> None:
    uow, edition, day = scene.uow, scene.edition, scene.uow.now.date()
    first = service.book(uow, edition, scene.application.id, scene.line(AIR), 50_000, Way.CARD, day, "")
    claim = queries.of_application(uow.session, scene.application.id)[0]
    service.correct_payment(
        uow, edition, claim.id, first.id, "The wrong person.", came_back=False, started_from=claim.version
    )
    assert (claim.state, claim.paid, scene.balances()) == (ClaimState.APPROVED, 0, (100_000, 50_000, 0))
    second = service.pay(uow, edition, claim.id, 50_000, Way.CARD, day, started_from=claim.version)
    left = scene.fund.left
    service.correct_payment(
        uow, edition, claim.id, second.id, "The visa was refused.", came_back=True, started_from=claim.version
    )
    assert (claim.state, claim.paid, scene.balances()) == (ClaimState.CLOSED, 0, (100_000, 0, 0))
    uow.session.refresh(scene.fund)
    assert scene.fund.left == left + 50_000
    for again in (first, second):
        with pytest.raises(NotFound):
            service.correct_payment(
                uow, edition, claim.id, again.id, "Twice.", came_back=True, started_from=claim.version
            )


def test_whoever_leaves_claims_nothing_more(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    paid = scene.claim(60_000)
    service.approve(uow, edition, paid.id, 60_000, started_from=paid.version)
    service.pay(uow, edition, paid.id, 20_000, Way.CASH, uow.now.date(), started_from=paid.version)
    scene.claim(10_000, LODGING, "b")
    with acting(uow, scene.person):
        service.save_bank_details(uow, edition, {"account": "DE89370400440532013000"})
    service.on_person_erased(uow, PersonErased(scene.person.id))
    left = queries.of_application(uow.session, scene.application.id)
    assert [(one.state, one.paid, one.receipts[0].original_name) for one in left] == [(ClaimState.PAID, 20_000, "")]
    assert queries.bank_details(uow.session, scene.application.id) is None
    assert scene.balances() == (130_000, 0, 20_000)


def _paid(scene: Scene, minor: int, paid: int) -> Claim:
    claim = scene.claim(minor)
    service.approve(scene.uow, scene.edition, claim.id, minor, started_from=claim.version)
    service.pay(scene.uow, scene.edition, claim.id, paid, Way.CASH, scene.uow.now.date(), started_from=claim.version)
    return claim


@shows("Grants", "An application that was offered money is never written again or removed, withdrawn or not")
def test_a_withdrawn_grant_with_payments_is_neither_reopened_nor_removed(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    _paid(scene, 10_000, 6_000)
    with acting(uow, scene.person):
        granting.withdraw(uow, edition)
        with pytest.raises(Conflict):
            granting.save(uow, edition, content(), started_from=scene.application.version)
        with pytest.raises(Conflict):
            granting.discard(uow, edition)
    assert scene.balances() == (0, 4_000, 6_000)


@shows("Grants", "What a claim of somebody who declined gives up goes back to its fund")
@pytest.mark.parametrize("way", ["send back", "cut", "erase"])
def test_what_is_set_aside_for_who_declined_goes_back_to_its_fund(scene: Scene, way: str) -> None:
    uow, edition = scene.uow, scene.edition
    claim = scene.claim(10_000)
    service.approve(uow, edition, claim.id, 10_000, started_from=claim.version)
    with acting(uow, scene.person):
        granting.decline(uow, edition)
    assert scene.balances() == (0, 10_000, 0)
    if way == "send back":
        service.send_back(uow, edition, claim.id, reason="Not ours.", started_from=claim.version)
        assert claim.state is ClaimState.CLOSED
    elif way == "cut":
        service.cut(uow, edition, claim.id, 4_000, reason="Not ours.", started_from=claim.version)
    else:
        event = PersonErased(scene.person.id)
        service.on_person_erased(uow, event)
        granting.on_person_erased(uow, event)
    assert scene.balances() == (0, 4_000 if way == "cut" else 0, 0)
    with acting(uow, scene.person), pytest.raises(NotFound):
        service.hand_in(uow, edition, scene.line(AIR), in_advance=True)


def test_a_line_is_not_lowered_below_what_is_claimed(scene: Scene) -> None:
    _paid(scene, 10_000, 6_000)
    with (
        acting(scene.uow, scene.person),
        pytest.raises(FieldConflict, match="100 USD of this is claimed or paid") as told,
    ):
        granting.accept(scene.uow, scene.edition, {scene.line(AIR): 9_999})
    assert told.value.field == f"take_{scene.line(AIR)}"


def test_who_did_not_come_leaves_no_bank_details(scene: Scene) -> None:
    uow, edition = scene.uow, scene.edition
    scene.claim(10_000)
    with acting(uow, scene.person):
        service.save_bank_details(uow, edition, {"iban": "DE89370400440532013000"})
    service.did_not_attend(uow, edition, scene.application.id)
    assert queries.bank_details(uow.session, scene.application.id) is None


@shows("Grants", "Of somebody who did not attend, what is put right afterwards is not owed until somebody decides anew")
def test_a_correction_after_absence_owes_nothing(scene: Scene) -> None:
    uow, edition, day = scene.uow, scene.edition, scene.uow.now.date()
    claim = scene.claim(100_000)
    service.approve(uow, edition, claim.id, 100_000, started_from=claim.version)
    made = [service.pay(uow, edition, claim.id, 20_000, Way.CASH, day, started_from=claim.version) for _ in range(2)]
    service.did_not_attend(uow, edition, scene.application.id)
    assert (claim.state, scene.balances()) == (ClaimState.PAID, (0, 0, 40_000))
    for left, one in zip((ClaimState.PAID, ClaimState.HANDED_IN), made, strict=True):
        service.correct_payment(
            uow, edition, claim.id, one.id, "Not paid.", came_back=False, started_from=claim.version
        )
        assert (claim.state, claim.due) == (left, 0)
        with pytest.raises(Conflict):
            service.pay(uow, edition, claim.id, 1, Way.CASH, day, started_from=claim.version)
    assert scene.balances() == (40_000, 0, 0)
    service.send_back(uow, edition, claim.id, reason="You did not attend.", started_from=claim.version)
    assert (claim.state, scene.balances()) == (ClaimState.CLOSED, (0, 0, 0))
    assert service.did_not_attend(uow, edition, scene.application.id) == 0


def test_absence_noted_again_gives_back_what_was_corrected(scene: Scene) -> None:
    uow, edition, day = scene.uow, scene.edition, scene.uow.now.date()
    made = service.book(uow, edition, scene.application.id, scene.line(AIR), 50_000, Way.CARD, day, "")
    service.did_not_attend(uow, edition, scene.application.id)
    claim = queries.of_application(uow.session, scene.application.id)[0]
    service.correct_payment(uow, edition, claim.id, made.id, "Not paid.", came_back=False, started_from=claim.version)
    assert service.did_not_attend(uow, edition, scene.application.id) == 50_000
    assert (claim.state, scene.balances()) == (ClaimState.CLOSED, (0, 0, 0))
