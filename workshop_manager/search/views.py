"""The search field of the organisers' list, tags, saved searches, acts on many submissions; the reviewers' search."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy import ColumnElement, false

from workshop_manager.assignments.rules import REVIEWERS
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.reviews.states import ReviewState
from workshop_manager.search import acts, queries, rules, service, words
from workshop_manager.search.grammar import LONGEST, Misread, parse
from workshop_manager.search.states import Act
from workshop_manager.search.vocabulary import Scope, Vocabulary, condition, for_chairs, for_reviewers
from workshop_manager.submissions import desk as submissions_desk
from workshop_manager.submissions import lists
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.panels import Counted
from workshop_manager.submissions.words import title_of
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import MAY_DECIDE

blueprint = Blueprint("search", __name__)
DESK = "/<community>/<edition>/organise/submissions"
SEARCHES = "/<community>/<edition>/organise/searches"


def _fragment(template: str, **values: Any) -> Markup:
    return Markup(render_template(template, **values))  # nosec B704  # noqa: S704 - a rendered template of ours


# -- reading the field --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed, the condition it stands for, and what is wrong with it."""

    typed: str
    condition: ColumnElement[bool] | None
    problem: str = ""


def read(typed: str, known: Vocabulary, scope: Scope) -> Read:
    """The search as somebody typed it. One that cannot be read finds nothing."""
    try:
        return Read(typed, condition(parse(typed), known, scope))
    except Misread as misread:
        return Read(typed, false(), words.misread(misread))


def _typed() -> str:
    return clean_line(request.args.get("q", ""))[: LONGEST + 1]


def scope_of(uow: UnitOfWork, at: Here, tracks: Sequence[Track]) -> Scope:
    """Where the viewer searches."""
    return Scope(
        session=uow.session,
        edition_id=at.edition.id,
        standing=at.standing,
        tracks=tracks,
        zone=ZoneInfo(at.edition.time_zone),
        person_id=at.standing.person_id or 0,
    )


def searched(uow: UnitOfWork, at: Here, tracks: Sequence[Track]) -> lists.Searched:
    """The search field of the organisers' list, for `submissions.lists`."""
    known = for_chairs(at.standing)
    found = read(_typed(), known, scope_of(uow, at, tracks))
    kept = {"q": found.typed} if found.typed else {}
    narrowing = {name: request.args[name] for name in ("state", "track") if request.args.get(name)} | kept
    shortcuts = queries.shortcuts(uow.session, at.edition.id, at.standing)
    return lists.Searched(
        conditions=() if found.condition is None else (found.condition,),
        bar=_fragment("search/bar.html", found=found),
        below=_fragment(
            "search/below.html",
            found=found,
            fields=words.explained(known),
            used=_tags(at, [(one.name, one.number) for one in shortcuts if not one.query]),
            saved=[_saved(at, one) for one in shortcuts if one.query],
            bulk_url=at.url("search.bulk", **narrowing),
            save_url=at.url("search.save"),
            batches_url=at.url("search.batches"),
        ),
        marks=lambda ids: _marks(uow, at, ids),
        kept=kept,
    )


def _tags(at: Here, used: Sequence[tuple[str, int]]) -> list[tuple[str, int, str, int]]:
    """Tags with their tint, the address that finds them, and how many bear them."""
    return [
        (name, rules.tint_of(name), at.url("submissions.desk_list", q=f"tag:{name}"), number) for name, number in used
    ]


