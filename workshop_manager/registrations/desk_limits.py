"""The organisers' page of until when people change things themselves."""

from flask import Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.text import isolated
from workshop_manager.registrations import bringing, queries, service
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import LimitsForm, limits_values, typed_version
from workshop_manager.registrations.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale


def _page(form: LimitsForm, status: int = 200, theirs: tuple[tuple[str, str], ...] = ()) -> Response:
    kinds = queries.kinds(unit().session, here().edition.id)
    return desk_page("desk_limits", status, form=form, theirs=theirs, kinds=kinds, most_guests=bringing.MOST_GUESTS)


@blueprint.get(f"{BASE}/changes")
@access(team(MAY_SETTINGS))
def desk_limits(community: str, edition: str) -> Response:
    """Until when people take part in another way, and pass their seat on, themselves."""
    found = queries.settings_of(unit().session, here().edition.id)
    return _page(LimitsForm(data=limits_values(found)))


@blueprint.post(f"{BASE}/changes")
@access(team(MAY_SETTINGS))
def desk_limits_save(community: str, edition: str) -> AnyResponse:
    """Save both dates, unless somebody else did in between."""
    at, uow, form = here(), unit(), LimitsForm()
    if not form.is_sent:
        return _page(form, 422)
    try:
        service.save_limits(
            uow,
            at.edition,
            switch_until=form.switch.form.deadline,
            transfer_until=form.transfer.form.deadline,
            transfer_approved=bool(form.approved.data),
            version=form.seen_version,
        )
    except Stale:
        row = queries.settings_of(uow.session, at.edition.id)
        form.version.data = str(row.version if row is not None else 0)
        dates = (
            (form.switch.label.text, row.switch_until if row else None),
            (form.transfer.label.text, row.transfer_until if row else None),
        )
        said = tuple((str(label), when_text(one.at, one.zone) if one else str(_("nothing"))) for label, one in dates)
        return _page(form, 409, said)
    tell(str(_("Saved. After these dates only you can change it for them.")))
    return redirect(at.url("registrations.desk"), 303)


@blueprint.post(f"{BASE}/kinds/<int:kind_id>/guests")
@access(team(MAY_SETTINGS))
def desk_guests(community: str, edition: str, kind_id: int) -> AnyResponse:
    """How many guests people of a kind may bring along, and of which kind their seats are."""
    at = here()
    number, guest_kind = (typed_version(request.form.get(name)) for name in ("guests", "guest_kind"))
    kind = bringing.allow(unit(), at.edition, kind_id, number, guest_kind or None)
    tell(str(_("Saved for %(kind)s. Guests who are there already stay.", kind=isolated(kind.name))))
    return redirect(at.url("registrations.desk_limits"), 303)
