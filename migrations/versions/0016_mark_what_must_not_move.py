"""A mark for items that must not move

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schedule_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_fixed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("schedule_items", schema=None) as batch_op:
        batch_op.drop_column("is_fixed")
