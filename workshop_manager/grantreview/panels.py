"""What reading adds to the pages of an application: one's score, what is said and asked."""

from flask import render_template, url_for
from markupsafe import Markup

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.grantreview import queries
from workshop_manager.grantreview.states import Ask
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.service import acting_person


def desk_panel(_uow: UnitOfWork, edition: Edition, found: Application) -> Markup:
    """The way to the rubric and to what is said; it asks nothing of the database."""
    html = render_template(
        "grantreview/desk_panel.html",
        url=url_for("grantreview.desk_read", application_id=found.id, **edition.slugs),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours


def own_panel(uow: UnitOfWork, edition: Edition, found: Application) -> Markup | None:
    """What the committee wrote and asks."""
    if found.state is State.DRAFT:
        return None
    me = acting_person(uow).id
    asked = queries.questions_of(uow.session, found.id)
    awaited = (one.kind is Ask.INFORMATION and one.closed_at is None and one.answered_at is None for one in asked)
    html = render_template(
        "grantreview/own_panel.html",
        url=url_for("grantreview.own_thread", **edition.slugs),
        unseen=queries.unseen(uow.session, [found.id], me, visible_only=True).get(found.id, 0),
        open=sum(awaited),
        has_offer=found.state in (State.OFFERED, State.ACCEPTED),
    )
    return Markup(html)  # nosec B704  # noqa: S704 - a rendered template of ours
