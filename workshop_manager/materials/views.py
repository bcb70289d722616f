"""Materials of an item: for its speakers and organisers, and the files for everybody who may read them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request, session
from flask_babel import gettext as _

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.materials import asking, files, queries, service, showing, words
from workshop_manager.materials.files import NotTaken
from workshop_manager.materials.forms import MaterialForm, OffForm, RecordingForm, said
from workshop_manager.materials.models import Material
from workshop_manager.materials.rules import MAY_MATERIALS
from workshop_manager.materials.service import NotAgreed
from workshop_manager.materials.states import Agrees, Kind
from workshop_manager.schedule import publishing
from workshop_manager.schedule import queries as schedule
from workshop_manager.schedule.programme import Item
from workshop_manager.schedule.programme import Kind as ItemKind
from workshop_manager.schedule.words import recording_name
from workshop_manager.submissions import uploads
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here, team

blueprint = Blueprint("materials", __name__)
BASE = "/<community>/<edition>/schedule/items/<uid>"
_TALKS = frozenset({ItemKind.TALK, ItemKind.KEYNOTE, ItemKind.LIGHTNING, ItemKind.POSTER})


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside all that was typed; only for those with a session."""
    if endpoint == "materials.of_item" and SIGNED_IN_KEY in session:
        request.max_content_length = uploads.LARGEST_BODY


@dataclass(frozen=True, slots=True)
class Row:
    """A material as its speakers and organisers see it."""

    material: Material
    shelf: showing.Shelf
    who: str
    may_delete: bool
    """False: organisers take it off with a reason, or put it back."""


@blueprint.get("/<community>/<edition>/schedule/my-materials")
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What one gives here, and what there is of it."""
    at, uow = here(), unit()
    navigation.frame().private = True
    programme = queries.released(uow.session, at.edition.id)
    items = queries.items_of(programme, viewer_person().id)
    there = _by_item(queries.of_edition(uow.session, at.edition.id)) if items else {}
    return page("materials/mine.html", at=at, items=[(item, _kinds(there.get(item.uid, []))) for item in items])


@blueprint.get("/<community>/<edition>/organise/schedule/materials")
@access(team(MAY_MATERIALS))
def desk(community: str, edition: str) -> Response:
    """What there is of each talk, and what lacks."""
    at, uow = here(), unit()
    programme = queries.released(uow.session, at.edition.id)
    there = _by_item(queries.of_edition(uow.session, at.edition.id))
    said_by: dict[str, list[Any]] = {}
    for row in queries.answers(uow.session, at.edition.id):
        said_by.setdefault(row.uid, []).append(row)
    lines = []
    for item in programme.items if programme is not None else ():
        if not item.cancelled and (item.kind in _TALKS or item.uid in there):
            rows = there.get(item.uid, [])
            agrees = set(service.said_of(item, said_by.get(item.uid, [])).values())
            lines.append((item, _kinds(rows), Agrees.NO in agrees, any(row.is_held for row in rows)))
    lacking = sum(not kinds for _item, kinds, _no, _held in lines)
    told = asking.state(uow, at.edition.id)
    return page(
        "materials/desk.html",
        at=at,
        lines=lines,
        lacking=lacking,
        ask=told,
        reminder=asking.reminder_on(told) if told is not None else None,
        reached=len(asking.owing(uow, at.edition)) if lines and (told is None or told.reminded_at is None) else 0,
        is_over=at.edition.ends_at <= uow.now,
    )


@blueprint.post("/<community>/<edition>/organise/schedule/materials")
@access(team(MAY_MATERIALS))
def ask(community: str, edition: str) -> Response:
    """Ask speakers by mail for their slides once the event is over, or not after all."""
    at = here()
    asks = request.form.get("asks") == "y"
    asking.decide(unit(), at.edition, at.standing, asks=asks)
    tell(str(_("Speakers are asked once the event is over.") if asks else _("Nobody is asked any more.")))
    return redirect(at.url("materials.desk"), 303)  # type: ignore[return-value]


def _by_item(rows: Sequence[Material]) -> dict[str, list[Material]]:
    found: dict[str, list[Material]] = {}
    for row in rows:
        found.setdefault(row.uid, []).append(row)
    return found


def _kinds(rows: Sequence[Material]) -> list[str]:
    return [words.kind_name(kind) for kind in Kind if any(row.kind is kind and row.off_at is None for row in rows)]


@blueprint.route(f"{BASE}/materials", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def of_item(community: str, edition: str, uid: str) -> Response:
    """All of an item's materials, for its speakers and organisers, and a form for one more."""
    at, uow = here(), unit()
    navigation.frame().private = True
    service.require_item(uow, at.edition, at.standing, uid)
    form = MaterialForm()
    form.offer()
    if not form.is_submitted():
        return _page(at, uid, form, 200)
    if not form.validate():
        return _page(at, uid, form, 422)
    given = form.read()
    try:
        if form.upload is not None:
            edition_row, standing = at.edition, at.standing
            taken = files.take(uow, form.upload, given.kind)
            given = replace(given, file=taken)
            service.add(uow, edition_row, standing, uid, given)
        else:
            service.add(uow, at.edition, at.standing, uid, given)
    except NotTaken as refusal:
        said(form.file, str(refusal))
        return _page(here(), uid, form, 422)
    except NotAgreed as refusal:
        said(form.shown, refusal.sentence)
        return _page(at, uid, form, 422)
    tell(str(_("Added. It is shown to: %(who)s.", who=words.shown_name(given.shown))))
    return redirect(at.url("materials.of_item", uid=uid), 303)  # type: ignore[return-value]


