"""The organisers' pages of tracks, as the call treats them, and of types of work."""

from dataclasses import dataclass, replace

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import cover, queries, rules, service, words
from workshop_manager.calls.desk import DESK, desk_page
from workshop_manager.calls.desk_dates import extend_instead
from workshop_manager.calls.forms import TrackForm, TypeForm, stamp, track_form, track_kind_texts, type_form
from workshop_manager.calls.models import CallDate, SubmissionType
from workshop_manager.calls.service import TrackContent
from workshop_manager.calls.views import blueprint
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.dates import text_of
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.words import track_kind_name


@dataclass(frozen=True, slots=True)
class TrackLine:
    """A track as the call treats it."""

    track: Track
    kind: str
    chairs: list[str]
    due: list[tuple[str, DeadlineText | None]]
    url: str
    words_url: str


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A type with what it asks for; `url` is None for the call's own."""

    name: str
    description: str
    text: str
    url: str


@blueprint.get(f"{DESK}/tracks")
@access(team(MAY_SETTINGS))
def desk_call_tracks(community: str, edition: str) -> Response:
    """The tracks with kind, deadline and chairs; the types with their limits; a form for one more type."""
    call = queries.find_call(unit().session, here().edition.id)
    return _kinds_page(type_form(None, call))


@blueprint.post(f"{DESK}/tracks")
@access(team(MAY_SETTINGS))
def desk_call_tracks_sent(community: str, edition: str) -> AnyResponse:
    """Add a type."""
    at, uow = here(), unit()
    form = type_form(None, queries.find_call(uow.session, at.edition.id))
    if form.is_sent:
        try:
            service.save_type(uow, at.edition, None, form.content())
        except Taken as taken:
            form.name.errors = [taken.sentence]
        else:
            tell(str(_("The type is added. Authors choose it in the form.")))
            return redirect(at.url("calls.desk_call_tracks"), 303)
    return _kinds_page(form, 422)


def _kinds_page(form: TypeForm, status: int = 200) -> Response:
    at, session = here(), unit().session
    call, types = queries.call_with_types(session, at.edition.id)
    own = [row for row in queries.call_dates(session, at.edition.id) if row.key is DateKey.ABSTRACTS_DUE]
    names = {c.id: c.name for c in words.round_choices(call, queries.rounds_of(session, at.edition.id))}
    chairs = queries.chairs(session, at.edition.id)
    own_type, *_further = words.type_choices(call, types)
    return desk_page(
        "desk_tracks",
        status,
        form=form,
        tracks=[
            TrackLine(
                track=track,
                kind=track_kind_name(track.kind),
                chairs=chairs.get(track.id, []),
                due=[(names.get(d.round_id, ""), text_of(d)) for d in own if d.track_id == track.id],
                url=at.url("calls.desk_call_track", track_id=track.id),
                words_url=at.url("workshops.settings_track", track_id=track.id),
            )
            for track in workshops.tracks(session, at.edition.id)
        ],
        types=[
            TypeLine(own_type.name, "", cover.asked_text(rules.limits_of(call)), at.url("calls.desk_call")),
            *(_type_line(at, kind) for kind in types),
        ],
        settings_url=at.url("workshops.settings_tracks"),
        team_url=at.url("workshops.team"),
        codes_url=at.url("calls.desk_call_codes"),
    )


def _type_line(at: Here, kind: SubmissionType) -> TypeLine:
    text = cover.asked_text(rules.limits_of(kind))
    return TypeLine(kind.name, kind.description, text, at.url("calls.desk_call_type", type_id=kind.id))


# -- one track ----------------------------------------------------------------------------------------------------


def _track(at: Here, track_id: int) -> tuple[Track, list[CallDate]]:
    session = unit().session
    row = workshops.find_track(session, at.edition.id, track_id)
    if row is None:
        raise NotFound
    own = queries.call_dates(session, at.edition.id)
    return row, [d for d in own if d.track_id == track_id and d.key is DateKey.ABSTRACTS_DUE]


def _track_form(at: Here, row: Track, own: list[CallDate]) -> TrackForm:
    session = unit().session
    further = queries.rounds_of(session, at.edition.id)
    choices = words.round_choices(queries.find_call(session, at.edition.id), further)
    return track_form(row, choices, {d.round_id: d.deadline for d in own}, seen=stamp(_stored(row, own)))


def _stored(row: Track, own: list[CallDate]) -> object:
    return row.kind, row.colour, row.is_hidden, sorted((d.round_id or 0, d.at, d.zone) for d in own)


@blueprint.get(f"{DESK}/tracks/<int:track_id>")
@access(team(MAY_SETTINGS))
def desk_call_track(community: str, edition: str, track_id: int) -> Response:
    """Kind, colour, deadline of a track, and whether it is hidden."""
    at = here()
    row, own = _track(at, track_id)
    return _track_page(row, own, _track_form(at, row, own))


