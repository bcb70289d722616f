"""Taking part in another way: what can be chosen, what follows from it, and then the step itself."""

from flask import redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.registrations import guests, hall, opening, queries, service, waitlist, windows
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.service import Switch
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.registrations.words import group_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.service import Stale


def _mine(at: Here) -> Registration:
    row = queries.registration_of(unit().session, at.edition.id, viewer_person().id)
    if row is None or row.place.seat is None:
        raise NotFound
    return row


def _number(value: str | None) -> int:
    typed = value or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def seat_sentences(row: Registration, made: Hall, wanted: Switch, waiting: dict[int, int]) -> list[str]:
    """What happens to the seats themselves."""
    before, after = wanted.step.before, wanted.step.after
    name, held = isolated(wanted.kind.name), isolated(row.kind.name)
    if wanted.step.asks:
        said = _(
            "An organiser says yes or no first (%(kind)s), and we write to you either way. You keep your seat "
            "(%(held)s) until that one is yours. What stands below then follows.",
            kind=name, held=held,
        )  # fmt: skip
        found = [str(said)]
    elif wanted.is_shut:
        found = [waitlist.shut_text(wanted.kind)]
    elif wanted.step.waits:
        number = waiting.get(wanted.kind.id, 0) + 1
        said = _(
            "All places are taken (%(kind)s): you would be number %(number)s on the waitlist, and keep your seat "
            "(%(held)s) until that one is yours. What stands below then follows.",
            kind=name, number=number, held=held,
        )  # fmt: skip
        found = [str(said)]
    else:
        behind = waiting.get(row.kind_id, 0)
        free = _("Your seat (%(held)s) is free for somebody else. If all are taken later, you would wait.", held=held)
        goes = ngettext(
            "Your seat (%(held)s) goes to the person who waits for it, at once. To get it back you would wait.",
            "Your seat (%(held)s) goes to the first of %(num)s who wait, at once. To get it back you would wait.",
            behind,
            held=held,
        )
        found = [str(goes if behind else free)]
    if before.line is not None and before.line != after.line:
        found.append(
            str(_("Your place on the waitlist (%(kind)s) is gone.", kind=isolated(made.kinds[before.line].name)))
        )
    left = made.pools_of(before.occupied) - made.pools_of([wanted.kind.id])
    mine = made.groups_of(row.person_id)
    kept = sorted(group_name(group) for key, group in made.live if key in left and group in mine)
    if kept:
        found.append(str(_("Your seat is one of those kept for %(group)s: it stays with them.", group=kept[0])))
    gone = guests.who_would_leave(made, queries.guests_of(unit().session, row.id), after.seat)
    if gone and not wanted.step.waits:
        names = ", ".join(map(isolated, gone))
        found.append(str(_("Whoever comes along with you gives their seat back: %(names)s.", names=names)))
    if wanted.kind.needs_host and not row.host_done:
        host = isolated(here().edition.host_event or str(_("the host conference")))
        found.append(
            str(_("It needs a registration with %(host)s as well; you have not said that you have one.", host=host))
        )
    return found


def _page(status: int = 200, *, is_stale: bool = False) -> AnyResponse:
    at, uow = here(), unit()
    row = _mine(at)
    made = hall.look(uow.session, at.edition.id, uow.now, viewer_person().id)
    until = service.switch_until(uow, at.edition)
    dates = workshops.dates_by_key(uow.session, at.edition.id)
    can = windows.can_switch_to(made.kinds.values(), at.edition, dates, until, uow.now)
    seen = opening.visible(uow, at.edition, made.kinds.values(), viewer_person().id, row.place)
    others = [kind for kind in seen if kind.id not in (row.place.seat, row.place.wish)]
    open_ = [kind for kind in others if can[kind.id]]
    asked = _number(request.values.get("kind")) or (open_[0].id if len(open_) == 1 else 0)
    wanted = None
    if any(kind.id == asked for kind in open_):
        wanted = service.look_at_switch(uow, at.edition, made, row, asked)
    waiting = queries.waiting_by_kind(uow.session, at.edition.id)
    return page(
        "registrations/switch.html",
        status,
        at=at,
        mine=row,
        kinds=open_,
        wanted=wanted,
        is_stale=is_stale,
        seats=seat_sentences(row, made, wanted, waiting) if wanted else (),
        until=deadline_text(until) if until else None,
        is_past=until is not None and until.has_passed(uow.now),
    )


@blueprint.get(f"{BASE}/switch")
@access(SIGNED_IN_EDITION)
def switch(community: str, edition: str) -> AnyResponse:
    """Another way to take part, with what follows from it; looking changes nothing."""
    return _page()


@blueprint.post(f"{BASE}/switch")
@access(SIGNED_IN_EDITION)
def switch_over(community: str, edition: str) -> AnyResponse:
    """Do it."""
    at = here()
    try:
        row = service.switch(unit(), at.edition, _number(request.form.get("kind")), seen=request.form.get("seen", ""))
    except Stale:
        return _page(409, is_stale=True)
    except waitlist.LineFull:
        return _page(409)
    if row.asks_for is not None:
        tell(str(_("Your request is with the organisers. They say yes or no, and we write to you either way.")), "info")
    elif row.waits_for is not None:
        number = queries.number_in_line(unit().session, row)
        tell(str(_("You keep your seat, and are number %(number)s for the other one.", number=number)), "info")
    else:
        tell(str(_("You take part in another way now: %(kind)s. We sent you a mail.", kind=isolated(row.kind.name))))
    return redirect(at.url("registrations.ticket"), 303)
