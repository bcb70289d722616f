"""The kinds as the registration page offers them to one person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.registrations import rules
from workshop_manager.registrations.hall import Hall
from workshop_manager.registrations.models import RegistrationKind
from workshop_manager.registrations.rules import Phase, Place
from workshop_manager.registrations.states import Group, Mode
from workshop_manager.registrations.windows import Window
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind as the form shows it: `sign` and `state` for the macro, `consequence` in bold."""

    id: int
    name: str
    text: str
    sign: str
    state: str
    taken: int
    capacity: int | None
    figures: str
    consequence: str
    is_full: bool
    needs_approval: bool
    is_mine: bool
    number: int | None
    needs_host: bool
    can_be_chosen: bool = True
    """Its window is open, or the viewer holds it already."""
    is_shut: bool = False
    """Full, and so is its waitlist, on which the viewer has no place."""
    when: str = ""
    """From when or until when, where that is its own date."""

    @property
    def has_meter(self) -> bool:
        return bool(self.capacity)

    @property
    def meter_text(self) -> str:
        return str(_("%(taken)s of %(all)s places taken", taken=self.taken, all=self.capacity))


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything that can be chosen, and what follows from it as a whole."""

    kinds: tuple[Offer, ...]
    place: Place
    has_virtual_meanwhile: bool
    """Somebody without a seat may wait for one kind and hold a virtual seat meanwhile."""

    @property
    def free(self) -> str:
        """The ids with places, for the form."""
        return " ".join(str(kind.id) for kind in self.kinds if not kind.is_full and not kind.needs_approval)

    @property
    def is_shut(self) -> bool:
        """Whoever holds nothing yet can choose nothing, as all that is open is full together with its waitlist."""
        nothing = self.place.wish is None and not any(kind.can_be_chosen for kind in self.kinds)
        return nothing and any(kind.is_shut for kind in self.kinds)

    @property
    def needs_host(self) -> bool:
        return any(kind.needs_host for kind in self.kinds)

    @property
    def button(self) -> str:
        """What the form's button says."""
        if self.place.wish is not None:
            return str(_("Save changes"))
        if all(kind.needs_approval for kind in self.kinds):
            return str(_("Ask to take part"))
        if all(kind.is_full for kind in self.kinds if kind.can_be_chosen):
            if len(self.kinds) == 1:
                return str(_("Join the waitlist as number %(number)s", number=self.kinds[0].number))
            return str(_("Join the waitlist"))
        return str(_("Register"))


def offers(
    edition: Edition,
    hall: Hall,
    windows: Mapping[int, Window],
    mine: Collection[Group],
    waiting: Mapping[int, int],
    place: Place,
    number: int | None,
) -> Offers:
    """`waiting` counts those who wait by kind; `place` is what the viewer holds, `number` theirs on its waitlist.

    Kinds without a window are not there for the viewer.
    `mine` are the viewer's groups: what is kept for one of them is free for the viewer.
    """
    made = tuple(
        _in_its_window(
            _offer(edition, kind, _seats(hall, kind, mine, place), waiting.get(kind.id, 0), place, number),
            kind,
            windows[kind.id],
            is_cancelled=edition.is_cancelled,
        )
        for kind in hall.kinds.values()
        if kind.id in windows
    )
    modes = {kind.id: kind.mode for kind in hall.kinds.values()}
    given = [one for one in made if not one.is_full and not one.needs_approval and one.can_be_chosen]
    free_virtual = any(modes[one.id] is Mode.VIRTUAL for one in given)
    return Offers(made, place, free_virtual and place.seat is None and any(map(_is_waited_for, made)))


def _is_waited_for(offer: Offer) -> bool:
    """Choosing it gives no seat at once."""
    return (offer.is_full or offer.needs_approval) and offer.can_be_chosen


def _in_its_window(offer: Offer, kind: RegistrationKind, window: Window, *, is_cancelled: bool) -> Offer:
    """What the kind's own dates change about it."""
    holds = offer.is_mine or (offer.state in (str(_("You wait for it")), str(_("You asked for it"))))
    if is_cancelled:
        closed = replace(offer, can_be_chosen=holds, consequence="")
        return closed if holds else replace(closed, sign="rest", state=str(_("Closed")))
    if window.phase is Phase.AHEAD and kind.opens is not None:
        when = str(_("Opens %(when)s.", when=deadline_text(kind.opens).text))
        sign, state = "note", str(_("Opens soon"))
    elif window.phase is Phase.CLOSED and kind.closes is not None:
        when = str(_("Closed %(when)s.", when=deadline_text(kind.closes).text))
        sign, state = "rest", str(_("Closed"))
    else:
        when = str(_("Until %(when)s.", when=deadline_text(kind.closes).text)) if kind.closes is not None else ""
        return replace(offer, when=when, can_be_chosen=holds or (window.phase is Phase.OPEN and not offer.is_shut))
    if holds:
        return replace(offer, when=when)
    return replace(offer, when=when, sign=sign, state=state, can_be_chosen=False, consequence="")


