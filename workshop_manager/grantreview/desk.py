"""The readers' pages: what one is to read, one application with its rubric, the ranking, what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grantreview import queries, reading, rubrics, talking
from workshop_manager.grantreview.forms import AskForm, MessageForm, ask_form, refuse, score_form
from workshop_manager.grantreview.models import GrantMessage, GrantQuestion
from workshop_manager.grantreview.queries import Spread
from workshop_manager.grantreview.rules import MAY_CHANGE, is_overdue
from workshop_manager.grantreview.states import Ask
from workshop_manager.grants import asking, words
from workshop_manager.grants import queries as grants
from workshop_manager.grants import rules as grant_rules
from workshop_manager.grants.models import Application
from workshop_manager.grants.queries import Ranked
from workshop_manager.grants.states import CostKind
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_FUNDS, MAY_GRANTS

blueprint = Blueprint("grantreview", __name__)
BASE = "/<community>/<edition>/organise/grants"


def shown_parts(at: Here) -> list[navigation.Entry]:
    """The pages about grants, for the segments on top of each."""
    return navigation.parts("grants", at, request.endpoint)


def is_blind(at: Here) -> bool:
    """Whether this viewer does not learn who asks until the answer is out."""
    return grant_rules.is_blind_for(at.standing, bool(grants.settings_of(unit().session, at.edition.id).is_blind))


def name_of(found: Application, *, blind: bool) -> str:
    """The applicant's name, as far as this viewer may know it."""
    if grant_rules.is_hidden(blind, found.released_at):
        return words.hidden_name(found.id)
    return found.person.name if found.person and found.person.name else str(_("somebody who left"))


def find(at: Here, application_id: int) -> Application:
    """An application the viewer may judge; 404 for all others."""
    found = grants.find_at_desk(unit().session, at.edition.id, at.standing, application_id)
    if found is None:
        raise NotFound
    return found


# -- what one is to read ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An application in somebody's own list."""

    name: str
    url: str
    about: str
    score: str
    is_open: bool
    is_older: bool


@blueprint.get(f"{BASE}/reading")
@access(team(MAY_GRANTS))
def desk_mine(community: str, edition: str) -> Response:
    """What the viewer is asked to read, and how far they are."""
    at, session = here(), unit().session
    listed = queries.tasks(session, at.edition.id, at.standing)
    lines = grants.lines_of(session, [task.application.id for task in listed])
    rubric, blind = rubrics.newest(session, at.edition.id), is_blind(at)
    rows = [
        TaskRow(
            name=name_of(task.application, blind=blind),
            url=at.url("grantreview.desk_read", application_id=task.application.id),
            about=words.money(sum(one.asked for one in lines.get(task.application.id, ())), task.application.currency),
            score=f"{task.score.score:.1f}" if task.score else "",
            is_open=task.application.state in grant_rules.OPEN_TO_DECISION,
            is_older=task.score is not None and rubrics.is_older(task.score, rubric),
        )
        for task in listed
    ]
    todo = [row for row in rows if not row.score]
    return page(
        "grantreview/mine.html",
        at=at,
        parts=shown_parts(at),
        todo=todo,
        again=[row for row in rows if row.score and row.is_older and row.is_open],
        done=[row for row in rows if row.score and not (row.is_older and row.is_open)],
        total=len(rows),
    )


@blueprint.get(f"{BASE}/reading/<int:application_id>")
@access(team(MAY_GRANTS))
def desk_read(community: str, edition: str, application_id: int) -> Response:
    """One application to read, with the rubric beside it and what is said about it."""
    at = here()
    return _read_page(at, find(at, application_id))


def _next(at: Here, but: int) -> str | None:
    """The next one that waits for the viewer's score."""
    for task in queries.tasks(unit().session, at.edition.id, at.standing):
        if task.score is None and task.application.id != but:
            return at.url("grantreview.desk_read", application_id=task.application.id)
    return None


