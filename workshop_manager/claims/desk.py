"""The treasurer's pages: claims that wait, one claim with its receipts, payments, and who hands nothing in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.claims import queries, rules, service, words
from workshop_manager.claims.forms import (
    BankForm,
    BookingForm,
    CorrectionForm,
    DecisionForm,
    PaymentForm,
    ReturnForm,
    booking_form,
)
from workshop_manager.claims.models import Claim
from workshop_manager.claims.queries import SHOWN, Row
from workshop_manager.claims.rules import MAY_PAY
from workshop_manager.claims.states import ClaimState
from workshop_manager.claims.views import blueprint, delivered, payments_of, slip_of
from workshop_manager.core.errors import NotFound
from workshop_manager.funds.forms import Versioned, plain_amount
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grants.desk import BASE
from workshop_manager.grants.desk import find as find_application
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.words import kind_icon, kind_name
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team

CLAIMS = f"{BASE}/claims"
ONE = f"{CLAIMS}/<int:claim_id>"
APPLICATION = f"{BASE}/applications/<int:application_id>"


def _today(at: Here) -> date:
    return unit().now.astimezone(ZoneInfo(at.edition.time_zone)).date()


# -- the list -------------------------------------------------------------------------------------------------------


@blueprint.get(CLAIMS)
@access(team(MAY_PAY))
def desk_claims(community: str, edition: str) -> Response:
    """Claims, who waits longest first."""
    at, session = here(), unit().session
    counts = queries.counts(session, at.edition.id, at.standing)
    asked = request.args.get("show", "")
    shown = asked if asked in SHOWN else next((name for name in ("decide", "pay") if counts[name]), "all")
    cut = paging(counts[shown])
    found = queries.rows(session, at.edition.id, at.standing, shown, offset=cut.offset, most=cut.size)
    names = {
        "decide": _("To decide"), "pay": _("To pay"), "returned": _("Sent back"), "paid": _("Done"), "all": _("All"),
    }  # fmt: skip
    return page(
        "claims/desk.html",
        at=at,
        places=navigation.parts("grants", at, request.endpoint),
        segments=[(names[n], at.url("claims.desk_claims", show=n), n == shown, counts[n]) for n in SHOWN],
        rows=[_list_row(at, row) for row in found],
        total=counts["all"],
        paging=cut,
        urls={"desk": at.url("grants.desk"), "funds": at.url("funds.desk_funds")},
    )


def _list_row(at: Here, row: Row) -> Mapping[str, object]:
    claim = row.claim
    amount = claim.asked if claim.state in (ClaimState.HANDED_IN, ClaimState.RETURNED) else claim.approved
    return {
        "name": row.name or str(_("somebody who left")),
        "url": at.url("claims.desk_claim", claim_id=claim.id),
        "icon": kind_icon(row.kind),
        "what": kind_name(row.kind),
        "amount": words.money(amount, row.currency),
        "due": words.money(claim.due, row.currency) if claim.paid and claim.due else "",
        "receipts": words.receipts_text(row.receipts),
        "when": when_text(claim.handed_in_at, at.edition.time_zone) if claim.handed_in_at else "",
        "sign": words.state_sign(claim.state),
        "is_to_settle": row.is_to_settle and claim.state in (*rules.OPEN, ClaimState.PAID),
    }


# -- one claim ------------------------------------------------------------------------------------------------------


def _found(at: Here, claim_id: int) -> tuple[Claim, Application, Line, Award]:
    claim = queries.seen(unit().session, at.edition.id, at.standing, claim_id)
    if claim is None:
        raise NotFound
    application = find_application(at, claim.application_id)
    for line in application.lines:
        for award in line.awards:
            if award.id == claim.award_id:
                return claim, application, line, award
    raise NotFound


def _claim_page(
    at: Here, claim_id: int, status: int = 200, *, sent: Versioned | None = None, payment_id: int = 0,
    bank: Sequence[tuple[str, str]] = (), is_stale: bool = False,
) -> Response:  # fmt: skip
    uow = unit()
    claim, application, line, award = _found(at, claim_id)
    currency = application.currency
    left = service.left_of(uow, [award.id])[award.id]
    odd = service.findings(uow, at.edition, claim, line, left)
    version = str(claim.version)
    if is_stale and sent is not None:
        sent.version.data = version
    forms = _forms(claim, currency, min(claim.asked, left), _today(at), sent)
    response = page(
        "claims/claim.html",
        status,
        at=at,
        claim=claim,
        name=application.person.name if application.person and application.person.name else str(_("somebody who left")),
        sign=words.state_sign(claim.state),
        what=kind_name(line.kind),
        asked=words.money(claim.asked, currency),
        facts=_facts(at, claim, award, left, currency),
        odd=[words.finding_text(one) for one in odd.get(0, ())],
        slips=[(slip_of(row, currency), [words.finding_text(one) for one in odd.get(row.id, ())])
               for row in claim.receipts],
        payments=payments_of(claim, currency),
        due=words.money(claim.due, currency) if claim.due else "",
        is_open=claim.state is ClaimState.HANDED_IN,
        is_approved=claim.state is ClaimState.APPROVED,
        may_send_back=claim.state in (ClaimState.HANDED_IN, ClaimState.APPROVED) and not claim.paid,
        has_bank=queries.has_bank_details(uow.session, application.id),
        bank=bank,
        forms=forms,
        corrections={
            one.id: sent if isinstance(sent, CorrectionForm) and one.id == payment_id
            else CorrectionForm(one.id, formdata=None, version=str(claim.version))
            for one in claim.payments if one.undone_at is None
        },
        is_stale=is_stale,
        urls=_urls(at, claim, application),
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


def _forms(
    claim: Claim, currency: str, suggested: int, today: date, sent: Versioned | None
) -> dict[str, Versioned]:  # fmt: skip
    """The forms of the page by name; the one that was sent as it came, the others as they begin."""
    version = str(claim.version)
    found: dict[str, Versioned] = {
        "decision": DecisionForm(
            formdata=None, version=version, reason=claim.reason,
            amount=plain_amount(claim.approved or suggested, currency),
        ),
        "back": ReturnForm(formdata=None, version=version),
        "payment": PaymentForm(
            formdata=None, version=version, amount=plain_amount(claim.due, currency), paid_on=today
        ),
    }  # fmt: skip
    for name, form in found.items():
        if type(form) is type(sent):
            found[name] = sent
    return found


def _facts(at: Here, claim: Claim, award: Award, left: int, currency: str) -> list[tuple[str, str]]:
    rows = [
        (_("Claimed"), words.money(claim.asked, currency)),
        (_("Approved"), words.money(claim.approved, currency) if claim.approved else ""),
        (_("Paid"), words.money(claim.paid, currency) if claim.paid else ""),
        (_("The award"), words.money(award.amount, currency)),
        (_("Of it not claimed"), words.money(left, currency)),
        (_("Handed in"), when_text(claim.handed_in_at, at.edition.time_zone) if claim.handed_in_at else ""),
        (_("In advance"), str(_("yes, by the person’s word")) if claim.in_advance and claim.receipts else ""),
        (_("Told the person"), claim.reason),
    ]
    return [(str(label), text) for label, text in rows if text]


def _urls(at: Here, claim: Claim, application: Application) -> dict[str, str | Callable[[int], str]]:
    names = ("approval", "send_back", "pay", "bank")
    found: dict[str, str | Callable[[int], str]] = {
        name: at.url(f"claims.desk_{name}", claim_id=claim.id) for name in names
    }
    return found | {
        "receipt": lambda number: at.url("claims.desk_receipt", receipt_id=number),
        "correction": lambda number: at.url("claims.desk_correction", claim_id=claim.id, payment_id=number),
        "claims": at.url("claims.desk_claims"),
        "desk": at.url("grants.desk"),
        "application": at.url("grants.desk_application", application_id=application.id),
        "booking": at.url("claims.desk_booking", application_id=application.id),
        "statement": at.url("grants.desk_statement", application_id=application.id),
    }


@blueprint.get(ONE)
@access(team(MAY_PAY))
def desk_claim(community: str, edition: str, claim_id: int) -> Response:
    """One claim: its receipts, what is odd about them, and what to do."""
    return _claim_page(here(), claim_id)


@blueprint.get(f"{CLAIMS}/receipts/<int:receipt_id>")
@access(team(MAY_PAY))
def desk_receipt(community: str, edition: str, receipt_id: int) -> Response:
    """A receipt somebody handed in."""
    at = here()
    return delivered(queries.seen_receipt(unit().session, at.edition.id, at.standing, receipt_id))


def _act(
    at: Here, claim_id: int, form: Versioned, act: Callable[[int], object], said: str, payment: int = 0
) -> AnyResponse:
    """Do it once the form is whole; what is refused stands beside its field."""
    _claim, application, _line, _award = _found(at, claim_id)
    minor: int | None = 0
    if form.is_sent and "amount" in form:
        minor = form.read_amount("amount", application.currency)
    if not form.is_sent or minor is None:
        return _claim_page(at, claim_id, 422, sent=form, payment_id=payment)
    try:
        act(minor)
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _claim_page(at, claim_id, 422, sent=form, payment_id=payment)
    except Stale:
        return _claim_page(at, claim_id, 422, sent=form, payment_id=payment, is_stale=True)
    tell(said)
    return redirect(at.url("claims.desk_claim", claim_id=claim_id), 303)


@blueprint.post(f"{ONE}/approval")
@access(team(MAY_PAY))
def desk_approval(community: str, edition: str, claim_id: int) -> AnyResponse:
    """Approve a claim, whole or cut; or lower what was approved."""
    at, form = here(), DecisionForm()
    verb = service.cut if _found(at, claim_id)[0].state is ClaimState.APPROVED else service.approve

    def act(minor: int) -> object:
        reason = form.reason.data or ""
        return verb(unit(), at.edition, claim_id, minor, reason=reason, started_from=form.started_from)

    return _act(at, claim_id, form, act, str(_("Noted, and they get a mail. It waits to be paid.")))


@blueprint.post(f"{ONE}/return")
@access(team(MAY_PAY))
def desk_send_back(community: str, edition: str, claim_id: int) -> AnyResponse:
    """Send a claim back to its person, with the reason."""
    at, form = here(), ReturnForm()

    def act(_minor: int) -> object:
        reason = form.reason.data or ""
        return service.send_back(unit(), at.edition, claim_id, reason=reason, started_from=form.started_from)

    return _act(at, claim_id, form, act, str(_("Sent back. They get a mail with your reason, and can change it.")))


@blueprint.post(f"{ONE}/payments")
@access(team(MAY_PAY))
def desk_pay(community: str, edition: str, claim_id: int) -> AnyResponse:
    """Enter a payment, whole or a part."""
    at, form = here(), PaymentForm()

    def act(minor: int) -> object:
        return service.pay(
            unit(), at.edition, claim_id, minor, form.chosen, form.on,
            reference=form.reference.data or "", started_from=form.started_from,
        )  # fmt: skip

    return _act(at, claim_id, form, act, str(_("The payment is entered, and they get a mail.")))


@blueprint.post(f"{ONE}/payments/<int:payment_id>/correction")
@access(team(MAY_PAY))
def desk_correction(community: str, edition: str, claim_id: int, payment_id: int) -> AnyResponse:
    """Put a payment right."""
    at, form = here(), CorrectionForm(payment_id)

    def act(_minor: int) -> object:
        return service.correct_payment(
            unit(), at.edition, claim_id, payment_id, form.reason.data or "",
            came_back=form.how.data == "back", started_from=form.started_from,
        )  # fmt: skip

    return _act(at, claim_id, form, act, str(_("Put right by an entry of its own.")), payment_id)


@blueprint.post(f"{ONE}/bank-details")
@access(team(MAY_PAY))
def desk_bank(community: str, edition: str, claim_id: int) -> Response:
    """Show where to pay to; the look is noted in the history."""
    at = here()
    _found(at, claim_id)
    details = service.look_at_bank_details(unit(), at.edition, claim_id)
    return _claim_page(at, claim_id, bank=BankForm.shown(dict(details)))


# -- who hands nothing in -------------------------------------------------------------------------------------------


def _booking_page(at: Here, application_id: int, form: BookingForm | None = None, status: int = 200) -> Response:
    uow = unit()
    application = find_application(at, application_id)
    lines = [line for line in application.lines if service.is_claimable(line) and line.live]
    left = service.left_of(uow, [line.live.id for line in lines if line.live])
    open_lines = [(line, left[line.live.id]) for line in lines if line.live and left[line.live.id]]
    return page(
        "claims/booking.html",
        status,
        at=at,
        name=application.person.name if application.person and application.person.name else str(_("somebody who left")),
        cannot_front=application.cannot_front,
        left=words.money(sum(left.values()), application.currency) if any(left.values()) else "",
        may_be_absent=bool(lines),
        form=form or booking_form(application, open_lines, _today(at)),
        urls={
            name: at.url(f"claims.desk_{name}", application_id=application_id)
            for name in ("booking", "book", "absence")
        }
        | {"desk": at.url("grants.desk"), "claims": at.url("claims.desk_claims")}
        | {"application": at.url("grants.desk_application", application_id=application_id)},
    )


@blueprint.get(f"{APPLICATION}/payments")
@access(team(MAY_PAY))
def desk_booking(community: str, edition: str, application_id: int) -> Response:
    """Pay for somebody who hands nothing in, or note that they did not come."""
    return _booking_page(here(), application_id)


@blueprint.post(f"{APPLICATION}/payments")
@access(team(MAY_PAY))
def desk_book(community: str, edition: str, application_id: int) -> AnyResponse:
    """Enter what was booked or paid in advance."""
    at = here()
    application = find_application(at, application_id)
    lines = [(line, 0) for line in application.lines if service.is_claimable(line)]
    form: BookingForm = booking_form(application, lines, _today(at))
    minor = form.read_amount("amount", application.currency) if form.is_sent else None
    if minor is None:
        return _booking_page(at, application_id, form, 422)
    try:
        service.book(
            unit(), at.edition, application_id, int(form.line.data), minor, form.chosen, form.on,
            form.reference.data or "",
        )  # fmt: skip
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _booking_page(at, application_id, form, 422)
    tell(str(_("It is entered, and they get a mail.")))
    return redirect(at.url("claims.desk_booking", application_id=application_id), 303)


@blueprint.post(f"{APPLICATION}/absence")
@access(team(MAY_PAY))
def desk_absence(community: str, edition: str, application_id: int) -> AnyResponse:
    """They did not come: what is not paid goes back."""
    at = here()
    application = find_application(at, application_id)
    back = service.did_not_attend(unit(), at.edition, application_id)
    money = words.money(back, application.currency)
    tell(str(_("%(money)s went back.", money=money)) if back else str(_("Noted. Nothing was left to go back.")))
    return redirect(at.url("claims.desk_booking", application_id=application_id), 303)
