"""What authors do: write, submit, look, download, withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.calls import queries as calls
from workshop_manager.calls.cover import shown, sign
from workshop_manager.calls.rules import (
    Limits,
    Phase,
    Plan,
    deadline_for,
    limits_of,
    overall_phase,
    phase_for,
    round_to_show,
)
from workshop_manager.calls.states import Blinding
from workshop_manager.calls.words import blinding_text
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.questions import queries as question_queries
from workshop_manager.questions import rules as questions
from workshop_manager.submissions import answers, editing, form, panels, papers, queries, rules, service, words
from workshop_manager.submissions.models import Declaration, Submission, SubmissionBytes, SubmissionFile
from workshop_manager.submissions.names import neutral_name
from workshop_manager.submissions.states import Action, State
from workshop_manager.submissions.uploads import LARGEST_BODY
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import DeadlineText, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.dates import Dated, Single, by_key, timeline
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.words import date_name

blueprint = Blueprint("submissions", __name__)
_FORMS = ("submissions.new_sent", "submissions.edit_sent")


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside all that was typed, and not by cutting the request off.

    Only for those with a session: a stranger gets the usual, narrower limit. The body goes to disk, not to memory.
    """
    if endpoint in _FORMS and SIGNED_IN_KEY in session:
        request.max_content_length = LARGEST_BODY


# -- writing ------------------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/submissions/new")
@access(SIGNED_IN_EDITION)
def new(community: str, edition: str) -> AnyResponse:
    """A new abstract."""
    return editing.show(here(), None)


@blueprint.post("/<community>/<edition>/submissions/new")
@access(SIGNED_IN_EDITION)
def new_sent(community: str, edition: str) -> AnyResponse:
    """Save or submit a new abstract."""
    return editing.receive(here(), None)


@blueprint.get("/<community>/<edition>/submissions/<int:number>/edit")
@access(SIGNED_IN_EDITION)
def edit(community: str, edition: str, number: int) -> AnyResponse:
    """An abstract of one's own, to be changed."""
    return editing.show(here(), number)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/edit")
@access(SIGNED_IN_EDITION)
def edit_sent(community: str, edition: str, number: int) -> AnyResponse:
    """Save, submit or change an abstract of one's own."""
    return editing.receive(here(), number)


# -- looking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """A submission in a list."""

    number: int
    title: str
    track: str
    sign: tuple[str, str, str]
    url: str
    changed: str
    due: DeadlineText | None
    """Until when it can be changed; None for what cannot."""
    edit_url: str | None


@blueprint.get("/<community>/<edition>/submissions/")
@access(SIGNED_IN_EDITION)
def mine(community: str, edition: str) -> Response:
    """My submissions in this edition."""
    at, uow = here(), unit()
    keyed = by_key(workshops.dates(uow.session, at.edition.id))
    plan = calls.plan_of(uow.session, at.edition.id, viewer_person().id, dates=keyed)
    phase, now = overall_phase(plan, uow.now), uow.now
    zone = viewer_zone() or at.edition.time_zone
    navigation.frame().private = True
    found = queries.own_in_edition(uow.session, at.edition.id, viewer_person().id)
    return page(
        "submissions/mine.html",
        lines=[_list_line(at, work, plan, zone) for work in found],
        is_open=phase is Phase.OPEN,
        sign=sign(phase),
        due=shown(deadline_for(plan, round_to_show(plan, now), None), keyed.get(DateKey.ABSTRACTS_DUE)),
        new_url=at.url("submissions.new"),
        call_url=at.url("calls.call"),
        edition_name=at.edition.name,
    )


