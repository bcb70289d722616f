"""Review forms to take along as a text file, and the page that brings them back with a preview."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, REVIEWERS
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.reviews import criteria, offline, queries, service, words
from workshop_manager.reviews.criteria import Answer, Form
from workshop_manager.reviews.forms import missing_text, too_long_text
from workshop_manager.reviews.models import Review, ReviewForm
from workshop_manager.reviews.offline import Sheet, Typed
from workshop_manager.reviews.service import ReviewContent
from workshop_manager.reviews.setup_forms import version_of
from workshop_manager.reviews.shown import answers_of, form_of
from workshop_manager.reviews.states import Audience, ItemKind, ReviewState
from workshop_manager.reviews.views import BASE, blueprint, find, withdrawn
from workshop_manager.submissions.models import Submission
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here


def _text_file(text: str, name: str) -> Response:
    response = Response(text.replace("\n", "\r\n").encode(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(rows: dict[int | None, ReviewForm], work: Submission, review: Review | None) -> Form:
    if review is not None and review.state is ReviewState.SUBMITTED:
        return form_of(review.form)
    return form_of(queries.form_row_for(rows, work.track_id))


def _file(at: Here, works: list[tuple[Submission, Review | None]]) -> str:
    rows = queries.form_rows(unit().session, at.edition.id)
    sheets, steps = [], {}
    for work, review in works:
        form = _asked(rows, work, review)
        answers: dict[str, Answer] = answers_of(review) if review else {}
        sheets.append(Sheet(work.number, review.version if review else 0, work.title, work.abstract, form, answers))
        for item in form.items:
            if item.kind is ItemKind.ADVICE:
                lines = [f"{advice.value}: {word}" for advice, word in words.ADVICE.items()]
            else:
                lines = [f"{value}: {item.anchor(value)}".rstrip(": ") for value in reversed(item.values())]
            steps[f"{item.key}:{item.label}"] = [f"  {line}" for line in lines]
    told = {
        Audience.AUTHORS.value: str(_("The authors read this.")),
        Audience.REVIEWERS.value: str(_("Fellow reviewers and chairs read this.")),
        Audience.CHAIRS.value: str(_("Only the chairs read this.")),
        "optional": str(_("optional")),
        "most": str(_("At most {most} words.")),
    }
    explain = (
        at.edition.name,
        str(
            _("Reviews to be written without a connection. Write your answers below the questions, in any text editor.")
        ),
        str(_("Leave the lines that begin with ==*== as they are. Lines that begin with #! are ignored.")),
        str(_("Bring the file back on the page of your reviews. Nothing is saved before you have seen a preview.")),
    )
    return offline.write(sheets, told, explain, steps)


@blueprint.get(f"{BASE}/forms.txt")
@access(SIGNED_IN_EDITION)
def offline_all(community: str, edition: str) -> Response:
    """Every review that can still be written, as one file."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    works = queries.to_write(unit().session, viewer_person().id, at.edition.id)
    return _text_file(_file(at, works), f"{community}-{edition}-reviews.txt")


@blueprint.get(f"{BASE}/<int:number>/form.txt")
@access(SIGNED_IN_EDITION)
def offline_one(community: str, edition: str, number: int) -> Response:
    """One review as a file."""
    at = here()
    try:
        found = find(at, number)
    except service.Withdrawn as refusal:
        return withdrawn(at, refusal)
    if not queries.is_assigned(unit().session, found.id, viewer_person().id):
        raise NotFound
    review = queries.review_of(unit().session, found.id, viewer_person().id)
    return _text_file(_file(at, [(found, review)]), f"{community}-{edition}-review-{number}.txt")


# -- bringing it back ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Brought:
    """A review of the file, as it would be saved. `may_take` is False where something keeps it from being saved."""

    number: int
    title: str
    version: int
    lines: tuple[tuple[str, str], ...]
    problems: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    replaces: bool
    """It was changed here since the form was taken along."""
    is_in: bool
    may_take: bool
    answers: dict[str, Answer]


def _understand(at: Here, read: offline.Read) -> list[Brought]:
    session, person_id = unit().session, viewer_person().id
    rows = queries.form_rows(session, at.edition.id)
    works = {work.number: (work, review) for work, review in queries.given(session, person_id, at.edition.id)}
    may_write = service.phase_now(unit(), at.edition.id).may_write
    found = []
    for typed in read.reviews:
        if typed.number not in works:
            sentence = str(_("You have no such review here. Was it taken back, withdrawn, or of another workshop?"))
            found.append(_unknown(typed, sentence))
        else:
            work, review = works[typed.number]
            found.append(_one(typed, work, review, _asked(rows, work, review), may_write=may_write))
    return found


