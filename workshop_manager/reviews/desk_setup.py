"""The chairs' pages on which reviewing is prepared: what reviewers are asked, and the table of phases."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.assignments.desk import tabs
from workshop_manager.core.deadlines import AOE, Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.reviews import criteria, phases, queries, setting_up, words
from workshop_manager.reviews.criteria import Form, Item
from workshop_manager.reviews.desk import DESK
from workshop_manager.reviews.forms import review_form
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.setting_up import SameStart
from workshop_manager.reviews.setup_forms import (
    ItemForm,
    PhaseForm,
    SettingsForm,
    item_form,
    phase_form,
    refuse,
    version_of,
)
from workshop_manager.reviews.shown import form_of
from workshop_manager.reviews.views import blueprint, start_text
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_DECIDE

# -- phases -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table of phases. `id` is None for what holds without a phase."""

    id: int | None
    name: str
    starts: DeadlineText | None
    is_now: bool
    phase: Phase
    others: str


@blueprint.get(f"{DESK}/phases")
@access(team(MAY_DECIDE))
def phases_page(community: str, edition: str) -> Response:
    """When what is open, as a table."""
    return _phases(here())


def _phases(at: Here, status: int = 200, form: SettingsForm | None = None) -> Response:
    session, now = unit().session, unit().now
    rows = queries.phase_rows(session, at.edition.id)
    plain = [queries.phase_of(row) for row in rows]
    holds = phases.phase_at(plain, now)
    stored = queries.settings_of(session, at.edition.id)
    shown = [
        Row(
            row.id,
            row.name,
            deadline_text(Deadline(row.starts_at, row.zone)),
            phase == holds,
            phase,
            str(words.SEE_OTHERS_SHORT[phase.see_others]),
        )
        for row, phase in zip(rows, plain, strict=True)
    ]
    if not shown:
        usual = phases.UNDIVIDED
        name = str(_("Until decisions are released"))
        shown = [Row(None, name, None, True, usual, str(words.SEE_OTHERS_SHORT[usual.see_others]))]
    return page(
        "reviews/phases.html",
        status,
        at=at,
        tabs=tabs(at, "reviews.phases_page"),
        rows=shown,
        has_phases=bool(rows),
        not_begun=bool(rows) and holds == phases.BEFORE,
        next_start=start_text(phases.next_phase(plain, now)),
        form=form
        or SettingsForm(
            version=str(stored.version),
            response_words=stored.response_words,
            response_pdf=stored.response_pdf,
            meta_for_authors=stored.meta_for_authors,
        ),
    )


@blueprint.post(f"{DESK}/phases")
@access(team(MAY_DECIDE))
def phases_usual(community: str, edition: str) -> Any:
    """Begin with the usual four."""
    at = here()
    setting_up.usual_phases(unit(), at.edition)
    tell(str(_("Four phases, along the dates of this workshop. Change what does not fit.")))
    return redirect(at.url("reviews.phases_page"), 303)


@blueprint.post(f"{DESK}/settings")
@access(team(MAY_DECIDE))
def phases_settings(community: str, edition: str) -> Any:
    """Limits of responses, and who reads meta-reviews."""
    at, form = here(), SettingsForm()
    if not form.is_sent:
        return _phases(at, 422, form)
    try:
        setting_up.save_settings(
            unit(),
            at.edition,
            response_words=form.response_words.data or 50,
            response_pdf=bool(form.response_pdf.data),
            meta_for_authors=bool(form.meta_for_authors.data),
            version=version_of(form.version.data),
        )
    except Conflict as refusal:
        refuse(form, refusal.sentence)
        form.version.data, form.version.raw_data = str(queries.settings_of(unit().session, at.edition.id).version), None
        return _phases(at, 422, form)
    tell(str(_("Saved.")))
    return redirect(at.url("reviews.phases_page"), 303)


@blueprint.route(f"{DESK}/phases/new", methods=["GET", "POST"])
@access(team(MAY_DECIDE))
def phases_new(community: str, edition: str) -> Any:
    """Another phase."""
    at, form = here(), phase_form(None, AOE)
    if request.method != "POST":
        return _phase_page(at, form, None)
    if not form.is_sent:
        return _phase_page(at, form, None, 422)
    try:
        setting_up.add_phase(unit(), at.edition, form.content())
    except Conflict as refusal:
        refuse(form, refusal.sentence)
        return _phase_page(at, form, None, 422)
    tell(str(_("Added.")))
    return redirect(at.url("reviews.phases_page"), 303)


