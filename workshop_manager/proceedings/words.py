"""How things of the proceedings are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.proceedings.states import Ask, Item, NumberOrder

_ITEMS = {
    Item.DETAILS: _l("Title and authors"),
    Item.FINAL: _l("Final paper"),
    Item.POSTER: _l("Poster"),
    Item.SLIDES: _l("Slides"),
    Item.VIDEO: _l("Video"),
    Item.RIGHTS: _l("Rights"),
}
_OWED = {
    Item.DETAILS: _l("say that title, abstract and authors are right"),
    Item.FINAL: _l("the final PDF of the paper"),
    Item.POSTER: _l("the poster as a PDF"),
    Item.SLIDES: _l("the slides, as a PDF or a link"),
    Item.VIDEO: _l("a link to the video"),
    Item.RIGHTS: _l("agree to the rights statement"),
}
_ASKS = {
    Ask.NO: _l("Not asked for"),
    Ask.MAY: _l("Welcome, not required"),
    Ask.MUST: _l("Required"),
}
_ORDERS = {
    NumberOrder.TRACK: _l("by track, then by submission"),
    NumberOrder.SESSION: _l("in the order of the programme"),
}


def item_name(item: Item) -> str:
    """`Final paper`."""
    return str(_ITEMS[item])


def owed_text(item: Item) -> str:
    """`the final PDF of the paper`, for lists of what is owed."""
    return str(_OWED[item])


def ask_text(ask: Ask) -> str:
    """`Required`."""
    return str(_ASKS[ask])


def order_text(order: NumberOrder) -> str:
    """`by track, then by submission`."""
    return str(_ORDERS[order])


def poster_label(number: int) -> str:
    """`Poster 7`."""
    return str(_("Poster %(number)s", number=number))
