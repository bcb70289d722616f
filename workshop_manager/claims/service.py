"""The verbs of claims. Locks are taken in one order: the edition's funds, the application, the claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.accounts.events import PersonErased
from workshop_manager.claims import emails, queries, rules, words
from workshop_manager.claims.models import BankDetails, Claim, Payment, Receipt, ReceiptBytes
from workshop_manager.claims.receipts import Kept
from workshop_manager.claims.rules import MAY_PAY, Slip
from workshop_manager.claims.states import ClaimState, Finding, Way
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.money import Money
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.funds.service import converted
from workshop_manager.funds.states import Account
from workshop_manager.grants import deciding, money
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.rules import OVER
from workshop_manager.grants.states import AwardState, State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import require


@dataclass(frozen=True, slots=True)
class Given:
    """A receipt as its person gives it."""

    file: Kept
    day: date
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A claim with what it belongs to, all locked."""

    funds: Mapping[int, Fund]
    application: Application
    line: Line
    award: Award
    claim: Claim

    def slice(self, minor: int) -> list[ledger.Slice]:
        return [money.slice_of(self.funds, self.line, self.award, minor)]


# -- by the grantee -------------------------------------------------------------------------------------------------


def own_award(uow: UnitOfWork, edition: Edition, line_id: int, *, lock: bool = False) -> tuple[Application, Line]:
    """One's own application and its line that was accepted; NotFound for anybody else's, and where nothing is given."""
    application = grants.application_of(uow.session, edition.id, money.acting(uow).id, lock=lock)
    line = next((line for line in application.lines if line.id == line_id), None) if application else None
    if application is None or line is None or not is_claimable(line) or application.state is not State.ACCEPTED:
        raise NotFound
    return application, line


def is_claimable(line: Line) -> bool:
    """Something was accepted for it."""
    return line.live is not None and line.live.state is AwardState.ACCEPTED


def add_receipt(uow: UnitOfWork, edition: Edition, line_id: int, slip: Given) -> Claim:
    """Put a receipt to the claim for a line of one's own grant, and begin it with the first."""
    application, line = own_award(uow, edition, line_id, lock=True)
    award = line.live
    assert award is not None
    claim = queries.open_to_person(uow.session, award.id)
    _require_fit(uow, edition, claim.receipts if claim else [], slip)
    counted = _counted(uow, edition, application, slip)
    row = Receipt(
        edition_id=edition.id, kind=slip.file.kind, sha256=slip.file.sha256, pages=slip.file.pages,
        original_name=slip.file.name, day=slip.day, amount=slip.minor, currency=slip.currency,
        counted=counted, uploaded_at=uow.now,
    )  # fmt: skip
    if claim is None:
        claim = Claim(edition_id=edition.id, application_id=application.id, award_id=award.id, receipts=[], payments=[])
        uow.session.add(claim)
    claim.receipts.append(row)
    _recount(claim)
    uow.session.flush()
    uow.session.add(ReceiptBytes(receipt_id=row.id, content=slip.file.content))
    uow.session.flush()
    return claim


def _counted(uow: UnitOfWork, edition: Edition, application: Application, slip: Given) -> int:
    money_of = Money(slip.minor, slip.currency)
    try:
        return max(converted(uow, edition.id, money_of, application.currency, slip.day), 1)
    except Conflict:
        sentence = str(_("No exchange rate is entered for that yet. Ask the organisers to enter it."))
        raise FieldConflict("currency", sentence) from None


def _require_fit(uow: UnitOfWork, edition: Edition, receipts: Sequence[Receipt], slip: Given) -> None:
    if len(receipts) >= rules.MOST_RECEIPTS:
        raise FieldConflict(
            "file",
            str(_("A claim has at most %(most)s receipts. Hand this one in, and begin another.",
                  most=rules.MOST_RECEIPTS)),
        )  # fmt: skip
    if any(one.sha256 == slip.file.sha256 for one in receipts):
        raise FieldConflict("file", str(_("This file is in this claim already.")))
    if slip.minor <= 0:
        raise FieldConflict("amount", str(_("Write the amount that stands on it, above zero.")))
    if slip.day > uow.now.astimezone(ZoneInfo(edition.time_zone)).date():
        raise FieldConflict("day", str(_("That day has not come yet.")))


