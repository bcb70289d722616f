"""What the form of an application says while somebody types is what the server counts."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import workshop_manager
from tests.shows import shows
from workshop_manager.core.money import NotMoney, exponent, parse_amount
from workshop_manager.grants.costs import Limit, asked, nights
from workshop_manager.grants.states import CostKind

SCRIPT = Path(workshop_manager.__file__).parent / "static/js/costs.js"
_ASK = """async ([script, cases]) => {
  const costs = await import("data:text/javascript," + encodeURIComponent(script));
  return cases.map(([name, ...values]) => costs[name](...values));
}"""
EDGES = ("", "0", "-1", "1", "62", "1,290.50", "1,29", "1,2900", "1.5", "0.333", "33.33", "33.3333", ".5", "5.", "1e3",
         "abc", " 12 ", "007", "1,000,000", "1.290,50")  # fmt: skip


def _amounts(chance: random.Random) -> list[tuple[str, str]]:
    made = [f"{chance.randrange(10**6):,}.{chance.randrange(1000):03}"[: chance.randrange(2, 12)] for _one in range(60)]
    return [(typed, currency) for typed in (*EDGES, *made) for currency in ("USD", "JPY", "KWD")]


def _stays(chance: random.Random) -> list[tuple[date | None, date | None]]:
    first = date(2026, 3, 20)  # clocks change within these days
    days = [first + timedelta(days=chance.randrange(400)) for _one in range(40)]
    whole = list(zip(days[:20], days[20:], strict=True))
    return [(None, None), (None, first), (first, None), (first, first), (first, first + timedelta(7)), *whole]


def _lines(chance: random.Random) -> list[tuple[int, int, Limit | None, int | None]]:
    capped = [None, Limit(CostKind.LODGING, 6_200, 7), Limit(CostKind.AIR, 50_000), Limit(CostKind.LODGING, 1, 365)]
    edges = [(6_200 * 7 + one, 0, capped[1], stayed) for one in (-1, 0, 1) for stayed in (None, 0, 1, 6, 7, 8, 365)]
    third = [(100_00, 33_33, limit, None) for limit in capped]
    figure = lambda: chance.choice((0, 1, chance.randrange(100_000), 10**12))  # noqa: E731
    rest = [
        (figure(), figure(), chance.choice(capped), chance.choice((None, chance.randrange(20)))) for _one in range(120)
    ]
    return [*edges, *third, *rest]


@pytest.mark.browser
@shows("Grants", "Sums, nights and caps that the form says while somebody types are what the server counts")
def test_the_form_counts_as_the_server_does(chromium: Any) -> None:
    chance = random.Random(20261123)
    amounts, stays, lines = _amounts(chance), _stays(chance), _lines(chance)
    text: Callable[[date | None], str] = lambda day: day.isoformat() if day else ""  # noqa: E731
    cases: list[list[Any]] = [["minor", typed, exponent(currency)] for typed, currency in amounts]
    cases += [["nights", text(arrives), text(departs)] for arrives, departs in stays]
    cases += [
        ["asked", estimate, own, limit and {"amount": limit.amount, "nights": limit.nights or 0}, stayed]
        for estimate, own, limit, stayed in lines
    ]
    page = chromium.new_page()
    try:
        found = page.evaluate(_ASK, [SCRIPT.read_text(), cases])
    finally:
        page.close()
    assert len(found) == len(cases)
    sure = 0
    for (typed, currency), said in zip(amounts, found, strict=False):
        if said is None:  # says nothing, where the server may understand more
            continue
        sure += 1
        try:
            assert parse_amount(typed, currency) == said, (typed, currency)
        except NotMoney as refusal:
            pytest.fail(f"{typed} {currency} counts as {said} in the form, and the server says: {refusal}")
    assert sure > len(amounts) // 3
    assert found[len(amounts) : -len(lines)] == [nights(*stay) for stay in stays]
    assert found[-len(lines) :] == [asked(*line) for line in lines]
