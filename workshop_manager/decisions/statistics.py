"""The figures of a season, over what one person may see at the desk: how it came in, how it is judged, what is told."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workshop_manager.assignments.models import Assignment
from workshop_manager.calls import queries as calls
from workshop_manager.calls.queries import PlacedDate
from workshop_manager.calls.words import place_name
from workshop_manager.core.balance import totals
from workshop_manager.core.deadlines import Deadline
from workshop_manager.decisions import plots
from workshop_manager.decisions.plots import Mark, Plot
from workshop_manager.decisions.queries import said
from workshop_manager.reviews.models import Review
from workshop_manager.reviews.queries import IS_IN, RANKED_BY, came_in
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import CareerStage, State
from workshop_manager.submissions.words import country_name, stage_name
from workshop_manager.web.times import day_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition, ImportantDate, Track
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the plots are made of, read once (five queries)."""

    session: Session
    edition: Edition
    standing: Standing
    tracks: Sequence[Track]
    works: Sequence[tuple[int, int | None, State]]
    reviews: Sequence[tuple[int, float | None, date | None]]
    """Of each review that is in: its submission, its score, the day it came."""
    assigned: int
    answers: tuple[list[str | None], list[str | None]]
    """Country and career stage of each work, in the order of `works`."""
    dates: Mapping[DateKey, ImportantDate]
    due: Sequence[PlacedDate]
    """The deadlines of rounds and tracks."""


def _read(
    session: Session, edition: Edition, standing: Standing, tracks: Sequence[Track], *, with_answers: bool
) -> _Figures:
    place, seen = ZoneInfo(edition.time_zone), came_in(edition.id, standing)
    works = session.execute(select(Submission.id, Submission.track_id, Submission.state).where(seen)).all()
    reviews = session.execute(
        select(Review.submission_id, RANKED_BY, Review.submitted_at)
        .join(Submission, Submission.id == Review.submission_id)
        .where(seen, IS_IN)
    )
    assigned = session.execute(
        select(func.count(Assignment.id)).join(Submission, Submission.id == Assignment.submission_id).where(seen)
    ).scalar_one()
    return _Figures(
        session,
        edition,
        standing,
        tracks,
        [(one, track, state) for one, track, state in works],
        [(one, score, at.astimezone(place).date() if at else None) for one, score, at in reviews],
        assigned,
        said(session, [row.id for row in works]) if with_answers else ([], []),
        workshops.dates_by_key(session, edition.id),
        [
            one
            for one in calls.placed_dates(session, edition.id, is_desk=True)
            if one.row.key is DateKey.ABSTRACTS_DUE and one.row.track_id in {None, *(track.id for track in tracks)}
        ],
    )


def plots_of(
    session: Session, edition: Edition, standing: Standing, tracks: Sequence[Track], only: str | None = None
) -> list[Plot]:
    """Every plot that has something to show, in the order of the page; with `only` the one of that name."""
    makers: dict[str, Callable[[_Figures], Plot | None]] = {
        "submissions": _over_time,
        "tracks": _by_track,
        "countries": _by_country,
        "stages": _by_stage,
        "reviews": _progress,
        "scores": _scores,
        "averages": _averages,
    }
    wanted = {name: make for name, make in makers.items() if only in (None, name)}
    if not wanted:
        return []
    # What was declared is opened one by one: not for a drawing that shows none of it.
    figures = _read(session, edition, standing, tracks, with_answers=not wanted.keys().isdisjoint(_ANSWERS))
    return [plot for make in wanted.values() if (plot := make(figures)) is not None]


_ANSWERS = ("countries", "stages")


HEADER = ("plot", "of", "what", "number")


def figures_of(plots: Sequence[Plot]) -> list[tuple[str, str, str, str | int]]:
    """The figures of these plots, one a row."""
    return [
        (plot.name, str(label), str(header), value)
        for plot in plots
        for label, *values in plot.rows
        for header, value in zip(plot.header[1:], values, strict=True)
    ]


def _marks(figures: _Figures, key: DateKey, name: str) -> list[Mark]:
    row = figures.dates.get(key)
    if row is None:
        return []
    return [Mark(_day(row.deadline), name)]


def _day(deadline: Deadline) -> date:
    """In the zone it was announced in: 23:59 AoE on the 6th is the 6th."""
    return deadline.local.date()


def _deadlines(figures: _Figures) -> list[Mark]:
    """Every deadline of the call: the edition's, and those that rounds and tracks have of their own; one mark a day."""
    marks = _marks(figures, DateKey.ABSTRACTS_DUE, str(_("deadline")))
    marks += [Mark(_day(one.row.deadline), place_name(one)) for one in figures.due]
    by_day: dict[date, list[str]] = {}
    for mark in sorted(marks, key=lambda mark: mark.day):
        by_day.setdefault(mark.day, []).append(mark.name)
    return [Mark(day, ", ".join(names)) for day, names in by_day.items()]


def _days(first: date, last: date) -> dict[date, str]:
    return {day: day_text(day, year=first.year != last.year) for day in (first, last)}