def _list_line(at: Here, work: Submission, plan: Plan, zone: str) -> Line:
    place = (work.round_id, work.track_id)
    is_open = rules.may_edit(work.state, rules.phase_of_work(plan, unit().now, work.state, *place))
    return Line(
        number=work.number,
        title=words.title_of(work.title),
        track=work.track.name if work.track else "",
        sign=words.state_sign(work.state),
        url=at.url("submissions.detail", number=work.number),
        changed=when_text(work.changed_at, zone),
        due=shown(rules.open_until(plan, unit().now, work.state, *place)) if is_open else None,
        edit_url=at.url("submissions.edit", number=work.number) if is_open else None,
    )


@dataclass(frozen=True, slots=True)
class FileLine:
    """A version of the file in a list."""

    version: int
    name: str
    pages: int
    kilobytes: int
    when: str
    who: str
    url: str
    blind_url: str


def _own(at: Here, number: int, *, lock: bool = False) -> Submission:
    """The viewer's own submission of that number; raises NotFound for anybody else's."""
    found = queries.find_own(unit().session, at.edition.id, number, viewer_person().id, lock=lock)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/<community>/<edition>/submissions/<int:number>")
@access(SIGNED_IN_EDITION)
def detail(community: str, edition: str, number: int) -> Response:
    """A submission of one's own: where it stands, what was handed in, what one can do."""
    at, uow = here(), unit()
    row = queries.find_own_beside_call(uow.session, at.edition.id, number, viewer_person().id)
    if row is None:
        raise NotFound
    found, call_row, kind, stamp = row
    declaration = found.declared
    dates = by_key(workshops.dates(uow.session, at.edition.id))
    plan = calls.plan_of(uow.session, at.edition.id, viewer_person().id, dates=dates, also=found.track_id)
    place = (found.round_id, found.track_id)
    placed = calls.dates_at(uow.session, at.edition.id, place, dates, plan)
    phase = rules.phase_of_work(plan, uow.now, found.state, *place)
    until = rules.open_until(plan, uow.now, found.state, *place)
    sheet = question_queries.sheet_stamped(uow.session, at.edition.id, form.KEY, stamp)
    filled = form.filled_in(uow, sheet, found)
    content = service.content_of(found, declaration, filled)
    tracks = {found.track.id: found.track.eligibility} if found.track else {}
    missing = rules.gaps(
        content,
        limits_of(call_row, kind),
        tracks,
        has_file=bool(found.files),
        is_open=phase_for(plan, uow.now, *place) is Phase.OPEN,
        sheet=filled.sheet,
        given=form.scopes_of(content),
        now=uow.now,
    )
    is_in = found.state is State.SUBMITTED and rules.may_edit(found.state, phase)
    since = questions.gaps(filled.sheet, filled.answers, form.scopes_of(content), uow.now) if is_in else ()
    navigation.frame().private = True
    return page(
        "submissions/detail.html",
        submission=found,
        title=words.title_of(found.title),
        sign=words.state_sign(found.state),
        outcome=words.outcome_of(found) if found.state in rules.ON_PROGRAMME else None,
        is_draft=found.state is State.DRAFT,
        answers=answers.for_authors(at.edition, found, filled),
        asked_since=words.gap_lines(since, filled.sheet),
        missing=words.gap_lines(missing, filled.sheet) if found.state is State.DRAFT else [],
        may_edit=rules.may_edit(found.state, phase),
        may_withdraw=rules.leads_to(Action.WITHDRAW, found.state) is not None,
        due=shown(until, placed.get(DateKey.ABSTRACTS_DUE), placed.get(DateKey.EDIT_UNTIL)),
        sentence=_what_now(found, phase),
        timeline=_timeline(at, found, placed, until),
        files=_file_lines(at, found),
        file_checks=_file_checks(found, limits_of(call_row, kind), call_row.blinding),
        blinding=blinding_text(call_row.blinding),
        declaration=declaration,
        listing=words.listing_text(found.listing),
        said=_said_of_presenter(declaration),
        panels=panels.detail_panels(uow, at.edition, found),
        viewer_id=viewer_person().id,
        said_yes={
            author_id
            for author_id, asked in queries.asked_authors(uow.session, found.id).items()
            if asked.answered_at is not None
        },
        mine_url=at.url("submissions.mine"),
        at_url=at.url,
        edit_url=at.url("submissions.edit", number=number),
        withdraw_url=at.url("submissions.withdraw", number=number),
        discard_url=at.url("submissions.discard", number=number),
        contact=at.edition.contact_email,
    )


