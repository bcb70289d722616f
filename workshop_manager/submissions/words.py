"""How states, outcomes and listing choices are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.accounts.models import Listing
from workshop_manager.questions.rules import Gap
from workshop_manager.submissions.states import Outcome, State

_STATES = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _l("Submitted"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.ACCEPTED: _l("Accepted"),
    State.CONFIRMED: _l("Confirmed"),
    State.DECLINED: _l("Declined by the authors"),
    State.WAITLISTED: _l("On the waitlist"),
    State.REJECTED: _l("Not accepted"),
}
_SIGNS = {
    State.DRAFT: ("note", "pencil-simple"),
    State.SUBMITTED: ("ok", "check-circle-fill"),
    State.WITHDRAWN: ("rest", "arrow-u-up-left"),
    State.ACCEPTED: ("ok", "check-circle-fill"),
    State.CONFIRMED: ("ok", "check-circle-fill"),
    State.DECLINED: ("rest", "prohibit"),
    State.WAITLISTED: ("wait", "hourglass-medium"),
    State.REJECTED: ("rest", "x-circle"),
}
_OUTCOMES = {
    Outcome.ORAL: _l("Oral"),
    Outcome.LIGHTNING: _l("Lightning talk"),
    Outcome.POSTER: _l("Poster"),
    Outcome.WAITLIST: _l("Waitlist"),
    Outcome.REJECT: _l("Not accepted"),
}
_LISTINGS = {
    Listing.FULL: _l("with their names and affiliations"),
    Listing.NAME_ONLY: _l("with their names only"),
    Listing.ANONYMOUS: _l("as “anonymous”"),
    Listing.UNLISTED: _l("nowhere: leave the work off the public programme"),
}


def state_name(state: State) -> str:
    """`Submitted`."""
    return str(_STATES[state])


def state_sign(state: State) -> tuple[str, str, str]:
    """For the macro `ui.state`: kind, words, icon."""
    kind, icon = _SIGNS[state]
    return kind, state_name(state), icon


def outcome_name(outcome: Outcome) -> str:
    """`Lightning talk`."""
    return str(_OUTCOMES[outcome])


def listing_text(listing: Listing) -> str:
    """What follows “If accepted, show the authors …”."""
    return str(_LISTINGS[listing])


def gap_text(gap: Gap) -> str:
    """The sentence of something that is missing."""
    return str(_(gap.message, **gap.values))


def title_of(title: str) -> str:
    """The title, or words for one that has none yet."""
    return title or str(_("Draft without a title"))
