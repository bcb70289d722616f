"""Pages about conflicts: leaving one as it is with a reason, and the hours that nothing may cover."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict
from workshop_manager.schedule import drafting, queries, settling
from workshop_manager.schedule.forms import ProtectedForm, SettleForm
from workshop_manager.schedule.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

BASE = "/<community>/<edition>/organise/schedule"


@blueprint.route(f"{BASE}/conflicts/left", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def settle(community: str, edition: str) -> Response:
    """Leave one conflict, named by `code` and `subject`, as it is, with a reason."""
    at, uow = here(), unit()
    code, subject = request.values.get("code", "")[:40], request.values.get("subject", "")[:250]
    working = drafting.working(uow.session, at.edition)
    fault = settling.find(working, code, subject)
    if fault is None:
        tell(str(_("This is not in the draft any more: somebody mended it, or left it before you.")), "warning")
        return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
    form, refused, status = SettleForm(), "", 200
    if form.is_sent:
        try:
            settling.settle(
                uow, at.edition, at.standing, code, subject, seen=form.seen.data or "", reason=form.reason.data or ""
            )
        except Conflict as conflict:
            refused, status = conflict.sentence, 409
        else:
            tell(str(_("Left as it is. It comes back by itself if what it is about changes.")))
            return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
    elif form.errors:
        status = 422
    form.seen.data, form.code.data, form.subject.data = fault.digest(working.programme), code, subject
    return page("schedule/settle.html", status, at=at, form=form, fault=fault, refused=refused)


@blueprint.post(f"{BASE}/conflicts/left/<int:settled_id>/return")
@access(team(MAY_SCHEDULE))
def unsettle(community: str, edition: str, settled_id: int) -> Response:
    """Take back that a conflict was left."""
    at = here()
    settling.unsettle(unit(), at.edition, at.standing, settled_id)
    tell(str(_("It is among what wants a look again.")))
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A protected time as it is read."""

    id: int
    label: str
    when: str


@blueprint.route(f"{BASE}/protected", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def protected(community: str, edition: str) -> Response:
    """The hours that nothing may cover, and a form for one more."""
    at, uow = here(), unit()
    form = ProtectedForm()
    zone = ZoneInfo(at.edition.time_zone)
    if form.is_submitted():
        read = form.read(at.edition.time_zone) if form.is_sent else None
        if read is not None:
            settling.protect(uow, at.edition, at.standing, *read)
            tell(str(_("Kept free. The draft says what covers it.")))
            return redirect(at.url("schedule.protected"), 303)  # type: ignore[return-value]
        return _protected_page(at, form, 422)
    form.day.data = at.edition.starts_at.astimezone(zone).date()
    return _protected_page(at, form, 200)


def _protected_page(at: Here, form: ProtectedForm, status: int) -> Response:
    zone = ZoneInfo(at.edition.time_zone)
    stretches = []
    for row in queries.protected_times(unit().session, at.edition.id):
        start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
        when = f"{day_text(start.date(), short=False)}, {clock_text(start)}–{clock_text(end)}"
        stretches.append(Stretch(row.id, row.label, when))
    return page("schedule/protected.html", status, at=at, form=form, stretches=stretches)


@blueprint.post(f"{BASE}/protected/<int:protected_id>/removal")
@access(team(MAY_SCHEDULE))
def unprotect(community: str, edition: str, protected_id: int) -> Response:
    """Let a time be used again."""
    at = here()
    settling.unprotect(unit(), at.edition, at.standing, protected_id)
    tell(str(_("Not kept free any more.")))
    return redirect(at.url("schedule.protected"), 303)  # type: ignore[return-value]
