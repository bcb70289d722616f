"""Slides, posters and recordings of released items, and whether speakers agree to be recorded

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "materials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("licence", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=60), nullable=False),
        sa.Column("shown", sa.String(length=40), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by_speaker", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_materials_added_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_materials_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_materials")),
    )
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_materials_added_by"), ["added_by"], unique=False)
        batch_op.create_index("ix_materials_item", ["edition_id", "uid"], unique=False)

    op.create_table(
        "recording_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("agrees", sa.String(length=40), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_recording_answers_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recording_answers_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_answers")),
        sa.UniqueConstraint(
            "edition_id", "uid", "person_id", name=op.f("uq_recording_answers_edition_id_uid_person_id")
        ),
    )
    with op.batch_alter_table("recording_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_answers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "material_bytes",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["material_id"], ["materials.id"], name=op.f("fk_material_bytes_material_id_materials"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material_bytes")),
    )


def downgrade() -> None:
    op.drop_table("material_bytes")
    with op.batch_alter_table("recording_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_answers_person_id"))

    op.drop_table("recording_answers")
    with op.batch_alter_table("materials", schema=None) as batch_op:
        batch_op.drop_index("ix_materials_item")
        batch_op.drop_index(batch_op.f("ix_materials_added_by"))

    op.drop_table("materials")
