"""Registering whole, sign-ups, joining, self-identification, retention and take-out

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_data_exports_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("data_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_exports_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_exports_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_data_exports_waiting",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("made_at IS NULL"),
            postgresql_where=sa.text("made_at IS NULL"),
        )

    op.create_table(
        "join_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_calendar", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_join_uses_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_join_uses_person_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_uses")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("join_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_join_uses_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_join_uses_totals", ["edition_id", "uid"], unique=False)

    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_mailings_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_mailings_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_mailings_edition_id_key")),
        info={"never_shown": True},
    )
    op.create_table(
        "removals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("label", sa.String(length=500), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_removals_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("removals", schema=None) as batch_op:
        batch_op.create_index("ix_removals_edition", ["edition_id", "id"], unique=False)

    op.create_table(
        "retention_rules",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_retention_rules_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_retention_rules_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", "what", name=op.f("pk_retention_rules")),
    )
    op.create_table(
        "seat_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_seat_lists_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_seat_lists_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_lists")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("seat_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_lists_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "selfid_forms",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.Column("totals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_selfid_forms_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_selfid_forms")),
        info={"never_shown": True},
    )
    op.create_table(
        "signup_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=40), nullable=False),
        sa.Column("choices", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opens_zone", sa.String(length=60), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_zone", sa.String(length=60), nullable=False),
        sa.Column("decides_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decides_zone", sa.String(length=60), nullable=True),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("allocated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("choices BETWEEN 1 AND 6", name=op.f("ck_signup_blocks_some_choices")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_signup_blocks_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_blocks")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_signup_blocks_edition_id_name")),
        info={"never_shown": True},
    )
    op.create_table(
        "registration_codes",
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_zone", sa.String(length=60), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= max_uses", name=op.f("ck_registration_codes_uses")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["people.id"], name=op.f("fk_registration_codes_created_by_people"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_registration_codes_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"],
            ["registration_kinds.id"],
            name=op.f("fk_registration_codes_kind_id_registration_kinds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_registration_codes_code_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("registration_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_codes_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_registration_codes_kind_id"), ["kind_id"], unique=False)

    op.create_table(
        "selfid_answers",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["selfid_forms.edition_id"],
            name=op.f("fk_selfid_answers_edition_id_selfid_forms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_selfid_answers")),
        info={"never_shown": True},
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("selfid_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selfid_answers_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "selfid_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_multiple", sa.Boolean(), nullable=False),
        sa.Column("takes_own_words", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"],
            ["selfid_forms.edition_id"],
            name=op.f("fk_selfid_questions_edition_id_selfid_forms"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selfid_questions")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("selfid_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_selfid_questions_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "signup_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("item_uid", sa.String(length=100), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("where", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken <= capacity", name=op.f("ck_signup_parts_not_oversold")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_signup_parts_taken_not_negative")),
        sa.ForeignKeyConstraint(
            ["block_id"], ["signup_blocks.id"], name=op.f("fk_signup_parts_block_id_signup_blocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["people.id"], name=op.f("fk_signup_parts_moderator_id_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_parts")),
        sa.UniqueConstraint("block_id", "item_uid", name=op.f("uq_signup_parts_block_id_item_uid")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("signup_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_parts_moderator_id"), ["moderator_id"], unique=False)

    op.create_table(
        "registration_code_uses",
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["registration_codes.id"],
            name=op.f("fk_registration_code_uses_code_id_registration_codes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_registration_code_uses_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_id", "person_id", name=op.f("pk_registration_code_uses")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("registration_code_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_code_uses_person_id"), ["person_id"], unique=False)

    op.create_table(
        "registration_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_registration_needs_question_id_questions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_needs_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["people.id"], name=op.f("fk_registration_needs_taken_by_people"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_needs")),
        sa.UniqueConstraint(
            "registration_id", "question_id", name=op.f("uq_registration_needs_registration_id_question_id")
        ),
        info={"never_shown": True},
    )
    with op.batch_alter_table("registration_needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_needs_question_id"), ["question_id"], unique=False)

    op.create_table(
        "seat_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_seat_claims_edition_id_editions"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["seat_lists.id"], name=op.f("fk_seat_claims_list_id_seat_lists"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_seat_claims_registration_id_registrations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_claims")),
        sa.UniqueConstraint("list_id", "email", name=op.f("uq_seat_claims_list_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_seat_claims_token_hash")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("seat_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seat_claims_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(
            "uq_seat_claims_open",
            ["registration_id"],
            unique=True,
            sqlite_where=sa.text("answer = 'open'"),
            postgresql_where=sa.text("answer = 'open'"),
        )

    op.create_table(
        "signup_choices",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["signup_blocks.id"],
            name=op.f("fk_signup_choices_block_id_signup_blocks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["signup_parts.id"], name=op.f("fk_signup_choices_part_id_signup_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signup_choices_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "person_id", "rank", name=op.f("pk_signup_choices")),
        sa.UniqueConstraint(
            "block_id", "person_id", "part_id", name=op.f("uq_signup_choices_block_id_person_id_part_id")
        ),
        info={"never_shown": True},
    )
    with op.batch_alter_table("signup_choices", schema=None) as batch_op:
        batch_op.create_index("ix_signup_choices_part", ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_choices_person_id"), ["person_id"], unique=False)

    op.create_table(
        "signup_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["signup_blocks.id"], name=op.f("fk_signup_places_block_id_signup_blocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["signup_parts.id"], name=op.f("fk_signup_places_part_id_signup_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signup_places_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_places")),
        sa.UniqueConstraint("block_id", "person_id", name=op.f("uq_signup_places_block_id_person_id")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("signup_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_places_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_places_person_id"), ["person_id"], unique=False)

    op.create_table(
        "signup_proposals",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["signup_blocks.id"],
            name=op.f("fk_signup_proposals_block_id_signup_blocks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["signup_parts.id"], name=op.f("fk_signup_proposals_part_id_signup_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signup_proposals_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("block_id", "person_id", name=op.f("pk_signup_proposals")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("signup_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_proposals_part_id"), ["part_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_proposals_person_id"), ["person_id"], unique=False)

    op.create_table(
        "signup_waits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"], ["signup_blocks.id"], name=op.f("fk_signup_waits_block_id_signup_blocks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["signup_parts.id"], name=op.f("fk_signup_waits_part_id_signup_parts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_signup_waits_person_id_people"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_waits")),
        sa.UniqueConstraint("part_id", "line_number", name=op.f("uq_signup_waits_part_id_line_number")),
        sa.UniqueConstraint("part_id", "person_id", name=op.f("uq_signup_waits_part_id_person_id")),
        info={"never_shown": True},
    )
    with op.batch_alter_table("signup_waits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signup_waits_block_id"), ["block_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signup_waits_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("feed_tokens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("join_hash", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_feed_tokens_join_hash"), ["join_hash"])

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("picture", sa.LargeBinary(), nullable=True))

    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_need", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("is_hidden", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("guests", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("guest_kind_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_registration_kinds_guest_kind_id_registration_kinds"),
            "registration_kinds",
            ["guest_kind_id"],
            ["id"],
            ondelete="SET NULL",
        )

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("switch_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("switch_zone", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("transfer_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("transfer_zone", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("join_minutes", sa.Integer(), server_default="15", nullable=False))
        batch_op.add_column(sa.Column("transfer_approved", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asks_for_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("host_number", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("host_checked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("host_checked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("host_reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_registrations_host_id"), ["host_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_asks_for_id_registration_kinds"), "registration_kinds", ["asks_for_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_host_checked_by_people"),
            "people",
            ["host_checked_by"],
            ["id"],
            ondelete="SET NULL",
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_registrations_host_id_registrations"),
            "registrations",
            ["host_id"],
            ["id"],
            ondelete="CASCADE",
        )

    op.execute(
        "INSERT INTO registration_needs (registration_id, question_id, state, changed_at)"
        " SELECT id, NULL, 'open', changed_at FROM registrations WHERE needs IS NOT NULL AND state <> 'cancelled'"
    )


def downgrade() -> None:
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_registrations_wants_one_thing"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_registrations_cancelled_asks_for_nothing"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_registrations_asks_for_something"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_registrations_host_id_registrations"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_registrations_host_checked_by_people"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_registrations_asks_for_id_registration_kinds"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_registrations_host_id"))
        batch_op.drop_column("host_reminded_at")
        batch_op.drop_column("host_checked_by")
        batch_op.drop_column("host_checked_at")
        batch_op.drop_column("host_number")
        batch_op.drop_column("asked_at")
        batch_op.drop_column("asks_for_id")
        batch_op.drop_column("host_id")

    with op.batch_alter_table("registration_settings", schema=None) as batch_op:
        batch_op.drop_column("transfer_approved")
        batch_op.drop_column("join_minutes")
        batch_op.drop_column("transfer_zone")
        batch_op.drop_column("transfer_at")
        batch_op.drop_column("switch_zone")
        batch_op.drop_column("switch_at")

    with op.batch_alter_table("registration_kinds", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_registration_kinds_guest_kind_id_registration_kinds"), type_="foreignkey"
        )
        batch_op.drop_column("guest_kind_id")
        batch_op.drop_column("guests")
        batch_op.drop_column("is_hidden")
        batch_op.drop_column("needs_approval")

    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_column("is_need")

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_column("picture")

    with op.batch_alter_table("feed_tokens", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_feed_tokens_join_hash"), type_="unique")
        batch_op.drop_column("join_hash")

    with op.batch_alter_table("signup_waits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signup_waits_person_id"))
        batch_op.drop_index(batch_op.f("ix_signup_waits_block_id"))

    op.drop_table("signup_waits")
    with op.batch_alter_table("signup_proposals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signup_proposals_person_id"))
        batch_op.drop_index(batch_op.f("ix_signup_proposals_part_id"))

    op.drop_table("signup_proposals")
    with op.batch_alter_table("signup_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signup_places_person_id"))
        batch_op.drop_index(batch_op.f("ix_signup_places_part_id"))

    op.drop_table("signup_places")
    with op.batch_alter_table("signup_choices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signup_choices_person_id"))
        batch_op.drop_index("ix_signup_choices_part")

    op.drop_table("signup_choices")
    with op.batch_alter_table("seat_claims", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_seat_claims_open", sqlite_where=sa.text("answer = 'open'"), postgresql_where=sa.text("answer = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_seat_claims_edition_id"))

    op.drop_table("seat_claims")
    with op.batch_alter_table("registration_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_needs_question_id"))

    op.drop_table("registration_needs")
    with op.batch_alter_table("registration_code_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_code_uses_person_id"))

    op.drop_table("registration_code_uses")
    with op.batch_alter_table("signup_parts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signup_parts_moderator_id"))

    op.drop_table("signup_parts")
    with op.batch_alter_table("selfid_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selfid_questions_edition_id"))

    op.drop_table("selfid_questions")
    with op.batch_alter_table("selfid_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_selfid_answers_edition_id"))

    op.drop_table("selfid_answers")
    with op.batch_alter_table("registration_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_codes_kind_id"))
        batch_op.drop_index(batch_op.f("ix_registration_codes_edition_id"))

    op.drop_table("registration_codes")
    op.drop_table("signup_blocks")
    op.drop_table("selfid_forms")
    with op.batch_alter_table("seat_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seat_lists_edition_id"))

    op.drop_table("seat_lists")
    op.drop_table("retention_rules")
    with op.batch_alter_table("removals", schema=None) as batch_op:
        batch_op.drop_index("ix_removals_edition")

    op.drop_table("removals")
    op.drop_table("mailings")
    with op.batch_alter_table("join_uses", schema=None) as batch_op:
        batch_op.drop_index("ix_join_uses_totals")
        batch_op.drop_index(batch_op.f("ix_join_uses_person_id"))

    op.drop_table("join_uses")
    with op.batch_alter_table("data_exports", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_data_exports_waiting",
            sqlite_where=sa.text("made_at IS NULL"),
            postgresql_where=sa.text("made_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_data_exports_person_id"))
        batch_op.drop_index(batch_op.f("ix_data_exports_expires_at"))

    op.drop_table("data_exports")
