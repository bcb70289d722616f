"""When speakers can come: whom an edition asks, and what they say

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "availability_askings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message", sa.String(length=2000), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_availability_askings_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_availability_askings")),
        info={"never_shown": True},
    )
    op.create_table(
        "speaker_availabilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("last_mail", sa.String(length=200), nullable=True),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("speaks_from", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("asked_of", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_speaker_availabilities_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_speaker_availabilities_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_availabilities")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_speaker_availabilities_token_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("speaker_availabilities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_availabilities_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_speaker_availabilities_address",
            ["edition_id", "address"],
            unique=True,
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )
        batch_op.create_index(
            "uq_speaker_availabilities_person",
            ["edition_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "speaker_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("availability_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_speaker_hours_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["availability_id"],
            ["speaker_availabilities.id"],
            name=op.f("fk_speaker_hours_availability_id_speaker_availabilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_hours")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("speaker_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_hours_availability_id"), ["availability_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("speaker_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_hours_availability_id"))

    op.drop_table("speaker_hours")
    with op.batch_alter_table("speaker_availabilities", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_speaker_availabilities_person",
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_speaker_availabilities_address",
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_speaker_availabilities_person_id"))

    op.drop_table("speaker_availabilities")
    op.drop_table("availability_askings")
