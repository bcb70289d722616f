"""The organisers' pages of the call's dates and rounds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import cover, queries, rules, service, words
from workshop_manager.calls.desk import DESK, desk_page
from workshop_manager.calls.forms import OwnRoundForm, RoundForm, round_form, stamp
from workshop_manager.calls.models import CallDate, PersonalDeadline, Round
from workshop_manager.calls.queries import CALL_KEYS
from workshop_manager.calls.rules import Plan, Scope
from workshop_manager.calls.service import RoundContent
from workshop_manager.calls.views import blueprint
from workshop_manager.calls.words import Choice
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.request import unit
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.models import ImportantDate
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.service import Taken
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.words import date_name


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date of a round: its own, or the call's that stands in for it."""

    key: DateKey
    name: str
    own: DeadlineText | None
    shared: DeadlineText | None


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round with its dates, as (name, deadline or None)."""

    name: str
    description: str
    sign: cover.Sign
    dates: list[DateLine]
    edit_url: str
    extend_url: str | None


def _lines(
    at: Here, choices: list[Choice], dates: Mapping[DateKey, ImportantDate], own: list[CallDate]
) -> list[RoundLine]:
    # All of it is at hand already: nothing more is asked for.
    found: dict[Scope, Deadline] = {(key, None, None): row.deadline for key, row in dates.items()}
    found |= {(row.key, row.round_id, row.track_id): row.deadline for row in own}
    plan = Plan(found, tuple(choice.id for choice in choices))
    return [_line(at, choice, plan, dates, own) for choice in choices]


def _date_line(key: DateKey, row: ImportantDate | CallDate | None, plan: Plan, round_id: int | None) -> DateLine:
    shared = plan.date(key, round_id) if row is None and round_id is not None else None
    return DateLine(key, date_name(key), text_of(row), deadline_text(shared) if shared else None)


def _line(
    at: Here, choice: Choice, plan: Plan, dates: Mapping[DateKey, ImportantDate], own: list[CallDate]
) -> RoundLine:
    rows: Mapping[DateKey, ImportantDate | CallDate] = (
        dates
        if choice.id is None
        else {row.key: row for row in own if (row.round_id, row.track_id) == (choice.id, None)}
    )
    is_dated = rules.deadline_for(plan, choice.id, None) is not None
    return RoundLine(
        name=choice.name,
        description=choice.description,
        sign=cover.sign(rules.phase_for(plan, unit().now, choice.id, None)),
        dates=[_date_line(key, rows.get(key), plan, choice.id) for key in CALL_KEYS],
        edit_url=at.url("workshops.settings_dates")
        if choice.id is None
        else at.url("calls.desk_call_round", round_id=choice.id),
        extend_url=_extend_url(at, choice.id, None) if is_dated else None,
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What one person was given."""

    who: str
    email: str
    until: DeadlineText
    where: str
    by_code: bool


def _given(
    rows: list[tuple[PersonalDeadline, str | None]], rounds: Mapping[int | None, str], tracks: Mapping[int, str]
) -> list[Given]:
    return [
        Given(
            who=name or row.email,
            email=row.email,
            until=deadline_text(row.deadline),
            where=", ".join(
                part
                for part in (rounds.get(row.round_id) if len(rounds) > 1 else "", tracks.get(row.track_id or 0))
                if part
            ),
            by_code=row.code_id is not None,
        )
        for row, name in rows
    ]


@blueprint.get(f"{DESK}/dates")
@access(team(MAY_SETTINGS))
def desk_call_dates(community: str, edition: str) -> Response:
    """Every date of the call by round, what tracks and single people have of their own, and a form for a round."""
    return _dates_page(round_form(None, {}))


@blueprint.post(f"{DESK}/dates")
@access(team(MAY_SETTINGS))
def desk_call_dates_sent(community: str, edition: str) -> AnyResponse:
    """Add a round."""
    at, form = here(), round_form(None, {})
    if form.is_sent:
        try:
            service.save_round(unit(), at.edition, None, form.content())
        except Taken as taken:
            form.name.errors = [taken.sentence]
        else:
            tell(str(_("The round is added. Authors see it on the call’s page.")))
            return redirect(at.url("calls.desk_call_dates"), 303)
    return _dates_page(form, 422)


def _extend_url(at: Here, round_id: int | None, track_id: int | None) -> str:
    return at.url("submissions.extension", round=round_id or "own", track=track_id)


def _dates_page(form: RoundForm, status: int = 200) -> Response:
    at, session = here(), unit().session
    call, further = queries.find_call(session, at.edition.id), queries.rounds_of(session, at.edition.id)
    dates, own = workshops.dates(session, at.edition.id), list(queries.call_dates(session, at.edition.id))
    choices = words.round_choices(call, further)
    names, tracks = {c.id: c.name for c in choices}, {t.id: t.name for t in workshops.tracks(session, at.edition.id)}
    of_tracks = [
        (tracks[row.track_id], names.get(row.round_id, ""), text_of(row), _extend_url(at, row.round_id, row.track_id))
        for row in own
        if row.track_id is not None and row.key is DateKey.ABSTRACTS_DUE
    ]
    return desk_page(
        "desk_dates",
        status,
        form=form,
        own_form=OwnRoundForm(formdata=None, data={"round_name": call.round_name}),
        keys=[key.value for key in CALL_KEYS],
        rounds=_lines(at, choices, by_key(dates), own),
        of_tracks=of_tracks,
        several=len(choices) > 1,
        given=_given(list(queries.personal_deadlines(session, at.edition.id)), names, tracks),
        tracks_url=at.url("calls.desk_call_tracks"),
        all_dates_url=at.url("workshops.settings_dates"),
        extend_url=at.url("submissions.extension"),
    )


