"""The chairs' pages about how reviewing goes: the load board, the chart, what was given back, reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.assignments.desk import tabs
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import clean_text
from workshop_manager.mail.service import draft
from workshop_manager.reviews import progress_queries, queries, reminding, words
from workshop_manager.reviews.desk import DESK
from workshop_manager.reviews.progress_queries import Burden
from workshop_manager.reviews.views import blueprint, due_text
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import day_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SUBMISSIONS
from workshop_manager.workshops.states import DateKey

ROWS = 50
WIDTH, HEIGHT = 600, 160
MOST_NOTE = 2_000
MAILS = 25
VIEWS = ("owing", "drafts", "declined", "idle")


@dataclass(frozen=True, slots=True)
class Chart:
    """Reviews that are in, day by day, as points of a line, with the sentence that says the same."""

    points: str
    goal: float
    """Where the line would be with every review in."""
    due: float | None
    now: float
    first: str
    last: str
    sentence: str


def chart(moments: Sequence[datetime], asked: int, due: datetime | None, now: datetime) -> Chart | None:
    """The progress of reviewing over time; None before anything came in."""
    if not moments or not asked:
        return None
    start = min(moments[0], now) - timedelta(days=1)
    end = max(now, moments[-1], due or now) + timedelta(hours=12)
    length = (end - start).total_seconds()

    def across(at: datetime) -> float:
        return round(WIDTH * (at - start).total_seconds() / length, 1)

    def up(number: int) -> float:
        return round(HEIGHT - (HEIGHT - 10) * number / max(asked, len(moments)), 1)

    points = [(0.0, up(0))]
    step = max(1, len(moments) // 200)
    for number, at in enumerate(moments, 1):
        if number % step == 0 or number == len(moments):
            points.append((across(at), up(number)))
    points.append((across(now), up(len(moments))))
    sentence = _(
        "%(done)s of %(all)s reviews are in; the first came on %(first)s, the latest on %(last)s.",
        done=len(moments),
        all=asked,
        first=day_text(moments[0].date()),
        last=day_text(moments[-1].date()),
    )
    return Chart(
        " ".join(f"{x},{y}" for x, y in points),
        up(asked),
        across(due) if due is not None else None,
        across(now),
        day_text(start.date()),
        day_text(end.date()),
        str(sentence),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the load board."""

    burden: Burden
    last: str
    is_late: bool


@blueprint.get(f"{DESK}/progress")
@access(team(MAY_SUBMISSIONS))
def progress(community: str, edition: str) -> Response:
    """Who has how much, who is late, what was given back, and how it goes."""
    at, session, now = here(), unit().session, unit().now
    asked = request.args.get("show", "")
    show = asked if asked in VIEWS else ""
    counts = progress_queries.burden_counts(session, at.edition.id, at.standing)
    pager = paging(counts[show], ROWS)
    found = progress_queries.burdens(session, at.edition.id, at.standing, show, pager.offset, pager.size)
    date = workshops.date_by_key(session, at.edition.id, DateKey.REVIEWS_DUE)
    is_late = date is not None and date.deadline.has_passed(now)
    total = queries.progress(session, at.edition.id, at.standing)
    labels = {
        "": _("All"),
        "owing": _("Late") if is_late else _("Owe reviews"),
        "drafts": _("Drafts"),
        "declined": _("Gave back"),
        "idle": _("Have nothing"),
    }
    return page(
        "reviews/progress.html",
        at=at,
        tabs=tabs(at, "reviews.progress"),
        total=total,
        rows=[
            Row(one, when_text(one.last, at.edition.time_zone) if one.last else "", is_late and one.owed > 0)
            for one in found
        ],
        pager=pager,
        segments=[
            (
                str(label),
                at.url("reviews.progress", **({"show": key} if key else {})),
                show == key,
                counts[key],
            )
            for key, label in labels.items()
        ],
        chart=chart(
            progress_queries.moments(session, at.edition.id, at.standing),
            total.assigned,
            date.deadline.at if date else None,
            now,
        ),
        declines=progress_queries.declines(session, at.edition.id, at.standing),
        decline_reasons=words.DECLINE_REASONS,
        due=due_text(at),
        is_late=is_late,
    )


# -- reminders ----------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/reminders")
@access(team(MAY_SUBMISSIONS))
def reminders(community: str, edition: str) -> Response:
    """To whom a reminder would go now, and what each would read. Nothing is sent."""
    return _reminders(here())


def _note() -> str:
    return clean_text(request.values.get("note", "")[: MOST_NOTE * 4])[:MOST_NOTE]


def _reminders(at: Here, status: int = 200, refused: str = "") -> Response:
    wave, note = reminding.prepare(unit(), at.edition, at.standing), _note()
    pager = paging(len(wave.owing), MAILS)
    letters = reminding.letters(at.edition, wave, note, 0)[pager.offset : pager.offset + pager.size]
    counts = [len(one.works) for one in wave.owing][pager.offset : pager.offset + pager.size]
    drafts = [(draft(letter), number) for letter, number in zip(letters, counts, strict=True)]
    return page(
        "reviews/reminders.html",
        status,
        at=at,
        drafts=drafts,
        pager=pager,
        people=len(wave.owing),
        reviews=wave.reviews,
        seen=wave.digest,
        note=note,
        most_note=MOST_NOTE,
        refused=refused,
        is_late=wave.is_late,
        due=due_text(at),
        waves=[
            when_text(one.sent_at, at.edition.time_zone)
            for one in progress_queries.waves(unit().session, at.edition.id)
        ],
    )


@blueprint.post(f"{DESK}/reminders")
@access(team(MAY_SUBMISSIONS))
def reminders_send(community: str, edition: str) -> Any:
    """`do=look`: the same page with the words on top; else send what was looked at."""
    at = here()
    if request.form.get("do") == "look":
        return _reminders(at)
    try:
        wave = reminding.remind(unit(), at.edition, _note(), seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _reminders(at, 422, refusal.sentence)
    people = ngettext("%(num)s person gets a mail", "%(num)s people get a mail each", len(wave.owing))
    tell(f"{people}, {ngettext('about %(num)s review.', 'about %(num)s reviews.', wave.reviews)}")
    return redirect(at.url("reviews.progress"), 303)
