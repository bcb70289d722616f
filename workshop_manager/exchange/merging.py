"""Files that wait to be brought in, when one person's two accounts become one."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.exchange.models import ImportFile

PART = Part("exchange", (moved(ImportFile.person_id),))
