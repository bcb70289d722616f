"""The organisers' pages of funds."""

from dataclasses import dataclass

from flask import Blueprint, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.funds import queries, service, statements, uses, words
from workshop_manager.funds.figures import FundFigures, bar_of, fund_figures
from workshop_manager.funds.forms import FundForm, OverrideForm, RateForm
from workshop_manager.funds.models import Fund, Override
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.spreadsheets import csv_response, workbook_response
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("funds", __name__)
BASE = "/<community>/<edition>/organise/grants"
_LEDGER = ("desk_ledger_csv", "desk_ledger_xlsx")
_OF_FUND = ("desk_fund", "desk_fund_removal", "desk_statement", "desk_override")


@blueprint.route(f"{BASE}/funds", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_funds(community: str, edition: str) -> AnyResponse:
    """The funds, and a form for another."""
    at, uow = here(), unit()
    every = fund_figures(uow.session, at.edition.id, at.standing, with_removed=True)
    figures = [one for one in every if one.fund.removed_at is None]
    form = FundForm(currency=figures[-1].fund.currency if figures else "USD")
    content = form.content() if form.is_sent else None
    if content is not None:
        try:
            fund = service.add_fund(uow, at.edition, content)
        except FieldConflict as refusal:
            form.refuse(refusal)
        else:
            name, money = isolated(fund.name), fund.money(fund.amount)
            tell(str(_("“%(name)s” is there, with %(money)s.", name=name, money=money)))
            return redirect(at.url("funds.desk_funds"), 303)
    date = workshops.date_by_key(uow.session, at.edition.id, DateKey.GRANTS_DUE)
    return page(
        "funds/funds.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        bars=[bar_of(one) for one in figures],
        removed=[
            (one.fund.name, at.url("funds.desk_statement", fund_id=one.fund.id)) for one in every if one.fund.removed_at
        ],
        due=deadline_text(date.deadline) if date else None,
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_caps", "desk_texts", "overview")}
        | {"dates": at.url("workshops.settings_dates")}
        | {
            name: at.url(f"funds.{name}")
            for name in ("desk_funds", "desk_rates", "desk_ledger_csv", "desk_ledger_xlsx")
        },
    )


@blueprint.route(f"{BASE}/funds/<int:fund_id>", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_fund(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Change a fund."""
    at, uow = here(), unit()
    figures = fund_figures(uow.session, at.edition.id, at.standing)
    found = next((one for one in figures if one.fund.id == fund_id), None)
    if found is None:
        raise NotFound
    form = FundForm(found.fund)
    content, is_stale = (form.content() if form.is_sent else None), False
    if content is not None:
        try:
            fund = service.edit_fund(uow, at.edition, fund_id, content, started_from=form.started_from)
        except FieldConflict as refusal:
            form.refuse(refusal)
        except Stale:
            form.version.data, is_stale = str(found.fund.version), True
        else:
            tell(str(_("Saved. “%(name)s” holds %(money)s.", name=isolated(fund.name), money=fund.money(fund.amount))))
            return redirect(at.url("funds.desk_funds"), 303)
    return _fund_page(at, found, form, is_stale=is_stale)


def _fund_page(
    at: Here, found: FundFigures, form: FundForm, override: OverrideForm | None = None, *, is_stale: bool = False
) -> AnyResponse:
    uow, fund_id, bar = unit(), found.fund.id, bar_of(found)
    is_refused = form.is_submitted() or override is not None
    return page(
        "funds/fund.html",
        422 if is_refused else 200,
        at=at,
        form=form,
        bar=bar,
        is_stale=is_stale,
        may_remove=not uses.is_in_use(uow.session, fund_id),
        rules=words.rules_text(found.fund.rules),
        asks=[_ask(at, fund_id, found.fund, one) for one in queries.overrides(uow.session, fund_id)],
        override=override or OverrideForm(),
        urls={"funds": at.url("funds.desk_funds"), "desk": at.url("grants.desk")}
        | {
            name: at.url(f"funds.{name}", fund_id=fund_id)
            for name in ("desk_fund", "desk_fund_removal", "desk_statement", "desk_override")
        },
    )


@blueprint.post(f"{BASE}/funds/<int:fund_id>/removal")
@access(team(MAY_FUNDS))
def desk_fund_removal(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Take away a fund from which nothing was ever proposed."""
    at = here()
    service.remove_fund(unit(), at.edition, fund_id)
    tell(str(_("The fund is gone. Nothing had been promised from it.")))
    return redirect(at.url("funds.desk_funds"), 303)


# -- beyond a fund --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ask:
    """More than a fund holds, asked for or allowed."""

    money: str
    reason: str
    when: str
    allowed: str
    url: str
    is_own: bool


def _ask(at: Here, fund_id: int, fund: Fund, one: Override) -> Ask:
    zone, me = at.edition.time_zone, viewer_person().id
    return Ask(
        money=str(fund.money(one.amount)),
        reason=one.reason,
        when=when_text(one.asked_at, zone),
        allowed=when_text(one.approved_at, zone) if one.approved_at else "",
        url=at.url("funds.desk_override_approval", fund_id=fund_id, override_id=one.id),
        is_own=one.asked_by == me,
    )


def _found(at: Here, fund_id: int, *, with_removed: bool = False) -> FundFigures:
    figures = fund_figures(unit().session, at.edition.id, at.standing, with_removed=with_removed)
    found = next((one for one in figures if one.fund.id == fund_id), None)
    if found is None:
        raise NotFound
    return found


@blueprint.post(f"{BASE}/funds/<int:fund_id>/overrides")
@access(team(MAY_FUNDS))
def desk_override(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Ask that more may be given than the fund holds."""
    at = here()
    found = _found(at, fund_id)
    form = OverrideForm()
    minor = form.read_amount("more", found.fund.currency) if form.is_sent else None
    if minor is not None:
        try:
            service.ask_override(unit(), at.edition, fund_id, minor, form.reason.data or "")
        except FieldConflict as refusal:
            form.refuse(refusal)
        else:
            tell(str(_("Asked. Somebody else has to allow it; until then nothing changes.")))
            return redirect(at.url("funds.desk_fund", fund_id=fund_id), 303)
    return _fund_page(at, found, FundForm(found.fund, is_another_sent=True), form)


@blueprint.post(f"{BASE}/funds/<int:fund_id>/overrides/<int:override_id>/approval")
@access(team(MAY_FUNDS))
def desk_override_approval(community: str, edition: str, fund_id: int, override_id: int) -> AnyResponse:
    """Allow what somebody else asked for."""
    at = here()
    service.approve_override(unit(), at.edition, fund_id, override_id)
    tell(str(_("Allowed. The fund can give it now, and its statement says why.")))
    return redirect(at.url("funds.desk_fund", fund_id=fund_id), 303)


# -- statements -----------------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/funds/<int:fund_id>/statement")
@access(team(MAY_FUNDS))
def desk_statement(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Where the money of a fund went, the latest first."""
    at, session = here(), unit().session
    found = _found(at, fund_id, with_removed=True)
    cut = paging(queries.number_of_lines(session, fund_id), 100)
    lines = queries.lines(
        session, at.edition.id, fund_id=fund_id, is_into=True, offset=cut.offset, most=cut.size, latest_first=True
    )
    names = statements.names_of(session, at.edition.id, at.standing, lines)
    back = queries.returned(session, at.edition.id).get(fund_id, 0)
    return page(
        "funds/statement.html",
        at=at,
        bar=bar_of(found),
        balances=statements.balance_rows(found.balance, back, found.fund),
        rows=statements.rows(lines, names, at.edition.time_zone),
        paging=cut,
        urls={name: at.url(f"funds.{name}") for name in ("desk_funds", *_LEDGER)}
        | {"desk": at.url("grants.desk")}
        | ({} if found.fund.removed_at else {"fund": at.url("funds.desk_fund", fund_id=fund_id)}),
        removed=when_text(found.fund.removed_at, at.edition.time_zone) if found.fund.removed_at else "",
    )


@blueprint.get(f"{BASE}/ledger.csv")
@access(team(MAY_FUNDS))
def desk_ledger_csv(community: str, edition: str) -> AnyResponse:
    """Every entry, for the treasurer."""
    at = here()
    found = statements.entries(unit().session, at.edition.id, at.standing)
    return csv_response(f"{community}-{edition}-ledger", statements.HEADER, found)


@blueprint.get(f"{BASE}/ledger.xlsx")
@access(team(MAY_FUNDS))
def desk_ledger_xlsx(community: str, edition: str) -> AnyResponse:
    """The same as a workbook."""
    at = here()
    found = statements.entries(unit().session, at.edition.id, at.standing)
    return workbook_response(f"{community}-{edition}-ledger", statements.HEADER, found)


# -- exchange rates -------------------------------------------------------------------------------------------------


@blueprint.route(f"{BASE}/rates", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_rates(community: str, edition: str) -> AnyResponse:
    """Exchange rates with their day and source, and a form for another."""
    at, uow = here(), unit()
    form = RateForm()
    content = form.content() if form.is_sent else None
    if content is not None:
        try:
            service.add_rate(uow, at.edition, content)
        except FieldConflict as refusal:
            form.refuse(refusal)
        else:
            tell(str(_("The rate is entered. Amounts of that day and after are counted with it.")))
            return redirect(at.url("funds.desk_rates"), 303)
    return page(
        "funds/rates.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        rates=queries.rates(uow.session, at.edition.id),
        urls={"desk": at.url("grants.desk")} | {name: at.url(f"funds.{name}") for name in ("desk_funds", "desk_rates")},
    )
