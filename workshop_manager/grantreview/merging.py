"""What becomes of what was said, read and asked when two accounts turn out to be one person's."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.grantreview.models import GrantMessage, GrantQuestion, GrantSeen

PART = Part(
    "grantreview",
    (
        moved(GrantMessage.person_id),
        moved(GrantSeen.person_id, GrantSeen.application_id),
        moved(GrantQuestion.asked_by),
    ),
)
