"""The reviewers' pages: what to read, the blind view with the form, the paper."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.assignments import queries as assigning
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS
from workshop_manager.calls import queries as calls
from workshop_manager.calls.words import blinding_text
from workshop_manager.conflicts.forms import ConflictForm
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.errors import NotFound
from workshop_manager.reviews import queries, rules, service, words
from workshop_manager.reviews.forms import ReviewForm, review_form
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.states import ReviewState
from workshop_manager.reviews.words import signature
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.views import deliver
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("reviews", __name__)
BASE = "/<community>/<edition>/reviews"


def due_text(at: Here) -> DeadlineText | None:
    """When reviews are due, for reading."""
    date = workshops.date_by_key(unit().session, at.edition.id, DateKey.REVIEWS_DUE)
    return deadline_text(date.deadline) if date else None


@blueprint.get(f"{BASE}/")
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What one has to read. For whoever reviews nothing here, the page does not exist."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    tasks = queries.tasks(unit().session, viewer_person().id, at.edition.id)
    navigation.frame().private = True
    is_in = [t for t in tasks if t.review is ReviewState.SUBMITTED]
    left = [t for t in tasks if t.review is not ReviewState.SUBMITTED]
    return page(
        "reviews/mine.html",
        at=at,
        open_tasks=[t for t in left if t.submission.state in OPEN_FOR_REVIEW],
        done_tasks=is_in,
        closed_tasks=[t for t in left if t.submission.state not in OPEN_FOR_REVIEW],
        given=len(tasks),
        due=due_text(at),
        bidding=assigning.find_bidding(unit().session, at.edition.id),
    )


def _found(at: Here, number: int) -> Submission:
    """What this person is to read; Withdrawn if its authors took it back, NotFound for everybody else."""
    found = queries.find_for_reviewer(unit().session, at.edition.id, number, viewer_person().id)
    if found is not None:
        return found
    if queries.was_withdrawn(unit().session, at.edition.id, number, viewer_person().id):
        raise service.Withdrawn(number)
    raise NotFound


def _withdrawn(at: Here, refusal: service.Withdrawn, typed: ReviewForm | None = None) -> Response:
    """What came too late is given back, so that nobody's words are lost."""
    navigation.frame().private = True
    return page("reviews/withdrawn.html", 410, at=at, sentence=refusal.sentence, number=refusal.number, typed=typed)


def _page(at: Here, found: Submission, form: ReviewForm, status: int = 200, stored: Review | None = None) -> Response:
    session, person = unit().session, viewer_person()
    navigation.frame().private = True
    blinding = calls.find_call(session, at.edition.id).blinding
    own = queries.review_of(session, found.id, person.id)
    own_is_in = own is not None and own.state is ReviewState.SUBMITTED
    may_see = rules.may_see_others_reviews(own_is_in=own_is_in)
    others = queries.submitted_reviews(session, found.id, but=person.id) if may_see else []
    return page(
        "reviews/review.html",
        status,
        at=at,
        found=found,
        form=form,
        own=own,
        own_is_in=own_is_in,
        is_open=found.state in OPEN_FOR_REVIEW,
        is_signed=rules.is_signed(blinding),
        others=[(signature(one), one) for one in others],
        stored=stored,
        words=words,
        blinding=blinding_text(blinding),
        authors=queries.authors_shown(session, found.id) if rules.shows_authors(blinding) else [],
        due=due_text(at),
    )


@blueprint.get(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def review(community: str, edition: str, number: int) -> Response:
    """The work without its authors, and the form."""
    at = here()
    try:
        found = _found(at, number)
    except service.Withdrawn as refusal:
        return _withdrawn(at, refusal)
    own = queries.review_of(unit().session, found.id, viewer_person().id)
    return _page(at, found, review_form(own))


@blueprint.post(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str, number: int) -> Any:
    """Keep the review as a draft, or hand it in."""
    at, form = here(), ReviewForm()
    try:
        found = _found(at, number)
        if not form.is_sent:
            return _page(at, found, form, 422)
        return _send(at, found, form)
    except service.Withdrawn as refusal:
        return _withdrawn(at, refusal, form)


def _send(at: Here, found: Submission, form: ReviewForm) -> Any:
    hand_in = request.form.get("do") != "draft"
    try:
        service.save_review(
            unit(), at.edition, found.number, form.content(), version=form.seen_version, hand_in=hand_in
        )
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
        tell(
            str(
                _(
                    "Your review of #%(number)s is in. You can change it until decisions are released.",
                    number=found.number,
                )
            )
        )
        return redirect(at.url("reviews.mine"), 303)
    tell(str(_("Draft saved. Nobody but you reads it.")))
    return redirect(at.url("reviews.review", number=found.number), 303)


@blueprint.get(f"{BASE}/<int:number>/paper.pdf")
@access(SIGNED_IN_EDITION)
def paper(community: str, edition: str, number: int) -> Response:
    """The PDF: under a neutral name, and without metadata where review is double-blind."""
    at, session = here(), unit().session
    found = queries.find_for_reviewer(session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    shows_authors = rules.shows_authors(calls.find_call(session, at.edition.id).blinding)
    return deliver(at, number, queries.latest_file(session, found.id), blind=not shows_authors)


@blueprint.route(f"{BASE}/<int:number>/conflict", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def conflict(community: str, edition: str, number: int) -> Any:
    """Say that one should not judge this work."""
    at = here()
    navigation.frame().private = True
    try:
        found = _found(at, number)
    except service.Withdrawn as refusal:
        return _withdrawn(at, refusal)
    back = at.url("reviews.review", number=number)
    return answer_conflict(at, found, at.url("reviews.conflict", number=number), back, at.url("reviews.mine"))


def answer_conflict(at: Here, found: Submission, action: str, back: str, after: str) -> Any:
    """The form in which a reviewer or a chair declares a conflict, and what follows."""
    form = ConflictForm()
    if form.is_sent:
        kind, note = ConflictKind(form.kind.data), form.note.data or ""
        service.declare_conflict(unit(), at.edition, found.number, kind, note)
        tell(str(_("Thank you. Others take care of #%(number)s, and you do not see it any more.", number=found.number)))
        return redirect(after, 303)
    status = 422 if request.method == "POST" else 200
    return page("reviews/conflict.html", status, number=found.number, form=form, action=action, back=back)
