"""Amounts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.core.money import NotMoney, amount_text, parse_amount


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1840", "USD", 184000), ("1,840.50", "USD", 184050), ("1 840", "EUR", 184000), ("12,50", "EUR", 1250),
        ("0", "USD", 0), ("500", "JPY", 500), ("1.125", "KWD", 1125), ("1,840", "USD", 184000),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed: str, currency: str, minor: int) -> None:
    assert parse_amount(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "USD"),
        ("-1", "USD"),
        ("1.005", "USD"),
        ("1.5", "JPY"),
        ("1.000", "USD"),
        ("1.000", "JPY"),
        ("1,00", "JPY"),
        ("1.000,50", "EUR"),
        ("ten", "USD"),
        ("1e99", "USD"),
        ("NaN", "USD"),
        ("∞", "USD"),
    ],
)
def test_what_is_no_amount_is_refused_in_words(typed: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        parse_amount(typed, currency)


@given(st.integers(0, 10**11), st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_reads_back(minor: int, currency: str) -> None:
    assert parse_amount(amount_text(minor, currency), currency) == minor
