"""Asking the speakers of an edition for their slides

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "material_asks",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_material_asks_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_material_asks")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("material_asks", schema=None) as batch_op:
        batch_op.create_index("ix_material_asks_due", ["asked_at", "reminded_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("material_asks", schema=None) as batch_op:
        batch_op.drop_index("ix_material_asks_due")

    op.drop_table("material_asks")
