"""The chairs' pages about reviewers: who reads what, seen from the works and from the people; one work's reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.assignments import service as assigning
from workshop_manager.assignments.desk import tabs as assignment_tabs
from workshop_manager.assignments.models import Assignment
from workshop_manager.assignments.rules import OPEN_FOR_REVIEW, WANTED_REVIEWS
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts import words as conflict_words
from workshop_manager.conflicts.service import lift
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.reviews import discussing, queries, service, words
from workshop_manager.reviews.queries import BoardFilter, Reader
from workshop_manager.reviews.shown import for_chairs
from workshop_manager.reviews.views import answer_conflict, blueprint, due_text
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import MAY_SEE_ALL_TRACKS
from workshop_manager.submissions.words import state_sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_SUBMISSIONS

DESK = "/<community>/<edition>/organise/reviews"
ROWS = 50
WORKS = 25
"""Fewer works a page than the board has: each carries the list of all reviewers."""
LISTED = 60
"""So many reviewers fit into each of those lists; of more, one chooses on the page of the work."""


def number_of(typed: str) -> int:
    """A number as it stands in a form or an address; what is none is -1, which nothing has."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def seen_tracks(at: Here) -> list[Track]:
    """The tracks whose submissions the viewer may read."""
    every = workshops.tracks(unit().session, at.edition.id)
    may_all = at.standing.may(MAY_SEE_ALL_TRACKS)
    return [track for track in every if may_all or track.id in at.standing.chaired_tracks]


def asked_for(tracks: Sequence[Track], views: tuple[str, ...]) -> BoardFilter:
    """The filter in the address; what makes no sense narrows nothing."""
    track, show = request.args.get("track", ""), request.args.get("show", "")
    return BoardFilter(
        show if show in views else "",
        next((t.id for t in tracks if str(t.id) == track), None),
        request.args.get("q", "").replace("\x00", "").strip()[:100],
    )


def kept_query() -> dict[str, str]:
    """The filter of the list one is on: it travels in the address of its forms."""
    return {k: v[:100] for k, v in request.args.items() if k in ("page", "track", "show", "q")}


# -- seen from the works ------------------------------------------------------------------------------------------


@blueprint.get(DESK)
@access(team(MAY_SUBMISSIONS))
def assignments(community: str, edition: str) -> Response:
    """Who reads what."""
    return _assignments(here())


def _assignments(at: Here, status: int = 200, refused: tuple[int, str] | None = None, chosen: int = 0) -> Response:
    session = unit().session
    tracks = seen_tracks(at)
    asked = asked_for(tracks, ("thin",))
    every, thin = queries.needing_counts(session, at.edition.id, at.standing, asked)
    pager = paging(thin if asked.show == "thin" else every, WORKS)
    rows = queries.needing(session, at.edition.id, at.standing, asked, pager.offset, pager.size)
    ids = [row.submission.id for row in rows]
    loads = queries.loads(session, at.edition.id, at.standing, most=LISTED + 1)
    readers = queries.readers_of(session, ids)
    on_team = {load.person.id for load in loads}
    if is_long := len(loads) > LISTED:
        reading = {reader.person.id for row in readers.values() for reader in row}
        on_team = set(queries.loads_by_person(session, at.edition.id, at.standing, reading))
    query = kept_query()
    within = {k: v for k, v in query.items() if k in ("track", "q")}
    return page(
        "reviews/assignments.html",
        status,
        at=at,
        rows=rows,
        pager=pager,
        asked=asked,
        tracks=tracks,
        readers=readers,
        loads=loads[:LISTED],
        is_long=is_long,
        here_now=on_team,
        progress=queries.progress(session, at.edition.id, at.standing),
        tabs=assignment_tabs(at, "reviews.assignments"),
        refused=refused,
        chosen=chosen,
        wanted=WANTED_REVIEWS,
        open_states=OPEN_FOR_REVIEW,
        due=due_text(at),
        query=query,
        segments=[
            (str(_("All")), at.url("reviews.assignments", **within), asked.show == "", every),
            (
                str(_("Need reviewers")),
                at.url("reviews.assignments", show="thin", **within),
                asked.show == "thin",
                thin,
            ),
        ],
    )


