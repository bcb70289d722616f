"""A round of travel grants of the size of WiNLP 2017, through the pages, with every mail read from a real SMTP server.

48 recipients from one fund, with flights, at most 7 nights of lodging at 62 each, visas, and registration waived.
"""

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import func, select

from tests.factories import join_team, make_date, make_edition, make_person
from tests.season.hands import Hands
from tests.season.place import Place
from tests.shows import shows
from tests.smtp import Inbox, smtp_server
from workshop_manager.core.clock import FixedClock
from workshop_manager.core.database import Database
from workshop_manager.grants.models import Application, Line
from workshop_manager.workshops.states import DateKey, Role

PEOPLE, RECIPIENTS, MEMBERS = 58, 48, 6
FUND, NIGHT, NIGHTS = 52_000, 62, 7
BASE = "/winlp/2026"
DESK, MINE = f"{BASE}/organise/grants", f"{BASE}/grants/application"
OPENS, DUE, DECIDED, DAY = 5, 30, 60, 120


def email_of(number: int) -> str:
    return f"traveller{number}@home{number}.example"


def member_of(number: int) -> str:
    return f"reader{number}@committee.example"


class Grants(Place):
    """The edition, its committee, and those who would come."""

    def __init__(self, app: Flask, work: Any, database: Database, clock: FixedClock, inbox: Inbox) -> None:
        super().__init__(app, work, database, clock, inbox)
        begins = self.start + timedelta(days=DAY)
        with work() as uow:
            edition = make_edition(
                uow, "winlp", "2026", name="WiNLP 2026", contact_email="chair@winlp.example",
                starts_at=begins, ends_at=begins + timedelta(hours=9),
            )  # fmt: skip
            self.edition_id = edition.id
            for key, days in (
                (DateKey.GRANTS_OPEN, OPENS), (DateKey.GRANTS_DUE, DUE), (DateKey.GRANTS_NOTIFICATION, DECIDED),
            ):  # fmt: skip
                make_date(uow, edition, key, self.start + timedelta(days=days), label=key.value)
            chair = make_person(uow, "Xanda Chair", email="chair@winlp.example")
            join_team(uow, edition, chair, Role.OWNER)
            self.chair_id = chair.id
            for number in range(MEMBERS):
                member = make_person(uow, f"Reader{number} Bookwell{number}", email=member_of(number))
                join_team(uow, edition, member, Role.GRANTS_COMMITTEE)
                self.people[member.email] = member.id
            for number in range(PEOPLE):
                person = make_person(uow, f"Traveller{number} Farwell{number}", email=email_of(number))
                self.people[person.email] = person.id

    @property
    def today(self) -> str:
        return self.clock.at.date().isoformat()

    def of(self, number: int) -> Hands:
        """That applicant at the pages."""
        return self.hands(self.people[email_of(number)])


# -- the steps ----------------------------------------------------------------------------------------------------


def prepare(place: Grants) -> None:
    """The chair says how much there is, what a cost may be at most, and by what the committee judges."""
    chair = place.chair().open(f"{DESK}/funds")
    chair.press("Add the fund", name="Travel", amount=FUND, currency="USD", sponsor="The Looms Foundation")
    chair.open(f"{DESK}/caps").press("Save", cap_lodging_USD=NIGHT, nights_USD=NIGHTS, cap_visa_USD=160)
    chair.open(f"{DESK}/rubric").press(
        "Judge by this", name_0="Need", weight_0=2, anchors_0="None\nSome\nMuch\nAll",
        name_1="What it makes possible", weight_1=1, anchors_1="Little\nSome\nMuch",
    )  # fmt: skip
    chair.open(f"{DESK}/readers").press("Save", readers=1)


def see_it_shut(place: Grants) -> None:
    """Before the window opens nobody can write anything."""
    early = place.of(0).open(f"{BASE}/grants")
    assert not early.page.find("a", href=f"{MINE}/edit")


def costs_of(number: int) -> dict[str, int]:
    """What that person estimates, in whole dollars by kind of cost."""
    nights = 3 + number % 6
    return {
        "air": 500 + 50 * (number % 9), "lodging": 75 * nights, "visa": 60 if number % 3 == 0 else 0,
        "waiver": 150 if number % 2 else 0,
    }  # fmt: skip


def asked_of(number: int) -> int:
    """What of it can be asked for: lodging only up to the cap."""
    costs, nights = costs_of(number), 3 + number % 6
    return sum(costs.values()) - costs["lodging"] + min(costs["lodging"], NIGHT * min(nights, NIGHTS))


