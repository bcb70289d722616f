"""The organisers' pages about reading: the rubric, who reads what, reminders, conflicts of interest."""

from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.conflicts.words import conflict_reason
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.funds.refusals import Stale
from workshop_manager.grantreview import queries, reading, rubrics, solving
from workshop_manager.grantreview.desk import BASE, blueprint, find, name_of, shown_parts
from workshop_manager.grantreview.forms import LiftForm, SettingsForm, rubric_form
from workshop_manager.grantreview.rules import MOST_AXES
from workshop_manager.grants import deciding, partial
from workshop_manager.grants import queries as grants
from workshop_manager.mail.service import draft
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS

# -- who reads what -------------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/readers")
@access(team(MAY_FUNDS))
def desk_readers(community: str, edition: str) -> Response:
    """Progress of every reader, how it is read, and who would be asked to read what more."""
    return _readers_page(here())


def _readers_page(at: Here, status: int = 200, *, form: SettingsForm | None = None, refused: str = "") -> Response:
    uow = unit()
    settings = grants.settings_of(uow.session, at.edition.id)
    share = reading.propose(uow, at.edition, readers=settings.readers)
    loads = {one.person.id: one for one in queries.loads(uow.session, at.edition.id, share.people)}
    low, high = solving.spread([share.before[one.id] + share.added(one.id) for one in share.people])
    return page(
        "grantreview/readers.html",
        status,
        at=at,
        parts=shown_parts(at),
        form=form or SettingsForm(settings),
        rows=[(one.name, loads[one.id].asked, loads[one.id].done, share.added(one.id)) for one in share.people],
        pairs=len(share.pairs),
        dropped=len(share.dropped),
        missing=len(share.missing),
        low=low,
        high=high,
        seen=share.digest,
        refused=refused,
    )


@blueprint.post(f"{BASE}/readers/assignment")
@access(team(MAY_FUNDS))
def desk_assign(community: str, edition: str) -> AnyResponse:
    """Ask them to read what was proposed."""
    at = here()
    try:
        share = reading.share_out(unit(), at.edition, seen=request.form.get("seen", ""))
    except Stale as refusal:
        return _readers_page(at, 409, refused=refusal.sentence)
    text = ngettext("%(num)s reading is given out.", "%(num)s readings are given out.", len(share.pairs))
    tell(f"{text} {_('Every reader hears of theirs in one mail.')}")
    return redirect(at.url("grantreview.desk_readers"), 303)


@blueprint.post(f"{BASE}/readers/settings")
@access(team(MAY_FUNDS))
def desk_settings(community: str, edition: str) -> AnyResponse:
    """How many read each application, and whether they learn who asks."""
    at = here()
    form = SettingsForm(grants.settings_of(unit().session, at.edition.id))
    if not form.is_sent:
        return _readers_page(at, 422, form=form)
    reading.set_up(unit(), at.edition, readers=int(form.readers.data), is_blind=bool(form.is_blind.data))
    tell(str(_("Saved. Nobody was asked to read more yet.")))
    return redirect(at.url("grantreview.desk_readers"), 303)


@blueprint.get(f"{BASE}/readers/reminders")
@access(team(MAY_FUNDS))
def desk_reminders(community: str, edition: str) -> Response:
    """Who owes scores, and what they would read."""
    return _reminders_page(here())


