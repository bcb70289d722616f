"""How terms, misreadings and acts are called, in the reader's language."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.reviews.states import ReviewState
from workshop_manager.search import rules
from workshop_manager.search.grammar import Misread
from workshop_manager.search.states import Act
from workshop_manager.search.vocabulary import Vocabulary
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import Standing

_ACTS = {
    Act.ADD_TAG: _l("Add a tag"),
    Act.REMOVE_TAG: _l("Take a tag away"),
    Act.MOVE_TRACK: _l("Move to another track"),
    Act.MOVE_ROUND: _l("Send to another round"),
    Act.REJECT: _l("Reject without review"),
}


def misread(problem: Misread) -> str:
    """The sentence of what cannot be read."""
    return str(_(problem.message, **problem.values))


def explained(known: Vocabulary) -> list[tuple[str, str]]:
    """Every name with an example and what it finds."""
    return [(field.example, str(_(field.meaning))) for field in known.fields.values()]


def acts(standing: Standing) -> list[tuple[str, str]]:
    """The acts this person may choose from."""
    return [(act.value, str(name)) for act, name in _ACTS.items() if standing.may(rules.MAY_DO[act])]


def act_sentence(act: Act, value: str, tracks: Sequence[Track]) -> str:
    """What is about to happen: `Add the tag “needs-talk”`."""
    said = {
        Act.ADD_TAG: _("Add the tag “%(value)s”", value=value),
        Act.REMOVE_TAG: _("Take the tag “%(value)s” away", value=value),
        Act.MOVE_TRACK: _("Move to the track “%(value)s”", value=_track_name(value, tracks)),
        Act.MOVE_ROUND: _("Send to the round “%(value)s”", value=value),
        Act.REJECT: _("Reject without review"),
    }
    return str(said[act])


def done_sentence(act: Act, value: str, tracks: Sequence[Track]) -> str:
    """What happened."""
    said = {
        Act.ADD_TAG: _("Tag “%(value)s” added", value=value),
        Act.REMOVE_TAG: _("Tag “%(value)s” taken away", value=value),
        Act.MOVE_TRACK: _("Moved to the track “%(value)s”", value=_track_name(value, tracks)),
        Act.MOVE_ROUND: _("Sent to the round “%(value)s”", value=value),
        Act.REJECT: _("Rejected without review"),
    }
    return str(said[act])


def consequence(act: Act) -> str:
    """Who hears of it."""
    if act in rules.WRITES_TO_AUTHORS:
        return str(_("The authors of each get a mail that says so, and another one if it is undone."))
    return str(_("Nobody is written to."))


def _track_name(key: str, tracks: Sequence[Track]) -> str:
    return next((track.name for track in tracks if track.key == key), key)


def review_sign(state: ReviewState | None) -> tuple[str, str, str]:
    """How far a reviewer's own review is, for the macro `ui.state`."""
    if state is ReviewState.SUBMITTED:
        return "ok", str(_("Handed in")), "check-circle-fill"
    if state is ReviewState.DRAFT:
        return "wait", str(_("Draft, not handed in")), "pencil-simple"
    return "note", str(_("Not begun")), "clock-countdown"
