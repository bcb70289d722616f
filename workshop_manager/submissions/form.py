"""What organisers ask beside the work itself: the form of purpose "submission" and who it can be narrowed to."""

from flask_babel import gettext as _

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import queries as questions
from workshop_manager.questions.content import Owner, Sheet
from workshop_manager.questions.purposes import Dimension, Purpose
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition

KEY = "submission"


def _dimensions(uow: UnitOfWork, edition: Edition) -> list[Dimension]:
    tracks = workshops.tracks(uow.session, edition.id)
    return [Dimension("track", str(_("Track")), tuple((str(track.id), track.name) for track in tracks))]


def _of_tracks(uow: UnitOfWork, edition: Edition) -> list[tuple[str, str]]:
    tracks = workshops.tracks(uow.session, edition.id)
    return [(track.name, track.eligibility) for track in tracks if track.eligibility]


PURPOSE = Purpose(
    key=KEY,
    title=lambda: str(_("Questions to authors")),
    dimensions=_dimensions,
    home="calls.desk_call",
    home_label=lambda: str(_("Call")),
    has_reviewers=True,
    elsewhere=_of_tracks,
)


def owner_of(submission: Submission) -> Owner:
    """Whose answers: this submission's."""
    return Owner(KEY, submission.id)


def sheet_of(uow: UnitOfWork, edition_id: int) -> Sheet:
    """The questions and statements of that edition's form."""
    return questions.sheet(uow.session, edition_id, KEY)


def scopes_of(track_id: int | None) -> frozenset[str]:
    """What a question can be narrowed to, as it holds of this work."""
    return frozenset({f"track:{track_id}"} if track_id is not None else ())
