"""How blinding, rounds and types are called, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.calls.models import Call, Round, SubmissionType
from workshop_manager.calls.queries import PlacedDate
from workshop_manager.calls.states import Blinding
from workshop_manager.core.text import isolated
from workshop_manager.workshops.words import date_name

_BLINDING = {
    Blinding.DOUBLE: _l("Double-blind: reviewers do not see who wrote it, and authors do not see who reviewed it."),
    Blinding.SINGLE: _l("Single-blind: reviewers see who wrote it; authors do not see who reviewed it."),
    Blinding.NONE: _l("Open: reviewers and authors see each other’s names."),
}
_BLINDING_SHORT = {
    Blinding.DOUBLE: _l("double-blind"),
    Blinding.SINGLE: _l("single-blind"),
    Blinding.NONE: _l("open review"),
}


def blinding_text(blinding: Blinding) -> str:
    """The whole sentence about who sees whose name."""
    return str(_BLINDING[blinding])


def blinding_short(blinding: Blinding) -> str:
    """`double-blind`."""
    return str(_BLINDING_SHORT[blinding])


@dataclass(frozen=True, slots=True)
class Choice:
    """A round or a type to choose from; the call's own has no id."""

    id: int | None
    name: str
    description: str = ""


def own_round_name() -> str:
    """What the call's own round is called while nobody named it."""
    return str(_("Regular round"))


def round_choices(call: Call, further: Sequence[Round]) -> list[Choice]:
    """All rounds, the call's own last: further ones are early ones as a rule."""
    own = Choice(None, call.round_name or own_round_name())
    return [*(Choice(row.id, row.name, row.description) for row in further), own]


def type_choices(call: Call, further: Sequence[SubmissionType]) -> list[Choice]:
    """All types, the call's own first."""
    own = Choice(None, call.type_name or str(_("Abstract")))
    return [own, *(Choice(row.id, row.name, row.description) for row in further)]


def placed_name(date: PlacedDate) -> str:
    """`Abstracts due: Early round, Vision`."""
    return f"{date_name(date.row.key)}: {place_name(date)}"


def place_name(date: PlacedDate) -> str:
    """`Early round, Vision`: the round, the track, or both."""
    return ", ".join(isolated(name) for name in (date.round_name, date.track_name) if name)
