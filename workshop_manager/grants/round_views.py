"""The organisers' page of rounds of applications."""

from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import FormField

from workshop_manager.calls.forms import WhenForm
from workshop_manager.core.deadlines import Deadline
from workshop_manager.funds import queries as fund_rows
from workshop_manager.funds.forms import add_error
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import queries, rounds, words
from workshop_manager.grants.desk import BASE
from workshop_manager.grants.rounds import RoundContent, Window
from workshop_manager.grants.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Line, Text, required, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS
from workshop_manager.workshops.states import DateKey

ROUNDS = f"{BASE}/rounds"


def _when(label: Any) -> "FormField[WhenForm]":
    return FormField(WhenForm, label=label)


def _read(field: Any) -> Deadline | None:
    found = field.form.deadline
    return found if isinstance(found, Deadline) else None


class RoundForm(BaseForm):
    """A further round with its dates."""

    name = Line(_l("Name"), [required(_l("Give it a name, such as Late round."))], most=100)
    about = Text(_l("For whom it is"), most=1000)
    opens = _when(_l("Applications open"))
    due = _when(_l("Applications due"))
    heard = _when(_l("Applicants hear from us"))

    def content(self) -> RoundContent | None:
        """As plain values; None with the reason beside the deadline if that is missing."""
        due = _read(self.due)
        if due is None:
            self.due.form.day.errors = [str(_("Say until when people can apply."))]
            return None
        return RoundContent(self.name.data or "", self.about.data or "", _read(self.opens), due, _read(self.heard))


class FirstForm(BaseForm):
    """What the first round is called."""

    round_name = Line(_l("What it is called"), most=100)


def _form() -> RoundForm:
    blank = WhenForm.values(None)
    return RoundForm(data={"opens": blank, "due": blank, "heard": blank})


@blueprint.get(ROUNDS)
@access(team(MAY_FUNDS))
def desk_rounds(community: str, edition: str) -> Response:
    """All rounds, and a form for another."""
    return _page(here(), _form())


@blueprint.post(ROUNDS)
@access(team(MAY_FUNDS))
def desk_round_sent(community: str, edition: str) -> AnyResponse:
    """Announce another round."""
    at, form = here(), _form()
    content = form.content() if form.is_sent else None
    if content is None:
        return _page(at, form, status=422)
    try:
        rounds.add_round(unit(), at.edition, content)
    except FieldConflict as refusal:
        if refusal.field == "name":
            add_error(form, "name", refusal.sentence)
        else:
            form[refusal.field].form.day.errors = [refusal.sentence]
        return _page(at, form, status=422)
    tell(str(_("Added. Its dates stand among those of the event now.")))
    return redirect(at.url("grants.desk_rounds"), 303)


@blueprint.post(f"{ROUNDS}/first")
@access(team(MAY_FUNDS))
def desk_first_round(community: str, edition: str) -> AnyResponse:
    """Name the first round."""
    at, form = here(), FirstForm()
    if not form.is_sent:
        return _page(at, RoundForm(formdata=None), form, 422)
    rounds.name_first(unit(), at.edition, form.round_name.data or "")
    tell(str(_("Saved.")))
    return redirect(at.url("grants.desk_rounds"), 303)


@blueprint.post(f"{ROUNDS}/<int:number>/removal")
@access(team(MAY_FUNDS))
def desk_round_removal(community: str, edition: str, number: int) -> AnyResponse:
    """Take a round away in which nothing was begun."""
    at = here()
    rounds.remove_round(unit(), at.edition, number)
    tell(str(_("The round is gone, and its dates with it.")))
    return redirect(at.url("grants.desk_rounds"), 303)


def _page(at: Here, form: RoundForm, first: FirstForm | None = None, status: int = 200) -> Response:
    session = unit().session
    settings = queries.settings_of(session, at.edition.id)
    has_funds = bool(fund_rows.funds(session, at.edition.id))
    dates = workshops.dates_by_key(session, at.edition.id)
    found = rounds.windows(dates, settings.round_name, queries.rounds(session, at.edition.id))
    counts = queries.round_counts(session, at.edition.id, at.standing)
    return page(
        "grants/rounds.html",
        status,
        at=at,
        form=form,
        first=first or FirstForm(formdata=None, data={"round_name": settings.round_name}),
        rounds=[_row(at, one, counts.get(one.number, 0), has_funds=has_funds) for one in found],
        places=navigation.parts("grants", at, request.endpoint),
        urls={name: at.url(f"grants.{name}") for name in ("desk", "desk_rounds", "desk_first_round", "overview")}
        | {"dates": at.url("workshops.settings_dates")},
    )


def _row(at: Here, window: Window, count: int, *, has_funds: bool) -> dict[str, Any]:
    shown = {
        name: when_text(date.at, date.zone) if (date := window.dates.get(key)) else ""
        for name, key in (
            ("opens", DateKey.GRANTS_OPEN),
            ("due", DateKey.GRANTS_DUE),
            ("heard", DateKey.GRANTS_NOTIFICATION),
        )
    }
    phase = window.phase(unit().now, has_funds=has_funds, is_off=at.edition.is_cancelled)
    removal = at.url("grants.desk_round_removal", number=window.number) if window.number > 1 and not count else ""
    return shown | {
        "name": window.name,
        "about": window.about,
        "sign": words.phase_sign(phase),
        "count": count,
        "removal_url": removal,
    }
