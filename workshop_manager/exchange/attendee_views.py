"""Bringing people in: a sponsor's list that is pasted, or an export of another tool; looked at, then all or nothing."""

import hashlib
from dataclasses import dataclass
from datetime import time

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.core.deadlines import Deadline, NoSuchTime, instant
from workshop_manager.core.errors import Conflict
from workshop_manager.exchange import attendees, words
from workshop_manager.exchange.attendees import Holds, Kind, Origin, Understood, Wish
from workshop_manager.exchange.reading import MOST_BYTES, Unreadable
from workshop_manager.exchange.workbooks import text_of
from workshop_manager.handover import lists
from workshop_manager.handover.lists import Plan
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.states import Mode
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Line, Text, required, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.forms import Day
from workshop_manager.workshops.rules import MAY_SETTINGS

blueprint = Blueprint("attendees", __name__)
_MOST_SHOWN = 50

ORIGINS = {
    Origin.PASTED: _l("Names and addresses, one a line"),
    Origin.GOOGLE: _l("Google Forms"),
    Origin.EVENTBRITE: _l("Eventbrite"),
    Origin.CSV: _l("Another table"),
}
HOLDS = {
    Holds.EMAIL: _l("the e-mail address"),
    Holds.NAME: _l("the name"),
    Holds.FIRST_NAME: _l("the first name"),
    Holds.LAST_NAME: _l("the last name"),
    Holds.AFFILIATION: _l("the affiliation"),
    Holds.KIND: _l("how they take part"),
    Holds.STATUS: _l("whether they come"),
}


class PeopleForm(BaseForm):
    """Whom to set seats aside for."""

    name = Line(
        _l("What this list is called"),
        [required(_l("Give the list a name, such as the sponsor’s."))],
        most=200,
        description=_l("It stands in the mail: your address stands on a list, …"),
    )
    kind = SelectField(_l("They take part"), description=_l("Where the list itself does not say it."))
    day = Day(_l("Set aside until the end of"), [required(_l("Say until when: then the seats are for everybody."))])
    text = Text(_l("People"), most=attendees.MOST_CHARACTERS)
    file = FileField(
        _l("Or a file"),
        description=_l("CSV or Excel, of Google Forms, Eventbrite or any table."),
    )
    origin = SelectField(_l("It comes from"))

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None


def _form(at: Here) -> PeopleForm:
    kinds = registrations.kinds(unit().session, at.edition.id)
    form = PeopleForm()
    form.kind.choices = [SelectChoice(str(kind.id), kind.name) for kind in kinds]
    form.origin.choices = [
        SelectChoice("", str(_("Recognise it"))),
        *(SelectChoice(one.value, str(text)) for one, text in ORIGINS.items()),
    ]
    return form


@dataclass(frozen=True, slots=True)
class Looked:
    """A list as it was read, what it would do, and the name of both."""

    understood: Understood
    plan: Plan

    @property
    def is_good(self) -> bool:
        return not self.understood.problems and not self.plan.obstacles and bool(self.plan.new)

    @property
    def seen(self) -> str:
        said = repr((self.understood.people, [one.email for one in self.plan.new]))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _kinds(at: Here) -> list[Kind]:
    found = registrations.kinds(unit().session, at.edition.id)
    return [Kind(kind.id, kind.name, kind.mode is Mode.VIRTUAL) for kind in found]


def _wish(form: PeopleForm, kinds: list[Kind]) -> Wish:
    """What the page says about columns and words: fields `map-COLUMN` and `word-WORD`, if it was looked at before."""
    origin = next((one for one in Origin if one.value == form.origin.data), None)
    known = {kind.id for kind in kinds}
    chosen = {
        name.removeprefix("word-"): int(value)
        for name, value in request.form.items()
        if name.startswith("word-") and value.isascii() and value.isdigit() and int(value) in known
    }
    default = int(form.kind.data) if form.kind.data else None
    mapping = None
    if request.form.get("mapped") and form.upload is None:
        said = {name.removeprefix("map-"): value for name, value in request.form.items() if name.startswith("map-")}
        mapping = {column: Holds(value) for column, value in said.items() if value in {one.value for one in Holds}}
    return Wish(origin, mapping, chosen, default)


