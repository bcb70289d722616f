"""The organisers' pages: the list of submissions, one submission, the list to take along."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, request
from flask_babel import gettext as _
from markupsafe import Markup

from workshop_manager.calls.models import Call, SubmissionType
from workshop_manager.calls.rules import limits_of
from workshop_manager.core.errors import NotFound
from workshop_manager.questions import queries as questions
from workshop_manager.questions import rules as question_rules
from workshop_manager.questions.words import answer_text
from workshop_manager.submissions import acts, form, history, lists, panels, papers, queries, rules, words
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State
from workshop_manager.submissions.views import blueprint, deliver
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_SETTINGS, MAY_SUBMISSIONS


def narrowing(searched: lists.Searched) -> dict[str, str]:
    """The parameters of the address that narrow the list."""
    kept = {name: request.args[name] for name in ("state", "track") if request.args.get(name)}
    return {**kept, **searched.kept}


def asked(at: Here, tracks: list[Track], searched: lists.Searched) -> queries.Filter:
    """The filter in the address; what makes no sense narrows nothing."""
    states = {state.value: state for state in State if state is not State.DRAFT}
    return queries.Filter(
        state=states.get(request.args.get("state", "")),
        track_id=next((t.id for t in tracks if str(t.id) == request.args.get("track")), None),
        searched=searched.conditions,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in the organisers' list."""

    number: int
    title: str
    url: str
    track: str
    sign: tuple[str, str, str]
    outcome: str
    authors: list[str]
    submitted: str
    marks: Markup


def _row(at: Here, found: Submission, marks: Markup = lists.NOTHING) -> Row:
    return Row(
        number=found.number,
        title=words.title_of(found.title),
        url=at.url("submissions.desk_list_one", number=found.number),
        track=found.track.name if found.track else "",
        sign=words.state_sign(found.state),
        outcome=words.outcome_of(found) if found.state in rules.DECIDED else "",
        authors=[author.name or str(_("name removed")) for author in found.authors],
        submitted=when_text(found.submitted_at, at.edition.time_zone) if found.submitted_at else "",
        marks=marks,
    )


@blueprint.get("/<community>/<edition>/organise/submissions")
@access(team(MAY_SUBMISSIONS))
def desk_list(community: str, edition: str) -> Response:
    """Everything that came in: filtered, searched, fifty a page."""
    at, uow = here(), unit()
    tracks = seen_tracks(at)
    searched = lists.searched(uow, at, tracks)
    narrowed = asked(at, tracks, searched)
    counts = queries.counts(uow.session, at.edition.id, at.standing)
    cut = paging(queries.count_at_desk(uow.session, at.edition.id, at.standing, narrowed))
    found = queries.at_desk(uow.session, at.edition.id, at.standing, narrowed, offset=cut.offset, most=cut.size)
    states = [(state, number) for state, number in counts.by_state.items() if state is not State.DRAFT]
    marks = searched.marks([one.id for one in found])
    return page(
        "submissions/desk_list.html",
        rows=[_row(at, one, marks.get(one.id, lists.NOTHING)) for one in found],
        paging=cut,
        parts=navigation.parts("submissions", at, request.endpoint),
        searched=searched,
        total=sum(number for _state, number in states),
        drafts=counts.drafts,
        states=[(state.value, words.state_name(state), n) for state, n in sorted(states, key=lambda s: _ORDER[s[0]])],
        tracks=[(str(track.id), track.name) for track in tracks],
        asked_state=narrowed.state.value if narrowed.state else "",
        asked_track=str(narrowed.track_id or ""),
        is_narrowed=narrowed != queries.Filter(),
        totals=_totals(at, tracks) if cut.number == 1 and narrowed == queries.Filter() else [],
        csv_url=at.url("submissions.desk_list_csv", **narrowing(searched)),
        cvs_url=at.url("submissions.desk_cvs") if at.standing.may(MAY_SETTINGS) else None,
        list_url=at.url("submissions.desk_list"),
        new_url=at.url("submissions.desk_new"),
        call_url=at.url("calls.call"),
        duplicates_url=at.url("submissions.desk_duplicates"),
        desk_call_url=at.url("calls.desk_call") if at.standing.may(MAY_SETTINGS) else None,
    )


_ORDER = {state: place for place, state in enumerate(State)}


