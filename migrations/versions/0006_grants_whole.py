"""Grants: ledger, reading, costs; cancelled editions, registering without an account, places on waitlists

Revision ID: 0006
Revises: 0005
"""

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet, MultiFernet

from workshop_manager.core.settings import load_settings

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# What the database itself holds of the ledger, as the version of this migration has it (see `funds.guards`).
SQLITE = (
    "CREATE TRIGGER ledger_entries_changed BEFORE UPDATE ON ledger_entries FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END",
    "CREATE TRIGGER ledger_entries_deleted BEFORE DELETE ON ledger_entries FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END",
    "CREATE TRIGGER ledger_transactions_changed BEFORE UPDATE ON ledger_transactions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END",
    "CREATE TRIGGER ledger_transactions_deleted BEFORE DELETE ON ledger_transactions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END",
    "CREATE TRIGGER ledger_entries_open BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN EXISTS (SELECT 1 FROM ledger_transactions WHERE uid = NEW.transaction_uid) OR NEW.currency <> (SELECT currency FROM grant_funds WHERE id = NEW.fund_id) BEGIN SELECT RAISE(ABORT, 'this transaction is closed, or its entry is in another currency than its fund'); END",
    "CREATE TRIGGER ledger_transactions_even BEFORE INSERT ON ledger_transactions FOR EACH ROW WHEN NOT EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid) OR EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid GROUP BY fund_id HAVING SUM(amount) <> 0) BEGIN SELECT RAISE(ABORT, 'the entries of this transaction do not add up'); END",
    "CREATE TRIGGER ledger_entries_follow AFTER INSERT ON ledger_entries FOR EACH ROW BEGIN UPDATE grant_funds SET\n  amount = amount - CASE WHEN NEW.account = 'pledged' THEN NEW.amount ELSE 0 END,\n  overdraft = overdraft - CASE WHEN NEW.account = 'overdraft' THEN NEW.amount ELSE 0 END,\n  committed = committed\n    + CASE WHEN NEW.account IN ('offered', 'accepted', 'claimed', 'paid') THEN NEW.amount ELSE 0 END\nWHERE id = NEW.fund_id; END",
)
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION ledger_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is only added to' USING ERRCODE = 'check_violation'; END $$",
    "CREATE OR REPLACE FUNCTION ledger_open() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_transactions WHERE uid = NEW.transaction_uid) OR NEW.currency <> (SELECT currency FROM grant_funds WHERE id = NEW.fund_id) THEN RAISE EXCEPTION 'this transaction is closed, or its entry is in another currency than its fund' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION ledger_even() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid) OR EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_uid = NEW.uid GROUP BY fund_id HAVING SUM(amount) <> 0) THEN RAISE EXCEPTION 'the entries of this transaction do not add up' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$",
    "CREATE OR REPLACE FUNCTION ledger_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE grant_funds SET\n  amount = amount - CASE WHEN NEW.account = 'pledged' THEN NEW.amount ELSE 0 END,\n  overdraft = overdraft - CASE WHEN NEW.account = 'overdraft' THEN NEW.amount ELSE 0 END,\n  committed = committed\n    + CASE WHEN NEW.account IN ('offered', 'accepted', 'claimed', 'paid') THEN NEW.amount ELSE 0 END\nWHERE id = NEW.fund_id; RETURN NULL; END $$",
    "CREATE TRIGGER ledger_entries_kept BEFORE UPDATE OR DELETE ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_kept()",
    "CREATE TRIGGER ledger_transactions_kept BEFORE UPDATE OR DELETE ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION ledger_kept()",
    "CREATE TRIGGER ledger_entries_open BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_open()",
    "CREATE TRIGGER ledger_transactions_even BEFORE INSERT ON ledger_transactions FOR EACH ROW EXECUTE FUNCTION ledger_even()",
    "CREATE TRIGGER ledger_entries_follow AFTER INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_follow()",
)
SQLITE_TRIGGERS = (
    "ledger_entries_changed",
    "ledger_entries_deleted",
    "ledger_transactions_changed",
    "ledger_transactions_deleted",
    "ledger_entries_open",
    "ledger_transactions_even",
    "ledger_entries_follow",
)
FUNCTIONS = ("ledger_kept", "ledger_open", "ledger_even", "ledger_follow")