def _marks(uow: UnitOfWork, at: Here, ids: Collection[int]) -> Mapping[int, Markup]:
    every = queries.tags_of(uow.session, ids)
    return {
        one: _fragment("search/tags.html", tags=_tags(at, [(name, 0) for name in names]))
        for one, names in every.items()
        if names
    }


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search in the list."""

    name: str
    query: str
    url: str
    is_shared: bool
    removal_url: str | None


def _saved(at: Here, one: queries.Shortcut) -> SavedRow:
    removal = at.url("search.forget", search_id=one.search_id) if one.is_own else None
    return SavedRow(one.name, one.query, at.url("submissions.desk_list", q=one.query), one.is_shared, removal)


# -- saved searches -----------------------------------------------------------------------------------------------


@blueprint.post(SEARCHES)
@access(team(rules.MAY_SEARCH))
def save(community: str, edition: str) -> Any:
    """Keep a search by a name."""
    at = here()
    query = clean_line(request.form.get("q", ""))
    name = clean_line(request.form.get("name", ""))[:80]
    back = at.url("submissions.desk_list", q=query) if query else at.url("submissions.desk_list")
    if not name:
        tell(str(_("Give the search a name to keep it by.")), "error")
        return redirect(back, 303)
    try:
        service.save_search(unit(), at.edition, name, query, is_shared=bool(request.form.get("is_shared")))
    except Misread as misread:
        tell(words.misread(misread), "error")
    except Conflict as refusal:
        tell(refusal.sentence, "error")
    else:
        tell(str(_("Kept as “%(name)s”.", name=name)))
    return redirect(back, 303)


@blueprint.post(f"{SEARCHES}/<int:search_id>/removal")
@access(team(rules.MAY_SEARCH))
def forget(community: str, edition: str, search_id: int) -> Any:
    """Throw a saved search away."""
    at = here()
    service.forget_search(unit(), at.edition, search_id)
    tell(str(_("The search is no longer kept.")))
    return redirect(at.url("submissions.desk_list"), 303)


# -- acts on many submissions -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepRow:
    """A submission in the preview of an act."""

    number: int
    title: str
    url: str
    is_chosen: bool
    why_not: str


@blueprint.get(f"{DESK}/bulk")
@access(team(rules.MAY_SEARCH))
def bulk(community: str, edition: str) -> Response:
    """What an act would do to everything that a search finds. Nothing happens here."""
    return _bulk(here(), request.args.get("act", ""), request.args.get("value", ""))


def _bulk(at: Here, act_value: str, value: str, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    tracks = submissions_desk.seen_tracks(at)
    narrowed = lists.searched(uow, at, tracks)
    asked = submissions_desk.asked(at, tracks, narrowed)
    most = rules.MOST_AT_ONCE
    works = queries.found(uow.session, at.edition.id, at.standing, asked.conditions(), most + 1)
    act = next((one for one in Act if one.value == act_value), None)
    place = acts.Place(uow, at.edition, at.standing)
    steps: list[acts.Step] = []
    if act is not None and len(works) <= most and not refused:
        try:
            wanted = acts.checked(place, act, value)
            steps = acts.preview(place, wanted, works)
            value = wanted.value
        except Conflict as refusal:
            refused, status = refusal.sentence, 422
    kept = submissions_desk.narrowing(narrowed)
    return page(
        "search/bulk.html",
        status,
        parts=navigation.parts("submissions", at, request.endpoint),
        query=narrowed.kept.get("q", ""),
        kept=kept,
        total=len(works),
        is_too_many=len(works) > most,
        most=most,
        acts=words.acts(at.standing),
        act=act,
        act_value=act.value if act else "",
        value=value,
        tags=[name for name, _number in queries.used_tags(uow.session, at.edition.id, at.standing)],
        tracks=[(track.key, track.name) for track in tracks],
        refused=refused,
        rows=[_step(at, step) for step in steps],
        changing=sum(step.changes for step in steps),
        rounds=list(acts.round_names(uow, at.edition)) if at.standing.may(MAY_DECIDE) else [],
        sentence=words.act_sentence(act, value, tracks) if act and steps else "",
        consequence=words.consequence(act) if act else "",
        is_previewed=bool(steps),
        self_url=at.url("search.bulk"),
        act_url=at.url("search.bulk_done", **kept),
        list_url=at.url("submissions.desk_list", **kept),
    )


def _step(at: Here, step: acts.Step) -> StepRow:
    found = step.submission
    url = at.url("submissions.desk_list_one", number=found.number)
    return StepRow(found.number, title_of(found.title), url, step.changes, step.why_not)


@blueprint.post(f"{DESK}/bulk")
@access(team(rules.MAY_SEARCH))
def bulk_done(community: str, edition: str) -> Any:
    """Do it to those that are ticked."""
    at = here()
    act = next((one for one in Act if one.value == request.form.get("act")), None)
    if act is None:
        raise NotFound
    value = request.form.get("value", "")
    ticked = request.form.getlist("number")[: rules.MOST_AT_ONCE + 1]
    numbers = {int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 10}
    try:
        batch, left = service.apply(unit(), at.edition, act, value, numbers)
    except Conflict as refusal:
        return _bulk(at, act.value, value, 422, refusal.sentence)
    if batch is None:
        tell(str(_("Nothing was left to change.")), "info")
        return redirect(at.url("submissions.desk_list", **submissions_desk.narrowing(_kept(at))), 303)
    if left:
        tell(ngettext("%(num)s was left as it was.", "%(num)s were left as they were.", left), "info")
    return redirect(at.url("search.batch", batch_id=batch.id), 303)


def _kept(at: Here) -> lists.Searched:
    typed = _typed()
    return lists.Searched(kept={"q": typed} if typed else {})


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list."""

    sentence: str
    consequence: str
    reason: str
    url: str
    when: str
    who: str
    number: int
    is_undone: bool


def _batch_row(at: Here, batch: Any, number: int, tracks: Sequence[Track]) -> BatchRow:
    return BatchRow(
        sentence=words.done_sentence(batch.act, batch.value, tracks),
        consequence=words.consequence(batch.act),
        reason=batch.value if batch.act is Act.REJECT else "",
        url=at.url("search.batch", batch_id=batch.id),
        when=when_text(batch.created_at, at.edition.time_zone),
        who=batch.person.name if batch.person else str(_("somebody who left")),
        number=number,
        is_undone=batch.undone_at is not None,
    )


