"""Grants: career stage, first presentation, the paper that left

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
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("presented_before", sa.Boolean(), nullable=True))
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
        batch_op.drop_column("presented_before")
        batch_op.drop_column("stage")
