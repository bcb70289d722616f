"""When one person's two accounts become one: what the one that stays said holds, and else what the other said."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.availability.models import SpeakerAvailability

PART = Part("availability", (moved(SpeakerAvailability.person_id, SpeakerAvailability.edition_id),))
