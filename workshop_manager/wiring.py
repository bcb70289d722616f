"""Which higher package reacts to which event of a lower one: the only place where that direction exists."""

from flask_babel import gettext as _

from workshop_manager.accounts.events import AddressLetGo, AddressProven, ErasureAsked, ListingChanged, PersonErased
from workshop_manager.assignments import bidding
from workshop_manager.availability import service as availability
from workshop_manager.calls import service as calls
from workshop_manager.claims import service as claims
from workshop_manager.committee import service as committee
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.events import ConflictFound
from workshop_manager.core.events import subscribe
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.decisions import service as decisions
from workshop_manager.decisions.events import (
    SubmissionConfirmed,
    SubmissionDecided,
    SubmissionDeclined,
    SubmissionTurnedDown,
)
from workshop_manager.door import certifying
from workshop_manager.door import merging as door
from workshop_manager.grantreview import talking
from workshop_manager.grants import attending
from workshop_manager.grants import papers as grant_papers
from workshop_manager.grants import service as grants
from workshop_manager.handover import service as handover
from workshop_manager.invitations import service as invitations
from workshop_manager.materials import service as materials
from workshop_manager.mentoring import service as mentoring
from workshop_manager.proceedings import numbering
from workshop_manager.proceedings import queries as proceedings
from workshop_manager.proceedings import service as camera_ready
from workshop_manager.proceedings.events import FinalDetailsChanged
from workshop_manager.questions.events import AnswersRemoved
from workshop_manager.registrations import caring, retaining, waitlist
from workshop_manager.registrations import queries as registration_rows
from workshop_manager.registrations import service as registrations
from workshop_manager.registrations.events import (
    LeftTheRoom,
    RegistrationCancelled,
    RegistrationsJoined,
    SeatChanged,
    SeatWithoutPersonGone,
)
from workshop_manager.retention.service import noted
from workshop_manager.reviews import service as reviews
from workshop_manager.schedule import personal, posters, releasing, settling, stars
from workshop_manager.schedule.events import ScheduleReleased
from workshop_manager.selfid import service as selfid
from workshop_manager.signups import moving as signups_moving
from workshop_manager.signups import service as signups
from workshop_manager.submissions import service as submissions
from workshop_manager.submissions.events import (
    AuthorsChanged,
    AuthorshipClaimed,
    DraftRemoved,
    SubmissionRevived,
    SubmissionsBroughtIn,
    SubmissionSubmitted,
    SubmissionWithdrawn,
    WorksMoved,
)
from workshop_manager.takeout import service as takeout
from workshop_manager.workshops import team
from workshop_manager.workshops.events import (
    EditionCancelled,
    EditionLooksChanged,
    EditionReinstated,
    MemberLeft,
    RoomChanged,
)


