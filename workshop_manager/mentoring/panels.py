"""What the mentored round adds to the authors' page of a work, and to the edition's page."""

from collections.abc import Mapping

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mentoring import queries, rules
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.dates import text_of
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import OpenRow
from workshop_manager.workshops.states import DateKey


def author_panel(uow: UnitOfWork, edition: Edition, submission: Submission) -> Markup | None:
    """For authors: that there is a mentored round, how it stands for this work, and the way to it."""
    found = queries.standing_of_work(uow.session, edition.id, submission.id)
    if found is None:
        return None
    takes_part = found.participant is not None and found.participant.left_at is None
    is_over = found.join_until is not None and found.join_until < uow.now
    can_join = rules.may_join(is_on=found.is_on, is_over=is_over, state=submission.state)
    if not (takes_part or can_join or found.received):
        return None
    html = render_template(
        "mentoring/author_panel.html",
        takes_part=takes_part,
        can_join=can_join,
        is_matched=found.is_announced,
        received=found.received,
        url=url_for("mentoring.own", **edition.slugs, number=submission.number),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def open_row(uow: UnitOfWork, edition: Edition, dates: Mapping[DateKey, ImportantDate]) -> OpenRow | None:
    """The mentored round in “What is open” of the edition's page, as long as authors can join."""
    date = dates.get(DateKey.MENTORING_JOIN)
    if date is None or date.deadline.has_passed(uow.now):
        return None
    row = queries.find_round(uow.session, edition.id)
    if row is None or not row.is_on:
        return None
    return OpenRow(
        title=str(_("Mentored round")),
        url=url_for("mentoring.about", **edition.slugs),
        text=str(_("Swap drafts with another author and help each other before the deadline")),
        state="ok",
        state_text=str(_("Open")),
        deadline=text_of(date),
    )
