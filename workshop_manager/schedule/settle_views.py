"""Pages about conflicts: leaving one as it is with a reason, and the hours that nothing may cover."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.schedule import drafting, queries, settling, words
from workshop_manager.schedule.forms import ProtectedForm, SettleForm
from workshop_manager.schedule.states import KeptFor
from workshop_manager.schedule.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

BASE = "/<community>/<edition>/organise/schedule"


@dataclass(frozen=True, slots=True)
class Concerned:
    """An item that a conflict is about, and where it can be changed instead."""

    title: str
    url: str


@blueprint.route(f"{BASE}/conflicts/left", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def settle(community: str, edition: str) -> Response:
    """Leave one conflict, named by `code`, `subject` and `about`, as it is, with a reason."""
    at, uow, sent = here(), unit(), request.values
    name = settling.Name(sent.get("code", "")[:40], sent.get("subject", "")[:250], sent.get("about", "")[:32])
    working = drafting.working(uow.session, at.edition)
    fault = settling.find(working, name)
    if fault is None:
        tell(str(_("This is not in the draft any more: somebody mended it, or left it before you.")), "warning")
        return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
    form, refused, status = SettleForm(), "", 200
    if form.is_sent:
        try:
            settling.settle(
                uow, at.edition, at.standing, name, seen=form.seen.data or "", reason=form.reason.data or ""
            )
        except Conflict as conflict:
            refused, status = conflict.sentence, 409
        else:
            tell(str(_("Left as it is. It comes back by itself if what it is about changes.")))
            return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
    elif form.errors:
        status = 422
    form.code.data, form.subject.data, form.about.data = name.code, name.subject, name.about
    form.seen.data = fault.digest(working.programme)
    concerned = [
        Concerned(isolated(row.item.title), at.url("schedule.one_item", item_id=row.item.id))
        for row in working.rows
        if row.item.uid in fault.items
    ]
    return page("schedule/settle.html", status, at=at, form=form, fault=fault, refused=refused, concerned=concerned)


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
    kind: str
    when: str


@blueprint.route(f"{BASE}/protected", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def protected(community: str, edition: str) -> Response:
    """The hours that nothing may cover, and a form for one more."""
    at, uow = here(), unit()
    form = ProtectedForm()
    form.offer()
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
        stretches.append(Stretch(row.id, row.label, _kind(row.kind), when))
    return page("schedule/protected.html", status, at=at, form=form, stretches=stretches)


def _kind(kind: KeptFor) -> str:
    return "" if kind is KeptFor.OTHER else words.kept_for(kind)


@blueprint.post(f"{BASE}/protected/<int:protected_id>/removal")
@access(team(MAY_SCHEDULE))
def unprotect(community: str, edition: str, protected_id: int) -> Response:
    """Remove a time that was kept free."""
    at = here()
    settling.unprotect(unit(), at.edition, at.standing, protected_id)
    tell(str(_("Removed. That time is not kept free any more.")))
    return redirect(at.url("schedule.protected"), 303)  # type: ignore[return-value]
