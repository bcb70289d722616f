"""What proceedings add to the pages of one submission and to an edition's public page."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.calls import queries as calls
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import queries, rules, words
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey


def author_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For the authors of an accepted work: what is still missing, until when, and the way there."""
    if submission.state not in ON_PROGRAMME:
        return None
    asked = queries.asked(uow.session, edition.id)
    if asked is None:
        return None
    asks = rules.asked_of(queries.wanted(asked), submission.outcome, has_wording=asked.rights_version > 0)
    there = queries.given(queries.camera_ready(uow.session, submission.id))
    due = rules.due_of(calls.plan_for(uow.session, edition.id, DateKey.CAMERA_READY), submission)
    html = render_template(
        "proceedings/author_panel.html",
        owed=[words.owed_text(item) for item in rules.owed(asks, there, asked.rights_version)],
        due=deadline_text(due) if due is not None else None,
        poster=queries.published_numbers(uow.session, edition.id).get(submission.id),
        url=url_for("proceedings.camera_ready", number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def desk_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For chairs: whether the proceedings have what they need."""
    if submission.state not in ON_PROGRAMME:
        return None
    asked = queries.asked(uow.session, edition.id)
    if asked is None:
        return None
    asks = rules.asked_of(queries.wanted(asked), submission.outcome, has_wording=asked.rights_version > 0)
    there = queries.given(queries.camera_ready(uow.session, submission.id))
    html = render_template(
        "proceedings/desk_panel.html",
        owed=[words.owed_text(item) for item in rules.owed(asks, there, asked.rights_version)],
        url=url_for("proceedings.desk_one", number=submission.number, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def public_panel(uow: UnitOfWork, edition: Edition) -> Markup | None:
    """On the edition's page, once the book is published: where to read it."""
    row = queries.book(uow.session, edition.id)
    if row is None or row.published_at is None:
        return None
    html = render_template(
        "proceedings/public_panel.html",
        pages=row.pages,
        url=url_for("proceedings.public", **edition.slugs),
        book_url=url_for("proceedings.book", **edition.slugs),
        bibtex_url=url_for("proceedings.bibliography", **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours
