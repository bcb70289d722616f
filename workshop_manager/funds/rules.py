"""What a fund may be used for, and its shares; plain values, no database, no web."""

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST = 50
"""Funds of an edition."""


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


@dataclass(frozen=True, slots=True)
class FundRules:
    """Whom and what a fund is for; what is empty or False restricts nothing. Values of `Region` and `Stage`."""

    first_time_only: bool = False
    regions: frozenset[str] = field(default_factory=frozenset)
    stages: frozenset[str] = field(default_factory=frozenset)
    virtual_only: bool = False
    kinds: frozenset[str] = field(default_factory=frozenset)
    """Kinds of cost, as `grants.states.CostKind` writes them."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an applicant. None is not known, and does not meet a rule that asks for it."""

    presents_first_time: bool | None = None
    region: str | None = None
    stage: str | None = None
    is_virtual: bool = False


FIRST_TIME = N_("This fund is for people who present for the first time.")
REGION = N_("This fund is for people of other regions.")
STAGE = N_("This fund is for people at another stage of their career.")
VIRTUAL = N_("This fund is for people who take part from afar.")
KIND = N_("This fund does not pay for this kind of cost.")


def allows(rules: FundRules, facts: Facts, cost_kind: str) -> str | None:
    """None if the fund may pay for it, else the first reason why not: a sentence for gettext."""
    refusals = (
        (rules.first_time_only and facts.presents_first_time is not True, FIRST_TIME),
        (bool(rules.regions) and facts.region not in rules.regions, REGION),
        (bool(rules.stages) and facts.stage not in rules.stages, STAGE),
        (rules.virtual_only and not facts.is_virtual, VIRTUAL),
        (bool(rules.kinds) and cost_kind not in rules.kinds, KIND),
    )
    return next((reason for refuses, reason in refusals if refuses), None)


def bar_shares(amount: int, parts: Iterable[int]) -> list[float]:
    """Each part as a share of the fund, in order; what goes beyond the fund is cut off."""
    shares, rest = [], amount
    for part in parts:
        shown = min(part, rest)
        rest -= shown
        shares.append(shown / amount if amount else 0.0)
    return shares
