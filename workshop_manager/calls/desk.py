"""The organisers' page on which the call is written."""

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import cover, queries, service, words
from workshop_manager.calls.forms import CallForm, call_form
from workshop_manager.calls.states import Blinding
from workshop_manager.calls.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey


@blueprint.get("/<community>/<edition>/organise/call")
@access(team(MAY_SETTINGS))
def desk_call(community: str, edition: str) -> Response:
    """The call, to be edited."""
    found = queries.find_call(unit().session, here().edition.id)
    return _call_page(call_form(found))


@blueprint.post("/<community>/<edition>/organise/call")
@access(team(MAY_SETTINGS))
def desk_call_sent(community: str, edition: str) -> AnyResponse:
    """Save the call, unless somebody else saved it in between."""
    at, uow = here(), unit()
    found = service.locked_call(uow, at.edition.id)
    form = call_form(found)
    if not form.is_sent:
        return _call_page(form, 422)
    content = form.content()
    if not service.may_blind(uow, found, content.blinding):
        form.blinding.errors = [
            str(_("Abstracts were submitted with fewer names shown than that. More can be hidden now, not less."))
        ]
        return _call_page(form, 422)
    theirs = [
        (str(form[name].label.text), _shown(getattr(found, name)))
        for name in service.CallContent.__slots__
        if getattr(found, name) != getattr(content, name)
    ]
    if form.version.data != str(found.version) and theirs:
        form.version.data = str(found.version)
        return _call_page(form, 422, theirs=theirs)
    if theirs:
        service.edit_call(uow, at.edition, content)
    tell(str(_("Saved. The call reads like this now.")))
    return redirect(at.url("calls.call"), 303)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return words.blinding_text(value) if isinstance(value, Blinding) else str(value) or str(_("(empty)"))


def _call_page(form: CallForm, status: int = 200, theirs: list[tuple[str, str]] | None = None) -> Response:
    at, uow = here(), unit()
    dates = workshops.dates(uow.session, at.edition.id)
    phase = cover.phase_at(uow, at.edition.id, by_key(dates))
    return page(
        "calls/desk_call.html",
        status,
        form=form,
        theirs=theirs or [],
        sign=cover.sign(phase),
        due=text_of(by_key(dates).get(DateKey.ABSTRACTS_DUE)),
        action=at.url("calls.desk_call_sent"),
        public_url=at.url("calls.call"),
        dates_url=at.url("workshops.settings_dates"),
        tracks_url=at.url("workshops.settings_tracks"),
        questions_url=at.url("questions.questions", purpose="submission"),
    )
