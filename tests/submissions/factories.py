"""Calls and submissions for tests, in the state they need."""

from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient
from werkzeug.test import stream_encode_multipart

from tests.factories import make_date, make_edition, make_person, make_track, send
from workshop_manager.accounts.models import Listing, Person
from workshop_manager.calls import service as calls
from workshop_manager.calls.models import Call
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Author, Declaration, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.states import State
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.states import DateKey

WORDING = "At least one author self-identifies as Muslim."


def make_call(uow: UnitOfWork, edition: Edition, **values: Any) -> Call:
    """The call of an edition, open from ten days ago for ten more days unless its dates are there already."""
    call = calls.locked_call(uow, edition.id)
    for name, value in values.items():
        setattr(call, name, value)
    uow.session.flush()
    return call


def open_edition(uow: UnitOfWork, **values: Any) -> Edition:
    """An edition whose call is open, with two tracks of which the first has an eligibility statement."""
    edition = make_edition(uow, **values)
    make_date(uow, edition, DateKey.CALL_OPENS, uow.now - timedelta(days=10))
    make_date(uow, edition, DateKey.ABSTRACTS_DUE, uow.now + timedelta(days=10), label="Abstracts due")
    make_track(uow, edition, "1", "Research by Muslim authors", WORDING)
    make_track(uow, edition, "2", "Research on what Muslim communities face")
    make_call(uow, edition)
    return edition


def make_submission(
    uow: UnitOfWork,
    edition: Edition,
    submitter: Person | None = None,
    state: State = State.SUBMITTED,
    track: Track | None = None,
    authors: tuple[Person, ...] = (),
    pdf: bytes | None = None,
    **values: Any,
) -> Submission:
    """A complete submission in that state. The submitter is its first author and presents; `authors` follow."""
    call = calls.locked_call(uow, edition.id)
    call.last_number += 1
    people = ((submitter,) if submitter else ()) + authors
    rows = [
        Author(
            position=place,
            name=p.name,
            email=p.email,
            affiliation=p.affiliation,
            is_presenter=place == 0,
            person_id=p.id,
        )
        for place, p in enumerate(people)
    ] or [Author(position=0, name="Nobody We Know", is_presenter=True)]
    was_sent = state is not State.DRAFT
    values = {
        "title": f"Work {call.last_number}",
        "abstract": "We measure what it costs.",
        "listing": Listing.FULL,
    } | values
    submission = Submission(
        edition_id=edition.id,
        number=call.last_number,
        submitter_id=submitter.id if submitter else None,
        track_id=track.id if track else None,
        state=state,
        created_at=uow.now,
        changed_at=uow.now,
        submitted_at=uow.now if was_sent else None,
        authors=rows,
        files=[],
        version=2,
        **values,
    )
    uow.session.add(submission)
    uow.session.flush()
    uow.session.add(
        Declaration(submission_id=submission.id, declared_at=uow.now, not_published=True, wording="", is_eligible=None)
    )
    if pdf is not None:
        file = SubmissionFile(
            submission_id=submission.id, version=1, sha256="0" * 64, size=len(pdf), pages=2,
            original_name="wahyuni-final.pdf", uploaded_at=uow.now, uploaded_by=submission.submitter_id,
        )  # fmt: skip
        submission.files.append(file)
        uow.session.flush()
        uow.session.add(SubmissionBytes(file_id=file.id, original=pdf, blind=pdf))
    uow.session.flush()
    return submission


def typed(chosen: Track | None = None, /, **values: Any) -> dict[str, Any]:
    """What a browser sends from a complete form; `None` leaves a field out."""
    data: dict[str, Any] = {
        "version": "0",
        "form_key": "a-form-of-our-own-1234",
        "title": "Whose Dialect Is Default?",
        "track": str(chosen.id) if chosen else None,
        "abstract": "Subword tokenisers are trained on text in which the standard outweighs every spoken variety.",
        "authors-0-id": "",
        "authors-0-name": "Wahyuni",
        "authors-0-email": "",
        "authors-0-affiliation": "Universitas Gadjah Mada",
        "authors-0-is_presenter": "y",
        "not_published": "y",
        "listing": "full",
        "do": "submit",
    } | values
    return {name: value for name, value in data.items() if value is not None}


def post_form(client: FlaskClient, path: str, data: dict[str, Any]) -> Any:
    """Send the form as a browser does: multipart, so that a file can be among it."""
    # In memory: the client would leave the temporary file of a large upload open.
    in_memory = partial(stream_encode_multipart, use_tempfile=False)
    with patch("werkzeug.test.stream_encode_multipart", in_memory):
        return send(client, path, data, content_type="multipart/form-data")


__all__ = ["WORDING", "make_call", "make_person", "make_submission", "open_edition", "post_form", "typed"]
