"""OpenReview's notes: submissions, reviews, decisions and assignments, of its API 1 and 2. No database, no web.

API 2 wraps each value (`content.title.value`) and has `invitations`; API 1 has `content.title` and `invitation`. A file
is a list of notes, an answer of the API (`{"notes": […]}`), or a note a line, with replies among the notes or under
`details`. Assignments are edges (`{"edges": […]}`). Authors come as names with ids: an address, or a profile
(`~Ada_Lovelace1`), which says no address and is left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workshop_manager.core.text import clean_line, clean_text
from workshop_manager.exchange.incoming import (
    Incoming,
    IncomingAssignment,
    IncomingAuthor,
    IncomingReview,
    IncomingSubmission,
)
from workshop_manager.exchange.reading import MOST_ROWS, N_, Problem, Unreadable, cell_of
from workshop_manager.exchange.rows import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, MOST_AUTHORS, number_of
from workshop_manager.exchange.states import Source
from workshop_manager.submissions.rules import is_address

_SCORE = (
    "rating",
    "recommendation",
    "overall_assessment",
    "overall_recommendation",
    "overall_score",
    "score",
    "preliminary_rating",
)
_CONFIDENCE = ("confidence", "reviewer_confidence")
_SECRET = re.compile(r"confidential|to_(the_)?(area_chairs?|chairs|pcs?|acs?|program)|ethic|first_time|code_of_conduct")


def are_notes(found: Any) -> bool:
    """True if this JSON is OpenReview's."""
    return any(True for _note in _notes(found)) or bool(_edges(found))


def count(found: Any) -> int:
    """How many notes and edges there are."""
    return sum(1 for _note in _notes(found)) + len(_edges(found))


def incoming(found: Any) -> Incoming:
    """What the notes bring. `line` counts the notes of the file from 1."""
    gathered = _Gathered()
    for line, note in enumerate(_notes(found), 1):
        if line > MOST_ROWS * 20:
            raise Unreadable(N_("There are more than %(most)s rows. Divide the file."), most=MOST_ROWS * 20)
        gathered.take(line, note)
    for line, edge in enumerate(_edges(found), 1):
        gathered.take_edge(line, edge)
    if not gathered.is_anything:
        raise Unreadable(N_("There are no submissions, reviews or assignments of OpenReview in this file."))
    return gathered.incoming()


def _notes(found: Any) -> Iterator[Mapping[str, Any]]:
    """Every note, those under `details` after the one they belong to."""
    if isinstance(found, dict):
        found = found.get("notes", [found])
    for note in found if isinstance(found, list) else ():
        if not isinstance(note, dict) or not isinstance(note.get("content"), dict):
            continue
        yield note
        details = note.get("details")
        for name in ("replies", "directReplies"):
            replies = details.get(name) if isinstance(details, dict) else None
            yield from (r for r in replies or () if isinstance(r, dict) and isinstance(r.get("content"), dict))


def _edges(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, dict):
        found = found.get("edges", ())
    if not isinstance(found, list | tuple):
        return []
    return [e for e in found if isinstance(e, dict) and {"head", "tail"} <= e.keys()][: MOST_ROWS * 20]


def _kind(note: Mapping[str, Any]) -> str:
    """`submission`, `review`, `decision` or nothing that is brought in (comments, rebuttals, bids)."""
    invited = note.get("invitations") or [note.get("invitation") or ""]
    names = [str(one).rpartition("/-/")[2] or str(one) for one in invited if one]
    joined = " ".join(names).casefold()
    if (
        re.search(r"meta_?review|comment|rebuttal|response|withdraw.*(request|form)|edit$", joined)
        and "submission" not in joined
    ):
        return ""
    if "review" in joined and "submission" not in joined:
        return "review"
    if "decision" in joined or "acceptance" in joined:
        return "decision"
    is_reply = note.get("replyto") and note.get("replyto") != note.get("id")
    return "submission" if "title" in note["content"] and not is_reply else ""


def _cell(content: Mapping[str, Any], *names: str) -> str:
    return next((cell for name in names if (cell := cell_of(content.get(name)))), "")


def _list(content: Mapping[str, Any], name: str) -> list[str]:
    value = content.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        return []
    # Newer venues give an object for each author.
    return [str(one.get("fullname") or one.get("name") or "") if isinstance(one, dict) else str(one) for one in value]


def _moment(note: Mapping[str, Any]) -> datetime | None:
    for name in ("cdate", "tcdate", "pdate"):
        value = note.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 4_102_444_800_000:
            return datetime.fromtimestamp(value / 1000, UTC)
    return None