def connect() -> None:
    """Subscribe every handler. Runs once at start; each runs in the transaction of its event."""
    subscribe(AddressProven, _address_proven)
    subscribe(AddressLetGo, _address_let_go)
    subscribe(ErasureAsked, team.object_to_erasure)
    subscribe(PersonErased, _person_erased)
    subscribe(PersonErased, takeout.on_person_erased)
    subscribe(ListingChanged, _listing_changed)
    subscribe(ConflictFound, reviews.on_conflict_found)
    subscribe(SubmissionSubmitted, conflicts.on_submitted)
    subscribe(SubmissionsBroughtIn, conflicts.on_submitted)
    subscribe(SubmissionRevived, decisions.on_submission_revived)
    for changed in (
        SubmissionWithdrawn,
        SubmissionDecided,
        SubmissionConfirmed,
        SubmissionDeclined,
        AuthorsChanged,
        FinalDetailsChanged,
    ):
        subscribe(changed, _programme_changed)
    for left in (SubmissionWithdrawn, SubmissionDeclined, SubmissionTurnedDown):
        subscribe(left, grant_papers.on_submission_left)
    subscribe(SubmissionRevived, grant_papers.on_submission_revived)
    subscribe(SubmissionWithdrawn, mentoring.on_submission_left)
    subscribe(DraftRemoved, mentoring.on_draft_removed)
    subscribe(AuthorsChanged, mentoring.on_authors_changed)
    subscribe(WorksMoved, mentoring.on_works_moved)
    subscribe(AuthorshipClaimed, mentoring.on_authorship_claimed)
    subscribe(AuthorshipClaimed, releasing.on_authorship_claimed)
    subscribe(MemberLeft, mentoring.on_member_left)
    subscribe(MemberLeft, caring.on_member_left)
    subscribe(SeatChanged, signups.on_seat_changed)
    subscribe(ScheduleReleased, signups_moving.on_schedule_released)
    subscribe(ScheduleReleased, invitations.on_schedule_released)
    subscribe(AnswersRemoved, retaining.on_answers_removed)
    subscribe(SeatChanged, handover.on_seat_changed)
    subscribe(SeatWithoutPersonGone, handover.on_seat_without_person_gone)
    subscribe(RegistrationCancelled, personal.registration_cancelled)
    subscribe(RegistrationCancelled, attending.on_registration_cancelled)
    subscribe(EditionCancelled, waitlist.on_cancelled)
    subscribe(EditionCancelled, grants.on_cancelled)
    subscribe(EditionReinstated, waitlist.on_reinstated)
    subscribe(EditionLooksChanged, releasing.on_edition_looks_changed)
    subscribe(RoomChanged, settling.on_room_changed)
    subscribe(LeftTheRoom, attending.on_left_the_room)
    subscribe(RegistrationCancelled, _no_part)
    subscribe(RegistrationsJoined, door.registrations_joined)
    posters.register_numbers(proceedings.published_numbers)
    numbering.register_order(posters.places)


def _programme_changed(
    uow: UnitOfWork,
    event: SubmissionWithdrawn
    | SubmissionDecided
    | SubmissionConfirmed
    | SubmissionDeclined
    | AuthorsChanged
    | FinalDetailsChanged,
) -> None:
    releasing.submission_changed(uow, event.submission_id)


def _no_part(uow: UnitOfWork, event: RegistrationCancelled) -> None:
    selfid.forget(uow, event.edition_id, event.person_id)


def _address_proven(uow: UnitOfWork, event: AddressProven) -> None:
    submissions.link_address(uow, event.person_id, event.email)
    calls.link_address(uow, event.person_id, event.email)


def _address_let_go(uow: UnitOfWork, event: AddressLetGo) -> None:
    submissions.forget_address(uow, event.person_id, event.email)


def _listing_changed(uow: UnitOfWork, event: ListingChanged) -> None:
    releasing.listing_changed(uow, event.person_id)


def _person_erased(uow: UnitOfWork, event: PersonErased) -> None:
    materials.on_person_erased(uow, event.person_id)  # while the programme still says what they gave
    # Names leave the schedule while the lists of authors still say whose they were.
    releasing.forget_person(uow, event.person_id)
    invitations.forget_person(uow, event.person_id)
    availability.forget_person(uow, event.person_id)
    stars.forget(uow, event.person_id)
    certifying.forget_person(uow, event.person_id)
    for edition_id in registration_rows.editions_of(uow.session, event.person_id):
        noted(uow, edition_id, "account", str(_("Account deleted by its person")), 1)
    selfid.forget_person(uow, event.person_id)
    registrations.on_person_erased(uow, event)
    signups.on_person_erased(uow, event)
    talking.on_person_erased(uow, event)
    claims.on_person_erased(uow, event)  # before the awards they are of
    grants.on_person_erased(uow, event)
    reviews.on_person_erased(uow, event)
    mentoring.on_person_erased(uow, event)
    committee.on_person_erased(uow, event)
    bidding.on_person_erased(uow, event)
    conflicts.on_person_erased(uow, event)
    camera_ready.let_go(uow, event.person_id)
    submissions.let_go(uow, event.person_id)
    calls.forget_person(uow, event.person_id)
    team.forget_person(uow, event)
    # After the seats: whoever claims one locks them before the question about it.
    handover.on_person_erased(uow, event)
