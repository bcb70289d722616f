"""How claims are spoken of."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.claims.states import ClaimState, Finding, Way
from workshop_manager.grants.words import money

__all__ = ["finding_text", "money", "state_sign", "way_name"]

_STATES: Mapping[ClaimState, tuple[str, str]] = {
    ClaimState.DRAFT: ("rest", _l("Not handed in yet")),
    ClaimState.HANDED_IN: ("wait", _l("Handed in")),
    ClaimState.RETURNED: ("stop", _l("Sent back")),
    ClaimState.APPROVED: ("accent", _l("Approved")),
    ClaimState.PAID: ("ok", _l("Paid")),
    ClaimState.CLOSED: ("rest", _l("Closed")),
}
_FINDINGS = {
    Finding.OVER_AWARD: _l("More is claimed than is left of the award"),
    Finding.SAME_FILE: _l("The same file is in another claim"),
    Finding.SAME_AMOUNT_AND_DAY: _l("Another receipt has the same day and amount"),
    Finding.BEFORE_EVENT: _l("Long before the event"),
    Finding.AFTER_EVENT: _l("Well after the event"),
}
WAYS = {
    Way.TRANSFER: _l("By transfer"),
    Way.CASH: _l("In cash"),
    Way.CARD: _l("By card"),
    Way.BOOKED: _l("Booked by us"),
}


def state_sign(state: ClaimState) -> tuple[str, str]:
    """For the macro `ui.mark`, text last."""
    kind, text = _STATES[state]
    return kind, str(text)


def finding_text(finding: Finding) -> str:
    return str(_FINDINGS[finding])


def way_name(way: Way) -> str:
    return str(WAYS[way])


def receipts_text(number: int) -> str:
    """What stands beside a claim without any."""
    return str(number) if number else str(_("none"))
