"""What a plan gave up, in sentences that name what they are about."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.timetabling.problem import Step
from workshop_manager.timetabling.taking import Placed, Taken
from workshop_manager.web.times import clock_text


def plan_in_words(taken: Taken) -> Iterator[str]:
    """Every wish that is broken, in the order in which they count; then whether something better may exist."""
    for number, title in taken.unplaced:
        yield str(_("%(talk)s found no room.", talk=_talk(number, title)))
    has_sessions = any(each.is_in_session for each in taken.placed)
    for each in taken.placed:
        yield from _of_one(each, taken.zone, has_sessions=has_sessions)
    for topic, count, least in taken.spread:
        yield str(
            _("“%(topic)s” is spread over %(count)s sessions; %(least)s could hold it.",
              topic=isolated(topic), count=count, least=least)
        )  # fmt: skip
    for step in taken.plan.steps:
        if step.value and step.name == "balance":
            yield str(_("Rooms differ by %(minutes)s minutes more than they should.", minutes=step.value))
        if step.value and step.name == "idle":
            yield str(_("%(minutes)s minutes stand empty before a last talk.", minutes=step.value))
    if not taken.plan.is_proven:
        names = ", ".join(_aim(step) for step in taken.plan.steps if step.gap)
        yield str(_("The search ended before this was known to be the best in: %(names)s.", names=names))


def _talk(number: int, title: str) -> str:
    return f"#{number} “{isolated(title)}”"


def _of_one(each: Placed, zone: str, *, has_sessions: bool) -> Iterator[str]:
    here, talk = ZoneInfo(zone), _talk(each.number, each.title)
    if has_sessions and not each.is_in_session:
        yield str(_("%(talk)s stands outside the sessions.", talk=talk))
    if each.is_impossible:
        yield str(_("%(talk)s is at an hour at which somebody who gives it cannot come.", talk=talk))
    if each.is_unwanted:
        yield str(_("%(talk)s is at an hour at which somebody who gives it would rather not come.", talk=talk))
    for there in each.asleep_in:
        clock = clock_text(each.start.astimezone(ZoneInfo(there)))
        yield str(
            _("%(talk)s is at %(clock)s in %(zone)s, where it is given from.", talk=talk, clock=clock, zone=there)
        )
    if each.was is not None and each.was != each.start:
        was, now = clock_text(each.was.astimezone(here)), clock_text(each.start.astimezone(here))
        yield str(_("%(talk)s moves from %(was)s to %(now)s.", talk=talk, was=was, now=now))


def _aim(step: Step) -> str:
    names = {
        "placed": _("talks with a place"),
        "unavailable": _("hours at which speakers can come"),
        "outside": _("talks in sessions"),
        "asleep": _("waking hours"),
        "rather_not": _("hours that suit speakers"),
        "moved": _("moves"),
        "balance": _("rooms alike"),
        "topics": _("topics together"),
        "idle": _("empty minutes"),
    }
    return str(names[step.name])
