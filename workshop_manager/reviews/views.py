"""The reviewers' pages: what to read, the blind view with the form, the paper; and the authors' answer."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.core.errors import NotFound
from workshop_manager.reviews import queries, rules, service, words
from workshop_manager.reviews.forms import ConflictForm, ReviewForm, review_form
from workshop_manager.reviews.states import ConflictKind, ReviewState
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.names import neutral_name
from workshop_manager.submissions.states import Blinding
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("reviews", __name__)
BASE = "/<community>/<edition>/reviews"


@blueprint.get(f"{BASE}/")
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What one has to read. For whoever reviews nothing here, the page does not exist."""
    at, session = here(), unit().session
    tasks = queries.tasks(session, viewer_person().id, at.edition.id)
    if not tasks and not at.standing.may(rules.REVIEWERS):
        raise NotFound
    navigation.frame().private = True
    due = workshops.date_by_key(session, at.edition.id, DateKey.REVIEWS_DUE)
    return page(
        "reviews/mine.html",
        at=at,
        open_tasks=[
            t for t in tasks if t.review is not ReviewState.SUBMITTED and t.submission.state in rules.OPEN_FOR_REVIEW
        ],
        done_tasks=[t for t in tasks if t.review is ReviewState.SUBMITTED],
        closed_tasks=[
            t
            for t in tasks
            if t.review is not ReviewState.SUBMITTED and t.submission.state not in rules.OPEN_FOR_REVIEW
        ],
        due=deadline_text(due.deadline, ()) if due else None,
    )


def _found(at: Here, number: int) -> Submission:
    found = queries.find_for_reviewer(unit().session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    return found


def _page(at: Here, found: Submission, form: ReviewForm, status: int = 200, stored: Any = None) -> Response:
    session = unit().session
    person = viewer_person()
    navigation.frame().private = True
    call = submissions.find_call(session, at.edition.id)
    own = queries.review_of(session, found.id, person.id)
    own_is_in = own is not None and own.state is ReviewState.SUBMITTED
    others = (
        queries.submitted_reviews(session, found.id, but=person.id)
        if rules.may_see_others_reviews(own_is_in=own_is_in)
        else []
    )
    due = workshops.date_by_key(session, at.edition.id, DateKey.REVIEWS_DUE)
    return page(
        "reviews/review.html",
        status,
        at=at,
        found=found,
        form=form,
        own_is_in=own_is_in,
        is_open=found.state in rules.OPEN_FOR_REVIEW,
        others=others,
        stored=stored,
        words=words,
        authors=[] if call.blinding is Blinding.DOUBLE else queries.authors_shown(session, found.id),
        due=deadline_text(due.deadline, ()) if due else None,
    )


@blueprint.get(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def review(community: str, edition: str, number: int) -> Response:
    """The work without its authors, and the form."""
    at = here()
    found = _found(at, number)
    own = queries.review_of(unit().session, found.id, viewer_person().id)
    return _page(at, found, review_form(own))


@blueprint.post(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str, number: int) -> Any:
    """Keep the review as a draft, or hand it in."""
    at = here()
    found = _found(at, number)
    form = ReviewForm()
    hand_in = request.form.get("do") != "draft"
    if not form.is_sent:
        return _page(at, found, form, 422)
    try:
        service.save_review(unit(), at.edition, number, form.content(), version=form.seen_version, hand_in=hand_in)
    except service.Incomplete as refusal:
        form.say_missing(refusal.fields)
        return _page(at, found, form, 422)
    except service.Stale as refusal:
        stored = queries.review_of(unit().session, found.id, viewer_person().id)
        form.text.errors = [refusal.sentence]
        form.version.data = str(stored.version) if stored else "0"
        form.version.raw_data = None
        return _page(at, found, form, 422, stored=stored)
    if hand_in:
        tell(str(_("Your review is in. You can change it until decisions are released.")))
        return redirect(at.url("reviews.mine"), 303)
    tell(str(_("Draft saved. Nobody but you reads it.")))
    return redirect(at.url("reviews.review", number=number), 303)


@blueprint.get(f"{BASE}/<int:number>/paper.pdf")
@access(SIGNED_IN_EDITION)
def paper(community: str, edition: str, number: int) -> Any:
    """The PDF: under a neutral name, and without metadata where review is double-blind."""
    at, session = here(), unit().session
    found = _found(at, number)
    stored = queries.latest_bytes(session, found.id)
    if stored is None:
        raise NotFound
    blinding = submissions.find_call(session, at.edition.id).blinding
    body = stored.blind if blinding is Blinding.DOUBLE else stored.original
    response = Response(body, mimetype="application/pdf")
    name = neutral_name(f"{community}-{edition}", number)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return sandboxed(response)


@blueprint.route(f"{BASE}/<int:number>/conflict", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def conflict(community: str, edition: str, number: int) -> Any:
    """Say that one should not judge this work."""
    at = here()
    found = _found(at, number)
    navigation.frame().private = True
    form = ConflictForm()
    if form.is_sent:
        service.declare_conflict(unit(), at.edition, number, ConflictKind(form.kind.data), form.note.data or "")
        tell(str(_("Thank you. Somebody else takes #%(number)s, and you do not see it any more.", number=number)))
        return redirect(at.url("reviews.mine"), 303)
    return page("reviews/conflict.html", 422 if request.method == "POST" else 200, at=at, found=found, form=form)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/confirmation")
@access(SIGNED_IN_EDITION)
def confirm(community: str, edition: str, number: int) -> Any:
    """An accepted author confirms the place in the programme."""
    at = here()
    service.answer(unit(), at.edition, number, confirm=True)
    tell(str(_("You are in the programme. We sent a mail that says so.")))
    return redirect(at.url("submissions.detail", number=number), 303)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/declination")
@access(SIGNED_IN_EDITION)
def decline(community: str, edition: str, number: int) -> Any:
    """An accepted author gives the place back."""
    at = here()
    service.answer(unit(), at.edition, number, confirm=False)
    tell(str(_("The place is given back. Thank you for telling us.")))
    return redirect(at.url("submissions.detail", number=number), 303)
