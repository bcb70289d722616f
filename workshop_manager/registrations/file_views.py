"""The addresses of files that were given as answers: for whoever gave them, and for organisers, each look noted."""

from flask import Response, request, session

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.core.errors import NotFound
from workshop_manager.questions import queries as questions
from workshop_manager.registrations import asking, queries
from workshop_manager.registrations.desk import BASE as DESK
from workshop_manager.registrations.desk import looked
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.views import BASE, blueprint
from workshop_manager.submissions.uploads import LARGEST_BODY
from workshop_manager.web.access import access
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import SIGNED_IN_EDITION, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside all that was typed; only for those with a session."""
    if endpoint == "registrations.send" and SIGNED_IN_KEY in session:
        request.max_content_length = LARGEST_BODY


def _delivered(row: Registration | None, question_id: int, version: int, *, as_uploaded: bool) -> Response:
    """As an attachment under a neutral name, sandboxed; to organisers without its metadata."""
    file = questions.find_file(unit().session, asking.owner_of(row), question_id, version) if row is not None else None
    if row is None or file is None:
        raise NotFound
    response = Response(file[1].original if as_uploaded else file[1].plain, mimetype="application/pdf")
    name = f"registration-{row.id}-answer-{question_id}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return sandboxed(response)  # type: ignore[no-any-return]


@blueprint.get(f"{BASE}/files/<int:question_id>/<int:version>")
@access(SIGNED_IN_EDITION)
def answer_file(community: str, edition: str, question_id: int, version: int) -> Response:
    """A file one gave oneself, as it was uploaded."""
    row = queries.registration_of(unit().session, here().edition.id, viewer_person().id)
    return _delivered(row, question_id, version, as_uploaded=True)


@blueprint.get(f"{DESK}/<int:registration_id>/files/<int:question_id>/<int:version>")
@access(team(MAY_SETTINGS))
def desk_answer_file(community: str, edition: str, registration_id: int, question_id: int, version: int) -> Response:
    """A file somebody gave as an answer."""
    at = here()
    row = queries.find(unit().session, at.edition.id, registration_id)
    response = _delivered(row, question_id, version, as_uploaded=False)
    looked(at, "file")
    return response
