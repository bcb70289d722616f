"""The addresses of what is given beside the paper: files as answers, and the CVs that go to sponsors."""

from dataclasses import dataclass

from flask import Response
from flask_babel import gettext as _

from workshop_manager.core.errors import NotFound
from workshop_manager.questions import queries as questions
from workshop_manager.submissions import form, queries
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.names import neutral_name
from workshop_manager.submissions.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS, MAY_SUBMISSIONS

DESK = "/<community>/<edition>/organise/submissions"


def _deliver(at: Here, number: int, what: str, body: bytes) -> Response:
    """As an attachment under a neutral name, sandboxed."""
    name = neutral_name(f"{at.edition.community.slug}-{at.edition.slug}", number).removesuffix(".pdf")
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{what}.pdf"'
    return sandboxed(response)  # type: ignore[no-any-return]


def _answer(at: Here, found: Submission | None, question_id: int, version: int, *, as_uploaded: bool) -> Response:
    if found is None:
        raise NotFound
    file = questions.find_file(unit().session, form.owner_of(found), question_id, version)
    if file is None:
        raise NotFound
    return _deliver(at, found.number, f"answer-{question_id}", file[1].original if as_uploaded else file[1].plain)


@blueprint.get("/<community>/<edition>/submissions/<int:number>/answers/<int:question_id>/<int:version>")
@access(SIGNED_IN_EDITION)
def answer_file(community: str, edition: str, number: int, question_id: int, version: int) -> Response:
    """A file given as an answer with one's own submission, as it was uploaded."""
    at = here()
    found = queries.find_own(unit().session, at.edition.id, number, viewer_person().id)
    return _answer(at, found, question_id, version, as_uploaded=True)


@blueprint.get(f"{DESK}/<int:number>/answers/<int:question_id>/<int:version>")
@access(team(MAY_SUBMISSIONS))
def desk_answer_file(community: str, edition: str, number: int, question_id: int, version: int) -> Response:
    """A file given as an answer, for chairs, without its metadata."""
    at = here()
    found = queries.find_row_at_desk(unit().session, at.edition.id, at.standing, number)
    return _answer(at, found, question_id, version, as_uploaded=False)


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody who gives a CV to sponsors."""

    name: str
    email: str
    affiliation: str
    pages: int
    when: str
    url: str


@blueprint.get(f"{DESK}/cvs")
@access(team(MAY_SETTINGS))
def desk_cvs(community: str, edition: str) -> Response:
    """Who wants sponsors to see their CV: of what came in, with consent only."""
    at, session = here(), unit().session
    cut = paging(queries.count_cvs(session, at.edition.id, at.standing))
    found = queries.cvs(session, at.edition.id, at.standing, offset=cut.offset, most=cut.size)
    return page(
        "submissions/cvs.html",
        rows=[
            Row(
                name=person.name or str(_("without a name yet")),
                email=person.email,
                affiliation=person.affiliation or "",
                pages=cv.pages,
                when=when_text(cv.uploaded_at, at.edition.time_zone),
                url=at.url("submissions.desk_cv", number=number),
            )
            for number, person, cv in found
        ],
        paging=cut,
        list_url=at.url("submissions.desk_list"),
    )


@blueprint.get(f"{DESK}/cvs/<int:number>")
@access(team(MAY_SETTINGS))
def desk_cv(community: str, edition: str, number: int) -> Response:
    """One CV, without its metadata."""
    at = here()
    body = queries.find_cv_body(unit().session, at.edition.id, at.standing, number)
    if body is None:
        raise NotFound
    return _deliver(at, number, "cv", body)
