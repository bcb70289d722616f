"""What becomes of roles and invitations when one person's two accounts become one."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.workshops.models import CommunityOwner, EarlierDate, Invitation, TeamMember

PART = Part(
    "workshops",
    (
        moved(
            CommunityOwner.person_id,
            CommunityOwner.community_id,
            says=lambda n: str(ngettext("%(num)s community that it owns", "%(num)s communities that it owns", n)),
        ),
        moved(
            TeamMember.person_id,
            TeamMember.edition_id,
            TeamMember.role,
            TeamMember.track_id,
            says=lambda n: str(ngettext("%(num)s role in a team", "%(num)s roles in teams", n)),
        ),
        moved(Invitation.invited_by),
        moved(EarlierDate.changed_by),
    ),
)
