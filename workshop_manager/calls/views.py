"""The call as the public reads it, and the page on which an access code is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.models import Person
from workshop_manager.calls import codes, cover, facts, queries, rules, words
from workshop_manager.calls.models import CallDate
from workshop_manager.calls.queries import CALL_KEYS
from workshop_manager.calls.rules import Phase, Plan
from workshop_manager.calls.words import Choice
from workshop_manager.codes.forms import UseForm
from workshop_manager.codes.service import Refused, count_try
from workshop_manager.core.deadlines import Deadline
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import DeadlineText
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, here
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.models import ImportantDate, Track
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.words import date_name, track_kind_name

blueprint = Blueprint("calls", __name__)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with its dates as authors read them: (kind for the thread, name, date)."""

    name: str
    description: str
    sign: cover.Sign
    dates: list[tuple[str, str, DeadlineText]]


@dataclass(frozen=True, slots=True)
class TrackView:
    """A track as authors read it; `due` are its own deadlines with their rounds."""

    name: str
    kind: str
    colour: str | None
    description: str
    eligibility: str
    due: list[tuple[str, DeadlineText]]


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type with what it asks for."""

    name: str
    description: str
    asked: list[tuple[str, str]]


Rows = Mapping[DateKey, ImportantDate | CallDate]


def _thread(named: Sequence[tuple[str, DeadlineText | None]]) -> list[tuple[str, str, DeadlineText]]:
    """Dates in the order of time, marked as past, next or later."""
    items: list[tuple[str, str, DeadlineText]] = []
    is_next_found = False
    for name, text in sorted(named, key=lambda item: item[1].iso if item[1] else ""):
        if text is not None:
            kind = "past" if text.passed else "" if is_next_found else "next"
            is_next_found = is_next_found or not text.passed
            items.append((kind, name, text))
    return items


def _rounds(
    plan: Plan, choices: Sequence[Choice], dates: Sequence[ImportantDate], own: Sequence[CallDate]
) -> list[RoundView]:
    main: list[tuple[str, DeadlineText | None]] = [
        (row.label, text_of(row)) for row in dates if row.key in (*CALL_KEYS, DateKey.OTHER)
    ]
    found = []
    for choice in choices:
        rows = queries.as_placed((choice.id, None), by_key(dates), own)
        named = [(date_name(key), text_of(rows.get(key))) for key in CALL_KEYS] if choice.id is not None else main
        phase = rules.phase_for(plan, unit().now, choice.id, None)
        found.append(RoundView(choice.name, choice.description, cover.sign(phase), _thread(named)))
    return found


def _track_view(track: Track, own: Sequence[CallDate], names: Mapping[int | None, str]) -> TrackView:
    rows = [row for row in own if row.track_id == track.id and row.key is DateKey.ABSTRACTS_DUE]
    due = [(names.get(row.round_id, "") if len(names) > 1 else "", text_of(row)) for row in rows]
    return TrackView(
        name=track.name,
        kind=track_kind_name(track.kind),
        colour=track.colour,
        description=track.description,
        eligibility=track.eligibility,
        due=[(name, text) for name, text in due if text is not None],
    )


@blueprint.get("/<community>/<edition>/call")
@access(EDITION)
@kept_for_visitors
def call(community: str, edition: str) -> Response:
    """The call for abstracts: text, rounds and dates, tracks, types, and what one can do now."""
    at, uow = here(), unit()
    found, types = queries.call_with_types(uow.session, at.edition.id)
    dates = workshops.dates(uow.session, at.edition.id)
    keyed = by_key(dates)
    plan = cover.public_plan(uow, at.edition.id, keyed)
    phase = rules.overall_phase(plan, uow.now)
    if phase is Phase.CLOSED and facts.is_decided(uow.session, at.edition.id):
        phase = Phase.DECIDED
    is_over = phase is Phase.UNDATED and uow.now > at.edition.ends_at
    # Most calls have one round and no dates of tracks: nothing more is asked for then.
    further = queries.rounds_of(uow.session, at.edition.id) if len(plan.rounds) > 1 else ()
    own = queries.call_dates(uow.session, at.edition.id) if len(plan.rounds) > 1 or len(plan.tracks) > 1 else ()
    choices = words.round_choices(found, further)
    place = rules.round_to_show(plan, uow.now)
    shown_dates: Rows = keyed if place is None else {d.key: d for d in own if (d.round_id, d.track_id) == (place, None)}
    person = viewer_person()
    navigation.frame().canonical = absolute("calls.call", community=community, edition=edition)
    return page(
        "calls/call.html",
        edition=at.edition,
        call=found,
        phase=phase.value,
        is_over=is_over,
        sign=cover.sign(phase, is_over),
        due=text_of(shown_dates.get(DateKey.ABSTRACTS_DUE)),
        opens=text_of(shown_dates.get(DateKey.CALL_OPENS)),
        notification=cover.shown(plan.date(DateKey.NOTIFICATION, place)),
        round_name=next(c.name for c in choices if c.id == place) if further else "",
        rounds=_rounds(plan, choices, dates, own),
        tracks=[
            _track_view(track, own, {c.id: c.name for c in choices})
            for track in workshops.public_tracks(uow.session, at.edition.id)
        ],
        limits=cover.limits(found) if not types else cover.reviewed(found),
        types=[
            TypeView(choice.name, choice.description, cover.asked(rules.limits_of(found, kind)))
            for choice, kind in zip(words.type_choices(found, types), (None, *types), strict=True)
        ]
        if types
        else [],
        new_url=at.url("submissions.new"),
        mine_url=at.url("submissions.mine") if person else None,
        given=cover.shown(_given(at.edition.id, person)) if person else None,
        code_url=at.url("calls.code") if phase is not Phase.UNDATED and uow.now <= at.edition.ends_at else None,
        edition_url=at.url("workshops.edition_page"),
        edit_url=at.url("calls.desk_call") if at.standing.may(MAY_SETTINGS) else None,
    )


def _given(edition_id: int, person: Person) -> Deadline | None:
    """Until when this person may submit beyond everybody else, the latest of what they were given; None if passed."""
    uow = unit()
    given = queries.extensions_of(uow.session, edition_id, person.email, person.id)
    ahead = (one.deadline for one in given if not one.deadline.has_passed(uow.now))
    return max(ahead, key=lambda deadline: deadline.at, default=None)


# -- access codes -------------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/call/code")
@access(SIGNED_IN_EDITION)
def code(community: str, edition: str) -> Response:
    """Where somebody types the access code they were given."""
    return _code_page(UseForm())


@blueprint.post("/<community>/<edition>/call/code")
@access(SIGNED_IN_EDITION)
def code_sent(community: str, edition: str) -> AnyResponse:
    """Use an access code."""
    at, form, person = here(), UseForm(), viewer_person()
    count_try(person.id)
    if not form.is_sent:
        return _code_page(form, 422)
    try:
        row = codes.use(unit(), at.edition, person, form.code.data or "")
    except Refused as refused:
        form.code.errors = [refused.sentence]
        return _code_page(form, 422)
    tell(_opened(row.track.name if row.track else None, cover.shown(row.late)))
    return redirect(at.url("submissions.new"), 303)


def _opened(track: str | None, late: DeadlineText | None) -> str:
    if track and late:
        return str(_("The code is good: you can submit to “%(track)s” until %(late)s.", track=track, late=late.text))
    if late:
        return str(_("The code is good: you can submit until %(late)s.", late=late.text))
    return str(_("The code is good: the track “%(track)s” is open to you.", track=track or ""))


def _code_page(form: UseForm, status: int = 200) -> Response:
    at = here()
    navigation.frame().private = True
    return page(
        "calls/code.html",
        status,
        form=form,
        action=at.url("calls.code_sent"),
        call_url=at.url("calls.call"),
        contact=at.edition.contact_email,
    )
