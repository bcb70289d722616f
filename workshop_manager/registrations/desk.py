"""The organisers' pages: who comes, who waits, the kinds, the join link."""

from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.registrations import queries, service
from workshop_manager.registrations.forms import KindForm, SettingsForm, diet_name, mode_name
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.states import State
from workshop_manager.registrations.views import blueprint as blueprint  # whoever registers it needs these routes too
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_REGISTRATIONS, MAY_SETTINGS

BASE = "/<community>/<edition>/organise/registration"
_MOST_ROWS = 20_000


def state_sign(state: State) -> tuple[str, str]:
    """(sign, word)."""
    return {
        State.REGISTERED: ("ok", str(_("Has a seat"))),
        State.WAITLISTED: ("wait", str(_("In line"))),
        State.CANCELLED: ("rest", str(_("Cancelled"))),
    }[state]


def _asked(kinds: Any) -> queries.Filter:
    kind = request.args.get("kind", "")
    wanted = next((k.id for k in kinds if str(k.id) == kind), None)
    state = next((s for s in State if s.value == request.args.get("state")), None)
    return queries.Filter(wanted, state, request.args.get("q", "").replace("\x00", "").strip()[:100])


@blueprint.get(BASE)
@access(team(MAY_REGISTRATIONS))
def desk(community: str, edition: str) -> Response:
    """Who comes and who waits."""
    at, session = here(), unit().session
    kinds = queries.kinds(session, at.edition.id)
    asked = _asked(kinds)
    pager = paging(queries.count_list(session, at.edition.id, asked))
    may_read = at.standing.may(MAY_SETTINGS)
    return page(
        "registrations/desk.html",
        at=at,
        counts=queries.counts(session, at.edition.id),
        kinds=kinds,
        asked=asked,
        pager=pager,
        rows=queries.listed(session, at.edition.id, asked, pager.offset, pager.size),
        signs={state: state_sign(state) for state in State},
        states=list(State),
        may_edit=may_read,
        # The front desk hands out badges; what somebody eats or needs is for the organisers.
        diets=_diets(session, at.edition.id) if may_read else [],
        needs=queries.with_needs(session, at.edition.id) if may_read else [],
    )


def _diets(session: Any, edition_id: int) -> list[tuple[str, int]]:
    totals = queries.diet_totals(session, edition_id)
    return [(diet_name(value), number) for value, number in sorted(totals.items(), key=lambda t: -t[1])]


@blueprint.get("/<community>/<edition>/organise/registrations.csv")
@access(team(MAY_SETTINGS))
def desk_csv(community: str, edition: str) -> Response:
    """The list as it is filtered, to take along."""
    at, session = here(), unit().session
    rows = queries.listed(session, at.edition.id, _asked(queries.kinds(session, at.edition.id)), 0, _MOST_ROWS)
    header = ("name", "pronouns", "affiliation", "kind", "state", "address", "diet", "needs", "photos", "registered")
    return csv_response(
        f"{community}-{edition}-registrations",
        header,
        (
            (
                row.badge_name,
                row.pronouns,
                row.affiliation,
                row.kind.name,
                row.state.value,
                row.person.email if row.person else "",
                ", ".join(row.diet),
                row.needs,
                "yes" if row.photo_consent else "no",
                row.created_at.strftime("%Y-%m-%dT%H:%MZ"),
            )
            for row in rows
        ),
    )


@blueprint.post(f"{BASE}/<int:registration_id>/cancellation")
@access(team(MAY_SETTINGS))
def desk_cancellation(community: str, edition: str, registration_id: int) -> Any:
    """Cancel on somebody's behalf; they are told."""
    at = here()
    row = service.cancel_for(unit(), at.edition, registration_id)
    tell(str(_("The registration of %(name)s is cancelled, and they get a mail.", name=row.badge_name)))
    return redirect(at.url("registrations.desk"), 303)


@blueprint.route(f"{BASE}/kinds", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def desk_kinds(community: str, edition: str) -> Any:
    """The kinds, and a form for another."""
    at, uow = here(), unit()
    form = KindForm()
    if form.is_sent and _saved(form, lambda: service.add_kind(uow, at.edition, form.content())):
        tell(str(_("“%(name)s” is added.", name=form.name.data)))
        return redirect(at.url("registrations.desk_kinds"), 303)
    kinds = queries.kinds(uow.session, at.edition.id)
    waiting = queries.waiting_by_kind(uow.session, at.edition.id)
    status = 422 if request.method == "POST" else 200
    modes = {kind.id: mode_name(kind.mode) for kind in kinds}
    return page("registrations/desk_kinds.html", status, at=at, form=form, kinds=kinds, waiting=waiting, modes=modes)


def _saved(form: KindForm, act: Any) -> bool:
    try:
        act()
    except Conflict as refusal:
        field = form.capacity if "capacity" in refusal.sentence else form.name
        field.errors = [*field.errors, refusal.sentence]
        return False
    return True


def _kind(kind_id: int) -> RegistrationKind:
    kind = next((k for k in queries.kinds(unit().session, here().edition.id) if k.id == kind_id), None)
    if kind is None:
        raise NotFound
    return kind


@blueprint.route(f"{BASE}/kinds/<int:kind_id>", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def desk_kind(community: str, edition: str, kind_id: int) -> Any:
    """Change a kind."""
    at, uow = here(), unit()
    kind = _kind(kind_id)
    form = KindForm(name=kind.name, mode=kind.mode.value, capacity=kind.capacity, text=kind.text)
    if form.is_sent and _saved(form, lambda: service.edit_kind(uow, at.edition, kind_id, form.content())):
        tell(str(_("“%(name)s” is saved.", name=form.name.data)))
        return redirect(at.url("registrations.desk_kinds"), 303)
    status = 422 if request.method == "POST" else 200
    return page("registrations/desk_kind.html", status, at=at, form=form, kind=kind)


@blueprint.post(f"{BASE}/kinds/<int:kind_id>/removal")
@access(team(MAY_SETTINGS))
def desk_kind_removal(community: str, edition: str, kind_id: int) -> Any:
    """Take away a kind that nobody chose."""
    at = here()
    service.remove_kind(unit(), at.edition, kind_id)
    tell(str(_("The kind is gone.")))
    return redirect(at.url("registrations.desk_kinds"), 303)


@blueprint.route(f"{BASE}/settings", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def desk_settings(community: str, edition: str) -> Any:
    """The join link and what everybody should know."""
    at, uow = here(), unit()
    found = queries.settings_of(uow.session, at.edition.id)
    form = SettingsForm(join_url=found.join_url if found else "", note=found.note if found else "")
    if form.is_sent:
        service.save_settings(uow, at.edition, join_url=form.join_url.data or None, note=form.note.data or "")
        tell(str(_("Saved.")))
        return redirect(at.url("registrations.desk"), 303)
    status = 422 if request.method == "POST" else 200
    return page("registrations/desk_settings.html", status, at=at, form=form)