def _recount(claim: Claim) -> None:
    claim.asked = sum(one.counted for one in claim.receipts)
    claim.version = (claim.version or 0) + 1


def remove_receipt(uow: UnitOfWork, edition: Edition, receipt_id: int) -> int:
    """Take one of one's own receipts out of a claim that is not handed in; says of which line it was."""
    found = queries.own_receipt(uow.session, edition.id, money.acting(uow).id, receipt_id)
    if found is None:
        raise NotFound
    application = grants.application_of(uow.session, edition.id, money.acting(uow).id, lock=True)
    line, claim = _of_claim(uow, application, found.claim_id)
    if claim.state not in rules.THEIRS:
        raise Conflict(str(_("This claim is handed in. Take it back first, if nobody has decided about it.")))
    claim.receipts[:] = [one for one in claim.receipts if one.id != receipt_id]
    if claim.receipts:
        _recount(claim)
    else:
        uow.session.delete(claim)
    uow.session.flush()
    return line.id


def _of_claim(uow: UnitOfWork, application: Application | None, claim_id: int) -> tuple[Line, Claim]:
    for line in application.lines if application else []:
        for award in line.awards:
            for claim in queries.of_award(uow.session, award.id):
                if claim.id == claim_id:
                    return line, claim
    raise NotFound


def hand_in(uow: UnitOfWork, edition: Edition, line_id: int, *, in_advance: bool = False) -> Claim:
    """Give the receipts gathered for a line to the treasurer."""
    application, line = own_award(uow, edition, line_id, lock=True)
    claim = queries.open_to_person(uow.session, line.live.id) if line.live else None
    if claim is None or not claim.receipts:
        raise Conflict(str(_("Add at least one receipt.")))
    zone = ZoneInfo(edition.time_zone)
    if rules.is_early(uow.now.astimezone(zone).date(), edition.ends_at.astimezone(zone).date(), in_advance=in_advance):
        raise FieldConflict(
            "in_advance", str(_("Claims begin after the event, unless this was booked and paid in advance."))
        )
    claim.state, claim.in_advance, claim.handed_in_at = ClaimState.HANDED_IN, in_advance, uow.now
    claim.version += 1
    uow.session.flush()
    money.note(uow, application, "claim-handed-in", claim.asked)
    return claim


def take_back(uow: UnitOfWork, edition: Edition, line_id: int) -> None:
    """Take back what nobody has decided about."""
    application, line = own_award(uow, edition, line_id, lock=True)
    assert line.live is not None
    if queries.open_to_person(uow.session, line.live.id) is not None:
        raise Conflict(str(_("Another claim for this is open. Hand that in, or take its receipts out.")))
    handed = [c for c in queries.of_award(uow.session, line.live.id) if c.state is ClaimState.HANDED_IN]
    if not handed:
        raise Conflict(str(_("Nothing of this waits any more: it was decided meanwhile.")))
    claim = handed[-1]
    claim.state, claim.version = ClaimState.DRAFT, claim.version + 1
    uow.session.flush()
    money.note(uow, application, "claim-taken-back", claim.asked)


def findings(uow: UnitOfWork, edition: Edition, claim: Claim, line: Line, left: int) -> Mapping[int, Sequence[Finding]]:
    """What is odd, by receipt; under 0 what is odd about the claim as a whole. `left`: of the award, not claimed."""
    zone = ZoneInfo(edition.time_zone)
    starts, ends = (at.astimezone(zone).date() for at in (edition.starts_at, edition.ends_at))
    others = queries.other_slips(uow.session, edition.id, claim.receipts)
    found: dict[int, Sequence[Finding]] = {}
    for row in claim.receipts:
        slip = Slip(row.sha256, row.day, row.amount, row.currency)
        found[row.id] = tuple(rules.findings(slip, others[row.id], line.kind, starts, ends))
    if claim.state is ClaimState.HANDED_IN and rules.is_over(
        claim.asked + queries.waiting(uow.session, claim.award_id, claim.id), left
    ):
        found[0] = (Finding.OVER_AWARD,)
    return found


