"""The organisers' page of what people need on the day: read there only, each look logged, and taken care of."""

from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.questions import queries as questions
from workshop_manager.registrations import asking, caring, queries
from workshop_manager.registrations.desk import BASE, looked
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import NeedForm
from workshop_manager.registrations.models import Need
from workshop_manager.registrations.states import NeedState, State
from workshop_manager.registrations.views import blueprint
from workshop_manager.registrations.words import need_sign, state_sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS


@dataclass(frozen=True, slots=True)
class Line:
    """A need in the list."""

    id: int
    name: str
    kind: str
    seat: tuple[str, str] | None
    about: str
    text: str
    state: str
    sign: tuple[str, str]
    note: str
    taken: str
    taken_by: int | None


def _line(at: Here, one: caring.Shown) -> Line:
    need, row = one.need, one.need.registration
    taken = ""
    if need.state is not NeedState.OPEN:
        by = isolated(need.taker.name) if need.taker else str(_("somebody who left"))
        when = when_text(need.changed_at, at.edition.time_zone)
        taken = str(_("by %(person)s, %(when)s", person=by, when=when))
    return Line(
        id=need.id,
        name=row.badge_name,
        kind=row.kind.name,
        seat=state_sign(row) if row.state is not State.REGISTERED else None,
        about=one.about,
        text=one.text,
        state=need.state.value,
        sign=need_sign(need.state),
        note=need.note or "",
        taken=taken,
        taken_by=need.taken_by if need.state is NeedState.IN_HAND else None,
    )


def _lines(at: Here, found: list[Need]) -> list[Line]:
    answers = questions.answers_to(unit().session, asking.KEY, {need.registration_id for need in found})
    shown = [caring.shown(need, need.registration, answers[need.registration_id]) for need in found]
    return [_line(at, one) for one in shown if one is not None]


@blueprint.get(f"{BASE}/needs")
@access(team(MAY_SETTINGS))
def desk_needs(community: str, edition: str) -> Response:
    """What people need on the day, with their names, and how far it is; each look is logged."""
    at, session, me = here(), unit().session, viewer_person().id
    counts = queries.count_needs(session, at.edition.id)
    only = next((one for one in NeedState if one.value == request.args.get("show")), None)
    pager = paging(counts[only] if only is not None else sum(counts.values()))
    rows = queries.needs(session, at.edition.id, only, pager.offset, pager.size)
    looked(at, "needs")
    first = (str(_("All: %(number)s", number=sum(counts.values()))), at.url("registrations.desk_needs"), only is None)
    others = [
        (f"{need_sign(one)[1]}: {number}", at.url("registrations.desk_needs", show=one.value), one is only)
        for one, number in counts.items()
    ]
    return desk_page(
        "desk_needs",
        shows=[first, *others],
        lines=_lines(at, list(rows)),
        colleagues=[(one.id, one.name) for one in queries.organisers(session, at.edition.id) if one.id != me],
        me=me,
        states=[(one.value, need_sign(one)[1]) for one in NeedState],
        pager=pager,
    )


@blueprint.post(f"{BASE}/needs/<int:need_id>")
@access(team(MAY_SETTINGS))
def desk_need(community: str, edition: str, need_id: int) -> AnyResponse:
    """Say how far a need is, and who takes care of it."""
    at, form = here(), NeedForm()
    if queries.find_need(unit().session, at.edition.id, need_id) is None:
        raise NotFound
    if not form.is_sent:
        tell(str(_("Choose how far it is, with a word of at most 500 letters. Nothing was saved.")), "warning")
        return redirect(at.url("registrations.desk_needs", _anchor=f"need-{need_id}"), 303)
    need = caring.take_care(unit(), at.edition, need_id, NeedState(form.state.data), form.note.data or "", form.taker)
    words = need_sign(need.state)[1]
    tell(str(_("Saved for %(name)s: %(state)s.", name=isolated(need.registration.badge_name), state=words)))
    return redirect(at.url("registrations.desk_needs"), 303)
