"""How kinds, states and choices are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.queries import Show
from workshop_manager.registrations.states import Diet, Group, Host, Mode, NeedState, State

DIETS = {
    Diet.HALAL: _l("Halal"),
    Diet.KOSHER: _l("Kosher"),
    Diet.VEGETARIAN: _l("Vegetarian"),
    Diet.VEGAN: _l("Vegan"),
    Diet.NO_GLUTEN: _l("No gluten"),
    Diet.OTHER: _l("Something else, written below"),
}
GROUPS = {
    Group.PRESENTERS: _l("presenters"),
    Group.GRANTEES: _l("people with a travel grant"),
    Group.TEAM: _l("the team"),
}
MODES = {Mode.IN_PERSON: _l("In person"), Mode.VIRTUAL: _l("Virtually")}
_STATES = {
    State.REGISTERED: ("ok", _l("Has a seat")),
    State.WAITLISTED: ("wait", _l("On the waitlist")),
    State.REQUESTED: ("wait", _l("Asks to take part")),
    State.CANCELLED: ("rest", _l("Cancelled")),
}
_SHOWS = {
    Show.SEAT: _l("Has a seat"),
    Show.WAITING: _l("On the waitlist"),
    Show.ASKING: _l("Waits for an answer"),
    Show.CANCELLED: _l("Cancelled"),
}


_HOSTS = {
    Host.MISSING: ("stop", _l("Has not said so")),
    Host.STATED: ("wait", _l("Says so")),
    Host.CHECKED: ("ok", _l("Checked")),
}


def host_sign(host: Host) -> tuple[str, str]:
    """For the macro `ui.state`: how it stands with somebody's registration at the host conference."""
    kind, words = _HOSTS[host]
    return kind, str(words)


def host_text(row: Registration) -> str:
    """The same in a sentence for the door; empty where the kind needs none, or it is sure."""
    if not row.kind.needs_host or row.host is Host.CHECKED:
        return ""
    if row.host is Host.STATED:
        return str(_("They say that they are registered with the host conference; nobody has checked it."))
    return str(_("No registration with the host conference is known: ask for their badge there."))


_NEEDS = {
    NeedState.OPEN: ("wait", _l("Open")),
    NeedState.IN_HAND: ("note", _l("In hand")),
    NeedState.ARRANGED: ("ok", _l("Arranged")),
    NeedState.CANNOT: ("stop", _l("Cannot be arranged")),
}


def need_sign(state: NeedState) -> tuple[str, str]:
    """For the macro `ui.state`: how far somebody is with a need."""
    kind, words = _NEEDS[state]
    return kind, str(words)


def diet_name(value: str) -> str:
    """`Halal`; on lists and tickets `Something else` without the rest."""
    return str(_("Something else") if value == Diet.OTHER.value else DIETS[Diet(value)])


def mode_name(mode: Mode) -> str:
    """`In person`."""
    return str(MODES[mode])


def group_name(group: Group) -> str:
    """`people with a travel grant`."""
    return str(GROUPS[group])


def show_name(show: Show) -> str:
    """`On the waitlist`."""
    return str(_SHOWS[show])


def state_sign(registration: Registration, number: int | None = None) -> tuple[str, str]:
    """For the macro `ui.state`; with the number on the waitlist for somebody who only waits."""
    if registration.offer_until is not None:
        return "wait", str(_("A seat is offered"))
    kind, words = _STATES[registration.state]
    if registration.state is State.WAITLISTED and number is not None:
        return kind, str(_("Number %(number)s on the waitlist", number=number))
    return kind, str(words)
