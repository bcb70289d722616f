"""Likely duplicates among the works of the same authors, in any round: shown to author and chair, decided by people."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from workshop_manager.calls import queries as calls
from workshop_manager.calls.words import round_choices
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries
from workshop_manager.submissions.likeness import Likeness, likely, pairs
from workshop_manager.submissions.models import Author, Submission
from workshop_manager.submissions.states import State
from workshop_manager.submissions.twins import MOST_SHOWN, Twin, Work, likeness_text, twin, twins_of
from workshop_manager.submissions.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS


def _panel(twins: list[tuple[Submission, Likeness]], endpoint: str, *, is_desk: bool) -> Markup | None:
    if not twins:
        return None
    lines = [twin(row, how, here().url(endpoint, number=row.number)) for row, how in twins]
    return Markup(render_template("submissions/twins.html", twins=lines, is_desk=is_desk))  # nosec B704  # noqa: S704 - ours


def detail_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """On the authors' page: works of their own that look like this one. Those they may not know of are not told."""
    if uow.actor is None or submission.state is State.WITHDRAWN:
        return None
    twins = twins_of(uow.session, Work.of(submission), queries.own(uow.actor.id))
    return _panel(twins, "submissions.detail", is_desk=False)


def desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """On the organisers' page: works that look like this one, of those the viewer may read."""
    if uow.actor is None or submission.state is State.WITHDRAWN:
        return None
    seen = queries.visible_to(here().standing)
    return _panel(twins_of(uow.session, Work.of(submission), seen), "submissions.desk_list_one", is_desk=True)


# -- all of an edition --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two works that are likely one, the earlier one first."""

    first: Twin
    second: Twin
    rounds: str
    likeness: str


def _pairs(
    session: Session, edition_id: int, seen: ColumnElement[bool]
) -> list[tuple[Submission, Submission, Likeness]]:
    """Every two works that are likely one (two queries); only those that share an author are compared."""
    is_here = (Submission.edition_id == edition_id, Submission.state != State.WITHDRAWN, seen)
    authors = session.execute(
        select(Author.submission_id, Author.person_id, Author.email, Author.name).where(
            Author.submission_id.in_(select(Submission.id).where(*is_here))
        )
    )
    candidates = pairs((row[0], row[1], row[2], row[3]) for row in authors)
    wanted = {work_id for pair in candidates for work_id in pair}
    rows: Sequence[Submission] = (
        session.scalars(select(Submission).where(*is_here, Submission.id.in_(wanted))).all() if wanted else ()
    )
    by_id = {row.id: row for row in rows}
    texts = {row.id: (row.title, row.abstract) for row in rows}
    return [(by_id[one], by_id[other], how) for one, other, how in likely(candidates, texts)]


@blueprint.get("/<community>/<edition>/organise/submissions/duplicates")
@access(team(MAY_SUBMISSIONS))
def desk_duplicates(community: str, edition: str) -> Response:
    """Works of the same authors that are likely one, in whichever rounds."""
    at, session = here(), unit().session
    found = _pairs(session, at.edition.id, queries.visible_to(at.standing))
    rounds = calls.rounds_of(session, at.edition.id)
    names = {c.id: c.name for c in round_choices(calls.find_call(session, at.edition.id), rounds)}

    def line(row: Submission, how: Likeness) -> Twin:
        return twin(row, how, at.url("submissions.desk_list_one", number=row.number))

    return page(
        "submissions/desk_duplicates.html",
        pairs=[
            Pair(
                first=line(one, how),
                second=line(other, how),
                rounds=_rounds_text(names, one, other),
                likeness=likeness_text(how),
            )
            for one, other, how in found[:MOST_SHOWN]
        ],
        total=len(found),
        list_url=at.url("submissions.desk_list"),
    )


def _rounds_text(names: dict[int | None, str], one: Submission, other: Submission) -> str:
    if len(names) < 2:
        return ""
    first, second = names.get(one.round_id, ""), names.get(other.round_id, "")
    return first if first == second else str(_("%(first)s and %(second)s", first=first, second=second))
