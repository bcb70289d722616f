"""Grants: several rounds of applications; programmes on their way in, and what items were brought in with

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("opens_id", sa.Integer(), nullable=True),
        sa.Column("due_id", sa.Integer(), nullable=True),
        sa.Column("heard_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("number > 1", name=op.f("ck_grant_rounds_after_the_first")),
        sa.ForeignKeyConstraint(
            ["due_id"], ["important_dates.id"], name=op.f("fk_grant_rounds_due_id_important_dates"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_grant_rounds_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["heard_id"],
            ["important_dates.id"],
            name=op.f("fk_grant_rounds_heard_id_important_dates"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["opens_id"],
            ["important_dates.id"],
            name=op.f("fk_grant_rounds_opens_id_important_dates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_rounds")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_grant_rounds_edition_id_number")),
    )
    with op.batch_alter_table("grant_rounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_rounds_due_id"), ["due_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_rounds_heard_id"), ["heard_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_rounds_opens_id"), ["opens_id"], unique=False)

    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_grant_applications_edition_id_person_id"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_grant_applications_edition_id_person_id_round"), ["edition_id", "person_id", "round"]
        )

    with op.batch_alter_table("grant_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round_name", sa.String(length=100), server_default="", nullable=False))

    op.create_table(
        "schedule_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_imports_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_schedule_imports_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_imports")),
    )
    with op.batch_alter_table("schedule_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_imports_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_schedule_imports_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_schedule_imports_person_id"), ["person_id"], unique=False)

    op.create_table(
        "schedule_origins",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_origins_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["schedule_items.id"],
            name=op.f("fk_schedule_origins_item_id_schedule_items"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_schedule_origins")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_schedule_origins_edition_id_key")),
    )


def downgrade() -> None:
    op.drop_table("schedule_origins")
    with op.batch_alter_table("schedule_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_imports_person_id"))
        batch_op.drop_index(batch_op.f("ix_schedule_imports_expires_at"))
        batch_op.drop_index(batch_op.f("ix_schedule_imports_edition_id"))

    op.drop_table("schedule_imports")

    with op.batch_alter_table("grant_settings", schema=None) as batch_op:
        batch_op.drop_column("round_name")

    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_grant_applications_edition_id_person_id_round"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_grant_applications_edition_id_person_id"), ["edition_id", "person_id"]
        )
        batch_op.drop_column("round")

    with op.batch_alter_table("grant_rounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_rounds_opens_id"))
        batch_op.drop_index(batch_op.f("ix_grant_rounds_heard_id"))
        batch_op.drop_index(batch_op.f("ix_grant_rounds_due_id"))

    op.drop_table("grant_rounds")
