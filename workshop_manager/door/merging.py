"""Who let whom in, when one person's two accounts become one. Arrivals themselves go with the registration."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.door.models import Arrival, BadgeBatch, Certificate, Handout, Scan

PART = Part(
    "door",
    (moved(Arrival.by_id), moved(Scan.by_id), moved(Handout.by_id), moved(BadgeBatch.by_id), moved(Certificate.by_id)),
)
