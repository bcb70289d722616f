"""The most that an edition gives for each kind of cost: the verb and its page."""

from collections.abc import Mapping, Sequence

from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.audit import record
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import queries as money
from workshop_manager.funds.refusals import Stale
from workshop_manager.grants import queries, words
from workshop_manager.grants.costs import Limit
from workshop_manager.grants.forms import caps_form, digest
from workshop_manager.grants.models import GrantCap
from workshop_manager.grants.states import CostKind
from workshop_manager.grants.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.service import require


def save_caps(uow: UnitOfWork, edition: Edition, limits: Mapping[str, Sequence[Limit]], *, seen: str) -> None:
    """Set the caps of these currencies anew. What was asked for before stays as it is until its applicant saves again.

    `seen` names what held when the form was opened (`forms.digest`); raises Stale if somebody else saved meanwhile.
    """
    require(uow, edition, MAY_FUNDS)
    workshops.locked_edition(uow.session, edition.id)
    before = queries.caps(uow.session, edition.id)
    if digest(before) != seen:
        raise Stale(str(_("Somebody saved these caps after you opened them.")))
    for row in before:
        if row.currency in limits:
            uow.session.delete(row)
    uow.session.flush()
    for currency, found in limits.items():
        for one in found:
            uow.session.add(
                GrantCap(edition_id=edition.id, kind=one.kind, currency=currency, amount=one.amount, nights=one.nights)
            )
    uow.session.flush()
    record(uow, "grant caps set", "edition", edition.id, edition_id=edition.id)


@blueprint.route("/<community>/<edition>/organise/grants/caps", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_caps(community: str, edition: str) -> AnyResponse:
    """The most for each kind of cost, in every currency that a fund is in."""
    at, uow = here(), unit()
    currencies = sorted({fund.currency for fund in money.funds(uow.session, at.edition.id)})
    before = queries.caps(uow.session, at.edition.id)
    form, is_stale = caps_form(currencies, before), False
    limits = form.limits(currencies) if form.is_sent else None
    if limits is not None:
        try:
            save_caps(uow, at.edition, limits, seen=form.version.data or "")
        except Stale:
            form.version.data, is_stale = digest(before), True
        else:
            tell(str(_("Saved. Applicants read it, and the form keeps to it.")))
            return redirect(at.url("grants.desk_caps"), 303)
    return page(
        "grants/caps.html",
        422 if form.is_submitted() else 200,
        at=at,
        form=form,
        currencies=currencies,
        kinds=[(kind.value, words.kind_name(kind), words.kind_icon(kind)) for kind in CostKind],
        is_stale=is_stale,
        theirs=[(words.kind_name(cap.kind), words.limit_text(cap.limit, cap.currency)) for cap in before],
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_caps", "overview")}
        | {"desk_funds": at.url("funds.desk_funds")},
    )
