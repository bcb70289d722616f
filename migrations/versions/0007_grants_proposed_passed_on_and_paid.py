"""Grants: proposals kept, returned money passed on, claims with receipts and payments, conditions, visas, facts

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grant_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_failed", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_grant_proposals_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["people.id"], name=op.f("fk_grant_proposals_made_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["people.id"], name=op.f("fk_grant_proposals_noted_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_proposals")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_grant_proposals_edition_id_number")),
    )
    with op.batch_alter_table("grant_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_proposals_made_by"), ["made_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_proposals_noted_by"), ["noted_by"], unique=False)

    op.create_table(
        "grant_succession_settings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.String(length=60), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 60", name=op.f("ck_grant_succession_settings_days")),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_grant_succession_settings_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_grant_succession_settings")),
    )
    op.create_table(
        "grant_handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("from_award_id", sa.Integer(), nullable=False),
        sa.Column("from_application_id", sa.Integer(), nullable=False),
        sa.Column("to_award_id", sa.Integer(), nullable=False),
        sa.Column("to_application_id", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minor > 0", name=op.f("ck_grant_handovers_hands_over_something")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_grant_handovers_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["grant_funds.id"], name=op.f("fk_grant_handovers_fund_id_grant_funds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_handovers")),
        sa.UniqueConstraint("from_award_id", "to_award_id", name=op.f("uq_grant_handovers_from_award_id_to_award_id")),
    )
    with op.batch_alter_table("grant_handovers", schema=None) as batch_op:
        batch_op.create_index("ix_grant_handovers_edition", ["edition_id", "id"], unique=False)

    op.create_table(
        "grant_bank_details",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_bank_details_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_grant_bank_details")),
    )
    op.create_table(
        "grant_proposal_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("awards", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_proposal_rows_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["grant_proposals.id"],
            name=op.f("fk_grant_proposal_rows_proposal_id_grant_proposals"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_proposal_rows")),
        sa.UniqueConstraint(
            "proposal_id", "application_id", name=op.f("uq_grant_proposal_rows_proposal_id_application_id")
        ),
    )
    with op.batch_alter_table("grant_proposal_rows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_proposal_rows_application_id"), ["application_id"], unique=False)

    op.create_table(
        "grant_successors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("amounts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_successors_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_grant_successors_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_successors")),
    )
    with op.batch_alter_table("grant_successors", schema=None) as batch_op:
        batch_op.create_index("ix_grant_successors_edition", ["edition_id", "state"], unique=False)
        batch_op.create_index(
            "uq_grant_successors_waiting",
            ["application_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "grant_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("in_advance", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("approved BETWEEN 0 AND asked", name=op.f("ck_grant_claims_approves_at_most_what_is_asked")),
        sa.CheckConstraint("asked > 0", name=op.f("ck_grant_claims_asks_for_something")),
        sa.CheckConstraint("paid BETWEEN 0 AND approved", name=op.f("ck_grant_claims_pays_at_most_what_is_approved")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["grant_applications.id"],
            name=op.f("fk_grant_claims_application_id_grant_applications"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["award_id"], ["grant_awards.id"], name=op.f("fk_grant_claims_award_id_grant_awards"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["people.id"], name=op.f("fk_grant_claims_decided_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_grant_claims_edition_id_editions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_claims")),
    )
    with op.batch_alter_table("grant_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_claims_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_claims_award_id"), ["award_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_claims_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index("ix_grant_claims_list", ["edition_id", "state"], unique=False)
        batch_op.create_index(
            "uq_grant_claims_open",
            ["award_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'returned')"),
            postgresql_where=sa.text("state IN ('draft', 'returned')"),
        )

    op.create_table(
        "grant_payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=300), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("transaction_uid", sa.String(length=32), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("way <> 'booked' OR reference <> ''", name=op.f("ck_grant_payments_booked_says_what")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_grant_payments_pays_something")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["grant_claims.id"], name=op.f("fk_grant_payments_claim_id_grant_claims"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_grant_payments_entered_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["people.id"], name=op.f("fk_grant_payments_undone_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_payments")),
        sa.UniqueConstraint("claim_id", "number", name=op.f("uq_grant_payments_claim_id_number")),
    )
    with op.batch_alter_table("grant_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_payments_entered_by"), ["entered_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_payments_undone_by"), ["undone_by"], unique=False)

    op.create_table(
        "grant_receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_grant_receipts_is_for_something")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["grant_claims.id"], name=op.f("fk_grant_receipts_claim_id_grant_claims"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_grant_receipts_edition_id_editions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_receipts")),
        sa.UniqueConstraint("claim_id", "sha256", name=op.f("uq_grant_receipts_claim_id_sha256")),
    )
    with op.batch_alter_table("grant_receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_receipts_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index("ix_grant_receipts_same", ["edition_id", "sha256"], unique=False)

    op.create_table(
        "grant_receipt_bytes",
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["grant_receipts.id"],
            name=op.f("fk_grant_receipt_bytes_receipt_id_grant_receipts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_grant_receipt_bytes")),
    )
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("presented_before", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("conditions", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("must_present", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("waitlist_number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("visa", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("visa_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("visa_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_work_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_grant_applications_left_work_id"), ["left_work_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_grant_applications_left_work_id_submissions"),
            "submissions",
            ["left_work_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_grant_applications_left_work_id_submissions"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_grant_applications_left_work_id"))
        batch_op.drop_column("left_work_id")
        batch_op.drop_column("visa_at")
        batch_op.drop_column("visa_day")
        batch_op.drop_column("visa")
        batch_op.drop_column("waitlist_number")
        batch_op.drop_column("must_present")
        batch_op.drop_column("conditions")
        batch_op.drop_column("presented_before")
        batch_op.drop_column("stage")

    op.drop_table("grant_receipt_bytes")
    with op.batch_alter_table("grant_receipts", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_receipts_same")
        batch_op.drop_index(batch_op.f("ix_grant_receipts_claim_id"))

    op.drop_table("grant_receipts")
    with op.batch_alter_table("grant_payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_payments_undone_by"))
        batch_op.drop_index(batch_op.f("ix_grant_payments_entered_by"))

    op.drop_table("grant_payments")
    with op.batch_alter_table("grant_claims", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grant_claims_open",
            sqlite_where=sa.text("state IN ('draft', 'returned')"),
            postgresql_where=sa.text("state IN ('draft', 'returned')"),
        )
        batch_op.drop_index("ix_grant_claims_list")
        batch_op.drop_index(batch_op.f("ix_grant_claims_decided_by"))
        batch_op.drop_index(batch_op.f("ix_grant_claims_award_id"))
        batch_op.drop_index(batch_op.f("ix_grant_claims_application_id"))

    op.drop_table("grant_claims")
    with op.batch_alter_table("grant_successors", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grant_successors_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_grant_successors_edition")

    op.drop_table("grant_successors")
    with op.batch_alter_table("grant_proposal_rows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_proposal_rows_application_id"))

    op.drop_table("grant_proposal_rows")
    op.drop_table("grant_bank_details")
    with op.batch_alter_table("grant_handovers", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_handovers_edition")

    op.drop_table("grant_handovers")
    op.drop_table("grant_succession_settings")
    with op.batch_alter_table("grant_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grant_proposals_noted_by"))
        batch_op.drop_index(batch_op.f("ix_grant_proposals_made_by"))

    op.drop_table("grant_proposals")
