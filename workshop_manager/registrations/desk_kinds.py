"""The organisers' pages about how people can take part: the kinds with their places, the link to join."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FormField

from workshop_manager.calls.forms import WhenForm
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.registrations import queries, rules, service
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import KindForm, SettingsForm, kind_values, settings_values
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.states import Mode
from workshop_manager.registrations.views import blueprint
from workshop_manager.registrations.words import mode_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale, Taken

Differences = Sequence[tuple[str, str]]


def _saved(form: KindForm, act: Callable[[], object]) -> bool:
    """Whether the verb did it; if not, its reason stands at the field."""
    try:
        act()
    except Taken as taken:
        found = form[taken.field]
        field = found.form.day if isinstance(found, FormField) else found
        field.errors = [*field.errors, taken.sentence]
        return False
    return True


def _differences(form: BaseForm, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, what is stored now) for each field in which that differs from what was typed."""
    return [
        (str(form[name].label.text), _shown(value))
        for name, value in stored.items()
        if name != "version" and (value or None) != (form[name].data or None)
    ]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        day, clock, zone = (value.get(part) for part in ("day", "time", "zone"))
        return f"{day} {clock:%H:%M} {zone}" if day and clock else str(_("nothing"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    modes = {mode.value: mode_name(mode) for mode in Mode}
    return modes.get(str(value), str(value)) if value not in (None, "") else str(_("nothing"))


def _own_dates(kind: RegistrationKind) -> str:
    parts = []
    if kind.opens is not None:
        parts.append(str(_("opens %(when)s", when=deadline_text(kind.opens).text)))
    if kind.closes is not None:
        parts.append(str(_("closes %(when)s", when=deadline_text(kind.closes).text)))
    return ", ".join(parts)


def _kinds_page(form: KindForm, status: int = 200) -> Response:
    at, session = here(), unit().session
    kinds = queries.kinds(session, at.edition.id)
    return desk_page(
        "desk_kinds",
        status,
        form=form,
        counts=queries.counts(session, at.edition.id),
        kinds=kinds,
        waiting=queries.waiting_by_kind(session, at.edition.id),
        modes={mode: mode_name(mode) for mode in Mode},
        own_dates={kind.id: _own_dates(kind) for kind in kinds},
    )


def _new_kind() -> KindForm:
    nothing = WhenForm.values(None)
    return KindForm(data={"opens": nothing, "closes": nothing})


@blueprint.get(f"{BASE}/kinds")
@access(team(MAY_SETTINGS))
def desk_kinds(community: str, edition: str) -> Response:
    """The kinds, and a form for another."""
    return _kinds_page(_new_kind())


@blueprint.post(f"{BASE}/kinds")
@access(team(MAY_SETTINGS))
def desk_kinds_add(community: str, edition: str) -> AnyResponse:
    """Add a kind."""
    at, form = here(), _new_kind()
    if not form.is_sent or not _saved(form, lambda: service.add_kind(unit(), at.edition, form.content())):
        return _kinds_page(form, 422)
    name = isolated(form.name.data or "")
    tell(str(_("“%(name)s” is added. People can choose it while registration is open.", name=name)))
    return redirect(at.url("registrations.desk_kinds"), 303)


def _kind(kind_id: int) -> RegistrationKind:
    kind = next((k for k in queries.kinds(unit().session, here().edition.id) if k.id == kind_id), None)
    if kind is None:
        raise NotFound
    return kind


def _kind_page(kind: RegistrationKind, form: KindForm, status: int = 200, theirs: Differences = ()) -> Response:
    at = here()
    waiting = queries.waiting_by_kind(unit().session, at.edition.id).get(kind.id, 0)
    return page("registrations/desk_kind.html", status, at=at, form=form, kind=kind, waiting=waiting, theirs=theirs)


@blueprint.get(f"{BASE}/kinds/<int:kind_id>")
@access(team(MAY_SETTINGS))
def desk_kind(community: str, edition: str, kind_id: int) -> Response:
    """A kind, to be edited."""
    kind = _kind(kind_id)
    return _kind_page(kind, KindForm(data=kind_values(kind)))


@blueprint.post(f"{BASE}/kinds/<int:kind_id>")
@access(team(MAY_SETTINGS))
def desk_kind_save(community: str, edition: str, kind_id: int) -> AnyResponse:
    """Change a kind, unless somebody else did in between."""
    at, uow = here(), unit()
    kind = _kind(kind_id)
    form = KindForm(data=kind_values(kind))
    if not form.is_sent:
        return _kind_page(kind, form, 422)
    version = form.seen_version
    try:
        done = _saved(form, lambda: service.edit_kind(uow, at.edition, kind_id, form.content(), version=version))
    except Stale:
        kind = _kind(kind_id)
        theirs = _differences(form, kind_values(kind))
        form.version.data = str(kind.version)
        return _kind_page(kind, form, 409, theirs)
    if not done:
        return _kind_page(_kind(kind_id), form, 422)
    tell(" ".join([str(_("“%(name)s” is saved.", name=isolated(form.name.data or ""))), *_beyond(kind_id, form)]))
    return redirect(at.url("registrations.desk_kinds"), 303)


def _beyond(kind_id: int, form: KindForm) -> list[str]:
    """That more wait than there are places by now, where it is so."""
    places, waiting = form.line_places.data, queries.waiting_for(unit().session, kind_id)
    if places is None or waiting <= places:
        return []
    said = ngettext(
        "%(num)s person waits and keeps that place; nobody is added before fewer than %(places)s do.",
        "%(num)s people wait and keep their places; nobody is added before fewer than %(places)s do.",
        waiting,
        places=places,
    )
    return [str(said) if places else str(_("Whoever waits keeps their place; nobody is added."))]


@blueprint.post(f"{BASE}/kinds/<int:kind_id>/place")
@access(team(MAY_SETTINGS))
def desk_kind_place(community: str, edition: str, kind_id: int) -> AnyResponse:
    """Move a kind up or down."""
    at = here()
    service.move_kind(unit(), at.edition, kind_id, -1 if request.form.get("to") == "up" else 1)
    return redirect(at.url("registrations.desk_kinds"), 303)


@blueprint.post(f"{BASE}/kinds/<int:kind_id>/removal")
@access(team(MAY_SETTINGS))
def desk_kind_removal(community: str, edition: str, kind_id: int) -> AnyResponse:
    """Take away a kind that nobody chose."""
    at = here()
    service.remove_kind(unit(), at.edition, kind_id)
    tell(str(_("The kind is gone.")))
    return redirect(at.url("registrations.desk_kinds"), 303)


def _settings_page(form: SettingsForm, status: int = 200, theirs: Differences = ()) -> Response:
    return desk_page("desk_settings", status, form=form, theirs=theirs)


@blueprint.get(f"{BASE}/settings")
@access(team(MAY_SETTINGS))
def desk_settings(community: str, edition: str) -> Response:
    """The join link and what everybody should know."""
    found = queries.settings_of(unit().session, here().edition.id)
    return _settings_page(SettingsForm(data=settings_values(found)))


@blueprint.post(f"{BASE}/settings")
@access(team(MAY_SETTINGS))
def desk_settings_save(community: str, edition: str) -> AnyResponse:
    """Save them, unless somebody else did in between."""
    at, uow, form = here(), unit(), SettingsForm()
    if not form.is_sent:
        return _settings_page(form, 422)
    try:
        service.save_settings(
            uow,
            at.edition,
            join_url=form.join_url.data or None,
            note=form.note.data or "",
            offer_hours=form.offer_hours.data,
            last_week_hours=form.last_week_hours.data,
            join_minutes=rules.JOIN_MINUTES if form.join_minutes.data is None else form.join_minutes.data,
            version=form.seen_version,
        )
    except Stale:
        stored = settings_values(queries.settings_of(uow.session, at.edition.id))
        theirs = _differences(form, stored)
        form.version.data = stored["version"]
        return _settings_page(form, 409, theirs)
    tell(str(_("Saved. Whoever has a seat is led there in time.") if form.join_url.data else _("Saved.")))
    return redirect(at.url("registrations.desk"), 303)
