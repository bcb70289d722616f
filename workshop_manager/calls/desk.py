"""The organisers' page on which the call is written, and what all pages of the call's desk have in common."""

from datetime import datetime
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import cover, queries, service, words
from workshop_manager.calls.forms import CallForm, call_form
from workshop_manager.calls.models import Call
from workshop_manager.calls.service import CallContent
from workshop_manager.calls.states import Blinding
from workshop_manager.calls.views import blueprint
from workshop_manager.core.text import clean_text
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey

DESK = "/<community>/<edition>/organise/call"
LONGEST = 20_000
"""Characters of a text that are shown as they will look."""


def desk_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the call's desk, with its parts above."""
    at = here()
    parts = navigation.parts("call", at, request.endpoint)
    public_url = at.url("calls.call")
    return page(f"calls/{template}.html", status, at=at, parts=parts, public_url=public_url, **values)


@blueprint.get(DESK)
@access(team(MAY_SETTINGS))
def desk_call(community: str, edition: str) -> Response:
    """The call, to be edited."""
    found = queries.find_call(unit().session, here().edition.id)
    return _call_page(call_form(found))


@blueprint.post(DESK)
@access(team(MAY_SETTINGS))
def desk_call_sent(community: str, edition: str) -> AnyResponse:
    """Save the call, unless somebody else saved it in between; or show its text as it will look."""
    at, uow = here(), unit()
    found = service.locked_call(uow, at.edition.id)
    form = call_form(found)
    if request.form.get("do") == "preview":
        return _call_page(form, looks=form.text.data or "")
    if not form.is_sent:
        return _call_page(form, 422)
    content = form.content(found)
    if not service.may_blind(uow, found, content.blinding):
        form.blinding.errors = [
            str(_("Abstracts were submitted with fewer names shown than that. More can be hidden now, not less."))
        ]
        return _call_page(form, 422)
    theirs = _differences(form, found, content)
    if form.version.data != str(found.version) and theirs:
        form.version.data = str(found.version)
        return _call_page(form, 422, theirs=theirs)
    if theirs:
        service.edit_call(uow, at.edition, content)
    tell(str(_("Saved. The call reads like this now.")))
    return redirect(at.url("calls.call"), 303)


def _differences(form: CallForm, found: Call, content: CallContent) -> list[tuple[str, str]]:
    """What is stored where it differs from what was typed, as (label, value)."""
    fields = {"prior_cutoff_at": "prior_cutoff", "prior_cutoff_zone": "prior_cutoff"}
    differing = [name for name in CallContent.__slots__ if getattr(found, name) != getattr(content, name)]
    shown = {fields.get(name, name): _shown(getattr(found, fields.get(name, name))) for name in differing}
    return [(str(form[name].label.text), text) for name, text in shown.items()]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    at, zone = getattr(value, "at", None), getattr(value, "zone", "")
    if isinstance(at, datetime):
        return when_text(at, zone)
    return words.blinding_text(value) if isinstance(value, Blinding) else str(value or "") or str(_("(empty)"))


def _call_page(
    form: CallForm, status: int = 200, theirs: list[tuple[str, str]] | None = None, looks: str | None = None
) -> Response:
    at, uow = here(), unit()
    dates = workshops.dates(uow.session, at.edition.id)
    phase = cover.phase_at(uow, at.edition.id, by_key(dates))
    return desk_page(
        "desk_call",
        status,
        form=form,
        theirs=theirs or [],
        looks=render_markdown(looks) if looks is not None else None,
        sign=cover.sign(phase),
        due=text_of(by_key(dates).get(DateKey.ABSTRACTS_DUE)),
        action=at.url("calls.desk_call_sent"),
        preview_url=at.url("calls.desk_call_preview"),
        dates_url=at.url("calls.desk_call_dates"),
    )


@blueprint.post(f"{DESK}/preview")
@access(team(MAY_SETTINGS))
def desk_call_preview(community: str, edition: str) -> Response:
    """The text as it will look on the public page: the very same rendering, and nothing is kept."""
    typed = clean_text(request.form.get("text", "")[:LONGEST])
    return Response(str(render_markdown(typed)), mimetype="text/html")
