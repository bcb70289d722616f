"""The pages of mentoring chairs: who joined, matches, feedback, reminders; and the settings of the round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.mail.service import draft
from workshop_manager.mentoring import matching, queries, reminding, rules, service, words
from workshop_manager.mentoring.forms import RoundForm, round_form
from workshop_manager.mentoring.models import Match, Reading, Round
from workshop_manager.mentoring.rules import MAY_MATCH, MAY_SET_UP
from workshop_manager.mentoring.states import Bar, MatchState
from workshop_manager.mentoring.views import blueprint, dates_of, round_of, shown
from workshop_manager.questions import filling
from workshop_manager.questions import queries as questions
from workshop_manager.submissions.words import title_of
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team

DESK = "/<community>/<edition>/organise/reviews/mentoring"
ROWS = 40
MAILS = 25
LISTS = ("proposed", "announced", "waiting", "mentors")


def _desk_page(template: str, status: int = 200, **values: Any) -> Response:
    at = here()
    parts = navigation.parts("mentoring", at, request.endpoint)
    return page(f"mentoring/{template}.html", status, at=at, parts=parts, **values)


# -- lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One reading of a match on the desk: who reads which work, and how far it is."""

    reading: Reading
    title: str
    number: int
    reader: str
    is_mentor: bool
    sign: words.Sign


