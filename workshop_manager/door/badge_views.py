"""The page where badges are printed, alone, all at once, and again."""

from dataclasses import dataclass

import structlog
from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict
from workshop_manager.door import printing, queries
from workshop_manager.door.badges import Layout
from workshop_manager.door.forms import SHEETS, BadgeForm
from workshop_manager.door.printing import Wanted, Who
from workshop_manager.door.rules import MAY_DOOR
from workshop_manager.door.views import BASE, blueprint, found_person, parts
from workshop_manager.proceedings.printing import PressFailed
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team

log = structlog.get_logger("workshop_manager.door")
_PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """Badges that were printed."""

    id: int
    name: str
    badges: int
    when: str
    by: str
    sheet: str


def _row(at: Here, one: queries.Batch) -> Row:
    sheet = str(SHEETS[Layout.from_dict(one.layout).sheet])
    return Row(one.id, one.name, one.badges, when_text(one.at, at.edition.time_zone), one.by or "", sheet)


def _form(at: Here) -> BadgeForm:
    return BadgeForm(queries.kinds_in_room(unit().session, at.edition.id))


def _page(at: Here, form: BadgeForm, status: int = 200, said: str = "") -> Response:
    uow = unit()
    pager = paging(queries.count_batches(uow.session, at.edition.id), _PER_PAGE)
    everybody = printing.chosen(uow, at.edition, Wanted())
    return page(
        "door/badges.html",
        status,
        at=at,
        parts=parts(at),
        form=form,
        said=said,
        people=len(everybody),
        fresh=len(printing.chosen(uow, at.edition, Wanted(Who.NEW))),
        pager=pager,
        rows=[_row(at, one) for one in queries.batches(uow.session, at.edition.id, pager.offset, pager.size)],
    )


@blueprint.get(f"{BASE}/badges")
@access(team(MAY_DOOR))
def badges(community: str, edition: str) -> Response:
    """Choose paper and people; what was printed before."""
    at = here()
    return _page(at, _form(at))


@blueprint.post(f"{BASE}/badges")
@access(team(MAY_DOOR))
def print_badges(community: str, edition: str) -> AnyResponse:
    """Note what is printed, and lead to the file."""
    at = here()
    form = _form(at)
    if not form.is_sent:
        return _page(at, form, 422)
    try:
        batch = printing.begin(unit(), at.edition, form.wanted, form.layout)
    except Conflict as refusal:
        return _page(at, form, 422, refusal.sentence)
    return redirect(at.url("door.badge_file", batch_id=batch.id), 303)


@blueprint.post(f"{BASE}/people/<int:registration_id>/badge")
@access(team(MAY_DOOR))
def print_badge(community: str, edition: str, registration_id: int) -> AnyResponse:
    """One person's badge, on the paper that was used last."""
    at, uow = here(), unit()
    row = found_person(at, registration_id)
    last = queries.batches(uow.session, at.edition.id, 0, 1)
    layout = Layout.from_dict(last[0].layout) if last else Layout()
    batch = printing.begin(uow, at.edition, Wanted(registration_id=row.id), layout)
    return redirect(at.url("door.badge_file", batch_id=batch.id), 303)


@blueprint.get(f"{BASE}/badges/<int:batch_id>.pdf")
@access(team(MAY_DOOR))
def badge_file(community: str, edition: str, batch_id: int) -> Response:
    """Badges that were printed, as they read now."""
    at = here()
    try:
        done, _rows = printing.again(unit(), at.edition, batch_id)
    except PressFailed as error:
        log.error("badges not printed", error=str(error), edition=at.edition.id)
        raise Conflict(str(_("The badges could not be printed just now. Try again in a minute."))) from None
    if done.unprintable:
        log.warning("letters without a font", letters=list(done.unprintable), edition=at.edition.id)
    response = Response(done.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{community}-{edition}-badges-{batch_id}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response
