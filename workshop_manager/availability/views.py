"""The organisers' page of asking, and the page behind a speaker's link."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.availability import desk as speakers
from workshop_manager.availability import forms, rules, service
from workshop_manager.availability.forms import AskForm, TimesForm
from workshop_manager.availability.models import SpeakerAvailability
from workshop_manager.availability.states import From, Word
from workshop_manager.core.deadlines import zone_label, zone_names
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.schedule import drafting, reaching
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import read_instant, tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_zone
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SCHEDULE

blueprint = Blueprint("availability", __name__)
BASE = "/<community>/<edition>/organise/schedule/availability"


# -- the organisers' page --------------------------------------------------------------------------------------------


@blueprint.get(BASE)
@access(team(MAY_SCHEDULE))
def desk(community: str, edition: str) -> Response:
    """Who was asked when they can come, and what they said."""
    return _desk(here(), AskForm())


def _desk(at: Here, form: AskForm, status: int = 200, refused: str = "") -> Response:
    found = speakers.desk(unit(), at.edition)
    if not form.is_submitted() and found.asking is not None:
        local = found.asking.reply_by.astimezone(ZoneInfo(at.edition.time_zone))
        form.day.data, form.clock.data, form.message.data = local.date(), local.time(), found.asking.message
    return page(
        "availability/desk.html", status, at=at, form=form, desk=found, refused=refused,
        is_told=reaching.may_hear(at.edition) and at.edition.ends_at > unit().now,
    )  # fmt: skip


@blueprint.post(BASE)
@access(team(MAY_SCHEDULE))
def ask(community: str, edition: str) -> AnyResponse:
    """Ask everybody who was not asked yet."""
    at, form = here(), AskForm()
    is_sent = form.is_sent
    reply_by = read_instant(form.day, form.clock, at.edition.time_zone)
    if is_sent and reply_by is not None and reply_by <= unit().now:
        form.day.errors = [*form.day.errors, str(_("This is over already: give them some days."))]
    if not is_sent or form.errors or reply_by is None:
        return _desk(at, form, 422)
    try:
        number = service.ask(unit(), at.edition, at.standing, reply_by, form.message.data or "")
    except Conflict as conflict:
        return _desk(at, form, 409, conflict.sentence)
    if number:
        tell(str(ngettext("%(num)s speaker is asked by mail.", "%(num)s speakers are asked by mail.", number)))
    else:
        tell(str(_("Everybody was asked before; the date and the words hold for reminders.")), "info")
    return redirect(at.url("availability.desk"), 303)


@blueprint.post(f"{BASE}/remind")
@access(team(MAY_SCHEDULE))
def remind(community: str, edition: str) -> AnyResponse:
    """Remind whoever has not answered."""
    at = here()
    try:
        number = service.remind(unit(), at.edition, at.standing)
    except Conflict as conflict:
        return _desk(at, AskForm(formdata=None), 409, conflict.sentence)
    tell(str(ngettext("%(num)s speaker is reminded.", "%(num)s speakers are reminded.", number)))
    return redirect(at.url("availability.desk"), 303)


@blueprint.post(f"{BASE}/<int:availability_id>/again")
@access(team(MAY_SCHEDULE))
def ask_again(community: str, edition: str, availability_id: int) -> AnyResponse:
    """Send somebody their link once more."""
    at = here()
    try:
        service.ask_again(unit(), at.edition, at.standing, availability_id)
    except Conflict as conflict:
        return _desk(at, AskForm(formdata=None), 409, conflict.sentence)
    tell(str(_("The mail goes out once more.")))
    return redirect(at.url("availability.desk"), 303)


# -- a speaker's link ------------------------------------------------------------------------------------------------


@blueprint.route("/speaking/times/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def times(token: str) -> AnyResponse:
    """When a speaker can come, hour by hour in their own time. Links that do not work answer alike."""
    navigation.frame().private = True
    try:
        edition, row = service.find(unit(), token)
    except NotFound:
        return page("availability/over.html", 404)
    form = TimesForm()
    if not form.is_submitted():
        form.zone.data = row.zone or _own_zone(row)
        form.speaks_from.data, form.note.data = row.speaks_from.value if row.speaks_from else None, row.note
        return _times(token, edition, row, form)
    if not form.is_sent:
        return _times(token, edition, row, form, 422)
    if request.form.get("do") == "zone":
        return _times(token, edition, row, form)
    said = service.Said(
        forms.words(_asked(edition), request.form),
        form.zone.data or None,
        From(form.speaks_from.data) if form.speaks_from.data else None,
        form.note.data or "",
    )
    try:
        service.answer(unit(), token, said, form.seen.data or "")
    except Conflict as conflict:
        return _times(token, edition, row, form, 409, conflict.sentence)
    tell(str(_("Thank you, that is recorded. You can change it here at any time.")))
    return redirect(url_for("availability.times", token=token), 303)


def _asked(edition: Edition) -> list[list[rules.Block]]:
    days = service.days(edition, drafting.plain(unit().session, edition))
    return rules.blocks(days, edition.time_zone)


def _own_zone(row: SpeakerAvailability) -> str:
    """The zone of their account, or of this browser; empty for the event's."""
    person = reaching.people(unit().session, {row.person_id}).get(row.person_id) if row.person_id else None
    return (person.time_zone if person else None) or viewer_zone() or ""


def _times(
    token: str, edition: Edition, row: SpeakerAvailability, form: TimesForm, status: int = 200, refused: str = ""
) -> Response:
    days = service.days(edition, drafting.plain(unit().session, edition))
    asked = rules.blocks(days, edition.time_zone)
    own = form.zone.data if form.zone.data in zone_names() else edition.time_zone
    said = service.hours_of(row)
    words = (
        forms.words(asked, request.form)
        if form.is_submitted()
        else {block.key: rules.word_of(block, said) for day in asked for block in day}
    )
    off = frozenset(day[0].key for day in asked if day and all(words[block.key] is Word.CANNOT for block in day))
    form.seen.data = rules.digest(days)
    levels = [(Word.CAN, _("I can")), (Word.RATHER_NOT, _("Rather not")), (Word.CANNOT, _("I cannot"))]
    is_over = edition.is_cancelled or edition.ends_at <= unit().now
    response = page(
        "availability/times.html", status, token=token, edition=edition, row=row, form=form, refused=refused,
        days=speakers.days_for(asked, edition.time_zone, own, words, off), is_own=own != edition.time_zone,
        own_name=zone_label(own, edition.starts_at), there_name=zone_label(edition.time_zone, edition.starts_at),
        is_over=is_over, levels=levels,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
