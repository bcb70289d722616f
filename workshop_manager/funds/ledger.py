"""The verbs of money. Every one writes a transaction of entries that add up to nothing; nothing is ever changed.

    ledger.offer(uow, slices, key="…")          available → offered
    ledger.accept(uow, slices, key="…")         offered → accepted
    ledger.release(uow, slices, source, key=…)  offered | accepted → available: declined, ended, given back
    ledger.claim(uow, slices, key="…")          accepted → claimed: a claim with its receipts is approved for payment
    ledger.cut(uow, slices, key="…")            claimed → accepted: a claim is cut or sent back
    ledger.pay(uow, slices, key="…")            claimed → paid, whole or in part, as often as there are payments
    ledger.unpay(uow, slices, key="…", reason)  paid → available: money that was paid has come back
    ledger.correct(uow, edition_id, uid, reason)  a transaction the other way round; once for each

Whoever calls holds the locks of the edition's funds (`queries.locked_funds`). A `Slice` says of which fund, how much,
and for which application, award, line and kind of cost. `key` names the act for ever: sent again with the same money it
does nothing and gives the transaction that is there; with other money it is refused. A verb refuses (`Overdrawn`) what
the fund does not hold or what the award does not have in the account it comes from.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import insert

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries
from workshop_manager.funds.models import Fund, LedgerEntry, LedgerTransaction
from workshop_manager.funds.refusals import Overdrawn
from workshop_manager.funds.states import Account, Kind


@dataclass(frozen=True, slots=True)
class Slice:
    """An amount of one fund for one line of an application."""

    fund: Fund
    minor: int
    application_id: int
    award_id: int
    line_id: int
    cost: str


@dataclass(frozen=True, slots=True)
class Leg:
    """An entry that is not written yet."""

    fund: Fund
    account: Account
    minor: int
    application_id: int | None = None
    award_id: int | None = None
    line_id: int | None = None
    cost: str = ""
    currency: str = ""

    @property
    def row(self) -> dict[str, object]:
        return {
            "fund_id": self.fund.id,
            "account": self.account,
            "amount": self.minor,
            "currency": self.currency or self.fund.currency,
            "application_id": self.application_id,
            "award_id": self.award_id,
            "line_id": self.line_id,
            "cost": self.cost,
        }


def pledge(uow: UnitOfWork, fund: Fund, minor: int, *, key: str) -> LedgerTransaction | None:
    """The sponsor gives so much more, or less (below zero); None for nothing."""
    if not minor:
        return None
    return _post(uow, Kind.PLEDGE, key, [Leg(fund, Account.PLEDGED, -minor), Leg(fund, Account.AVAILABLE, minor)])


def allow(uow: UnitOfWork, fund: Fund, minor: int, *, key: str, reason: str) -> LedgerTransaction:
    """Two people allow that much beyond what the fund holds."""
    legs = [Leg(fund, Account.OVERDRAFT, -minor), Leg(fund, Account.AVAILABLE, minor)]
    return _post(uow, Kind.OVERRIDE, key, legs, reason=reason)


def offer(uow: UnitOfWork, slices: Sequence[Slice], *, key: str) -> LedgerTransaction:
    """Promise money until it is accepted."""
    return _move(uow, Kind.OFFER, slices, Account.AVAILABLE, Account.OFFERED, key)


def accept(uow: UnitOfWork, slices: Sequence[Slice], *, key: str) -> LedgerTransaction:
    """What was offered is taken."""
    return _move(uow, Kind.ACCEPT, slices, Account.OFFERED, Account.ACCEPTED, key)


def release(
    uow: UnitOfWork, slices: Sequence[Slice], source: Account, *, key: str, reason: str = ""
) -> LedgerTransaction:
    """What was offered or accepted goes back to its fund."""
    return _move(uow, Kind.RELEASE, slices, source, Account.AVAILABLE, key, reason)


def claim(uow: UnitOfWork, slices: Sequence[Slice], *, key: str) -> LedgerTransaction:
    """What was accepted was spent, and is to be paid."""
    return _move(uow, Kind.CLAIM, slices, Account.ACCEPTED, Account.CLAIMED, key)


def cut(uow: UnitOfWork, slices: Sequence[Slice], *, key: str, reason: str = "") -> LedgerTransaction:
    """Of what was claimed, this is not paid as it is; it stays the person's until it is released."""
    return _move(uow, Kind.CUT, slices, Account.CLAIMED, Account.ACCEPTED, key, reason)


def pay(uow: UnitOfWork, slices: Sequence[Slice], *, key: str, reason: str = "") -> LedgerTransaction:
    """Money has left the account; a part of a claim is a payment too."""
    return _move(uow, Kind.PAY, slices, Account.CLAIMED, Account.PAID, key, reason)


