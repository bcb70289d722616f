"""The organisers' page of money that came back: how it is passed on, what waits for them, whose money became whose."""

from dataclasses import dataclass

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import NumberRange

from workshop_manager.core.text import isolated
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.forms import Versioned, add_error
from workshop_manager.funds.refusals import FieldConflict, Stale
from workshop_manager.grants import queries as grants
from workshop_manager.grants import words
from workshop_manager.proposals import succession, succession_queries
from workshop_manager.proposals.succession_models import Passing
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import required, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS

BASE = "/<community>/<edition>/organise/grants/returned"
blueprint = Blueprint("succession", __name__)


class PassingForm(Versioned):
    """What happens to money that comes back."""

    mode = RadioField(
        _l("Money that comes back"),
        [required(_l("Choose one of the three."))],
        choices=[
            SelectChoice("off", _l("stays in its fund until the committee decides")),
            SelectChoice("ask", _l("is suggested to the next in rank, and waits here for your approval")),
            SelectChoice("automatic", _l("is offered to the next in rank by itself, within a minute")),
        ],
    )
    days = IntegerField(
        _l("Days to answer"), [NumberRange(1, 60, _l("From 1 to 60 days."))], render_kw={"inputmode": "numeric"}
    )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom the money could help next."""

    id: int
    name: str
    url: str
    total: str
    lines: list[str]
    approve_url: str


@dataclass(frozen=True, slots=True)
class Step:
    """Whose money became whose."""

    at: str
    money: str
    fund: str
    giver: str
    giver_url: str
    taker: str
    taker_url: str


def _application_url(at: Here, application_id: int) -> str:
    return at.url("grants.desk_application", application_id=application_id)


def _suggestions(at: Here) -> list[Suggestion]:
    session = unit().session
    found = succession_queries.waiting_for(session, at.edition.id, at.standing)
    ids = [one.application_id for one in found]
    names = grants.names_of(session, at.edition.id, at.standing, ids)
    kinds = succession_queries.kinds_of(session, [int(line_id) for one in found for line_id in one.amounts])
    funds = {fund.id: fund for fund in fund_rows.funds(session, at.edition.id)}
    rows = []
    for one in found:
        given = [(int(line_id), fund_id, minor) for line_id, (fund_id, minor) in one.amounts.items()]
        texts = [
            str(
                _(
                    "%(kind)s: %(money)s from “%(fund)s”",
                    kind=words.kind_name(kinds[line_id]),
                    money=funds[fund_id].money(minor),
                    fund=isolated(funds[fund_id].name),
                )
            )
            for line_id, fund_id, minor in given
            if line_id in kinds and fund_id in funds
        ]
        currency = next(funds[fund_id].currency for _line, fund_id, _minor in given)
        rows.append(
            Suggestion(
                id=one.id,
                name=names.get(one.application_id) or str(_("somebody who left")),
                url=_application_url(at, one.application_id),
                total=words.money(sum(minor for _line, _fund, minor in given), currency),
                lines=texts,
                approve_url=at.url("succession.desk_returned_approval", successor_id=one.id),
            )
        )
    return rows


def _trail(at: Here) -> list[Step]:
    """Steps both of whose people the viewer may see: a conflict of interest with one hides it."""
    session = unit().session
    found = succession_queries.handovers(session, at.edition.id)
    ids = {number for one, _fund in found for number in (one.from_application_id, one.to_application_id)}
    names = grants.names_of(session, at.edition.id, at.standing, ids)
    gone = str(_("somebody who left"))
    return [
        Step(
            at=when_text(one.at, at.edition.time_zone),
            money=str(fund.money(one.minor)),
            fund=fund.name,
            giver=names[one.from_application_id] or gone,
            giver_url=_application_url(at, one.from_application_id),
            taker=names[one.to_application_id] or gone,
            taker_url=_application_url(at, one.to_application_id),
        )
        for one, fund in found
        if one.from_application_id in names and one.to_application_id in names
    ]


@blueprint.route(BASE, methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_returned(community: str, edition: str) -> AnyResponse:
    """What happens to money that comes back; what waits; the trail."""
    at, uow = here(), unit()
    row = succession_queries.settings_of(uow.session, at.edition.id)
    form = PassingForm(mode=row.mode.value, days=row.days, version=row.version)
    if form.is_sent:
        try:
            succession.choose(
                uow, at.edition, Passing(form.mode.data), form.days.data or 0, started_from=form.started_from
            )
        except FieldConflict as refusal:
            add_error(form, refusal.field, refusal.sentence)
        except Stale as refusal:
            form.form_errors.append(refusal.sentence)
            form.version.data = str(row.version)
        else:
            tell(str(_("Saved.")))
            return redirect(at.url("succession.desk_returned"), 303)
    return page(
        "proposals/returned.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        suggestions=_suggestions(at),
        trail=_trail(at),
        places=navigation.parts("grants", at, request.endpoint),
        urls={"desk": at.url("grants.desk"), "returned": at.url("succession.desk_returned")},
    )


@blueprint.post(f"{BASE}/<int:successor_id>/approval")
@access(team(MAY_FUNDS))
def desk_returned_approval(community: str, edition: str, successor_id: int) -> AnyResponse:
    """One click: the offer goes out."""
    at = here()
    succession.approve(unit(), at.edition, successor_id)
    tell(str(_("Offered. The mail is on its way.")))
    return redirect(at.url("succession.desk_returned"), 303)