def _file_checks(found: Submission, limits: Limits, blinding: Blinding) -> list[papers.Check]:
    """What is to be said of the newest version. Who is named in it matters until the decision."""
    if not found.files:
        return []
    blind = blinding if found.state in rules.EDITABLE else Blinding.NONE
    return papers.checks(found.files[-1].pages, found.files[-1].facts, found.authors, limits, blind)


def _what_now(found: Submission, phase: Phase) -> str:
    """One sentence: where this stands for its authors."""
    if found.state is State.DRAFT:
        if phase is Phase.OPEN:
            return str(_("Nobody but its authors can see a draft. It is not submitted yet."))
        return str(_("This draft was not submitted before the call closed. It is as you left it."))
    if found.state is State.SUBMITTED and phase is Phase.OPEN:
        return str(_("Your abstract is in. You can change everything until the deadline; the last version counts."))
    texts = {
        State.SUBMITTED: _("Your abstract is in. Nothing is decided yet."),
        State.WITHDRAWN: _("You took this back. It is not reviewed or shown."),
        State.ACCEPTED: _("Your work is accepted."),
        State.CONFIRMED: _("Your work is accepted, and you confirmed that you come."),
        State.DECLINED: _("Your work was accepted, and you declined."),
        State.WAITLISTED: _("We could not place it yet: it is on the waitlist, and we write as soon as that changes."),
        State.REJECTED: _("We could not take it this time."),
    }
    return str(texts[found.state])


def _timeline(
    at: Here, found: Submission, placed: Mapping[DateKey, Dated], until: Deadline | None
) -> list[tuple[str, str, object]]:
    """What happened and what comes for this work, for the macro `ui.thread`."""
    zone = viewer_zone() or at.edition.time_zone
    happened = [
        (_("Draft begun"), found.created_at),
        (_("Submitted"), found.submitted_at),
        (words.state_name(State.ACCEPTED) if found.state in rules.ON_PROGRAMME else _("Decided"), found.decided_at),
        (_("Declined") if found.state is State.DECLINED else _("Confirmed"), found.answered_at),
        (_("Withdrawn"), found.withdrawn_at),
    ]
    ahead = {
        State.DRAFT: ((DateKey.ABSTRACTS_DUE, _("Abstracts due")), (DateKey.NOTIFICATION, _("You hear from us"))),
        State.SUBMITTED: (
            (DateKey.ABSTRACTS_DUE, _("Last change possible")),
            (DateKey.NOTIFICATION, _("You hear from us")),
        ),
        State.ACCEPTED: (
            (DateKey.CONFIRM_BY, _("Confirm or decline")),
            (DateKey.CAMERA_READY, date_name(DateKey.CAMERA_READY)),
        ),
        State.CONFIRMED: ((DateKey.CAMERA_READY, date_name(DateKey.CAMERA_READY)),),
    }.get(found.state, ())
    return timeline(happened, ahead, _dates_of_work(found, placed, until), zone)


def _dates_of_work(
    found: Submission, placed: Mapping[DateKey, Dated], until: Deadline | None
) -> Mapping[DateKey, Dated]:
    """The dates of its round and track with those of its own: more time for its author, the date of its release."""
    own = dict(placed)
    confirm_by = own.pop(DateKey.CONFIRM_BY, None)
    if found.confirm_by is not None:
        given = Deadline(found.confirm_by, found.confirm_by_zone or "UTC")
        is_usual = confirm_by is not None and confirm_by.deadline == given
        own[DateKey.CONFIRM_BY] = confirm_by if confirm_by is not None and is_usual else Single(given)
    if until is not None and (DateKey.ABSTRACTS_DUE not in own or own[DateKey.ABSTRACTS_DUE].deadline != until):
        later = own.get(DateKey.EDIT_UNTIL)
        own[DateKey.ABSTRACTS_DUE] = later if later is not None and later.deadline == until else Single(until)
    return own


