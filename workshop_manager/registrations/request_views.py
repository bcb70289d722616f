"""The organisers' pages of requests: who asks for a kind that needs approval, and saying yes or no to them."""

from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.registrations import approval, queries
from workshop_manager.registrations.approval import Decided, Foreseen
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import AnswerForm
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import State
from workshop_manager.registrations.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_SETTINGS


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the list."""

    id: int
    name: str
    affiliation: str
    kind: str
    asked: int
    meanwhile: str
    since: str


def _line(row: Registration) -> Line:
    return Line(
        id=row.id,
        name=row.badge_name,
        affiliation=row.affiliation or "",
        kind=row.asks_for.name if row.asks_for else "",
        asked=row.asks_for_id or 0,
        meanwhile=row.kind.name if row.state is State.REGISTERED else "",
        since=when_text(row.asked_at or row.created_at, here().edition.time_zone),
    )


def _chosen(values: list[str]) -> list[int]:
    return [int(one) for one in values if one.isascii() and one.isdigit() and len(one) < 12][:500]


@blueprint.get(f"{BASE}/requests")
@access(team(MAY_SETTINGS))
def desk_requests(community: str, edition: str) -> Response:
    """Who asks, the first first; several can be chosen."""
    at, session = here(), unit().session
    return desk_page(
        "desk_requests",
        lines=[_line(row) for row in queries.requests(session, at.edition.id)],
        kinds=queries.kinds(session, at.edition.id),
    )


@blueprint.get(f"{BASE}/requests/answer")
@access(team(MAY_SETTINGS))
def desk_requests_preview(community: str, edition: str) -> AnyResponse:
    """What a yes or a no to those chosen would lead to, before it is said."""
    form = AnswerForm()
    form.answer.data = "yes" if request.args.get("answer") == "yes" else "no"
    found = approval.foresee(unit(), here().edition, _chosen(request.args.getlist("id")))
    if not found:
        tell(str(_("Choose first whom you answer. Who was answered already is no longer in the list.")), "info")
        return redirect(here().url("registrations.desk_requests"), 303)
    return _preview(form, found)


def _preview(form: AnswerForm, found: list[Foreseen], status: int = 200) -> Response:
    return desk_page("desk_answer", status, form=form, found=[(_line(one.row), one) for one in found])


@blueprint.post(f"{BASE}/requests/answer")
@access(team(MAY_SETTINGS))
def desk_requests_answer(community: str, edition: str) -> AnyResponse:
    """Say yes or no to them; each gets a mail."""
    at, uow, form = here(), unit(), AnswerForm()
    ids = _chosen(request.form.getlist("id"))
    if not form.is_sent:
        found = approval.foresee(uow, at.edition, ids)
        if not found:
            raise NotFound
        return _preview(form, found, 422)
    asked = {one: request.form.get(f"asked-{one}", type=int) for one in ids}
    tell(_told(approval.decide(uow, at.edition, ids, yes=form.is_yes, word=form.word.data or "", asked=asked)))
    return redirect(at.url("registrations.desk_requests"), 303)


def _told(done: Decided) -> str:
    parts = []
    if done.seated:
        parts.append(ngettext("%(num)s person has a seat now.", "%(num)s people have a seat now.", done.seated))
    if done.waiting:
        parts.append(ngettext("%(num)s person waits for one.", "%(num)s people wait for one.", done.waiting))
    if done.rejected:
        parts.append(ngettext("%(num)s person was told no.", "%(num)s people were told no.", done.rejected))
    if done.stuck:
        parts.append(
            ngettext(
                "%(num)s request stays: all places are taken and the waitlist is full. They were told nothing.",
                "%(num)s requests stay: all places are taken and the waitlist is full. They were told nothing.",
                done.stuck,
            )
        )
    if done.gone:
        parts.append(
            ngettext(
                "%(num)s request had been answered or taken back meanwhile.",
                "%(num)s requests had been answered or taken back meanwhile.",
                done.gone,
            )
        )
    return " ".join(map(str, parts))