@blueprint.route(f"{DESK}/phases/<int:phase_id>", methods=["GET", "POST"])
@access(team(MAY_DECIDE))
def phases_one(community: str, edition: str, phase_id: int) -> Any:
    """Change a phase."""
    at = here()
    row = next((one for one in queries.phase_rows(unit().session, at.edition.id) if one.id == phase_id), None)
    if row is None:
        raise NotFound
    form = phase_form(row, AOE) if request.method != "POST" else PhaseForm()
    if request.method != "POST":
        return _phase_page(at, form, phase_id)
    if not form.is_sent:
        return _phase_page(at, form, phase_id, 422)
    try:
        setting_up.edit_phase(unit(), at.edition, phase_id, form.content(), version=version_of(form.version.data))
    except Conflict as refusal:
        refuse(form, refusal.sentence)
        if not isinstance(refusal, SameStart):
            form.version.data, form.version.raw_data = str(row.version), None
        return _phase_page(at, form, phase_id, 422)
    tell(str(_("Saved.")))
    return redirect(at.url("reviews.phases_page"), 303)


def _phase_page(at: Here, form: PhaseForm, phase_id: int | None, status: int = 200) -> Response:
    return page("reviews/phase.html", status, at=at, form=form, phase_id=phase_id)


@blueprint.post(f"{DESK}/phases/<int:phase_id>/removal")
@access(team(MAY_DECIDE))
def phases_removal(community: str, edition: str, phase_id: int) -> Any:
    """Take a phase away."""
    at = here()
    setting_up.remove_phase(unit(), at.edition, phase_id)
    tell(str(_("Removed. The phase before it lasts until the next one starts.")))
    return redirect(at.url("reviews.phases_page"), 303)


# -- what is asked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """What one form is for: all tracks (`track` None), or one of them."""

    track: Track | None
    version: int
    form: Form
    is_own: bool
    """False where a track asks what all others do."""

    @property
    def id(self) -> int:
        """As it stands in addresses: 0 for all tracks."""
        return self.track.id if self.track else 0


def _scopes(at: Here) -> list[Scope]:
    session = unit().session
    rows = queries.form_rows(session, at.edition.id)
    general = rows.get(None)
    found = [Scope(None, general.version if general else 0, form_of(general), True)]
    for track in workshops.tracks(session, at.edition.id):
        own = rows.get(track.id)
        asked = form_of(queries.form_row_for(rows, track.id))
        found.append(Scope(track, own.version if own else 0, asked, bool(own and own.content)))
    return found


def _scope(at: Here, track_id: int) -> Scope:
    found = next((scope for scope in _scopes(at) if scope.id == track_id), None)
    if found is None:
        raise NotFound
    return found


def _item(scope: Scope, key: str) -> Item:
    found = scope.form.find(key)
    if found is None or not scope.is_own:
        raise NotFound
    return found


def _track_id(scope: Scope) -> int | None:
    return scope.track.id if scope.track else None


@blueprint.get(f"{DESK}/forms")
@access(team(MAY_DECIDE))
def forms_page(community: str, edition: str) -> Response:
    """The forms of an edition: that of all tracks, and those of tracks that ask something else."""
    at = here()
    counts = queries.reviews_by_form(unit().session, at.edition.id)
    return page("reviews/forms.html", at=at, tabs=tabs(at, "reviews.phases_page"), scopes=_scopes(at), written=counts)


@blueprint.get(f"{DESK}/forms/<int:track_id>")
@access(team(MAY_DECIDE))
def forms_one(community: str, edition: str, track_id: int) -> Response:
    """What one form asks, question by question, and how it looks."""
    at = here()
    return _form_page(at, _scope(at, track_id))


def _form_page(at: Here, scope: Scope, status: int = 200, refused: str = "") -> Response:
    weights = sum(item.weight for item in scope.form.counted)
    return page(
        "reviews/form.html",
        status,
        at=at,
        scope=scope,
        refused=refused,
        rows=review_form(scope.form).rows(),
        shares={i.key: round(100 * i.weight / weights) for i in scope.form.counted},
        fixed=criteria.FIXED,
        kinds=words.KINDS,
        audiences=words.AUDIENCES_SHORT,
        may_add=len(scope.form.items) < criteria.MOST_ITEMS,
    )


