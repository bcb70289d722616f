"""What lists of seats hold of a person, when two accounts become one. Questions went to addresses, not to accounts."""

from workshop_manager.accounts.merging import Part, moved
from workshop_manager.handover.models import Mailing, SeatList

PART = Part("handover", (moved(SeatList.created_by), moved(Mailing.created_by)))
