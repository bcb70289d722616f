"""The organisers' page on which a deadline is extended: what changes and who hears of it is shown before it happens."""

from dataclasses import dataclass
from datetime import date
from datetime import time as clock

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import ValidationError

from workshop_manager.calls import queries as calls
from workshop_manager.calls.desk import DESK, desk_page
from workshop_manager.calls.forms import ALL, OWN
from workshop_manager.calls.words import Choice, round_choices
from workshop_manager.core.deadlines import AOE, Deadline, zone_names
from workshop_manager.core.errors import Conflict
from workshop_manager.mail.service import preview
from workshop_manager.submissions import deadline_emails, extending
from workshop_manager.submissions.extending import Target
from workshop_manager.submissions.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Line, Text, ZoneField, read_deadline, required, tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.forms import Clock, Day, mail_address
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Stale


class ExtensionForm(BaseForm):
    """For whom, until when, and what the organisers want to say with it. `seen` is the deadline as it was shown."""

    round = SelectField(_l("Round"), default=OWN)
    track = SelectField(_l("Track"), default=ALL)
    email = Line(_l("Only for one person: their e-mail address"), most=320, render_kw={"type": "email"})
    day = Day(_l("New day"), [required(_l("Say on which day abstracts are due then."))])
    time = Clock(_l("Time"), [required(_l("Say at what time, such as 23:59."))])
    zone = ZoneField(_l("Zone it is announced in"), [required(_l("Write AoE, or a place such as Africa/Accra."))])
    note = Text(_l("Your own words in the mail"), most=1000)
    seen = HiddenField()
    deadline: Deadline | None = None

    def validate(self, extra_validators: object = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if valid:
            self.deadline = read_deadline(self.day, self.time, self.zone)
        return valid and self.deadline is not None

    def validate_email(self, field: Line) -> None:
        """An address that could be written to, or none."""
        if field.data:
            try:
                field.data = mail_address(field.data)
            except ValueError as error:
                raise ValidationError(str(error)) from None

    @property
    def target(self) -> Target:
        """For whom."""
        round_id = None if self.round.data == OWN else int(self.round.data)
        track_id = None if self.track.data == ALL else int(self.track.data)
        return Target(round_id, track_id, self.email.data or "")


def _form(rounds: list[Choice], tracks: list[Track]) -> ExtensionForm:
    asked = {name: request.args[name] for name in ("round", "track") if name in request.args}
    form = ExtensionForm(data={"zone": AOE} | asked | _asked_moment())
    form.round.choices = [SelectChoice(str(c.id or OWN), c.name) for c in rounds]
    form.track.choices = [SelectChoice(ALL, str(_("All tracks"))), *(SelectChoice(str(t.id), t.name) for t in tracks)]
    offered = {"round": {str(c.id or OWN) for c in rounds}, "track": {ALL, *(str(t.id) for t in tracks)}}
    for name, values in offered.items():
        # An address typed by hand, or an old link, narrows nothing.
        if not form.is_submitted() and form[name].data not in values:
            form[name].data = form[name].default
    return form


def _asked_moment() -> dict[str, object]:
    """The new deadline as another page sent it along; what makes no sense is left out."""
    try:
        day, time = date.fromisoformat(request.args["day"]), clock.fromisoformat(request.args["time"])
    except (KeyError, ValueError):
        return {}
    zone = request.args.get("zone", "")
    return {"day": day, "time": time} | ({"zone": zone} if zone in zone_names() else {})


def _token(deadline: Deadline | None) -> str:
    return f"{deadline.at.isoformat()} {deadline.zone}" if deadline else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What would happen: the dates, the tracks that move along, how many are told, and the mail."""

    old: DeadlineText
    new: DeadlineText
    along: list[str]
    sentence: str
    is_told: bool
    subject: str
    text: str


def _choices(at: Here) -> tuple[list[Choice], list[Track]]:
    session = unit().session
    rounds = round_choices(calls.find_call(session, at.edition.id), calls.rounds_of(session, at.edition.id))
    return rounds, list(workshops.tracks(session, at.edition.id))


@blueprint.get(f"{DESK}/extension")
@access(team(MAY_SETTINGS))
def extension(community: str, edition: str) -> Response:
    """Extend a deadline: for everybody, a round, a track or one person."""
    rounds, tracks = _choices(here())
    return _page(_form(rounds, tracks), rounds, tracks)


@blueprint.post(f"{DESK}/extension")
@access(team(MAY_SETTINGS))
def extension_sent(community: str, edition: str) -> AnyResponse:
    """Show what an extension changes and whom it tells; with `do=extend` do it."""
    at, uow = here(), unit()
    rounds, tracks = _choices(at)
    form = _form(rounds, tracks)
    if not form.is_sent or form.deadline is None:
        return _page(form, rounds, tracks, status=422)
    old = extending.present(uow, at.edition, form.target)
    problem = _problem(old, form.deadline)
    if old is None or problem:
        form.time.errors = [problem]
        return _page(form, rounds, tracks, status=422)
    seen, form.seen.data = form.seen.data, _token(old)
    if request.form.get("do") != "extend":
        return _page(form, rounds, tracks, shown=_shown(at, form, old, tracks))
    if seen != _token(old):
        return _page(form, rounds, tracks, status=409, shown=_shown(at, form, old, tracks))
    try:
        told = extending.extend(uow, at.edition, form.target, form.deadline, form.note.data or "", seen=old)
    except (Stale, Conflict) as refused:
        form.time.errors = [refused.sentence]
        return _page(form, rounds, tracks, status=409)
    tell(_done(told, form.deadline))
    return redirect(at.url("calls.desk_call_dates"), 303)


def _problem(old: Deadline | None, new: Deadline) -> str:
    """Why this is no extension; empty if it is one."""
    if old is None:
        return str(_("There is no deadline to extend yet. Set it first, on the page of the dates."))
    if new.at <= old.at:
        return str(_("That is not later than the deadline now: %(old)s.", old=deadline_text(old).text))
    if new.has_passed(unit().now):
        return str(_("That moment has passed. Choose one that is still to come."))
    return ""


def _done(told: int, deadline: Deadline) -> str:
    mails = ngettext("%(num)s mail goes out", "%(num)s mails go out", told) if told else _("No mail goes out")
    when = deadline_text(deadline).text
    return str(_("Extended to %(when)s. %(mails)s; what it was stays struck through.", when=when, mails=mails))


def _shown(at: Here, form: ExtensionForm, old: Deadline, tracks: list[Track]) -> Shown:
    uow, target, new = unit(), form.target, form.deadline
    assert new is not None
    told = extending.recipients(uow, at.edition, target, new)
    moved = deadline_emails.Moved(old, new, form.note.data or "", is_personal=bool(target.email))
    person = told[0].person if target.email and told else None
    # Drafts are their authors' own: neither name nor title of one is shown here.
    title = [str(_("(the title of the draft)"))] if not target.email else []
    letter = deadline_emails.extended_letter(at.edition, person, target.email, title, moved, key="preview")
    subject, text = preview(letter)
    along = set(extending.tracks_along(uow, at.edition, target, new))
    return Shown(
        old=deadline_text(old),
        new=deadline_text(new),
        along=[track.name for track in tracks if track.id in along],
        sentence=_sentence(target, len(told)),
        is_told=bool(told),
        subject=subject,
        text=text,
    )


def _sentence(target: Target, told: int) -> str:
    if target.email:
        return str(_("One mail goes to %(address)s. Nobody else notices.", address=target.email))
    if not told:
        return str(_("Nobody has a draft for which the deadline moves, so no mail goes out."))
    return str(
        ngettext(
            "A mail goes to the one person with a draft for which the deadline moves.",
            "A mail goes to each of the %(num)s people with a draft for which the deadline moves.",
            told,
        )
    )


def _page(
    form: ExtensionForm, rounds: list[Choice], tracks: list[Track], *, status: int = 200, shown: Shown | None = None
) -> Response:
    at = here()
    return desk_page(
        "desk_extension",
        status,
        form=form,
        shown=shown,
        stale=status == 409 and shown is not None,
        several_rounds=len(rounds) > 1,
        has_tracks=bool(tracks),
        action=at.url("submissions.extension_sent"),
        back_url=at.url("calls.desk_call_dates"),
        dates_url=at.url("workshops.settings_dates"),
    )