def seen_tracks(at: Here) -> list[Track]:
    """The tracks whose submissions the viewer may read."""
    every = workshops.tracks(unit().session, at.edition.id)
    if at.standing.may(rules.MAY_SEE_ALL_TRACKS):
        return list(every)
    return [track for track in every if track.id in at.standing.chaired_tracks]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of what was declared, or None where it would tell of fewer than five people."""

    label: str
    number: int | None
    of: int


def _totals(at: Here, tracks: list[Track]) -> list[Total]:
    """Sums over everything; what is declared is opened one by one, so they stand once, above the whole list."""
    found = queries.declaration_totals(unit().session, at.edition.id, at.standing)
    rows = [
        Total(str(_("would like a travel grant")), rules.shown_total(found.wants_grant, found.all), found.all),
        Total(str(_("can review")), rules.shown_total(found.willing_to_review, found.all), found.all),
    ]
    for track in tracks:
        if track.eligibility:
            yes, of = found.eligible.get(track.id, (0, 0))
            rows.append(Total(track.eligibility, rules.shown_total(yes, of), of))
    return rows if found.all else []


@blueprint.get("/<community>/<edition>/organise/submissions/<int:number>")
@access(team(MAY_SUBMISSIONS))
def desk_list_one(community: str, edition: str, number: int) -> Response:
    """One submission with its authors and files; what its authors declared is not here."""
    return show_one(here(), number)


def show_one(at: Here, number: int, status: int = 200, form: acts.ActForm | None = None) -> Response:
    """The page of one submission; with `form` of an act that was refused, open at its reason."""
    uow = unit()
    row = queries.find_beside_call(uow.session, at.edition.id, at.standing, number)
    if row is None:
        raise NotFound
    found, call, kind = row
    zone = at.edition.time_zone
    entries = history.entries_of(uow, at.standing, found)
    uploaders = [row.uploaded_by for row in found.files if row.uploaded_by]
    names = queries.names_of(uow.session, {*uploaders, *history.people(entries)})
    same_as = queries.number_of(uow.session, found.same_as_id, at.edition.id, at.standing)
    return page(
        "submissions/desk_one.html",
        status,
        submission=found,
        title=words.title_of(found.title),
        sign=words.state_sign(found.state),
        row=_row(at, found),
        files=[
            (
                row,
                at.url("submissions.desk_list_file", number=number, version=row.version),
                when_text(row.uploaded_at, zone),
                -(-row.size // 1024),
                names.get(row.uploaded_by or 0, ""),
            )
            for row in reversed(found.files)
        ],
        file_checks=_file_checks(found, call, kind),
        moments=_moments(found, zone),
        panels=panels.desk_panels(uow, at.edition, found),
        history=[(line.text, when_text(line.at, zone), line.who) for line in history.lines(entries, names)],
        acts=acts.offered(at, found, form),
        same_as=same_as,
        same_url=at.url("submissions.desk_list_one", number=same_as) if same_as else None,
        list_url=at.url("submissions.desk_list"),
    )


def _file_checks(found: Submission, call: Call, kind: SubmissionType | None) -> list[papers.Check]:
    """What is to be said of the newest version, hints of who wrote it included."""
    if not found.files:
        return []
    latest = found.files[-1]
    return papers.checks(latest.pages, latest.facts, found.authors, limits_of(call, kind), call.blinding)


def _moments(found: Submission, zone: str) -> list[tuple[str, str]]:
    happened = (
        (_("Submitted"), found.submitted_at),
        (_("Last changed"), found.changed_at),
        (_("Decided"), found.decided_at),
        (_("Answered"), found.answered_at),
        (_("Withdrawn"), found.withdrawn_at),
    )
    return [(str(label), when_text(moment, zone)) for label, moment in happened if moment is not None]


@blueprint.get("/<community>/<edition>/organise/submissions/<int:number>/files/<int:version>")
@access(team(MAY_SUBMISSIONS))
def desk_list_file(community: str, edition: str, number: int, version: int) -> Response:
    """A version of a submission's PDF, as it was uploaded."""
    at, uow = here(), unit()
    found = queries.find_at_desk(uow.session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return deliver(at, number, queries.find_bytes(uow.session, found.id, version), blind=False)


@blueprint.get("/<community>/<edition>/organise/submissions.csv")
@access(team(MAY_SUBMISSIONS))
def desk_list_csv(community: str, edition: str) -> Response:
    """The list as it is filtered, to take along."""
    at, uow = here(), unit()
    tracks = seen_tracks(at)
    narrowed = asked(at, tracks, lists.searched(uow, at, tracks))
    found = queries.at_desk(uow.session, at.edition.id, at.standing, narrowed)
    answered = _answers(at, found)
    header = ("number", "state", "outcome", "track", "title", "authors", "presenters", "addresses", "submitted")
    rows = (
        (
            one.number,
            one.state.value,
            one.outcome.value if one.outcome and one.state in rules.DECIDED else "",
            one.track.key if one.track else "",
            one.title,
            "; ".join(author.name for author in one.authors),
            "; ".join(author.name for author in one.authors if author.is_presenter),
            "; ".join(author.email for author in one.authors if author.email),
            one.submitted_at.strftime("%Y-%m-%dT%H:%MZ") if one.submitted_at else "",
            *(answers[one.id] for _label, answers in answered),
        )
        for one in found
    )
    columns = (*header, *(label for label, _answers_of in answered))
    return csv_response(f"{community}-{edition}-submissions", columns, rows)


def _answers(at: Here, found: Sequence[Submission]) -> list[tuple[str, dict[int, str]]]:
    """The organisers' questions, each with what every one of these works says to it."""
    session = unit().session
    sheet = questions.sheet(session, at.edition.id, form.KEY).questions
    given = questions.answers_to(session, form.KEY, [one.id for one in found]) if sheet else {}
    kept = {one.id: question_rules.kept(sheet, given.get(one.id, {}), form.scopes_of(one)) for one in found}
    return [
        (question.label, {work: answer_text(question, answers.get(question.id)) for work, answers in kept.items()})
        for question in sheet
    ]
