"""The report's pages: afterwards at the grants' desk, each sponsor's PDF, and the treasurer's list of awards."""

import structlog
from flask import Blueprint, Response, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.funds import queries as funds
from workshop_manager.grantreport import awards, report, sponsor
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.spreadsheets import csv_response, workbook_response
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_FUNDS

blueprint = Blueprint("grantreport", __name__)
BASE = "/<community>/<edition>/organise/grants"

log = structlog.get_logger(__name__)


@blueprint.get(f"{BASE}/report")
@access(team(MAY_FUNDS))
def desk_report(community: str, edition: str) -> Response:
    """What was asked, offered, taken, paid and left unclaimed, and by whom as far as it may be told."""
    at, session = here(), unit().session
    navigation.frame().private = True
    return page(
        "grantreport/report.html",
        at=at,
        places=navigation.parts("grants", at, request.endpoint),
        sheets=report.sheets(session, at.edition.id, at.standing),
        papers=[
            (fund.name, fund.sponsor, at.url("grantreport.desk_sponsor", fund_id=fund.id))
            for fund in funds.funds(session, at.edition.id)
        ],
        urls={name: at.url(f"grantreport.{name}") for name in ("desk_awards_csv", "desk_awards_xlsx")}
        | {name: at.url(f"funds.{name}") for name in ("desk_ledger_csv", "desk_ledger_xlsx", "desk_funds")}
        | {"desk": at.url("grants.desk")},
    )


@blueprint.get(f"{BASE}/funds/<int:fund_id>/report.pdf")
@access(team(MAY_FUNDS))
def desk_sponsor(community: str, edition: str, fund_id: int) -> Response:
    """What the money of one fund did, for its sponsor."""
    at, uow = here(), unit()
    found = next((one for one in funds.with_balances(uow.session, at.edition.id) if one[0].id == fund_id), None)
    if found is None:
        raise NotFound
    try:
        done = sponsor.printed(uow.session, at.edition, *found, uow.now)
    except PressFailed:
        log.error("report not printed", fund=fund_id, edition=at.edition.id)
        raise Conflict(str(_("The report could not be printed just now. Try again in a minute."))) from None
    response = Response(done.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{community}-{edition}-fund-{fund_id}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{BASE}/awards.csv")
@access(team(MAY_FUNDS))
def desk_awards_csv(community: str, edition: str) -> Response:
    """Every award with what is where of it, for the treasurer."""
    at = here()
    found = awards.rows(unit().session, at.edition.id, at.standing)
    return csv_response(f"{community}-{edition}-awards", awards.HEADER, found)


@blueprint.get(f"{BASE}/awards.xlsx")
@access(team(MAY_FUNDS))
def desk_awards_xlsx(community: str, edition: str) -> Response:
    """The same as a workbook."""
    at = here()
    found = awards.rows(unit().session, at.edition.id, at.standing)
    return workbook_response(f"{community}-{edition}-awards", awards.HEADER, found)