@blueprint.post(f"{DESK}/tracks/<int:track_id>")
@access(team(MAY_SETTINGS))
def desk_call_track_sent(community: str, edition: str, track_id: int) -> AnyResponse:
    """Save them."""
    at, uow = here(), unit()
    workshops.locked_edition(uow.session, at.edition.id)
    row, own = _track(at, track_id)
    form = _track_form(at, row, own)
    if not form.is_sent:
        return _track_page(row, own, form, 422)
    if form.is_stale(_stored(row, own)):
        return _track_page(row, own, form, 409)
    content, later = _without_extensions(at, row, own, form.content())
    if len(later) > 1:
        form.refuse_due(later, str(_("More than one deadline is later now. Extend one after the other.")))
        return _track_page(row, own, form, 422)
    service.edit_track(uow, at.edition, row, content)
    for round_id, deadline in later.items():
        return extend_instead(at, round_id, row.id, deadline)
    tell(str(_("Saved. The call’s page shows it now.")))
    return redirect(at.url("calls.desk_call_tracks"), 303)


def _without_extensions(
    at: Here, row: Track, own: list[CallDate], content: TrackContent
) -> tuple[TrackContent, dict[int | None, Deadline]]:
    """What is simply saved, and by round the later deadlines, of which people have to be told."""
    uow = unit()
    plan = queries.plan_of(uow.session, at.edition.id, is_desk=True)
    stored = {date.round_id: date.deadline for date in own}
    later: dict[int | None, Deadline] = {}
    for round_id, typed in content.due.items():
        # Without a deadline of its own the track has its round's, which may be the later one.
        wanted = typed or plan.date(DateKey.ABSTRACTS_DUE, round_id)
        if wanted is not None and rules.is_extension(plan, uow.now, round_id, row.id, wanted):
            later[round_id] = wanted
    return replace(content, due={**content.due, **{one: stored.get(one) for one in later}}), later


def _track_page(row: Track, own: list[CallDate], form: TrackForm, status: int = 200) -> Response:
    at = here()
    questions_url = at.url("questions.questions", purpose="submission")
    return desk_page(
        "desk_track",
        status,
        form=form,
        track=row,
        stale=status == 409,
        kind_texts=track_kind_texts(),
        due=[text_of(d) for d in own],
        action=at.url("calls.desk_call_track_sent", track_id=row.id),
        back_url=at.url("calls.desk_call_tracks"),
        words_url=at.url("workshops.settings_track", track_id=row.id),
        codes_url=at.url("calls.desk_call_codes"),
        elsewhere=[
            (_("Questions of its own"), questions_url, _("Tick it under “Only for”.")),
            (_("Review form"), at.url("reviews.forms_one", track_id=row.id), _("What reviewers answer here.")),
            (_("Reviewers"), at.url("committee.desk"), _("Who takes it, and who is asked.")),
            (_("Chair"), at.url("workshops.team"), _("Somebody can be chair of this track only.")),
        ],
    )


# -- one type -----------------------------------------------------------------------------------------------------


def _type(at: Here, type_id: int) -> SubmissionType:
    row = queries.find_type(unit().session, at.edition.id, type_id)
    if row is None:
        raise NotFound
    return row


@blueprint.get(f"{DESK}/types/<int:type_id>")
@access(team(MAY_SETTINGS))
def desk_call_type(community: str, edition: str, type_id: int) -> Response:
    """One type, to be changed."""
    row = _type(here(), type_id)
    return _type_page(row, _type_form(row))


def _type_form(row: SubmissionType) -> TypeForm:
    call = queries.find_call(unit().session, row.edition_id)
    return type_form(row, call, seen=stamp(_stored_type(row)))


def _stored_type(row: SubmissionType) -> object:
    return row.name, row.description, rules.limits_of(row)


@blueprint.post(f"{DESK}/types/<int:type_id>")
@access(team(MAY_SETTINGS))
def desk_call_type_sent(community: str, edition: str, type_id: int) -> AnyResponse:
    """Save a type."""
    at, uow = here(), unit()
    service.locked_call(uow, at.edition.id)
    row = _type(at, type_id)
    form = _type_form(row)
    if not form.is_sent:
        return _type_page(row, form, 422)
    if form.is_stale(_stored_type(row)):
        return _type_page(row, form, 409)
    try:
        service.save_type(uow, at.edition, row, form.content())
    except Taken as taken:
        form.name.errors = [taken.sentence]
        return _type_page(row, form, 422)
    tell(str(_("Saved. The form asks for this now.")))
    return redirect(at.url("calls.desk_call_tracks"), 303)


def _type_page(row: SubmissionType, form: TypeForm, status: int = 200) -> Response:
    at = here()
    return desk_page(
        "desk_type",
        status,
        form=form,
        row=row,
        stale=status == 409,
        stored=cover.asked_text(rules.limits_of(row)),
        action=at.url("calls.desk_call_type_sent", type_id=row.id),
        removal_url=at.url("calls.desk_call_type_removal", type_id=row.id),
        back_url=at.url("calls.desk_call_tracks"),
    )


@blueprint.post(f"{DESK}/types/<int:type_id>/removal")
@access(team(MAY_SETTINGS))
def desk_call_type_removal(community: str, edition: str, type_id: int) -> AnyResponse:
    """Take a type away."""
    at = here()
    service.remove_type(unit(), at.edition, type_id)
    tell(str(_("The type is gone.")))
    return redirect(at.url("calls.desk_call_tracks"), 303)
