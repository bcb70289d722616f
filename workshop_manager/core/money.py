"""Money as integer minor units and an ISO 4217 code; never a float."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

_EXPONENTS = {  # ISO 4217 currencies whose minor unit is not a hundredth
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3,
    "TND": 3,
}  # fmt: skip
CURRENCIES = (
    "USD", "EUR", "GBP", "AUD", "BRL", "CAD", "CHF", "CNY", "DKK", "EGP", "ETB", "GHS", "IDR", "ILS", "INR", "JOD",
    "JPY", "KES", "KRW", "KWD", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PKR", "PLN", "QAR", "RWF",
    "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TZS", "UGX", "VND", "XAF", "XOF", "ZAR",
)  # fmt: skip
LARGEST = 10**12
"""No amount here has more minor units; keeps sums inside 64 bits."""


class NotMoney(ValueError):
    """An amount that cannot be read; says so in a sentence."""


def exponent(currency: str) -> int:
    """Digits after the point: 2 for most currencies, 0 for JPY, 3 for KWD (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{amount_text(self.minor, self.currency)} {self.currency}"


def amount_text(minor: int, currency: str) -> str:
    """`1,840` or `1,840.50`: no decimals when there are none to show."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    text = f"{whole:,}" + (f".{part:0{digits}d}" if part else "")
    return f"−{text}" if minor < 0 else text


def parse_amount(typed: str, currency: str) -> int:
    """Minor units of what a person typed (`1,840.50`, `1840`); raises `NotMoney` with the reason."""
    text = re.sub(r"[\s\u00a0\u202f]", "", typed)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"\d+,\d{1,2}", text):
        text = text.replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise NotMoney(f"“{typed[:40]}” is not an amount. Write figures only, such as 1840 or 1840.50.") from None
    if not value.is_finite() or value < 0:
        raise NotMoney("An amount cannot be below zero.")
    minor = value * 10 ** exponent(currency)
    if minor > LARGEST:
        raise NotMoney("That is more than this form can hold. Check the number of zeros.")
    digits = value.as_tuple().exponent
    # Zeros count too: whoever writes 1.000 for a thousand must not be understood as one.
    if minor != int(minor) or (isinstance(digits, int) and -digits > exponent(currency)):
        raise NotMoney(f"{currency} has {exponent(currency) or 'no'} digits after the point.")
    return int(minor)


def convert(minor: int, currency: str, rate: Decimal, into: str) -> int:
    """Minor units of `into` at `rate` (how much of `into` is one of `currency`).

    Rounded once, to the nearest minor unit of `into`; a half goes up, as on a bank's statement.
    """
    value = Decimal(minor).scaleb(-exponent(currency)) * rate
    return int(value.scaleb(exponent(into)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """An amount in parts by weight that add up to it exactly: whole units first, what is left by largest remainder.

    Of equal remainders the first gets the unit. Without any weight all parts weigh the same.
    """
    if not weights:
        return []
    shares = list(weights) if any(weights) else [1] * len(weights)
    total = sum(shares)
    parts = [minor * share // total for share in shares]
    order = sorted(range(len(shares)), key=lambda i: (-(minor * shares[i] % total), i))
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return parts


def decimal_text(minor: int, currency: str) -> str:
    """An amount for another program: `1840.50`, `-0.05`, `1840` in JPY; every digit its currency has."""
    return f"{Decimal(minor).scaleb(-exponent(currency)):f}"
