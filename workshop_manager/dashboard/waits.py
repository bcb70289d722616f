"""What waits in an edition, with figures: the same words on its desk and on the home of whoever sits at that desk."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.assignments.rules import WANTED_REVIEWS
from workshop_manager.dashboard.parts import Waiting
from workshop_manager.dashboard.queries import Glance
from workshop_manager.workshops.rules import (
    MAY_DECIDE,
    MAY_FUNDS,
    MAY_GRANTS,
    MAY_MAIL,
    MAY_REGISTRATIONS,
    MAY_SCHEDULE,
    MAY_SETTINGS,
    MAY_SUBMISSIONS,
    MAY_TEAM,
    Standing,
)


@dataclass(frozen=True, slots=True)
class Place:
    """An edition as somebody sees it: what they are there, what they may count, how addresses begin."""

    standing: Standing
    glance: Glance
    url: Callable[..., str]
    reviews_due: str = ""


def everything(place: Place) -> list[Waiting]:
    """All that waits for somebody with these roles, what presses first."""
    found = [
        *mails(place),
        *reviews(place),
        *chairs(place),
        *decisions(place),
        *schedule(place),
        *registrations(place),
        *grants(place),
        *claims(place),
    ]
    return sorted(found, key=lambda each: ("stop", "wait", "rest").index(each.urgency))


def mails(place: Place) -> list[Waiting]:
    """Mails that did not arrive."""
    failed = place.glance.failed_mails
    if not failed or not place.standing.may(MAY_MAIL):
        return []
    return [
        Waiting(
            str(ngettext("%(num)s mail failed", "%(num)s mails failed", failed)),
            str(_("Somebody does not know what you wanted them to know.")),
            place.url("dashboard.mails", state="failed"),
            str(_("Look at them")),
            "warning-circle",
            "stop",
        )
    ]


def reviews(place: Place) -> list[Waiting]:
    """Abstracts that too few read, and reviews that are not in."""
    if not place.standing.may(MAY_SUBMISSIONS):
        return []
    progress, url = place.glance, place.url("reviews.assignments")
    waiting = []
    if progress.thin:
        title = ngettext("%(num)s abstract needs reviewers", "%(num)s abstracts need reviewers", progress.thin)
        text = _("Fewer than %(wanted)s people read it.", wanted=WANTED_REVIEWS)
        waiting.append(Waiting(str(title), str(text), url, str(_("Assign")), "scales", "wait"))
    missing = progress.assigned - progress.reviewed
    if missing > 0:
        title = ngettext("%(num)s review is not in", "%(num)s reviews are not in", missing)
        text = _("Due %(when)s.", when=place.reviews_due) if place.reviews_due else ""
        waiting.append(Waiting(str(title), str(text), url, str(_("See who")), "clock-countdown", "rest"))
    return waiting


def chairs(place: Place) -> list[Waiting]:
    """Works that no chair may see: a number, and not a word more, for the owners who read it may not know of them."""
    number = place.glance.unattended
    if not number or not place.standing.may(MAY_TEAM):
        return []
    title = ngettext(
        "%(num)s work waits for a chair without a conflict", "%(num)s works wait for a chair without a conflict", number
    )
    text = _("Everybody who could decide has a conflict of interest. Invite one more chair.")
    url = place.url("workshops.team")
    return [Waiting(str(title), str(text), url, str(_("Invite a chair")), "users", "stop")]


def decisions(place: Place) -> list[Waiting]:
    """Places that nobody has, and decisions about abstracts that nobody has been told."""
    counts = place.glance
    if not place.standing.may(MAY_DECIDE):
        return []
    waiting = []
    if number := counts.free_places:
        title = ngettext("%(num)s place in the programme is free", "%(num)s places in the programme are free", number)
        text = _("It can go to the next on the waitlist in one click.")
        url = place.url("decisions.places")
        waiting.append(Waiting(str(title), str(text), url, str(_("Offer it")), "door-open", "wait"))
    if not counts.pending:
        return waiting
    title = ngettext("%(num)s decision is pending", "%(num)s decisions are pending", counts.pending)
    text = _("Nobody has been told; %(open)s have none yet.", open=counts.undecided)
    url = place.url("decisions.decisions")
    return [*waiting, Waiting(str(title), str(text), url, str(_("Decision board")), "flag", "wait")]


def schedule(place: Place) -> list[Waiting]:
    """Conflicts in the draft, and what is not released."""
    if not place.standing.may(MAY_SCHEDULE):
        return []
    state, url = place.glance, place.url("schedule.draft")
    waiting = []
    if number := state.schedule_errors:
        title = ngettext("%(num)s conflict in the schedule", "%(num)s conflicts in the schedule", number)
        text = _("A room or a person is in two places, or a time cannot be.")
        waiting.append(Waiting(str(title), str(text), url, str(_("Look at them")), "warning", "stop"))
    if state.schedule_differs:
        text = (
            _("Release %(number)s is out; readers do not see what changed since.", number=state.release)
            if state.release
            else _("Nobody outside the team sees the schedule yet.")
        )
        title = str(_("The schedule has unpublished changes"))
        waiting.append(Waiting(title, str(text), url, str(_("Publish")), "calendar-dots", "wait"))
    return waiting


def registrations(place: Place) -> list[Waiting]:
    """Who waits for a seat, who asks for one, and who wrote what they need on the day."""
    counts, waiting = place.glance, []
    if counts.waitlisted and place.standing.may(MAY_REGISTRATIONS):
        number = counts.waitlisted
        title = ngettext("%(num)s person waits for a place", "%(num)s people wait for a place", number)
        text = _("They move up by themselves when somebody cancels or you add places.")
        url = place.url("registrations.desk")
        waiting.append(Waiting(str(title), str(text), url, str(_("See who")), "ticket", "rest"))
    if counts.requests and place.standing.may(MAY_SETTINGS):
        title = ngettext("%(num)s person asks to take part", "%(num)s people ask to take part", counts.requests)
        text = _("They chose a kind that needs your yes.")
        url = place.url("registrations.desk_requests")
        waiting.append(Waiting(str(title), str(text), url, str(_("Answer")), "ticket", "wait"))
    if counts.needs and place.standing.may(MAY_SETTINGS):
        title = ngettext(
            "%(num)s thing that somebody needs is open", "%(num)s things that people need are open", counts.needs
        )
        text = _("Nobody of the team has taken it on.")
        url = place.url("registrations.desk_needs", show="open")
        waiting.append(Waiting(str(title), str(text), url, str(_("Take it on")), "wheelchair", "rest"))
    if counts.needs_mine and place.standing.may(MAY_SETTINGS):
        title = ngettext(
            "%(num)s thing that somebody needs is in your hands",
            "%(num)s things that people need are in your hands",
            counts.needs_mine,
        )
        text = _("You took it on, or a colleague asked you to.")
        url = place.url("registrations.desk_needs", show="in_hand")
        waiting.append(Waiting(str(title), str(text), url, str(_("See to it")), "wheelchair", "wait"))
    return waiting


def grants(place: Place) -> list[Waiting]:
    """Applications for travel grants without an answer, and answers that nobody has been told."""
    if not place.standing.may(MAY_GRANTS):
        return []
    counts, waiting = place.glance, []
    if number := counts.grants_undecided:
        title = ngettext("%(num)s grant application is undecided", "%(num)s grant applications are undecided", number)
        none = counts.grants_unscored
        text = ngettext("%(num)s has no score yet.", "%(num)s have no score yet.", none) if none else ""
        url = place.url("grants.desk", show="open")
        waiting.append(Waiting(str(title), str(text), url, str(_("Decide")), "hand-coins", "wait"))
    if number := counts.grants_pending:
        title = ngettext("%(num)s grant decision is pending", "%(num)s grant decisions are pending", number)
        text = _("Nobody has been told.")
        url = place.url("grants.desk", show="pending")
        waiting.append(Waiting(str(title), str(text), url, str(_("Look at them")), "hand-coins", "wait"))
    if (number := counts.grants_returned) and place.standing.may(MAY_FUNDS):
        title = ngettext(
            "%(num)s grant that could go to the next in rank",
            "%(num)s grants that could go to the next in rank",
            number,
        )
        text = _("Money came back and helps somebody on the waitlist. One click offers it.")
        url = place.url("succession.desk_returned")
        waiting.append(Waiting(str(title), str(text), url, str(_("Look")), "hand-coins", "rest"))
    if (number := counts.grants_paperless) and place.standing.may(MAY_FUNDS):
        title = ngettext("%(num)s promised grant has no paper", "%(num)s promised grants have no paper", number)
        text = _("The paper is gone: keep the promise, or take it back.")
        url = place.url("grants.desk", show="paperless")
        waiting.append(Waiting(str(title), str(text), url, str(_("Decide")), "hand-coins", "wait"))
    return waiting


def claims(place: Place) -> list[Waiting]:
    """What people spent: to be decided, and to be paid."""
    if not place.standing.may(MAY_FUNDS):
        return []
    waiting = []
    if number := place.glance.claims_to_decide:
        title = ngettext("%(num)s claim is to be decided", "%(num)s claims are to be decided", number)
        url = place.url("claims.desk_claims", show="decide")
        text = _("With receipts for what somebody spent.")
        waiting.append(Waiting(str(title), str(text), url, str(_("Decide")), "receipt", "wait"))
    if number := place.glance.claims_to_pay:
        title = ngettext("%(num)s claim is to be paid", "%(num)s claims are to be paid", number)
        url = place.url("claims.desk_claims", show="pay")
        text = _("Approved, and not paid yet, or not in full.")
        waiting.append(Waiting(str(title), str(text), url, str(_("Pay")), "receipt", "wait"))
    return waiting
