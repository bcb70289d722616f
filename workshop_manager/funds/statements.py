"""Statements: the lines and sums of the ledger, of a fund, of an application, and of an edition for its treasurer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.money import Money, decimal_text
from workshop_manager.funds import queries, uses, words
from workshop_manager.funds.models import Fund
from workshop_manager.funds.queries import Balance, Line
from workshop_manager.funds.states import Account
from workshop_manager.web.times import when_text
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a statement as a page shows it: what went into an account, and why."""

    when: str
    what: str
    reason: str
    who: str
    account: str
    money: str
    uid: str


def rows(lines: Iterable[Line], names: Mapping[int, str], zone: str, funds: Mapping[int, str] = {}) -> list[Row]:
    """The lines for a page. What the viewer may not know of has no name and no detail."""
    return [
        Row(
            when=when_text(line.at, zone),
            what=words.kind_name(line.kind),
            reason=words.reason_text(line.reason)
            if line.application_id is None or line.application_id in names
            else "",
            who=_who(line, names),
            account=funds.get(line.fund_id) or words.account_name(line.account),
            money=str(Money(line.minor, line.currency)),
            uid=line.uid,
        )
        for line in lines
    ]


def _who(line: Line, names: Mapping[int, str]) -> str:
    if line.application_id is None:
        return ""
    if line.application_id not in names:
        return str(_("an application you do not judge"))
    return names[line.application_id] or str(_("somebody who left"))


def balance_rows(balance: Balance, returned: int, fund: Fund) -> list[tuple[str, str]]:
    """A fund's accounts with their balances, for `ui.definitions`."""
    pairs = [
        (words.account_name(Account.PLEDGED), balance.pledged),
        (words.account_name(Account.OVERDRAFT), balance.overdraft),
        (words.account_name(Account.OFFERED), balance.offered),
        (words.account_name(Account.ACCEPTED), balance.accepted),
        (words.account_name(Account.CLAIMED), balance.claimed),
        (words.account_name(Account.PAID), balance.paid),
        (words.account_name(Account.AVAILABLE), balance.available),
        (str(_("Has come back")), returned),
    ]
    always = {words.account_name(Account.PLEDGED), words.account_name(Account.AVAILABLE)}
    return [(name, str(fund.money(minor))) for name, minor in pairs if minor or name in always]


def of_application(session: Session, edition_id: int, application_id: int, zone: str) -> list[Row]:
    """The money of one application, for its person or for who may judge it; each line with its fund."""
    found = queries.lines(session, edition_id, application_id=application_id, is_into=True)
    funds = {fund.id: fund.name for fund in queries.funds(session, edition_id)}
    return rows(found, {application_id: ""}, zone, funds)


# -- for the treasurer ----------------------------------------------------------------------------------------------

HEADER = (
    "entry", "transaction", "payment", "at", "kind", "reason", "corrects", "fund", "account", "amount", "currency",
    "application", "award", "line", "cost", "name",
)  # fmt: skip


def entries(session: Session, edition_id: int, standing: Standing) -> list[tuple[object, ...]]:
    """Every entry of an edition: those of a transaction add up to nothing, those of an account to its balance.

    `payment` names a payment for ever, for the system that makes it: the same file twice pays nobody twice.
    """
    found = queries.lines(session, edition_id)
    people = {line.application_id for line in found if line.application_id is not None}
    names = uses.names(session, edition_id, standing, people)
    funds = {fund.id: fund.name for fund in queries.funds(session, edition_id, with_removed=True)}
    return [_entry(line, names, funds) for line in found]


def _entry(line: Line, names: Mapping[int, str], funds: Mapping[int, str]) -> tuple[object, ...]:
    is_known = line.application_id is None or line.application_id in names
    about = (line.application_id, line.award_id, line.line_id, line.cost) if is_known else ("", "", "", "")
    return (
        line.entry_id,
        line.uid,
        payment_id(line) if line.account is Account.PAID else "",
        line.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        line.kind.value,
        line.reason if is_known else "",
        line.corrects or "",
        funds.get(line.fund_id, ""),
        line.account.value,
        cell(line.minor, line.currency),
        line.currency,
        *about,
        names.get(line.application_id or 0, ""),
    )


def cell(minor: int, currency: str) -> int | float:
    """An amount as a number of a spreadsheet, which keeps fifteen figures: every amount here has fewer."""
    text = decimal_text(minor, currency)
    return float(text) if "." in text else int(text)


def payment_id(line: Line) -> str:
    """Names a payment for ever: an entry is written once and never changed."""
    return f"{line.uid}-{line.entry_id}"


BALANCES = ("fund", "currency", *(account.value for account in Account), "returned", "sum")


def balance_table(session: Session, edition_id: int) -> list[dict[str, str]]:
    """The balances of every fund in decimal text, each with the sum of its entries, which is nothing."""
    back = queries.returned(session, edition_id)
    found = []
    for fund, balance in queries.with_balances(session, edition_id):
        minors = [getattr(balance, account.value) for account in Account]
        signed = [-balance.pledged, -balance.overdraft, *minors[2:]]
        texts = [decimal_text(minor, fund.currency) for minor in (*minors, back.get(fund.id, 0), sum(signed))]
        found.append(dict(zip(BALANCES, (fund.name, fund.currency, *texts), strict=True)))
    return found


def names_of(session: Session, edition_id: int, standing: Standing, lines: Sequence[Line]) -> Mapping[int, str]:
    """Whose the applications of these lines are, as far as the viewer may know."""
    return uses.names(session, edition_id, standing, {one.application_id for one in lines if one.application_id})
