"""Deadlines of one's own and codes, when one person's two accounts become one."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.calls.models import AccessCode, CodeUse, EarlierCallDate, PersonalDeadline

PART = Part(
    "calls",
    (
        moved(EarlierCallDate.changed_by),
        moved(
            PersonalDeadline.person_id,
            says=lambda n: str(ngettext("%(num)s deadline of its own", "%(num)s deadlines of its own", n)),
        ),
        moved(PersonalDeadline.given_by),
        moved(AccessCode.created_by),
        moved(CodeUse.person_id, CodeUse.code_id),
    ),
)