@blueprint.get(f"{DESK}/batches")
@access(team(rules.MAY_SEARCH))
def batches(community: str, edition: str) -> Response:
    """What was done to many at once, the latest first."""
    at, uow = here(), unit()
    tracks = workshops.tracks(uow.session, at.edition.id)
    found = queries.batches(uow.session, at.edition.id, at.standing)
    return page(
        "search/batches.html",
        parts=navigation.parts("submissions", at, request.endpoint),
        rows=[_batch_row(at, one, number, tracks) for one, number in found],
        list_url=at.url("submissions.desk_list"),
    )


@blueprint.get(f"{DESK}/batches/<int:batch_id>")
@access(team(rules.MAY_SEARCH))
def batch(community: str, edition: str, batch_id: int) -> Response:
    """One act on many submissions: exactly which, and the way back."""
    return _batch(here(), batch_id)


def _batch(at: Here, batch_id: int, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    found = queries.find_batch(uow.session, at.edition.id, batch_id)
    items = queries.items(uow.session, batch_id, at.standing) if found is not None else []
    if found is None or not items:
        raise NotFound
    return page(
        "search/batch.html",
        status,
        parts=navigation.parts("submissions", at, request.endpoint),
        row=_batch_row(at, found, len(items), workshops.tracks(uow.session, at.edition.id)),
        items=[
            (
                item.submission.number,
                title_of(item.submission.title),
                at.url("submissions.desk_list_one", number=item.submission.number),
                item.is_undone,
            )
            for item in items
        ],
        may_undo=any(not item.is_undone for item in items),
        refused=refused,
        undo_url=at.url("search.undo", batch_id=batch_id),
        list_url=at.url("submissions.desk_list"),
        batches_url=at.url("search.batches"),
    )


@blueprint.post(f"{DESK}/batches/<int:batch_id>/undoing")
@access(team(rules.MAY_SEARCH))
def undo(community: str, edition: str, batch_id: int) -> Any:
    """Take a batch back where nothing has changed since."""
    at = here()
    try:
        undone, left = service.undo(unit(), at.edition, batch_id)
    except Conflict as refusal:
        return _batch(at, batch_id, 409, refusal.sentence)
    told = ngettext("%(num)s is as it was before.", "%(num)s are as they were before.", undone)
    if left:
        told += " " + ngettext(
            "%(num)s was changed since and stays.", "%(num)s were changed since and stay as they are.", left
        )
    tell(told)
    return redirect(at.url("search.batch", batch_id=batch_id), 303)


# -- tags of one submission ---------------------------------------------------------------------------------------


def _tags_panel(
    _uow: UnitOfWork, _edition: Edition, submission: Submission, figures: Mapping[str, Any]
) -> Markup | None:
    at = here()
    names = sorted((figures["names"] or "").split())
    url = at.url("search.tag", number=submission.number)
    return _fragment("search/panel.html", tags=_tags(at, [(name, 0) for name in names]), url=url)


TAGS_PANEL = Counted(lambda _edition, submission: {"names": queries.joined_tags(submission.id)}, _tags_panel)
"""The tags on the organisers' page of a submission; whoever sees that page may change them."""


@blueprint.post(f"{DESK}/<int:number>/tags")
@access(team(rules.MAY_SEARCH))
def tag(community: str, edition: str, number: int) -> Any:
    """Give a submission a tag, or take it away."""
    at = here()
    taken = request.form.get("remove", "")
    try:
        service.set_tag(unit(), at.edition, number, taken or request.form.get("name", ""), bears=not taken)
    except Conflict as refusal:
        tell(refusal.sentence, "error")
    return redirect(at.url("submissions.desk_list_one", number=number) + "#tags-h", 303)


# -- the reviewers' search ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """What a reviewer finds."""

    number: int
    title: str
    track: str
    url: str
    sign: tuple[str, str, str]


@blueprint.get("/<community>/<edition>/reviews/search")
@access(SIGNED_IN_EDITION)
def reading(community: str, edition: str) -> Response:
    """Search what one was given to read. For whoever reviews nothing here, the page does not exist."""
    at, uow = here(), unit()
    if not at.standing.may(REVIEWERS):
        raise NotFound
    person_id = viewer_person().id
    known = for_reviewers()
    tracks = workshops.tracks(uow.session, at.edition.id)
    found = read(_typed(), known, scope_of(uow, at, tracks))
    works = queries.readable_works(uow.session, at.edition.id, person_id, found.condition)
    navigation.frame().private = True
    return page(
        "search/reading.html",
        found=found,
        fields=words.explained(known),
        works=[_work(at, submission, state) for submission, state in works],
        self_url=at.url("search.reading"),
        mine_url=at.url("reviews.mine"),
    )


def _work(at: Here, submission: Submission, state: ReviewState | None) -> Work:
    return Work(
        number=submission.number,
        title=title_of(submission.title),
        track=submission.track.name if submission.track else "",
        url=at.url("reviews.review", number=submission.number),
        sign=words.review_sign(state),
    )
