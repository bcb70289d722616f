"""What authors and mentors do: take part, read a draft, give feedback, read what came in, say thank you."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from flask_babel import gettext as _

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mentoring import queries, rules, service
from workshop_manager.mentoring.ending import owner_of
from workshop_manager.mentoring.forms import FeedbackForm, JoinForm, ThanksForm, VolunteerForm, feedback_form
from workshop_manager.mentoring.models import Participant, Reading, Round
from workshop_manager.mentoring.queries import Task
from workshop_manager.questions import filling
from workshop_manager.questions import queries as questions
from workshop_manager.questions.content import Sheet
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.views import deliver
from workshop_manager.submissions.words import title_of
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.models import ImportantDate
from workshop_manager.workshops.states import DateKey

blueprint = Blueprint("mentoring", __name__)
BASE = "/<community>/<edition>/mentoring"
OWN = "/<community>/<edition>/submissions/<int:number>/mentoring"


def round_of(at: Here, *, must_be_on: bool = False) -> Round:
    """The round of this edition; NotFound if there never was one."""
    found = queries.find_round(unit().session, at.edition.id)
    if found is None or (must_be_on and not found.is_on):
        raise NotFound
    return found


def dates_of(at: Here) -> tuple[ImportantDate | None, ImportantDate | None]:
    """Until when to join, and when feedback is due (one query)."""
    dates = workshops.dates_by_key(unit().session, at.edition.id)
    return dates.get(DateKey.MENTORING_JOIN), dates.get(DateKey.MENTORING_FEEDBACK)


def shown(row: ImportantDate | None) -> Any:
    """A date for `ui.deadline`."""
    return deadline_text(row.deadline) if row is not None else None


# -- what it is ---------------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/about")
@access(EDITION)
def about(community: str, edition: str) -> Response:
    """What the mentored round is, for everybody."""
    at = here()
    row = round_of(at, must_be_on=True)
    join, feedback = dates_of(at)
    navigation.frame().canonical = absolute("mentoring.about", community=community, edition=edition)
    return page(
        "mentoring/about.html",
        at=at,
        intro=render_markdown(row.intro) if row.intro else None,
        shows_names=row.shows_names,
        join=shown(join),
        feedback=shown(feedback),
        is_open=join is None or not join.deadline.has_passed(unit().now),
        may_mentor=at.standing.may(rules.MAY_MENTOR),
    )


# -- one's own work -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Received:
    """Feedback that came in, for reading."""

    reading: Reading
    name: str
    when: str
    answers: list[filling.Read]


def _own(at: Here, number: int) -> Submission:
    found = submissions.find_own(unit().session, at.edition.id, number, viewer_person().id)
    if found is None:
        raise NotFound
    return found


@blueprint.get(OWN)
@access(SIGNED_IN_EDITION)
def own(community: str, edition: str, number: int) -> Response:
    """The mentored round for a work of one's own: take part, whom one reads, what came in."""
    return _own_page(here(), number, JoinForm(formdata=None))


def _own_page(
    at: Here, number: int, form: JoinForm, status: int = 200, refused: str = "", thanks: ThanksForm | None = None
) -> Response:
    session, now = unit().session, unit().now
    found, row = _own(at, number), round_of(at)
    participant = queries.find_participant(session, found.id)
    takes_part = participant is not None and participant.left_at is None
    received = queries.received(session, found.id)
    join, feedback = dates_of(at)
    is_over = service.is_over(unit(), join.deadline if join else None)
    can_join = not takes_part and rules.may_join(is_on=row.is_on, is_over=is_over, state=found.state)
    if not (takes_part or can_join or any(one.sent_at for one in received)):
        raise NotFound
    is_reader = participant is not None and participant.person_id == viewer_person().id
    reads = queries.tasks(session, at.edition.id, viewer_person().id, work_id=found.id)
    navigation.frame().private = True
    return page(
        "mentoring/own.html",
        status,
        at=at,
        number=number,
        title=title_of(found.title),
        form=form,
        thanks=thanks or ThanksForm(formdata=None),
        refused=refused,
        intro=render_markdown(row.intro) if row.intro else None,
        shows_names=row.shows_names,
        join=shown(join),
        feedback=shown(feedback),
        can_join=can_join,
        takes_part=takes_part,
        is_reader=is_reader,
        reader_name=_name_of(participant) if takes_part and not is_reader else "",
        reads=titles(reads),
        is_matched=any(one.ended_at is None for one in received) or any(one.ended_at is None for one in reads),
        awaited=[one for one in received if one.sent_at is None and one.ended_at is None],
        partner=_partner(received) if row.shows_names and is_reader else "",
        received=_received(at, row, received, is_reader=is_reader),
        is_late=feedback is not None and feedback.deadline.has_passed(now),
    )


