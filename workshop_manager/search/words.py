"""How terms, misreadings and acts are called, in the reader's language."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.reviews.states import ReviewState
from workshop_manager.search.grammar import Misread
from workshop_manager.search.states import Act
from workshop_manager.search.vocabulary import Vocabulary
from workshop_manager.workshops.models import Track

_ACTS = {
    Act.ADD_TAG: _l("Add a tag"),
    Act.REMOVE_TAG: _l("Take a tag away"),
    Act.MOVE_TRACK: _l("Move to another track"),
}


def misread(problem: Misread) -> str:
    """The sentence of what cannot be read."""
    return str(_(problem.message, **problem.values))


def explained(known: Vocabulary) -> list[tuple[str, str]]:
    """Every name with an example and what it finds."""
    return [(field.example, str(_(field.meaning))) for field in known.fields.values()]


def acts() -> list[tuple[str, str]]:
    """The acts to choose from."""
    return [(act.value, str(name)) for act, name in _ACTS.items()]


def act_sentence(act: Act, value: str, tracks: Sequence[Track]) -> str:
    """What is about to happen: `Add the tag “needs-talk”`."""
    if act is Act.MOVE_TRACK:
        return str(_("Move to the track “%(track)s”", track=_track_name(value, tracks)))
    if act is Act.ADD_TAG:
        return str(_("Add the tag “%(tag)s”", tag=value))
    return str(_("Take the tag “%(tag)s” away", tag=value))


def done_sentence(act: Act, value: str, tracks: Sequence[Track]) -> str:
    """What happened."""
    if act is Act.MOVE_TRACK:
        return str(_("Moved to the track “%(track)s”", track=_track_name(value, tracks)))
    if act is Act.ADD_TAG:
        return str(_("Tag “%(tag)s” added", tag=value))
    return str(_("Tag “%(tag)s” taken away", tag=value))


def _track_name(key: str, tracks: Sequence[Track]) -> str:
    return next((track.name for track in tracks if track.key == key), key)


def review_sign(state: ReviewState | None) -> tuple[str, str, str]:
    """How far a reviewer's own review is, for the macro `ui.state`."""
    if state is ReviewState.SUBMITTED:
        return "ok", str(_("Handed in")), "check-circle-fill"
    if state is ReviewState.DRAFT:
        return "wait", str(_("Draft, not handed in")), "pencil-simple"
    return "note", str(_("Not begun")), "clock-countdown"
