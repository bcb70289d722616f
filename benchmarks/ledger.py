"""The ledger with 100,000 entries, and fifty who offer the last money at once.

python -m benchmarks.ledger sqlite:////tmp/bench.sqlite
python -m benchmarks.ledger postgresql+psycopg://…      an empty database each
"""

import sys
import tempfile
import threading
import time
import uuid
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.factories import client_for, join_team, make_edition, make_person
from tests.grants.factories import make_fund
from tests.queries import count_queries
from workshop_manager.app import create_app
from workshop_manager.core.clock import SystemClock
from workshop_manager.core.database import Database
from workshop_manager.core.settings import load_settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.funds import ledger, queries
from workshop_manager.funds.models import LedgerEntry, LedgerTransaction
from workshop_manager.funds.refusals import Overdrawn
from workshop_manager.funds.states import Account, Kind
from workshop_manager.tables import metadata
from workshop_manager.web.limits import limiter
from workshop_manager.workshops.states import Role

ENTRIES = 100_000
AT_ONCE = 50


def main(url: str) -> None:
    """Fill, look, and fight; on tables made here."""
    database = Database(url, may_create=True)
    metadata.create_all(database.engine)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"WORKSHOP_MANAGER_CONFIG": "config/testing.toml"}, site_var=folder)
        _measure(create_app(settings, database, SystemClock()), database)
    database.dispose()


def _measure(app: Flask, database: Database) -> None:
    limiter.enabled = False
    with app.app_context(), unit_of_work(database, SystemClock()) as uow:
        edition = make_edition(uow)
        full, last = make_fund(uow, edition, ENTRIES), make_fund(uow, edition, 500, "The last money")
        ids = edition.id, full.id, last.id
        organiser = make_person(uow)
        join_team(uow, edition, organiser, Role.ORGANISER)
        client = client_for(app, uow, organiser)
        path = f"/{edition.community.slug}/{edition.slug}/organise/grants/funds/{full.id}/statement"
    began = time.perf_counter()
    _fill(database, ids[0], ids[1])
    print(f"{ENTRIES:,} entries written in {time.perf_counter() - began:.1f} s")
    for name, asked in (("first page", path), ("last page", f"{path}?page={ENTRIES // 200 + 1}")):
        _look(database, client, name, asked)
    _fight(app, database, ids[0], ids[2])


def _fill(database: Database, edition_id: int, fund_id: int) -> None:
    now = datetime.now(UTC)
    with unit_of_work(database, SystemClock()) as uow:
        for start in range(0, ENTRIES // 2, 5_000):
            uids = [uuid.uuid4().hex for _ in range(5_000)]
            rows = [
                {
                    "transaction_uid": uid, "fund_id": fund_id, "account": account, "amount": minor, "currency": "USD",
                    "application_id": start + place, "award_id": start + place, "line_id": 1, "cost": "air",
                }
                for place, uid in enumerate(uids)
                for account, minor in ((Account.AVAILABLE, -1), (Account.OFFERED, 1))
            ]  # fmt: skip
            uow.session.execute(insert(LedgerEntry), rows)
            closing = [
                {"uid": uid, "key": uid, "edition_id": edition_id, "kind": Kind.OFFER, "at": now, "reason": ""}
                for uid in uids
            ]
            uow.session.execute(insert(LedgerTransaction), closing)


def _look(database: Database, client: FlaskClient, name: str, path: str) -> None:
    """The statement's page as an organiser gets it, rendered, after one look that is not counted."""
    times, used = [], []
    client.get(path)
    for _round in range(7):
        with count_queries(database) as asked:
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(path)
            times.append(time.perf_counter() - began)
            used.append(time.process_time() - worked)
        assert answer.status_code == 200, answer.status
    print(
        f"statement, {name}: {len(asked)} queries, {len(answer.data) // 1024} kB, {answer.text.count('<tr')} rows, "
        f"{sorted(times)[3] * 1000:.0f} ms, CPU of this process {sorted(used)[3] * 1000:.0f} ms (medians of 7)"
    )


def _fight(app: Flask, database: Database, edition_id: int, fund_id: int) -> None:
    given: list[int] = []

    def offer(number: int) -> None:
        with app.app_context():
            try:
                with unit_of_work(database, SystemClock()) as uow:
                    fund = queries.locked_funds(uow.session, edition_id)[fund_id]
                    one = ledger.Slice(fund, 500, 10**6 + number, 10**6 + number, 1, "air")
                    ledger.offer(uow, [one], key=f"last:{number}")
            except Overdrawn:
                return
        given.append(number)

    threads = [threading.Thread(target=offer, args=(number,)) for number in range(AT_ONCE)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with unit_of_work(database, SystemClock(), writing=False) as uow:
        left = queries.balances(uow.session, edition_id)[fund_id].available
    print(
        f"{AT_ONCE} offers of the last money in {time.perf_counter() - began:.2f} s: {len(given)} given, "
        f"{left} left, overdrawn = {max(0, -left)}"
    )


if __name__ == "__main__":
    main(sys.argv[1])
