"""What is odd about receipts, and which files are kept: plain values."""

import io
from datetime import date, timedelta

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfWriter

from tests.shows import shows
from workshop_manager.claims import receipts, rules
from workshop_manager.claims.receipts import NotAReceipt
from workshop_manager.claims.rules import Slip
from workshop_manager.claims.states import FileKind, Finding
from workshop_manager.grants.states import CostKind

STARTS, ENDS = date(2026, 7, 1), date(2026, 7, 3)
DAY = timedelta(days=1)
SLIP = Slip("a", STARTS, 1000, "JPY")


@shows(
    "Grants",
    "A receipt outside the award, over its line, of another time than the event, or seen before is marked",
)
@pytest.mark.parametrize(
    ("slip", "others", "kind", "found"),
    [
        (SLIP, [], CostKind.AIR, []),
        (SLIP, [SLIP], CostKind.AIR, [Finding.SAME_FILE]),
        (SLIP, [Slip("b", STARTS, 1000, "JPY")], CostKind.AIR, [Finding.SAME_AMOUNT_AND_DAY]),
        (SLIP, [Slip("b", STARTS, 1000, "KWD")], CostKind.AIR, []),
        (Slip("a", STARTS - 300 * DAY, 1, "USD"), [], CostKind.AIR, []),
        (Slip("a", STARTS - 366 * DAY, 1, "USD"), [], CostKind.AIR, [Finding.BEFORE_EVENT]),
        (Slip("a", STARTS - 7 * DAY, 1, "USD"), [], CostKind.GROUND, []),
        (Slip("a", STARTS - 8 * DAY, 1, "USD"), [], CostKind.GROUND, [Finding.BEFORE_EVENT]),
        (Slip("a", ENDS + 7 * DAY, 1, "USD"), [], CostKind.AIR, []),
        (Slip("a", ENDS + 8 * DAY, 1, "USD"), [], CostKind.AIR, [Finding.AFTER_EVENT]),
    ],
)
def test_what_is_odd_about_a_receipt(slip: Slip, others: list[Slip], kind: CostKind, found: list[Finding]) -> None:
    assert list(rules.findings(slip, others, kind, STARTS, ENDS)) == found


def test_a_claim_comes_after_the_event_unless_it_was_booked_in_advance() -> None:
    assert rules.is_early(ENDS, ENDS, in_advance=False)
    assert not rules.is_early(ENDS + DAY, ENDS, in_advance=False)
    assert not rules.is_early(STARTS, ENDS, in_advance=True)


def picture(width: int, height: int, **values: object) -> bytes:
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG", **values)
    return out.getvalue()


def pdf(pages: int) -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    for _number in range(pages):
        made.add_blank_page(200, 200)
    made.write(out)
    return out.getvalue()


def test_receipts_are_made_anew(app: Flask) -> None:
    with app.test_request_context():
        kept = receipts.read("C:\\me\\taxi.png", picture(3000, 30))
        assert (kept.kind, kept.pages, kept.name) == (FileKind.PICTURE, 1, "taxi.png")
        assert Image.open(io.BytesIO(kept.content)).size == (2400, 24)
        copy = receipts.read("bill.pdf", pdf(2))
        assert (copy.kind, copy.pages, copy.content[:5]) == (FileKind.PDF, 2, b"%PDF-")


def test_what_is_no_receipt_is_refused_in_a_sentence(app: Flask) -> None:
    with app.test_request_context():
        for content, says in (
            (b"", "empty"),
            (b"<svg/>", "Choose a PDF"),
            (picture(8000, 5000), "8000 × 5000 pixels"),
            (picture(2000, 1000)[:200], "damaged|Choose a PDF"),
            (pdf(300), "more than the 20 pages"),
            (b"%PDF-1.7 nothing", "cannot be read"),
            (b"\0" * (receipts.MOST_BYTES + 1), "at most 10 MB"),
        ):
            with pytest.raises(NotAReceipt, match=says):
                receipts.read("x", content)
