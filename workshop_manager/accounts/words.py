"""How the choices of an account are called, in the reader's language."""

from flask_babel import lazy_gettext as _l

from workshop_manager.accounts.models import Listing

LISTINGS = {
    Listing.FULL: _l("With name and affiliation"),
    Listing.NAME_ONLY: _l("With my name only"),
    Listing.ANONYMOUS: _l("Counted, without my name"),
    Listing.UNLISTED: _l("Not at all"),
}
LISTING_TEXTS = {
    Listing.FULL: _l("As a speaker, author or participant, wherever names stand."),
    Listing.NAME_ONLY: _l("Your affiliation is left out."),
    Listing.ANONYMOUS: _l("Your place shows as “Anonymous”."),
    Listing.UNLISTED: _l("No list, feed, badge or export shows that you take part."),
}


def listing_name(listing: Listing) -> str:
    """`With my name only`."""
    return str(LISTINGS[listing])
