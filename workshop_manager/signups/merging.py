"""Signing up, when one person's two accounts become one.

Of two registrations of one edition one ends first, and what it had signed up for goes on with its seat; so at most one
account has anything left in a block.
"""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.signups.models import SignupChoice, SignupPart, SignupPlace, SignupProposal, SignupWait

PART = Part(
    "signups",
    (
        moved(
            SignupPlace.person_id,
            SignupPlace.block_id,
            says=lambda n: str(ngettext("%(num)s place at a session", "%(num)s places at sessions", n)),
        ),
        moved(SignupWait.person_id, SignupWait.part_id),
        moved(SignupChoice.person_id, SignupChoice.block_id),
        moved(SignupProposal.person_id, SignupProposal.block_id),
        moved(SignupPart.moderator_id),
    ),
)