def _open_the_ledger() -> None:
    """What funds hold and awards promise becomes entries; from then on the guards keep both the same."""
    connection = op.get_bind()
    funds = connection.execute(
        sa.text("SELECT id, edition_id, currency, amount, created_at FROM grant_funds ORDER BY id")
    ).all()
    awards = connection.execute(
        sa.text(
            "SELECT grant_awards.id, grant_awards.fund_id, grant_awards.application_id, grant_awards.line_id,"
            " grant_awards.state, grant_awards.amount, grant_awards.changed_at, grant_lines.kind"
            " FROM grant_awards JOIN grant_lines ON grant_lines.id = grant_awards.line_id"
            " WHERE grant_awards.state IN ('offered', 'accepted') ORDER BY grant_awards.id"
        )
    ).all()
    op.execute("UPDATE grant_funds SET committed = 0")
    op.execute("UPDATE grant_funds SET amount = 0")
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
    entries, transactions = (_reflected(name) for name in ("ledger_entries", "ledger_transactions"))

    def post(key: str, fund: sa.Row, kind: str, at: object, legs: list[tuple[str, int]], **about: object) -> None:
        uid = uuid.uuid4().hex
        for account, amount in legs:
            values = {"transaction_uid": uid, "fund_id": fund.id, "account": account, "amount": amount}
            values |= {"currency": fund.currency, "cost": ""} | about
            connection.execute(sa.insert(entries).values(values))
        values = {"uid": uid, "key": key, "edition_id": fund.edition_id, "kind": kind, "reason": ""}
        connection.execute(sa.insert(transactions).values(values | {"at": at}))

    by_id = {fund.id: fund for fund in funds}
    for fund in funds:
        if fund.amount:
            legs = [("pledged", -fund.amount), ("available", fund.amount)]
            post(f"opened:fund:{fund.id}", fund, "pledge", fund.created_at, legs)
    for one in awards:
        legs = [("available", -one.amount), (one.state, one.amount)]
        about = {"application_id": one.application_id, "award_id": one.id, "line_id": one.line_id, "cost": one.kind}
        kind = {"offered": "offer", "accepted": "accept"}[one.state]
        post(f"opened:award:{one.id}", by_id[one.fund_id], kind, one.changed_at, legs, **about)


def _reflected(name: str) -> sa.Table:
    found = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind(), resolve_fks=False)
    if "at" in found.c:  # SQLite keeps moments as text: what was read is written as it is
        found.c.at.type = sa.Text() if op.get_bind().dialect.name == "sqlite" else found.c.at.type
    return found


