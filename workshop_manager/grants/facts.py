"""What is known of an applicant as far as the rules of funds ask for it."""

from workshop_manager.accounts.models import Person
from workshop_manager.funds.rules import Facts
from workshop_manager.funds.states import REGIONS
from workshop_manager.grants.models import Application
from workshop_manager.grants.queries import Seat
from workshop_manager.grants.states import Visa
from workshop_manager.registrations.states import Mode


def is_kept_home(application: Application) -> bool:
    """True if the visa was refused: nothing is given for a journey, whatever seat the person holds."""
    return application.visa is Visa.REFUSED


def facts_of(application: Application, person: Person | None, seat: Seat | None) -> Facts:
    """From the application, its person and their seat."""
    region = REGIONS.get((person.country if person else None) or "")
    before = application.presented_before
    return Facts(
        presents_first_time=None if before is None else not before,
        region=region.value if region else None,
        stage=application.stage,
        is_virtual=is_kept_home(application) or (seat is not None and seat.mode is Mode.VIRTUAL),
    )
