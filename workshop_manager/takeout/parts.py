"""What an archive holds: of every column that names a person, which rows and which of their columns, or why none.

A test walks the tables and fails for a column that names a person, or holds an address, and stands in neither list.
Left out is what tells of others or of what is not told yet (who judges whom, what is decided and not released), what
is a key, and that somebody acted for an edition: the latter stands in the list of acts, taken from the history.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

ACTED = "that they acted for an edition stands in the list of acts"
KEY = "a key, or made from what stands in the archive"
OTHERS = "it tells of others, or of what is not told yet"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table: those whose `owner` column is the person, with these columns."""

    title: Any
    table: str
    owner: str
    columns: tuple[str, ...]
    bytes_of: tuple[str, str, str] | None = None
    """Where their files are: (table, its column that names the row, its column with the bytes)."""
    by_registration: bool = False
    """`owner` names a registration of theirs."""
    by_address: bool = False
    """`owner` holds an address that is proven to be theirs."""
    through: tuple[str, ...] = ()
    """From `owner` on: the tables whose rows it names, each with its next column; the last holds a person."""
    key: str = ""

    @property
    def name(self) -> str:
        """What it is called in the JSON; no two are called alike."""
        return self.key or self.table


def _own(title: Any, column: str, columns: str, **values: Any) -> Section:
    table, _point, owner = column.partition(".")
    return Section(title, table, owner, tuple(columns.split()), **values)