def _seats(hall: Hall, kind: RegistrationKind, mine: Collection[Group], place: Place) -> rules.Seats:
    """The seats as far as they are there for the viewer, who may hold one that counts in the same quota."""
    left = None if place.seat == kind.id else hall.left(kind.id, place, mine)
    return rules.Seats(kind.capacity, kind.taken, left)


def _offer(
    edition: Edition, kind: RegistrationKind, seats: rules.Seats, waiting: int, place: Place, number: int | None
) -> Offer:
    is_mine, waits = place.seat == kind.id, place.line == kind.id
    asks = place.asks == kind.id
    is_shut = _is_shut(kind, seats, waiting) and not (is_mine or waits or asks)
    sign, state = _sign(kind, is_full=seats.is_full, is_mine=is_mine, waits=waits, asks=asks, is_shut=is_shut)
    return Offer(
        id=kind.id,
        name=kind.name,
        text=_text(edition, kind),
        sign=sign,
        state=state,
        taken=kind.taken if seats.capacity is None else seats.capacity - (seats.left or 0),
        capacity=kind.capacity,
        figures=_figures(kind, seats, waiting),
        consequence=_shut_text(kind) if is_shut else _consequence(kind, seats, waiting, place, number),
        is_full=seats.is_full,
        needs_approval=kind.needs_approval and not (is_mine or waits),
        is_mine=is_mine,
        number=number if waits else waiting + 1 if seats.is_full and not is_mine else None,
        needs_host=kind.needs_host,
        is_shut=is_shut,
    )


def _is_shut(kind: RegistrationKind, seats: rules.Seats, waiting: int) -> bool:
    """There is neither a seat nor a place to wait for one. A request waits for an answer, not for a seat."""
    return seats.is_full and not kind.needs_approval and not rules.line_has_room(kind.line_places, waiting)


def _shut_text(kind: RegistrationKind) -> str:
    if kind.line_places == 0:
        return str(_("There is no waitlist: look in again, a place that comes free is given to whoever comes first."))
    return str(_("The waitlist is full: nobody can be added now. Look in again, a place on it may come free."))


def _sign(
    kind: RegistrationKind, *, is_full: bool, is_mine: bool, waits: bool, asks: bool, is_shut: bool
) -> tuple[str, str]:
    if is_shut:
        return "stop", str(_("Full") if kind.line_places == 0 else _("Full, waitlist full"))
    if is_mine:
        return "ok", str(_("Your seat"))
    if waits:
        return "wait", str(_("You wait for it"))
    if asks:
        return "wait", str(_("You asked for it"))
    if kind.needs_approval:
        return "note", str(_("On request"))
    return ("wait", str(_("Full, waitlist open"))) if is_full else ("ok", str(_("Open")))


def _figures(kind: RegistrationKind, seats: rules.Seats, waiting: int) -> str:
    if seats.left is None:
        return str(_("No limit."))
    if kind.capacity is None:
        return _shared_figures(seats.left, waiting)
    if not seats.is_full:
        return str(
            ngettext(
                "%(num)s of %(capacity)s places left.",
                "%(num)s of %(capacity)s places left.",
                seats.left or 0,
                capacity=kind.capacity,
            )
        )
    if kind.taken < kind.capacity:
        return _shared_figures(0, waiting)
    taken = ngettext("The one place is taken", "All %(num)s places are taken", kind.capacity)
    if not waiting:
        return str(_("%(taken)s; nobody waits yet.", taken=taken))
    return str(
        ngettext("%(taken)s and %(num)s person waits.", "%(taken)s and %(num)s people wait.", waiting, taken=taken)
    )


def _shared_figures(left: int, waiting: int) -> str:
    """A kind without a limit of its own, of a quota with one."""
    if left:
        return str(ngettext("%(num)s place left.", "%(num)s places left.", left))
    return str(
        ngettext(
            "All places are taken or kept, and %(num)s person waits.",
            "All places are taken or kept, and %(num)s people wait.",
            waiting,
        )
        if waiting
        else _("All places are taken or kept; nobody waits yet.")
    )


def _consequence(kind: RegistrationKind, seats: rules.Seats, waiting: int, place: Place, number: int | None) -> str:
    if place.seat == kind.id:
        return str(_("If you choose another, your seat goes to the next person at once.")) if waiting else ""
    if place.line == kind.id:
        return str(_("You are number %(number)s.", number=number))
    if kind.needs_approval:
        return _on_request(place, kind)
    if not seats.is_full:
        return ""
    if place.seat is not None:
        return str(_("You would be number %(number)s, and keep your seat while you wait.", number=waiting + 1))
    return str(_("You would be number %(number)s.", number=waiting + 1))


def _on_request(place: Place, kind: RegistrationKind) -> str:
    if place.asks == kind.id:
        return str(_("An organiser reads your request, and we write to you either way."))
    if place.seat is not None:
        return str(_("An organiser says yes or no first; you keep your seat meanwhile."))
    return str(_("An organiser says yes or no first; nobody holds a seat before that."))


def _text(edition: Edition, kind: RegistrationKind) -> str:
    if not kind.needs_host:
        return kind.text
    needs = str(_("Needs a registration with %(host)s as well.", host=edition.host_event or _("the host conference")))
    return f"{kind.text} {needs}".strip()
