"""The schedule in hand: releases planned and undone, invitations, sizes of rooms, times kept free, conflicts left,
changes taken back

Revision ID: 0009
Revises: 0008
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from datetime import date

import sqlalchemy as sa
from alembic import op
from cryptography.fernet import Fernet, MultiFernet

from workshop_manager.core.settings import load_settings

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

APPLICATIONS = sa.table(
    "grant_applications",
    sa.column("id"),
    sa.column("visa", sa.String()),
    sa.column("visa_day", sa.Date()),
    sa.column("visa_told", sa.Text()),
)

# What the history says of a refusal outlives what was told of it: it names the money, and not the visa.
HISTORY = sa.table("audit_entries", sa.column("action", sa.String()))
NEUTRAL = {
    "visa-refused": "journey-back",
    "visa-to-settle": "journey-to-settle",
    "visa-taken-back": "journey-again",
}


def _lock() -> MultiFernet:
    """As `core.sealed` does it."""
    keys = [hmac.new(one.encode(), b"sealed columns", hashlib.sha256).digest() for one in load_settings().secret_keys]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def _seal_visas() -> None:
    rows = APPLICATIONS.c
    for number, visa, day in (
        op.get_bind().execute(sa.select(rows.id, rows.visa, rows.visa_day).where(rows.visa.is_not(None))).all()
    ):
        told = json.dumps({"visa": visa, "day": day.isoformat() if day else None})
        sealed = _lock().encrypt(told.encode()).decode()
        op.execute(sa.update(APPLICATIONS).where(rows.id == number).values(visa_told=sealed))


def _open_visas() -> None:
    rows = APPLICATIONS.c
    for number, sealed in (
        op.get_bind().execute(sa.select(rows.id, rows.visa_told).where(rows.visa_told.is_not(None))).all()
    ):
        told = json.loads(_lock().decrypt(sealed))
        day = date.fromisoformat(told["day"]) if told["day"] else None
        op.execute(sa.update(APPLICATIONS).where(rows.id == number).values(visa=told["visa"], visa_day=day))


def upgrade() -> None:
    op.create_table(
        "schedule_editors",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_editors_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_schedule_editors_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name=op.f("pk_schedule_editors")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("schedule_editors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_editors_person_id"), ["person_id"], unique=False)

    op.create_table(
        "schedule_edits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_edits_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_schedule_edits_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_edits")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("schedule_edits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_edits_at"), ["at"], unique=False)
        batch_op.create_index("ix_schedule_edits_own", ["edition_id", "person_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_schedule_edits_person_id"), ["person_id"], unique=False)

    op.create_table(
        "schedule_stars",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_stars_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_schedule_stars_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", "uid", name=op.f("pk_schedule_stars")),
    )
    with op.batch_alter_table("schedule_stars", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_stars_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_schedule_stars_uid", ["edition_id", "uid"], unique=False)

    op.create_table(
        "planned_releases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("seen", sa.String(length=64), nullable=False),
        sa.Column("known_errors", sa.JSON(), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("planned_by", sa.Integer(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("release_number", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_planned_releases_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["planned_by"], ["people.id"], name=op.f("fk_planned_releases_planned_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_releases")),
    )
    with op.batch_alter_table("planned_releases", schema=None) as batch_op:
        batch_op.create_index("ix_planned_releases_due", ["ended_at", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_planned_releases_planned_by"), ["planned_by"], unique=False)
        batch_op.create_index(
            "uq_planned_releases_waiting",
            ["edition_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "schedule_protected",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_protected_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_protected")),
    )
    with op.batch_alter_table("schedule_protected", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_protected_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "schedule_settled",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_settled_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_schedule_settled_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_settled")),
        sa.UniqueConstraint("edition_id", "code", "subject", name=op.f("uq_schedule_settled_edition_id_code_subject")),
    )
    with op.batch_alter_table("schedule_settled", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_schedule_settled_person_id"), ["person_id"], unique=False)

    op.create_table(
        "speaker_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("last_mail", sa.String(length=200), nullable=True),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_speaker_contacts_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_speaker_contacts_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_contacts")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_speaker_contacts_token_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("speaker_contacts", schema=None) as batch_op:
        batch_op.create_index("ix_speaker_contacts_address", ["edition_id", "address"], unique=False)
        batch_op.create_index(batch_op.f("ix_speaker_contacts_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_speaker_contacts_person",
            ["edition_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )

    op.create_table(
        "schedule_tellings",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_schedule_tellings_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["releases.id"], name=op.f("fk_schedule_tellings_release_id_releases"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_schedule_tellings")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("schedule_tellings", schema=None) as batch_op:
        batch_op.create_index("ix_schedule_tellings_due", ["told_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_schedule_tellings_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "speaker_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=600), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("is_off", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["speaker_contacts.id"],
            name=op.f("fk_speaker_invitations_contact_id_speaker_contacts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_invitations")),
        sa.UniqueConstraint("contact_id", "uid", name=op.f("uq_speaker_invitations_contact_id_uid")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("repeats", sa.Integer(), nullable=True))

    with op.batch_alter_table("rooms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("capacity", sa.Integer(), nullable=True))

    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visa_told", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("absent_at", sa.DateTime(timezone=True), nullable=True))
    _seal_visas()
    for before, after in NEUTRAL.items():
        op.execute(sa.update(HISTORY).where(HISTORY.c.action == before).values(action=after))
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.drop_column("visa_day")
        batch_op.drop_column("visa")


def downgrade() -> None:
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("visa", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("visa_day", sa.Date(), nullable=True))
    _open_visas()
    for before, after in NEUTRAL.items():
        op.execute(sa.update(HISTORY).where(HISTORY.c.action == after).values(action=before))
    with op.batch_alter_table("grant_applications", schema=None) as batch_op:
        batch_op.drop_column("absent_at")
        batch_op.drop_column("visa_told")

    with op.batch_alter_table("rooms", schema=None) as batch_op:
        batch_op.drop_column("capacity")

    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_column("repeats")

    op.drop_table("speaker_invitations")
    with op.batch_alter_table("schedule_tellings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_tellings_edition_id"))
        batch_op.drop_index("ix_schedule_tellings_due")

    op.drop_table("schedule_tellings")
    with op.batch_alter_table("speaker_contacts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_speaker_contacts_person",
            sqlite_where=sa.text("person_id IS NOT NULL"),
            postgresql_where=sa.text("person_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_speaker_contacts_person_id"))
        batch_op.drop_index("ix_speaker_contacts_address")

    op.drop_table("speaker_contacts")
    with op.batch_alter_table("schedule_settled", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_settled_person_id"))

    op.drop_table("schedule_settled")
    with op.batch_alter_table("schedule_protected", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_protected_edition_id"))

    op.drop_table("schedule_protected")
    with op.batch_alter_table("planned_releases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_planned_releases_waiting",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_planned_releases_planned_by"))
        batch_op.drop_index("ix_planned_releases_due")

    op.drop_table("planned_releases")

    with op.batch_alter_table("schedule_edits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_edits_person_id"))
        batch_op.drop_index("ix_schedule_edits_own")
        batch_op.drop_index(batch_op.f("ix_schedule_edits_at"))

    op.drop_table("schedule_edits")
    with op.batch_alter_table("schedule_editors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_schedule_editors_person_id"))

    op.drop_table("schedule_editors")
    with op.batch_alter_table("schedule_stars", schema=None) as batch_op:
        batch_op.drop_index("ix_schedule_stars_uid")
        batch_op.drop_index(batch_op.f("ix_schedule_stars_person_id"))

    op.drop_table("schedule_stars")
