"""How accounts, transactions, regions and career stages are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.funds.rules import FundRules
from workshop_manager.funds.states import Account, Kind, Region, Stage

_ACCOUNTS = {
    Account.PLEDGED: _l("Pledged"),
    Account.OVERDRAFT: _l("Allowed beyond it"),
    Account.AVAILABLE: _l("Available"),
    Account.OFFERED: _l("Offered"),
    Account.ACCEPTED: _l("Accepted"),
    Account.CLAIMED: _l("Claimed"),
    Account.PAID: _l("Paid"),
}
_KINDS = {
    Kind.PLEDGE: _l("Pledged"),
    Kind.OVERRIDE: _l("Allowed beyond the fund"),
    Kind.OFFER: _l("Offered"),
    Kind.ACCEPT: _l("Accepted"),
    Kind.RELEASE: _l("Back in the fund"),
    Kind.CLAIM: _l("Claimed"),
    Kind.CUT: _l("Claim cut"),
    Kind.PAY: _l("Paid"),
    Kind.RETURN: _l("Paid back"),
    Kind.CORRECT: _l("Correction"),
}
_REASONS = {
    "declined": _l("declined, or taken in part"),
    "expired": _l("not answered in time"),
    "returned": _l("given back"),
    "absent": _l("they did not attend, so it waits for a decision"),
}
_REGIONS = {
    Region.AFRICA: _l("Africa"),
    Region.ASIA: _l("Asia"),
    Region.EUROPE: _l("Europe"),
    Region.LATIN_AMERICA: _l("Latin America and the Caribbean"),
    Region.NORTHERN_AMERICA: _l("Northern America"),
    Region.OCEANIA: _l("Oceania"),
}
_STAGES = {
    Stage.STUDENT: _l("Students"),
    Stage.POSTDOC: _l("Postdocs"),
    Stage.FACULTY: _l("Faculty"),
    Stage.INDUSTRY: _l("People in industry"),
    Stage.OTHER: _l("Others"),
}
REGIONS = [(one.value, name) for one, name in _REGIONS.items()]
STAGES = [(one.value, name) for one, name in _STAGES.items()]


def account_name(account: Account) -> str:
    """`Available`."""
    return str(_ACCOUNTS[account])


def kind_name(kind: Kind) -> str:
    """What a transaction does: `Back in the fund`."""
    return str(_KINDS[kind])


def reason_text(reason: str) -> str:
    """Why, as a person wrote it or in our words."""
    return str(_REASONS.get(reason, reason))


def rules_text(rules: FundRules) -> list[str]:
    """Whom the fund is for, a sentence a rule; empty if it is for everybody."""
    said = []
    if rules.first_time_only:
        said.append(_("People who present for the first time"))
    if rules.virtual_only:
        said.append(_("People who take part from afar"))
    if rules.regions:
        said.append(", ".join(str(name) for value, name in REGIONS if value in rules.regions))
    if rules.stages:
        said.append(", ".join(str(name) for value, name in STAGES if value in rules.stages))
    return [str(one) for one in said]
