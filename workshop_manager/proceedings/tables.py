"""What accepted authors owe, as a table to take along. No web."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from workshop_manager.calls import queries as calls
from workshop_manager.proceedings import queries, rules
from workshop_manager.proceedings.queries import Filter
from workshop_manager.proceedings.states import Item
from workshop_manager.workshops.states import DateKey

Cell = str | int | None
HEADER = (
    *("number", "title", "authors", "track", "decision", "poster"),
    *(item.value for item in Item),
    *("owes", "due", "reminders"),
)


def board(
    session: Session, edition_id: int, seen: ColumnElement[bool], narrowed: Filter | None = None
) -> tuple[Sequence[str], list[tuple[Cell, ...]]]:
    """Names of columns, and a row for each work; no rows while nothing is asked of the authors."""
    asked = queries.asked(session, edition_id)
    if asked is None:
        return HEADER, []
    asks, newest = queries.wanted(asked), asked.rights_version
    plan = calls.plan_for(session, edition_id, DateKey.CAMERA_READY)
    rows: list[tuple[Cell, ...]] = []
    for row in queries.board(session, edition_id, seen, narrowed or Filter(), asks, newest):
        work, there = row.submission, queries.given(row.camera)
        due = rules.due_of(plan, work)
        rows.append(
            (
                work.number,
                work.title,
                "; ".join(author.name for author in work.authors),
                work.track.key if work.track else "",
                work.outcome.value if work.outcome else "",
                row.poster or "",
                *("yes" if rules.is_there(item, there, newest) else "" for item in Item),
                ", ".join(item.value for item in queries.owed_by(row, asks, newest)),
                due.local.isoformat() if due else "",
                row.camera.reminders if row.camera else 0,
            )
        )
    return HEADER, rows