def apply(place: Grants, number: int) -> None:
    """One person writes what it costs and why, and hands it in."""
    arrives = place.start.date() + timedelta(days=DAY - 2)
    place.of(number).open(f"{MINE}/edit").press(
        "Hand in the application", is_looked_at=False,
        statement=f"Travelling from home {number}, I would present to people who build what I study.",
        arrives_on=arrives.isoformat(), departs_on=(arrives + timedelta(days=3 + number % 6)).isoformat(),
        cannot_front=number % 4 == 0, stage="student" if number % 2 else "postdoc",
        **{f"amount_{kind}": minor or "" for kind, minor in costs_of(number).items()},
    )  # fmt: skip


def read(place: Grants) -> None:
    """Each application has a reader."""
    place.chair().open(f"{DESK}/readers").press("Ask them to read")
    place.deliver()
    for member in range(MEMBERS):
        assert place.mails(member_of(member))
        hands = place.hands(place.people[member_of(member)]).open(f"{DESK}/reading")
        links = sorted({str(a["href"]) for a in hands.page.select("main a[href*='/reading/']")})
        for link in links:
            hands.open(link)
            number = int(hands.text.split("home ")[1].split(",")[0])
            names = sorted({str(f["name"]) for f in hands.page.select("input[type=radio][name^=axis_]")})
            points = dict(zip(names, scores_of(number), strict=True))
            hands.press(
                "Keep", is_looked_at=False, **{name.replace("-", "__"): point for name, point in points.items()}
            )


def scores_of(number: int) -> tuple[int, int]:
    """What readers give that application on the two axes."""
    return 1 + number * 7 % 4, 1 + number * 5 % 3