def _reminders_page(at: Here, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    found = reading.wave(uow, at.edition)
    drafts = [
        (draft(letter), one.number)
        for letter, one in zip(reading.letters(uow, at.edition, found), found.owing, strict=True)
    ]
    return page(
        "grantreview/reminders.html",
        status,
        at=at,
        parts=shown_parts(at),
        drafts=drafts,
        seen=found.digest,
        refused=refused,
    )


@blueprint.post(f"{BASE}/readers/reminders")
@access(team(MAY_FUNDS))
def desk_remind(community: str, edition: str) -> AnyResponse:
    """Send them."""
    at = here()
    try:
        found = reading.remind(unit(), at.edition, seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _reminders_page(at, 409, refusal.sentence)
    tell(str(ngettext("One mail is on its way.", "%(num)s mails are on their way.", len(found.owing))))
    return redirect(at.url("grantreview.desk_readers"), 303)


# -- the rubric -----------------------------------------------------------------------------------------------------


@blueprint.route(f"{BASE}/rubric", methods=["GET", "POST"])
@access(team(MAY_FUNDS))
def desk_rubric(community: str, edition: str) -> AnyResponse:
    """By what applications are judged: axes with weights and a sentence for each point."""
    at, uow = here(), unit()
    rubric = rubrics.newest(uow.session, at.edition.id)
    form = rubric_form(rubrics.axes_of(rubric))
    axes = form.axes() if form.is_sent else None
    if axes is not None:
        try:
            row, again = rubrics.write(uow, at.edition, axes)
        except Conflict as refusal:
            form.form_errors.append(refusal.sentence)
        else:
            said = str(_("Version %(number)s counts from now on.", number=row.number))
            if again:
                more = ngettext(
                    "One score was given by the earlier one: it counts as it is until it is given again.",
                    "%(num)s scores were given by the earlier one: they count as they are until they are given again.",
                    again,
                )
                said = f"{said} {more}"
            tell(said)
            return redirect(at.url("grantreview.desk_rubric"), 303)
    return page(
        "grantreview/rubric.html",
        422 if form.is_submitted() else 200,
        at=at,
        parts=shown_parts(at),
        form=form,
        places=range(MOST_AXES),
        number=rubric.number if rubric else 0,
        made=when_text(rubric.made_at, at.edition.time_zone) if rubric else "",
    )


# -- conflicts of interest ------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/applications/<int:application_id>/conflicts")
@access(team(MAY_FUNDS))
def desk_conflicts(community: str, edition: str, application_id: int) -> Response:
    """Who of the committee sees nothing of it, and why; what was lifted."""
    return _conflicts_page(here(), application_id)


def _conflicts_page(at: Here, application_id: int, status: int = 200, refused: str = "") -> Response:
    session, found = unit().session, find(at, application_id)
    people = {one.id: one for one in grants.committee(session, at.edition.id)}
    against = partial.against(session, at.edition.id, people, [found.id])
    lifted = partial.lifted(session, found.id)
    kept: list[dict[str, Any]] = [
        {"id": one.id, "name": one.name, "why": conflict_reason(why), "may_lift": partial.may_lift(why)}
        for one in people.values()
        if (why := against.get((found.id, one.id))) is not None
    ]
    return page(
        "grantreview/conflicts.html",
        status,
        at=at,
        application=found,
        name=name_of(found, blind=False),
        kept=kept,
        lifted=[(people[one].name if one in people else str(_("somebody who left")), one, row.reason)
                for one, row in lifted.items()],
        refused=refused,
    )  # fmt: skip


@blueprint.post(f"{BASE}/applications/<int:application_id>/conflicts/<int:person_id>/lifting")
@access(team(MAY_FUNDS))
def desk_lift(community: str, edition: str, application_id: int, person_id: int) -> AnyResponse:
    """Say that it is no conflict, and why."""
    at, form = here(), LiftForm()
    find(at, application_id)
    if not form.is_sent:
        return _conflicts_page(at, application_id, 422, str(_("Say why it is no conflict: the others read it.")))
    deciding.lift(unit(), at.edition, application_id, person_id, form.reason.data or "")
    tell(str(_("Lifted, for this application only.")))
    return redirect(at.url("grantreview.desk_conflicts", application_id=application_id), 303)


@blueprint.post(f"{BASE}/applications/<int:application_id>/conflicts/<int:person_id>/counting")
@access(team(MAY_FUNDS))
def desk_count(community: str, edition: str, application_id: int, person_id: int) -> AnyResponse:
    """Let it count again."""
    at = here()
    if not grants.find_at_desk(unit().session, at.edition.id, at.standing, application_id):
        raise NotFound
    deciding.count_again(unit(), at.edition, application_id, person_id)
    tell(str(_("It counts again.")))
    return redirect(at.url("grantreview.desk_conflicts", application_id=application_id), 303)