@dataclass(frozen=True, slots=True)
class Line:
    """A match on the desk."""

    match: Match
    kind: str
    why: str
    sides: list[Side]
    has_feedback: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work without a partner."""

    number: int
    title: str
    person: str
    why: str
    is_draft: bool


def _kind(sides: Sequence[Side]) -> str:
    if any(side.is_mentor for side in sides):
        return str(_("With a mentor"))
    return str(_("Three in a circle")) if len(sides) > 2 else str(_("Pair"))


def _lines(found: Sequence[Match], readings: Mapping[int, Sequence[Reading]], *, is_late: bool) -> list[Line]:
    works = {each.submission_id: each.submission for one in found for each in readings[one.id]}
    about = matching.topics_by_work(unit(), list(works.values())) if works else {}
    lines = []
    for one in found:
        sides = [
            Side(
                each,
                title_of(each.submission.title),
                each.submission.number,
                each.reader.name if each.reader is not None else str(_("somebody who left")),
                each.reader_work_id is None and len(readings[one.id]) == 1,
                words.reading_sign(each, is_late=is_late),
            )
            for each in readings[one.id]
        ]
        lines.append(Line(one, _kind(sides), _why(sides, about), sides, any(each.sent_at for each in readings[one.id])))
    return lines


def _why(sides: Sequence[Side], about: Mapping[int, dict[str, str]]) -> str:
    """Why these were put together; nothing for a mentor, who reads whatever is left."""
    works = [side.reading.submission for side in sides]
    if len(works) < 2:
        return ""
    shared = set.intersection(*(set(about[work.id]) for work in works))
    first = {mark: name for mark, name in about[works[0].id].items() if mark in shared}
    languages = {work.language or "en" for work in works}
    return words.reasons(first, first, same_language=len(languages) < 2)


def _waiting(at: Here, *, was_matched: bool) -> list[Waiting]:
    """Who waits, and what keeps them from the others (four queries)."""
    free = queries.free(unit().session, at.edition.id, at.standing)
    bars = matching.bars_between(unit(), [(one.submission.id, one.person.id) for one in free])
    by_work: dict[int, list[Bar]] = {one.submission.id: [] for one in free}
    for (one, other), bar in bars.items():
        by_work[one].append(bar)
        by_work[other].append(bar)
    return [
        Waiting(
            one.submission.number,
            title_of(one.submission.title),
            one.person.name,
            words.why_alone(len(free) - 1, by_work[one.submission.id], was_matched=was_matched),
            one.submission.submitted_at is None,
        )
        for one in free
    ]


@blueprint.get(DESK)
@access(team(MAY_MATCH))
def desk(community: str, edition: str) -> Response:
    """Who takes part, what is proposed, how announced pairs get on."""
    return _desk(here())


def _desk(at: Here, status: int = 200, refused: str = "") -> Response:
    session = unit().session
    row = queries.find_round(session, at.edition.id)
    if row is None:
        return _desk_page("desk_empty", may_set_up=at.standing.may(MAY_SET_UP))
    counts = queries.counts(session, at.edition.id, at.standing)
    numbers = dict(zip(LISTS, (counts.proposed, counts.announced, counts.waiting, counts.mentors), strict=True))
    show = _show(numbers)
    join, due = dates_of(at)
    is_late = due is not None and due.deadline.has_passed(unit().now)
    labels = {
        "proposed": _("Proposed"),
        "announced": _("Announced"),
        "waiting": _("Without a partner"),
        "mentors": _("Mentors"),
    }
    return _desk_page(
        "desk",
        status,
        row=row,
        refused=refused,
        counts=counts,
        show=show,
        segments=[(str(labels[key]), at.url("mentoring.desk", show=key), show == key, numbers[key]) for key in LISTS],
        join=shown(join),
        feedback=shown(due),
        is_open=join is None or not join.deadline.has_passed(unit().now),
        can_undo=matching.may_undo(row, viewer_person().id),
        may_set_up=at.standing.may(MAY_SET_UP),
        **_list(at, show, numbers[show], counts, is_late=is_late),
    )


def _show(numbers: Mapping[str, int]) -> str:
    asked = request.args.get("show", "")
    if asked in LISTS:
        return asked
    return next((key for key in ("proposed", "announced") if numbers[key]), "waiting")


def _list(at: Here, show: str, number: int, counts: queries.Counts, *, is_late: bool) -> dict[str, Any]:
    """What the chosen list holds, and what its forms need."""
    session = unit().session
    values: dict[str, Any] = {"pager": None, "lines": [], "waiting": [], "mentors": [], "choices": [], "seen": ""}
    pager = paging(number, ROWS)
    if show == "announced":
        state = MatchState.ANNOUNCED
        found = queries.matches(session, at.edition.id, at.standing, state, offset=pager.offset, most=pager.size)
        readings = queries.readings_of(session, [one.id for one in found])
        values |= {"pager": pager, "lines": _lines(found, readings, is_late=is_late)}
    if show == "proposed":
        # All of it is read, since all of it would be announced: the digest names every match.
        every = matching.proposal(unit(), at.edition, at.standing)
        part = every.matches[pager.offset : pager.offset + pager.size]
        values |= {"pager": pager, "lines": _lines(part, every.readings, is_late=is_late), "seen": every.digest}
        values["choices"] = queries.choosable(session, at.edition.id, at.standing)
    if show == "waiting":
        values["waiting"] = _waiting(at, was_matched=counts.proposed + counts.announced > 0)
        values["choices"] = [(one.number, one.title) for one in values["waiting"]]
    if show in ("mentors", "waiting"):
        values["mentors"] = queries.mentors(session, at.edition.id)
    return values


# -- acts ---------------------------------------------------------------------------------------------------------


@blueprint.post(f"{DESK}/proposal")
@access(team(MAY_MATCH))
def match(community: str, edition: str) -> Any:
    """Propose matches for everybody who is free."""
    at = here()
    number = matching.match(unit(), at.edition)
    if number:
        tell(ngettext("%(num)s match is proposed.", "%(num)s matches are proposed.", number) + " " + _nobody_knows())
        return redirect(at.url("mentoring.desk", show="proposed"), 303)
    tell(str(_("Nobody could be matched; below stands why.")), "warning")
    return redirect(at.url("mentoring.desk", show="waiting"), 303)


def _nobody_knows() -> str:
    return str(_("Nobody has been told yet."))


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@blueprint.post(f"{DESK}/pairs")
@access(team(MAY_MATCH))
def pair(community: str, edition: str) -> Any:
    """Match two works by hand, or give one to a mentor."""
    at = here()
    round_of(at)
    try:
        if mentor_id := _number("mentor"):
            matching.mentor(unit(), at.edition, _number("one"), mentor_id)
        else:
            matching.pair(unit(), at.edition, _number("one"), _number("other"))
    except Conflict as refusal:
        return _desk(at, 422, refusal.sentence)
    tell(f"{_('Changed.')} {_nobody_knows()}")
    return redirect(at.url("mentoring.desk", show="proposed"), 303)


@blueprint.post(f"{DESK}/pairs/<int:match_id>/removal")
@access(team(MAY_MATCH))
def take_apart(community: str, edition: str, match_id: int) -> Any:
    """Undo one match; one that was announced ends, and its people are told."""
    at = here()
    was = matching.take_apart(unit(), at.edition, match_id)
    if was is MatchState.PROPOSED:
        tell(f"{_('Taken apart.')} {_nobody_knows()}")
        return redirect(at.url("mentoring.desk", show="proposed"), 303)
    tell(str(_("The match has ended. Its people get a mail, and can be matched anew.")))
    return redirect(at.url("mentoring.desk", show="announced"), 303)


@blueprint.post(f"{DESK}/undoing")
@access(team(MAY_MATCH))
def undo(community: str, edition: str) -> Any:
    """Propose again what was proposed before one's last change."""
    at = here()
    round_of(at)
    try:
        matching.undo(unit(), at.edition)
    except Conflict as refusal:
        return _desk(at, 422, refusal.sentence)
    tell(str(_("Undone. Pressing it once more brings the change back.")))
    return redirect(at.url("mentoring.desk", show="proposed"), 303)


