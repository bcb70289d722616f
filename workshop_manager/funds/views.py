"""The organisers' pages of funds."""

from flask import Blueprint, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.funds import service, uses
from workshop_manager.funds.figures import bar_of, fund_figures
from workshop_manager.funds.forms import FundForm
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("funds", __name__)
BASE = "/<community>/<edition>/organise/grants"


@blueprint.route(f"{BASE}/funds", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_funds(community: str, edition: str) -> AnyResponse:
    """The funds, and a form for another."""
    at, uow = here(), unit()
    figures = fund_figures(uow.session, at.edition.id, at.standing)
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
        due=deadline_text(date.deadline) if date else None,
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_texts", "overview")}
        | {"dates": at.url("workshops.settings_dates"), "desk_funds": at.url("funds.desk_funds")},
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
    form, bar = FundForm(found.fund), bar_of(found)
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
    return page(
        "funds/fund.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        bar=bar,
        is_stale=is_stale,
        may_remove=not uses.is_in_use(uow.session, fund_id),
        urls={"funds": at.url("funds.desk_funds"), "desk": at.url("grants.desk")}
        | {name: at.url(f"funds.{name}", fund_id=fund_id) for name in ("desk_fund", "desk_fund_removal")},
    )


@blueprint.post(f"{BASE}/funds/<int:fund_id>/removal")
@access(team(MAY_FUNDS))
def desk_fund_removal(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Take away a fund from which nothing was ever proposed."""
    at = here()
    service.remove_fund(unit(), at.edition, fund_id)
    tell(str(_("The fund is gone. Nothing had been promised from it.")))
    return redirect(at.url("funds.desk_funds"), 303)
