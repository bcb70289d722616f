"""The organisers' pages of funds and of what applicants read."""

from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.grants import funds, queries
from workshop_manager.grants.desk import BASE
from workshop_manager.grants.figures import bar_of
from workshop_manager.grants.forms import FundForm, TextsForm
from workshop_manager.grants.money import FieldConflict, Stale
from workshop_manager.grants.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.states import DateKey


@blueprint.route(f"{BASE}/funds", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_funds(community: str, edition: str) -> AnyResponse:
    """The funds, and a form for another."""
    at, uow = here(), unit()
    figures = queries.fund_figures(uow.session, at.edition.id, at.standing)
    form = FundForm(currency=figures[-1].fund.currency if figures else "USD")
    content = form.content() if form.is_sent else None
    if content is not None:
        try:
            fund = funds.add_fund(uow, at.edition, content)
        except FieldConflict as refusal:
            form.refuse(refusal)
        else:
            name, money = isolated(fund.name), fund.money(fund.amount)
            tell(str(_("“%(name)s” is there, with %(money)s.", name=name, money=money)))
            return redirect(at.url("grants.desk_funds"), 303)
    date = workshops.date_by_key(uow.session, at.edition.id, DateKey.GRANTS_DUE)
    return page(
        "grants/funds.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        bars=[bar_of(one) for one in figures],
        due=deadline_text(date.deadline) if date else None,
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_funds", "desk_texts", "overview")}
        | {"dates": at.url("workshops.settings_dates")},
    )


@blueprint.route(f"{BASE}/funds/<int:fund_id>", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_fund(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Change a fund."""
    at, uow = here(), unit()
    figures = queries.fund_figures(uow.session, at.edition.id, at.standing)
    found = next((one for one in figures if one.fund.id == fund_id), None)
    if found is None:
        raise NotFound
    form, bar = FundForm(found.fund), bar_of(found)
    content, is_stale = (form.content() if form.is_sent else None), False
    if content is not None:
        try:
            fund = funds.edit_fund(uow, at.edition, fund_id, content, started_from=form.started_from)
        except FieldConflict as refusal:
            form.refuse(refusal)
        except Stale:
            form.version.data, is_stale = str(found.fund.version), True
        else:
            tell(str(_("Saved. “%(name)s” holds %(money)s.", name=isolated(fund.name), money=fund.money(fund.amount))))
            return redirect(at.url("grants.desk_funds"), 303)
    return page(
        "grants/fund.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        bar=bar,
        is_stale=is_stale,
        may_remove=not queries.is_fund_in_use(uow.session, fund_id),
        urls={"funds": at.url("grants.desk_funds"), "desk": at.url("grants.desk")}
        | {name: at.url(f"grants.{name}", fund_id=fund_id) for name in ("desk_fund", "desk_fund_removal")},
    )


@blueprint.post(f"{BASE}/funds/<int:fund_id>/removal")
@access(team(MAY_FUNDS))
def desk_fund_removal(community: str, edition: str, fund_id: int) -> AnyResponse:
    """Take away a fund from which nothing was ever proposed."""
    at = here()
    funds.remove_fund(unit(), at.edition, fund_id)
    tell(str(_("The fund is gone. Nothing had been promised from it.")))
    return redirect(at.url("grants.desk_funds"), 303)


@blueprint.route(f"{BASE}/texts", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_texts(community: str, edition: str) -> AnyResponse:
    """What applicants read: what the grants are for, and how it is decided."""
    at, uow = here(), unit()
    settings = queries.settings_of(uow.session, at.edition.id)
    form, is_stale = TextsForm(settings), False
    if form.is_sent:
        try:
            funds.save_settings(
                uow,
                at.edition,
                about=form.about.data or "",
                deciding=form.deciding.data or "",
                started_from=form.started_from,
            )
        except Stale:
            form.version.data, is_stale = str(settings.version), True
        else:
            tell(str(_("Saved. The page reads like this now.")))
            return redirect(at.url("grants.overview"), 303)
    return page(
        "grants/texts.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        is_stale=is_stale,
        theirs=settings,
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_funds", "desk_texts", "overview")},
    )
