"""The chairs' pages about decisions: the board, the mails that would go out, the release; and the authors' answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict
from workshop_manager.decisions import emails, queries, rules, service
from workshop_manager.decisions.models import Decision, Recommendation
from workshop_manager.decisions.outcomes import Outcomes, outcomes_of
from workshop_manager.decisions.parts import (
    DESK,
    asked_board,
    asked_part,
    asked_within,
    kept_query,
    quotas,
    shares,
    tabs,
)
from workshop_manager.decisions.queries import Scored
from workshop_manager.decisions.rules import ConfirmBy
from workshop_manager.decisions.service import Choice
from workshop_manager.mail.service import preview
from workshop_manager.reviews import queries as reviews
from workshop_manager.reviews.desk import ROWS, number_of
from workshop_manager.reviews.queries import Opinion
from workshop_manager.reviews.rules import is_split
from workshop_manager.reviews.words import SHORT_ADVICE
from workshop_manager.submissions.emails import when
from workshop_manager.submissions.letters import people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import outcome_of
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SETTINGS

blueprint = Blueprint("decisions", __name__)
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
    lead: str
    """What whoever led the discussion advises; empty for nothing."""
    recommended: list[tuple[str, str, str]]
    """Who recommends what, and why."""
    may_decide: bool
    before: str
    chosen: str
    version: int
    overtaken: str
    """What another chair put there while this one had the board open; empty otherwise."""
    released: str
    """What was released before; a waitlisted one may be decided again."""
    cut: str
    """What the line above this row says; empty for none."""

    @property
    def score(self) -> float | None:
        return self.scored.average


def _row(
    scored: Scored,
    opinions: list[Opinion],
    said: list[Recommendation],
    outcomes: Outcomes,
    typed: dict[int, str],
    overtaken: frozenset[int],
) -> Row:
    submission, decision = scored.submission, scored.decision
    is_pending = decision is not None and decision.released_at is None
    pending = outcomes.chosen(decision) if is_pending else None
    before = pending.key if pending else ""
    theirs = pending.name if pending else str(_("undecided"))
    named = [(one, outcomes.chosen(one)) for one in said]
    return Row(
        scored=scored,
        strip=strip(opinions, scored.average),
        says=say(opinions),
        lead=str(SHORT_ADVICE[scored.lead.value]) if scored.lead else "",
        recommended=[(one.person.name, what.name, one.reason) for one, what in named if what],
        may_decide=rules.may_decide(submission.state, is_reopened=scored.is_reopened),
        before=before,
        chosen=typed.get(submission.number, before),
        version=decision.version if decision else 0,
        overtaken=theirs if submission.number in overtaken else "",
        released=outcome_of(submission),
        cut="",
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
    session, edition_id = unit().session, at.edition.id
    part = asked_part(at)
    asked = asked_board(part)
    outcomes = outcomes_of(session, edition_id)
    shown = queries.board_counts(session, edition_id, at.standing, asked)
    pager = paging(shown.of(asked.show), ROWS)
    found = queries.board(session, edition_id, at.standing, asked, pager.offset, pager.size)
    ids = [row.submission.id for row in found]
    opinions, said = reviews.opinions(session, ids), queries.recommendations(session, ids)
    every = queries.pending_counts(session, edition_id, at.standing)
    near = None if part.within.is_all else every.within(part.within)
    rows = [
        _row(one, opinions[one.submission.id], said[one.submission.id], outcomes, typed or {}, overtaken)
        for one in found
    ]
    return page(
        "decisions/decisions.html",
        status,
        at=at,
        tabs=tabs(at, "decisions"),
        rows=_with_cuts(rows, outcomes) if not asked.is_narrowed and not asked.sort else rows,
        pager=pager,
        asked=asked,
        part=part,
        sorts=[(key, str(label)) for key, label in _SORTS],
        counts=every,
        free=shown.free,
        quotas=quotas(outcomes, every, near),
        shares=shares(part.tracks, every.accepted_by_track()),
        status_line=status_line(every),
        outcomes=outcomes.rows,
        refused=refused,
        segments=_segments(at, asked, shown),
        query=kept_query(),
        part_query=part.query,
    )


_SORTS = (
    ("", _l("By average")),
    ("sure", _l("By average, the confident weigh more")),
    ("spread", _l("Where reviewers differ most")),
    ("missing", _l("Where reviews are missing")),
    ("number", _l("By number")),
)


def _segments(at: Here, asked: queries.BoardFilter, shown: queries.BoardCounts) -> list[tuple[str, str, bool, int]]:
    within = kept_query("track", "round", "q", "sort")
    views = (
        ("", _("All"), shown.all),
        ("undecided", _("Undecided"), shown.undecided),
        ("pending", _("Pending"), shown.pending),
        ("split", _("Split"), shown.split),
        ("recommended", _("Recommended"), shown.recommended),
    )
    return [
        (
            str(label),
            at.url("decisions.decisions", **({"show": show} if show else {}), **within),
            asked.show == show,
            number,
        )
        for show, label, number in views
    ]


def _with_cuts(rows: list[Row], outcomes: Outcomes) -> list[Row]:
    """A line where the places end, and one where most reviewers are against it; only in the plain order of ranks."""
    places = [named.places for named in outcomes.rows if named.accepts]
    total = sum(p or 0 for p in places)
    found, is_below = [], False
    for row in rows:
        cut = ""
        if total and None not in places and row.scored.rank == total + 1:
            cut = str(ngettext("%(num)s place to give ends here", "%(num)s places to give end here", total))
        elif not is_below and row.score is not None and row.score < MIDDLE and row.scored.rank > 1:
            cut = str(_("Below this line most reviewers are against it"))
        is_below = is_below or (row.score is not None and row.score < MIDDLE)
        found.append(replace(row, cut=cut))
    return found


MIDDLE = 3.5
"""Halfway on the scale of 1 to 6."""


def status_line(counts: queries.Pending) -> str:
    """`22 decisions pending, 12 open.`"""
    pending = ngettext("%(num)s decision pending", "%(num)s decisions pending", counts.waiting)
    return str(_("%(pending)s, %(open)s open.", pending=pending, open=counts.open))


@blueprint.post(DESK)
@access(team(MAY_DECIDE))
def decisions_save(community: str, edition: str) -> Any:
    """Save pending decisions. Nobody is told."""
    at = here()
    typed = typed_by_number("decision")
    before, versions = typed_by_number("before"), typed_by_number("version")
    chosen = {
        number: Choice(value[:40], before.get(number, "")[:40], number_of(versions.get(number, "0")))
        for number, value in typed.items()
    }
    try:
        changed = service.decide(unit(), at.edition, chosen)
    except service.Overtaken as refusal:
        mine = {n: typed[n] for n, choice in chosen.items() if choice.is_touched}
        return _board(at, 422, refusal.sentence, mine, refusal.numbers)
    except Conflict as refusal:
        return _board(at, 422, refusal.sentence, typed)
    if not changed:
        tell(str(_("Nothing changed.")), "info")
    else:
        saved = ngettext("%(num)s decision saved as pending.", "%(num)s decisions saved as pending.", changed)
        tell(f"{saved} {_('Nobody has been told.')}")
    return redirect(at.url("decisions.decisions", **kept_query()), 303)


def typed_by_number(kind: str) -> dict[int, str]:
    """The fields `kind-27` of a form, by number."""
    found = {}
    for name, value in request.form.items():
        start, _dash, number = name.partition("-")
        if start == kind and number_of(number) >= 0:
            found[int(number)] = value
    return found


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
    part = asked_within()
    pager = paging(queries.count_pending(uow.session, at.edition.id, at.standing, part), MAILS)
    pending = queries.pending_decisions(
        uow.session, at.edition.id, at.standing, part, offset=pager.offset, most=pager.size
    )
    outcomes = outcomes_of(uow.session, at.edition.id)
    letters = emails.decisions(uow, at.edition, outcomes, pending, service.confirm_by(uow, at.edition).of)
    shown = []
    for decision, submission in pending:
        drafts = []
        for letter in letters[submission.id]:
            subject, text = preview(letter)
            drafts.append(Draft([(letter.to_name, letter.to_address)], subject, text))
        chosen = outcomes.chosen(decision)
        shown.append((submission, chosen.name if chosen else "", drafts))
    return page("decisions/decisions_mails.html", at=at, shown=shown, pager=pager, query=kept_query("track", "round"))


@blueprint.get(f"{DESK}/release")
@access(team(MAY_DECIDE))
def decisions_release(community: str, edition: str) -> Response:
    """What a release would do. Nothing has happened yet."""
    return _release(here())


@dataclass(frozen=True, slots=True)
class Group:
    """The works of one outcome in a release."""

    name: str
    works: list[Submission]
    mails: int
    has_letter: bool


def _release(at: Here, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    part = asked_part(at)
    found = queries.pending_reviewed(uow.session, at.edition.id, at.standing, part.within)
    pending = [(decision, submission) for decision, submission, _reviewed in found]
    every = queries.pending_counts(uow.session, at.edition.id, at.standing)
    outcomes = outcomes_of(uow.session, at.edition.id)
    people = people_of(uow, [submission for _decision, submission in pending])
    told = {submission.id: len(recipients(submission, people)) for _decision, submission in pending}
    groups = []
    for named in outcomes.rows:
        works = [work for decision, work in pending if outcomes.chosen(decision) == named]
        if works:
            mails = sum(told[work.id] for work in works)
            groups.append(Group(named.name, works, mails, any(named.letter_in(work.round_id) for work in works)))
    return page(
        "decisions/release.html",
        status,
        at=at,
        part=part,
        total=len(pending),
        elsewhere=every.waiting - len(pending),
        mails=sum(told.values()),
        unreached=[submission for _decision, submission in pending if not told[submission.id]],
        bare=[submission for _decision, submission, is_reviewed in found if not is_reviewed],
        groups=groups,
        accepts=any(chosen.accepts for d, _s in pending if (chosen := outcomes.chosen(d))),
        confirm_by=_asked_to_confirm(outcomes, pending, service.confirm_by(uow, at.edition)),
        counts=every.within(part.within),
        seen=service.digest(pending),
        refused=refused,
        dates_url=at.url("workshops.settings_dates") if at.standing.may(MAY_SETTINGS) else None,
    )


def _asked_to_confirm(
    outcomes: Outcomes, pending: Sequence[tuple[Decision, Submission]], by: ConfirmBy
) -> list[tuple[str, int]]:
    """Until when the accepted of this release are asked to confirm, with how many; rounds have dates of their own."""
    found = Counter(
        by.of(work)
        for decision, work in pending
        if (chosen := outcomes.chosen(decision)) is not None and chosen.accepts
    )
    dated = sorted((date, number) for date, number in found.items() if date is not None)
    undated = [("", found[None])] if found[None] else []
    return [*((when(date), number) for date, number in dated), *undated]


@blueprint.post(f"{DESK}/release")
@access(team(MAY_DECIDE))
def decisions_released(community: str, edition: str) -> Any:
    """Release every pending decision of the part that the address names."""
    at = here()
    try:
        number = service.release(unit(), at.edition, request.form.get("seen", ""), asked_within())
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
