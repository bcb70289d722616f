"""The whole life of grants through the real verbs, in any order: rows, ledger and funds always say the same."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.factories import join_team, make_date, make_edition, make_person
from tests.grants.factories import acting, content, fortnight, make_committee, make_fund
from tests.shows import shows
from workshop_manager.accounts.models import Person
from workshop_manager.claims import queries as claims
from workshop_manager.claims import service as claiming
from workshop_manager.claims.models import Claim, Payment
from workshop_manager.claims.receipts import Kept
from workshop_manager.claims.service import Given
from workshop_manager.claims.states import FileKind, Way
from workshop_manager.core.errors import Refusal
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds import service as funding
from workshop_manager.funds.models import Fund, LedgerEntry
from workshop_manager.funds.service import FundContent
from workshop_manager.funds.states import Account
from workshop_manager.grants import caps, deciding, queries, rules, service, visa
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.deciding import Proposal
from workshop_manager.grants.forms import digest
from workshop_manager.grants.models import Application, Award
from workshop_manager.grants.states import AwardState, CostKind, Verdict
from workshop_manager.proposals import succession
from workshop_manager.proposals.succession_models import Passing
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.states import DateKey, Role

HELD = 100_000
ACTS = (
    "offer", "waitlist", "accept", "part", "part", "lower", "decline", "expire", "withdraw", "again", "re-offer",
    "claim", "claim", "approve", "approve", "cut", "send-back", "pay", "pay", "book", "correct", "came-back",
    "absent", "visa", "less-fund", "more-fund",
)  # fmt: skip
_STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(1, 60_000))


class Life:
    """Three people who apply to one fund; whatever can be done with their money, by those who may."""

    def __init__(self, uow: UnitOfWork, name: str) -> None:
        self.uow = uow
        made = make_edition(uow, community=name)
        make_date(uow, made, DateKey.GRANTS_DUE, uow.now + timedelta(days=300), label="Grant applications due")
        self.edition_id = made.id
        self.fund: Fund = make_fund(uow, made, HELD)
        self.committee, self.treasurer = make_committee(uow, made), make_person(uow, "Treasurer")
        join_team(uow, made, self.treasurer, Role.ORGANISER)
        with acting(uow, self.treasurer):
            caps.save_caps(uow, self.edition, {"USD": [Limit(CostKind.DATA, 5_000)]}, seen=digest([]))
            succession.choose(uow, self.edition, Passing.AUTOMATIC, 7, started_from=0)
        self.people: list[Person] = [make_person(uow, f"Asks {number}") for number in range(3)]
        for person, air in zip(self.people, (60_000, 40_000, 33_333), strict=True):
            with acting(uow, person):
                service.save(uow, self.edition, content({CostKind.AIR: air, CostKind.LODGING: 20_000}), started_from=0)
                service.submit(uow, self.edition)
        self.files = iter(range(10_000))

    @property
    def edition(self) -> Edition:
        """With its community, also after everything was forgotten."""
        return get_edition(self.uow.session, self.edition_id)

    def act(self, name: str, who: int, minor: int) -> None:
        """One act; raises a refusal where it cannot be."""
        act: Callable[[Person, int], None] = getattr(self, f"do_{name.replace('-', '_')}")
        act(self.people[who], minor)

    def application(self, person: Person) -> Application:
        found = queries.application_of(self.uow.session, self.edition.id, person.id)
        assert found is not None
        return found

    # -- the committee

    def _decide(self, person: Person, verdict: Verdict, minor: int) -> None:
        found = self.application(person)
        given = {line.id: (self.fund.id, min(minor, line.asked)) for line in found.lines}
        proposal = Proposal(verdict, given if verdict is Verdict.OFFER else {})
        with acting(self.uow, self.committee):
            deciding.propose(self.uow, self.edition, found.id, proposal, started_from=found.seen)
            deciding.release(self.uow, self.edition, {found.id: found.seen}, fortnight(self.uow))

    def do_offer(self, person: Person, minor: int) -> None:
        self._decide(person, Verdict.OFFER, minor)

    def do_waitlist(self, person: Person, minor: int) -> None:
        self._decide(person, Verdict.WAITLIST, minor)

    def do_re_offer(self, _person: Person, _minor: int) -> None:
        succession.pass_on(self.uow, self.edition.id)

    def do_expire(self, person: Person, _minor: int) -> None:
        now, self.uow.now = self.uow.now, self.uow.now + timedelta(days=30)
        try:
            service.expire(self.uow, self.edition.id, self.application(person).id)
        finally:
            self.uow.now = now

    # -- the person

    def do_accept(self, person: Person, _minor: int) -> None:
        with acting(self.uow, person):
            service.accept(self.uow, self.edition)

    def do_part(self, person: Person, minor: int) -> None:
        offered = [line for line in self.application(person).lines if line.live]
        taken = {line.id: min(minor, line.live.amount) for line in offered[:1] if line.live}
        with acting(self.uow, person):
            service.accept(self.uow, self.edition, taken)

    def do_lower(self, person: Person, minor: int) -> None:
        lines = [line for line in self.application(person).lines if line.live]
        with acting(self.uow, person):
            service.accept(self.uow, self.edition, {line.id: minor // 2 for line in lines})

    def do_decline(self, person: Person, _minor: int) -> None:
        with acting(self.uow, person):
            service.decline(self.uow, self.edition)

    def do_withdraw(self, person: Person, _minor: int) -> None:
        with acting(self.uow, person):
            service.withdraw(self.uow, self.edition)

    def do_again(self, person: Person, minor: int) -> None:
        before = self.application(person).version
        with acting(self.uow, person):
            service.save(self.uow, self.edition, content({CostKind.AIR: minor}), started_from=before)
            service.submit(self.uow, self.edition)

    def do_visa(self, person: Person, _minor: int) -> None:
        with acting(self.uow, person):
            seen = visa.follows(self.uow, self.edition, self.application(person))
            visa.refuse(self.uow, self.edition, seen=seen)

    def do_claim(self, person: Person, minor: int) -> None:
        line = next((each for each in self.application(person).lines if each.live), None)
        if line is None:
            return
        file = Kept(FileKind.PDF, b"%PDF-", f"{next(self.files):064}", 1, "receipt.pdf")
        with acting(self.uow, person):
            claiming.add_receipt(self.uow, self.edition, line.id, Given(file, self.uow.now.date(), minor, "USD"))
            claiming.hand_in(self.uow, self.edition, line.id, in_advance=True)

    # -- the treasurer

    def _claim(self, person: Person) -> Claim | None:
        found = claims.of_application(self.uow.session, self.application(person).id)
        return found[-1] if found else None

    def _with_claim(self, person: Person, act: Callable[[Claim], object]) -> None:
        claim = self._claim(person)
        if claim is not None:
            with acting(self.uow, self.treasurer):
                act(claim)

    def do_approve(self, person: Person, minor: int) -> None:
        self._with_claim(
            person,
            lambda claim: claiming.approve(
                self.uow, self.edition, claim.id, min(minor, claim.asked), reason="x", started_from=claim.version
            ),
        )

    def do_cut(self, person: Person, minor: int) -> None:
        self._with_claim(
            person,
            lambda claim: claiming.cut(self.uow, self.edition, claim.id, minor, reason="x", started_from=claim.version),
        )

    def do_send_back(self, person: Person, _minor: int) -> None:
        self._with_claim(
            person,
            lambda claim: claiming.send_back(self.uow, self.edition, claim.id, reason="x", started_from=claim.version),
        )

    def do_pay(self, person: Person, minor: int) -> None:
        self._with_claim(
            person,
            lambda claim: claiming.pay(
                self.uow, self.edition, claim.id, min(minor, claim.due), Way.CASH, self.uow.now.date(),
                started_from=claim.version,
            ),
        )  # fmt: skip

    def do_book(self, person: Person, minor: int) -> None:
        found = self.application(person)
        line = next((each for each in found.lines if each.live), None)
        if line is not None:
            with acting(self.uow, self.treasurer):
                claiming.book(
                    self.uow, self.edition, found.id, line.id, minor, Way.BOOKED, self.uow.now.date(), "Flight 7"
                )

    def _undo(self, person: Person, *, came_back: bool) -> None:
        def act(claim: Claim) -> None:
            paid = [one for one in claim.payments if one.undone_at is None]
            if paid:
                claiming.correct_payment(
                    self.uow, self.edition, claim.id, paid[-1].id, "x", came_back=came_back, started_from=claim.version
                )

        self._with_claim(person, act)

    def do_correct(self, person: Person, _minor: int) -> None:
        self._undo(person, came_back=False)

    def do_came_back(self, person: Person, _minor: int) -> None:
        self._undo(person, came_back=True)

    def do_absent(self, person: Person, _minor: int) -> None:
        with acting(self.uow, self.treasurer):
            claiming.did_not_attend(self.uow, self.edition, self.application(person).id)

    def _hold(self, minor: int) -> None:
        with acting(self.uow, self.treasurer):
            self.uow.session.refresh(self.fund)
            funding.edit_fund(
                self.uow, self.edition, self.fund.id, FundContent("General fund", "", "", "USD", minor),
                started_from=self.fund.version,
            )  # fmt: skip

    def do_less_fund(self, _person: Person, minor: int) -> None:
        self._hold(minor)

    def do_more_fund(self, _person: Person, minor: int) -> None:
        self._hold(HELD + minor)

    # -- what always holds

    def check(self) -> Counter[str]:
        """Every figure by three ways: the ledger's entries, the rows of awards and claims, the fund. All of them."""
        session = self.uow.session
        session.flush()
        session.expire_all()
        entries: dict[tuple[int | None, Account], int] = defaultdict(int)
        for award_id, account, minor in session.execute(
            select(LedgerEntry.award_id, LedgerEntry.account, LedgerEntry.amount).where(
                LedgerEntry.fund_id == self.fund.id
            )
        ):
            entries[award_id, account] += minor
        assert sum(entries.values()) == 0, "what one account gains another loses"
        promised = self._check_awards(entries)
        fund = session.get_one(Fund, self.fund.id)
        balance = fund_rows.balances(session, self.edition.id)[fund.id]
        assert (balance.pledged, balance.committed + balance.paid, balance.available) == (
            fund.amount, promised, fund.amount - promised
        )  # fmt: skip
        assert balance.available >= 0, "no fund is overdrawn"
        figures = (balance.offered, balance.accepted, balance.claimed, balance.paid)
        assert min(figures) >= 0
        return Counter(dict(zip(("offered", "accepted", "claimed", "paid"), figures, strict=True)))

    def _check_awards(self, entries: dict[tuple[int | None, Account], int]) -> int:
        """The sum of what is promised, claimed or paid by the rows; each row as the ledger has it."""
        session = self.uow.session
        approved: dict[int, int] = defaultdict(int)
        paid: dict[int, int] = defaultdict(int)
        for claim in session.scalars(select(Claim).where(Claim.edition_id == self.edition_id)):
            approved[claim.award_id] += claim.approved
            made = session.scalar(
                select(func.coalesce(func.sum(Payment.amount), 0)).where(
                    Payment.claim_id == claim.id, Payment.undone_at.is_(None)
                )
            )
            assert claim.paid == made
            paid[claim.award_id] += claim.paid
        sum_of_all = 0
        for award in session.scalars(select(Award).where(Award.fund_id == self.fund.id)):
            offered, accepted, claimed, out = (
                entries[award.id, account]
                for account in (Account.OFFERED, Account.ACCEPTED, Account.CLAIMED, Account.PAID)
            )
            assert (claimed + out, out) == (approved[award.id], paid[award.id]), award.state
            promised = award.amount if award.state in rules.COMMITTED else 0
            if award.state is AwardState.OFFERED:
                assert (offered, accepted + claimed + out) == (promised, 0)
            else:
                assert (offered, accepted + claimed + out) == (0, promised)
            sum_of_all += promised
            over = session.get_one(Application, award.application_id).state in rules.OVER
            assert not (over and accepted), "what nobody can claim any more is back in its fund"
        return sum_of_all


@shows(
    "Grants",
    "Whatever becomes of grants, in any order of acts, rows, ledger and funds say the same and nothing is overdrawn",
)
@pytest.mark.sqlite
def test_the_whole_life_of_grants_in_any_order(work: Any) -> None:
    number = iter(range(10_000))

    @settings(max_examples=10, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(_STEP, min_size=12, max_size=30))
    def run(steps: list[tuple[str, int, int]]) -> None:
        with work() as uow:
            life = Life(uow, f"life{next(number)}")
            for act, who, minor in steps:
                before = life.check()
                try:
                    with uow.session.begin_nested():
                        life.act(act, who, minor)
                except Refusal:
                    uow.session.expire_all()
                    assert life.check() == before, f"{act} was refused and has changed something"
                life.check()

    run()
