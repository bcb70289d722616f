"""How scores, advice and writers of reviews are said."""

from flask_babel import lazy_gettext as _l

from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import Advice

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


def signature(review: Review) -> str | None:
    """The reviewer's name, if the review was written under open review; None for every other."""
    return review.reviewer.name if review.is_signed and review.reviewer else None