def _file_lines(at: Here, found: Submission) -> list[FileLine]:
    """The versions, newest first. A file bears its own name for whoever uploaded it only."""
    viewer = viewer_person()
    others = {f.uploaded_by for f in found.files if f.uploaded_by and f.uploaded_by != viewer.id}
    names = {viewer.id: viewer.name} | queries.names_of(unit().session, others)
    zone, person_id = viewer_zone() or at.edition.time_zone, viewer.id
    return [
        FileLine(
            version=row.version,
            name=row.original_name if row.uploaded_by == person_id else _file_name(at, found.number),
            pages=row.pages,
            kilobytes=-(-row.size // 1024),
            when=when_text(row.uploaded_at, zone),
            who=names.get(row.uploaded_by or 0, ""),
            url=at.url("submissions.file", number=found.number, version=row.version),
            blind_url=at.url("submissions.blind_file", number=found.number, version=row.version),
        )
        for row in reversed(found.files)
    ]


def _file_name(at: Here, number: int) -> str:
    return neutral_name(f"{at.edition.community.slug}-{at.edition.slug}", number)


def deliver(at: Here, number: int, found: tuple[SubmissionFile, SubmissionBytes] | None, *, blind: bool) -> Response:
    """A file as an attachment under a neutral name, sandboxed."""
    if found is None:
        raise NotFound
    body = found[1].blind if blind else found[1].original
    response = Response(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file_name(at, number)}"'
    return sandboxed(response)  # type: ignore[no-any-return]


def _said_of_presenter(declaration: Declaration | None) -> list[tuple[str, str]]:
    """What was said of the presenter for the totals, read back to whoever said it."""
    if declaration is None:
        return []
    country = words.country_name(declaration.country) if declaration.country else ""
    both = ((_("Country"), country), (_("Career stage"), words.stage_text(declaration.career_stage)))
    return [(str(label), text) for label, text in both if text]


@blueprint.get("/<community>/<edition>/submissions/<int:number>/files/<int:version>")
@access(SIGNED_IN_EDITION)
def file(community: str, edition: str, number: int, version: int) -> Response:
    """A version of one's own PDF, as it was uploaded."""
    at = here()
    found = _own(at, number)
    return deliver(at, number, queries.find_bytes(unit().session, found.id, version), blind=False)


@blueprint.get("/<community>/<edition>/submissions/<int:number>/files/<int:version>/blind")
@access(SIGNED_IN_EDITION)
def blind_file(community: str, edition: str, number: int, version: int) -> Response:
    """One's own PDF as a blind reviewer gets it."""
    at = here()
    found = _own(at, number)
    return deliver(at, number, queries.find_bytes(unit().session, found.id, version), blind=True)


# -- taking back --------------------------------------------------------------------------------------------------


@blueprint.post("/<community>/<edition>/submissions/<int:number>/withdrawal")
@access(SIGNED_IN_EDITION)
def withdraw(community: str, edition: str, number: int) -> AnyResponse:
    """Take a submission back."""
    at = here()
    service.withdraw(unit(), at.edition, _own(at, number, lock=True))
    tell(str(_("Withdrawn. It is not reviewed or shown, and we sent a mail that says so.")))
    return redirect(at.url("submissions.detail", number=number), 303)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/removal")
@access(SIGNED_IN_EDITION)
def discard(community: str, edition: str, number: int) -> AnyResponse:
    """Remove a draft for good."""
    at = here()
    service.discard(unit(), _own(at, number, lock=True))
    tell(str(_("The draft is removed, with its files.")))
    return redirect(at.url("submissions.mine"), 303)
