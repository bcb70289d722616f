"""What becomes of claims when two accounts turn out to be one person's: they go with the application."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.claims.models import Claim, Payment

PART = Part("claims", (moved(Claim.decided_by), moved(Payment.entered_by), moved(Payment.undone_by)))