@dataclass
class _Gathered:
    """What was found so far."""

    submissions: dict[str, IncomingSubmission] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, IncomingReview] = field(default_factory=dict)
    assignments: dict[tuple[str, str], IncomingAssignment] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    profiles: set[str] = field(default_factory=set)

    @property
    def is_anything(self) -> bool:
        return bool(self.submissions or self.reviews or self.assignments)

    def take(self, line: int, note: Mapping[str, Any]) -> None:
        """One note."""
        kind = _kind(note)
        key = clean_line(str(note.get("forum") or note.get("id") or ""))[:200]
        if not kind:
            return
        if not key:
            self.problems.append(Problem(line, N_("This note does not say which submission it is about.")))
        elif kind == "submission":
            self._submission(line, key, note)
        elif kind == "decision":
            self.decisions[key] = clean_line(_cell(note["content"], "decision", "recommendation"))[:200]
        else:
            self._review(line, key, note)

    def take_edge(self, line: int, edge: Mapping[str, Any]) -> None:
        """One edge: an assignment, unless its invitation says that it is something else."""
        invited = str(edge.get("invitation", "Assignment")).rpartition("/-/")[2]
        if invited and "assignment" not in invited.casefold():
            return
        key, who = clean_line(str(edge["head"]))[:200], clean_line(str(edge["tail"])).casefold()[:320]
        if who.startswith("~"):
            name = " ".join(re.sub(r"\d+$", "", who[1:]).split("_"))
            self.assignments[key, who] = IncomingAssignment(line, key, "", name)
        else:
            self.assignments[key, who] = IncomingAssignment(line, key, who)

    def _submission(self, line: int, key: str, note: Mapping[str, Any]) -> None:
        content = note["content"]
        title = clean_line(_cell(content, "title"))
        if not title:
            self.problems.append(Problem(line, N_("The title is empty.")))
        if len(title) > LONGEST_TITLE:
            values = {"start": title[:40], "most": LONGEST_TITLE}
            self.problems.append(
                Problem(line, N_("“%(start)s…” is longer than the %(most)s characters that fit."), values)
            )
        track = _cell(content, "track", "primary_area", "subject_areas")
        self.submissions[key] = IncomingSubmission(
            line=line,
            key=key,
            title=title[:LONGEST_TITLE],
            abstract=clean_text(_cell(content, "abstract", "TLDR"))[:LONGEST_TEXT],
            authors=self._authors(line, content),
            track=clean_line(track)[:LONGEST_NAME] if track else None,
            status=self._status(note),
            submitted_at=_moment(note),
        )

    def _status(self, note: Mapping[str, Any]) -> str:
        """Its venue says what became of it, a decision says it better; a submission under review says neither."""
        invited = " ".join(map(str, note.get("invitations") or [note.get("invitation") or ""]))
        venue = clean_line(_cell(note["content"], "venue", "venueid"))[:200]
        for word in ("Withdrawn", "Desk_Rejected"):
            if f"{word}_Submission" in f"{invited} {_cell(note['content'], 'venueid')}":
                return word.replace("_", " ")
        return venue if venue and not re.search(r"submitted|submission", venue.casefold()) else "submitted"

    def _authors(self, line: int, content: Mapping[str, Any]) -> tuple[IncomingAuthor, ...]:
        names, ids = _list(content, "authors"), _list(content, "authorids")
        if len(names) > MOST_AUTHORS:
            values = {"count": len(names), "most": MOST_AUTHORS}
            self.problems.append(Problem(line, N_("There are %(count)s authors; %(most)s fit."), values))
        rows: list[IncomingAuthor] = []
        for place, name in enumerate(names[:MOST_AUTHORS]):
            given = clean_line(ids[place]).casefold() if place < len(ids) else ""
            email = given if is_address(given) else ""
            if given.startswith("~"):
                self.profiles.add(given)
            name = clean_line(name)[:LONGEST_NAME]
            if name:
                rows.append(IncomingAuthor(name, email, "", not rows))
        return tuple(rows)

    def _review(self, line: int, key: str, note: Mapping[str, Any]) -> None:
        content = note["content"]
        signed = next((str(one) for one in note.get("signatures") or () if one), "")
        email = signed.casefold() if is_address(signed) else ""
        own = clean_line(str(note.get("id") or f"{key}/{signed or line}"))[:400]
        self.reviews[own] = IncomingReview(
            line=line,
            key=key,
            own_key=own,
            email=email,
            name="" if email else clean_line(signed.rpartition("/")[2])[:LONGEST_NAME],
            score=number_of(_cell(content, *_SCORE)),
            confidence=number_of(_cell(content, *_CONFIDENCE)),
            text=self._texts(content, secret=False),
            remark=self._texts(content, secret=True),
            submitted_at=_moment(note),
        )

    def _texts(self, content: Mapping[str, Any], *, secret: bool) -> str:
        parts = []
        for name in content:
            text = clean_text(_cell(content, name))
            if not text or name in (*_SCORE, *_CONFIDENCE) or bool(_SECRET.search(name.casefold())) is not secret:
                continue
            parts.append((name.replace("_", " ").capitalize(), text))
        if len(parts) == 1:
            return parts[0][1][:LONGEST_TEXT]
        return clean_text("\n\n".join(f"{name}\n{text}" for name, text in parts))[:LONGEST_TEXT]

    def incoming(self) -> Incoming:
        """The whole."""
        submissions = tuple(self._decided(one) for one in self.submissions.values())
        remarks = []
        if self.profiles:
            message = N_("Named by their OpenReview profile only, without an address: %(count)s of the authors.")
            remarks.append(Problem(0, message, {"count": len(self.profiles)}))
        return Incoming(
            Source.OPENREVIEW,
            submissions=submissions,
            assignments=tuple(self.assignments.values()),
            reviews=tuple(self.reviews.values()),
            problems=tuple(self.problems),
            remarks=tuple(remarks),
            statuses=tuple(dict.fromkeys(one.status for one in submissions if one.status)),
        )

    def _decided(self, one: IncomingSubmission) -> IncomingSubmission:
        said = self.decisions.get(one.key)
        if not said or one.status in ("Withdrawn", "Desk Rejected"):
            return one
        return IncomingSubmission(
            one.line, one.key, one.title, one.abstract, one.authors, one.track, said, one.submitted_at
        )
