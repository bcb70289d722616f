"""Pages of speakers, and what they say about themselves on them

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speaker_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name_hash", sa.String(length=64), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_speaker_pages_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_speaker_pages_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_pages")),
        sa.UniqueConstraint("code", name=op.f("uq_speaker_pages_code")),
        sa.UniqueConstraint("edition_id", "name_hash", name=op.f("uq_speaker_pages_edition_id_name_hash")),
        sa.UniqueConstraint("edition_id", "person_id", name=op.f("uq_speaker_pages_edition_id_person_id")),
    )
    with op.batch_alter_table("speaker_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_speaker_pages_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("speaker_pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_speaker_pages_person_id"))

    op.drop_table("speaker_pages")
