"""What the database itself holds of the ledger, on SQLite and on PostgreSQL.

- Entries and transactions are only ever added.
- A transaction is written after its entries: it must have some, they add up to nothing in each fund, and it closes
  them.
- An entry is in its fund's currency.
- A fund's `amount`, `overdraft` and `committed` follow its entries, so that its constraint refuses an overdraft.

Whoever rebuilds one of the three tables in a migration on SQLite takes the triggers away before and makes them anew.
"""

from typing import Any

from sqlalchemy import Connection

_SAME_CURRENCY = "NEW.currency <> (SELECT currency FROM grant_funds WHERE id = NEW.fund_id)"
_IS_CLOSED = "EXISTS (SELECT 1 FROM ledger_transactions WHERE uid = NEW.transaction_uid)"
_IS_EMPTY = "NOT EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid)"
_IS_OFF = (
    "EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid GROUP BY fund_id HAVING SUM(amount) <> 0)"
)
_FOLLOW = """UPDATE grant_funds SET
  amount = amount - CASE WHEN NEW.account = 'pledged' THEN NEW.amount ELSE 0 END,
  overdraft = overdraft - CASE WHEN NEW.account = 'overdraft' THEN NEW.amount ELSE 0 END,
  committed = committed
    + CASE WHEN NEW.account IN ('offered', 'accepted', 'claimed', 'paid') THEN NEW.amount ELSE 0 END
WHERE id = NEW.fund_id"""
_KEPT = "the ledger is only added to"
_OPEN = "this transaction is closed, or its entry is in another currency than its fund"
_EVEN = "the entries of this transaction do not add up"


def _sqlite_refusing(name: str, when: str, sentence: str, condition: str = "") -> str:
    asked = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW{asked} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"


SQLITE = (
    _sqlite_refusing("ledger_entries_changed", "UPDATE ON ledger_entries", _KEPT),
    _sqlite_refusing("ledger_entries_deleted", "DELETE ON ledger_entries", _KEPT),
    _sqlite_refusing("ledger_transactions_changed", "UPDATE ON ledger_transactions", _KEPT),
    _sqlite_refusing("ledger_transactions_deleted", "DELETE ON ledger_transactions", _KEPT),
    _sqlite_refusing("ledger_entries_open", "INSERT ON ledger_entries", _OPEN, f"{_IS_CLOSED} OR {_SAME_CURRENCY}"),
    _sqlite_refusing("ledger_transactions_even", "INSERT ON ledger_transactions", _EVEN, f"{_IS_EMPTY} OR {_IS_OFF}"),
    f"CREATE TRIGGER ledger_entries_follow AFTER INSERT ON ledger_entries FOR EACH ROW BEGIN {_FOLLOW}; END",
)


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def _raise(sentence: str) -> str:
    return f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation';"


def _trigger(name: str, when: str, function: str) -> str:
    return f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {function}()"


POSTGRESQL = (
    _function("ledger_kept", _raise(_KEPT)),
    _function("ledger_open", f"IF {_IS_CLOSED} OR {_SAME_CURRENCY} THEN {_raise(_OPEN)} END IF; RETURN NEW;"),
    _function("ledger_even", f"IF {_IS_EMPTY} OR {_IS_OFF} THEN {_raise(_EVEN)} END IF; RETURN NEW;"),
    _function("ledger_follow", f"{_FOLLOW}; RETURN NULL;"),
    _trigger("ledger_entries_kept", "BEFORE UPDATE OR DELETE ON ledger_entries", "ledger_kept"),
    _trigger("ledger_transactions_kept", "BEFORE UPDATE OR DELETE ON ledger_transactions", "ledger_kept"),
    _trigger("ledger_entries_open", "BEFORE INSERT ON ledger_entries", "ledger_open"),
    _trigger("ledger_transactions_even", "BEFORE INSERT ON ledger_transactions", "ledger_even"),
    _trigger("ledger_entries_follow", "AFTER INSERT ON ledger_entries", "ledger_follow"),
)


def create(_table: object, connection: Connection, **_options: Any) -> None:
    """Make them, once the tables are there."""
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
