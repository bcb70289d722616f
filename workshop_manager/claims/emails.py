"""The mails of this package, a function each. They tell the person; no mail holds a receipt or bank details."""

from typing import Any

from flask_babel import gettext as _

from workshop_manager.claims import words
from workshop_manager.claims.models import Claim, Payment
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grants import emails
from workshop_manager.grants.models import Application, Line
from workshop_manager.grants.words import kind_name, money
from workshop_manager.workshops.models import Edition


def approved(uow: UnitOfWork, edition: Edition, application: Application, line: Line, claim: Claim) -> None:
    """What of a claim is paid, and why not all of it."""
    facts = (
        (str(_("For")), kind_name(line.kind)),
        (str(_("Claimed")), money(claim.asked, application.currency)),
        (str(_("Approved")), money(claim.approved, application.currency)),
    )
    is_cut = claim.approved < claim.asked
    _send(uow, edition, application, claim, "approved", facts=facts, is_cut=is_cut, reason=claim.reason)


def returned(uow: UnitOfWork, edition: Edition, application: Application, line: Line, claim: Claim) -> None:
    """A claim is sent back: why, and what to do."""
    _send(uow, edition, application, claim, "returned", what=kind_name(line.kind), reason=claim.reason)


def paid(
    uow: UnitOfWork, edition: Edition, application: Application, line: Line, claim: Claim, payment: Payment
) -> None:
    """Money has left, or something was booked."""
    facts = [
        (str(_("For")), kind_name(line.kind)),
        (str(_("Amount")), money(payment.amount, application.currency)),
        (str(_("How")), words.way_name(payment.way)),
    ]
    if payment.reference:
        facts.append((str(_("Reference")), payment.reference))
    if claim.due:
        facts.append((str(_("Still to come")), money(claim.due, application.currency)))
    total = money(payment.amount, application.currency)
    _send(uow, edition, application, claim, "paid", facts=tuple(facts), total=total, way=payment.way.value)


def did_not_attend(uow: UnitOfWork, edition: Edition, application: Application, total: str) -> None:
    """What was not paid has gone back, because they did not come."""
    key = f"grant-absent:{application.id}:{application.version}"
    emails.send(uow, edition, application, "claims/did_not_attend", key, total=total)


def _send(uow: UnitOfWork, edition: Edition, application: Application, claim: Claim, name: str, **values: Any) -> None:
    key = f"claim-{name}:{claim.id}:{claim.version}"
    emails.send(
        uow, edition, application, f"claims/{name}", key,
        button=str(_("Look at your claims")), leads_to="claims.mine", **values,
    )  # fmt: skip
