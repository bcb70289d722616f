"""The page behind a speaker's link, and the organisers' page of their speakers."""

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.invitations import desk as speakers
from workshop_manager.invitations import emails, rules, service
from workshop_manager.invitations.forms import AnswerForm
from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation
from workshop_manager.invitations.service import Said
from workshop_manager.invitations.states import Answer
from workshop_manager.schedule import reaching
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE

blueprint = Blueprint("invitations", __name__)
BASE = "/<community>/<edition>/organise/schedule/invited"


# -- a speaker's link ------------------------------------------------------------------------------------------------


def _forms(edition: Edition, contact: SpeakerContact) -> list[tuple[SpeakerInvitation, AnswerForm | None, str]]:
    """Their slots that are not off, each with its form while it is to come, and what they said of an earlier time."""
    found: list[tuple[SpeakerInvitation, AnswerForm | None, str]] = []
    for row in contact.slots:
        slot = service.told_slot(row)
        if slot.over_at <= unit().now or row.is_off or edition.is_cancelled:
            found.append((row, None, ""))
            continue
        said = rules.present_answer(row.answer, row.answered_start, row.starts_at)
        form = AnswerForm(prefix=f"s{row.id}-")
        if not form.is_submitted():
            form.answer.data, form.note.data = said.value if said else None, row.note
            form.seen.data = row.starts_at.isoformat()
        found.append((row, form, row.answer.value if row.answer and said is None else ""))
    return found


def _answer_page(
    token: str,
    edition: Edition,
    contact: SpeakerContact,
    forms: list[tuple[SpeakerInvitation, AnswerForm | None, str]],
    status: int,
    refused: str = "",
) -> Response:
    zone = contact_zone(contact)
    whens = {row.id: emails.both_times(service.told_slot(row), edition.time_zone, zone) for row, _form, _was in forms}
    response = page(
        "invitations/answer.html",
        status,
        token=token,
        edition=edition,
        contact=contact,
        forms=forms,
        whens=whens,
        can_answer=any(form is not None for _row, form, _was in forms),
        refused=refused,
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def contact_zone(contact: SpeakerContact) -> str | None:
    """The zone of their account, as the mail told it."""
    person = service.person_of(unit(), contact)
    return person.time_zone if person is not None else None


@blueprint.route("/speaking/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def answer(token: str) -> AnyResponse:
    """A speaker's slots as they hold now, and what they say of each. Links that do not work answer alike."""
    navigation.frame().private = True
    try:
        edition, contact = service.find(unit(), token)
    except NotFound:
        return page("invitations/over.html", 404)
    forms = _forms(edition, contact)
    sent = [(row, form) for row, form, _was in forms if form is not None and form.is_submitted()]
    if not sent:
        return _answer_page(token, edition, contact, forms, 200)
    # Each is looked at, so that every mistake is told at once.
    results = [form.is_sent for _row, form in sent]
    if not all(results):
        return _answer_page(token, edition, contact, forms, 422)
    said = [
        Said(row.id, Answer(form.answer.data), form.note.data or "", form.seen.data or "")
        for row, form in sent
        if form.answer.data
    ]
    if not said:
        sent[0][1].answer.errors = [str(_("Say yes or no, to one slot at least."))]
        return _answer_page(token, edition, contact, forms, 422)
    try:
        declined = service.answer(unit(), token, said)
    except Conflict as refused:
        for row, form in sent:
            form.seen.data = row.starts_at.isoformat()  # as it is shown now
        return _answer_page(token, edition, contact, forms, 409, refused.sentence)
    if declined:
        tell(str(_("Recorded. The organisers know that you cannot come; you can change this at any time.")))
    else:
        tell(str(_("Thank you, your answer is recorded. You can change it here at any time.")))
    return redirect(url_for("invitations.answer", token=token), 303)


# -- the organisers' page --------------------------------------------------------------------------------------------


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def desk(community: str, edition: str) -> Response:
    """Who was invited to which slot and what they said."""
    at, uow = here(), unit()
    found, summary = speakers.speakers(uow, at.edition)
    return page("invitations/desk.html", at=at, speakers=found, summary=summary, is_told=reaching.may_hear(at.edition))


@blueprint.post(f"{BASE}/<int:contact_id>/again")
@access(team(MAY_SCHEDULE))
def send_again(community: str, edition: str, contact_id: int) -> AnyResponse:
    """Send somebody their invitation once more."""
    at = here()
    service.send_again(unit(), at.edition, at.standing, contact_id)
    tell(str(_("The invitation goes out once more.")))
    return redirect(at.url("invitations.desk"), 303)