def left_of(uow: UnitOfWork, award_ids: Sequence[int]) -> Mapping[int, int]:
    """What of these awards is accepted and not claimed, by the ledger."""
    there = fund_rows.award_balances(uow.session, award_ids)
    found = dict.fromkeys(award_ids, 0)
    for (award, _fund, account), minor in there.items():
        if account is Account.ACCEPTED:
            found[award] += minor
    return found


# -- by the treasurer -----------------------------------------------------------------------------------------------


def approve(
    uow: UnitOfWork, edition: Edition, claim_id: int, minor: int, *, reason: str = "", started_from: int
) -> Claim:
    """Take the claim, whole or cut; what is cut has a reason and stays the person's award."""
    held = _held(uow, edition, claim_id, started_from)
    claim = held.claim
    _in_state(claim, ClaimState.HANDED_IN)
    if not 0 < minor <= claim.asked:
        raise FieldConflict(
            "amount", str(_("Approve something, and at most what is claimed. To approve nothing, send it back."))
        )
    left = left_of(uow, [claim.award_id])[claim.award_id]
    if minor > left:
        most = words.money(left, held.application.currency)
        raise FieldConflict("amount", str(_("Of this award %(most)s is left, and not more.", most=most)))
    if minor < claim.asked:
        _needs(reason)
    ledger.claim(uow, held.slice(minor), key=f"claim:{claim.id}:{claim.version}:approved")
    claim.state, claim.approved = ClaimState.APPROVED, minor
    _decided(uow, claim, reason)
    is_cut = minor < claim.asked
    money.note(uow, held.application, "claim-cut" if is_cut else "claim-approved", minor)
    emails.approved(uow, edition, held.application, held.line, claim)
    return claim


def cut(uow: UnitOfWork, edition: Edition, claim_id: int, minor: int, *, reason: str, started_from: int) -> Claim:
    """Lower what was approved, at most down to what is paid."""
    held = _held(uow, edition, claim_id, started_from)
    _cut(uow, held, minor, reason)
    emails.approved(uow, edition, held.application, held.line, held.claim)
    return held.claim


def _cut(uow: UnitOfWork, held: _Held, minor: int, reason: str) -> None:
    claim = held.claim
    _in_state(claim, ClaimState.APPROVED)
    _needs(reason)
    if not max(claim.paid, 1) <= minor < claim.approved:
        raise FieldConflict("amount", str(_("Choose less than is approved, and not less than was paid.")))
    back = claim.approved - minor
    ledger.cut(uow, held.slice(back), key=f"claim:{claim.id}:{claim.version}:cut", reason="cut")
    claim.approved = minor
    _decided(uow, claim, reason)
    _return_rest(uow, held)
    _settle(uow, held)
    money.note(uow, held.application, "claim-cut", minor)


def send_back(uow: UnitOfWork, edition: Edition, claim_id: int, *, reason: str, started_from: int) -> Claim:
    """Return a claim of which nothing was paid to its person, with the reason."""
    held = _held(uow, edition, claim_id, started_from)
    _in_state(held.claim, ClaimState.HANDED_IN, ClaimState.APPROVED)
    if queries.open_to_person(uow.session, held.award.id) is not None:
        raise Conflict(str(_("They are gathering receipts for another claim of this. Decide about this one.")))
    _needs(reason)
    _send_back(uow, held, reason)
    emails.returned(uow, edition, held.application, held.line, held.claim)
    return held.claim


def _send_back(uow: UnitOfWork, held: _Held, reason: str) -> None:
    claim = held.claim
    if claim.paid:
        raise Conflict(str(_("A part of this was paid. Cut the claim to that part instead.")))
    if claim.approved:
        ledger.cut(uow, held.slice(claim.approved), key=f"claim:{claim.id}:{claim.version}:returned", reason="returned")
    # Whoever has declined or withdrawn cannot hand it in again: what was set aside for it goes back to its fund.
    claim.state, claim.approved = ClaimState.CLOSED if _is_over(held) else ClaimState.RETURNED, 0
    _decided(uow, claim, reason)
    money.note(uow, held.application, "claim-returned", claim.asked)
    _return_rest(uow, held)


def _is_over(held: _Held) -> bool:
    return held.application.state in OVER or held.application.absent_at is not None


