"""The way of a visa: what the person says of it, what is known of a letter, and what follows from a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import ledger
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.funds.rules import Facts, allows
from workshop_manager.grants import emails, queries, rules, words
from workshop_manager.grants.facts import facts_of
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.money import ACCOUNTS, Funds, acting, answered, give_back, move, note, slice_of
from workshop_manager.grants.queries import Seat
from workshop_manager.grants.rules import COMMITTED
from workshop_manager.grants.states import Action, AwardState, CostKind, State, Visa
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations import waitlist
from workshop_manager.workshops.models import Edition

AID = CostKind.DATA
"""What helps from afar; as much of it as its cap says, and nothing where there is no cap."""
TELLING = frozenset({State.SUBMITTED, State.WAITLISTED, State.OFFERED, State.ACCEPTED})
"""While a journey may come of it, its visa is of interest."""


def known(application: Application, seat: Seat | None) -> str:
    """How far visa and letter of invitation are, empty if nothing is known.

    A letter is of interest to who has a seat in the room and no visa yet.
    """
    is_open = seat is not None and seat.is_coming and application.visa in (None, Visa.APPOINTMENT)
    letter = words.letter_text(seat.letter) if seat and is_open else ""
    return words.visa_text(application.visa, application.visa_day, letter)


def tell(uow: UnitOfWork, edition: Edition, visa: Visa, day: date | None) -> Application:
    """Say how far one's own visa is. A refusal has consequences and a verb of its own."""
    application = _own(uow, edition)
    if visa is Visa.REFUSED:
        raise Conflict(str(_("What follows from a refusal is shown before it is done.")))
    if visa is Visa.APPOINTMENT and day is None:
        raise FieldConflict("day", str(_("Choose the day of the appointment.")))
    application.tell_visa(visa, day if visa is Visa.APPOINTMENT else None, uow.now)
    application.version += 1
    note(uow, application, "visa-told")
    uow.session.flush()
    return application


def _own(uow: UnitOfWork, edition: Edition) -> Application:
    person = acting(uow)
    application = queries.application_of(uow.session, edition.id, person.id, lock=True)
    if application is None or application.state not in TELLING:
        raise NotFound
    if application.visa is Visa.REFUSED:
        raise Conflict(str(_("You have said that it was refused, and everything that follows is done.")))
    application.person = person
    return application


@dataclass(frozen=True, slots=True)
class Following:
    """What a refusal leads to, in minor units of the application's currency."""

    back: int
    """Promised for the journey and not claimed: it goes back."""
    settled: int
    """Claimed or paid for the journey: it stays until an organiser settles it."""
    aid: int
    fund_id: int | None


def follows(uow: UnitOfWork, edition: Edition, application: Application) -> Following:
    """What saying that it was refused would lead to now; nothing is changed."""
    funds = {fund.id: fund for fund in fund_rows.funds(uow.session, edition.id)}
    there = fund_rows.award_balances(uow.session, [line.live.id for line in application.lines if line.live])
    promised = 0
    back: dict[int, int] = {}
    for line in application.lines:
        award = line.live
        if award is not None and award.state in COMMITTED and line.kind in rules.JOURNEY:
            promised += award.amount
            account = ACCOUNTS[award.state]
            minor = min(award.amount, there.get((award.id, award.fund_id, account), 0))
            back[award.fund_id] = back.get(award.fund_id, 0) + minor
    aid, fund = _aid(uow, edition, application, funds, back)
    total = sum(back.values())
    return Following(total, promised - total, aid, fund)


def _aid(
    uow: UnitOfWork, edition: Edition, application: Application, funds: Mapping[int, Fund], back: Mapping[int, int]
) -> tuple[int, int | None]:
    """How much virtual aid, and from which fund: one whose rules allow it and that holds it with what comes back."""
    cap = queries.limits(uow.session, edition.id, application.currency).get(AID)
    has_some = any(line.kind is AID and line.live is not None for line in application.lines)
    minor = min(sum(back.values()), cap.amount) if cap is not None else 0
    if not minor or has_some:
        return 0, None
    known = facts_of(application, acting(uow), None)
    afar = Facts(known.presents_first_time, known.region, known.stage, is_virtual=True)
    gave = [line.live.fund_id for line in application.lines if line.live and line.kind in rules.JOURNEY]
    for fund_id in dict.fromkeys([*gave, *funds]):
        fund = funds.get(fund_id)
        if fund is None or fund.currency != application.currency or allows(fund.rules, afar, AID.value):
            continue
        if fund.left + back.get(fund_id, 0) >= minor:
            return minor, fund_id
    return 0, None