def _say_assigned(made: Sequence[Assignment]) -> None:
    people = len({row.reviewer_id for row in made})
    assigned = ngettext("%(num)s assignment made.", "%(num)s assignments made.", len(made))
    mails = ngettext("One mail tells the reviewer.", "%(num)s reviewers get one mail each.", people)
    tell(f"{assigned} {mails}")


@blueprint.post(f"{DESK}/<int:number>/assignments")
@access(team(MAY_SUBMISSIONS))
def assignments_assign(community: str, edition: str, number: int) -> Any:
    """Give a submission to one or several reviewers. `from=one` leads back to the page of the submission."""
    at = here()
    chosen = [number_of(typed) for typed in request.form.getlist("reviewer")[: assigning.MOST_AT_ONCE + 1] if typed]
    is_one = request.args.get("from") == "one"
    try:
        made = assigning.assign(unit(), at.edition, [number], chosen)
    except Conflict as refusal:
        if is_one:
            return _one(at, number, 422, refusal.sentence, frozenset(chosen))
        return _assignments(at, 422, (number, refusal.sentence), chosen[0] if chosen else 0)
    _say_assigned(made)
    if is_one:
        return redirect(at.url("reviews.assignments_one", number=number), 303)
    return redirect(at.url("reviews.assignments", **kept_query()) + f"#s{number}", 303)


@blueprint.post(f"{DESK}/<int:number>/assignments/<int:reviewer_id>/removal")
@access(team(MAY_SUBMISSIONS))
def assignments_unassign(community: str, edition: str, number: int, reviewer_id: int) -> Any:
    """Take a submission back from a reviewer."""
    at = here()
    service.unassign(unit(), at.edition, number, reviewer_id)
    tell(str(_("#%(number)s is taken back. They get no mail about it.", number=number)))
    if request.args.get("from") == "one":
        return redirect(at.url("reviews.assignments_one", number=number), 303)
    if request.args.get("from") == "reviewer":
        return redirect(at.url("reviews.assignments_reviewer", reviewer_id=reviewer_id), 303)
    return redirect(at.url("reviews.assignments", **kept_query()), 303)


# -- one work -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may review, beside one work: what they have, or why they cannot have it."""

    person: Person
    assigned: int
    done: int
    reason: str


@blueprint.get(f"{DESK}/<int:number>")
@access(team(MAY_SUBMISSIONS))
def assignments_one(community: str, edition: str, number: int) -> Response:
    """Everything reviewers said of one submission, with names and remarks; who else could read it, and who cannot."""
    return _one(here(), number)


