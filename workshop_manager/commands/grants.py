"""`workshop-manager grants …`."""

from pathlib import Path

import click

from workshop_manager.commands import running
from workshop_manager.commands.running import Stopped, Told
from workshop_manager.core.errors import Conflict
from workshop_manager.core.money import NotMoney, parse_amount
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import statements
from workshop_manager.funds.states import Region
from workshop_manager.grantreview import reading
from workshop_manager.grants.states import CostKind
from workshop_manager.proposals import working
from workshop_manager.proposals.settings import Settings
from workshop_manager.web.spreadsheets import csv_response, workbook
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MACHINE


@click.group()
def grants() -> None:
    """Travel grants."""


@running.act(grants, "assign")
def assign_readers(uow: UnitOfWork, edition: Edition) -> Told:
    """Ask the committee to read what has too few readers: no conflicts, level loads. A dry run says who would read."""
    workshops.locked_edition(uow.session, edition.id)
    share = reading.propose(uow, edition, lock=True)
    reading.make(uow, edition, share)
    names = {person.id: person.name for person in share.people}
    items = [{"application": application, "reader": names[reader]} for application, reader in share.pairs]
    notes = [f"Application {one} lacks {number} reader(s): nobody is left." for one, number in share.missing.items()]
    return Told({"readings": len(share.pairs), "missing": sum(share.missing.values())}, items, notes)


@running.act(grants, "propose")
@click.option("--share", "shares", multiple=True, metavar="REGION=PER_CENT", help="At least so much for a region.")
@click.option(
    "--cap", "caps", multiple=True, metavar="KIND=AMOUNT CURRENCY", help="At most so much for a kind of cost."
)
@click.option("--most-per-institution", type=click.IntRange(0, 100), default=0, help="People from one; 0: any number.")
@click.option("--merit", type=click.IntRange(0, 10), default=5, show_default=True, help="What a high rank counts.")
@click.option("--round", "number", type=click.IntRange(0), default=0, help="Only who applied in it; 0: in any round.")
@click.option(
    "--useful", type=click.IntRange(0, 100), default=0, show_default=True, help="Least useful per cent of a need."
)
def propose(
    uow: UnitOfWork,
    edition: Edition,
    shares: tuple[str, ...],
    caps: tuple[str, ...],
    most_per_institution: int,
    merit: int,
    useful: int,
    number: int,
) -> Told:
    """Work out the set of awards that helps most, with the reason for each applicant. Nothing is written or offered."""
    settings = Settings(
        shares=dict(map(_share, shares)),
        caps=dict(map(_cap, caps)),
        most_per=most_per_institution,
        merit=merit,
        useful=useful,
        round=number,
    )
    done = working.work_out(uow.session, edition.id, MACHINE, settings)
    items = working.items(done)
    counts = {"helped": len(done.answer.awards), "not helped": len(items) - len(done.answer.awards)}
    about = {"funds": working.funds(done), "gap": working.gap_of(done.answer.gap), "missed": len(done.answer.missed)}
    return Told(counts, items, working.notes(done), about=about)


def _share(typed: str) -> tuple[str, int]:
    region, _sign, percent = typed.partition("=")
    if region not in {one.value for one in Region} or not percent.isdecimal() or int(percent) > 100:
        raise Conflict(f"“{typed}” is no share. Write it as {Region.AFRICA.value}=10.")
    return f"region:{region}", int(percent)


def _cap(typed: str) -> tuple[tuple[CostKind, str], int]:
    kind, _sign, money = typed.partition("=")
    amount, _space, currency = money.strip().rpartition(" ")
    each, _times, nights = amount.partition("x")
    try:
        return (CostKind(kind), currency), parse_amount(each, currency) * int(nights or "1")
    except (ValueError, NotMoney):
        raise Conflict(f"“{typed}” is no cap. Write it as {CostKind.LODGING.value}=62x7 USD, or 434 USD.") from None


@running.act(grants, "ledger")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write every entry to this .csv or .xlsx.")
def ledger(uow: UnitOfWork, edition: Edition, output: Path | None) -> Told:
    """The balances of every fund, each a sum over the ledger's entries; with -o the entries for the treasurer."""
    items = statements.balance_table(uow.session, edition.id)
    rows = statements.entries(uow.session, edition.id, MACHINE)
    files = [] if output is None else [(output, _written(output, rows))]
    return Told({"funds": len(items), "entries": len(rows)}, items, files=files)


def _written(output: Path, rows: list[tuple[object, ...]]) -> bytes:
    if output.suffix == ".xlsx":
        return workbook(statements.HEADER, rows)
    if output.suffix == ".csv":
        return csv_response("ledger", statements.HEADER, rows).get_data()
    raise Stopped([{"sentence": "Name a file that ends in .csv or .xlsx."}])
