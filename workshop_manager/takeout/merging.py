"""An archive of the account that ends goes with it: whoever wants one asks anew."""

from workshop_manager.accounts.merging import Part, dropped
from workshop_manager.takeout.models import DataExport

PART = Part("takeout", (dropped(DataExport.person_id),))