def _read_page(
    at: Here,
    found: Application,
    status: int = 200,
    *,
    score: Any = None,
    message: MessageForm | None = None,
    ask: AskForm | None = None,
) -> Response:
    uow, me = unit(), viewer_person().id
    session, zone = uow.session, at.edition.time_zone
    rubric, is_set = rubrics.how(session, at.edition.id)
    blind = grant_rules.is_blind_for(at.standing, is_set)
    axes = rubrics.axes_of(rubric)
    scores = grants.scores_of(session, found.id)
    own = next((one for one in scores if one.person_id == me), None)
    who = found.person_id or 0
    hides = grant_rules.is_hidden(blind, found.released_at)
    said, unseen = queries.read_thread(session, found.id, me, visible_only=False)
    return page(
        "grantreview/read.html",
        status,
        at=at,
        application=found,
        name=name_of(found, blind=blind),
        is_hidden=hides,
        affiliation=found.person.affiliation if found.person and not hides else None,
        sign=words.state_sign(found.state),
        lines=[
            (words.kind_icon(one.kind), words.kind_name(one.kind), one.about, words.money(one.asked, found.currency))
            for one in found.lines
        ],
        asked=words.money(found.asked, found.currency),
        answers=asking.read_at_desk(found, is_blind=hides),
        facts=[
            (str(_("Submission")), words.part_text(grants.parts_of(session, at.edition.id, [who], me).get(who, []))
             or str(_("no submission"))),
            (str(_("Registration")), words.seat_text(grants.seats_of(session, at.edition.id, [who]).get(who))),
            (str(_("Costs up front")), str(_("cannot pay them") if found.cannot_front else _("can pay them"))),
            *words.told_about(found.stage, presented_before=found.presented_before),
        ],
        axes=axes,
        form=score or score_form(axes, rubrics.points_of(own, axes), own.remark if own else ""),
        own=f"{own.score:.1f}" if own else "",
        is_older=own is not None and rubrics.is_older(own, rubric),
        is_open=found.state in grant_rules.OPEN_TO_DECISION,
        # The first opinion should be one's own.
        others=[
            (one.person.name if one.person and one.person.name else str(_("somebody who left")), f"{one.score:.1f}",
             one.remark)
            for one in scores
            if one.person_id != me and (own is not None or found.state not in grant_rules.TO_SCORE)
        ],
        hidden=sum(one.person_id != me for one in scores) if own is None else 0,
        thread=thread_rows(said, zone, found, blind=blind),
        unseen=unseen,
        questions=question_rows(uow, queries.questions_of(session, found.id), zone),
        message=message or MessageForm(),
        ask=ask or ask_form(found, uow.now, zone),
        may_change=found.state in MAY_CHANGE,
        next_url=_next(at, found.id),
        may_funds=at.standing.may(MAY_FUNDS),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is shown."""

    who: str
    text: str
    when: str
    is_theirs: bool
    is_visible: bool


def thread_rows(said: Sequence[GrantMessage], zone: str, found: Application, *, blind: bool) -> list[Said]:
    """Messages for a page; the applicant by the name this viewer may know."""
    return [
        Said(
            who=name_of(found, blind=blind)
            if one.is_theirs
            else (one.person.name if one.person and one.person.name else str(_("somebody who left"))),
            text=one.text,
            when=when_text(one.created_at, zone),
            is_theirs=one.is_theirs,
            is_visible=one.is_visible,
        )
        for one in said
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that is or was open."""

    id: int
    is_more: bool
    text: str
    due: Any
    kinds: list[str]
    is_overdue: bool
    answered: str
    is_closed: bool


def question_rows(uow: UnitOfWork, asked: Sequence[GrantQuestion], zone: str) -> list[Asked]:
    """What is asked, for a page."""
    return [
        Asked(
            id=one.id,
            is_more=one.kind is Ask.MORE,
            text=one.text,
            due=deadline_text(one.due) if one.due else None,
            kinds=[words.kind_name(CostKind(kind)) for kind in one.lines],
            is_overdue=is_overdue(one.due_at, one.answered_at, uow.now),
            answered=when_text(one.answered_at, zone) if one.answered_at else "",
            is_closed=one.closed_at is not None,
        )
        for one in asked
    ]


@blueprint.post(f"{BASE}/reading/<int:application_id>/score")
@access(team(MAY_GRANTS))
def desk_score(community: str, edition: str, application_id: int) -> AnyResponse:
    """Give or change one's own points; on to the next if asked."""
    at, uow = here(), unit()
    found = find(at, application_id)
    axes = rubrics.axes_of(rubrics.newest(uow.session, at.edition.id))
    form = score_form(axes, {}, "")
    if not form.is_sent:
        return _read_page(at, found, 422, score=form)
    reading.score(uow, at.edition, application_id, form.points(axes), form.remark.data or "")
    tell(str(_("Your score is kept. You can change it until the answer is released.")))
    to = _next(at, application_id) if request.form.get("do") == "next" else None
    return redirect(to or at.url("grantreview.desk_read", application_id=application_id), 303)


# -- what is said and asked -------------------------------------------------------------------------------------------


@blueprint.post(f"{BASE}/reading/<int:application_id>/messages")
@access(team(MAY_GRANTS))
def desk_say(community: str, edition: str, application_id: int) -> AnyResponse:
    """A note for the committee, or a message to the applicant."""
    at, form = here(), MessageForm()
    found = find(at, application_id)
    if not form.is_sent:
        return _read_page(at, found, 422, message=form)
    to_applicant = form.to.data == "applicant"
    talking.say(unit(), at.edition, application_id, form.text.data or "", to_applicant=to_applicant)
    tell(str(_("Sent to the applicant, by mail too.") if to_applicant else _("Noted for the committee.")))
    return redirect(at.url("grantreview.desk_read", application_id=application_id), 303)


@blueprint.post(f"{BASE}/reading/<int:application_id>/seen")
@access(team(MAY_GRANTS))
def desk_seen(community: str, edition: str, application_id: int) -> AnyResponse:
    """The viewer has read everything that is said."""
    at = here()
    talking.mark_read(unit(), find(at, application_id), visible_only=False)
    return redirect(at.url("grantreview.desk_read", application_id=application_id), 303)


@blueprint.post(f"{BASE}/reading/<int:application_id>/questions")
@access(team(MAY_GRANTS))
def desk_ask(community: str, edition: str, application_id: int) -> AnyResponse:
    """Ask the applicant for something, until a moment."""
    at, uow = here(), unit()
    found = find(at, application_id)
    form = ask_form(found, uow.now, at.edition.time_zone)
    due = form.due() if form.is_sent else None
    if not form.is_sent or form.errors:
        return _read_page(at, found, 422, ask=form)
    try:
        talking.ask(uow, at.edition, application_id, form.needed.data or "", due, form.kinds())
    except FieldConflict as refusal:
        refuse(form, refusal)
        return _read_page(at, found, 422, ask=form)
    tell(str(_("Asked, by mail too. It stands among what is open until you close it.")))
    return redirect(at.url("grantreview.desk_read", application_id=application_id), 303)


@blueprint.post(f"{BASE}/reading/<int:application_id>/questions/<int:question_id>/closing")
@access(team(MAY_GRANTS))
def desk_close(community: str, edition: str, application_id: int, question_id: int) -> AnyResponse:
    """Nothing is open about this any more."""
    at = here()
    find(at, application_id)
    talking.close(unit(), at.edition, application_id, question_id)
    tell(str(_("Closed.")))
    return redirect(at.url("grantreview.desk_read", application_id=application_id), 303)


@blueprint.get(f"{BASE}/questions")
@access(team(MAY_GRANTS))
def desk_open(community: str, edition: str) -> Response:
    """Everything that is open between the committee and applicants: overdue, awaited, answered, and wishes for more."""
    at, uow = here(), unit()
    asked = queries.open_questions(uow.session, at.edition.id, at.standing)
    blind = is_blind(at)
    rows = [
        (name_of(one.application, blind=blind), at.url("grantreview.desk_read", application_id=one.application_id), row)
        for one, row in zip(asked, question_rows(uow, asked, at.edition.time_zone), strict=True)
    ]
    return page(
        "grantreview/open.html",
        at=at,
        parts=shown_parts(at),
        overdue=[row for row in rows if row[2].is_overdue],
        awaited=[row for row in rows if not (row[2].is_overdue or row[2].answered or row[2].is_more)],
        answered=[row for row in rows if row[2].answered],
        more=[row for row in rows if row[2].is_more],
        total=len(rows),
    )


# -- who stands where -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ranking."""

    rank: int
    name: str
    url: str
    state: tuple[str, str, str]
    score: str
    spread: str
    is_divided: bool
    readers: str
    tie: str
    asked: str


@blueprint.get(f"{BASE}/ranking")
@access(team(MAY_GRANTS))
def desk_ranking(community: str, edition: str) -> Response:
    """Who stands where by the weighted score, with how far readers differ and why ties fall as they do."""
    at, session = here(), unit().session
    settings = grants.settings_of(session, at.edition.id)
    narrowed = {"all": None, "unread": queries.unfinished(settings.readers or 2), "divided": queries.divided()}
    show = request.args.get("show", "all")
    ids = narrowed.get(show)
    show = show if show in narrowed else "all"
    counts = {one: queries.count_among(session, at.edition.id, at.standing, each) for one, each in narrowed.items()}
    cut = paging(counts[show])
    first = max(cut.offset - 1, 0)
    around = grants.ranked(session, at.edition.id, at.standing, offset=first, most=cut.size + 2, ids=ids)
    rows = around[cut.offset - first :][: cut.size]
    names = {"all": _("All"), "unread": _("Not read by all"), "divided": _("Opinions differ")}
    return page(
        "grantreview/ranking.html",
        at=at,
        parts=shown_parts(at),
        rows=_places(at, rows, _ties(around)),
        segments=[
            (str(name), at.url("grantreview.desk_ranking", **({} if one == "all" else {"show": one})), one == show,
             counts[one])
            for one, name in names.items()
        ],
        paging=cut,
        total=counts["all"],
        axes=rubrics.axes_of(rubrics.newest(session, at.edition.id)),
        may_funds=at.standing.may(MAY_FUNDS),
    )  # fmt: skip


def _ties(found: Sequence[Ranked]) -> dict[int, str]:
    """By application: why it stands before or after another with the same score."""
    said: dict[int, str] = {}
    for above, below in pairwise(found):
        if above.average is None or above.average != below.average:
            continue
        said[below.application.id] = str(
            _("Same score as rank %(rank)s, which was handed in earlier.", rank=above.rank)
        )
        said.setdefault(
            above.application.id, str(_("Same score as rank %(rank)s; this was handed in earlier.", rank=below.rank))
        )
    return said


def _places(at: Here, rows: Sequence[Ranked], ties: dict[int, str]) -> list[Place]:
    session, blind = unit().session, is_blind(at)
    ids = [one.application.id for one in rows]
    lines, spreads = grants.lines_of(session, ids), queries.spreads(session, ids)
    return [
        Place(
            rank=one.rank,
            name=name_of(one.application, blind=blind),
            url=at.url("grantreview.desk_read", application_id=one.application.id),
            state=words.state_sign(one.application.state),
            score=f"{one.average:.2f}" if one.average is not None else "",
            spread=_spread_text(spreads.get(one.application.id)),
            is_divided=one.application.id in spreads and spreads[one.application.id].width >= 2,
            readers=_readers_text(one.scores, spreads.get(one.application.id)),
            tie=ties.get(one.application.id, ""),
            asked=words.money(sum(line.asked for line in lines.get(one.application.id, ())), one.application.currency),
        )
        for one in rows
    ]


def _spread_text(found: Spread | None) -> str:
    if found is None or not found.width:
        return ""
    return str(_("from %(least)s to %(most)s", least=f"{found.least:.1f}", most=f"{found.most:.1f}"))


def _readers_text(scores: int, found: Spread | None) -> str:
    if found is not None and found.readers:
        return str(_("%(done)s of %(asked)s readers", done=scores, asked=max(found.readers, scores)))
    return str(ngettext("%(num)s reader", "%(num)s readers", scores))
