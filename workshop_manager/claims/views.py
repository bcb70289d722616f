"""The grantee's pages: what can be claimed, the receipts of one kind of cost, where to pay to."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.claims import queries, receipts, rules, service, words
from workshop_manager.claims.forms import BankForm, HandInForm, ReceiptForm
from workshop_manager.claims.models import Claim, Receipt
from workshop_manager.claims.receipts import Kept, NotAReceipt
from workshop_manager.claims.service import Given
from workshop_manager.claims.states import ClaimState, FileKind
from workshop_manager.core.errors import NotFound
from workshop_manager.funds.forms import add_error
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Line
from workshop_manager.grants.words import kind_icon, kind_name
from workshop_manager.submissions import uploads
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import day_text, when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

blueprint = Blueprint("claims", __name__)
OWN = "/<community>/<edition>/grants/application/claims"
LINE = f"{OWN}/lines/<int:line_id>"


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside all that was typed; only for those with a session."""
    if endpoint == "claims.add_receipt" and SIGNED_IN_KEY in session:
        request.max_content_length = uploads.LARGEST_BODY


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt as a page shows it."""

    id: int
    name: str
    about: str
    amount: str
    counted: str


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as a page shows it."""

    id: int
    amount: str
    about: str
    reference: str
    undone: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim as its person sees it."""

    id: int
    sign: tuple[str, str]
    asked: str
    approved: str
    paid: str
    when: str
    reason: str
    slips: list[Slip]
    payments: list[Paid]
    is_open: bool
    can_be_taken_back: bool


def slip_of(row: Receipt, currency: str) -> Slip:
    """A receipt for a page; `counted` is empty where it is in the application's currency."""
    kind = _("PDF") if row.kind is FileKind.PDF else _("picture")
    return Slip(
        id=row.id,
        name=row.original_name or str(_("receipt")),
        about=f"{day_text(row.day)} · {kind}",
        amount=words.money(row.amount, row.currency),
        counted=words.money(row.counted, currency) if row.currency != currency else "",
    )


def payments_of(claim: Claim, currency: str) -> list[Paid]:
    """The payments of a claim for a page, the first one first."""
    return [
        Paid(
            id=one.id,
            amount=words.money(one.amount, currency),
            about=f"{day_text(one.paid_on)} · {words.way_name(one.way)}",
            reference=one.reference,
            undone=one.undone_reason if one.undone_at else "",
        )
        for one in claim.payments
    ]


def _shown(at: Here, claim: Claim, currency: str) -> Shown:
    zone = viewer_zone() or at.edition.time_zone
    return Shown(
        id=claim.id,
        sign=words.state_sign(claim.state),
        asked=words.money(claim.asked, currency),
        approved=words.money(claim.approved, currency) if claim.approved else "",
        paid=words.money(claim.paid, currency) if claim.paid else "",
        when=when_text(claim.handed_in_at, zone) if claim.handed_in_at else "",
        reason=claim.reason,
        slips=[slip_of(row, currency) for row in claim.receipts],
        payments=payments_of(claim, currency),
        is_open=claim.state in rules.THEIRS,
        can_be_taken_back=claim.state is ClaimState.HANDED_IN,
    )


def _mine(at: Here) -> Application:
    """One's own application; NotFound where nothing was accepted or claimed."""
    found = grants.application_of(unit().session, at.edition.id, viewer_person().id)
    if found is None or not any(service.is_claimable(line) for line in found.lines):
        raise NotFound
    navigation.frame().private = True
    return found


@blueprint.get(OWN)
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What was accepted, claimed and paid, kind by kind."""
    at, uow = here(), unit()
    found = _mine(at)
    claims = queries.of_application(uow.session, found.id)
    lines = [line for line in found.lines if service.is_claimable(line)]
    left = service.left_of(uow, [line.live.id for line in lines if line.live])
    rows = [_own_row(at, found, line, [c for c in claims if line.live and c.award_id == line.live.id], left)
            for line in lines]  # fmt: skip
    is_bank_kept = queries.has_bank_details(uow.session, found.id)
    return page(
        "claims/mine.html",
        rows=rows,
        is_over=_is_over(at),
        cannot_front=found.cannot_front,
        is_bank_kept=is_bank_kept,
        is_bank_wanted=not is_bank_kept and any(claim.state in rules.OPEN for claim in claims),
        contact=at.edition.contact_email,
        urls={name: at.url(f"grants.{name}") for name in ("overview", "application", "statement")}
        | {"bank": at.url("claims.bank")},
    )


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A kind of cost on the page of one's claims."""

    name: str
    icon: str
    given: str
    left: str
    url: str
    claims: list[Shown]


