"""After the release: who answered, who is reminded, who gets a place that came free, which mails arrived."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.decisions import queries, reminding, service, waitlist
from workshop_manager.decisions.forms import AgainForm
from workshop_manager.decisions.outcomes import outcomes_of
from workshop_manager.decisions.parts import DESK, asked_part, tabs
from workshop_manager.decisions.queries import SentMail
from workshop_manager.decisions.views import Draft, blueprint
from workshop_manager.mail import service as mail
from workshop_manager.mail.models import MailState
from workshop_manager.mail.service import preview
from workshop_manager.reviews.desk import number_of
from workshop_manager.submissions.emails import when
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.submissions.words import outcome_name, outcome_of, state_sign, title_of
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE

SHOWN = 20
"""How many of the waitlist stand on the page."""
CHOICES = ("waiting", "confirmed", "declined")


# -- places -------------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/places")
@access(team(MAY_DECIDE))
def places(community: str, edition: str) -> Response:
    """Who has confirmed, who has not answered, which places are free and who is next."""
    at, uow = here(), unit()
    outcomes = outcomes_of(uow.session, at.edition.id)
    free = waitlist.free_places(uow.session, at.edition.id, at.standing, outcomes)
    line = waitlist.waiting(uow.session, at.edition.id, at.standing)
    answers = queries.answers(uow.session, at.edition.id, at.standing)
    show = request.args.get("show", "")
    show = show if show in CHOICES else "waiting"
    pager = paging(getattr(answers, show))
    rows = queries.answered(
        uow.session, at.edition.id, at.standing, _STATES[show], offset=pager.offset, most=pager.size
    )
    zone = at.edition.time_zone
    return page(
        "decisions/places.html",
        at=at,
        tabs=tabs(at, "places"),
        free=free,
        waitlist=line[:SHOWN],
        more_waiting=max(0, len(line) - SHOWN),
        next_one=line[0].submission if line else None,
        answer_by=when(waitlist.answer_by(uow, at.edition, line[0].submission)) if free and line else "",
        passed=waitlist.passed(uow.session, at.edition.id, at.standing),
        answers=answers,
        show=show,
        rows=[(row, outcome_of(row), _moment(row, zone)) for row in rows],
        pager=pager,
        segments=[
            (str(label), at.url("decisions.places", show=key) + "#answers", show == key, getattr(answers, key))
            for key, label in zip(CHOICES, (_("No answer yet"), _("Confirmed"), _("Given back")), strict=True)
        ],
        now=uow.now,
        title_of=title_of,
    )


_STATES = {"waiting": State.ACCEPTED, "confirmed": State.CONFIRMED, "declined": State.DECLINED}


def _moment(row: Submission, zone: str) -> str:
    if row.state is State.ACCEPTED:
        if row.confirm_by is None:
            return str(_("no date set"))
        return str(_("asked to answer by %(when)s", when=when_text(row.confirm_by, row.confirm_by_zone or zone)))
    return when_text(row.answered_at, zone) if row.answered_at else ""


@blueprint.post(f"{DESK}/places/<int:number>/offer")
@access(team(MAY_DECIDE))
def places_offer(community: str, edition: str, number: int) -> Any:
    """Give the place of that work to the next on the waitlist, or to another who waits."""
    at = here()
    to = waitlist.pass_on(unit(), at.edition, number, number_of(request.form.get("to", "")))
    tell(
        str(
            _(
                "The place is offered to #%(number)s: it is accepted, and its authors get a mail that asks them to "
                "confirm.",
                number=to.number,
            )
        )
    )
    return redirect(at.url("decisions.places"), 303)


@blueprint.post(f"{DESK}/places/<int:number>/emptiness")
@access(team(MAY_DECIDE))
def places_empty(community: str, edition: str, number: int) -> Any:
    """Offer that place to nobody."""
    at = here()
    waitlist.leave_empty(unit(), at.edition, number)
    tell(str(_("The place stays empty. Nobody is told.")))
    return redirect(at.url("decisions.places"), 303)


# -- reminding ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/places/reminder")
@access(team(MAY_DECIDE))
def places_reminder(community: str, edition: str) -> Response:
    """To whom a reminder would go now, and in which words."""
    at, uow = here(), unit()
    works = reminding.waiting_for(uow, at.edition, at.standing)
    letters = reminding.letters_today(uow, at.edition, works)
    drafts = []
    for work, letter in letters:
        subject, text = preview(letter)
        drafts.append((work, Draft([(letter.to_name, letter.to_address)], subject, text)))
    return page("decisions/reminder.html", at=at, drafts=drafts, works=len({w.id for w, _l in letters}), had=len(works))


@blueprint.post(f"{DESK}/places/reminder")
@access(team(MAY_DECIDE))
def places_remind(community: str, edition: str) -> Any:
    """Remind exactly those who have not answered."""
    at = here()
    number = reminding.remind_now(unit(), at.edition)
    tell(ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", number))
    return redirect(at.url("decisions.places"), 303)


# -- which mails arrived ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail about a decision, with how far it is."""

    mail: SentMail
    sign: tuple[str, str, str]
    moment: str
    may_retry: bool


