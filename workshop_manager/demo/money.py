"""A fund of the current edition, and who asks for a part of it."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw

from workshop_manager.claims import receipts
from workshop_manager.claims import service as claims
from workshop_manager.claims.models import Claim
from workshop_manager.claims.states import Way
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.funds import service as funds
from workshop_manager.funds.states import Stage
from workshop_manager.grantreview import talking
from workshop_manager.grants import asking, caps, deciding, queries, service
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.forms import digest
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import CostKind, Upfront, Verdict
from workshop_manager.proposals import storing
from workshop_manager.proposals.settings import Settings
from workshop_manager.questions import service as questions
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind, Requirement
from workshop_manager.workshops.models import Edition

CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class _Asks:
    """What one person asks for: whole dollars by kind of cost."""

    by: str
    days: int
    costs: tuple[tuple[CostKind, int, str], ...]
    statement: str
    cannot_front: bool = False
    upfront: Upfront | None = None
    score: int | None = None
    remark: str = ""
    stage: Stage | None = None
    presented_before: bool | None = None


_APPLICATIONS = (
    _Asks("author", 12, ((CostKind.AIR, 1650, "Jakarta to New Orleans and back"), (CostKind.LODGING, 480, "Three nights"), (CostKind.VISA, 185, "Visa fee")),
          "I would present my first poster outside my country. My department pays for no travel; the line in our village school "
          "does not carry a video call.", cannot_front=True, upfront=Upfront.BOOKING, score=5, remark="Exactly whom the fund is for.",
          stage=Stage.STUDENT, presented_before=False),
    _Asks("tigist", 10, ((CostKind.AIR, 1420, "Addis Ababa to New Orleans and back"), (CostKind.LODGING, 480, "Three nights")),
          "My laboratory covers the registration. Nothing is left for the flight.", score=4, remark="Strong, and modest in what it asks.",
          stage=Stage.POSTDOC, presented_before=True),
    _Asks("chukwuemeka", 6, ((CostKind.AIR, 1510, "Jos to New Orleans and back"), (CostKind.CAREGIVING, 300, "Care for my daughter")),
          "The traders asked me to tell what their voices became. I would like to do that in person.", cannot_front=True, upfront=Upfront.ADVANCE),
    _Asks("prajna", 13, ((CostKind.AIR, 1380, "Pune to New Orleans and back"), (CostKind.LODGING, 340, "Two nights")),
          "I would give my first talk abroad. The institute pays for conferences of professors only.", score=6,
          remark="Nobody needs it more.", stage=Stage.STUDENT, presented_before=False),
    _Asks("aicha", 13, ((CostKind.DATA, 80, "A better line for the day"),), "I take part from home.", score=5),
    _Asks("yiran", 2, ((CostKind.DATA, 60, "A data plan for the day"),), "I take part from home, where the line is metered."),
)  # fmt: skip


_QUESTIONS = (
    QuestionContent(
        Kind.YES_NO, "Would you come if we could cover only a part?", requirement=Requirement.ALWAYS, for_reviewers=True
    ),
    QuestionContent(
        Kind.SHORT, "Who at your university could cover the rest?", help="A person or an office. Nobody writes to them."
    ),
)


def load(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """Open a fund, send in applications, and let the committee begin."""
    today = uow.now
    with acting(uow, people["organiser"], today - timedelta(days=30)):
        content = funds.FundContent(
            "Travel", "Friends of Muslims in ML", "Travel, bed and visa for those who present.", CURRENCY, 18_000_00
        )
        fund = funds.add_fund(uow, edition, content)
        limits = [Limit(CostKind.AIR, 160_000), Limit(CostKind.LODGING, 17_000, 3), Limit(CostKind.DATA, 10_000)]
        caps.save_caps(uow, edition, {CURRENCY: limits}, seen=digest([]))
        for asked in _QUESTIONS:
            questions.add_question(uow, edition, asking.KEY, asked)
    for one in _APPLICATIONS:
        application = _apply(uow, edition, people, one)
        if one.by == "chukwuemeka":
            talk(uow, edition, people, application.id)
        if one.score is not None:
            with acting(uow, people["grants"], today - timedelta(days=1)):
                deciding.rate(uow, edition, application.id, one.score, one.remark)
        if one.by in ("prajna", "aicha"):
            _offer(uow, edition, people, application.id, fund.id)
        elif one.score == 5:
            amounts = {line.id: (fund.id, line.asked) for line in application.lines}
            with acting(uow, people["grants"], today - timedelta(hours=6)):
                proposal = deciding.Proposal(Verdict.OFFER, amounts)
                deciding.propose(uow, edition, application.id, proposal, started_from=application.seen)
    spend(uow, edition, people)


def spend(uow: UnitOfWork, edition: Edition, people: People) -> None:
    """One has accepted and booked: a flight is paid in part, a hotel waits to be looked at. Another has declined."""
    with acting(uow, people["aicha"], uow.now - timedelta(days=6)):
        service.decline(uow, edition)
    person, organiser = people["prajna"], people["organiser"]
    with acting(uow, person, uow.now - timedelta(days=6)):
        application = service.accept(uow, edition)
        lines = {line.kind: line.id for line in application.lines}
        flight = _claim(uow, edition, lines[CostKind.AIR], "flight.png", 1380)
        bank = {
            "holder": person.name,
            "account": "000123456789",
            "bank": "CNTSINBB",
            "where": "Contoso Bank, India",
            "more": "",
        }
        claims.save_bank_details(uow, edition, bank)
    with acting(uow, organiser, uow.now - timedelta(days=3)):
        claims.approve(
            uow, edition, flight.id, 1_300_00, reason="Without the seat of your choice.", started_from=flight.version
        )
        claims.pay(
            uow, edition, flight.id, 800_00, Way.TRANSFER, (uow.now - timedelta(days=2)).date(), reference="2026-0117",
            started_from=flight.version,
        )  # fmt: skip
    with acting(uow, person, uow.now - timedelta(days=1)):
        _claim(uow, edition, lines[CostKind.LODGING], "hotel.png", 340)
    with acting(uow, organiser, uow.now - timedelta(hours=2)):
        storing.ask(uow, edition, Settings(shares={"region:africa": 10}, first_timers=3))


def _claim(uow: UnitOfWork, edition: Edition, line: int, name: str, dollars: int) -> Claim:
    picture = io.BytesIO()
    page = Image.new("RGB", (480, 320), "white")
    ImageDraw.Draw(page).text((40, 40), f"{name}\n\n{dollars}.00 {CURRENCY}", fill="black")
    page.save(picture, "PNG")
    day = (uow.now - timedelta(days=4)).date()
    given = claims.Given(receipts.read(name, picture.getvalue()), day, dollars * 100, CURRENCY)
    claims.add_receipt(uow, edition, line, given)
    return claims.hand_in(uow, edition, line, in_advance=True)


def _offer(uow: UnitOfWork, edition: Edition, people: People, application_id: int, fund_id: int) -> None:
    with acting(uow, people["grants"], uow.now - timedelta(days=9)):
        found = queries.find_locked(uow.session, application_id)
        assert found is not None
        amounts = {line.id: (fund_id, line.asked) for line in found.lines}
        proposal = deciding.Proposal(Verdict.OFFER, amounts)
        noted = deciding.propose(uow, edition, application_id, proposal, started_from=found.seen)
        deciding.release(uow, edition, {application_id: noted.seen}, Deadline(uow.now + timedelta(days=14), AOE))


def talk(uow: UnitOfWork, edition: Edition, people: People, application_id: int) -> None:
    """The committee wonders about something, and asks the applicant by when it needs to know."""
    with acting(uow, people["grants"], uow.now - timedelta(hours=4)):
        talking.say(uow, edition, application_id, "The fare looks high for these dates.", to_applicant=False)
        due = Deadline(uow.now + timedelta(days=6), AOE)
        question = "Could you look for the fare once more, with a night in Lagos if that makes it cheaper?"
        talking.ask(uow, edition, application_id, question, due, [CostKind.AIR])


def _apply(uow: UnitOfWork, edition: Edition, people: People, one: _Asks) -> Application:
    costs = tuple(service.Cost(kind, dollars * 100, about) for kind, dollars, about in one.costs)
    first = edition.starts_at.date() - timedelta(days=1)
    content = service.ApplicationContent(
        CURRENCY, costs, one.statement, one.cannot_front, upfront=one.upfront,
        arrives_on=first, departs_on=first + timedelta(days=3),
        stage=one.stage, presented_before=one.presented_before, answers=_answers(uow, edition, one),
    )  # fmt: skip
    with acting(uow, people[one.by], uow.now - timedelta(days=one.days)):
        service.save(uow, edition, content, started_from=0)
        return service.submit(uow, edition)


def _answers(uow: UnitOfWork, edition: Edition, one: _Asks) -> dict[int, Any]:
    said = (one.cannot_front, "The graduate school, for the visa" if one.days % 2 else None)
    asked = asking.sheet_of(uow, edition.id).questions
    return {question.id: answer for question, answer in zip(asked, said, strict=True) if answer is not None}