def _lock() -> MultiFernet:
    """The newest key first; files of before a key was changed are opened with the earlier ones."""
    keys = [hmac.new(one.encode(), b"sealed columns", hashlib.sha256).digest() for one in load_settings().secret_keys]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def _change_files(change: Callable[[bytes], bytes]) -> None:
    """Files given as answers, one at a time: they may be large."""
    connection = op.get_bind()
    kinds = (sa.column("file_id", sa.Integer), *(sa.column(name, sa.LargeBinary) for name in ("original", "plain")))
    files = sa.table("answer_bytes", *kinds)
    for file_id in connection.scalars(sa.select(files.c.file_id)).all():
        row = connection.execute(sa.select(files.c.original, files.c.plain).where(files.c.file_id == file_id)).one()
        new = {"original": change(row.original), "plain": change(row.plain)}
        connection.execute(sa.update(files).where(files.c.file_id == file_id).values(new))


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("into", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(length=30), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_exchange_rates_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
        sa.UniqueConstraint(
            "edition_id", "currency", "into", "day", name=op.f("uq_exchange_rates_edition_id_currency_into_day")
        ),
    )
    op.create_table(
        "grant_caps",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("nights", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_grant_caps_gives_something")),
        sa.CheckConstraint("nights IS NULL OR nights > 0", name=op.f("ck_grant_caps_at_least_a_night")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_grant_caps_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "kind", "currency", name=op.f("pk_grant_caps")),
    )
    op.create_table(
        "grant_rubrics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_grant_rubrics_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_grant_rubrics_made_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_rubrics")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_grant_rubrics_edition_id_number")),
    )
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrects", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects"], ["ledger_transactions.uid"], name=op.f("fk_ledger_transactions_corrects_ledger_transactions")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_ledger_transactions_edition_id_editions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint("corrects", name=op.f("uq_ledger_transactions_corrects")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transactions_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_ledger_transactions_uid")),
    )
    with op.batch_alter_table("ledger_transactions", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_transactions_edition", ["edition_id", "id"], unique=False)

    op.create_table(
        "fund_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_fund_overrides_has_a_reason")),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_fund_overrides_approved_at_some_time")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_overrides_allows_something")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name=op.f("ck_fund_overrides_takes_two")),
        sa.ForeignKeyConstraint(["fund_id"], ["grant_funds.id"], name=op.f("fk_fund_overrides_fund_id_grant_funds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_overrides")),
    )
    with op.batch_alter_table("fund_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fund_overrides_fund_id"), ["fund_id"], unique=False)

    op.create_table(
        "grant_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("is_theirs", sa.Boolean(), nullable=False),
        sa.Column("is_visible", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_messages_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grant_messages_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_messages")),
    )
    with op.batch_alter_table("grant_messages", schema=None) as batch_op:
        batch_op.create_index("ix_grant_messages_application", ["application_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_messages_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grant_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_zone", sa.String(length=60), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind <> 'information' OR due_at IS NOT NULL", name=op.f("ck_grant_questions_information_is_due")
        ),
        sa.CheckConstraint("(due_at IS NULL) = (due_zone IS NULL)", name=op.f("ck_grant_questions_due_with_zone")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_questions_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["people.id"], name=op.f("fk_grant_questions_asked_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_questions")),
    )
    with op.batch_alter_table("grant_questions", schema=None) as batch_op:
        batch_op.create_index("ix_grant_questions_application", ["application_id", "closed_at"], unique=False)

    op.create_table(
        "grant_readers",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_readers_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["assigned_by"], ["people.id"], name=op.f("fk_grant_readers_assigned_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grant_readers_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_grant_readers")),
    )
    with op.batch_alter_table("grant_readers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_readers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grant_seen",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_seen_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grant_seen_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_grant_seen")),
    )
    with op.batch_alter_table("grant_seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_seen_person_id"), ["person_id"], unique=False)

    op.create_table(
        "grant_waivers",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_waivers_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_grant_waivers_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["people.id"], name=op.f("fk_grant_waivers_waived_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_grant_waivers")),
    )
    with op.batch_alter_table("grant_waivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_waivers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_uid", sa.String(length=32), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.Column("cost", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_moves_something")),
        sa.ForeignKeyConstraint(["fund_id"], ["grant_funds.id"], name=op.f("fk_ledger_entries_fund_id_grant_funds")),
        sa.ForeignKeyConstraint(
            ["transaction_uid"],
            ["ledger_transactions.uid"],
            name=op.f("fk_ledger_entries_transaction_uid_ledger_transactions"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entries_application", ["application_id", "account"], unique=False)
        batch_op.create_index("ix_ledger_entries_fund", ["fund_id", "account", "amount"], unique=False)
        batch_op.create_index("ix_ledger_entries_transaction", ["transaction_uid"], unique=False)

    op.create_table(
        "visitor_registrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("conduct_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_visitor_registrations_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"],
            ["registration_kinds.id"],
            name=op.f("fk_visitor_registrations_kind_id_registration_kinds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_registrations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_visitor_registrations_token_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("visitor_registrations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visitor_registrations_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visitor_registrations_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_visitor_registrations_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_visitor_registrations_kind_id"), ["kind_id"], unique=False)

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cancel_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("cancel_revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("cancel_changed_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("upfront", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("paid_elsewhere", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("arrives_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("departs_on", sa.Date(), nullable=True))

    with op.batch_alter_table("grant_funds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("overdraft", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("restrictions", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_grant_funds_not_overdrawn"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_grant_funds_not_overdrawn"), "committed <= amount + overdraft")
        batch_op.drop_constraint(batch_op.f("uq_grant_funds_edition_id_name"), type_="unique")
        batch_op.create_index(
            "uq_grant_funds_name",
            ["edition_id", "name"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    with op.batch_alter_table("grant_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimate", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("own", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("grant_scores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rubric_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("points", sa.JSON(), server_default="{}", nullable=False))
        batch_op.alter_column("score", existing_type=sa.INTEGER(), type_=sa.Double(), existing_nullable=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_grant_scores_rubric_id_grant_rubrics"),
            "grant_rubrics",
            ["rubric_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("grant_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_blind", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("readers", sa.Integer(), server_default="2", nullable=False))

    with op.batch_alter_table("join_uses", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nobody", sa.String(length=32), nullable=True))

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("line_places", sa.Integer(), nullable=True))

    with op.batch_alter_table("signup_blocks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decides_itself", sa.Boolean(), server_default=sa.false(), nullable=False))

    _open_the_ledger()
    _change_files(lambda content: _lock().encrypt(content))
    # Archives made before hold what people said of themselves under the general key; they are asked for anew.
    op.execute("DELETE FROM data_exports WHERE made_at IS NOT NULL")


def downgrade() -> None:
    _change_files(lambda content: _lock().decrypt(content))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in SQLITE_TRIGGERS if sqlite else ():
        op.execute(f"DROP TRIGGER {name}")
    op.execute("UPDATE grant_funds SET amount = amount + overdraft")
    with op.batch_alter_table("signup_blocks", schema=None) as batch_op:
        batch_op.drop_column("decides_itself")

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.drop_column("line_places")

    with op.batch_alter_table("join_uses", schema=None) as batch_op:
        batch_op.drop_column("nobody")

    with op.batch_alter_table("grant_settings", schema=None) as batch_op:
        batch_op.drop_column("readers")
        batch_op.drop_column("is_blind")

    with op.batch_alter_table("grant_scores", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_grant_scores_rubric_id_grant_rubrics"), type_="foreignkey")
        batch_op.alter_column("score", existing_type=sa.Double(), type_=sa.INTEGER(), existing_nullable=False)
        batch_op.drop_column("points")
        batch_op.drop_column("rubric_id")

    with op.batch_alter_table("grant_lines", schema=None) as batch_op:
        batch_op.drop_column("own")
        batch_op.drop_column("estimate")

    with op.batch_alter_table("grant_funds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grant_funds_name",
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )
        batch_op.drop_constraint(batch_op.f("ck_grant_funds_not_overdrawn"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_grant_funds_not_overdrawn"), "committed <= amount")
        batch_op.create_unique_constraint(batch_op.f("uq_grant_funds_edition_id_name"), ["edition_id", "name"])
        batch_op.drop_column("removed_at")
        batch_op.drop_column("restrictions")
        batch_op.drop_column("overdraft")

    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.drop_column("departs_on")
        batch_op.drop_column("arrives_on")
        batch_op.drop_column("paid_elsewhere")
        batch_op.drop_column("upfront")

    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.drop_column("cancel_changed_at")
        batch_op.drop_column("cancel_revision")
        batch_op.drop_column("cancel_reason")
        batch_op.drop_column("cancelled_at")

    with op.batch_alter_table("visitor_registrations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visitor_registrations_kind_id"))
        batch_op.drop_index(batch_op.f("ix_visitor_registrations_expires_at"))
        batch_op.drop_index(batch_op.f("ix_visitor_registrations_email"))
        batch_op.drop_index(batch_op.f("ix_visitor_registrations_edition_id"))

    op.drop_table("visitor_registrations")
    with op.batch_alter_table("ledger_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entries_transaction")
        batch_op.drop_index("ix_ledger_entries_fund")
        batch_op.drop_index("ix_ledger_entries_application")

    op.drop_table("ledger_entries")
    with op.batch_alter_table("grant_waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_waivers_person_id"))

    op.drop_table("grant_waivers")
    with op.batch_alter_table("grant_seen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_seen_person_id"))

    op.drop_table("grant_seen")
    with op.batch_alter_table("grant_readers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_readers_person_id"))

    op.drop_table("grant_readers")
    with op.batch_alter_table("grant_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_questions_application")

    op.drop_table("grant_questions")
    with op.batch_alter_table("grant_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_messages_person_id"))
        batch_op.drop_index("ix_grant_messages_application")

    op.drop_table("grant_messages")
    with op.batch_alter_table("fund_overrides", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fund_overrides_fund_id"))

    op.drop_table("fund_overrides")
    with op.batch_alter_table("ledger_transactions", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_transactions_edition")

    op.drop_table("ledger_transactions")
    op.drop_table("grant_rubrics")
    op.drop_table("grant_caps")
    op.drop_table("exchange_rates")
    for name in () if sqlite else FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
