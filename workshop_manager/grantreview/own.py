"""The applicant's pages: what the committee wrote and asks, and the wish for more."""

from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grantreview import queries, talking
from workshop_manager.grantreview.desk import blueprint, question_rows
from workshop_manager.grantreview.forms import MoreForm, ReplyForm, answer_form, refuse
from workshop_manager.grantreview.models import GrantQuestion
from workshop_manager.grantreview.rules import MAY_CHANGE, MAY_WANT_MORE
from workshop_manager.grantreview.states import Ask
from workshop_manager.grants.models import Application
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

BASE = "/<community>/<edition>/grants/application"


def _form(found: Application, asked: GrantQuestion) -> Any:
    kinds = asked.lines if found.state in MAY_CHANGE else []
    return answer_form(found, kinds, f"q{asked.id}-")


@blueprint.get(f"{BASE}/messages")
@access(SIGNED_IN_EDITION)
def own_thread(community: str, edition: str) -> Response:
    """What was written between the committee and the applicant, and what is asked until when."""
    at = here()
    return _thread_page(at, talking.own(unit(), at.edition))


def _thread_page(
    at: Here,
    found: Application,
    status: int = 200,
    *,
    reply: ReplyForm | None = None,
    more: MoreForm | None = None,
    answers: dict[int, Any] | None = None,
) -> Response:
    uow, zone = unit(), viewer_zone() or at.edition.time_zone
    navigation.frame().private = True
    asked = [one for one in queries.questions_of(uow.session, found.id) if one.closed_at is None]
    questions = [one for one in asked if one.kind is Ask.INFORMATION]
    said, unseen = queries.read_thread(uow.session, found.id, viewer_person().id, visible_only=True)
    wants_more = any(one.kind is Ask.MORE for one in asked)
    given = answers or {}
    return page(
        "grantreview/own.html",
        status,
        at=at,
        said=[(one.is_theirs, one.text, when_text(one.created_at, zone)) for one in said],
        unseen=unseen,
        questions=[
            (row, given.get(one.id) or _form(found, one), [f"amount_{kind}" for kind in one.lines]
             if found.state in MAY_CHANGE else [])
            for one, row in zip(questions, question_rows(uow, questions, zone), strict=True)
        ],
        reply=reply or ReplyForm(prefix="reply-"),
        more=(more or MoreForm(prefix="more-")) if found.state in MAY_WANT_MORE and not wants_more else None,
        wants_more=wants_more,
        currency=found.currency,
    )  # fmt: skip


@blueprint.post(f"{BASE}/messages")
@access(SIGNED_IN_EDITION)
def own_say(community: str, edition: str) -> AnyResponse:
    """Write to the committee."""
    at, form = here(), ReplyForm(prefix="reply-")
    found = talking.own(unit(), at.edition)
    if not form.is_sent:
        return _thread_page(at, found, 422, reply=form)
    talking.reply(unit(), at.edition, form.text.data or "")
    tell(str(_("Sent. The whole committee reads it, except who is too close to judge.")))
    return redirect(at.url("grantreview.own_thread"), 303)


@blueprint.post(f"{BASE}/messages/seen")
@access(SIGNED_IN_EDITION)
def own_seen(community: str, edition: str) -> AnyResponse:
    """The applicant has read everything."""
    at = here()
    talking.mark_read(unit(), talking.own(unit(), at.edition), visible_only=True)
    return redirect(at.url("grantreview.own_thread"), 303)


@blueprint.post(f"{BASE}/questions/<int:question_id>/answer")
@access(SIGNED_IN_EDITION)
def own_answer(community: str, edition: str, question_id: int) -> AnyResponse:
    """Answer what the committee asks, and change the costs it is about."""
    at, uow = here(), unit()
    found = talking.own(uow, at.edition)
    asked = queries.find_question(uow.session, found.id, question_id)
    if asked is None or asked.kind is not Ask.INFORMATION:
        raise NotFound
    form = _form(found, asked)
    kinds = asked.lines if found.state in MAY_CHANGE else []
    amounts = form.amounts(found, kinds) if form.is_sent else None
    if amounts is None:
        return _thread_page(at, found, 422, answers={asked.id: form})
    try:
        talking.answer(uow, at.edition, question_id, form.text.data or "", amounts)
    except FieldConflict as refusal:
        refuse(form, refusal)
        return _thread_page(at, found, 422, answers={asked.id: form})
    tell(str(_("Your answer is with the committee. You can add to it until they close the question.")))
    return redirect(at.url("grantreview.own_thread"), 303)


@blueprint.post(f"{BASE}/more")
@access(SIGNED_IN_EDITION)
def own_more(community: str, edition: str) -> AnyResponse:
    """Ask for more than was offered."""
    at, form = here(), MoreForm(prefix="more-")
    found = talking.own(unit(), at.edition)
    if not form.is_sent:
        talking.require_offer(unit(), found)
        return _thread_page(at, found, 422, more=form)
    talking.want_more(unit(), at.edition, form.text.data or "")
    tell(str(_("The committee reads it. The offer and its end stay as they are until they answer.")))
    return redirect(at.url("grantreview.own_thread"), 303)