def unpay(uow: UnitOfWork, slices: Sequence[Slice], *, key: str, reason: str) -> LedgerTransaction:
    """Money that was paid has come back, and can be given again."""
    return _move(uow, Kind.RETURN, slices, Account.PAID, Account.AVAILABLE, key, reason)


def correct(uow: UnitOfWork, edition_id: int, uid: str, reason: str) -> LedgerTransaction:
    """Undo a transaction by one the other way round, which names it. What it left must still be where it put it."""
    found = queries.transaction(uow.session, edition_id, uid)
    if found is None:
        raise NotFound
    if not reason:
        raise Conflict(str(_("Say why this is corrected.")))
    if found.kind is Kind.CORRECT:
        raise Conflict(str(_("A correction is not corrected. Enter the act itself anew.")))
    funds = queries.locked_funds(uow.session, edition_id, with_removed=True)
    legs = [
        Leg(
            funds[row.fund_id], row.account, -row.amount, row.application_id, row.award_id, row.line_id, row.cost,
            row.currency,
        )
        for row in queries.entries_of(uow.session, uid)
    ]  # fmt: skip
    key = f"correct:{uid}"
    if queries.by_key(uow.session, key) is None:
        _require_there(uow, [leg for leg in legs if leg.minor < 0])
    return _post(uow, Kind.CORRECT, key, legs, reason=reason, corrects=uid)


def _move(
    uow: UnitOfWork,
    kind: Kind,
    slices: Sequence[Slice],
    source: Account,
    target: Account,
    key: str,
    reason: str = "",
) -> LedgerTransaction:
    if not slices or any(one.minor <= 0 for one in slices):
        raise Conflict(str(_("There is no money in this.")))
    out = [_leg(one, source, -one.minor) for one in slices]
    legs = [*out, *(_leg(one, target, one.minor) for one in slices)]
    if queries.by_key(uow.session, key) is None:
        _require_there(uow, out)
    return _post(uow, kind, key, legs, reason=reason)


def _leg(one: Slice, account: Account, minor: int) -> Leg:
    return Leg(one.fund, account, minor, one.application_id, one.award_id, one.line_id, one.cost)


def _require_there(uow: UnitOfWork, out: Iterable[Leg]) -> None:
    """Refuse to take from a fund or an award what it does not have."""
    asked: dict[tuple[int, Account, int | None], int] = defaultdict(int)
    funds: dict[int, Fund] = {}
    for leg in out:
        funds[leg.fund.id] = leg.fund
        award = None if leg.account is Account.AVAILABLE else leg.award_id
        if leg.account not in (Account.PLEDGED, Account.OVERDRAFT):
            asked[leg.fund.id, leg.account, award] -= leg.minor
    there = queries.award_balances(uow.session, [award for _f, _a, award in asked if award is not None])
    for (fund_id, account, award), minor in asked.items():
        fund = funds[fund_id]
        has = fund.left if award is None else there.get((award, fund_id, account), 0)
        if minor > has:
            raise Overdrawn(
                str(
                    _(
                        "“%(fund)s”: this needs %(needed)s, and %(has)s is there.",
                        fund=isolated(fund.name),
                        needed=fund.money(minor),
                        has=fund.money(has),
                    )
                )
            )


def _post(
    uow: UnitOfWork, kind: Kind, key: str, legs: Sequence[Leg], *, reason: str = "", corrects: str | None = None
) -> LedgerTransaction:
    """Write entries, what goes out first, then the transaction that closes them; once for each key."""
    session, uid = uow.session, uuid.uuid4().hex
    rows = [leg.row for leg in sorted(legs, key=lambda leg: leg.minor)]
    found = queries.by_key(session, key)
    if found is not None:
        if sorted(map(_shape, rows)) != sorted(map(_shape, map(_row_of, queries.entries_of(session, found.uid)))):
            raise Conflict(str(_("This was entered already, with other amounts. Nothing was changed.")))
        return found
    session.flush()
    session.execute(insert(LedgerEntry), [row | {"transaction_uid": uid} for row in rows])
    made = LedgerTransaction(
        uid=uid, key=key, edition_id=legs[0].fund.edition_id, kind=kind, at=uow.now,
        actor_id=uow.actor.id if uow.actor else None, reason=reason, corrects=corrects,
    )  # fmt: skip
    session.add(made)
    session.flush()
    for fund in {leg.fund.id: leg.fund for leg in legs}.values():
        session.refresh(fund, ["amount", "overdraft", "committed"])
    return made


def _row_of(entry: LedgerEntry) -> dict[str, object]:
    return {"fund_id": entry.fund_id, "account": entry.account, "amount": entry.amount, "award_id": entry.award_id}


def _shape(row: dict[str, object]) -> tuple[str, ...]:
    account = row["account"]
    name = account.value if isinstance(account, Account) else ""
    return str(row["fund_id"]), name, str(row["amount"]), str(row["award_id"])