def _return_rest(uow: UnitOfWork, held: _Held) -> None:
    """Nobody can claim what is left of a grant that was declined or withdrawn, or whose person did not come."""
    if _is_over(held):
        back = money.give_back(uow, held.funds, held.application, AwardState.RETURNED)
        held.application.version += 1
        if back:
            money.note(uow, held.application, "returned", back)
        uow.session.flush()


def pay(
    uow: UnitOfWork, edition: Edition, claim_id: int, minor: int, way: Way, paid_on: date, *,
    reference: str = "", started_from: int,
) -> Payment:  # fmt: skip
    """Enter a payment, whole or a part; with the last one the bank details go."""
    held = _held(uow, edition, claim_id, started_from)
    return _pay(uow, edition, held, minor, way, paid_on, reference)


def _pay(
    uow: UnitOfWork, edition: Edition, held: _Held, minor: int, way: Way, paid_on: date, reference: str
) -> Payment:  # fmt: skip
    claim = held.claim
    _in_state(claim, ClaimState.APPROVED)
    if not 0 < minor <= claim.due:
        raise FieldConflict("amount", str(_("Pay something, and at most what is approved and not paid yet.")))
    _require_told(uow, edition, way, paid_on, reference)
    number = len(claim.payments) + 1
    moved = ledger.pay(uow, held.slice(minor), key=f"claim:{claim.id}:payment:{number}", reason=way.value)
    made = Payment(
        claim_id=claim.id, number=number, amount=minor, way=way, reference=reference.strip(), paid_on=paid_on,
        transaction_uid=moved.uid, entered_at=uow.now, entered_by=_actor_id(uow),
    )  # fmt: skip
    claim.payments.append(made)
    claim.paid += minor
    claim.version += 1
    uow.session.flush()
    _settle(uow, held)
    money.note(uow, held.application, "claim-paid", minor)
    emails.paid(uow, edition, held.application, held.line, claim, made)
    return made


def _require_told(uow: UnitOfWork, edition: Edition, way: Way, paid_on: date, reference: str) -> None:
    if way is Way.BOOKED and not reference.strip():
        raise FieldConflict("reference", str(_("Say what was booked, with whom, and its number.")))
    if paid_on > uow.now.astimezone(ZoneInfo(edition.time_zone)).date():
        raise FieldConflict("paid_on", str(_("That day has not come yet.")))


def correct_payment(
    uow: UnitOfWork, edition: Edition, claim_id: int, payment_id: int, reason: str, *, came_back: bool,
    started_from: int,
) -> Payment:  # fmt: skip
    """Put a payment right by an entry of its own: it was entered by mistake, or the money came back to its fund."""
    held = _held(uow, edition, claim_id, started_from)
    claim = held.claim
    made = next((one for one in claim.payments if one.id == payment_id and one.undone_at is None), None)
    if made is None:
        raise NotFound
    _needs(reason)
    key = f"claim:{claim.id}:payment:{made.number}:returned"
    if came_back:
        ledger.unpay(uow, held.slice(made.amount), key=key, reason=reason.strip())
        claim.approved -= made.amount
        money.shrink(uow, held.award, made.amount)
    else:
        ledger.correct(uow, edition.id, made.transaction_uid, reason.strip())
    claim.paid -= made.amount
    made.undone_at, made.undone_by, made.undone_reason = uow.now, _actor_id(uow), reason.strip()
    claim.version += 1
    if held.application.absent_at is not None and claim.due:
        _undecide(uow, held)
    elif claim.approved:
        claim.state = ClaimState.APPROVED if claim.due else ClaimState.PAID
    else:
        claim.state = ClaimState.CLOSED
    uow.session.flush()
    money.note(uow, held.application, "payment-came-back" if came_back else "payment-corrected", made.amount)
    return made


def _undecide(uow: UnitOfWork, held: _Held) -> None:
    """Of somebody who did not attend nothing is owed any more but what somebody decides anew."""
    claim = held.claim
    slices = held.slice(claim.due)
    ledger.cut(uow, slices, key=f"claim:{claim.id}:{claim.version}:undecided", reason="absent")
    claim.approved = claim.paid
    claim.state = ClaimState.PAID if claim.paid else ClaimState.HANDED_IN


