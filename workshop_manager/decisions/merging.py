"""Who recommended and decided what, when one person's two accounts become one."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.decisions.models import Decision, EarlierDecision, PassedPlace, Recommendation

PART = Part(
    "decisions",
    (
        moved(Decision.decided_by),
        moved(EarlierDecision.reopened_by),
        moved(
            Recommendation.person_id,
            Recommendation.submission_id,
            says=lambda n: str(ngettext("%(num)s recommendation", "%(num)s recommendations", n)),
        ),
        moved(PassedPlace.passed_by),
    ),
)
