"""The reviewers' pages: what to read, the blind view with the form, the paper, giving a work back."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from flask_babel import gettext as _

from workshop_manager.assignments import queries as assigning
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS
from workshop_manager.calls import queries as calls
from workshop_manager.calls.words import blinding_text
from workshop_manager.conflicts.forms import ConflictForm
from workshop_manager.conflicts.states import ConflictKind
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mentoring import queries as mentoring
from workshop_manager.reviews import criteria, phases, queries, rules, service, words
from workshop_manager.reviews.forms import DeclineForm, ReviewFormBase, review_form
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.phases import Phase
from workshop_manager.reviews.queries import Around
from workshop_manager.reviews.shown import Numbered, answers_of, for_reviewers, form_of
from workshop_manager.reviews.states import DeclineReason, ReviewState
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.views import deliver
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import DeadlineText, deadline_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("reviews", __name__)
BASE = "/<community>/<edition>/reviews"


def due_text(at: Here) -> DeadlineText | None:
    """When reviews are due, for reading."""
    date = workshops.date_by_key(unit().session, at.edition.id, DateKey.REVIEWS_DUE)
    return deadline_text(date.deadline) if date else None


def start_text(phase: Phase | None) -> DeadlineText | None:
    """When a phase starts, for reading."""
    if phase is None or phase.starts_at is None:
        return None
    return deadline_text(Deadline(phase.starts_at, phase.zone))


@blueprint.get(f"{BASE}/")
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """What one has to read. For whoever reviews nothing here, the page does not exist."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    session, person_id = unit().session, viewer_person().id
    tasks = queries.tasks(session, person_id, at.edition.id)
    every = queries.phases_of(session, [at.edition.id])[at.edition.id]
    phase = phases.phase_at(every, unit().now)
    navigation.frame().private = True
    is_in = [t for t in tasks if t.review is ReviewState.SUBMITTED]
    left = [t for t in tasks if t.review is not ReviewState.SUBMITTED]
    open_tasks = [t for t in left if t.submission.state in OPEN_FOR_REVIEW]
    return page(
        "reviews/mine.html",
        at=at,
        open_tasks=open_tasks,
        done_tasks=is_in,
        closed_tasks=[t for t in left if t.submission.state not in OPEN_FOR_REVIEW],
        led=queries.led(session, person_id, at.edition.id),
        unseen=queries.unseen(session, person_id, {at.edition.id: phase}),
        given=len(tasks),
        due=due_text(at),
        bidding=assigning.find_bidding(unit().session, at.edition.id),
        has_mentoring=mentoring.is_on(session, at.edition.id),
        phase=phase if every else None,
        phase_name=words.phase_name(phase) if phase.starts_at else "",
        next_phase=phases.next_phase(every, unit().now),
        next_start=start_text(phases.next_phase(every, unit().now)),
    )


def find(at: Here, number: int) -> Submission:
    """What this person is to read; Withdrawn if its authors took it back, NotFound for everybody else."""
    found = queries.find_for_reviewer(unit().session, at.edition.id, number, viewer_person().id)
    if found is not None:
        return found
    if queries.was_withdrawn(unit().session, at.edition.id, number, viewer_person().id):
        raise service.Withdrawn(number)
    raise NotFound


def withdrawn(at: Here, refusal: service.Withdrawn, typed: ReviewFormBase | None = None) -> Response:
    """What came too late is given back, so that nobody's words are lost."""
    return _given_back(at, str(_("Withdrawn meanwhile")), refusal.sentence, 410, typed)


def _given_back(at: Here, title: str, sentence: str, status: int, typed: ReviewFormBase | None) -> Response:
    navigation.frame().private = True
    texts = [(item.label, field.data) for item, field in typed.rows() if field.data] if typed else []
    texts = [(label, text) for label, text in texts if len(text) > 1 and not text.isdigit()]
    return page("reviews/withdrawn.html", status, at=at, title=title, sentence=sentence, texts=texts)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a reviewer's page about one work is made of."""

    found: Submission
    around: Around
    reviews: Numbered
    every: list[Phase]
    phase: Phase

    @property
    def own(self) -> Review | None:
        """The viewer's own review, draft or in."""
        person_id = viewer_person().id
        return next((review for review, _number in self.reviews if review.reviewer_id == person_id), None)

    @property
    def own_is_in(self) -> bool:
        return self.own is not None and self.own.state is ReviewState.SUBMITTED

    @property
    def is_lead(self) -> bool:
        return self.around.meta is not None and self.around.meta.lead_id == viewer_person().id

    @property
    def is_undecided(self) -> bool:
        return self.found.state in OPEN_FOR_REVIEW

    @property
    def sees_others(self) -> bool:
        return phases.may_read_thread(
            self.phase,
            is_chair=False,
            is_lead=self.is_lead,
            is_reviewer=self.around.is_assigned,
            own_is_in=self.own_is_in,
        )