def _over_time(figures: _Figures) -> Plot | None:
    per_day = submissions.per_day(
        figures.session, figures.edition.id, figures.standing, figures.edition.time_zone
    )  # fmt: skip
    if not per_day:
        return None
    marks = _deadlines(figures)
    number = sum(per_day.values())
    late = sum(n for day, n in per_day.items() if marks and day >= marks[-1].day)
    sentence = ngettext("%(num)s submission came in", "%(num)s submissions came in", number)
    if marks:
        sentence += ngettext(", %(num)s on the last day or later", ", %(num)s on the last day or later", late)
    if len(marks) > 1:
        sentence += ". " + _("Deadlines: %(list)s", list="; ".join(f"{day_text(m.day)}, {m.name}" for m in marks))
    return plots.over_time(
        "submissions",
        str(_("Submissions over time")),
        f"{sentence}.",
        (str(_("Day")), str(_("New")), str(_("In all"))),
        per_day,
        marks,
        _days(*plots.ends_of(per_day, marks)),
    )


def _by_track(figures: _Figures) -> Plot | None:
    every = Counter(track for _one, track, _state in figures.works)
    taken = Counter(track for _one, track, state in figures.works if state in ON_PROGRAMME)
    names: list[tuple[int | None, str]] = [(track.id, track.name) for track in figures.tracks if every[track.id]]
    if every[None]:
        names.append((None, str(_("without a track"))))
    if not names:
        return None
    is_out = bool(taken)
    rows = [(name, every[key], taken[key] if is_out else None) for key, name in names]
    sentence = ngettext("%(num)s submission", "%(num)s submissions", sum(every.values()))
    if is_out:
        sentence += _(", %(number)s of them told that they are accepted", number=sum(taken.values()))
    header = [str(_("Track")), str(_("Submitted")), *([str(_("Accepted and told"))] if is_out else [])]
    return plots.lying("tracks", str(_("By track")), f"{sentence}.", tuple(header), rows)


def _by_country(figures: _Figures) -> Plot | None:
    return _by_answer(figures, "countries", 0, str(_("By country of the presenter")), str(_("Country")), country_name)


def _by_stage(figures: _Figures) -> Plot | None:
    names = {stage.value: stage_name(stage) for stage in CareerStage}
    title, label = str(_("By career stage of the presenter")), str(_("Career stage"))
    return _by_answer(figures, "stages", 1, title, label, lambda key: names.get(key, key))


def _by_answer(
    figures: _Figures, name: str, which: int, title: str, label: str, word: Callable[[str], str]
) -> Plot | None:
    answers = figures.answers[which]
    found = totals(answers)
    if not any(answers):
        return None
    sentence = _("Those who said so, added up; fewer than five stand with the others.")
    if not found.groups:
        sentence = _("Not shown: a total would tell of fewer than five people, or the same of everybody.")
    rest = str(_("Others, and those who did not say"))
    rows = [(rest if group.key is None else word(group.key), group.all, None) for group in found.groups]
    return plots.lying(name, title, str(sentence), (label, str(_("Submitted"))), rows)


def _progress(figures: _Figures) -> Plot | None:
    per_day = Counter(day for _one, _score, day in figures.reviews if day is not None)
    if not per_day:
        return None
    marks = _marks(figures, DateKey.REVIEWS_DUE, str(_("reviews due")))
    sentence = _("%(done)s of %(assigned)s reviews are in.", done=len(figures.reviews), assigned=figures.assigned)
    return plots.over_time(
        "reviews",
        str(_("Reviews over time")),
        str(sentence),
        (str(_("Day")), str(_("New")), str(_("In all"))),
        per_day,
        marks,
        _days(*plots.ends_of(per_day, marks)),
        goal=figures.assigned,
    )


def _scores(figures: _Figures) -> Plot | None:
    scores = [score for _one, score, _day in figures.reviews if score is not None]
    counts = Counter(int(score + 0.5) for score in scores)
    if not counts:
        return None
    number, total = len(scores), sum(scores)
    said_so = ngettext("%(num)s score, on average %(mean)s.", "%(num)s scores, on average %(mean)s.", number,
                       mean=f"{total / number:.1f}")  # fmt: skip
    header = (str(_("Score")), str(_("Reviews")))
    rows = [(str(score), counts[score]) for score in range(1, 7)]
    return plots.columns("scores", str(_("Scores of the reviews")), said_so, header, rows)


def _averages(figures: _Figures) -> Plot | None:
    scores: dict[int, list[float]] = {}
    for one, score, _day in figures.reviews:
        if score is not None:
            scores.setdefault(one, []).append(score)
    if not scores:
        return None
    averages = [sum(each) / len(each) for each in scores.values()]
    sentence = ngettext("%(num)s submission has a review.", "%(num)s submissions have a review.", len(averages))
    header = (str(_("Average from")), str(_("Submissions")))
    rows = plots.bins_of(averages)
    return plots.columns("averages", str(_("Averages of the submissions")), sentence, header, rows, every=2)