def refuse(uow: UnitOfWork, edition: Edition, *, seen: Following) -> Application:
    """It was refused: the seat turns virtual, what was for the journey goes back, and virtual aid comes of it.

    All in one transaction. `seen` is what was shown to follow; Conflict if something else follows by now.
    """
    waitlist.enter(uow, edition)  # seats before money, as everywhere
    funds = fund_rows.locked_funds(uow.session, edition.id)
    application = _own(uow, edition)
    found = follows(uow, edition, application)
    if found != seen:
        raise Conflict(str(_("What follows from it changed while you read. Nothing has happened; look again.")))
    state = application.state
    back = give_back(uow, funds, application, AwardState.RETURNED, only=rules.JOURNEY)
    application.tell_visa(Visa.REFUSED, None, uow.now)
    # The history is kept longer than what they told: it says what became of the money, and not why.
    note(uow, application, "journey-back" if back else "visa-told", back)
    if found.settled:
        note(uow, application, "journey-to-settle", found.settled)
    uow.session.flush()
    if found.aid and found.fund_id is not None and state in (State.OFFERED, State.ACCEPTED):
        _give_aid(uow, funds, application, found.fund_id, found.aid)
    if state in (State.OFFERED, State.ACCEPTED) and not any(line.live for line in application.lines):
        move(application, Action.DECLINE)
    is_virtual = registrations.turn_virtual(uow, edition, acting(uow).id)
    answered(uow, application)
    emails.visa_refused(
        uow, edition, application, back=words.money(back, application.currency) if back else "",
        aid=words.money(found.aid, application.currency) if found.aid else "",
        settled=words.money(found.settled, application.currency) if found.settled else "", is_virtual=is_virtual,
    )  # fmt: skip
    uow.session.flush()
    return application


def take_back(uow: UnitOfWork, edition: Edition, visa: Visa, day: date | None) -> Application:
    """The refusal was told by mistake, or the visa was granted after all: a journey can be given again.

    What went back is not taken from anybody who has it by now. Whoever has nothing left waits again, beside the others;
    the seat is changed back where seats are changed.
    """
    if visa is Visa.REFUSED:
        raise Conflict(str(_("That is what you have told us. Choose what is true now.")))
    if visa is Visa.APPOINTMENT and day is None:
        raise FieldConflict("day", str(_("Choose the day of the appointment.")))
    fund_rows.locked_funds(uow.session, edition.id)
    person = acting(uow)
    application = queries.application_of(uow.session, edition.id, person.id, lock=True)
    if application is None or application.visa is not Visa.REFUSED:
        raise NotFound
    application.person = person
    application.tell_visa(visa, day if visa is Visa.APPOINTMENT else None, uow.now)
    if application.state is State.DECLINED:
        move(application, Action.HOPE_AGAIN)
    answered(uow, application)
    note(uow, application, "journey-again")
    emails.visa_taken_back(uow, edition, application)
    uow.session.flush()
    return application


def _give_aid(uow: UnitOfWork, funds: Funds, application: Application, fund_id: int, minor: int) -> None:
    """As offered or accepted as the journey was."""
    line = next((one for one in application.lines if one.kind is AID), None)
    if line is None:
        line = Line(
            application_id=application.id, kind=AID, position=len(application.lines), asked=minor, own=0, awards=[],
            estimate=0,  # nobody has asked for it: it is not in what people asked
            about=str(_("Virtual aid instead of the journey")),
        )  # fmt: skip
        application.lines.append(line)
        uow.session.flush()
    is_accepted = application.state is State.ACCEPTED
    award = Award(
        application_id=application.id, fund_id=fund_id, amount=minor, changed_at=uow.now,
        state=AwardState.ACCEPTED if is_accepted else AwardState.OFFERED,
    )  # fmt: skip
    line.awards.append(award)
    uow.session.flush()
    slices = [slice_of(funds, line, award, minor)]
    ledger.offer(uow, slices, key=f"award:{award.id}:virtual-aid")
    if is_accepted:
        ledger.accept(uow, slices, key=f"award:{award.id}:virtual-aid:accepted")
    note(uow, application, "virtual-aid", minor)