def book(
    uow: UnitOfWork, edition: Edition, application_id: int, line_id: int, minor: int, way: Way, paid_on: date,
    reference: str,
) -> Payment:  # fmt: skip
    """Pay for somebody who hands in nothing: a flight we book, a fee we waive, an advance for who cannot pay first."""
    require(uow, edition, MAY_PAY)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = deciding.judged(uow, edition, application_id)
    line = next((line for line in application.lines if line.id == line_id and is_claimable(line)), None)
    if line is None or line.live is None:
        raise FieldConflict("line", str(_("Choose something that was accepted.")))
    left = left_of(uow, [line.live.id])[line.live.id]
    if not 0 < minor <= left:
        most = words.money(left, application.currency)
        raise FieldConflict("amount", str(_("Pay something, and at most the %(most)s that are left.", most=most)))
    _require_told(uow, edition, way, paid_on, reference)
    claim = Claim(
        edition_id=edition.id, application_id=application.id, award_id=line.live.id, state=ClaimState.APPROVED,
        in_advance=True, asked=minor, approved=minor, handed_in_at=uow.now, decided_at=uow.now, paid=0,
        decided_by=_actor_id(uow), version=1, receipts=[], payments=[],
    )  # fmt: skip
    uow.session.add(claim)
    uow.session.flush()
    held = _Held(funds, application, line, line.live, claim)
    ledger.claim(uow, held.slice(minor), key=f"claim:{claim.id}:1:approved")
    return _pay(uow, edition, held, minor, way, paid_on, reference)


def did_not_attend(uow: UnitOfWork, edition: Edition, application_id: int) -> int:
    """Give back all that is not paid; says how much. Open claims are closed, paid money stays paid."""
    require(uow, edition, MAY_PAY)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = deciding.judged(uow, edition, application_id)
    application.absent_at = None  # noted twice, what the claims set free is counted below, with the rest
    _close_claims(uow, funds, application, str(_("You did not attend.")))
    application.absent_at = uow.now
    back = money.give_back(uow, funds, application, AwardState.RETURNED)
    application.version += 1
    uow.session.flush()
    money.note(uow, application, "did-not-attend", back)
    details = queries.bank_details(uow.session, application.id)
    if details is not None and not queries.may_be_paid(uow.session, application.id):
        uow.session.delete(details)
        uow.session.flush()
        money.note(uow, application, "bank-details-removed")
    if back:
        emails.did_not_attend(uow, edition, application, words.money(back, application.currency))
    return back


def _close_claims(uow: UnitOfWork, funds: Mapping[int, Fund], application: Application, why: str) -> None:
    """What is approved and not paid stops being owed."""
    awards = {award.id: (line, award) for line in application.lines for award in line.awards}
    for claim in queries.of_application(uow.session, application.id):
        held = _Held(funds, application, *awards[claim.award_id], claim)
        if claim.state is ClaimState.APPROVED and claim.paid:
            _cut(uow, held, claim.paid, why)
        elif claim.state in rules.OPEN:
            _turn_down(uow, held, why)
        elif claim.state in rules.THEIRS:
            claim.state = ClaimState.CLOSED
            _decided(uow, claim, why)


def _turn_down(uow: UnitOfWork, held: _Held, why: str) -> None:
    """Nothing of it is paid, and it cannot be handed in again."""
    claim = held.claim
    if claim.approved:
        ledger.cut(uow, held.slice(claim.approved), key=f"claim:{claim.id}:{claim.version}:closed", reason="returned")
    claim.state, claim.approved = ClaimState.CLOSED, 0
    _decided(uow, claim, why)
    _return_rest(uow, held)


# -- where to pay to ------------------------------------------------------------------------------------------------


def save_bank_details(uow: UnitOfWork, edition: Edition, details: Mapping[str, str]) -> None:
    """One's own, for as long as something is to be paid."""
    application = grants.application_of(uow.session, edition.id, money.acting(uow).id, lock=True)
    if application is None or not queries.may_be_paid(uow.session, application.id):
        raise Conflict(str(_("Add a receipt first: nothing is to be paid yet.")))
    found = queries.bank_details(uow.session, application.id)
    if found is None:
        found = BankDetails(application_id=application.id)
        uow.session.add(found)
    found.details, found.entered_at = dict(details), uow.now
    uow.session.flush()
    money.note(uow, application, "bank-details-given")


