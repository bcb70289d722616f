"""Conflicts left: by what they are about, and how bad they were; what a time is kept free for

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SETTLED = sa.table(
    "schedule_settled", sa.column("id"), sa.column("edition_id"), sa.column("code"), sa.column("subject")
)


def upgrade() -> None:
    with op.batch_alter_table("schedule_drafts", schema=None) as batch_op:
        batch_op.drop_column("warning_count")

    with op.batch_alter_table("schedule_protected", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="other"))

    with op.batch_alter_table("schedule_settled", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=32), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("degree", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(batch_op.f("uq_schedule_settled_edition_id_code_subject"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_schedule_settled_edition_id_code_subject_about"), ["edition_id", "code", "subject", "about"]
        )


def downgrade() -> None:
    # Of several about the same items only the last one said fits again.
    newest = sa.select(sa.func.max(SETTLED.c.id)).group_by(SETTLED.c.edition_id, SETTLED.c.code, SETTLED.c.subject)
    op.execute(sa.delete(SETTLED).where(SETTLED.c.id.not_in(newest)))
    with op.batch_alter_table("schedule_settled", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_schedule_settled_edition_id_code_subject_about"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_schedule_settled_edition_id_code_subject"), ["edition_id", "code", "subject"]
        )
        batch_op.drop_column("degree")
        batch_op.drop_column("about")

    with op.batch_alter_table("schedule_protected", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("schedule_drafts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warning_count", sa.Integer(), nullable=False, server_default="0"))