def _one(at: Here, number: int, status: int = 200, refused: str = "", chosen: frozenset[int] = frozenset()) -> Response:
    session = unit().session
    found = submissions.find_row_at_desk(session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    readers = queries.readers_of(session, [found.id])[found.id]
    against = conflicts.against(session, found)
    have = {reader.person.id for reader in readers}
    loads = queries.loads(session, at.edition.id, at.standing)
    reasons = {}
    for load in loads:
        why = against.get(load.person.id)
        reasons[load.person.id] = conflict_words.conflict_reason(why) if why else ""
    candidates = [
        Candidate(load.person, load.assigned, load.done, reasons[load.person.id])
        for load in loads
        if load.person.id not in have
    ]
    around = queries.around(session, found.id, at.standing.person_id or 0)
    return page(
        "reviews/assignments_one.html",
        status,
        at=at,
        found=found,
        sign=state_sign(found.state),
        reviews=for_chairs(queries.reviews_around(session, found.id, 0)),
        around=around,
        meta_advice=words.ADVICE[around.meta.advice] if around.meta and around.meta.advice else "",
        lead=next((one.person.name for one in loads if around.meta and one.person.id == around.meta.lead_id), ""),
        leads=[(one.person.id, one.person.name) for one in loads if not reasons[one.person.id]],
        declined=queries.declined_of(session, found.id) if around.declined else [],
        decline_reasons=words.DECLINE_REASONS,
        conflicts=conflicts.conflicts_of(session, found.id),
        readers=[(one, against.get(one.person.id)) for one in readers],
        candidates=candidates,
        is_open=found.state in OPEN_FOR_REVIEW,
        refused=refused,
        chosen=chosen,
        words=words,
        conflict_words=conflict_words,
    )


@blueprint.post(f"{DESK}/<int:number>/lead")
@access(team(MAY_SUBMISSIONS))
def assignments_lead(community: str, edition: str, number: int) -> Any:
    """Ask somebody to lead the discussion of a work, or nobody any more."""
    at = here()
    typed = request.form.get("lead", "")
    chosen = number_of(typed) if typed else None
    try:
        discussing.ask_to_lead(unit(), at.edition, number, chosen)
    except Conflict as refusal:
        return _one(at, number, 422, refusal.sentence)
    tell(str(_("Saved. Whoever leads gets a mail.") if chosen else _("Nobody leads this discussion any more.")))
    return redirect(at.url("reviews.assignments_one", number=number) + "#lead", 303)


@blueprint.route(f"{DESK}/<int:number>/conflict", methods=["GET", "POST"])
@access(team(MAY_SUBMISSIONS))
def assignments_conflict(community: str, edition: str, number: int) -> Any:
    """A chair says that they should not judge this work: from then on they see nothing of it."""
    at = here()
    found = submissions.find_row_at_desk(unit().session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    action = at.url("reviews.assignments_conflict", number=number)
    back = at.url("reviews.assignments_one", number=number)
    return answer_conflict(at, found, action, back, at.url("reviews.assignments"))


@blueprint.post(f"{DESK}/<int:number>/conflicts/<int:conflict_id>/removal")
@access(team(MAY_SUBMISSIONS))
def assignments_lift(community: str, edition: str, number: int, conflict_id: int) -> Any:
    """Undo a conflict that somebody declared by mistake."""
    at = here()
    lift(unit(), at.edition, number, conflict_id)
    tell(str(_("Lifted. They can be given #%(number)s again.", number=number)))
    return redirect(at.url("reviews.assignments_one", number=number), 303)


# -- seen from the people -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """A work beside one reviewer: who has it so far, or why this reviewer cannot have it."""

    submission: Submission
    readers: list[Reader]
    reason: str


@blueprint.get(f"{DESK}/reviewers/<int:reviewer_id>")
@access(team(MAY_SUBMISSIONS))
def assignments_reviewer(community: str, edition: str, reviewer_id: int) -> Response:
    """What one reviewer has, and what else they could be given."""
    return _reviewer(here(), reviewer_id)


def _reviewer(
    at: Here, reviewer_id: int, status: int = 200, refused: str = "", chosen: frozenset[int] = frozenset()
) -> Response:
    session = unit().session
    load = queries.find_load(session, at.edition.id, at.standing, reviewer_id)
    if load is None:
        raise NotFound
    works = queries.open_for_assignment(session, at.edition.id, at.standing)
    readers = queries.readers_of(session, [work.id for work in works])
    against = conflicts.conflicts_with(session, at.edition.id, reviewer_id)
    has, offers = [], []
    for work in works:
        own = next((reader for reader in readers[work.id] if reader.person.id == reviewer_id), None)
        if own is not None:
            has.append((work, own.is_in))
        else:
            reason = conflict_words.conflict_reason(against[work.id]) if work.id in against else ""
            offers.append(Offer(work, readers[work.id], reason))
    offers.sort(key=lambda offer: (bool(offer.reason), len(offer.readers), offer.submission.number))
    return page(
        "reviews/assignments_reviewer.html",
        status,
        at=at,
        load=load,
        has=has,
        offers=offers,
        refused=refused,
        chosen=chosen,
        wanted=WANTED_REVIEWS,
    )


@blueprint.post(f"{DESK}/reviewers/<int:reviewer_id>/assignments")
@access(team(MAY_SUBMISSIONS))
def assignments_to_reviewer(community: str, edition: str, reviewer_id: int) -> Any:
    """Give one reviewer several submissions, with one mail."""
    at = here()
    chosen = [number_of(typed) for typed in request.form.getlist("number")[: assigning.MOST_AT_ONCE + 1]]
    try:
        made = assigning.assign(unit(), at.edition, chosen, [reviewer_id])
    except Conflict as refusal:
        return _reviewer(at, reviewer_id, 422, refusal.sentence, frozenset(chosen))
    _say_assigned(made)
    return redirect(at.url("reviews.assignments_reviewer", reviewer_id=reviewer_id), 303)