def _own_row(at: Here, found: Application, line: Line, claims: list[Claim], left: Mapping[int, int]) -> OwnRow:
    award = line.live
    assert award is not None
    return OwnRow(
        name=kind_name(line.kind),
        icon=kind_icon(line.kind),
        given=words.money(award.amount, found.currency),
        left=words.money(left[award.id], found.currency),
        url=at.url("claims.line", line_id=line.id),
        claims=[_shown(at, claim, found.currency) for claim in claims],
    )


def _is_over(at: Here) -> bool:
    zone = ZoneInfo(at.edition.time_zone)
    return not rules.is_early(
        unit().now.astimezone(zone).date(), at.edition.ends_at.astimezone(zone).date(), in_advance=False
    )


def _line_page(
    at: Here, line_id: int, receipt: ReceiptForm | None = None, handing: HandInForm | None = None, status: int = 200
) -> Response:
    uow = unit()
    found, line = service.own_award(uow, at.edition, line_id)
    navigation.frame().private = True
    award = line.live
    assert award is not None
    claims = queries.of_award(uow.session, award.id)
    left = service.left_of(uow, [award.id])[award.id]
    mine = next((claim for claim in claims if claim.state in rules.THEIRS), None)
    return page(
        "claims/line.html",
        status,
        name=kind_name(line.kind),
        given=words.money(award.amount, found.currency),
        left=words.money(left, found.currency),
        is_over_left=mine is not None and mine.asked > left,
        mine=_shown(at, mine, found.currency) if mine else None,
        others=[_shown(at, claim, found.currency) for claim in claims if claim is not mine],
        receipt=receipt or ReceiptForm(found.currency),
        handing=handing or HandInForm(),
        is_over=_is_over(at),
        receipt_url=lambda number: at.url("claims.receipt", receipt_id=number),
        removal_url=lambda number: at.url("claims.remove_receipt", receipt_id=number),
        urls={name: at.url(f"claims.{name}", line_id=line_id) for name in ("add_receipt", "hand_in", "take_back")}
        | {"mine": at.url("claims.mine"), "overview": at.url("grants.overview")}
        | {"application": at.url("grants.application")},
    )


@blueprint.get(LINE)
@access(SIGNED_IN_EDITION)
def line(community: str, edition: str, line_id: int) -> Response:
    """The receipts of one kind of cost."""
    return _line_page(here(), line_id)


@blueprint.post(LINE)
@access(SIGNED_IN_EDITION)
def add_receipt(community: str, edition: str, line_id: int) -> AnyResponse:
    """Keep a receipt; nothing is handed in by it."""
    at, uow = here(), unit()
    found, _line = service.own_award(uow, at.edition, line_id)
    form = ReceiptForm(found.currency)
    if not form.is_sent:
        return _line_page(at, line_id, form, status=422)
    minor = form.read_amount("amount", form.currency.data)
    if minor is None or form.day.data is None:
        return _line_page(at, line_id, form, status=422)
    try:
        file = _read(form)
        service.add_receipt(uow, here().edition, line_id, Given(file, form.day.data, minor, form.currency.data))
    except NotAReceipt as refusal:
        add_error(form, "file", str(refusal))
        return _line_page(here(), line_id, form, status=422)
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _line_page(here(), line_id, form, status=422)
    tell(str(_("The receipt is kept. Nothing is handed in yet.")))
    return redirect(at.url("claims.line", line_id=line_id), 303)


def _read(form: ReceiptForm) -> Kept:
    """Look at the file while no transaction is open."""
    upload = form.upload
    assert upload is not None
    uploads.release(unit())
    try:
        data = upload.stream.read(receipts.MOST_BYTES + 1)
    finally:
        upload.close()
    return receipts.read(upload.filename or "", data)