def titles(readings: list[Reading]) -> list[tuple[Reading, str]]:
    """What somebody reads, or has read: of a match that has ended they see the title no longer, as on its page."""
    return [
        (one, title_of(one.submission.title) if one.ended_at is None else str(_("A draft that you read")))
        for one in readings
    ]


def _name_of(participant: Participant | None) -> str:
    if participant is None:
        return ""
    return submissions.names_of(unit().session, {participant.person_id}).get(participant.person_id, "")


def _partner(received: list[Reading]) -> str:
    names = [one.reader.name for one in received if one.reader is not None and one.ended_at is None]
    return names[0] if names else ""


def _received(at: Here, row: Round, readings: list[Reading], *, is_reader: bool) -> list[Received]:
    """What came in. Names are for the author who takes part: co-authors may review the partner's work."""
    sent = [one for one in readings if one.sent_at is not None]
    if not sent:
        return []
    session, zone = unit().session, viewer_zone() or at.edition.time_zone
    asked = [questions.asked_of(one) for one in questions.questions_of(session, at.edition.id, service.KEY)]
    answers = questions.answers_to(session, service.KEY, [one.id for one in sent])
    return [
        Received(
            one,
            one.reader.name if row.shows_names and is_reader and one.reader is not None else "",
            when_text(one.sent_at, zone) if one.sent_at else "",
            filling.readable(asked, answers[one.id]),
        )
        for one in sent
    ]


@blueprint.post(OWN)
@access(SIGNED_IN_EDITION)
def join(community: str, edition: str, number: int) -> Any:
    """Take part with a work."""
    at, form = here(), JoinForm()
    round_of(at, must_be_on=True)
    found = queries.find_participant(unit().session, _own(at, number).id)
    # Whoever takes part already has no form for it: the verb says so.
    if not form.is_sent and (found is None or found.left_at is not None):
        return _own_page(at, number, form, 422)
    service.join(unit(), at.edition, number)
    tell(str(_("You take part. We write to you when a partner is found; nobody reads the draft before.")))
    return redirect(at.url("mentoring.own", number=number), 303)


@blueprint.post(f"{OWN}/departure")
@access(SIGNED_IN_EDITION)
def step_out(community: str, edition: str, number: int) -> Any:
    """Take the work out again."""
    at = here()
    service.step_out(unit(), at.edition, number)
    tell(str(_("This work takes no part any more. A partner, if there was one, has been told.")))
    return redirect(at.url("submissions.detail", number=number), 303)


@blueprint.post(f"{OWN}/<int:reading_id>/thanks")
@access(SIGNED_IN_EDITION)
def thank(community: str, edition: str, number: int, reading_id: int) -> Any:
    """Say thank you for feedback."""
    at, form = here(), ThanksForm()
    if not form.is_sent:
        return _own_page(at, number, JoinForm(formdata=None), 422, thanks=form)
    is_helpful, words = bool(form.is_helpful.data), form.words.data or ""
    service.thank(unit(), at.edition, number, reading_id, is_helpful=is_helpful, words=words)
    tell(str(_("Thank you for saying so. Whoever wrote it gets a mail.")))
    return redirect(at.url("mentoring.own", number=number), 303)


# -- somebody's draft ---------------------------------------------------------------------------------------------


def _task(at: Here, reading_id: int) -> Task:
    found = queries.find_task(unit().session, at.edition.id, reading_id, viewer_person().id)
    if found is None:
        raise NotFound
    return found


def _form(at: Here, task: Task) -> tuple[Sheet, dict[int, Any], FeedbackForm]:
    sheet = service.sheet_of(unit(), at.edition)
    stored = questions.answers_of(unit().session, owner_of(task.reading.id))
    return sheet, stored, feedback_form(sheet, unit().now, task.reading, stored)


@blueprint.get(f"{BASE}/<int:reading_id>")
@access(SIGNED_IN_EDITION)
def reading(community: str, edition: str, reading_id: int) -> Response:
    """A partner's draft, and the form for feedback."""
    at = here()
    task = _task(at, reading_id)
    return _reading_page(at, task, *_form(at, task))


def _reading_page(
    at: Here,
    task: Task,
    sheet: Sheet,
    stored: dict[int, Any],
    form: FeedbackForm,
    status: int = 200,
    *,
    refused: str = "",
    is_stale: bool = False,
) -> Response:
    session, row, found = unit().session, round_of(at), task.reading
    can_read, can_write = service.can_read(task), service.can_write(task)
    _join, due = dates_of(at)
    typed = filling.typed_answers(form, sheet, stored)
    zone = viewer_zone() or at.edition.time_zone
    names = queries.authors_by_work(session, [found.submission_id])[found.submission_id] if row.shows_names else []
    navigation.frame().private = True
    return page(
        "mentoring/reading.html",
        status,
        at=at,
        found=found,
        title=title_of(found.submission.title) if can_read else str(_("A draft that you read")),
        work=found.submission if can_read else None,
        authors=[name for name in names if name] if can_read else [],
        pages=queries.newest_pages(session, found.submission_id) if can_read else None,
        can_write=can_write,
        form=form,
        sections=filling.sections(form, sheet, typed, service.EVERYBODY, service.EVERYBODY, unit().now),
        own=filling.readable(sheet.questions, stored),
        stored=filling.readable(sheet.questions, stored) if is_stale else [],
        refused=refused,
        due=shown(due),
        sent_at=when_text(found.sent_at, zone) if found.sent_at else "",
        saved_at=when_text(found.saved_at, zone) if found.saved_at else "",
    )


