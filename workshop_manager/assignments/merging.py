"""What is to be read, and bids, when one person's two accounts become one."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.assignments.models import Assignment, Bid, Proposal, ProposedPair

PART = Part(
    "assignments",
    (
        moved(
            Assignment.reviewer_id,
            Assignment.submission_id,
            says=lambda n: str(ngettext("%(num)s work to review", "%(num)s works to review", n)),
        ),
        moved(Assignment.assigned_by),
        moved(
            Bid.person_id,
            Bid.submission_id,
            says=lambda n: str(ngettext("%(num)s bid", "%(num)s bids", n)),
        ),
        moved(Proposal.chair_id, Proposal.edition_id),
        moved(ProposedPair.reviewer_id, ProposedPair.proposal_id, ProposedPair.submission_id),
    ),
)
