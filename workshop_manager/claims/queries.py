"""Every select of this package; each says what it loads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, selectinload

from workshop_manager.accounts.models import Person
from workshop_manager.claims.models import BankDetails, Claim, Receipt, ReceiptBytes
from workshop_manager.claims.rules import COUNTING, THEIRS, TO_BE_PAID, Slip
from workshop_manager.claims.states import ClaimState
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Award, Line, visa_in
from workshop_manager.grants.rules import JOURNEY
from workshop_manager.grants.states import CostKind, Visa
from workshop_manager.workshops.rules import Standing


def _whole() -> Select[Claim]:
    return select(Claim).options(selectinload(Claim.receipts), selectinload(Claim.payments))


def find_locked(session: Session, edition_id: int, claim_id: int) -> Claim | None:
    """A claim of the edition that was handed in, locked, with receipts and payments."""
    return session.execute(
        _whole()
        .where(Claim.id == claim_id, Claim.edition_id == edition_id, Claim.state.in_(COUNTING))
        .with_for_update(of=Claim)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def of_application(session: Session, application_id: int) -> Sequence[Claim]:
    """All claims of an application with receipts and payments, the oldest first."""
    return session.scalars(_whole().where(Claim.application_id == application_id).order_by(Claim.id)).all()


def of_award(session: Session, award_id: int) -> Sequence[Claim]:
    """All claims of an award with receipts and payments, the oldest first."""
    return session.scalars(_whole().where(Claim.award_id == award_id).order_by(Claim.id)).all()


def open_to_person(session: Session, award_id: int) -> Claim | None:
    """The one claim of an award that its person is still at, with receipts and payments."""
    return session.scalars(
        _whole().where(Claim.award_id == award_id, Claim.state.in_(THEIRS)).execution_options(populate_existing=True)
    ).one_or_none()


def waiting(session: Session, award_id: int, besides: int | None = None) -> int:
    """What is handed in for an award and not decided: the ledger knows nothing of it yet."""
    query = select(func.coalesce(func.sum(Claim.asked), 0)).where(
        Claim.award_id == award_id, Claim.state == ClaimState.HANDED_IN
    )
    return int(session.scalar(query if besides is None else query.where(Claim.id != besides)) or 0)


def other_slips(session: Session, edition_id: int, receipts: Sequence[Receipt]) -> Mapping[int, Sequence[Slip]]:
    """For each of these receipts all others of the edition with the same file, or the same day, amount and currency.

    What is still gathered, or was sent back, does not count.
    """
    if not receipts:
        return {}
    same = Receipt.sha256.in_([one.sha256 for one in receipts]) | (
        Receipt.day.in_([one.day for one in receipts]) & Receipt.amount.in_([one.amount for one in receipts])
    )
    rows = session.execute(
        select(Receipt.id, Receipt.sha256, Receipt.day, Receipt.amount, Receipt.currency)
        .join(Claim, Claim.id == Receipt.claim_id)
        .where(Receipt.edition_id == edition_id, Claim.state.not_in(THEIRS), same)
    ).all()
    return {one.id: [Slip(*row[1:]) for row in rows if row.id != one.id] for one in receipts}


def may_be_paid(session: Session, application_id: int) -> bool:
    """Something of the application may still be paid."""
    found = select(Claim.id).where(Claim.application_id == application_id, Claim.state.in_(TO_BE_PAID)).limit(1)
    return session.scalar(found) is not None


def bank_details(session: Session, application_id: int) -> BankDetails | None:
    """Where to pay to, opened."""
    return session.get(BankDetails, application_id, populate_existing=True)


def own_bank_details(session: Session, edition_id: int, person_id: int) -> Sequence[BankDetails]:
    """A person's own in an edition, of whichever round, opened."""
    return session.scalars(
        select(BankDetails)
        .join(Application, Application.id == BankDetails.application_id)
        .where(Application.edition_id == edition_id, Application.person_id == person_id)
    ).all()


def has_bank_details(session: Session, application_id: int) -> bool:
    """Whether it is known where to pay to; opens nothing."""
    found = select(BankDetails.application_id).where(BankDetails.application_id == application_id)
    return session.scalar(found) is not None


# -- files ----------------------------------------------------------------------------------------------------------


