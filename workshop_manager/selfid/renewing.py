"""Another key: what was named and sealed with an earlier one is found by the newest from then on."""

from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.resealing import Tally
from workshop_manager.core.sealed import Age
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.selfid import queries, service


def examine(database: Database) -> Tally:
    """How many answers are sealed with which key; changes nothing."""
    tally = Tally()
    with unit_of_work(database, SystemClock(), writing=False) as uow:
        for edition_id in queries.with_answers(uow.session):
            for _name, content in queries.answers(uow.session, edition_id):
                tally.add(database.vault.age(content) if database.vault is not None else Age.LOST)
    return tally


def renew(database: Database) -> Tally:
    """Name and seal everything with the newest key. Counts as things stood before; what no key opens stays."""
    tally = examine(database)
    vault = database.vault
    if vault is None or tally.lost or not tally.earlier:
        return tally
    with unit_of_work(database, SystemClock()) as uow:
        people = queries.people_ids(uow.session)
        for edition_id in queries.with_answers(uow.session):
            queries.form(uow.session, edition_id, lock=True)
            newest = {old: names[0] for one in people for names in [vault.names(edition_id, one)] for old in names}
            service.rename(uow, vault, edition_id, newest)
    return tally