_SIGNS = {
    MailState.QUEUED: ("wait", "hourglass-medium"),
    MailState.SENDING: ("wait", "hourglass-medium"),
    MailState.SENT: ("ok", "check-circle-fill"),
    MailState.KEPT: ("ok", "check-circle-fill"),
    MailState.FAILED: ("stop", "warning-circle"),
}


@blueprint.get(f"{DESK}/sent")
@access(team(MAY_DECIDE))
def sent(community: str, edition: str) -> Response:
    """Every mail about a decision with its mark: waits, sent, failed."""
    at, session = here(), unit().session
    states = queries.sent_counts(session, at.edition.id, at.standing)
    show = request.args.get("show", "")
    wanted = _SHOWN.get(show)
    pager = paging(sum(n for state, n in states.items() if wanted is None or state in wanted))
    rows = queries.sent_mails(session, at.edition.id, at.standing, wanted, offset=pager.offset, most=pager.size)
    words = {
        MailState.QUEUED: _("Waits to be sent"),
        MailState.SENDING: _("Being sent"),
        MailState.SENT: _("Sent"),
        MailState.KEPT: _("Kept in the demo’s mailbox"),
        MailState.FAILED: _("Failed"),
    }
    zone = at.edition.time_zone
    views = (("", _("All")), ("waiting", _("Waiting")), ("sent", _("Sent")), ("failed", _("Failed")))
    return page(
        "decisions/sent.html",
        at=at,
        tabs=tabs(at, "sent"),
        rows=[
            Sent(
                row,
                (_SIGNS[row.state][0], str(words[row.state]), _SIGNS[row.state][1]),
                when_text(row.sent_at or row.created_at, zone),
                row.state is MailState.FAILED,
            )
            for row in rows
        ],
        pager=pager,
        total=sum(states.values()),
        segments=[
            (
                str(label),
                at.url("decisions.sent", **({"show": key} if key else {})),
                show == key,
                sum(n for state, n in states.items() if not key or state in _SHOWN[key]),
            )
            for key, label in views
        ],
    )


_SHOWN = {
    "waiting": (MailState.QUEUED, MailState.SENDING),
    "sent": (MailState.SENT, MailState.KEPT),
    "failed": (MailState.FAILED,),
}


@blueprint.post(f"{DESK}/sent/<int:mail_id>/attempts")
@access(team(MAY_DECIDE))
def sent_again(community: str, edition: str, mail_id: int) -> Any:
    """Queue a mail about a decision once more that failed."""
    at, uow = here(), unit()
    if not queries.is_about_a_decision(uow.session, at.edition.id, at.standing, mail_id):
        raise NotFound
    mail.try_again(uow, at.edition.id, mail_id)
    tell(str(_("It is tried again.")))
    return redirect(at.url("decisions.sent"), 303)


# -- a second decision --------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/again")
@access(team(MAY_DECIDE))
def again(community: str, edition: str) -> Response:
    """Which released decisions could be made a second time."""
    return _again(here(), AgainForm(formdata=None))


def _again(at: Here, form: AgainForm, status: int = 200, refused: str = "", chosen: tuple[int, ...] = ()) -> Response:
    session = unit().session
    part = asked_part(at)
    rows = queries.released(session, at.edition.id, at.standing, part.within)
    return page(
        "decisions/again.html",
        status,
        at=at,
        form=form,
        part=part,
        refused=refused,
        rows=[(row, outcome_of(row), row.number in chosen, responded) for row, responded in rows],
        history=_history(session, at),
    )


def _history(session: Session, at: Here) -> list[tuple[Submission, list[tuple[str, str]], str]]:
    """What was decided more than once: the work, (outcome, reason) of before, and what holds."""
    found = []
    for work, rows in queries.decided_more_than_once(session, at.edition.id, at.standing):
        before = [(row.name or outcome_name(row.outcome), row.reason) for row in rows]
        found.append((work, before, outcome_of(work) or state_sign(work.state)[1]))
    return found


@blueprint.post(f"{DESK}/again")
@access(team(MAY_DECIDE))
def again_save(community: str, edition: str) -> Any:
    """Open the chosen decisions for a second one. What was released holds until that one is released."""
    at, form = here(), AgainForm()
    numbers = tuple(number_of(typed) for typed in request.form.getlist("number")[: service.MOST_REOPENED])
    if not form.is_sent:
        return _again(at, form, 422, chosen=numbers)
    try:
        opened = service.decide_again(unit(), at.edition, numbers, form.reason.data or "")
    except Conflict as refusal:
        return _again(at, form, 422, refusal.sentence, numbers)
    tell(
        ngettext(
            "%(num)s decision is open again. What was released holds until you release the second one.",
            "%(num)s decisions are open again. What was released holds until you release the second ones.",
            opened,
        )
    )
    return redirect(at.url("decisions.decisions", show="undecided"), 303)
