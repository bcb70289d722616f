"""seal what people say about themselves; count what visitors see and how often dates change

Revision ID: 0002
Revises: 0001
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet

from workshop_manager.core.settings import load_settings

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Table, its key, the column, its type until now; the empty answer, which is NULL from now on.
SEALED = (
    ("registrations", "id", "diet", sa.JSON(), []),
    ("registrations", "id", "needs", sa.Text(), ""),
    ("declarations", "submission_id", "is_eligible", sa.Boolean(), None),
    ("one_time_tokens", "id", "details", sa.JSON(), {}),
)


def _lock() -> Fernet:
    secret = load_settings().site_secret_key.encode()
    return Fernet(urlsafe_b64encode(hmac.new(secret, b"sealed columns", hashlib.sha256).digest()))


def _replace(table: str, key: str, name: str, before: sa.Column, after: sa.Column, change) -> None:
    """Put another column in the place of one, with every value changed."""
    connection = op.get_bind()
    old = sa.table(table, sa.column(key), sa.column(name, before.type))
    found = {row[0]: change(row[1]) for row in connection.execute(sa.select(old.c[key], old.c[name]))}
    with op.batch_alter_table(table) as batch:
        batch.drop_column(name)
    with op.batch_alter_table(table) as batch:
        batch.add_column(after)
    new = sa.table(table, sa.column(key), sa.column(name, after.type))
    for number, value in found.items():
        if value is not None:
            connection.execute(sa.update(new).where(new.c[key] == number).values({name: value}))


def upgrade() -> None:
    op.create_table(
        "shown_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shown_version")),
    )
    for table, key, name, kind, empty in SEALED:

        def seal(value, empty=empty):
            return None if value is None or value == empty else _lock().encrypt(json.dumps(value).encode()).decode()

        _replace(table, key, name, sa.Column(name, kind), sa.Column(name, sa.Text(), nullable=True), seal)
    with op.batch_alter_table("important_dates") as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    moved = "FROM earlier_dates WHERE earlier_dates.date_id = important_dates.id"
    op.execute(f"UPDATE important_dates SET revision = (SELECT count(*) {moved})")  # noqa: S608 - our own words
    op.execute(f"UPDATE important_dates SET changed_at = (SELECT max(changed_at) {moved})")  # noqa: S608
    with op.batch_alter_table("important_dates") as batch:
        batch.alter_column("revision", existing_type=sa.Integer(), existing_nullable=False, server_default=None)
    op.execute("DELETE FROM once_keys")  # made the earlier way; all they do is to answer a second click
    with op.batch_alter_table("once_keys") as batch:
        batch.alter_column("location", existing_type=sa.String(2000), type_=sa.Text(), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("important_dates") as batch:
        batch.drop_column("changed_at")
        batch.drop_column("revision")
    op.execute("DELETE FROM once_keys")
    with op.batch_alter_table("once_keys") as batch:
        batch.alter_column("location", existing_type=sa.Text(), type_=sa.String(2000), existing_nullable=False)
    for table, key, name, kind, empty in reversed(SEALED):

        def unseal(value, empty=empty):
            return empty if value is None else json.loads(_lock().decrypt(value))

        default = "" if kind.python_type is str else json.dumps(empty) if empty is not None else None
        column = sa.Column(name, kind, nullable=empty is None, server_default=default)
        _replace(table, key, name, sa.Column(name, sa.Text()), column, unseal)
        if default is not None:
            with op.batch_alter_table(table) as batch:
                batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.drop_table("shown_version")
