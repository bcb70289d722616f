"""What a fund may be used for, and its shares; plain values, no database, no web."""

from collections.abc import Iterable

MOST = 50
"""Funds of an edition."""


def bar_shares(amount: int, parts: Iterable[int]) -> list[float]:
    """Each part as a share of the fund, in order; what goes beyond the fund is cut off."""
    shares, rest = [], amount
    for part in parts:
        shown = min(part, rest)
        rest -= shown
        shares.append(shown / amount if amount else 0.0)
    return shares
