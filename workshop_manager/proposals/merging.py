"""What becomes of proposals when two accounts turn out to be one person's."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.proposals.models import GrantProposal

PART = Part("proposals", (moved(GrantProposal.made_by), moved(GrantProposal.noted_by)))