def _store(at: Here, scope: Scope, form: Form | None, said: str) -> Any:
    try:
        setting_up.save_form(unit(), at.edition, _track_id(scope), form, seen=version_of(request.form.get("seen")))
    except Conflict as refusal:
        return _form_page(at, _scope(at, scope.id), 422, refusal.sentence)
    tell(said)
    return redirect(at.url("reviews.forms_one", track_id=scope.id), 303)


@blueprint.post(f"{DESK}/forms/<int:track_id>")
@access(team(MAY_DECIDE))
def forms_change(community: str, edition: str, track_id: int) -> Any:
    """`do=own`: the track asks something of its own; `do=general`: it does not any more; else the words on top."""
    at = here()
    scope, act = _scope(at, track_id), request.form.get("do", "")
    if act == "own" and scope.track is not None:
        return _store(at, scope, scope.form, str(_("This track has a form of its own now. Change what is different.")))
    if act == "general" and scope.track is not None:
        return _store(at, scope, None, str(_("This track asks what all others do.")))
    if not scope.is_own:
        raise NotFound
    intro = request.form.get("intro", "").replace("\r\n", "\n").replace("\x00", "").strip()[:2000]
    return _store(at, scope, Form(scope.form.items, intro), str(_("Saved.")))


@blueprint.route(f"{DESK}/forms/<int:track_id>/questions/new", methods=["GET", "POST"])
@access(team(MAY_DECIDE))
def forms_new(community: str, edition: str, track_id: int) -> Any:
    """Another question."""
    at = here()
    scope = _scope(at, track_id)
    if not scope.is_own:
        raise NotFound
    return _edit(at, scope, None)


@blueprint.route(f"{DESK}/forms/<int:track_id>/questions/<key>", methods=["GET", "POST"])
@access(team(MAY_DECIDE))
def forms_item(community: str, edition: str, track_id: int, key: str) -> Any:
    """Change a question."""
    at = here()
    scope = _scope(at, track_id)
    return _edit(at, scope, _item(scope, key))


def _edit(at: Here, scope: Scope, item: Item | None) -> Any:
    if request.method != "POST":
        return _item_page(at, scope, item, item_form(item, scope.version))
    form = item_form(item, scope.version) if item else ItemForm()
    made = form.item(scope.form, item) if form.is_sent else None
    if made is None:
        return _item_page(at, scope, item, form, 422)
    changed = scope.form.with_item(made, item.key if item else None)
    try:
        setting_up.save_form(unit(), at.edition, _track_id(scope), changed, seen=version_of(form.seen.data))
    except Conflict as refusal:
        refuse(form, refusal.sentence)
        form.seen.data, form.seen.raw_data = str(scope.version), None
        return _item_page(at, scope, item, form, 422)
    tell(str(_("Saved. Reviews that are in keep what they were asked.")))
    return redirect(at.url("reviews.forms_one", track_id=scope.id), 303)


def _item_page(at: Here, scope: Scope, item: Item | None, form: ItemForm, status: int = 200) -> Response:
    return page("reviews/form_item.html", status, at=at, scope=scope, item=item, form=form, fixed=criteria.FIXED)


@blueprint.post(f"{DESK}/forms/<int:track_id>/questions/<key>/removal")
@access(team(MAY_DECIDE))
def forms_item_removal(community: str, edition: str, track_id: int, key: str) -> Any:
    """Ask something no more."""
    at = here()
    scope = _scope(at, track_id)
    _item(scope, key)
    return _store(at, scope, scope.form.without(key), str(_("Removed. Reviews that are in keep what they answered.")))


@blueprint.post(f"{DESK}/forms/<int:track_id>/questions/<key>/place")
@access(team(MAY_DECIDE))
def forms_item_move(community: str, edition: str, track_id: int, key: str) -> Any:
    """Move a question up or down."""
    at = here()
    scope = _scope(at, track_id)
    _item(scope, key)
    step = -1 if request.form.get("to") == "up" else 1
    return _store(at, scope, scope.form.moved(key, step), str(_("Moved.")))
