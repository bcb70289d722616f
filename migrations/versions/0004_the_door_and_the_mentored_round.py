"""the door, the mentored round and shared seats

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_badge_batches_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_badge_batches_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_batches")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("badge_batches", schema=None) as batch_op:
        batch_op.create_index("ix_badge_batches_edition", ["edition_id", "id"], unique=False)

    op.create_table(
        "handout_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_handout_items_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handout_items")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_handout_items_edition_id_name")),
        info={"never_shown": True},
    )
    op.create_table(
        "letter_settings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_letter_settings_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_letter_settings")),
        info={"never_shown": True},
    )
    op.create_table(
        "mentoring_matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_mentoring_matches_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_matches")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("mentoring_matches", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_matches_edition", ["edition_id", "state"], unique=False)

    op.create_table(
        "mentoring_mentors",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("volunteered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 3", name=op.f("ck_mentoring_mentors_most")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_mentoring_mentors_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_mentoring_mentors_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name=op.f("pk_mentoring_mentors")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("mentoring_mentors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_mentors_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mentoring_rounds",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("before_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["before_by"], ["people.id"], name=op.f("fk_mentoring_rounds_before_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_mentoring_rounds_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_mentoring_rounds")),
    )
    op.create_table(
        "seat_quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken + held_back <= capacity", name=op.f("ck_seat_quotas_not_oversold")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_seat_quotas_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_seat_quotas_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_quotas")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_seat_quotas_edition_id_name")),
    )
    op.create_table(
        "round_letters",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_round_letters_outcome_id_outcomes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["call_rounds.id"], name=op.f("fk_round_letters_round_id_call_rounds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outcome_id", "round_id", name=op.f("pk_round_letters")),
    )
    with op.batch_alter_table("round_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_letters_round_id"), ["round_id"], unique=False)

    op.create_table(
        "seat_quota_kinds",
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind_id"],
            ["registration_kinds.id"],
            name=op.f("fk_seat_quota_kinds_kind_id_registration_kinds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["seat_quotas.id"], name=op.f("fk_seat_quota_kinds_quota_id_seat_quotas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("quota_id", "kind_id", name=op.f("pk_seat_quota_kinds")),
    )
    with op.batch_alter_table("seat_quota_kinds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_quota_kinds_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "seat_reserves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("quota_id", sa.Integer(), nullable=True),
        sa.Column("whom", sa.String(length=40), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.CheckConstraint("(kind_id IS NULL) <> (quota_id IS NULL)", name=op.f("ck_seat_reserves_of_one_pool")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_seat_reserves_keeps_something")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_seat_reserves_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"],
            ["registration_kinds.id"],
            name=op.f("fk_seat_reserves_kind_id_registration_kinds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["quota_id"], ["seat_quotas.id"], name=op.f("fk_seat_reserves_quota_id_seat_quotas"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_reserves")),
        sa.UniqueConstraint("kind_id", "whom", name=op.f("uq_seat_reserves_kind_id_whom")),
        sa.UniqueConstraint("quota_id", "whom", name=op.f("uq_seat_reserves_quota_id_whom")),
    )
    with op.batch_alter_table("seat_reserves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_reserves_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_arrivals_by_id_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_arrivals_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_arrivals_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("registration_id", "day", name=op.f("uq_arrivals_registration_id_day")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index("ix_arrivals_board", ["edition_id", "day", "at"], unique=False)

    op.create_table(
        "badge_prints",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["badge_batches.id"], name=op.f("fk_badge_prints_batch_id_badge_batches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_badge_prints_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "registration_id", name=op.f("pk_badge_prints")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("badge_prints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_prints_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_certificates_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_certificates_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_certificates_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_certificates_code_hash")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_certificates_edition_id_number")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            "uq_certificates_standing",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "handouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_handouts_by_id_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["item_id"], ["handout_items.id"], name=op.f("fk_handouts_item_id_handout_items"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_handouts_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handouts")),
        sa.UniqueConstraint("item_id", "registration_id", name=op.f("uq_handouts_item_id_registration_id")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("handouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handouts_registration_id"), ["registration_id"], unique=False)

    op.create_table(
        "mentoring_participants",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_mentoring_participants_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["mentoring_matches.id"],
            name=op.f("fk_mentoring_participants_match_id_mentoring_matches"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_mentoring_participants_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_mentoring_participants_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_mentoring_participants")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("mentoring_participants", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_participants_edition", ["edition_id", "match_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_participants_match_id"), ["match_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_participants_person_id"), ["person_id"], unique=False)

    op.create_table(
        "mentoring_readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("reader_work_id", sa.Integer(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thanked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("thanks", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"],
            ["mentoring_matches.id"],
            name=op.f("fk_mentoring_readings_match_id_mentoring_matches"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["people.id"], name=op.f("fk_mentoring_readings_reader_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["reader_work_id"],
            ["submissions.id"],
            name=op.f("fk_mentoring_readings_reader_work_id_submissions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_mentoring_readings_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_readings")),
        sa.UniqueConstraint("match_id", "submission_id", name=op.f("uq_mentoring_readings_match_id_submission_id")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("mentoring_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_readings_reader_id"), ["reader_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_readings_reader_work_id"), ["reader_work_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_readings_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "visa_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("passport", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name=op.f("ck_visa_letters_numbered_when_issued")),
        sa.CheckConstraint("issued_at IS NULL OR declined_at IS NULL", name=op.f("ck_visa_letters_issued_or_declined")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["people.id"], name=op.f("fk_visa_letters_by_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_visa_letters_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_visa_letters_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visa_letters")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_visa_letters_code_hash")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_visa_letters_edition_id_number")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_visa_letters_registration_id")),
    )
    with op.batch_alter_table("visa_letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visa_letters_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index("ix_visa_letters_purge", ["purged_at", "purge_on"], unique=False)

    op.create_table(
        "door_scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("arrival_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("elsewhere", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_door_scans_arrival_id_arrivals"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_door_scans_by_id_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_door_scans_edition_id_editions")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_door_scans_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_scans")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_door_scans_edition_id_key")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("door_scans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_scans_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_door_scans_registration_id"), ["registration_id"], unique=False)
        batch_op.create_index("ix_door_scans_twice", ["edition_id", "verdict", "at"], unique=False)

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_people_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_people_merged_into_id_people"), "people", ["merged_into_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("proposed_pairs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alike", sa.Integer(), nullable=True))

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("held_back", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("opens_zone", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closes_zone", sa.String(length=60), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_registration_kinds_not_oversold"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_registration_kinds_not_oversold"), "capacity IS NULL OR taken + held_back <= capacity"
        )

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offer_hours", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("last_week_hours", sa.Integer(), nullable=True))

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("offer_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("missed_offers", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index("ix_registrations_offers", ["offer_until"], unique=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_registrations_offered_what_they_wait_for"),
            "offer_until IS NULL OR waits_for_id IS NOT NULL",
        )


def downgrade() -> None:
    # A seat set aside for somebody who was asked counts as taken; before, nobody is asked, and it is free.
    op.execute(
        "UPDATE registration_kinds SET taken = taken - (SELECT count(*) FROM registrations"
        " WHERE registrations.waits_for_id = registration_kinds.id AND registrations.offer_until IS NOT NULL)"
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_registrations_offered_what_they_wait_for"), type_="check")
        batch_op.drop_index("ix_registrations_offers")
        batch_op.drop_column("missed_offers")
        batch_op.drop_column("offer_until")

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        batch_op.drop_column("last_week_hours")
        batch_op.drop_column("offer_hours")

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_registration_kinds_not_oversold"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_registration_kinds_not_oversold"), "capacity IS NULL OR taken <= capacity"
        )
        batch_op.drop_column("closes_zone")
        batch_op.drop_column("closes_at")
        batch_op.drop_column("opens_zone")
        batch_op.drop_column("opens_at")
        batch_op.drop_column("held_back")

    with op.batch_alter_table("proposed_pairs", schema=None) as batch_op:
        batch_op.drop_column("alike")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_people_merged_into_id_people"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_people_merged_into_id"))
        batch_op.drop_column("merged_into_id")

    with op.batch_alter_table("door_scans", schema=None) as batch_op:
        batch_op.drop_index("ix_door_scans_twice")
        batch_op.drop_index(batch_op.f("ix_door_scans_registration_id"))
        batch_op.drop_index(batch_op.f("ix_door_scans_arrival_id"))

    op.drop_table("door_scans")
    with op.batch_alter_table("visa_letters", schema=None) as batch_op:
        batch_op.drop_index("ix_visa_letters_purge")
        batch_op.drop_index(batch_op.f("ix_visa_letters_edition_id"))

    op.drop_table("visa_letters")
    with op.batch_alter_table("mentoring_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_readings_submission_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_readings_reader_work_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_readings_reader_id"))

    op.drop_table("mentoring_readings")
    with op.batch_alter_table("mentoring_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_participants_person_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_participants_match_id"))
        batch_op.drop_index("ix_mentoring_participants_edition")

    op.drop_table("mentoring_participants")
    with op.batch_alter_table("handouts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handouts_registration_id"))

    op.drop_table("handouts")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificates_standing",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.drop_table("certificates")
    with op.batch_alter_table("badge_prints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_badge_prints_registration_id"))

    op.drop_table("badge_prints")
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index("ix_arrivals_board")

    op.drop_table("arrivals")
    with op.batch_alter_table("seat_reserves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_reserves_edition_id"))

    op.drop_table("seat_reserves")
    with op.batch_alter_table("seat_quota_kinds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_quota_kinds_kind_id"))

    op.drop_table("seat_quota_kinds")
    with op.batch_alter_table("round_letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_letters_round_id"))

    op.drop_table("round_letters")
    op.drop_table("seat_quotas")
    op.drop_table("mentoring_rounds")
    with op.batch_alter_table("mentoring_mentors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_mentors_person_id"))

    op.drop_table("mentoring_mentors")
    with op.batch_alter_table("mentoring_matches", schema=None) as batch_op:
        batch_op.drop_index("ix_mentoring_matches_edition")

    op.drop_table("mentoring_matches")
    op.drop_table("letter_settings")
    op.drop_table("handout_items")
    with op.batch_alter_table("badge_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_badge_batches_edition")

    op.drop_table("badge_batches")
