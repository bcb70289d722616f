"""Who reviews, as a table to take along. No web."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from workshop_manager.committee import queries, words
from workshop_manager.committee.queries import Narrowed
from workshop_manager.workshops.rules import Standing

Cell = str | int | None
HEADER = ("name", "address", "affiliation", "at most", "asked for", "in", "tracks", "languages", "senior", "said")


def reviewers(
    session: Session, edition_id: int, standing: Standing, now: datetime, narrowed: Narrowed | None = None
) -> tuple[Sequence[str], list[tuple[Cell, ...]]]:
    """Names of columns, and a row for each reviewer: loads count what that standing may see (four queries)."""
    tracks = queries.track_names(session, edition_id)
    found = queries.reviewers(session, edition_id, standing, narrowed or Narrowed(), now)
    loads = queries.loads_of(session, edition_id, standing, [one.person.id for one in found])
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        said, (asked, done) = one.profile, loads.get(one.person.id, (0, 0))
        chosen = {track.track_id for track in said.tracks} if said is not None else set()
        rows.append(
            (
                one.person.name,
                one.person.email,
                one.person.affiliation or "",
                said.max_load if said else None,
                asked,
                done,
                ", ".join(name for key, name in tracks.items() if key in chosen),
                words.language_names(said.languages) if said is not None else "",
                "yes" if said is not None and said.is_senior else "no",
                "no" if said is None else "yes",
            )
        )
    return HEADER, rows