def own_receipt(session: Session, edition_id: int, person_id: int, receipt_id: int) -> Receipt | None:
    """One of this person's own."""
    return session.scalars(
        select(Receipt)
        .join(Claim, Claim.id == Receipt.claim_id)
        .join(Application, Application.id == Claim.application_id)
        .where(Receipt.id == receipt_id, Receipt.edition_id == edition_id, Application.person_id == person_id)
    ).one_or_none()


def content(session: Session, receipt_id: int) -> bytes | None:
    """What is kept of a receipt's file, opened."""
    return session.scalar(select(ReceiptBytes.content).where(ReceiptBytes.receipt_id == receipt_id))


# -- the treasurer's desk -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A claim in the treasurer's list."""

    claim: Claim
    name: str
    kind: CostKind
    currency: str
    receipts: int
    is_to_settle: bool
    """For a journey that does not take place, since the visa was refused."""


SHOWN: Mapping[str, Collection[ClaimState]] = {
    "decide": {ClaimState.HANDED_IN},
    "pay": {ClaimState.APPROVED},
    "returned": {ClaimState.RETURNED},
    "paid": {ClaimState.PAID, ClaimState.CLOSED},
    "all": COUNTING,
}
"""What the list is narrowed to; the words stand in addresses."""


def visible_to(edition_id: int, standing: Standing) -> ColumnElement[bool]:
    """Claims that this person may see at the desk: not their own, none in conflict of interest, none in the making."""
    known = select(Application.id).where(grants.visible_to(edition_id, standing))
    return (Claim.edition_id == edition_id) & Claim.state.in_(COUNTING) & Claim.application_id.in_(known)


def counts(session: Session, edition_id: int, standing: Standing) -> Mapping[str, int]:
    """How many the list holds, narrowed to each."""
    rows = session.execute(
        select(Claim.state, func.count()).where(visible_to(edition_id, standing)).group_by(Claim.state)
    ).all()
    by_state: dict[ClaimState, int] = {state: int(number) for state, number in rows}
    return {name: sum(by_state.get(state, 0) for state in states) for name, states in SHOWN.items()}


def number(edition_id: int, standing: Standing, state: ClaimState) -> Select[int]:
    """How many claims in that state this person may see."""
    return select(func.count(Claim.id)).where(visible_to(edition_id, standing), Claim.state == state)


def rows(session: Session, edition_id: int, standing: Standing, shown: str, *, offset: int, most: int) -> list[Row]:
    """The list, who waits longest first."""
    receipts = select(func.count()).where(Receipt.claim_id == Claim.id).scalar_subquery()
    found = session.execute(
        select(Claim, Person.name, Line.kind, Application.currency, receipts, Application.visa_told)
        .join(Application, Application.id == Claim.application_id)
        .join(Award, Award.id == Claim.award_id)
        .join(Line, Line.id == Award.line_id)
        .outerjoin(Person, Person.id == Application.person_id)
        .where(visible_to(edition_id, standing), Claim.state.in_(SHOWN[shown]))
        .order_by(Claim.handed_in_at, Claim.id)
        .offset(offset)
        .limit(most)
    )
    return [
        Row(claim, name or "", kind, currency, int(number), visa_in(told) is Visa.REFUSED and kind in JOURNEY)
        for claim, name, kind, currency, number, told in found
    ]


def seen(session: Session, edition_id: int, standing: Standing, claim_id: int) -> Claim | None:
    """One claim that this person may see at the desk, with receipts and payments."""
    return session.scalars(_whole().where(Claim.id == claim_id, visible_to(edition_id, standing))).one_or_none()


def seen_receipt(session: Session, edition_id: int, standing: Standing, receipt_id: int) -> Receipt | None:
    """A receipt of such a claim."""
    return session.scalars(
        select(Receipt)
        .join(Claim, Claim.id == Receipt.claim_id)
        .where(Receipt.id == receipt_id, visible_to(edition_id, standing))
    ).one_or_none()


def of_people(session: Session, person_id: int) -> Sequence[tuple[int, int]]:
    """(application, edition) of everything this person claims."""
    rows = session.execute(
        select(Application.id, Application.edition_id)
        .where(Application.person_id == person_id, Application.id.in_(select(Claim.application_id)))
        .order_by(Application.edition_id)
    )
    return [(row[0], row[1]) for row in rows]
