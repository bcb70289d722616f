"""The chairs' pages: who reads what, the decision board, the release."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.reviews import emails, queries, rules, service, words
from workshop_manager.reviews.queries import BoardFilter, Opinion
from workshop_manager.reviews.views import blueprint as blueprint  # whoever registers it needs these routes too
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SUBMISSIONS

DESK = "/<community>/<edition>/organise"
ROWS = 50
_STEP = 24
"""Between two scores in the drawing of a strip; its axis runs from 6 to 126."""


# -- assigning ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/reviews")
@access(team(MAY_SUBMISSIONS))
def assignments(community: str, edition: str) -> Response:
    """Who reads what."""
    return _assignments(here())


def _assignments(at: Here, status: int = 200, refused: tuple[int, str] | None = None) -> Response:
    session = unit().session
    tracks = workshops.tracks(session, at.edition.id)
    asked = _asked(tracks)
    pager = paging(queries.count_board(session, at.edition.id, at.standing, asked), ROWS)
    rows = queries.board(session, at.edition.id, at.standing, asked, pager.offset, pager.size)
    ids = [row.submission.id for row in rows]
    return page(
        "reviews/assignments.html",
        status,
        at=at,
        rows=rows,
        pager=pager,
        asked=asked,
        tracks=tracks,
        assigned=queries.assignments_of(session, ids),
        states=queries.states_of_reviews(session, ids),
        loads=queries.loads(session, at.edition.id, rules.REVIEWERS),
        progress=queries.progress(session, at.edition.id, at.standing),
        refused=refused,
        wanted=rules.WANTED_REVIEWS,
        open_states=rules.OPEN_FOR_REVIEW,
    )


def _asked(tracks: Any) -> BoardFilter:
    track = request.args.get("track", "")
    show = request.args.get("show", "")
    return BoardFilter(
        show if show in ("undecided", "split") else "",
        next((t.id for t in tracks if str(t.id) == track), None),
        request.args.get("q", "").replace("\x00", "").strip()[:100],
    )


def _back(at: Here, endpoint: str) -> Any:
    """To the page of the list one was on: the filter travels in the form's address."""
    kept = {k: v for k, v in request.args.items() if k in ("page", "track", "show", "q")}
    return redirect(at.url(endpoint, **kept), 303)


@blueprint.post(f"{DESK}/reviews/<int:number>/assignments")
@access(team(MAY_SUBMISSIONS))
def assign(community: str, edition: str, number: int) -> Any:
    """Give a submission to a reviewer."""
    at = here()
    typed = request.form.get("reviewer", "")
    reviewer = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    try:
        service.assign(unit(), at.edition, number, reviewer)
    except Conflict as refusal:
        return _assignments(at, 422, (number, refusal.sentence))
    tell(str(_("Assigned. The reviewer gets a mail.")))
    return _back(at, "reviews.assignments")


@blueprint.post(f"{DESK}/reviews/<int:number>/assignments/<int:reviewer_id>/removal")
@access(team(MAY_SUBMISSIONS))
def unassign(community: str, edition: str, number: int, reviewer_id: int) -> Any:
    """Take a submission back from a reviewer."""
    at = here()
    service.unassign(unit(), at.edition, number, reviewer_id)
    tell(str(_("Taken back.")))
    return _back(at, "reviews.assignments")


# -- deciding -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Strip:
    """The scores of a submission as a drawing, with the sentence that says the same."""

    dots: tuple[tuple[float, float], ...]
    mean: float | None
    spread: tuple[float, float] | None
    sentence: str


def strip(opinions: list[Opinion], average: float | None) -> Strip:
    """A dot a review on 1…6, equal scores stacked, a triangle for the average, a line if they lie far apart."""
    stacked: dict[int, int] = {}
    dots = []
    for opinion in sorted(opinions, key=lambda o: o.score):
        level = stacked.get(opinion.score, 0)
        stacked[opinion.score] = level + 1
        dots.append((_x(opinion.score), 21.0 - 8 * level))
    scores = [o.score for o in opinions]
    split = (_x(min(scores)), _x(max(scores))) if rules.is_split(scores) else None
    if scores:
        listed = ", ".join(map(str, sorted(scores, reverse=True)))
        sentence = _("Scores %(scores)s of 6, average %(average)s", scores=listed, average=f"{average or 0:.1f}")
    else:
        sentence = _("No review yet")
    return Strip(tuple(dots), _x(average) if average is not None else None, split, str(sentence))


def _x(score: float) -> float:
    return round(6 + (score - 1) * _STEP, 1)


def _say(opinions: list[Opinion]) -> str:
    """`2 oral, 1 poster`."""
    counted: dict[str, int] = {}
    for opinion in opinions:
        if opinion.advice:
            counted[opinion.advice] = counted.get(opinion.advice, 0) + 1
    return ", ".join(f"{n} {words.SHORT_ADVICE[advice]}" for advice, n in sorted(counted.items(), key=lambda c: -c[1]))


@blueprint.get(f"{DESK}/decisions")
@access(team(MAY_DECIDE))
def decisions(community: str, edition: str) -> Response:
    """The decision board: ranked, with what reviewers say and what is pending."""
    return _board(here())


