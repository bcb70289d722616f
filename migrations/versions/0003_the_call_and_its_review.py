"""the call and its review

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ABOUT_A_WORK = {"decision", "answer", "submission-received", "submission-withdrawn", "author-named"}


def upgrade() -> None:
    op.create_table(
        "claimed_addresses",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_claimed_addresses_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_claimed_addresses")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("claimed_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claimed_addresses_person_id"), ["person_id"], unique=False)

    op.create_table(
        "conflict_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("counts_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("last_year IS NULL OR first_year <= last_year", name=op.f("ck_conflict_statements_years")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conflict_statements_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_statements")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("conflict_statements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_statements_person_id"), ["person_id"], unique=False)

    op.create_table(
        "person_keys",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_keys_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", "key", name=op.f("pk_person_keys")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("person_keys", schema=None) as batch_op:
        batch_op.create_index("ix_person_keys_key", ["key", "kind"], unique=False)

    op.create_table(
        "assignment_proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_id"], ["people.id"], name=op.f("fk_assignment_proposals_chair_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["editions.id"],
            name=op.f("fk_assignment_proposals_edition_id_editions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_proposals")),
        sa.UniqueConstraint("edition_id", "chair_id", name=op.f("uq_assignment_proposals_edition_id_chair_id")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("assignment_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_proposals_chair_id"), ["chair_id"], unique=False)

    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_batches_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_batches_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.create_index("ix_batches_list", ["edition_id", "id"], unique=False)

    op.create_table(
        "bidding",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("asks_language", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_bidding_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_bidding")),
        info={"never_shown": True},
    )
    op.create_table(
        "books",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("unprintable", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_books_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["people.id"], name=op.f("fk_books_published_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_books")),
    )
    with op.batch_alter_table("books", schema=None) as batch_op:
        batch_op.create_index("ix_books_published", ["published_at"], unique=False)

    op.create_table(
        "built_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_built_forms_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_built_forms")),
        sa.UniqueConstraint("edition_id", "purpose", name=op.f("uq_built_forms_edition_id_purpose")),
    )
    op.create_table(
        "call_rounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_call_rounds_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_rounds")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_call_rounds_edition_id_name")),
    )
    op.create_table(
        "camera_ready_asked",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("final", sa.String(length=40), nullable=False),
        sa.Column("poster", sa.String(length=40), nullable=False),
        sa.Column("slides", sa.String(length=40), nullable=False),
        sa.Column("video", sa.String(length=40), nullable=False),
        sa.Column("rights", sa.String(length=40), nullable=False),
        sa.Column("extra_pages", sa.Integer(), nullable=False),
        sa.Column("takes_late", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("foreword", sa.Text(), nullable=False),
        sa.Column("rights_version", sa.Integer(), nullable=False),
        sa.Column("waves", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("numbers_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_camera_ready_asked_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_camera_ready_asked")),
    )
    op.create_table(
        "conflict_statement_keys",
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conflict_statement_keys_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["conflict_statements.id"],
            name=op.f("fk_conflict_statement_keys_statement_id_conflict_statements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("statement_id", "kind", "key", name=op.f("pk_conflict_statement_keys")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("conflict_statement_keys", schema=None) as batch_op:
        batch_op.create_index("ix_conflict_statement_keys_person", ["person_id", "kind", "key"], unique=False)

    op.create_table(
        "import_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_import_files_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_import_files_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_files")),
    )
    with op.batch_alter_table("import_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_files_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_import_files_list", ["edition_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_files_person_id"), ["person_id"], unique=False)

    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("places IS NULL OR places >= 0", name=op.f("ck_outcomes_places")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_outcomes_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_outcomes_edition_id_key")),
    )
    op.create_table(
        "reminder_waves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("reviews", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_reminder_waves_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["people.id"], name=op.f("fk_reminder_waves_sent_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_waves")),
    )
    with op.batch_alter_table("reminder_waves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_waves_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "review_phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("see_others", sa.String(length=40), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("may_discuss", sa.Boolean(), nullable=False),
        sa.Column("authors_read", sa.Boolean(), nullable=False),
        sa.Column("authors_respond", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_review_phases_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_phases")),
        sa.UniqueConstraint("edition_id", "starts_at", name=op.f("uq_review_phases_edition_id_starts_at")),
    )
    op.create_table(
        "review_settings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("response_words", sa.Integer(), nullable=False),
        sa.Column("response_pdf", sa.Boolean(), nullable=False),
        sa.Column("meta_for_authors", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_review_settings_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_review_settings")),
    )
    op.create_table(
        "reviewer_profiles",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("max_load", sa.Integer(), nullable=True),
        sa.Column("is_senior", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("max_load IS NULL OR max_load >= 0", name=op.f("ck_reviewer_profiles_max_load")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_reviewer_profiles_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reviewer_profiles_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", name=op.f("pk_reviewer_profiles")),
    )
    with op.batch_alter_table("reviewer_profiles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_profiles_person_id"), ["person_id"], unique=False)

    op.create_table(
        "rights_wordings",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_rights_wordings_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["people.id"], name=op.f("fk_rights_wordings_written_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("edition_id", "version", name=op.f("pk_rights_wordings")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_saved_searches_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint(
            "edition_id", "person_id", "name", name=op.f("uq_saved_searches_edition_id_person_id_name")
        ),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_person_id"), ["person_id"], unique=False)

    op.create_table(
        "submission_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needs_pdf", sa.Boolean(), nullable=False),
        sa.Column("page_limit", sa.Integer(), nullable=False),
        sa.Column("reference_pages", sa.Integer(), nullable=False),
        sa.Column("word_limit", sa.Integer(), nullable=False),
        sa.Column("max_megabytes", sa.Integer(), nullable=False),
        sa.Column("prior_rule", sa.Text(), server_default="", nullable=False),
        sa.Column("prior_cutoff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prior_cutoff_zone", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_submission_types_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_types")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_submission_types_edition_id_name")),
    )
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_tags_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_tags_edition_id_name")),
    )
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_topics_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_topics_edition_id_name")),
        info={"never_shown": True},
    )
    op.create_table(
        "access_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("late_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_zone", sa.String(length=60), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_zone", sa.String(length=60), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "track_id IS NOT NULL OR late_until IS NOT NULL", name=op.f("ck_access_codes_opens_something")
        ),
        sa.CheckConstraint("used >= 0 AND used <= max_uses", name=op.f("ck_access_codes_uses")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_access_codes_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_access_codes_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["call_rounds.id"], name=op.f("fk_access_codes_round_id_call_rounds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_access_codes_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_access_codes_code_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("access_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_codes_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "book_bytes",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["books.edition_id"], name=op.f("fk_book_bytes_edition_id_books"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_book_bytes")),
    )
    op.create_table(
        "call_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("round_id IS NOT NULL OR track_id IS NOT NULL", name=op.f("ck_call_dates_scope")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_call_dates_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["call_rounds.id"], name=op.f("fk_call_dates_round_id_call_rounds"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_call_dates_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_dates")),
        sa.UniqueConstraint("round_id", "track_id", "key", name=op.f("uq_call_dates_round_id_track_id_key")),
    )
    with op.batch_alter_table("call_dates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_dates_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(
            "uq_call_dates_round",
            ["round_id", "key"],
            unique=True,
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )
        batch_op.create_index(
            "uq_call_dates_track",
            ["track_id", "key"],
            unique=True,
            sqlite_where=sa.text("round_id IS NULL"),
            postgresql_where=sa.text("round_id IS NULL"),
        )

    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("help", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("old_options", sa.JSON(), nullable=False),
        sa.Column("least", sa.Double(), nullable=True),
        sa.Column("most", sa.Double(), nullable=True),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("word_limit", sa.Integer(), nullable=True),
        sa.Column("requirement", sa.String(length=40), nullable=False),
        sa.Column("required_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("required_from_zone", sa.String(length=60), nullable=True),
        sa.Column("frozen_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_after_zone", sa.String(length=60), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("shown_if_id", sa.Integer(), nullable=True),
        sa.Column("shown_if_values", sa.JSON(), nullable=False),
        sa.Column("for_reviewers", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["built_forms.id"], name=op.f("fk_questions_form_id_built_forms"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["shown_if_id"], ["questions.id"], name=op.f("fk_questions_shown_if_id_questions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index("ix_questions_order", ["form_id", "position"], unique=False)

    op.create_table(
        "review_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_review_forms_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_review_forms_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_review_forms_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_forms")),
        sa.UniqueConstraint(
            "edition_id", "track_id", "version", name=op.f("uq_review_forms_edition_id_track_id_version")
        ),
    )
    with op.batch_alter_table("review_forms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_forms_track_id"), ["track_id"], unique=False)
        batch_op.create_index(
            "uq_review_forms_general",
            ["edition_id", "version"],
            unique=True,
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )

    op.create_table(
        "reviewer_topics",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reviewer_topics_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_reviewer_topics_topic_id_topics"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "topic_id", name=op.f("pk_reviewer_topics")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("reviewer_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_topics_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "reviewer_tracks",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id", "person_id"],
            ["reviewer_profiles.edition_id", "reviewer_profiles.person_id"],
            name=op.f("fk_reviewer_tracks_edition_id_person_id_reviewer_profiles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_reviewer_tracks_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "person_id", "track_id", name=op.f("pk_reviewer_tracks")),
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["built_forms.id"], name=op.f("fk_statements_form_id_built_forms"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index("ix_statements_order", ["form_id", "position"], unique=False)

    op.create_table(
        "access_code_uses",
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["code_id"], ["access_codes.id"], name=op.f("fk_access_code_uses_code_id_access_codes"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_access_code_uses_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_id", "person_id", name=op.f("pk_access_code_uses")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("access_code_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_code_uses_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=op.f("fk_answer_files_question_id_questions")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["people.id"], name=op.f("fk_answer_files_uploaded_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
        sa.UniqueConstraint(
            "owner_kind",
            "owner_id",
            "question_id",
            "version",
            name=op.f("uq_answer_files_owner_kind_owner_id_question_id_version"),
        ),
    )
    with op.batch_alter_table("answer_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_files_question_id"), ["question_id"], unique=False)

    op.create_table(
        "author_responses",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_author_responses_changed_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_author_responses_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_author_responses")),
    )
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_batch_items_batch_id_batches"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_batch_items_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "submission_id", name=op.f("pk_batch_items")),
    )
    with op.batch_alter_table("batch_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_items_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "bids",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_bids_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_bids_submission_id_submissions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "person_id", name=op.f("pk_bids")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bids_person_id"), ["person_id"], unique=False)

    op.create_table(
        "camera_ready",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("accepted_title", sa.String(length=400), nullable=False),
        sa.Column("accepted_abstract", sa.Text(), nullable=False),
        sa.Column("slides_url", sa.String(length=1000), nullable=True),
        sa.Column("video_url", sa.String(length=1000), nullable=True),
        sa.Column("details_by", sa.Integer(), nullable=True),
        sa.Column("details_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rights_version", sa.Integer(), nullable=True),
        sa.Column("rights_by", sa.Integer(), nullable=True),
        sa.Column("rights_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("may_be_late", sa.Boolean(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_camera_ready_changed_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["details_by"], ["people.id"], name=op.f("fk_camera_ready_details_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rights_by"], ["people.id"], name=op.f("fk_camera_ready_rights_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_camera_ready_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_camera_ready")),
    )
    op.create_table(
        "conflict_waivers",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("waived_by", sa.Integer(), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_conflict_waivers_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_conflict_waivers_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["people.id"], name=op.f("fk_conflict_waivers_waived_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("submission_id", "person_id", name=op.f("pk_conflict_waivers")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("conflict_waivers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_waivers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "declined_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("suggestion", sa.String(length=500), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_declined_reviews_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_declined_reviews_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declined_reviews")),
    )
    with op.batch_alter_table("declined_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declined_reviews_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_declined_reviews_submission", ["submission_id", "id"], unique=False)

    op.create_table(
        "discussion_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("speaks_as", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_discussion_messages_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_discussion_messages_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussion_messages")),
    )
    with op.batch_alter_table("discussion_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_messages_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_discussion_messages_thread", ["submission_id", "id"], unique=False)

    op.create_table(
        "discussion_seen",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_discussion_seen_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_discussion_seen_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", "person_id", name=op.f("pk_discussion_seen")),
    )
    with op.batch_alter_table("discussion_seen", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discussion_seen_person_id"), ["person_id"], unique=False)

    op.create_table(
        "earlier_call_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("date_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_earlier_call_dates_changed_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["date_id"], ["call_dates.id"], name=op.f("fk_earlier_call_dates_date_id_call_dates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_call_dates")),
    )
    with op.batch_alter_table("earlier_call_dates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_call_dates_date_id"), ["date_id"], unique=False)

    op.create_table(
        "earlier_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["reopened_by"], ["people.id"], name=op.f("fk_earlier_decisions_reopened_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_earlier_decisions_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_decisions")),
    )
    with op.batch_alter_table("earlier_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_earlier_decisions_of", ["submission_id", "id"], unique=False)

    op.create_table(
        "meta_reviews",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advice", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["people.id"], name=op.f("fk_meta_reviews_lead_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_meta_reviews_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_meta_reviews")),
    )
    with op.batch_alter_table("meta_reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meta_reviews_lead_id"), ["lead_id"], unique=False)

    op.create_table(
        "opposed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_opposed_added_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_opposed_submission_id_submissions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opposed")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("opposed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opposed_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "passed_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("freed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"], ["submissions.id"], name=op.f("fk_passed_places_from_id_submissions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["passed_by"], ["people.id"], name=op.f("fk_passed_places_passed_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["submissions.id"], name=op.f("fk_passed_places_to_id_submissions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passed_places")),
        sa.UniqueConstraint("from_id", "freed_at", name=op.f("uq_passed_places_from_id_freed_at")),
    )
    with op.batch_alter_table("passed_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passed_places_to_id"), ["to_id"], unique=False)

    op.create_table(
        "personal_deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["access_codes.id"],
            name=op.f("fk_personal_deadlines_code_id_access_codes"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_personal_deadlines_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["given_by"], ["people.id"], name=op.f("fk_personal_deadlines_given_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_personal_deadlines_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["call_rounds.id"],
            name=op.f("fk_personal_deadlines_round_id_call_rounds"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["track_id"], ["tracks.id"], name=op.f("fk_personal_deadlines_track_id_tracks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_deadlines")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("personal_deadlines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_personal_deadlines_email"), ["email"], unique=False)
        batch_op.create_index("ix_personal_deadlines_person", ["edition_id", "person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_personal_deadlines_person_id"), ["person_id"], unique=False)

    op.create_table(
        "poster_numbers",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 9999", name=op.f("ck_poster_numbers_number")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_poster_numbers_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_poster_numbers_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_poster_numbers")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_poster_numbers_edition_id_number")),
    )
    op.create_table(
        "proposed_pairs",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("fit", sa.Integer(), nullable=False),
        sa.Column("bid", sa.String(length=40), nullable=True),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("topics", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["assignment_proposals.id"],
            name=op.f("fk_proposed_pairs_proposal_id_assignment_proposals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_proposed_pairs_reviewer_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_proposed_pairs_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "submission_id", "reviewer_id", name=op.f("pk_proposed_pairs")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("proposed_pairs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposed_pairs_reviewer_id"), ["reviewer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_proposed_pairs_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "question_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_question_answers_by_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_answers_question_id_questions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_answers")),
        sa.UniqueConstraint(
            "owner_kind", "owner_id", "question_id", name=op.f("uq_question_answers_owner_kind_owner_id_question_id")
        ),
    )
    with op.batch_alter_table("question_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_answers_question_id"), ["question_id"], unique=False)

    op.create_table(
        "recommendations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_recommendations_outcome_id_outcomes")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recommendations_person_id_people"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_recommendations_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendations")),
        sa.UniqueConstraint("submission_id", "person_id", name=op.f("uq_recommendations_submission_id_person_id")),
    )
    with op.batch_alter_table("recommendations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendations_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendations_person_id"), ["person_id"], unique=False)

    op.create_table(
        "recruits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("affiliation", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("suggested_by", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["people.id"], name=op.f("fk_recruits_added_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_recruits_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_recruits_invitation_id_invitations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["suggested_by"], ["recruits.id"], name=op.f("fk_recruits_suggested_by_recruits"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruits")),
        sa.UniqueConstraint("edition_id", "address", name=op.f("uq_recruits_edition_id_address")),
    )
    with op.batch_alter_table("recruits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recruits_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_recruits_invitation_id"), ["invitation_id"], unique=False)

    op.create_table(
        "reviewer_handles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_reviewer_handles_person_id_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_reviewer_handles_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviewer_handles")),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_reviewer_handles_submission_id_number")),
        sa.UniqueConstraint("submission_id", "person_id", name=op.f("uq_reviewer_handles_submission_id_person_id")),
    )
    with op.batch_alter_table("reviewer_handles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviewer_handles_person_id"), ["person_id"], unique=False)

    op.create_table(
        "sponsor_cvs",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_sponsor_cvs_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["people.id"], name=op.f("fk_sponsor_cvs_uploaded_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_sponsor_cvs")),
    )
    op.create_table(
        "statement_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_statement_wordings_statement_id_statements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_wordings")),
        sa.UniqueConstraint("statement_id", "number", name=op.f("uq_statement_wordings_statement_id_number")),
    )
    op.create_table(
        "submission_tags",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_tags_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_submission_tags_tag_id_tags"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "tag_id", name=op.f("pk_submission_tags")),
    )
    with op.batch_alter_table("submission_tags", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_tags_tag_id"), ["tag_id"], unique=False)

    op.create_table(
        "submission_topics",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_submission_topics_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_submission_topics_topic_id_topics"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("submission_id", "topic_id", name=op.f("pk_submission_topics")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("submission_topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_topics_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "answer_bytes",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("plain", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["answer_files.id"], name=op.f("fk_answer_bytes_file_id_answer_files"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_answer_bytes")),
    )
    op.create_table(
        "attestations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_kind", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("wording_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_attestations_by_people"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_attestations_statement_id_statements")
        ),
        sa.ForeignKeyConstraint(
            ["wording_id"], ["statement_wordings.id"], name=op.f("fk_attestations_wording_id_statement_wordings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestations")),
        sa.UniqueConstraint(
            "owner_kind", "owner_id", "wording_id", name=op.f("uq_attestations_owner_kind_owner_id_wording_id")
        ),
    )
    with op.batch_alter_table("attestations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attestations_statement_id"), ["statement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attestations_wording_id"), ["wording_id"], unique=False)

    op.create_table(
        "author_invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["authors.id"], name=op.f("fk_author_invitations_author_id_authors"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_author_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_author_invitations_token_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("author_invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_author_invitations_author_id"), ["author_id"], unique=False)

    op.create_table(
        "author_keys",
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["authors.id"], name=op.f("fk_author_keys_author_id_authors"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_author_keys_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("author_id", "kind", "key", name=op.f("pk_author_keys")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("author_keys", schema=None) as batch_op:
        batch_op.create_index("ix_author_keys_key", ["key", "kind"], unique=False)
        batch_op.create_index("ix_author_keys_submission", ["submission_id", "kind"], unique=False)

    op.create_table(
        "camera_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["camera_ready.submission_id"],
            name=op.f("fk_camera_files_submission_id_camera_ready"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["people.id"], name=op.f("fk_camera_files_uploaded_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_files")),
        sa.UniqueConstraint(
            "submission_id", "item", "version", name=op.f("uq_camera_files_submission_id_item_version")
        ),
    )
    op.create_table(
        "imported",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("sort", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_imported_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_imported_review_id_reviews"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_imported_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported")),
        sa.UniqueConstraint("edition_id", "source", "sort", "key", name=op.f("uq_imported_edition_id_source_sort_key")),
    )
    with op.batch_alter_table("imported", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_review_id"), ["review_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_imported_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "opposed_keys",
        sa.Column("opposed_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opposed_id"], ["opposed.id"], name=op.f("fk_opposed_keys_opposed_id_opposed"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_opposed_keys_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("opposed_id", "kind", "key", name=op.f("pk_opposed_keys")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("opposed_keys", schema=None) as batch_op:
        batch_op.create_index("ix_opposed_keys_key", ["key", "kind"], unique=False)
        batch_op.create_index("ix_opposed_keys_submission", ["submission_id"], unique=False)

    op.create_table(
        "response_files",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["submission_files.id"],
            name=op.f("fk_response_files_file_id_submission_files"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_response_files_submission_id_submissions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_response_files")),
    )
    with op.batch_alter_table("response_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_files_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "camera_bytes",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["camera_files.id"], name=op.f("fk_camera_bytes_file_id_camera_files"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_camera_bytes")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round_name", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("type_name", sa.String(length=100), server_default="", nullable=False))
        batch_op.add_column(sa.Column("most_per_person", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("prior_rule", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("prior_cutoff_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("prior_cutoff_zone", sa.String(length=60), nullable=True))

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_decisions_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_decisions_outcome_id_outcomes"), "outcomes", ["outcome_id"], ["id"])

    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cv_to_sponsors", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("cv_pages", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("country", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("career_stage", sa.Text(), nullable=True))

    with op.batch_alter_table("declared_conflicts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("added_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_declared_conflicts_added_by_people"), "people", ["added_by"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(length=40), nullable=True))
        batch_op.create_index("ix_outbox_mails_about", ["about"], unique=False)

    # Their keys said until now which submission a mail tells of: `decision:27:…`, `submission-received:27`.
    columns = (sa.column("id", sa.Integer()), *(sa.column(name, sa.String()) for name in ("key", "template", "about")))
    mails, connection = sa.table("outbox_mails", *columns), op.get_bind()
    for number, key, template in connection.execute(sa.select(mails.c.id, mails.c.key, mails.c.template)).all():
        kind, _colon, rest = key.partition(":")
        work = rest.partition(":")[0]
        values = {}
        if kind == "review-assigned":
            values = {"about": "submissions", "template": "assignments/assigned"}
        elif kind in ABOUT_A_WORK and work.isdigit():
            values = {"about": f"submission:{work}", "template": template.replace("reviews/", "decisions/")}
        if values:
            connection.execute(sa.update(mails).where(mails.c.id == number).values(**values))

    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.add_column(sa.Column("form_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("weighted", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("unsent", sa.JSON(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reviews_form_id"), ["form_id"], unique=False)
        batch_op.create_check_constraint(
            batch_op.f("ck_reviews_weighted"), "weighted IS NULL OR weighted BETWEEN 1 AND 6"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_reviews_form_id_review_forms"), "review_forms", ["form_id"], ["id"], ondelete="SET NULL"
        )

    with op.batch_alter_table("submission_files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("facts", sa.JSON(), nullable=True))

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("type_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("outcome_name", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("desk_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("same_as_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_submissions_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_submissions_type_id"), ["type_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_type_id_submission_types"), "submission_types", ["type_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_round_id_call_rounds"), "call_rounds", ["round_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_submissions_same_as_id_submissions"),
            "submissions",
            ["same_as_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("tracks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=40), server_default="topic", nullable=False))
        batch_op.add_column(sa.Column("colour", sa.String(length=7), nullable=True))
        batch_op.add_column(sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("tracks", schema=None) as batch_op:
        batch_op.drop_column("is_hidden")
        batch_op.drop_column("colour")
        batch_op.drop_column("kind")

    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submissions_same_as_id_submissions"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_submissions_round_id_call_rounds"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_submissions_type_id_submission_types"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_submissions_type_id"))
        batch_op.drop_index(batch_op.f("ix_submissions_round_id"))
        batch_op.drop_column("same_as_id")
        batch_op.drop_column("desk_reason")
        batch_op.drop_column("language")
        batch_op.drop_column("outcome_name")
        batch_op.drop_column("type_id")
        batch_op.drop_column("round_id")

    with op.batch_alter_table("submission_files", schema=None) as batch_op:
        batch_op.drop_column("facts")

    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_reviews_form_id_review_forms"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_reviews_form_id"))
        batch_op.drop_column("unsent")
        batch_op.drop_column("answers")
        batch_op.drop_constraint(batch_op.f("ck_reviews_weighted"), type_="check")
        batch_op.drop_column("weighted")
        batch_op.drop_column("form_id")

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_mails_about")
        batch_op.drop_column("about")

    with op.batch_alter_table("declared_conflicts", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_declared_conflicts_added_by_people"), type_="foreignkey")
        batch_op.drop_column("added_by")

    with op.batch_alter_table("declarations", schema=None) as batch_op:
        batch_op.drop_column("career_stage")
        batch_op.drop_column("country")
        batch_op.drop_column("cv_pages")
        batch_op.drop_column("cv_to_sponsors")

    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_decisions_outcome_id_outcomes"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_decisions_outcome_id"))
        batch_op.drop_column("reopened_at")
        batch_op.drop_column("outcome_id")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("prior_cutoff_zone")
        batch_op.drop_column("prior_cutoff_at")
        batch_op.drop_column("prior_rule")
        batch_op.drop_column("most_per_person")
        batch_op.drop_column("type_name")
        batch_op.drop_column("round_name")

    op.drop_table("camera_bytes")
    with op.batch_alter_table("response_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_files_submission_id"))

    op.drop_table("response_files")
    with op.batch_alter_table("opposed_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_opposed_keys_submission")
        batch_op.drop_index("ix_opposed_keys_key")

    op.drop_table("opposed_keys")
    with op.batch_alter_table("imported", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imported_submission_id"))
        batch_op.drop_index(batch_op.f("ix_imported_review_id"))

    op.drop_table("imported")
    op.drop_table("camera_files")
    with op.batch_alter_table("author_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_author_keys_submission")
        batch_op.drop_index("ix_author_keys_key")

    op.drop_table("author_keys")
    with op.batch_alter_table("author_invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_author_invitations_author_id"))

    op.drop_table("author_invitations")
    with op.batch_alter_table("attestations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attestations_wording_id"))
        batch_op.drop_index(batch_op.f("ix_attestations_statement_id"))

    op.drop_table("attestations")
    op.drop_table("answer_bytes")
    with op.batch_alter_table("submission_topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_topics_topic_id"))

    op.drop_table("submission_topics")
    with op.batch_alter_table("submission_tags", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_tags_tag_id"))

    op.drop_table("submission_tags")
    op.drop_table("statement_wordings")
    op.drop_table("sponsor_cvs")
    with op.batch_alter_table("reviewer_handles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_handles_person_id"))

    op.drop_table("reviewer_handles")
    with op.batch_alter_table("recruits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recruits_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_recruits_address"))

    op.drop_table("recruits")
    with op.batch_alter_table("recommendations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendations_person_id"))
        batch_op.drop_index(batch_op.f("ix_recommendations_outcome_id"))

    op.drop_table("recommendations")
    with op.batch_alter_table("question_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_answers_question_id"))

    op.drop_table("question_answers")
    with op.batch_alter_table("proposed_pairs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proposed_pairs_submission_id"))
        batch_op.drop_index(batch_op.f("ix_proposed_pairs_reviewer_id"))

    op.drop_table("proposed_pairs")
    op.drop_table("poster_numbers")
    with op.batch_alter_table("personal_deadlines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_personal_deadlines_person_id"))
        batch_op.drop_index("ix_personal_deadlines_person")
        batch_op.drop_index(batch_op.f("ix_personal_deadlines_email"))

    op.drop_table("personal_deadlines")
    with op.batch_alter_table("passed_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passed_places_to_id"))

    op.drop_table("passed_places")
    with op.batch_alter_table("opposed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opposed_submission_id"))

    op.drop_table("opposed")
    with op.batch_alter_table("meta_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meta_reviews_lead_id"))

    op.drop_table("meta_reviews")
    with op.batch_alter_table("earlier_decisions", schema=None) as batch_op:
        batch_op.drop_index("ix_earlier_decisions_of")

    op.drop_table("earlier_decisions")
    with op.batch_alter_table("earlier_call_dates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_earlier_call_dates_date_id"))

    op.drop_table("earlier_call_dates")
    with op.batch_alter_table("discussion_seen", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_discussion_seen_person_id"))

    op.drop_table("discussion_seen")
    with op.batch_alter_table("discussion_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_discussion_messages_thread")
        batch_op.drop_index(batch_op.f("ix_discussion_messages_person_id"))

    op.drop_table("discussion_messages")
    with op.batch_alter_table("declined_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_declined_reviews_submission")
        batch_op.drop_index(batch_op.f("ix_declined_reviews_person_id"))

    op.drop_table("declined_reviews")
    with op.batch_alter_table("conflict_waivers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_waivers_person_id"))

    op.drop_table("conflict_waivers")
    op.drop_table("camera_ready")
    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bids_person_id"))

    op.drop_table("bids")
    with op.batch_alter_table("batch_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_items_submission_id"))

    op.drop_table("batch_items")
    op.drop_table("author_responses")
    with op.batch_alter_table("answer_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_files_question_id"))

    op.drop_table("answer_files")
    with op.batch_alter_table("access_code_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_code_uses_person_id"))

    op.drop_table("access_code_uses")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index("ix_statements_order")

    op.drop_table("statements")
    op.drop_table("reviewer_tracks")
    with op.batch_alter_table("reviewer_topics", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_topics_topic_id"))

    op.drop_table("reviewer_topics")
    with op.batch_alter_table("review_forms", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_forms_general",
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_review_forms_track_id"))

    op.drop_table("review_forms")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_order")

    op.drop_table("questions")
    with op.batch_alter_table("call_dates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_call_dates_track",
            sqlite_where=sa.text("round_id IS NULL"),
            postgresql_where=sa.text("round_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_call_dates_round",
            sqlite_where=sa.text("track_id IS NULL"),
            postgresql_where=sa.text("track_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_call_dates_edition_id"))

    op.drop_table("call_dates")
    op.drop_table("book_bytes")
    with op.batch_alter_table("access_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_codes_edition_id"))

    op.drop_table("access_codes")
    op.drop_table("topics")
    op.drop_table("tags")
    op.drop_table("submission_types")
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_searches_person_id"))

    op.drop_table("saved_searches")
    op.drop_table("rights_wordings")
    with op.batch_alter_table("reviewer_profiles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviewer_profiles_person_id"))

    op.drop_table("reviewer_profiles")
    op.drop_table("review_settings")
    op.drop_table("review_phases")
    with op.batch_alter_table("reminder_waves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminder_waves_edition_id"))

    op.drop_table("reminder_waves")
    op.drop_table("outcomes")
    with op.batch_alter_table("import_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_files_person_id"))
        batch_op.drop_index("ix_import_files_list")
        batch_op.drop_index(batch_op.f("ix_import_files_expires_at"))

    op.drop_table("import_files")
    with op.batch_alter_table("conflict_statement_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_conflict_statement_keys_person")

    op.drop_table("conflict_statement_keys")
    op.drop_table("camera_ready_asked")
    op.drop_table("call_rounds")
    op.drop_table("built_forms")
    with op.batch_alter_table("books", schema=None) as batch_op:
        batch_op.drop_index("ix_books_published")

    op.drop_table("books")
    op.drop_table("bidding")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_index("ix_batches_list")

    op.drop_table("batches")
    with op.batch_alter_table("assignment_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_proposals_chair_id"))

    op.drop_table("assignment_proposals")
    with op.batch_alter_table("person_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_person_keys_key")

    op.drop_table("person_keys")
    with op.batch_alter_table("conflict_statements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conflict_statements_person_id"))

    op.drop_table("conflict_statements")
    with op.batch_alter_table("claimed_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claimed_addresses_person_id"))

    op.drop_table("claimed_addresses")
