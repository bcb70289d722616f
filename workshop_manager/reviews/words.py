"""How scores, advice, conflicts and refusals are said."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.core.text import isolated
from workshop_manager.reviews.states import Advice, ConflictKind

SCORES = {
    6: _l("6, strong: I would fight for it"),
    5: _l("5, good: it belongs in the programme"),
    4: _l("4, leaning towards it: above the line"),
    3: _l("3, leaning against it: below the line"),
    2: _l("2, weak: it needs much more work"),
    1: _l("1, reject: wrong, or out of place here"),
}
CONFIDENCES = {
    4: _l("4: I work on exactly this"),
    3: _l("3: I know the area well"),
    2: _l("2: I know the area a little"),
    1: _l("1: I am guessing"),
}
ADVICE = {
    Advice.ORAL: _l("A talk"),
    Advice.LIGHTNING: _l("A lightning talk"),
    Advice.POSTER: _l("A poster"),
    Advice.DECLINE: _l("Decline it"),
}
SHORT_ADVICE = {"oral": _l("oral"), "lightning": _l("lightning"), "poster": _l("poster"), "decline": _l("decline")}
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