def _board(at: Here, status: int = 200, refused: str | None = None, typed: dict[int, str] | None = None) -> Response:
    session = unit().session
    tracks = workshops.tracks(session, at.edition.id)
    asked = _asked(tracks)
    pager = paging(queries.count_board(session, at.edition.id, at.standing, asked), ROWS)
    rows = queries.board(session, at.edition.id, at.standing, asked, pager.offset, pager.size)
    opinions = queries.opinions(session, [row.submission.id for row in rows])
    counts = queries.pending_counts(session, at.edition.id, at.standing)
    kept = {k: v for k, v in (("track", asked.track_id), ("q", asked.words or None)) if v is not None}
    return page(
        "reviews/decisions.html",
        status,
        at=at,
        rows=rows,
        pager=pager,
        asked=asked,
        tracks=tracks,
        counts=counts,
        outcomes=[(o, outcome_name(o)) for o in Outcome],
        strips={row.submission.id: strip(opinions[row.submission.id], row.average) for row in rows},
        says={row.submission.id: _say(opinions[row.submission.id]) for row in rows},
        undecided=rules.UNDECIDED,
        refused=refused,
        typed=typed or {},
        segments=[
            (str(_("All")), at.url("reviews.decisions", **kept), asked.show == ""),
            (str(_("Undecided")), at.url("reviews.decisions", show="undecided", **kept), asked.show == "undecided"),
            (str(_("Split")), at.url("reviews.decisions", show="split", **kept), asked.show == "split"),
        ],
        status_line=_status(counts),
        query={k: v for k, v in request.args.items() if k in ("page", "track", "show", "q")},
    )


def _status(counts: queries.Pending) -> str:
    pending = ngettext("%(num)s decision pending", "%(num)s decisions pending", counts.waiting)
    return str(_("%(pending)s, %(open)s open.", pending=pending, open=counts.open))


@blueprint.post(f"{DESK}/decisions")
@access(team(MAY_DECIDE))
def decide(community: str, edition: str) -> Any:
    """Save pending decisions. Nobody is told."""
    at = here()
    wanted: dict[int, Outcome | None] = {}
    versions: dict[int, int] = {}
    typed: dict[int, str] = {}
    for name, value in request.form.items():
        kind, _dash, number = name.partition("-")
        if kind not in ("decision", "version") or not (number.isascii() and number.isdigit() and len(number) < 10):
            continue
        if kind == "version":
            versions[int(number)] = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        else:
            typed[int(number)] = value
            wanted[int(number)] = next((o for o in Outcome if o.value == value), None)
    try:
        changed = service.decide(unit(), at.edition, wanted, versions)
    except Conflict as refusal:
        return _board(at, 422, refusal.sentence, typed)
    if changed:
        tell(
            str(
                ngettext(
                    "%(num)s decision saved as pending. Nobody has been told.",
                    "%(num)s decisions saved as pending. Nobody has been told.",
                    changed,
                )
            )
        )
    else:
        tell(str(_("Nothing changed.")), "info")
    return _back(at, "reviews.decisions")


@dataclass(frozen=True, slots=True)
class PreparedMail:
    """Who would hear what."""

    number: int
    title: str
    outcome: str
    people: Markup
    count: int


@blueprint.get(f"{DESK}/decisions/release")
@access(team(MAY_DECIDE))
def release(community: str, edition: str) -> Response:
    """What a release would do: every recipient, every outcome. Nothing has happened yet."""
    at, uow = here(), unit()
    pending = queries.pending_decisions(uow.session, at.edition.id, at.standing)
    prepared = []
    for decision, submission in pending:
        people = emails.recipients(uow, submission)
        listed = Markup(", ").join(Markup("<bdi>{}</bdi> ({})").format(n, a) for a, (n, _id) in people.items())
        prepared.append(
            PreparedMail(
                submission.number, submission.title, outcome_name(decision.outcome), escape(listed), len(people)
            )
        )
    return page(
        "reviews/release.html",
        at=at,
        prepared=prepared,
        mails=sum(p.count for p in prepared),
        counts=queries.pending_counts(uow.session, at.edition.id, at.standing),
        outcomes=[(o, outcome_name(o)) for o in Outcome],
    )


@blueprint.post(f"{DESK}/decisions/release")
@access(team(MAY_DECIDE))
def released(community: str, edition: str) -> Any:
    """Release every pending decision."""
    at = here()
    number = service.release(unit(), at.edition)
    tell(
        str(
            ngettext(
                "%(num)s decision is out. The mails are on their way.",
                "%(num)s decisions are out. The mails are on their way.",
                number,
            )
        )
    )
    return redirect(at.url("reviews.decisions"), 303)


@blueprint.get(f"{DESK}/reviews/<int:number>")
@access(team(MAY_SUBMISSIONS))
def reviews_of(community: str, edition: str, number: int) -> Response:
    """Everything reviewers said of one submission, with names and remarks, and who declared a conflict."""
    at, session = here(), unit().session
    found = queries.find_at_desk(session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return page(
        "reviews/reviews_of.html",
        at=at,
        found=found,
        reviews=queries.reviews_with_names(session, found.id),
        conflicts=queries.conflicts_of(session, found.id),
        assigned=queries.assignments_of(session, [found.id])[found.id],
        words=words,
    )
