"""What the schedule shows on an edition's own page: the day to scale, and the keynotes."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import g, get_template_attribute, url_for
from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import queries
from workshop_manager.schedule.drawing import day_bar
from workshop_manager.schedule.programme import Kind, Programme
from workshop_manager.schedule.publishing import parsed
from workshop_manager.schedule.views import is_meetup
from workshop_manager.web.times import clock_text, day_text
from workshop_manager.workshops.models import Edition

MOST_KEYNOTES = 12


def _public(uow: UnitOfWork, edition: Edition) -> Programme | None:
    """What is released; None for a series, whose page shows its next meetups already. Read once for both panels."""
    if is_meetup(edition):
        return None
    if "programme_on_cover" not in g:
        shown = queries.published(uow.session, edition.id)
        g.programme_on_cover = parsed(shown.programme) if shown else None
    return cast(Programme | None, g.programme_on_cover)


def _panel(name: str, *values: Any) -> Markup:
    """A macro of `schedule/panels.html`, which escapes what it is given."""
    return cast(Markup, get_template_attribute("schedule/panels.html", name)(*values))


def _url(edition: Edition) -> str:
    return url_for("schedule.page", community=edition.community.slug, edition=edition.slug)


def day_panel(uow: UnitOfWork, edition: Edition) -> Markup | None:
    """The first day as a bar, once it is released."""
    programme = _public(uow, edition)
    bar = day_bar(programme) if programme is not None else None
    if bar is None or programme is None:
        return None
    is_morning = bar.start < "12:00" and bar.end <= "13:30"
    days = {item.start.astimezone(ZoneInfo(programme.zone)).date() for item in programme.items if not item.cancelled}
    return _panel("day_panel", bar, _url(edition), is_morning, len(days) == 1)


def keynotes_panel(uow: UnitOfWork, edition: Edition) -> Markup | None:
    """Who gives the keynotes, with their times."""
    programme = _public(uow, edition)
    if programme is None:
        return None
    zone = ZoneInfo(programme.zone)
    live = [item for item in programme.items if item.kind is Kind.KEYNOTE and not item.cancelled]
    days = {item.start.astimezone(zone).date() for item in live}
    keynotes = []
    for item in live[:MOST_KEYNOTES]:
        local = item.start.astimezone(zone)
        day = day_text(local.date()) if len(days) > 1 else ""
        keynotes.append((day, clock_text(local), [who.name for who in item.listed_speakers], item.title))
    if not keynotes:
        return None
    return _panel("keynotes_panel", keynotes)
