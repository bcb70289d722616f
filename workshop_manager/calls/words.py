"""How blinding is called, in the reader's language."""

from flask_babel import lazy_gettext as _l

from workshop_manager.calls.states import Blinding

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