def read(at: Here, found: Submission) -> Desk:
    """What stands around a work (three queries)."""
    session, person_id = unit().session, viewer_person().id
    every = queries.phases_of(session, [at.edition.id])[at.edition.id]
    return Desk(
        found,
        queries.around(session, found.id, person_id),
        queries.reviews_around(session, found.id, person_id),
        every,
        phases.phase_at(every, unit().now),
    )


def _page(
    at: Here, desk: Desk, form: ReviewFormBase, status: int = 200, stored: Review | None = None, resumed: bool = False
) -> Response:
    session = unit().session
    navigation.frame().private = True
    found, around, phase = desk.found, desk.around, desk.phase
    person_id = viewer_person().id
    shown = for_reviewers(desk.reviews, phase, person_id)
    named = phases.names_from(desk.every, unit().now)
    response = around.response if around.response is not None and around.response.is_sent else None
    return page(
        "reviews/review.html",
        status,
        at=at,
        beside=submission_panels.review_panels(unit(), at.edition, found),
        found=found,
        form=form,
        rows=form.rows(),
        intro=form.asked.intro,
        own=desk.own,
        own_is_in=desk.own_is_in,
        is_open=desk.is_undecided,
        is_assigned=around.is_assigned,
        is_lead=desk.is_lead,
        may_write=desk.is_undecided and around.is_assigned and phase.may_write,
        is_signed=rules.is_signed(around.blinding),
        own_shown=next((one for one in shown if one.is_own), None),
        others=[one for one in shown if not one.is_own] if desk.sees_others else [],
        sees_others=desk.sees_others,
        response=response if desk.sees_others else None,
        revised_pages=around.revised_pages if response and desk.sees_others else None,
        messages=around.messages,
        unseen=around.unseen,
        stored=answer_lines(stored, form) if stored else [],
        resumed=resumed,
        blinding=blinding_text(around.blinding),
        authors=queries.authors_shown(session, found.id) if rules.shows_authors(around.blinding) else [],
        due=due_text(at),
        phase_name=words.phase_name(phase) if phase.starts_at else "",
        reopens=start_text(phases.writes_from(desk.every, unit().now)),
        named=words.phase_name(named) if named else "",
        named_from=start_text(named) if named and not phase.shows_names else None,
        saved_at=when_text(desk.own.changed_at, viewer_zone() or at.edition.time_zone) if desk.own else None,
        pdf_pages=queries.submitted_pages(session, found.id) if around.revised_pages else _pages(found),
    )


def _pages(found: Submission) -> int | None:
    return found.files[-1].pages if found.files else None


def answer_lines(review: Review, form: ReviewFormBase) -> list[tuple[str, str]]:
    """What is stored of a review, for comparing with what was typed."""
    answers = answers_of(review)
    return [
        (item.label, words.answer_text(item, answers[item.key]))
        for item in form.asked.items
        if answers.get(item.key) not in (None, "")
    ]


def own_form(at: Here, desk: Desk) -> ReviewFormBase:
    """The form for this person's review: as it was sent, or with what is stored and what waits unsent in it."""
    row = desk.own
    _form_row, asked = service.asked(unit(), at.edition, desk.found, row)
    if row is None or request.method == "POST":
        return review_form(asked)
    return review_form(asked, row.unsent or answers_of(row), row.version)


@blueprint.get(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def review(community: str, edition: str, number: int) -> Response:
    """The work without its authors, and the form."""
    at = here()
    try:
        desk = read(at, find(at, number))
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal)
    return _page(at, desk, own_form(at, desk), resumed=desk.own is not None and desk.own.unsent is not None)


@blueprint.post(f"{BASE}/<int:number>")
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str, number: int) -> Any:
    """Keep the review as a draft, or hand it in."""
    at = here()
    try:
        desk = read(at, find(at, number))
    except service.Withdrawn as refusal:
        return _too_late(at, number, refusal)
    form = own_form(at, desk)
    if not form.is_sent:
        return _page(at, desk, form, 422)
    try:
        return _send(at, desk, form)
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal, form)


def _too_late(at: Here, number: int, refusal: service.Withdrawn) -> Response:
    """The form as it would have been asked, so that nothing typed is lost."""
    track_id = queries.track_of(unit().session, at.edition.id, number)
    row = queries.form_row_for(queries.form_rows(unit().session, at.edition.id), track_id)
    return withdrawn(at, refusal, review_form(form_of(row)))