def _until(at: Here, form: PeopleForm) -> Deadline | None:
    zone = at.edition.time_zone
    try:
        return Deadline(instant(form.day.data, time(23, 59), zone), zone) if form.day.data else None
    except NoSuchTime as wrong:
        form.day.errors = [*form.day.errors, str(wrong)]
        return None


def _people_page(at: Here, form: PeopleForm, status: int = 200, looked: Looked | None = None) -> Response:
    understood = looked.understood if looked else None
    problems = words.gathered(understood.problems) if understood else []
    return page(
        "exchange/people.html",
        status,
        at=at,
        parts=navigation.parts("registration", at, request.endpoint),
        form=form,
        lists=[(line, deadline_text(line.until)) for line in lists.lines(unit(), at.edition)],
        looked=looked,
        problems=problems[:_MOST_SHOWN],
        more_problems=max(0, len(problems) - _MOST_SHOWN),
        remarks=words.gathered(understood.remarks)[:_MOST_SHOWN] if understood else [],
        origin=str(ORIGINS[understood.origin]) if understood else "",
        holds=[(one.value, str(text)) for one, text in HOLDS.items()],
        columns=_columns(understood),
        kinds=_kinds(at),
        shown=looked.plan.new[:_MOST_SHOWN] if looked else (),
        more_new=max(0, len(looked.plan.new) - _MOST_SHOWN) if looked else 0,
    )


def _columns(understood: Understood | None) -> list[tuple[str, str, str]]:
    """(column, sample, what it holds)."""
    if understood is None:
        return []
    held = {column: one.value for column, one in understood.mapping.items()}
    return [(column, understood.samples.get(column, ""), held.get(column, "")) for column in understood.columns]


@blueprint.get(f"{BASE}/people")
@access(team(MAY_SETTINGS))
def people(community: str, edition: str) -> Response:
    """Paste a list or choose a file; the lists there are, and what became of their seats."""
    at = here()
    return _people_page(at, _form(at))


def _text(form: PeopleForm) -> str:
    """The list: of the file, if one was chosen, else as it is typed."""
    if form.upload is None:
        return form.text.data or ""
    body = form.upload.stream.read(MOST_BYTES + 1)
    form.upload.close()
    return text_of(body)


@blueprint.post(f"{BASE}/people")
@access(team(MAY_SETTINGS))
def people_sent(community: str, edition: str) -> AnyResponse:
    """Look at a list, or set its seats aside as it was looked at."""
    at, form = here(), _form(here())
    if not form.is_sent:
        return _people_page(at, form, 422)
    kinds = _kinds(at)
    try:
        text = _text(form)
        understood = attendees.read(text, kinds, _wish(form, kinds))
    except Unreadable as unreadable:
        form.text.errors = [*form.text.errors, words.problem_text(unreadable)]
        return _people_page(at, form, 422)
    form.text.data = text
    until = _until(at, form)
    looked = Looked(understood, lists.plan(unit(), at.edition, understood.people, until, form.name.data or ""))
    if request.form.get("do") != "apply" or request.form.get("seen") != looked.seen or not looked.is_good:
        return _people_page(at, form, 200 if request.form.get("do") == "look" else 409, looked)
    return _applied(at, form, looked, until)


def _applied(at: Here, form: PeopleForm, looked: Looked, until: Deadline | None) -> AnyResponse:
    if until is None:
        return _people_page(at, form, 422, looked)
    made, done = lists.set_aside(unit(), at.edition, form.name.data or "", until, looked.understood.people)
    if made is None:
        raise Conflict(str(_("Everybody of this list is here already.")))
    number = len(done.new)
    said = ngettext(
        "%(num)s seat is set aside, and a mail is on its way.",
        "%(num)s seats are set aside, and mails are on their way.",
        number,
    )
    tell(str(said))
    return redirect(at.url("attendees.people"), 303)


@blueprint.post(f"{BASE}/people/<int:list_id>/return")
@access(team(MAY_SETTINGS))
def people_return(community: str, edition: str, list_id: int) -> AnyResponse:
    """Return what nobody of a list has claimed."""
    at = here()
    number = lists.end(unit(), at.edition, list_id)
    tell(str(ngettext("%(num)s seat is free for everybody.", "%(num)s seats are free for everybody.", number)))
    return redirect(at.url("attendees.people"), 303)
