"""What was answered and stated, as authors, chairs and reviewers each may read it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import filling, rules
from workshop_manager.questions import queries as questions
from workshop_manager.questions import words as question_words
from workshop_manager.questions.content import ABOUT_PEOPLE, Asked, Said
from workshop_manager.submissions import form
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.panels import Counted
from workshop_manager.web.request import viewer_zone
from workshop_manager.web.times import when_text
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Statement:
    """Something stated, for reading: what, in which wording, when."""

    kind: str
    wording: str
    answer: str
    when: str


def for_authors(edition: Edition, submission: Submission, filled: form.Filled) -> Markup | None:
    """For the authors: everything, files too."""
    return _section(edition, submission, filled, "submissions.answer_file", lambda said: True)


def _desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission, figures: Mapping[str, Any]) -> Markup | None:
    sheet = questions.sheet_stamped(uow.session, edition.id, form.KEY, figures["stamp"])
    filled = form.filled_in(uow, sheet, submission)
    endpoint = "submissions.desk_answer_file"
    return _section(edition, submission, filled, endpoint, lambda said: said.kind not in ABOUT_PEOPLE)


def _stamp(edition: Edition, _submission: Submission) -> dict[str, ColumnElement[Any]]:
    return {"stamp": questions.stamp_of(edition.id, form.KEY).scalar_subquery()}


DESK_PANEL = Counted(_stamp, _desk_panel)
"""For chairs: all answers, and every statement but those of who people are; of these there are totals only."""


def review_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For reviewers: answers to what organisers show to them. No statement, no person, no file."""
    filled = form.filled(uow, edition.id, submission)
    read = filling.readable([one for one in _asked(filled, submission) if one.for_reviewers], filled.answers)
    if not read:
        return None
    return Markup(render_template("submissions/answers_panel.html", answers=read, statements=[], file_urls={}))  # nosec B704  # noqa: S704


def _asked(filled: form.Filled, submission: Submission) -> tuple[Asked, ...]:
    """What is asked of this work as it stands; an answer from a track that it left is not read any more."""
    return rules.shown(filled.sheet.questions, filled.answers, form.scopes_of(submission))


def _section(
    edition: Edition, submission: Submission, filled: form.Filled, endpoint: str, shown: Callable[[Said], bool]
) -> Markup | None:
    read = filling.readable(_asked(filled, submission), filled.answers)
    statements = [_statement(edition, one) for one in filled.history if shown(one)]
    if not read and not statements:
        return None
    slugs: dict[str, Any] = {"community": edition.community.slug, "edition": edition.slug, "number": submission.number}
    urls = {
        one.question_id: url_for(endpoint, **slugs, question_id=one.question_id, version=one.file_version)
        for one in read
        if one.file_version
    }
    values: dict[str, Any] = {"answers": read, "statements": statements, "file_urls": urls}
    return Markup(render_template("submissions/answers_panel.html", **values))  # nosec B704  # noqa: S704


def _statement(edition: Edition, said: Said) -> Statement:
    return Statement(
        kind=question_words.statement_kind(said.kind),
        wording=said.wording,
        answer=str(_("Agreed") if said.kind not in ABOUT_PEOPLE else (_("Yes") if said.answer else _("No"))),
        when=str(
            _(
                "wording %(number)s, on %(when)s",
                number=said.version,
                when=when_text(said.at, viewer_zone() or edition.time_zone),
            )
        ),
    )
