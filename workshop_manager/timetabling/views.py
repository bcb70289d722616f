"""The page on which the schedule is drafted: what is asked, what came of it, and taking it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict
from workshop_manager.timetabling import taking, words
from workshop_manager.timetabling.forms import DraftForm
from workshop_manager.timetabling.taking import Placed, Taken
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text
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


def _form(at: Here) -> DraftForm:
    form = DraftForm()
    form.offer(workshops.rooms(unit().session, at.edition.id))
    return form


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def draft(community: str, edition: str) -> Response:
    """What can be said before the schedule is drafted."""
    at = here()
    return _page(at, _form(at))


@blueprint.post(BASE)
@access(team(MAY_SCHEDULE))
def make(community: str, edition: str) -> Response:
    """Show the best draft there is, or (`do=take`) write the one that was looked at; nothing is public by it."""
    at, uow = here(), unit()
    form = _form(at)
    if not form.is_sent:
        return _page(at, form, 422)
    try:
        if request.form.get("do") == "take":
            taken = taking.draft(uow, at.edition, at.standing, form.options(), seen=form.seen.data or "-")
            many = len(taken.placed)
            tell(
                str(
                    ngettext(
                        "%(num)s talk has its place in the draft.", "%(num)s talks have their place in the draft.", many
                    )
                )
            )
            return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]
        taken = taking.look(uow.session, at.edition, at.standing, form.options())
    except Conflict as refusal:
        return _page(at, form, 409, refused=refusal.sentence)
    form.seen.data = taken.digest
    return _page(at, form, taken=taken)


def _page(at: Here, form: DraftForm, status: int = 200, *, taken: Taken | None = None, refused: str = "") -> Response:
    days = _days(at, taken) if taken else []
    broken = list(words.plan_in_words(taken)) if taken else []
    return page(
        "timetabling/draft.html", status, at=at, form=form, taken=taken, refused=refused, days=days, broken=broken
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
