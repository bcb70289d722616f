"""How conflicts of interest are said."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.text import isolated

CONFLICTS = {
    ConflictKind.COAUTHOR: _l("We write or wrote together"),
    ConflictKind.COLLEAGUE: _l("We work at the same place"),
    ConflictKind.ADVISOR: _l("One of us advised the other"),
    ConflictKind.PERSONAL: _l("We are close in private life"),
    ConflictKind.OTHER: _l("Another reason"),
}


_REFUSALS = {
    "own": _l("%(name)s submitted #%(number)s."),
    "author": _l("%(name)s is an author of #%(number)s."),
    "address": _l("An author of #%(number)s has the address of %(name)s."),
    "declared": _l("%(name)s declared a conflict of interest with #%(number)s."),
}


_REASONS = {
    "own": _l("submitted it"),
    "author": _l("is an author"),
    "address": _l("has the address of an author"),
    "declared": _l("declared a conflict"),
}


def conflict_sentence(why: str, name: str, number: int) -> str:
    """Why somebody cannot be given a work; `why` is what `rules.conflict_of` says."""
    reason = str(_REFUSALS[why]) % {"name": isolated(name), "number": number}
    return str(_("%(reason)s Choose somebody else.", reason=reason))


def conflict_reason(why: str) -> str:
    """`is an author`, beside a name that is on the page already."""
    return str(_REASONS[why])