def remove_bank_details(uow: UnitOfWork, edition: Edition) -> None:
    """One's own are deleted, now."""
    found = queries.own_bank_details(uow.session, edition.id, money.acting(uow).id)
    if not found:
        raise NotFound
    for details in found:
        application = grants.find_locked(uow.session, details.application_id)
        uow.session.delete(details)
        uow.session.flush()
        if application is not None:
            money.note(uow, application, "bank-details-removed")


def look_at_bank_details(uow: UnitOfWork, edition: Edition, claim_id: int) -> Mapping[str, str]:
    """Open them for the treasurer while something is to be paid; that this person looked is written down first.

    A POST: it writes.
    """
    require(uow, edition, MAY_PAY)
    claim = queries.find_locked(uow.session, edition.id, claim_id)
    if claim is None:
        raise NotFound
    application = deciding.judged(uow, edition, claim.application_id)
    found = queries.bank_details(uow.session, application.id)
    if found is None:
        raise NotFound
    money.note(uow, application, "bank-details-seen")
    uow.session.flush()
    return dict(found.details)


# -- what other packages tell ----------------------------------------------------------------------------------------


def on_person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    """Whoever deletes their account claims nothing more; receipts of what was paid stay, for the books, unnamed."""
    for application_id, edition_id in queries.of_people(uow.session, event.person_id):
        funds = fund_rows.locked_funds(uow.session, edition_id)
        application = grants.find_locked(uow.session, application_id)
        if application is None:
            continue
        for claim in queries.of_application(uow.session, application.id):
            if claim.state in rules.THEIRS | {ClaimState.HANDED_IN}:
                uow.session.delete(claim)
        uow.session.flush()
        _close_claims(uow, funds, application, str(_("The account was deleted.")))
        for claim in queries.of_application(uow.session, application.id):
            for row in claim.receipts:
                row.original_name = ""
        details = queries.bank_details(uow.session, application.id)
        if details is not None:
            uow.session.delete(details)
        uow.session.flush()


# -- what they share ------------------------------------------------------------------------------------------------


def _actor_id(uow: UnitOfWork) -> int | None:
    return uow.actor.id if uow.actor else None


def _held(uow: UnitOfWork, edition: Edition, claim_id: int, started_from: int) -> _Held:
    require(uow, edition, MAY_PAY)
    funds = fund_rows.locked_funds(uow.session, edition.id)
    claim = queries.find_locked(uow.session, edition.id, claim_id)
    if claim is None:
        raise NotFound
    application = deciding.judged(uow, edition, claim.application_id)
    if claim.version != started_from:
        raise Stale(str(_("Somebody changed this claim after you opened it.")))
    for line in application.lines:
        for award in line.awards:
            if award.id == claim.award_id:
                return _Held(funds, application, line, award, claim)
    raise NotFound


def _in_state(claim: Claim, *states: ClaimState) -> None:
    if claim.state not in states:
        raise Conflict(str(_("That is not possible: this claim was decided, sent back or paid meanwhile.")))


def _needs(reason: str) -> None:
    if not reason.strip():
        raise FieldConflict("reason", str(_("Say why, in a sentence: the person reads it.")))


def _decided(uow: UnitOfWork, claim: Claim, reason: str) -> None:
    claim.reason, claim.decided_at, claim.decided_by = reason.strip(), uow.now, _actor_id(uow)
    claim.version += 1
    uow.session.flush()


def _settle(uow: UnitOfWork, held: _Held) -> None:
    """Paid in full: over, and the bank details go unless something else may still be paid."""
    claim = held.claim
    if claim.due or not claim.paid:
        return
    claim.state = ClaimState.PAID
    uow.session.flush()
    found = queries.bank_details(uow.session, claim.application_id)
    if found is not None and not queries.may_be_paid(uow.session, claim.application_id):
        uow.session.delete(found)
        uow.session.flush()
        money.note(uow, held.application, "bank-details-removed")
