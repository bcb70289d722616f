"""Who let whom in, when one person's two accounts become one. Arrivals themselves go with the registration."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.door.models import Arrival, BadgeBatch, Certificate, Handout, Scan, VisaLetter

PART = Part("door", tuple(moved(one.by_id) for one in (Arrival, Scan, Handout, BadgeBatch, Certificate, VisaLetter)))