_APPLICATION = ("grant_applications.person_id",)
SECTIONS = (
    _own(_l("Addresses"), "claimed_addresses.person_id", "address claimed_at"),
    _own(_l("Communities"), "community_owners.person_id", "community_id created_at"),
    _own(_l("Roles"), "team_members.person_id", "edition_id role invited_email created_at"),
    _own(_l("Invitations to teams"), "invitations.email",
         "edition_id role created_at expires_at answered_at accepted", by_address=True),
    _own(_l("Devices signed in"), "sign_ins.person_id", "created_at seen_at browser method"),
    _own(_l("Passkeys"), "passkeys.user_id", "name lastuse_datetime"),
    _own(_l("Who must not judge my work, and whose I must not judge"), "conflict_statements.person_id",
         "about name address relation first_year last_year counts_until added_at"),
    _own(_l("Registrations"), "registrations.person_id",
         "edition_id kind_id state badge_name pronouns affiliation listing diet needs photo_consent host_done "
         "host_number conduct_version conduct_at ticket_code created_at changed_at cancelled_at"),
    _own(_l("Guests"), "registrations.host_id", "edition_id kind_id state badge_name created_at", by_registration=True,
         key="guests"),
    _own(_l("Seats passed on"), "seat_claims.registration_id", "edition_id purpose email created_at answered_at",
         by_registration=True),
    _own(_l("Seats I was asked to take"), "seat_claims.email", "edition_id purpose created_at expires_at answered_at",
         by_address=True, key="seats_offered"),
    _own(_l("Registrations begun without an account"), "visitor_registrations.email",
         "edition_id kind_id said created_at expires_at", by_address=True),
    _own(_l("Access codes used to register"), "registration_code_uses.person_id", "used_at"),
    _own(_l("What I need"), "registration_needs.registration_id", "question_id state note changed_at",
         by_registration=True),
    _own(_l("Days at the event"), "arrivals.registration_id", "day at", by_registration=True),
    _own(_l("What was handed out"), "handouts.registration_id", "item_id at", by_registration=True),
    _own(_l("Certificates"), "certificates.registration_id", "number name days issued_at revoked_at",
         by_registration=True),
    _own(_l("Letters for visa applications"), "visa_letters.registration_id",
         "passport asked_at purge_on number issued_at declined_at reason wording signed_by", by_registration=True),
    _own(_l("Links to join that were opened"), "join_uses.person_id", "edition_id room at"),
    _own(_l("Places at sessions"), "signup_places.person_id", "part_id given_at"),
    _own(_l("In line for a place"), "signup_waits.person_id", "part_id line_number"),
    _own(_l("Sessions ranked"), "signup_choices.person_id", "rank part_id"),
    _own(_l("Sessions led"), "signup_parts.moderator_id", "title starts_at"),
    _own(_l("Invited to speak"), "speaker_contacts.person_id", "edition_id address name created_at"),
    _own(_l("Slots I was told of, and what I said"), "speaker_invitations.contact_id",
         "uid title starts_at ends_at room is_off told_at answer note answered_at",
         through=("speaker_contacts.person_id",)),
    _own(_l("What I say of myself in programmes"), "speaker_pages.person_id", "edition_id code details shown_at"),
    _own(_l("Slides, posters and links of my talks"), "materials.added_by",
         "edition_id uid kind title url licence language shown file_name added_at off_at off_reason",
         bytes_of=("material_bytes", "material_id", "body")),
    _own(_l("Whether I may be recorded"), "recording_answers.person_id", "edition_id uid agrees said_at"),
    _own(_l("Asked when I can speak"), "speaker_availabilities.person_id",
         "edition_id address name asked_at reminded_at answered_at zone speaks_from note"),
    _own(_l("Hours at which I cannot speak, or would rather not"), "speaker_hours.availability_id",
         "starts_at ends_at word", through=("speaker_availabilities.person_id",)),
    _own(_l("What I follow of schedules"), "schedule_stars.person_id", "edition_id uid"),
    _own(_l("Calendars"), "feed_tokens.person_id", "edition_id created_at revoked_at"),
    _own(_l("Works handed in"), "submissions.submitter_id",
         "edition_id number title abstract listing language remote created_at submitted_at withdrawn_at"),
    _own(_l("As an author"), "authors.person_id", "submission_id position name email affiliation is_presenter"),
    _own(_l("Asked whether I am an author"), "author_invitations.address", "created_at expires_at answered_at",
         by_address=True),
    _own(_l("Files of works"), "submission_files.uploaded_by", "submission_id version original_name uploaded_at",
         bytes_of=("submission_bytes", "file_id", "original")),
    _own(_l("CVs"), "sponsor_cvs.uploaded_by", "submission_id uploaded_at",
         bytes_of=("sponsor_cvs", "submission_id", "body")),
    _own(_l("Camera-ready files"), "camera_files.uploaded_by", "submission_id item version uploaded_at",
         bytes_of=("camera_bytes", "file_id", "body")),
    _own(_l("Answers to organisers’ questions"), "question_answers.by", "question_id value at"),
    _own(_l("Files as answers"), "answer_files.uploaded_by", "question_id version original_name uploaded_at",
         bytes_of=("answer_bytes", "file_id", "original")),
    _own(_l("Statements agreed to"), "attestations.by", "wording_id answer at"),
    _own(_l("Reviewers opposed"), "opposed.added_by", "submission_id about name address relation note added_at"),
    _own(_l("Responses to reviews"), "author_responses.changed_by", "submission_id text sent_at changed_at"),
    _own(_l("More time given"), "personal_deadlines.person_id", "edition_id email given_at at zone"),
    _own(_l("Access codes used"), "access_code_uses.person_id", "used_at"),
    _own(_l("Travel grants"), "grant_applications.person_id",
         "edition_id currency statement cannot_front upfront other_funding paid_elsewhere arrives_on "
         "departs_on stage presented_before visa_told visa_at absent_at waitlist_number conditions must_present "
         "created_at changed_at submitted_at answered_at"),
    _own(_l("Costs I asked a grant for"), "grant_lines.application_id", "kind asked estimate own about",
         through=_APPLICATION),
    _own(_l("What I claimed"), "grant_claims.application_id",
         "state in_advance asked approved paid reason handed_in_at decided_at", through=_APPLICATION),
    _own(_l("Receipts I handed in"), "grant_receipts.claim_id",
         "original_name kind day amount currency counted uploaded_at",
         through=("grant_claims.application_id", *_APPLICATION),
         bytes_of=("grant_receipt_bytes", "receipt_id", "content")),
    _own(_l("Where I am paid to"), "grant_bank_details.application_id", "details entered_at", through=_APPLICATION),
    _own(_l("As a reviewer"), "reviewer_profiles.person_id", "edition_id max_load languages away_until note saved_at"),
    _own(_l("Topics of mine"), "reviewer_topics.person_id", "topic_id"),
    _own(_l("What I would like to review"), "bids.person_id", "submission_id level changed_at"),
    _own(_l("Given to review"), "assignments.reviewer_id", "submission_id assigned_at"),
    _own(_l("Reviews written"), "reviews.reviewer_id",
         "submission_id score advice confidence text remark answers created_at changed_at submitted_at"),
    _own(_l("Reviews declined"), "declined_reviews.person_id", "submission_id reason suggestion declined_at"),
    _own(_l("Discussion"), "discussion_messages.person_id", "submission_id text created_at edited_at removed_at"),
    _own(_l("Meta-reviews"), "meta_reviews.lead_id", "submission_id advice text remark written_at"),
    _own(_l("Recommendations"), "recommendations.person_id", "submission_id outcome reason made_at"),
    _own(_l("Grants scored"), "grant_scores.person_id", "score points remark changed_at"),
    _own(_l("Grants not to be judged by me"), "grant_conflicts.person_id", "declared_at"),
    _own(_l("Said about grants"), "grant_messages.person_id", "application_id text is_visible created_at"),
    _own(_l("Asked about grants"), "grant_questions.asked_by", "application_id kind text asked_at answered_at"),
    _own(_l("Grants given to read"), "grant_readers.person_id", "assigned_at"),
    _own(_l("As a mentor"), "mentoring_mentors.person_id", "edition_id most volunteered_at"),
    _own(_l("Mentored round"), "mentoring_participants.person_id", "edition_id joined_at left_at"),
    _own(_l("Drafts read"), "mentoring_readings.reader_id", "remark saved_at sent_at"),
    _own(_l("Kept searches"), "saved_searches.person_id", "edition_id name query created_at"),
    _own(_l("Acts on many"), "batches.person_id", "edition_id act created_at undone_at"),
    _own(_l("Files brought in"), "import_files.person_id", "edition_id name size created_at"),
    _own(_l("Programmes brought in"), "schedule_imports.person_id", "edition_id name row_count created_at"),
    _own(_l("Left as they are in a programme"), "schedule_settled.person_id", "edition_id code reason settled_at"),
    _own(_l("Schedule changes you can undo"), "schedule_edits.person_id", "edition_id at what title undone_at"),
    _own(_l("Schedules open just now"), "schedule_editors.person_id", "edition_id seen_at"),
    _own(_l("Named in programmes"), "released_people.person_id", "edition_id"),
)  # fmt: skip

