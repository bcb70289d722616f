"""The organisers' pages of seats that several kinds share, and of those kept for a group."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.registrations import hall, queries, sharing
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.desk_kinds import Differences
from workshop_manager.registrations.forms import QuotaForm, ReserveForm, quota_form, quota_values, reserve_form
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import SeatQuota, SeatReserve
from workshop_manager.registrations.views import blueprint
from workshop_manager.registrations.words import group_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale, Taken


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """A quota in the list."""

    id: int
    name: str
    kinds: str
    taken: int
    capacity: int
    held_back: int


@dataclass(frozen=True, slots=True)
class ReserveLine:
    """Seats kept for a group: `held` by members, `free` for them only."""

    id: int
    pool: str
    whom: str
    seats: int
    held: int
    until: DeadlineText
    is_over: bool


def _quota_line(seats: Hall, row: SeatQuota) -> QuotaLine:
    names = ", ".join(isolated(kind.name) for kind in seats.kinds.values() if kind.id in row.kind_ids)
    return QuotaLine(row.id, row.name, names, row.taken, row.capacity, row.held_back)


def _reserve_line(seats: Hall, row: SeatReserve) -> ReserveLine:
    what, number = row.pool
    return ReserveLine(
        id=row.id,
        pool=seats.kinds[number].name if what == "kind" else seats.quotas[number].name,
        whom=group_name(row.whom),
        seats=row.seats,
        held=row.held,
        until=deadline_text(row.deadline),
        is_over=row.released_at is not None or row.deadline.has_passed(unit().now),
    )


def _page(quota: QuotaForm | None = None, reserve: ReserveForm | None = None, status: int = 200) -> Response:
    at, uow = here(), unit()
    seats = hall.look(uow.session, at.edition.id, uow.now, None)
    kinds, quotas = list(seats.kinds.values()), list(seats.quotas.values())
    return page(
        "registrations/desk_sharing.html",
        status,
        at=at,
        has_kinds=bool(kinds),
        quotas=[_quota_line(seats, row) for row in quotas],
        reserves=[_reserve_line(seats, row) for row in queries.reserves(uow.session, at.edition.id)],
        quota_form=quota or _quota_form(at),
        reserve_form=reserve or _reserve_form(at),
        wrong=quota or reserve,
    )


def _quota_form(at: Here, row: SeatQuota | None = None) -> QuotaForm:
    return quota_form(queries.kinds(unit().session, at.edition.id), row)


def _reserve_form(at: Here) -> ReserveForm:
    session = unit().session
    return reserve_form(queries.kinds(session, at.edition.id), queries.quotas(session, at.edition.id))


def _done(form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether the verb did it; if not, its reason stands at the field."""
    try:
        act()
    except Taken as taken:
        field = form[taken.field]
        field.errors = [*field.errors, taken.sentence]
        return False
    return True


@blueprint.get(f"{BASE}/places")
@access(team(MAY_SETTINGS))
def desk_sharing(community: str, edition: str) -> Response:
    """Places that several kinds share, and places kept for a group."""
    return _page()


@blueprint.post(f"{BASE}/places")
@access(team(MAY_SETTINGS))
def desk_sharing_add(community: str, edition: str) -> AnyResponse:
    """Let several kinds share their places."""
    at = here()
    form = _quota_form(at)
    if not form.is_sent or not _done(form, lambda: sharing.add_quota(unit(), at.edition, form.content())):
        return _page(quota=form, status=422)
    tell(
        str(
            _(
                "“%(name)s” is added: a seat of these kinds needs room there as well.",
                name=isolated(form.name.data or ""),
            )
        )
    )
    return redirect(at.url("registrations.desk_sharing"), 303)


def _quota(quota_id: int) -> SeatQuota:
    found = queries.quotas(unit().session, here().edition.id)
    row = next((one for one in found if one.id == quota_id), None)
    if row is None:
        raise NotFound
    return row


def _quota_page(row: SeatQuota, form: QuotaForm, status: int = 200, theirs: Differences = ()) -> Response:
    return page("registrations/desk_quota.html", status, at=here(), quota=row, form=form, theirs=theirs)


@blueprint.get(f"{BASE}/places/<int:quota_id>")
@access(team(MAY_SETTINGS))
def desk_quota(community: str, edition: str, quota_id: int) -> Response:
    """Shared places, to be edited."""
    row = _quota(quota_id)
    return _quota_page(row, _quota_form(here(), row))


@blueprint.post(f"{BASE}/places/<int:quota_id>")
@access(team(MAY_SETTINGS))
def desk_quota_save(community: str, edition: str, quota_id: int) -> AnyResponse:
    """Change them, unless somebody else did in between."""
    at, uow = here(), unit()
    row = _quota(quota_id)
    form = _quota_form(at, row)
    if not form.is_sent:
        return _quota_page(row, form, 422)
    version = form.seen_version
    try:
        done = _done(form, lambda: sharing.edit_quota(uow, at.edition, quota_id, form.content(), version=version))
    except Stale:
        row = _quota(quota_id)
        form.version.data = str(row.version)
        return _quota_page(row, form, 409, _differences(row, form))
    if not done:
        return _quota_page(_quota(quota_id), form, 422)
    tell(str(_("“%(name)s” is saved.", name=isolated(form.name.data or ""))))
    return redirect(at.url("registrations.desk_sharing"), 303)


def _differences(row: SeatQuota, form: QuotaForm) -> list[tuple[str, str]]:
    """(label, what is stored now) for each field in which that differs from what was typed."""
    names = {str(kind.id): kind.name for kind in queries.kinds(unit().session, here().edition.id)}
    shown = quota_values(row) | {"kinds": ", ".join(names.get(str(one), "") for one in sorted(row.kind_ids))}
    changed = [name for name, value in quota_values(row).items() if name != "version" and value != form[name].data]
    return [(str(form[name].label.text), str(shown[name])) for name in changed]


@blueprint.post(f"{BASE}/places/<int:quota_id>/removal")
@access(team(MAY_SETTINGS))
def desk_quota_removal(community: str, edition: str, quota_id: int) -> AnyResponse:
    """Let its kinds share no longer."""
    at = here()
    sharing.remove_quota(unit(), at.edition, quota_id)
    tell(str(_("These kinds no longer share places. Each keeps the limit of its own.")))
    return redirect(at.url("registrations.desk_sharing"), 303)


@blueprint.post(f"{BASE}/kept")
@access(team(MAY_SETTINGS))
def desk_keep(community: str, edition: str) -> AnyResponse:
    """Keep places for a group until a date."""
    at = here()
    form = _reserve_form(at)
    content = form.content(at.edition.time_zone) if form.is_sent else None
    if content is None or not _done(form, lambda: sharing.keep(unit(), at.edition, content)):
        return _page(reserve=form, status=422)
    tell(str(_("These places are kept. On their date what is left goes to everybody by itself.")))
    return redirect(at.url("registrations.desk_sharing"), 303)


@blueprint.post(f"{BASE}/kept/<int:reserve_id>/release")
@access(team(MAY_SETTINGS))
def desk_release(community: str, edition: str, reserve_id: int) -> AnyResponse:
    """Give what is left to everybody now."""
    at = here()
    sharing.release(unit(), at.edition, reserve_id)
    tell(str(_("What was left is for everybody now. Whoever waited has it.")))
    return redirect(at.url("registrations.desk_sharing"), 303)
