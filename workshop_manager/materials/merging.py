"""Materials and answers to recordings, when one person's two accounts become one."""

from flask_babel import ngettext

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.materials.models import Material, RecordingAnswer

PART = Part(
    "materials",
    (
        moved(
            Material.added_by,
            says=lambda n: str(ngettext("%(num)s material of a talk", "%(num)s materials of talks", n)),
        ),
        moved(RecordingAnswer.person_id, RecordingAnswer.edition_id, RecordingAnswer.uid),
    ),
)
