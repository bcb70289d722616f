"""What registration shows on an edition's public page."""

from typing import Literal

from flask import url_for
from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.registrations import queries, service, windows
from workshop_manager.registrations.queries import KindCount
from workshop_manager.registrations.rules import NOTHING, Phase
from workshop_manager.registrations.states import State
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.panels import Action, Dates, OpenRow
from workshop_manager.workshops.states import DateKey

Sign = Literal["ok", "wait", "stop", "note", "rest"]


def _url(edition: Edition, endpoint: str) -> str:
    return url_for(f"registrations.{endpoint}", community=edition.community.slug, edition=edition.slug)


def _is_full(count: KindCount) -> bool:
    return count.seats.is_full


def _places(count: KindCount) -> str:
    left = count.seats.left
    if left is None:
        return str(_("%(kind)s: no limit", kind=isolated(count.name)))
    if count.is_shut:
        return str(_("%(kind)s: full, and nobody more can wait", kind=isolated(count.name)))
    if _is_full(count):
        return str(_("%(kind)s: full, %(waiting)s on the waitlist", kind=isolated(count.name), waiting=count.waiting))
    if count.capacity is None:
        return str(_("%(kind)s: %(left)s places left", kind=isolated(count.name), left=left))
    return str(_("%(kind)s: %(left)s of %(all)s places left", kind=isolated(count.name), left=left, all=count.capacity))


def _sign(phase: Phase, counts: list[KindCount]) -> tuple[Sign, str]:
    if phase is Phase.AHEAD:
        return "note", str(_("Opens soon"))
    if phase is Phase.CLOSED:
        return "rest", str(_("Closed"))
    if all(count.is_shut for count in counts):
        return "stop", str(_("Full"))
    if all(map(_is_full, counts)):
        return "wait", str(_("Full, waitlist open"))
    return "ok", str(_("Open"))


def open_row(uow: UnitOfWork, edition: Edition, dates: Dates) -> OpenRow | None:
    """Registration among what is open, with the places left (one query)."""
    counts = [one for one in queries.counts(uow.session, edition.id) if not one.is_hidden]
    found = windows.windows(counts, edition, dates, uow.now)
    phase = windows.together(found)
    if phase in (Phase.NOT_PLANNED, Phase.OVER):
        return None
    closes, opens = windows.closing(found), windows.opening(found)
    announced = dates.get(DateKey.REGISTRATION_CLOSES)
    earlier = announced.earlier if announced is not None and announced.deadline == closes else ()
    sign, words = _sign(phase, counts)
    return OpenRow(
        title=str(_("Registration")),
        url=_url(edition, "register"),
        text="; ".join(_places(count) for count in counts),
        state=sign,
        state_text=words,
        deadline=deadline_text(closes, tuple(e.deadline for e in earlier)) if closes else None,
        opens=deadline_text(opens) if opens and phase is Phase.AHEAD else None,
    )


def main_action(uow: UnitOfWork, edition: Edition, dates: Dates) -> Action | None:
    """“Your ticket” for whoever has one, else “Register” while it is open (two queries, or three)."""
    if uow.actor is not None:
        mine = queries.registration_of(uow.session, edition.id, uow.actor.id)
        if mine is not None and mine.state is not State.CANCELLED:
            return Action(str(_("Your ticket")), _url(edition, "ticket"))
    found = windows.windows(service.seen_kinds(uow, edition, NOTHING), edition, dates, uow.now)
    if windows.together(found) is not Phase.OPEN:
        return None
    return Action(str(_("Register")), _url(edition, "register"))
