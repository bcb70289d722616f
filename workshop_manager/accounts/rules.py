"""Addresses, passwords and lifetimes: pure rules, no database, no web."""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from email_validator import EmailNotValidError, validate_email

from workshop_manager.accounts.states import Purpose

SHORTEST, LONGEST = 8, 128
"""Characters of a password, counted after normalisation."""

LIFETIMES = {
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.MAKE_ACCOUNT: timedelta(hours=24),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.CHANGE_EMAIL: timedelta(hours=2),
    Purpose.SECOND_STEP: timedelta(minutes=10),
    Purpose.PASSKEY_SIGN_IN: timedelta(minutes=5),
    Purpose.PASSKEY_NEW: timedelta(minutes=10),
    Purpose.TYPED: timedelta(hours=2),
    Purpose.MERGE: timedelta(hours=2),
}
FRESH = timedelta(minutes=15)
"""How long after signing in a person without a password may change how they sign in."""
SESSION = timedelta(days=14)
CLOCK_SLACK = timedelta(hours=4)
"""A clock may go back by some hours; what lies further in the future than that was written by a clock gone wrong."""
WRONG_CODES = 5
"""Wrong codes after which the first step has to be taken again."""


class NotAnAddress(ValueError):
    """What was typed is no e-mail address; says so in a sentence."""


def normalise_email(typed: str) -> str:
    """The one spelling under which an address is stored: NFC, lower case. Asks nobody on the network."""
    if len(typed) > 320:
        typed = ""
    try:
        found = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise NotAnAddress(
            "That is not an e-mail address yet. It needs a name, an @ and a domain, such as wahyuni@example.org."
        ) from None
    return unicodedata.normalize("NFC", found.normalized).lower()


@cache
def common_passwords() -> frozenset[str]:
    """The commonest passwords, folded as `password_problem` folds (ASVS V6.2.4: at least 3,000)."""
    lines = files("workshop_manager.accounts").joinpath("common_passwords.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line and not line.startswith("# "))


def normalise_password(typed: str) -> str:
    """NFKC: the same password typed on two keyboards is the same password. Spaces count."""
    return unicodedata.normalize("NFKC", typed)


def password_problem(typed: str, *about: str) -> str | None:
    """Why this cannot be a password, as a sentence; None if it can. `about`: the person's own address and name."""
    password = normalise_password(typed[: 4 * LONGEST])
    if len(password) < SHORTEST:
        return "A password needs at least 8 characters. A few words in a row are easy to keep in mind."
    if len(password) > LONGEST:
        return "A password can have up to 128 characters."
    folded = password.casefold()
    if folded in common_passwords() or len(set(folded)) == 1:
        return "This is one of the passwords that are tried first. Choose another; a few words in a row do well."
    own = {part for text in about for part in (text.casefold(), text.casefold().partition("@")[0]) if part}
    if folded in own:
        return "Your address or name is easily guessed as a password. Choose something else."
    return None


def in_time(made_at: datetime, lasts: timedelta, now: datetime) -> bool:
    """True while something made then still holds; not for what a clock gone wrong dated into the far future."""
    return now - lasts < made_at <= now + CLOCK_SLACK


_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"),
    ("FxiOS", "Firefox"), ("Safari", "Safari"), ("curl", "curl"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> tuple[str | None, str | None]:
    """Browser and system as people call them, such as ("Firefox", "Linux"); None for what is not recognised."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return browser, system
