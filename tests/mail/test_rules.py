"""What a refusal says of an address."""

import pytest

from workshop_manager.mail.rules import refuses_address


@pytest.mark.parametrize(
    ("said", "is_refused"),
    [
        ("550 5.1.1 <ana@example.org>: no such user", True),
        ("550 no such mailbox", True),
        ("551 User not local", True),
        ("553 mailbox name not allowed", True),
        ("556 5.1.10 recipient address has null MX", True),
        ("550 5.2.1 mailbox disabled", True),
        ("550 5.7.1 relaying denied", False),
        ("550 5.7.26 not authenticated", False),
        ("552 5.2.2 mailbox full", False),
        ("554 transaction failed", False),
        ("535 5.7.8 wrong password", False),
        ("450 4.2.0 greylisted", False),
        ("The mail server could not be used: timed out", False),
        ("5500 no such code", False),
        ("", False),
        (None, False),
    ],
)
def test_only_what_is_said_of_the_address_counts_against_it(said: str | None, is_refused: bool) -> None:
    assert refuses_address(said) is is_refused