def _page(at: Here, uid: str, form: MaterialForm, status: int) -> Response:
    uow = unit()
    item, own = service.require_item(uow, at.edition, at.standing, uid)
    may_all = at.standing.may(MAY_MATERIALS)
    rows = [
        Row(row, showing.shelf(at, row), words.shown_name(row.shown), (own or may_all) if not row.by_speaker else own)
        for row in queries.of_item(uow.session, at.edition.id, uid)
        if own or may_all
    ]
    answers = queries.answers(uow.session, at.edition.id, uid)
    recording = RecordingForm()
    recording.offer()
    mine = next((one for one in answers if one.person_id == (viewer_person().id if own else None)), None)
    recording.agrees.data = mine.agrees.value if mine is not None else None
    return page(
        "materials/of_item.html",
        status,
        at=at,
        item=item,
        form=form,
        rows=rows,
        recording=recording,
        has_said=mine is not None,
        planned=recording_name(item.recording),
        own=own,
        asks=own or any(who.person_key is None for who in item.speakers),
        is_public=_public_item(at, uid) is not None,
    )


@blueprint.post(f"{BASE}/recording")
@access(SIGNED_IN_EDITION)
def answer(community: str, edition: str, uid: str) -> Response:
    """Say whether a recording may be shown."""
    at, uow = here(), unit()
    service.require_item(uow, at.edition, at.standing, uid)
    form = RecordingForm()
    form.offer()
    if not form.is_sent:
        raise Conflict(str(_("Choose one of the answers first.")))
    service.answer(uow, at.edition, at.standing, uid, Agrees(form.agrees.data))
    tell(str(_("Kept. What may not be shown so is hidden from now on.")))
    return redirect(at.url("materials.of_item", uid=uid), 303)  # type: ignore[return-value]


@blueprint.post(f"{BASE}/materials/<int:material_id>/removal")
@access(SIGNED_IN_EDITION)
def remove(community: str, edition: str, uid: str, material_id: int) -> Response:
    """Remove one's own; organisers take it off with a reason, or put it back."""
    at, form = here(), OffForm()
    form.validate()
    gone = service.remove(unit(), at.edition, at.standing, uid, material_id, form.reason.data or "")
    tell(str(_("Removed.") if gone else _("Done. Its speakers see it with the reason.")))
    return redirect(at.url("materials.of_item", uid=uid), 303)  # type: ignore[return-value]


def _public_item(at: Here, uid: str) -> Item | None:
    shown = schedule.published(unit().session, at.edition.id)
    return publishing.parsed(shown.programme).item(uid) if shown is not None else None


@blueprint.get(f"{BASE}/materials/<int:material_id>")
@access(EDITION)
def file(community: str, edition: str, uid: str, material_id: int) -> Response:
    """A file, as an attachment, sandboxed: for whoever may read it now."""
    at, uow = here(), unit()
    row = queries.find(uow.session, at.edition.id, uid, material_id)
    if row is None or row.url:
        raise NotFound
    if not _may_read(at, row):
        raise NotFound
    body = queries.body(uow.session, row.id)
    if body is None:
        raise NotFound
    response = Response(body, mimetype=row.media_type)
    plain = row.kind.value + row.file_name[row.file_name.rfind(".") :]
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.file_name, safe='')}"
    )
    return sandboxed(response)  # type: ignore[no-any-return]


def _may_read(at: Here, row: Material) -> bool:
    uow, person = unit(), viewer_person()
    item = _public_item(at, row.uid)
    is_public = any(one.id == row.id for one in queries.public_of_item(uow.session, at.edition.id, row.uid))
    if (
        is_public
        and item is not None
        and showing.may_see(
            at, row, item, uow.now, is_registered=row.shown.value == "registered" and showing.is_registered(at)
        )
    ):
        return True
    if person is None:
        return False
    if at.standing.may(MAY_MATERIALS):
        return True
    programme = queries.released(uow.session, at.edition.id)
    full = programme.item(row.uid) if programme is not None else None
    return full is not None and service.speaks(full, person.id)
