"""What stands in passports, and how it is removed: by the day of each letter, or sooner if organisers chose so."""

from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.door import letters, queries
from workshop_manager.door.letters import PASSPORT
from workshop_manager.retention.keeping import Kept
from workshop_manager.retention.rules import USUAL
from workshop_manager.workshops.models import Edition


def kept(uow: UnitOfWork, edition: Edition) -> Sequence[Kept]:
    """Passports of an edition."""
    number = queries.count_passports(uow.session, edition.id)
    return (Kept(PASSPORT, str(_("What stands in passports")), number, USUAL, letters.purge_edition),)