def _unknown(typed: Typed, sentence: str) -> Brought:
    return Brought(typed.number, "", 0, (), (("", sentence),), (), False, False, False, {})


def _one(typed: Typed, work: Submission, review: Review | None, form: Form, *, may_write: bool) -> Brought:
    answers, problems = offline.understand(form, typed.answers)
    for key, count in criteria.too_long(form, answers).items():
        item = form.find(key)
        if item is not None:
            problems.append((item.label, too_long_text(item, count)))
            answers.pop(key)
    absent = [item for item in form.items if item.key in criteria.missing(form, answers)]
    version = review.version if review else 0
    is_in = review is not None and review.state is ReviewState.SUBMITTED
    closed = work.state not in OPEN_FOR_REVIEW or not may_write
    if closed:
        problems.append(("", str(_("Its review does not change any more, or not in this phase."))))
    elif is_in and absent:
        problems.append(("", str(_("Your review is in, so it has to stay complete."))))
    return Brought(
        number=work.number,
        title=work.title,
        version=version,
        lines=tuple(
            (item.label, words.answer_text(item, answers[item.key])) for item in form.items if item.key in answers
        ),
        problems=tuple(problems),
        missing=tuple(f"{item.label}: {missing_text(item)}" for item in absent),
        replaces=review is not None and typed.version != version,
        is_in=is_in,
        may_take=not closed and not (is_in and absent) and bool(answers),
        answers=answers,
    )


def _upload_page(at: Here, refused: str = "", status: int = 200) -> Response:
    navigation.frame().private = True
    return page("reviews/upload.html", status, at=at, refused=refused)


@blueprint.get(f"{BASE}/forms")
@access(SIGNED_IN_EDITION)
def upload(community: str, edition: str) -> Response:
    """Choose the file, or paste what stands in it."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    return _upload_page(at)


@blueprint.post(f"{BASE}/forms")
@access(SIGNED_IN_EDITION)
def upload_preview(community: str, edition: str) -> Response:
    """What the file says and what would be saved. Nothing is saved yet."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    sent = request.files.get("file")
    try:
        if sent is not None and sent.filename:
            text = offline.decode(sent.stream.read(offline.MOST_BYTES + 1))
        else:
            text = request.form.get("text", "")
    except offline.Unreadable as refusal:
        return _upload_page(at, str(refusal), 422)
    if not text.strip():
        return _upload_page(at, str(_("Choose a file, or paste what stands in it.")), 422)
    return _preview(at, text)


def _preview(at: Here, text: str, status: int = 200, refused: str = "") -> Response:
    navigation.frame().private = True
    read = offline.read(text)
    return page(
        "reviews/upload_preview.html",
        status,
        at=at,
        text=text,
        brought=_understand(at, read),
        problems=read.problems,
        refused=refused,
    )


@blueprint.post(f"{BASE}/forms/saved")
@access(SIGNED_IN_EDITION)
def upload_save(community: str, edition: str) -> Any:
    """Save what was ticked in the preview: all of it, or nothing."""
    at = here()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    text, hand_in = request.form.get("text", ""), request.form.get("do") != "draft"
    ticked = set(request.form.getlist("take"))
    chosen = [one for one in _understand(at, offline.read(text)) if one.may_take and str(one.number) in ticked]
    if not chosen:
        return _preview(at, text, 422, str(_("Tick at least one review that can be saved.")))
    number = 0
    try:
        with unit().session.begin_nested():
            for one in chosen:
                number = one.number
                version, content = version_of(request.form.get(f"version-{number}")), ReviewContent.of(one.answers)
                service.save_review(
                    unit(), at.edition, number, content, version=version, hand_in=hand_in and not one.missing
                )
    except Conflict as refusal:
        return _preview(at, text, 422, f"#{number}: {refusal.sentence}")
    is_in = sum(hand_in and not one.missing for one in chosen)
    kept = ngettext("%(num)s review is saved", "%(num)s reviews are saved", len(chosen))
    tell(f"{kept}, {ngettext('%(num)s of them handed in.', '%(num)s of them handed in.', is_in)}")
    return redirect(at.url("reviews.mine"), 303)
