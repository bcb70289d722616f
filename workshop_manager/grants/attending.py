"""What becomes of a grant when its person leaves the room: the part for the journey goes back to its fund.

Said before by `consequences` (`registrations.consequences`), done by event.
"""

from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as fund_rows
from workshop_manager.grants import emails, queries, rules, words
from workshop_manager.grants.models import Application
from workshop_manager.grants.money import ACCOUNTS, Funds, answered, give_back, move, note
from workshop_manager.grants.rules import COMMITTED
from workshop_manager.grants.states import Action, AwardState, State
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.events import LeftTheRoom, RegistrationCancelled
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition

_PROMISED = (State.OFFERED, State.ACCEPTED)


def _amounts(uow: UnitOfWork, application: Application) -> tuple[int, int]:
    """(what of the journey would go back, what stays), in minor units; what is claimed or paid stays."""
    given = [line.live.id for line in application.lines if line.live is not None]
    there = fund_rows.award_balances(uow.session, given)
    journey = rest = 0
    for line in application.lines:
        award = line.live
        if award is None or award.state not in COMMITTED:
            continue
        back = 0
        if line.kind in rules.JOURNEY:
            back = min(award.amount, there.get((award.id, award.fund_id, ACCOUNTS[award.state]), 0))
        journey += back
        rest += award.amount - back
    return journey, rest


def consequences(uow: UnitOfWork, edition: Edition, person_id: int, step: Step) -> Sequence[str]:
    """What leaving the room, or not coming at all, means for one's grant."""
    if not (step.leaves_room or step.ends):
        return ()
    application = queries.application_of(uow.session, edition.id, person_id)
    if application is None or application.state not in _PROMISED:
        return ()
    if step.ends:
        total = words.money(application.promised, application.currency)
        return (
            str(_("You hold a travel grant of %(money)s: its committee is told that you do not come.", money=total)),
        )
    journey, rest = _amounts(uow, application)
    if not journey:
        return ()
    money = words.money(journey, application.currency)
    if rest:
        stays = words.money(rest, application.currency)
        return (str(_("Of your grant, %(money)s for the journey goes back to the fund; %(rest)s stays.",
                      money=money, rest=stays)),)  # fmt: skip
    return (str(_("Your travel grant of %(money)s goes back to the fund, for whoever is next.", money=money)),)


def on_left_the_room(uow: UnitOfWork, event: LeftTheRoom) -> None:
    """What was promised for the journey returns; what was not decided yet, the committee reads in the history."""
    funds = fund_rows.locked_funds(uow.session, event.edition_id)
    found = queries.application_of(uow.session, event.edition_id, event.person_id)
    application = queries.find_locked(uow.session, found.id) if found is not None else None
    if application is None or application.state in rules.OVER or application.state is State.DRAFT:
        return
    note(uow, application, "went-virtual")
    if application.state in _PROMISED and _amounts(uow, application)[0]:
        _return_journey(uow, funds, application)
    uow.session.flush()


def _return_journey(uow: UnitOfWork, funds: Funds, application: Application) -> None:
    edition = workshops.get_edition(uow.session, application.edition_id)
    returned = give_back(uow, funds, application, AwardState.RETURNED, only=rules.JOURNEY)
    if not returned:  # all that is left for the journey was claimed or paid: it stays
        return
    if not any(line.live for line in application.lines):
        move(application, Action.DECLINE)
    answered(uow, application)
    note(uow, application, "returned", returned)
    emails.went_virtual(uow, edition, application, words.money(returned, application.currency))


def on_registration_cancelled(uow: UnitOfWork, event: RegistrationCancelled) -> None:
    """Whoever does not come keeps what was promised until the committee decides about it: it reads so."""
    application = queries.application_of(uow.session, event.edition_id, event.person_id, lock=True)
    if event.had_seat and application is not None and application.state not in rules.OVER | {State.DRAFT}:
        note(uow, application, "registration-cancelled")