LEFT_OUT = {
    "people.merged_into_id": KEY,
    "one_time_tokens.person_id": KEY,
    "person_keys.person_id": KEY,
    "conflict_statement_keys.person_id": KEY,
    "data_exports.person_id": KEY,
    "conflict_waivers.person_id": OTHERS,
    "declared_conflicts.person_id": OTHERS,
    "discussion_seen.person_id": OTHERS,
    "grant_seen.person_id": OTHERS,
    "grant_waivers.person_id": OTHERS,
    "item_speakers.person_id": OTHERS,
    "proposed_pairs.reviewer_id": OTHERS,
    "reviewer_handles.person_id": OTHERS,
    "signup_proposals.person_id": OTHERS,
} | dict.fromkeys(
    (
        "access_codes.created_by", "arrivals.by_id", "assignment_proposals.chair_id", "assignments.assigned_by",
        "badge_batches.by_id", "books.published_by", "camera_ready.changed_by", "camera_ready.details_by",
        "camera_ready.rights_by", "certificates.by_id", "conflict_waivers.waived_by", "decisions.decided_by",
        "declared_conflicts.added_by", "door_scans.by_id", "earlier_call_dates.changed_by",
        "earlier_dates.changed_by", "earlier_decisions.reopened_by", "grant_claims.decided_by",
        "grant_payments.entered_by", "grant_payments.undone_by", "grant_proposals.made_by",
        "grant_proposals.noted_by", "grant_readers.assigned_by",
        "grant_rubrics.made_by", "grant_waivers.waived_by", "handouts.by_id", "invitations.invited_by",
        "mailings.created_by", "mentoring_rounds.before_by", "passed_places.passed_by",
        "personal_deadlines.given_by", "planned_releases.planned_by", "recruits.added_by",
        "registration_codes.created_by", "registration_needs.taken_by", "registrations.host_checked_by",
        "releases.released_by",
        "reminder_waves.sent_by", "review_forms.created_by",
        "rights_wordings.written_by", "seat_lists.created_by", "submissions.changed_by", "visa_letters.by_id",
    ),
    ACTED,
)  # fmt: skip

ADDRESSES = {
    "authors.email": KEY,
    "claimed_addresses.address": KEY,
    "communities.contact_email": "it is published",
    "conflict_statements.address": OTHERS,
    "editions.contact_email": "it is published",
    "one_time_tokens.email": KEY,
    "opposed.address": OTHERS,
    "outbox_mails.to_address": "the list of mails",
    "outbox_mails.reply_to": "an organiser's, and it stands in the mail itself",
    "people.email": "the profile",
    "personal_deadlines.email": KEY,
    "recruits.address": OTHERS,
    "speaker_availabilities.address": KEY,
    "speaker_contacts.address": KEY,
    "team_members.invited_email": "the roles",
}
"""Columns with addresses by which no rows are looked up: why, or what holds them."""

PROFILE = (
    "email", "name", "legal_name", "pronouns", "affiliation", "country", "time_zone", "locale", "listing", "created_at",
    "confirmed_at",
)  # fmt: skip
