"""How scores, advice, forms, phases and writers of reviews are said."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.reviews.criteria import Form, Item
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.states import Advice, Audience, DeclineReason, ItemKind, SeeOthers

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

_SCORE_STEPS = (
    _l("reject: wrong, or out of place here"),
    _l("weak: it needs much more work"),
    _l("leaning against it: below the line"),
    _l("leaning towards it: above the line"),
    _l("good: it belongs in the programme"),
    _l("strong: I would fight for it"),
)
_CONFIDENCE_STEPS = (
    _l("I am guessing"),
    _l("I know the area a little"),
    _l("I know the area well"),
    _l("I work on exactly this"),
)
KINDS = {
    ItemKind.SCALE: _l("A scale, with a sentence at each step"),
    ItemKind.CHOICE: _l("A choice of one"),
    ItemKind.TEXT: _l("A text"),
    ItemKind.ADVICE: _l("What the reviewer would make of it"),
}
AUDIENCES = {
    Audience.AUTHORS: _l("Authors, fellow reviewers and chairs"),
    Audience.REVIEWERS: _l("Fellow reviewers and chairs"),
    Audience.CHAIRS: _l("Chairs only"),
}
AUDIENCES_SHORT = {
    Audience.AUTHORS: _l("authors read it"),
    Audience.REVIEWERS: _l("reviewers and chairs read it"),
    Audience.CHAIRS: _l("only chairs read it"),
}
SEE_OTHERS = {
    SeeOthers.NEVER: _l("Never"),
    SeeOthers.AFTER_OWN: _l("Once their own review is in"),
    SeeOthers.ALWAYS: _l("Always"),
}
SEE_OTHERS_SHORT = {
    SeeOthers.NEVER: _l("no"),
    SeeOthers.AFTER_OWN: _l("after their own"),
    SeeOthers.ALWAYS: _l("yes"),
}
DECLINE_REASONS = {
    DeclineReason.TIME: _l("I do not have the time"),
    DeclineReason.TOPIC: _l("I do not know enough about it"),
    DeclineReason.LANGUAGE: _l("I do not read its language well enough"),
    DeclineReason.OTHER: _l("Another reason"),
}


def usual_form() -> Form:
    """What reviewers are asked before anybody changed it, in the language of whoever looks."""
    return Form(
        (
            Item(
                "score", ItemKind.SCALE, str(_("Overall")), weight=1, low=1, steps=tuple(str(s) for s in _SCORE_STEPS)
            ),
            Item("advice", ItemKind.ADVICE, str(_("What you would make of it"))),
            Item(
                "confidence",
                ItemKind.SCALE,
                str(_("How well you know the area")),
                low=1,
                steps=tuple(str(s) for s in _CONFIDENCE_STEPS),
            ),
            Item(
                "text",
                ItemKind.TEXT,
                str(_("For the authors")),
                str(_("They read this with the decision. Say what is good, and what would make it better.")),
                Audience.AUTHORS,
            ),
            Item(
                "remark",
                ItemKind.TEXT,
                str(_("For the chairs only")),
                str(_("The authors never see this. May stay empty.")),
                Audience.CHAIRS,
                required=False,
            ),
        )
    )


def step_text(item: Item, value: int) -> str:
    """`6, strong: I would fight for it`, `3: I know the area well`, or a choice as it is worded."""
    anchor = item.anchor(value)
    if item.kind is ItemKind.CHOICE:
        return anchor
    if item.key == "score":
        return f"{value}, {anchor}" if anchor else str(value)
    return f"{value}: {anchor}" if anchor else str(value)


def answer_text(item: Item, value: int | str) -> str:
    """An answer for reading."""
    if isinstance(value, int):
        return step_text(item, value)
    if item.kind is ItemKind.ADVICE:
        return next((str(word) for advice, word in ADVICE.items() if advice.value == value), "")
    return value


def signature(review: Review) -> str | None:
    """The reviewer's name, if the review was written under open review; None for every other."""
    return review.reviewer.name if review.is_signed and review.reviewer else None


def handle_name(number: int) -> str:
    """`Reviewer 2`."""
    return str(_("Reviewer %(number)s", number=number))


def phase_name(phase: Phase) -> str:
    """What a phase is called; words for one that nobody named."""
    return phase.name or str(_("Reviewing"))
