"""The page on which the schedule is drafted: what is asked, what came of it, and taking it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict
from workshop_manager.schedule import queries as schedule
from workshop_manager.timetabling import gathering, options, storing, words
from workshop_manager.timetabling.forms import DraftForm, draft_form
from workshop_manager.timetabling.models import SchedulePlan
from workshop_manager.timetabling.options import Options
from workshop_manager.timetabling.solver import AIMS
from workshop_manager.timetabling.taking import Placed, Taken
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

blueprint = Blueprint("timetabling", __name__)
BASE = "/<community>/<edition>/organise/schedule/drafted"


@dataclass(frozen=True, slots=True)
class Slot:
    """A talk of the plan as it is read."""

    clock: str
    number: int
    title: str
    room: str
    change: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the plan."""

    title: str
    slots: tuple[Slot, ...]


MOST_DAYS, MOST_ASKED = 10, 31
"""An event of more days asks for the hours of those only on which something is planned, and of its first and last."""


def _asked(at: Here) -> SchedulePlan | None:
    return storing.found(unit().session, at.edition.id)


def _form(at: Here, asked: SchedulePlan | None) -> DraftForm:
    session = unit().session
    usual = gathering.usual_windows(at.edition)
    if len(usual) > MOST_DAYS:
        there = ZoneInfo(at.edition.time_zone)
        planned = {moment.astimezone(there).date() for moment in schedule.planned_starts(session, at.edition.id)}
        usual = [one for one in usual if one.day in planned or one in (usual[0], usual[-1])][:MOST_ASKED]
    said = (
        options.from_json(asked.options)
        if asked is not None
        else Options(hours=gathering.usual_breaks(session, at.edition))
    )
    return draft_form(usual, workshops.rooms(session, at.edition.id), said)


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def draft(community: str, edition: str) -> Response:
    """What can be said before the schedule is drafted, how far that is, and what came of it."""
    at = here()
    asked = _asked(at)
    return _page(at, _form(at, asked), asked)


@blueprint.post(BASE)
@access(team(MAY_SCHEDULE))
def make(community: str, edition: str) -> AnyResponse:
    """Have the best draft there is worked out, or (`do=take`) write the one that was looked at; nothing is public."""
    at, uow = here(), unit()
    asked = _asked(at)
    if request.form.get("do") == "take":
        return _take(at, asked)
    form = _form(at, asked)
    said = form.options() if form.is_sent else None
    if said is None:
        return _page(at, form, asked, 422)
    try:
        storing.ask(uow, at.edition, at.standing, said)
    except Conflict as refusal:
        return _page(at, form, asked, 409, refused=refusal.sentence)
    return redirect(at.url("timetabling.draft"), 303)


def _take(at: Here, asked: SchedulePlan | None) -> AnyResponse:
    seen = request.form.get("seen", "")
    try:
        taken = storing.take(unit(), at.edition, at.standing, seen)
    except Conflict as refusal:
        return _page(at, _form(at, asked), asked, 409, refused=refusal.sentence)
    many = len(taken.placed)
    tell(
        str(ngettext("%(num)s talk has its place in the draft.", "%(num)s talks have their place in the draft.", many))
    )
    return redirect(at.url("schedule.draft"), 303)


def _page(at: Here, form: DraftForm, asked: SchedulePlan | None, status: int = 200, *, refused: str = "") -> Response:
    session = unit().session
    waits = asked is not None and storing.waits(asked)
    is_done = asked is not None and asked.done_at is not None and status != 422
    taken = storing.look(session, at.edition, asked, form.there) if asked is not None and is_done else None
    # With a refusal stands the form, and what was typed in it.
    aims = (asked.aims, len(AIMS)) if asked is not None and waits and status == 200 else None
    return page(
        "timetabling/draft.html",
        status,
        at=at,
        form=form,
        taken=taken,
        refused=refused,
        aims=aims,
        progress=str(_("%(done)s of %(all)s aims are settled.", done=aims[0], all=aims[1])) if aims else "",
        is_failed=asked is not None and asked.is_failed,
        is_stale=is_done and taken is None,
        made=when_text(asked.done_at, at.edition.time_zone) if asked is not None and asked.done_at else "",
        days=_days(at, taken) if taken else [],
        broken=list(words.plan_in_words(taken)) if taken else [],
    )


def _days(at: Here, taken: Taken) -> list[Day]:
    zone = ZoneInfo(at.edition.time_zone)
    by_day = groupby(taken.placed, key=lambda each: each.start.astimezone(zone).date())
    return [
        Day(day_text(day, year=True, short=False), tuple(_slot(each, zone) for each in talks)) for day, talks in by_day
    ]


def _slot(each: Placed, zone: ZoneInfo) -> Slot:
    start = each.start.astimezone(zone)
    end = (each.start + timedelta(minutes=each.minutes)).astimezone(zone)
    if each.was is None:
        change = _("new")
    elif each.was == each.start:
        change = ""
    else:
        change = _("was %(when)s", when=clock_text(each.was.astimezone(zone)))
    return Slot(f"{clock_text(start)}–{clock_text(end)}", each.number, each.title, each.where, str(change))