@blueprint.post(f"{DESK}/announcement")
@access(team(MAY_MATCH))
def announce(community: str, edition: str) -> Any:
    """Tell everybody whom they read."""
    at = here()
    round_of(at)
    try:
        number = matching.announce(unit(), at.edition, seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _desk(at, 422, refusal.sentence)
    tell(ngettext("Announced: %(num)s mail is on its way.", "Announced: %(num)s mails are on their way.", number))
    return redirect(at.url("mentoring.desk", show="announced"), 303)


# -- reading along ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """Feedback as mentoring chairs read it, with the remark that is for them."""

    side: Side
    answers: list[filling.Read]
    when: str


@blueprint.get(f"{DESK}/pairs/<int:match_id>")
@access(team(MAY_MATCH))
def feedback(community: str, edition: str, match_id: int) -> Response:
    """What the two sides of a match said to each other."""
    at, session = here(), unit().session
    found = queries.find_match(session, at.edition.id, match_id, at.standing, lock=False)
    if found is None or found.state is MatchState.PROPOSED:
        raise NotFound
    _join, due = dates_of(at)
    is_late = due is not None and due.deadline.has_passed(unit().now)
    line = _lines([found], queries.readings_of(session, [found.id]), is_late=is_late)[0]
    asked = [questions.asked_of(one) for one in questions.questions_of(session, at.edition.id, service.KEY)]
    sent = [side for side in line.sides if side.reading.sent_at is not None]
    answers = questions.answers_to(session, service.KEY, [side.reading.id for side in sent])
    zone = at.edition.time_zone
    return _desk_page(
        "feedback",
        line=line,
        said=[
            Said(
                side,
                filling.readable(asked, answers[side.reading.id]),
                when_text(side.reading.sent_at, zone) if side.reading.sent_at else "",
            )
            for side in sent
        ],
        awaited=[side for side in line.sides if side.reading.sent_at is None],
        ended=found.state is MatchState.ENDED,
    )


# -- reminders ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/reminders")
@access(team(MAY_MATCH))
def reminders(community: str, edition: str) -> Response:
    """To whom a reminder would go now, and what each would read. Nothing is sent."""
    at = here()
    round_of(at)
    return _reminders(at)


def _reminders(at: Here, status: int = 200, refused: str = "") -> Response:
    wave = reminding.prepare(unit(), at.edition, at.standing)
    pager = paging(len(wave.owing), MAILS)
    letters = reminding.letters(at.edition, wave, 0)[pager.offset : pager.offset + pager.size]
    _join, due = dates_of(at)
    return _desk_page(
        "reminders",
        status,
        drafts=[draft(letter) for letter in letters],
        pager=pager,
        people=len(wave.owing),
        seen=wave.digest,
        refused=refused,
        is_late=wave.is_late,
        due=shown(due),
    )


@blueprint.post(f"{DESK}/reminders")
@access(team(MAY_MATCH))
def remind(community: str, edition: str) -> Any:
    """Send what was looked at."""
    at = here()
    round_of(at)
    try:
        wave = reminding.remind(unit(), at.edition, seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _reminders(at, 422, refusal.sentence)
    tell(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", len(wave.owing)))
    return redirect(at.url("mentoring.desk", show="announced"), 303)


# -- settings -----------------------------------------------------------------------------------------------------


def _filled(at: Here) -> tuple[Round | None, RoundForm]:
    row = queries.find_round(unit().session, at.edition.id)
    join, due = dates_of(at)
    return row, round_form(row, join.deadline if join else None, due.deadline if due else None)


@blueprint.get(f"{DESK}/settings")
@access(team(MAY_SET_UP))
def settings(community: str, edition: str) -> Response:
    """Turn the round on, say until when, introduce it."""
    row, form = _filled(here())
    return _settings(row, form)


def _settings(row: Round | None, form: RoundForm, status: int = 200, looks: str | None = None) -> Response:
    return _desk_page(
        "settings",
        status,
        row=row,
        form=form,
        looks=render_markdown(looks) if looks is not None else None,
        most=rules.MOST_MENTORED,
    )


@blueprint.post(f"{DESK}/settings")
@access(team(MAY_SET_UP))
def settings_save(community: str, edition: str) -> Any:
    """Save the settings; or show the introduction as it will look."""
    at = here()
    row, form = _filled(at)
    if request.form.get("do") == "preview":
        return _settings(row, form, looks=form.intro.data or "")
    if not form.is_sent:
        return _settings(row, form, 422)
    try:
        service.set_up(unit(), at.edition, form.content(), version=form.started_from)
    except service.Stale as refusal:
        form.version.data = str(row.version if row is not None else 0)
        form.version.raw_data = None
        form.form_errors.append(refusal.sentence)
        return _settings(row, form, 422)
    except service.Promised as refusal:
        form.form_errors.append(refusal.sentence)
        return _settings(row, form, 422)
    tell(str(_("Saved. Authors find the round on the page of their work.")))
    return redirect(at.url("mentoring.settings"), 303)