def propose(place: Grants) -> None:
    """The chair has the best set worked out, tries half of the money, compares, and notes the first."""
    chair = place.chair().open(f"{DESK}/proposals").press("Work it out", useful=100)
    place.deliver()
    chair.open(f"{DESK}/proposals/1").says(f"Helps {RECIPIENTS} of {PEOPLE} applicants. It is the best there is")
    fund = str(chair.page.select_one("#what-if input[name^=budget_]")["name"])
    chair.press("Work it out again", **{fund: str(FUND // 2)})
    place.deliver()
    chair.open(f"{DESK}/proposals/2").says("of 26,000 USD").follow("Compare with 1").says("Who gets something else")
    unhelped = chair.open(f"{DESK}/proposals/1?show=not").text
    assert unhelped.count("Would need") == PEOPLE - RECIPIENTS
    chair.press("Note these decisions").says("Traveller")
    assert not place.mails(email_of(0), "travel grant of")


def release(place: Grants) -> list[int]:
    """All answers in one act; who is offered something."""
    place.chair().open(f"{DESK}/returned").press("Save", mode="automatic", days=7)
    place.chair().open(f"{DESK}/release").press("Release what is ticked")
    place.deliver()
    offered = [number for number in range(PEOPLE) if place.mails(email_of(number), "is offered")]
    waiting = [number for number in range(PEOPLE) if place.mails(email_of(number), "waitlist")]
    assert (len(offered), len(waiting)) == (RECIPIENTS, PEOPLE - RECIPIENTS)
    return offered


def answer(place: Grants, offered: list[int]) -> list[int]:
    """Most accept; some decline, take a part, or say nothing. What comes back goes to the next whom it helps."""
    declining, lowering, silent = offered[:3], offered[3:6], offered[6:8]
    for number in declining:
        place.of(number).open(MINE).press("Decline the offer", is_looked_at=False)
    for number in lowering:
        hands = place.of(number).open(MINE)
        bed = next(str(f["name"]) for f in hands.page.select("input[name^=take_]") if "odging" in _label(f))
        hands.press("Accept this much", is_looked_at=False, **{bed: "0"})
    for number in offered[8:]:
        place.of(number).open(place.link(email_of(number), "is offered", "/grants/")).press(
            "Accept", is_looked_at=False
        )
    place.deliver()
    second = _accept_new(place, offered)
    place.on(DECIDED + 16)
    assert all(place.mails(email_of(number), "ended") for number in silent)
    third = _accept_new(place, [*offered, *second])
    assert second
    assert third
    trail = place.chair().open(f"{DESK}/returned").page.select("table tbody tr")
    for number in declining:  # each gave something, and the page says to whom
        assert any(f"Farwell{number} " in " ".join(row.get_text(" ").split()) for row in trail)
    return [*offered[3:6], *offered[8:], *second, *third]


def _label(field: Any) -> str:
    return str(field.find_parent(class_="field").find("label").get_text())


def _accept_new(place: Grants, before: list[int]) -> list[int]:
    """Whoever is offered something now, and was not before, accepts it."""
    place.deliver()
    found = [n for n in range(PEOPLE) if n not in before and place.mails(email_of(n), "is offered")]
    for number in found:
        place.of(number).open(MINE).press("Accept", is_looked_at=False)
    place.deliver()
    return found


def claim(place: Grants, coming: list[int]) -> int:
    """Everybody but the last claims the flight, one for less than it cost; all of it is paid. Gives what, in cents."""
    paid = 0
    for number in coming[:-1]:
        hands = place.of(number).open(f"{BASE}/grants/application/claims")
        hands.follow("Add receipts : Flights")
        flight = costs_of(number)["air"]
        hands.press(
            "Keep this receipt", is_looked_at=False, amount=flight, day=place.today, currency="USD",
            file=(io.BytesIO(ticket(number)), "ticket.png"),
        )  # fmt: skip
        hands.open(hands.path).press("Hand in this claim", is_looked_at=False)
        paid += flight * 100
    place.of(coming[0]).open(f"{BASE}/grants/application/claims/bank-details").press(
        "Keep it", is_looked_at=False, holder="A. Traveller", account="DE89370400440532013000", where="A bank, Germany"
    )
    return paid


def ticket(number: int) -> bytes:
    """A small picture, unlike all others."""
    out = io.BytesIO()
    Image.new("RGB", (20, 20), (number, 90, 10)).save(out, "PNG")
    return out.getvalue()


def pay(place: Grants, coming: list[int]) -> int:
    """The treasurer cuts the first claim by a dollar, approves the others, pays all. Gives what was cut, in cents."""
    desk = place.chair()
    claims = _claims(desk, "decide")
    assert len(claims) == len(coming) - 1
    for place_in_list, link in enumerate(claims):
        desk.open(link)
        amount = str(desk.page.find("input", attrs={"name": "decision-amount"})["value"])
        if place_in_list == 0:
            desk.press("Approve", decision__amount=str(int(amount) - 1), decision__reason="Without the stamp.")
        else:
            desk.press("Approve")
        desk.press("Enter this payment", is_looked_at=False, payment__reference=f"TR {place_in_list}")
    with place.work() as uow:
        last = uow.session.scalars(
            select(Application.id).where(Application.person_id == place.people[email_of(coming[-1])])
        ).one()
    desk.open(f"{DESK}/applications/{last}/payments").press("They did not attend").says("went back")
    place.deliver()
    assert all(place.mails(email_of(number), "Paid to you") for number in coming[:-1])
    assert place.mails(email_of(coming[-1]), "went back to the fund")
    return 100


def _claims(desk: Hands, shown: str) -> list[str]:
    found = desk.open(f"{DESK}/claims?show={shown}").page.select("main tbody a")
    return [str(link["href"]) for link in found]


def add_up(place: Grants, paid: int) -> None:
    """The treasurer's export adds up to what was pledged and paid, entry by entry; the sponsor reads a report."""
    desk = place.chair()
    rows = list(csv.DictReader(io.StringIO(desk.client.get(f"{DESK}/ledger.csv").text.lstrip("\ufeff"))))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["account"]] += Decimal(row["amount"])
    assert sum(sums.values()) == 0
    assert sums["paid"] == Decimal(paid) / 100
    assert -sums["pledged"] == FUND
    assert len({row["payment"] for row in rows if row["payment"]}) == sum(row["account"] == "paid" for row in rows)
    fund = str(desk.open(f"{DESK}/funds").page.select_one("a[href*='/funds/']")["href"]).rstrip("/").rsplit("/", 1)[-1]
    report = desk.client.get(f"{DESK}/funds/{fund}/report.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(report.data)).pages)
    assert "The Looms Foundation" in text
    assert "Farwell" not in text
    desk.open(f"{DESK}/report").says("Flights")


@pytest.fixture
def place(app: Flask, work: Any, database: Database, clock: FixedClock) -> Any:
    with smtp_server() as inbox:
        app.extensions["mail"].server, app.extensions["mail"].port = "127.0.0.1", inbox.port
        yield Grants(app, work, database, clock, inbox)


@pytest.mark.sqlite
@pytest.mark.slow(20)
@shows(
    "A season",
    "Travel grants of the size of WiNLP 2017: 58 apply, 48 are offered money of one fund, what comes back goes on, "
    "receipts are paid, and the treasurer's export adds up by an independent sum",
)
def test_forty_eight_people_come(place: Grants) -> None:
    prepare(place)
    place.on(1)
    see_it_shut(place)
    place.on(OPENS)
    for number in range(PEOPLE):
        apply(place, number)
    with place.work() as uow:
        rows = uow.session.scalars(
            select(func.sum(Line.asked))
            .join(Application, Application.id == Line.application_id)
            .group_by(Application.id)
            .order_by(Application.person_id)
        ).all()
        assert rows == [100 * asked_of(number) for number in range(PEOPLE)]
    place.on(DUE + 1)
    read(place)
    propose(place)
    place.on(DECIDED)
    offered = release(place)
    coming = answer(place, offered)
    place.on(DAY + 3)
    claimed = claim(place, coming)
    cut = pay(place, coming)
    add_up(place, claimed - cut)