@blueprint.post(f"{LINE}/handing-in")
@access(SIGNED_IN_EDITION)
def hand_in(community: str, edition: str, line_id: int) -> AnyResponse:
    """Give the receipts to the treasurer."""
    at, form = here(), HandInForm()
    try:
        service.hand_in(unit(), at.edition, line_id, in_advance=bool(form.in_advance.data))
    except FieldConflict as refusal:
        form.refuse(refusal)
        return _line_page(at, line_id, handing=form, status=422)
    tell(str(_("Handed in. The organisers look at it, and a mail says what becomes of it.")))
    return redirect(at.url("claims.mine"), 303)


@blueprint.post(f"{LINE}/taking-back")
@access(SIGNED_IN_EDITION)
def take_back(community: str, edition: str, line_id: int) -> AnyResponse:
    """Take back what nobody has decided about."""
    at = here()
    service.take_back(unit(), at.edition, line_id)
    tell(str(_("It is yours again: change the receipts, and hand it in when it is right.")))
    return redirect(at.url("claims.line", line_id=line_id), 303)


@blueprint.post(f"{OWN}/receipts/<int:receipt_id>/removal")
@access(SIGNED_IN_EDITION)
def remove_receipt(community: str, edition: str, receipt_id: int) -> AnyResponse:
    """Take a receipt out."""
    at = here()
    line_id = service.remove_receipt(unit(), at.edition, receipt_id)
    tell(str(_("The receipt is gone.")))
    return redirect(at.url("claims.line", line_id=line_id), 303)


def delivered(row: Receipt | None) -> Response:
    """What is kept of a receipt: made anew from what was sent, sandboxed, under a neutral name."""
    kept = queries.content(unit().session, row.id) if row is not None else None
    if row is None or kept is None:
        raise NotFound
    kinds = {FileKind.PDF: ("application/pdf", "pdf"), FileKind.PICTURE: ("image/jpeg", "jpg")}
    mimetype, ending = kinds[row.kind]
    response = Response(kept, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="receipt-{row.id}.{ending}"'
    return sandboxed(response)  # type: ignore[no-any-return]


@blueprint.get(f"{OWN}/receipts/<int:receipt_id>")
@access(SIGNED_IN_EDITION)
def receipt(community: str, edition: str, receipt_id: int) -> Response:
    """One's own receipt."""
    at = here()
    return delivered(queries.own_receipt(unit().session, at.edition.id, viewer_person().id, receipt_id))


# -- where to pay to ------------------------------------------------------------------------------------------------


def _bank_page(at: Here, form: BankForm, status: int = 200) -> Response:
    found = _mine(at)
    response = page(
        "claims/bank.html",
        status,
        form=form,
        is_kept=queries.has_bank_details(unit().session, found.id),
        is_wanted=queries.may_be_paid(unit().session, found.id),
        urls={name: at.url(f"claims.{name}") for name in ("mine", "bank", "forget_bank")}
        | {name: at.url(f"grants.{name}") for name in ("overview", "application")},
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{OWN}/bank-details")
@access(SIGNED_IN_EDITION)
def bank(community: str, edition: str) -> Response:
    """Say where to pay to; what was said is not shown again."""
    return _bank_page(here(), BankForm())


@blueprint.post(f"{OWN}/bank-details")
@access(SIGNED_IN_EDITION)
def save_bank(community: str, edition: str) -> AnyResponse:
    """Keep it, sealed."""
    at, form = here(), BankForm()
    _mine(at)
    if not form.is_sent:
        return _bank_page(at, form, 422)
    service.save_bank_details(unit(), at.edition, form.content)
    tell(str(_("Kept, and readable only by those who pay. It is deleted once everything is paid.")))
    return redirect(at.url("claims.mine"), 303)


@blueprint.post(f"{OWN}/bank-details/removal")
@access(SIGNED_IN_EDITION)
def forget_bank(community: str, edition: str) -> AnyResponse:
    """Delete it now."""
    at = here()
    _mine(at)
    service.remove_bank_details(unit(), at.edition)
    tell(str(_("Where to pay to is deleted.")))
    return redirect(at.url("claims.mine"), 303)
