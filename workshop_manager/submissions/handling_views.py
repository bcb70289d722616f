"""The addresses of what a chair does with a submission, and of handing in for somebody."""

from typing import Any

from flask import redirect, request
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import limits_of
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.submissions import acts, handling, queries, uploads
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.desk import show_one
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.views import blueprint
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS

ONE = "/<community>/<edition>/organise/submissions/<int:number>"


def _done(at: Here, number: int, sentence: str) -> Any:
    """Back to the page of the submission; to the list if the act took it out of this chair's sight."""
    tell(sentence)
    if queries.find_row_at_desk(unit().session, at.edition.id, at.standing, number) is None:
        return redirect(at.url("submissions.desk_list"), 303)
    return redirect(at.url("submissions.desk_list_one", number=number), 303)


def _seen(at: Here, number: int) -> Submission:
    found = queries.find_row_at_desk(unit().session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return found


def _chosen(at: Here, typed: str | None) -> Track | None:
    every = workshops.tracks(unit().session, at.edition.id)
    return next((track for track in every if str(track.id) == typed), None)


@blueprint.post(f"{ONE}/track")
@access(team(MAY_SUBMISSIONS))
def desk_move(community: str, edition: str, number: int) -> Any:
    """Move it to another track."""
    at = here()
    found = _seen(at, number)
    form = acts.move_form(workshops.tracks(unit().session, at.edition.id), found.track_id)
    track = _chosen(at, form.track.data)
    if not form.is_sent or track is None:
        form.track.errors = [str(_("Choose a track."))]
        return show_one(at, number, 422, form)
    handling.move(unit(), at.edition, number, track)
    return _done(at, number, str(_("#%(number)s is in “%(track)s” now.", number=number, track=track.name)))


@blueprint.post(f"{ONE}/withdrawal")
@access(team(MAY_SUBMISSIONS))
def desk_take_out(community: str, edition: str, number: int) -> Any:
    """Withdraw it for its authors."""
    at, form = here(), acts.TakeOutForm()
    _seen(at, number)
    if not form.is_sent:
        return show_one(at, number, 422, form)
    handling.take_out(unit(), at.edition, number, form.note.data or "")
    return _done(at, number, str(_("Withdrawn. Its authors get a mail.")))


@blueprint.post(f"{ONE}/desk-rejection")
@access(team(MAY_DECIDE))
def desk_reject(community: str, edition: str, number: int) -> Any:
    """Reject it without reviews."""
    at, form = here(), acts.RejectForm()
    _seen(at, number)
    if not form.is_sent:
        return show_one(at, number, 422, form)
    handling.reject_unreviewed(unit(), at.edition, number, form.reason.data or "")
    return _done(at, number, str(_("Rejected without reviews. Its authors get a mail with your reason.")))


@blueprint.post(f"{ONE}/duplication")
@access(team(MAY_SUBMISSIONS))
def desk_same(community: str, edition: str, number: int) -> Any:
    """It repeats another submission."""
    at, form = here(), acts.SameForm()
    _seen(at, number)
    if not form.is_sent or form.number.data is None:
        return show_one(at, number, 422, form)
    kept, merge = form.number.data, bool(form.merge.data)
    try:
        handling.mark_same(unit(), at.edition, number, kept, merge=merge)
    except Conflict as refusal:
        form.number.errors = [refusal.sentence]
        return show_one(at, number, 422, form)
    return _done(at, number, str(_("#%(kept)s goes on alone. The authors get a mail.", kept=kept)))


@blueprint.post(f"{ONE}/revival")
@access(team(MAY_SUBMISSIONS))
def desk_revive(community: str, edition: str, number: int) -> Any:
    """Bring it back into the call."""
    at = here()
    handling.revive(unit(), at.edition, number)
    return _done(at, number, str(_("It waits for its decision again. Its authors get a mail.")))


# -- for somebody else --------------------------------------------------------------------------------------------


@blueprint.route("/<community>/<edition>/organise/submissions/new", methods=["GET", "POST"])
@access(team(MAY_SUBMISSIONS))
def desk_new(community: str, edition: str) -> Any:
    """Hand in for authors who could not."""
    at, form = here(), acts.OnBehalfForm()
    session, edition_id = unit().session, at.edition.id
    rounds, kinds = calls.rounds_of(session, edition_id), calls.types_of(session, edition_id)
    for field, label, rows in (
        (form.track, _("None"), workshops.tracks(session, edition_id)),
        (form.round, _("The call’s own dates"), rounds),
        (form.kind, _("The call’s own limits"), kinds),
    ):
        field.choices = [SelectChoice("", label), *(SelectChoice(str(row.id), row.name) for row in rows)]
    is_good, upload = form.is_sent, None
    if is_good and form.upload is not None:
        upload = _taken(at, form)
    if not is_good or form.file.errors:
        return page(
            "submissions/desk_new.html",
            422 if request.method == "POST" else 200,
            form=form,
            list_url=at.url("submissions.desk_list"),
            action=at.url("submissions.desk_new"),
        )
    work = handling.OnBehalf(
        form.title.data or "",
        form.abstract.data or "",
        _chosen(at, form.track.data),
        next((row.id for row in rounds if str(row.id) == form.round.data), None),
        next((row.id for row in kinds if str(row.id) == form.kind.data), None),
        acts.read_authors(form.authors.data or ""),
    )
    made = handling.submit_on_behalf(unit(), at.edition, work, upload)
    return _done(at, made.number, str(_("#%(number)s is in. Its authors get a mail.", number=made.number)))


def _taken(at: Here, form: acts.OnBehalfForm) -> Upload | None:
    """The file if it is good; otherwise its reason stands beside the field. Ends the transaction."""
    if form.upload is None:
        return None
    session, edition_id = unit().session, at.edition.id
    kind = next((k for k in calls.types_of(session, edition_id) if str(k.id) == form.kind.data), None)
    try:
        return uploads.take(unit(), form.upload, limits_of(calls.find_call(session, edition_id), kind))
    except uploads.Refused as refused:
        form.file.errors = [refused.sentence]
        return None