@blueprint.post(f"{DESK}/rounds/own")
@access(team(MAY_SETTINGS))
def desk_call_own_round(community: str, edition: str) -> AnyResponse:
    """Name the call's own round."""
    at, form = here(), OwnRoundForm()
    if form.is_sent:
        service.name_own_round(unit(), at.edition, form.round_name.data or "")
        tell(str(_("Saved.")))
        return redirect(at.url("calls.desk_call_dates"), 303)
    return _dates_page(round_form(None, {}), 422)


def _round(at: Here, round_id: int) -> tuple[Round, dict[DateKey, CallDate]]:
    session = unit().session
    row = queries.find_round(session, at.edition.id, round_id)
    if row is None:
        raise NotFound
    own = queries.call_dates(session, at.edition.id)
    return row, {d.key: d for d in own if d.round_id == round_id and d.track_id is None}


@blueprint.get(f"{DESK}/rounds/<int:round_id>")
@access(team(MAY_SETTINGS))
def desk_call_round(community: str, edition: str, round_id: int) -> Response:
    """One round, to be changed."""
    row, dates = _round(here(), round_id)
    return _round_page(row, dates, _round_form(row, dates))


def _round_form(row: Round, dates: Mapping[DateKey, CallDate]) -> RoundForm:
    return round_form(row, {key: date.deadline for key, date in dates.items()}, seen=stamp(_stored(row, dates)))


def _stored(row: Round, dates: Mapping[DateKey, CallDate]) -> object:
    return row.name, row.description, sorted((key.value, date.at, date.zone) for key, date in dates.items())


@blueprint.post(f"{DESK}/rounds/<int:round_id>")
@access(team(MAY_SETTINGS))
def desk_call_round_sent(community: str, edition: str, round_id: int) -> AnyResponse:
    """Save a round; dates that moved stay on the pages struck through."""
    at, uow = here(), unit()
    workshops.locked_edition(uow.session, at.edition.id)
    row, dates = _round(at, round_id)
    form = _round_form(row, dates)
    if not form.is_sent:
        return _round_page(row, dates, form, 422)
    if form.is_stale(_stored(row, dates)):
        return _round_page(row, dates, form, 409)
    content, later = _without_extension(at, row, dates, form.content())
    try:
        service.save_round(uow, at.edition, row, content)
    except Taken as taken:
        form.name.errors = [taken.sentence]
        return _round_page(row, dates, form, 422)
    if later is not None:
        return extend_instead(at, row.id, None, later)
    tell(str(_("Saved. The call’s page shows it now.")))
    return redirect(at.url("calls.desk_call_dates"), 303)


def _without_extension(
    at: Here, row: Round, dates: Mapping[DateKey, CallDate], content: RoundContent
) -> tuple[RoundContent, Deadline | None]:
    """What is simply saved, and a later deadline, of which people have to be told."""
    key, uow = DateKey.ABSTRACTS_DUE, unit()
    wanted, stored = content.dates[key], dates.get(key)
    plan = queries.plan_of(uow.session, at.edition.id, is_desk=True)
    if wanted is None or stored is None or not rules.is_extension(plan, uow.now, row.id, None, wanted):
        return content, None
    return replace(content, dates={**content.dates, key: stored.deadline}), wanted


def extend_instead(at: Here, round_id: int | None, track_id: int | None, deadline: Deadline) -> AnyResponse:
    """On to the one act that moves a deadline later, filled with what was typed."""
    sentence = _("Everything else is saved. A later deadline is an extension: look here at who is told of it.")
    tell(str(sentence), "info")
    return redirect(cover.extension_url(at.edition, round_id, track_id, deadline), 303)


def _round_page(row: Round, dates: Mapping[DateKey, CallDate], form: RoundForm, status: int = 200) -> Response:
    at = here()
    return desk_page(
        "desk_round",
        status,
        form=form,
        row=row,
        stale=status == 409,
        keys=[key.value for key in CALL_KEYS],
        dates=[(date_name(key), text_of(dates.get(key))) for key in CALL_KEYS if key in dates],
        action=at.url("calls.desk_call_round_sent", round_id=row.id),
        removal_url=at.url("calls.desk_call_round_removal", round_id=row.id),
        extend_url=_extend_url(at, row.id, None),
        back_url=at.url("calls.desk_call_dates"),
    )


@blueprint.post(f"{DESK}/rounds/<int:round_id>/removal")
@access(team(MAY_SETTINGS))
def desk_call_round_removal(community: str, edition: str, round_id: int) -> AnyResponse:
    """Take a round away."""
    at = here()
    service.remove_round(unit(), at.edition, round_id)
    tell(str(_("The round is gone.")))
    return redirect(at.url("calls.desk_call_dates"), 303)
