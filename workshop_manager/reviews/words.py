"""How scores, advice and conflicts are said."""

from flask_babel import lazy_gettext as _l

from workshop_manager.reviews.states import Advice, ConflictKind

SCORES = {
    1: _l("1: reject"),
    2: _l("2: rather not"),
    3: _l("3: below the line"),
    4: _l("4: above the line"),
    5: _l("5: good"),
    6: _l("6: strong"),
}
CONFIDENCES = {
    1: _l("1: outside my field"),
    2: _l("2: I know the area a little"),
    3: _l("3: I know the area well"),
    4: _l("4: I work on this"),
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