def _send(at: Here, desk: Desk, form: ReviewFormBase) -> Any:
    hand_in, number = request.form.get("do") != "draft", desk.found.number
    try:
        service.save_review(unit(), at.edition, number, form.content(), version=form.seen_version, hand_in=hand_in)
    except (service.Incomplete, service.TooLong):
        answers = form.answers()
        form.say_missing(criteria.missing(form.asked, answers) if hand_in or desk.own_is_in else [])
        form.say_too_long(criteria.too_long(form.asked, answers))
        return _page(at, desk, form, 422)
    except service.Stale as refusal:
        stored = queries.review_of(unit().session, desk.found.id, viewer_person().id)
        form["text"].errors = [refusal.sentence]
        form.version.data = str(stored.version) if stored else "0"
        form.version.raw_data = None
        return _page(at, desk, form, 422, stored=stored)
    except service.Withdrawn:
        raise
    except Conflict as refusal:
        return _given_back(at, str(_("Reviews are closed")), refusal.sentence, 409, form)
    if hand_in:
        tell(str(_("Your review of #%(number)s is in. You can change it until decisions are released.", number=number)))
        return redirect(at.url("reviews.mine"), 303)
    tell(str(_("Draft saved. Nobody but you reads it.")))
    return redirect(at.url("reviews.review", number=number), 303)


@blueprint.post(f"{BASE}/<int:number>/draft")
@access(SIGNED_IN_EDITION)
def keep(community: str, edition: str, number: int) -> Any:
    """Keep what is being typed. For the page's script, which shows when that was, or why it was not."""
    at = here()
    try:
        desk = read(at, find(at, number))
        form = own_form(at, desk)
        if not form.is_sent:
            sentence = next((str(e) for errors in form.errors.values() for e in errors), "")
            return jsonify(saved=False, message=sentence), 422
        row = service.keep_typing(unit(), at.edition, number, form.content(), version=form.seen_version)
    except service.Withdrawn as refusal:
        return jsonify(saved=False, message=refusal.sentence), 410
    except Conflict as refusal:
        return jsonify(saved=False, message=refusal.sentence), 409
    at_text = when_text(row.changed_at, viewer_zone() or at.edition.time_zone)
    return jsonify(saved=True, version=str(row.version), message=str(_("Saved at %(when)s", when=at_text)))


@blueprint.post(f"{BASE}/<int:number>/draft/removal")
@access(SIGNED_IN_EDITION)
def drop(community: str, edition: str, number: int) -> Any:
    """Forget changes to a review that is in, which were kept while typing and not handed in."""
    at = here()
    try:
        service.drop_unsent(unit(), at.edition, number)
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal)
    tell(str(_("Your review stands as you handed it in.")))
    return redirect(at.url("reviews.review", number=number), 303)


def _deliver(at: Here, number: int, *, revised: bool) -> Response:
    session = unit().session
    found = queries.find_for_reviewer(session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    shows_authors = rules.shows_authors(calls.find_call(session, at.edition.id).blinding)
    if not revised:
        return deliver(at, number, queries.latest_file(session, found.id), blind=not shows_authors)
    desk = read(at, found)
    response = desk.around.response
    if response is None or not response.is_sent or not desk.sees_others:
        raise NotFound
    return deliver(at, number, queries.response_file(session, found.id), blind=not shows_authors)


@blueprint.get(f"{BASE}/<int:number>/paper.pdf")
@access(SIGNED_IN_EDITION)
def paper(community: str, edition: str, number: int) -> Response:
    """The PDF: under a neutral name, and without metadata where review is double-blind."""
    return _deliver(here(), number, revised=False)


@blueprint.get(f"{BASE}/<int:number>/revised.pdf")
@access(SIGNED_IN_EDITION)
def revised(community: str, edition: str, number: int) -> Response:
    """The PDF that the authors revised in answer to the reviews, as blind as the first."""
    return _deliver(here(), number, revised=True)


@blueprint.route(f"{BASE}/<int:number>/declination", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def decline(community: str, edition: str, number: int) -> Any:
    """Give the work back: somebody else reads it."""
    at, form = here(), DeclineForm()
    navigation.frame().private = True
    try:
        found = find(at, number)
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal)
    if not queries.is_assigned(unit().session, found.id, viewer_person().id):
        raise NotFound
    if form.is_sent:
        service.decline(unit(), at.edition, number, DeclineReason(form.reason.data), form.suggestion.data or "")
        tell(str(_("Thank you for saying so. The chairs find somebody else for #%(number)s.", number=number)))
        return redirect(at.url("reviews.mine"), 303)
    status = 422 if request.method == "POST" else 200
    conflict_url = at.url("reviews.conflict", number=number)
    return page("reviews/decline.html", status, at=at, number=number, form=form, conflict_url=conflict_url)


@blueprint.route(f"{BASE}/<int:number>/conflict", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def conflict(community: str, edition: str, number: int) -> Any:
    """Say that one should not judge this work."""
    at = here()
    navigation.frame().private = True
    try:
        found = find(at, number)
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal)
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
