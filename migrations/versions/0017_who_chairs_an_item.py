"""Who chairs an item stands beside who speaks in it

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("item_speakers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_chair", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("item_speakers", schema=None) as batch_op:
        batch_op.drop_column("is_chair")
