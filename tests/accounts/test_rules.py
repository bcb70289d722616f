"""Addresses, passwords and lifetimes, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.shows import keeps
from workshop_manager.accounts.rules import (
    NotAnAddress,
    browser_name,
    common_passwords,
    in_time,
    normalise_email,
    password_problem,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("wahyuni@example.org", "wahyuni@example.org"),
        ("  Wahyuni@Example.ORG ", "wahyuni@example.org"),
        ("o'neill+workshop@mail.example.co.uk", "o'neill+workshop@mail.example.co.uk"),
        ("someone@gmail.com", "someone@gmail.com"),
        ("organiser@demo.example", "organiser@demo.example"),
        ("u\u0308mit@example.org", "\u00fcmit@example.org"),
        ("name@b\u00fccher.example", "name@b\u00fccher.example"),
        ("name@xn--bcher-kva.example", "name@b\u00fccher.example"),
    ],
)
def test_an_ordinary_address_is_taken_in_one_spelling(typed: str, stored: str) -> None:
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "wahyuni", "a@b", "a b@example.org", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org",
     "<a@example.org>", "a@@example.org", "x" * 10_000 + "@example.org", "a@exa mple.org", "\U0001f642"],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(NotAnAddress, match="not an e-mail address yet"):
        normalise_email(typed)


@keeps("B8")
@pytest.mark.parametrize(
    "password",
    ["seven looms & a shuttle", "        x9", "пароль-на-ткани", "\U0001f9f5\U0001f9f6\U0001f9f5\U0001f9f6 weave 7",
     "x7" * 64, "'\";--<b>%s{}", "nul\x00inside", "no-capital-no-figure-needed"],
)  # fmt: skip
def test_a_password_of_any_characters_from_8_to_128_is_taken(password: str) -> None:
    assert password_problem(password, "wahyuni@example.org", "Wahyuni") is None


@keeps("B8")
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 8"),
        ("weaver7", "at least 8"),
        ("x7" * 64 + "!", "up to 128"),
        ("password", "tried first"),
        ("PassWord", "tried first"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "tried first"),
        ("qwertyuiop", "tried first"),
        ("zzzzzzzzzzzz", "tried first"),
        ("Wahyuni@example.org", "easily guessed"),
        ("wahyuni.sari", "easily guessed"),
        ("Wahyuni Sari", "easily guessed"),
    ],
)
def test_a_short_long_common_or_own_password_is_refused_with_the_reason(password: str, reason: str) -> None:
    problem = password_problem(password, "wahyuni@example.org", "wahyuni.sari@example.net", "Wahyuni Sari")
    assert problem is not None
    assert reason in problem


def test_three_thousand_common_passwords_are_known() -> None:
    assert len(common_passwords()) == 3000
    assert all(len(p) >= 8 for p in common_passwords())


@pytest.mark.parametrize(
    ("age", "valid"),
    [(timedelta(0), True), (timedelta(minutes=14, seconds=59), True), (timedelta(minutes=15), False),
     (-timedelta(hours=3), True), (-timedelta(days=365), False)],
)  # fmt: skip
@keeps("R6")
def test_a_clock_that_was_wrong_leaves_nothing_that_lasts_for_ever(age: timedelta, valid: bool) -> None:
    assert in_time(NOON - age, timedelta(minutes=15), NOON) is valid


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36", ("Chrome", "Android")),
        ("", (None, None)),
    ],
)
def test_a_device_is_called_by_its_everyday_name(agent: str, name: tuple[str | None, str | None]) -> None:
    assert browser_name(agent) == name
