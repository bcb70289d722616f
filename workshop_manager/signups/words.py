"""Words for states of signing up."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.signups import rules
from workshop_manager.signups.models import SignupBlock
from workshop_manager.signups.states import Audience, Phase, Way

WAYS = {
    Way.FIRST_COME: _l("First come, first served"),
    Way.RANKED: _l("Everybody ranks, then places are given"),
}
AUDIENCES = {
    Audience.EVERYBODY: _l("Everybody with a seat"),
    Audience.IN_PERSON: _l("People with a seat in the room"),
    Audience.VIRTUAL: _l("People who take part virtually"),
}
_SIGNS = {
    Phase.AHEAD: ("note", _l("Opens soon"), "clock"),
    Phase.OPEN: ("ok", _l("Open"), "check-circle"),
    Phase.DECIDING: ("wait", _l("Places are being given"), "shuffle"),
    Phase.SETTLED: ("ok", _l("Places are given"), "check-circle"),
    Phase.CLOSED: ("rest", _l("Closed"), "lock"),
}


def phase_of(uow: UnitOfWork, block: SignupBlock) -> Phase:
    """Where a block stands at this unit's moment."""
    return rules.phase(block.window, uow.now)


def sign(phase: Phase) -> tuple[str, str, str]:
    """Its sign: kind, words, icon."""
    kind, words, icon = _SIGNS[phase]
    return kind, str(words), icon


def rank_text(rank: int) -> str:
    """`First choice`, `2nd choice` in words; 0 for none of what somebody named."""
    names = {
        0: _l("None of their choices"),
        1: _l("First choice"),
        2: _l("Second choice"),
        3: _l("Third choice"),
        4: _l("Fourth choice"),
        5: _l("Fifth choice"),
        6: _l("Sixth choice"),
    }
    return str(names.get(rank) or _("Choice %(number)s", number=rank))