@blueprint.post(f"{BASE}/<int:reading_id>")
@access(SIGNED_IN_EDITION)
def send(community: str, edition: str, reading_id: int) -> Any:
    """Keep the feedback as a draft, or send it."""
    at = here()
    task = _task(at, reading_id)
    sheet, stored, form = _form(at, task)
    if not form.is_sent:
        return _reading_page(at, task, sheet, stored, form, 422)
    is_sent = request.form.get("do") != "draft"
    try:
        service.save_feedback(
            unit(), at.edition, reading_id, form.content(sheet, stored), version=form.started_from, send=is_sent
        )
    except service.Incomplete as refusal:
        form.say(refusal.gaps)
        return _reading_page(at, task, sheet, stored, form, 422)
    except service.Stale as refusal:
        form.version.data = str(task.reading.version)
        form.version.raw_data = None
        return _reading_page(at, task, sheet, stored, form, 422, refused=refusal.sentence, is_stale=True)
    except Conflict as refusal:
        return _reading_page(at, task, sheet, stored, form, 422, refused=refusal.sentence)
    if is_sent:
        tell(str(_("Your feedback is on its way. You can change it until the author has said thank you.")))
    else:
        tell(str(_("Draft saved. Nobody but you reads it.")))
    return redirect(at.url("mentoring.reading", reading_id=reading_id), 303)


@blueprint.post(f"{BASE}/<int:reading_id>/draft")
@access(SIGNED_IN_EDITION)
def keep(community: str, edition: str, reading_id: int) -> Any:
    """Keep what is being typed. For the page's script, which shows when that was, or why it was not."""
    at = here()
    task = _task(at, reading_id)
    sheet, stored, form = _form(at, task)
    if task.reading.sent_at is not None or not form.is_sent:
        return jsonify(saved=False, message=str(_("Not saved: send the form to keep this."))), 422
    try:
        row = service.save_feedback(
            unit(), at.edition, reading_id, form.content(sheet, stored), version=form.started_from, send=False
        )
    except Conflict as refusal:
        return jsonify(saved=False, message=refusal.sentence), 409
    at_text = when_text(unit().now, viewer_zone() or at.edition.time_zone)
    return jsonify(saved=True, version=str(row.version), message=str(_("Saved at %(when)s", when=at_text)))


@blueprint.get(f"{BASE}/<int:reading_id>/draft.pdf")
@access(SIGNED_IN_EDITION)
def paper(community: str, edition: str, reading_id: int) -> Response:
    """The partner's PDF: under a neutral name, sandboxed, and without metadata whatever the round shows."""
    at = here()
    task = _task(at, reading_id)
    if not service.can_read(task):
        raise NotFound
    found = queries.newest_file(unit().session, task.reading.submission_id)
    return deliver(at, task.reading.submission.number, found, blind=True)


# -- mentors from the committee -----------------------------------------------------------------------------------


@blueprint.route(f"{BASE}/mentor", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def volunteer(community: str, edition: str) -> Any:
    """Offer to read drafts of those who are left without a partner; what one reads already."""
    at, uow, person = here(), unit(), viewer_person()
    if not at.standing.may(rules.MAY_MENTOR):
        raise NotFound
    row = round_of(at, must_be_on=True)
    found = queries.find_mentor(uow.session, at.edition.id, person.id)
    form = VolunteerForm(data={"most": str(found.most if found is not None else 0)})
    if form.is_sent:
        service.volunteer(uow, at.edition, int(form.most.data))
        if form.most.data == "0":
            tell(str(_("You are not asked to read drafts. What you were given already, you keep.")))
        else:
            tell(str(_("Thank you. If somebody is left without a partner, you get a mail with the draft.")))
        return redirect(at.url("mentoring.volunteer"), 303)
    navigation.frame().private = True
    join, feedback = dates_of(at)
    return page(
        "mentoring/volunteer.html",
        422 if request.method == "POST" else 200,
        at=at,
        form=form,
        intro=render_markdown(row.intro) if row.intro else None,
        join=shown(join),
        feedback=shown(feedback),
        reads=titles(queries.tasks(uow.session, at.edition.id, person.id)),
    )
