"""Rules of funds, conversion and division of amounts: plain values."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shows import shows
from workshop_manager.core.money import convert, decimal_text, split
from workshop_manager.funds import rules
from workshop_manager.funds.rules import Facts, FundRules, allows

KNOWN = Facts(presents_first_time=True, region="africa", stage="student", is_virtual=True)


@pytest.mark.parametrize(
    ("fund", "facts", "refusal"),
    [
        (FundRules(), Facts(), None),
        (FundRules(first_time_only=True), KNOWN, None),
        (FundRules(first_time_only=True), Facts(), rules.FIRST_TIME),
        (FundRules(regions=frozenset({"africa"})), KNOWN, None),
        (FundRules(regions=frozenset({"asia"})), KNOWN, rules.REGION),
        (FundRules(regions=frozenset({"asia"})), Facts(), rules.REGION),
        (FundRules(stages=frozenset({"student"})), KNOWN, None),
        (FundRules(stages=frozenset({"postdoc"})), KNOWN, rules.STAGE),
        (FundRules(virtual_only=True), KNOWN, None),
        (FundRules(virtual_only=True), Facts(), rules.VIRTUAL),
        (FundRules(kinds=frozenset({"data"})), KNOWN, rules.KIND),
        (FundRules(kinds=frozenset({"air"})), KNOWN, None),
    ],
)
def test_a_fund_is_for_whom_it_says(fund: FundRules, facts: Facts, refusal: str | None) -> None:
    assert allows(fund, facts, "air") == refusal


@shows("Bad input", "Amounts in a currency with no minor unit (JPY) or three (KWD) are counted right")
@pytest.mark.parametrize(
    ("minor", "currency", "rate", "into", "found"),
    [
        (100, "USD", "0.925", "EUR", 93),  # 0.925: a half goes up
        (100, "USD", "155.5", "JPY", 156),
        (1_000, "JPY", "0.0064", "USD", 640),
        (1_234, "KWD", "3.25", "USD", 401),
        (100, "USD", "0.3075", "KWD", 308),
        (0, "USD", "7", "EUR", 0),
    ],
)
def test_amounts_are_converted_and_rounded_once(minor: int, currency: str, rate: str, into: str, found: int) -> None:
    assert convert(minor, currency, Decimal(rate), into) == found


@shows("Bad input", "A third over three lines adds up to the whole")
@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_parts_add_up(minor: int, weights: list[int]) -> None:
    parts = split(minor, weights)
    total = sum(weights) or len(weights)
    shares = weights if any(weights) else [1] * len(weights)
    assert sum(parts) == minor
    assert all(abs(part * total - minor * share) < total for part, share in zip(parts, shares, strict=True))


def test_a_third_over_three_lines() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(100, [1, 2]) == [33, 67]
    assert split(5, []) == []


def test_other_programs_read_every_digit() -> None:
    found = [decimal_text(-4_000, "USD"), decimal_text(1_234, "KWD"), decimal_text(1_234, "JPY")]
    assert found == ["-40.00", "1.234", "1234"]
