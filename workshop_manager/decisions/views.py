"""The chairs' pages about decisions: the board, the mails that would go out, the release; and the authors' answer."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict
from workshop_manager.decisions import emails, queries, rules, service
from workshop_manager.decisions.queries import Scored
from workshop_manager.decisions.service import Choice
from workshop_manager.mail.service import preview
from workshop_manager.reviews import queries as reviews
from workshop_manager.reviews.desk import ROWS, asked_for, kept_query, number_of, seen_tracks
from workshop_manager.reviews.queries import Opinion
from workshop_manager.reviews.rules import is_split
from workshop_manager.reviews.words import SHORT_ADVICE
from workshop_manager.submissions.emails import when
from workshop_manager.submissions.letters import people_of, recipients
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SETTINGS

blueprint = Blueprint("decisions", __name__)
DESK = "/<community>/<edition>/organise/decisions"
MAILS = 20
_STEP = 24
"""Between two scores in the drawing of a strip; its axis runs from 6 to 126."""
_ROOM = 16
"""How high equal scores may be stacked above the first."""


@dataclass(frozen=True, slots=True)
class Strip:
    """The scores of a submission as a drawing, with the sentence that says the same."""

    dots: tuple[tuple[float, float], ...]
    mean: float | None
    spread: tuple[float, float] | None
    sentence: str


def strip(opinions: list[Opinion], average: float | None) -> Strip:
    """A dot a review on 1…6, equal scores stacked, a triangle for the average, a line if they lie far apart."""
    scores = [o.score for o in opinions]
    dots: list[tuple[float, float]] = []
    for score in sorted(set(scores)):
        count = scores.count(score)
        step = min(8.0, _ROOM / (count - 1)) if count > 1 else 0.0
        dots += [(_x(score), round(21 - step * level, 1)) for level in range(count)]
    split = (_x(min(scores)), _x(max(scores))) if is_split(scores) else None
    if scores:
        listed = ", ".join(map(str, sorted(scores, reverse=True)))
        sentence = _("Scores %(scores)s of 6, average %(average)s", scores=listed, average=f"{average or 0:.1f}")
    else:
        sentence = _("No review yet")
    return Strip(tuple(dots), _x(average) if average is not None else None, split, str(sentence))


def _x(score: float) -> float:
    return round(6 + (score - 1) * _STEP, 1)


def say(opinions: list[Opinion]) -> str:
    """`2 oral, 1 poster`."""
    counted: dict[str, int] = {}
    for opinion in opinions:
        if opinion.advice:
            counted[opinion.advice] = counted.get(opinion.advice, 0) + 1
    return ", ".join(f"{n} {SHORT_ADVICE[advice]}" for advice, n in sorted(counted.items(), key=lambda c: -c[1]))


# -- the board ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the board, ready to be shown: `chosen` is what its select shows, `before` what is pending."""

    scored: Scored
    strip: Strip
    says: str
    may_decide: bool
    before: str
    chosen: str
    version: int
    overtaken: str
    """What another chair put there while this one had the board open; empty otherwise."""
    released: str
    """What was released before; a waitlisted one may be decided again."""


def _row(scored: Scored, opinions: list[Opinion], typed: dict[int, str], overtaken: frozenset[int]) -> Row:
    submission = scored.submission
    before = scored.pending.value if scored.pending else ""
    theirs = outcome_name(scored.pending) if scored.pending else str(_("undecided"))
    return Row(
        scored=scored,
        strip=strip(opinions, scored.average),
        says=say(opinions),
        may_decide=submission.state in rules.DECIDABLE,
        before=before,
        chosen=typed.get(submission.number, before),
        version=scored.decision.version if scored.decision else 0,
        overtaken=theirs if submission.number in overtaken else "",
        released=outcome_name(submission.outcome) if submission.outcome else "",
    )


@blueprint.get(DESK)
@access(team(MAY_DECIDE))
def decisions(community: str, edition: str) -> Response:
    """The decision board: ranked, with what reviewers say and what is pending."""
    return _board(here())


def _board(
    at: Here,
    status: int = 200,
    refused: str | None = None,
    typed: dict[int, str] | None = None,
    overtaken: frozenset[int] = frozenset(),
) -> Response:
    session = unit().session
    tracks = seen_tracks(at)
    asked = asked_for(tracks, ("undecided", "split"))
    shown = queries.board_counts(session, at.edition.id, at.standing, asked)
    pager = paging(shown.of(asked.show), ROWS)
    found = queries.board(session, at.edition.id, at.standing, asked, pager.offset, pager.size)
    opinions = reviews.opinions(session, [row.submission.id for row in found])
    counts = queries.pending_counts(session, at.edition.id, at.standing)
    query = kept_query()
    within = {k: v for k, v in query.items() if k in ("track", "q")}
    views = (
        ("", _("All"), shown.all),
        ("undecided", _("Undecided"), shown.undecided),
        ("split", _("Split"), shown.split),
    )
    return page(
        "decisions/decisions.html",
        status,
        at=at,
        rows=[_row(one, opinions[one.submission.id], typed or {}, overtaken) for one in found],
        pager=pager,
        asked=asked,
        is_narrowed=bool(asked.show or asked.words or asked.track_id),
        tracks=tracks,
        counts=counts,
        status_line=status_line(counts),
        outcomes=[(o, outcome_name(o)) for o in Outcome],
        refused=refused,
        segments=[
            (
                str(label),
                at.url("decisions.decisions", **({"show": show} if show else {}), **within),
                asked.show == show,
                n,
            )
            for show, label, n in views
        ],
        query=query,
    )


def status_line(counts: queries.Pending) -> str:
    """`22 decisions pending, 12 open.`"""
    pending = ngettext("%(num)s decision pending", "%(num)s decisions pending", counts.waiting)
    return str(_("%(pending)s, %(open)s open.", pending=pending, open=counts.open))


