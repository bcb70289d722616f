"""Who sent which final version, when one person's two accounts become one."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.proceedings.models import Book, CameraFile, CameraReady, RightsWording

PART = Part(
    "proceedings",
    (
        moved(RightsWording.written_by),
        moved(CameraReady.details_by),
        moved(CameraReady.rights_by),
        moved(CameraReady.changed_by),
        moved(CameraFile.uploaded_by),
        moved(Book.published_by),
    ),
)
