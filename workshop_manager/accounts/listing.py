"""The one choice of how somebody appears to others, wherever it is made: which of several holds, and who is named."""

from workshop_manager.accounts.models import Listing

STRICTNESS = (Listing.FULL, Listing.NAME_ONLY, Listing.ANONYMOUS, Listing.UNLISTED)
NAMED = (Listing.FULL, Listing.NAME_ONLY)
COUNTED = (*NAMED, Listing.ANONYMOUS)


def strictest(*choices: Listing) -> Listing:
    """Of the choices in an account, a registration, a submission the one that holds."""
    return max(choices, key=STRICTNESS.index)