@blueprint.post(DESK)
@access(team(MAY_DECIDE))
def decisions_save(community: str, edition: str) -> Any:
    """Save pending decisions. Nobody is told."""
    at = here()
    typed = _typed("decision")
    before, versions = _typed("before"), _typed("version")
    chosen = {
        number: Choice(_outcome(value), _outcome(before.get(number, "")), number_of(versions.get(number, "0")))
        for number, value in typed.items()
    }
    try:
        changed = service.decide(unit(), at.edition, chosen)
    except service.Overtaken as refusal:
        mine = {n: typed[n] for n, choice in chosen.items() if choice.outcome is not choice.before}
        return _board(at, 422, refusal.sentence, mine, refusal.numbers)
    except Conflict as refusal:
        return _board(at, 422, refusal.sentence, typed)
    if not changed:
        tell(str(_("Nothing changed.")), "info")
    else:
        saved = ngettext("%(num)s decision saved as pending.", "%(num)s decisions saved as pending.", changed)
        tell(f"{saved} {_('Nobody has been told.')}")
    return redirect(at.url("decisions.decisions", **kept_query()), 303)


def _typed(kind: str) -> dict[int, str]:
    """The fields `kind-27` of a form, by number."""
    found = {}
    for name, value in request.form.items():
        start, _dash, number = name.partition("-")
        if start == kind and number_of(number) >= 0:
            found[int(number)] = value
    return found


def _outcome(value: str) -> Outcome | None:
    return next((outcome for outcome in Outcome if outcome.value == value), None)


# -- before the release -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail as it would go out."""

    to: list[tuple[str, str]]
    subject: str
    text: str


@blueprint.get(f"{DESK}/mails")
@access(team(MAY_DECIDE))
def decisions_mails(community: str, edition: str) -> Response:
    """The mails of all pending decisions, to whom and in which words. None of them is sent."""
    at, uow = here(), unit()
    pager = paging(queries.count_pending(uow.session, at.edition.id, at.standing), MAILS)
    pending = queries.pending_decisions(uow.session, at.edition.id, at.standing, offset=pager.offset, most=pager.size)
    letters = emails.decisions(uow, at.edition, pending, service.confirm_by(uow, at.edition))
    shown = []
    for decision, submission in pending:
        drafts = []
        for letter in letters[submission.id]:
            subject, text = preview(letter)
            drafts.append(Draft([(letter.to_name, letter.to_address)], subject, text))
        shown.append((submission, outcome_name(emails.outcome_of(decision)), drafts))
    return page("decisions/decisions_mails.html", at=at, shown=shown, pager=pager)


@blueprint.get(f"{DESK}/release")
@access(team(MAY_DECIDE))
def decisions_release(community: str, edition: str) -> Response:
    """What a release would do. Nothing has happened yet."""
    return _release(here())


def _release(at: Here, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    pending = queries.pending_decisions(uow.session, at.edition.id, at.standing)
    people = people_of(uow, [submission for _decision, submission in pending])
    told = [(submission, recipients(submission, people)) for _decision, submission in pending]
    by = service.confirm_by(uow, at.edition)
    titles: dict[Outcome, list[Any]] = {outcome: [] for outcome in Outcome}
    for decision, submission in pending:
        titles[emails.outcome_of(decision)].append(submission)
    counts = queries.pending_counts(uow.session, at.edition.id, at.standing)
    texts = reviews.texts_for_authors(uow.session, [s.id for _d, s in pending])
    return page(
        "decisions/release.html",
        status,
        at=at,
        total=len(pending),
        mails=sum(len(people) for _submission, people in told),
        unreached=[submission for submission, people in told if not people],
        bare=[submission for _decision, submission in pending if not texts[submission.id]],
        groups=[(outcome_name(outcome), works) for outcome, works in titles.items() if works],
        accepts=any(titles[o] for o in (Outcome.ORAL, Outcome.LIGHTNING, Outcome.POSTER)),
        confirm_by=when(by) if by else None,
        counts=counts,
        seen=service.digest(pending),
        refused=refused,
        dates_url=at.url("workshops.settings_dates") if at.standing.may(MAY_SETTINGS) else None,
    )


@blueprint.post(f"{DESK}/release")
@access(team(MAY_DECIDE))
def decisions_released(community: str, edition: str) -> Any:
    """Release every pending decision."""
    at = here()
    try:
        number = service.release(unit(), at.edition, request.form.get("seen", ""))
    except service.Changed as refusal:
        return _release(at, 422, refusal.sentence)
    out = ngettext("%(num)s decision is out.", "%(num)s decisions are out.", number)
    tell(f"{out} {_('The authors’ pages say so now, and the mails are on their way.')}")
    return redirect(at.url("decisions.decisions"), 303)


# -- the authors' answer ------------------------------------------------------------------------------------------


@blueprint.post("/<community>/<edition>/submissions/<int:number>/confirmation")
@access(SIGNED_IN_EDITION)
def confirm(community: str, edition: str, number: int) -> Any:
    """An accepted author confirms the place in the programme."""
    at = here()
    service.answer(unit(), at.edition, number, confirm=True)
    tell(str(_("You are in the programme. We sent all authors a mail that says so.")))
    return redirect(at.url("submissions.detail", number=number), 303)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/declination")
@access(SIGNED_IN_EDITION)
def decline(community: str, edition: str, number: int) -> Any:
    """An accepted author gives the place back."""
    at = here()
    service.answer(unit(), at.edition, number, confirm=False)
    tell(str(_("The place is given back, and all authors get a mail that says so. Thank you for telling us.")))
    return redirect(at.url("submissions.detail", number=number), 303)
