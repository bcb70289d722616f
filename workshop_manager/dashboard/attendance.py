"""Who registers, as plots: over time, by kind, by country and by career stage.

Kinds and days are counted as they are. Country and career stage are what people said about themselves: they are counted
over the first twenty, forty … who ever registered, a list that only grows, so that no single registration moves a
total; groups of fewer than five stand with the others, and each number is rounded down to a multiple of five.
"""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.balance import SMALLEST_CELL, STEP, totals
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.dashboard import attendance_queries as queries
from workshop_manager.decisions import plots
from workshop_manager.decisions.plots import Plot
from workshop_manager.registrations import queries as registrations
from workshop_manager.submissions.states import CareerStage
from workshop_manager.submissions.words import country_name, stage_name
from workshop_manager.web.times import day_text
from workshop_manager.workshops.models import Edition


def plots_of(uow: UnitOfWork, edition: Edition) -> list[Plot]:
    """Every plot that has something to show, in the order of the page (four queries)."""
    people = queries.registered(uow.session, edition.id)
    if not people:
        return []
    stages = queries.stages(uow.session, edition.id)
    names = {stage.value: stage_name(stage) for stage in CareerStage}
    found = (
        _over_time(edition, people),
        _by_kind(uow, edition),
        _by_answer("countries", str(_("By country")), str(_("Country")), [one.country for one in people], country_name),
        _by_answer(
            "stages",
            str(_("By career stage, where it was said with a work")),
            str(_("Career stage")),
            [stages.get(one.person_id or 0) for one in people],
            lambda key: names.get(key, key),
        ),
    )
    return [plot for plot in found if plot is not None]


def _over_time(edition: Edition, people: Sequence[queries.Registered]) -> Plot | None:
    zone = ZoneInfo(edition.time_zone)
    here = [one.at.astimezone(zone).date() for one in people if one.takes_part]
    if not here:
        return None
    per_day = {day: here.count(day) for day in sorted(set(here))}
    first, last = plots.ends_of(per_day, ())
    return plots.over_time(
        "registrations",
        str(_("Registrations over time")),
        str(ngettext("%(num)s person takes part or waits.", "%(num)s people take part or wait.", len(here))),
        (str(_("Day")), str(_("New")), str(_("In all"))),
        per_day,
        (),
        {day: day_text(day, year=first.year != last.year) for day in (first, last)},
    )


def _by_kind(uow: UnitOfWork, edition: Edition) -> Plot | None:
    kinds = registrations.counts(uow.session, edition.id)
    rows = [(kind.name, kind.taken + kind.waiting, kind.taken) for kind in kinds if kind.taken + kind.waiting]
    if not rows:
        return None
    header = (str(_("Kind")), str(_("With a seat or waiting")), str(_("With a seat")))
    sentence = _("Seats given or set aside, of all who have one or wait for it.")
    return plots.lying("kinds", str(_("By kind")), str(sentence), header, rows)


def _by_answer(
    name: str, title: str, label: str, answers: Sequence[str | None], word: Callable[[str], str]
) -> Plot | None:
    counted = answers[: len(answers) // STEP * STEP]
    if not any(answers):
        return None
    groups = totals(counted).groups
    sentence = _(
        "Counted over the first %(of)s who ever registered, rounded down to multiples of five; fewer than five stand "
        "with the others.",
        of=len(counted),
    )
    if not groups:
        sentence = _("Not shown: a total would tell of fewer than five people, or the same of everybody.")
    rest = str(_("Others, and those who did not say"))
    rows = [
        (rest if group.key is None else word(group.key), group.all // SMALLEST_CELL * SMALLEST_CELL, None)
        for group in groups
    ]
    return plots.lying(name, title, str(sentence), (label, str(_("At least"))), rows)
