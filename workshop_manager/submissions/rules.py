"""Who may do what with a submission, and when; what it still misses. No database, no web."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from workshop_manager.accounts.listing import strictest
from workshop_manager.accounts.models import Listing
from workshop_manager.calls.rules import (
    Limits,
    Phase,
    Plan,
    change_phase_for,
    changes_until,
    deadline_for,
    overall_phase,
    phase_for,
    round_to_show,
)
from workshop_manager.core.balance import SMALLEST_CELL
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import count_words
from workshop_manager.questions import rules as questions
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.rules import is_address as is_address
from workshop_manager.submissions.content import MOST_AUTHORS, AuthorContent, Content
from workshop_manager.submissions.states import Action, State
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.states import Role

TRANSITIONS: Mapping[Action, tuple[frozenset[State], State]] = {
    Action.SUBMIT: (frozenset({State.DRAFT}), State.SUBMITTED),
    Action.WITHDRAW: (
        frozenset({State.SUBMITTED, State.WAITLISTED, State.ACCEPTED, State.CONFIRMED}),
        State.WITHDRAWN,
    ),
    Action.ACCEPT: (frozenset({State.SUBMITTED, State.WAITLISTED}), State.ACCEPTED),
    Action.WAITLIST: (frozenset({State.SUBMITTED}), State.WAITLISTED),
    Action.REJECT: (frozenset({State.SUBMITTED, State.WAITLISTED}), State.REJECTED),
    Action.CONFIRM: (frozenset({State.ACCEPTED}), State.CONFIRMED),
    Action.DECLINE: (frozenset({State.ACCEPTED, State.CONFIRMED}), State.DECLINED),
    Action.REVIVE: (frozenset({State.WITHDRAWN, State.REJECTED}), State.SUBMITTED),
}
"""From which states an action leads, and where to: the whole life of a submission."""

MAY_SEE_ALL_TRACKS = MAY_SUBMISSIONS - {Role.TRACK_CHAIR}
OUT = frozenset({State.DRAFT, State.WITHDRAWN})
"""Not in the call: not yet, or not any more."""
EDITABLE = frozenset({State.DRAFT, State.SUBMITTED})
DECIDED = frozenset({State.ACCEPTED, State.CONFIRMED, State.DECLINED, State.WAITLISTED, State.REJECTED})
ON_PROGRAMME = frozenset({State.ACCEPTED, State.CONFIRMED})
NOTHING_ASKED = Sheet()
MOST_VERSIONS = 30


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


def leads_to(action: Action, state: State) -> State | None:
    """The state after that action, or None if it cannot be done from here."""
    sources, target = TRANSITIONS[action]
    return target if state in sources else None


def may_revive(state: State, desk_reason: str | None) -> bool:
    """What was withdrawn comes back, and what was rejected unreviewed; a decision after reviews stands."""
    return leads_to(Action.REVIVE, state) is not None and (state is State.WITHDRAWN or desk_reason is not None)


# -- who ----------------------------------------------------------------------------------------------------------


def is_own(person_id: int | None, submitter_id: int | None, author_person_ids: Collection[int | None]) -> bool:
    """True for the submitter, and for a co-author whose account bears the author's address."""
    return person_id is not None and (person_id == submitter_id or person_id in author_person_ids)


def may_edit(state: State, phase: Phase) -> bool:
    """A draft and a submitted abstract, while the call is open."""
    return state in EDITABLE and phase is Phase.OPEN


def phase_of_work(plan: Plan, now: datetime, state: State, round_id: int | None, track_id: int | None) -> Phase:
    """Where the call stands for one work: a draft may go wherever it is open, what was submitted stays in place."""
    if state is State.DRAFT:
        return overall_phase(plan, now)
    return change_phase_for(plan, now, round_id, track_id)


def open_until(plan: Plan, now: datetime, state: State, round_id: int | None, track_id: int | None) -> Deadline | None:
    """Until when one work can be changed. A draft of a round that is over is one of the round that is open."""
    if state is not State.DRAFT:
        return changes_until(plan, round_id, track_id)
    if phase_for(plan, now, round_id, track_id) is not Phase.OPEN and overall_phase(plan, now) is Phase.OPEN:
        round_id = round_to_show(plan, now)
    return deadline_for(plan, round_id, track_id)


NUDGES = (72, 24)
"""How many hours before its deadline those who write a draft are reminded."""
_AT_WORK = timedelta(hours=1)


def nudge_now(now: datetime, due: datetime, changed_at: datetime) -> int | None:
    """Which reminder is due: the latest of `NUDGES` that has begun; None before the first and after the deadline.

    Whoever changed the draft within the last hour is at work on it, and is not interrupted before the last hour.
    """
    left = due - now
    begun = [hours for hours in NUDGES if left <= timedelta(hours=hours)]
    if left < timedelta(0) or not begun:
        return None
    return None if now - changed_at < _AT_WORK < left else min(begun)


def may_read_at_desk(
    standing: Standing, state: State, track_id: int | None, submitter_id: int | None, author_ids: Collection[int | None]
) -> bool:
    """Chairs read what came in, a track chair in the chaired tracks; nobody reads drafts or their own work there."""
    if state is State.DRAFT or not standing.may(MAY_SUBMISSIONS):
        return False
    if is_own(standing.person_id, submitter_id, author_ids):
        return False
    return standing.may(MAY_SEE_ALL_TRACKS) or track_id in standing.chaired_tracks


def shown_total(count: int, of: int) -> int | None:
    """A total for reading, or None where it, or what is left beside it, would tell of fewer than five people.

    “5 of 5” and “0 of 5” tell of each of the five, so a side with nobody is as small as one with a few.
    """
    return count if of == 0 or min(count, of - count) >= SMALLEST_CELL else None


# -- what is missing before an abstract can be submitted ------------------------------------------------------------


def gaps(
    content: Content,
    limits: Limits,
    eligibility: Mapping[int, str],
    *,
    has_file: bool,
    is_open: bool = True,
    most_authors: int = MOST_AUTHORS,
    sheet: Sheet = NOTHING_ASKED,
    given: Collection[str] = (),
    now: datetime | None = None,
) -> Iterator[Gap]:
    """Everything that is missing, in the order of the page. `eligibility`: the statement of each track, "" for none.

    `is_open`: whether the track takes abstracts in the chosen round. `sheet` is what organisers ask beside the work,
    `given` the scopes this work is in; it needs `now`.
    """
    if not content.title:
        yield Gap("title", N_("Give your abstract a title."))
    if eligibility and content.track_id not in eligibility:
        yield Gap("track", N_("Choose a track."))
    elif not is_open:
        yield Gap(
            "track" if eligibility else "title",
            N_("Nothing more can be handed in there: its deadline has passed. Choose another track or round."),
        )
    yield from _abstract_gaps(content.abstract, limits.words)
    yield from _author_gaps(content.authors, most_authors)
    if limits.needs_pdf and not has_file:
        yield Gap("file", N_("Add the PDF of your paper."))
    if now is not None:
        yield from questions.gaps(sheet, content.answers or {}, given, now)
    yield from _statement_gaps(content, eligibility)
    yield from questions.statement_gaps(sheet.statements, content.told or {}, given)


def cap_gaps(authors: Iterable[AuthorContent], named: Mapping[str, int], most: int) -> Iterator[Gap]:
    """The authors who are named too often; `named`: in how many other submissions, by address in lower case."""
    message = N_("Named in %(times)s abstracts already, and this call takes no more from one person.")
    for place, author in enumerate(authors):
        times = named.get(author.email.lower(), 0) if author.email else 0
        if times >= most:
            yield Gap(f"authors-{place}-email", message, {"times": times})


def _abstract_gaps(abstract: str, limit: int) -> Iterator[Gap]:
    words = count_words(abstract)
    if not words:
        yield Gap("abstract", N_("Write the abstract."))
    elif words > limit:
        values = {"words": words, "over": words - limit}
        yield Gap("abstract", N_("%(words)s words. Take out %(over)s, or move detail into the PDF."), values)


def _author_gaps(authors: tuple[AuthorContent, ...], most: int) -> Iterator[Gap]:
    named = [(place, author) for place, author in enumerate(authors) if not author.is_blank]
    if not named:
        yield Gap("authors-0-name" if authors else "authors", N_("Name at least one author."))
        return
    if len(named) > most:
        values = {"authors": len(named), "most": most, "over": len(named) - most}
        yield Gap("authors", N_("%(authors)s authors. At most %(most)s fit: take out %(over)s."), values)
    seen: set[str] = set()
    for place, author in named:
        if not author.name:
            yield Gap(f"authors-{place}-name", N_("Say how this author is called; one name is enough."))
        if not author.email:
            continue
        if not is_address(author.email):
            yield Gap(f"authors-{place}-email", N_("This is not an e-mail address. Write one like name@example.org."))
        elif author.email.casefold() in seen:
            yield Gap(f"authors-{place}-email", N_("Another author has this address already."))
        seen.add(author.email.casefold())
    if not any(author.is_presenter for _place, author in named):
        yield Gap(f"authors-{named[0][0]}-is_presenter", N_("Mark who presents the work."))


def _statement_gaps(content: Content, eligibility: Mapping[int, str]) -> Iterator[Gap]:
    if content.track_id is not None and eligibility.get(content.track_id):
        place = f"eligible_{content.track_id}"
        if content.is_eligible is None:
            yield Gap(place, N_("Say whether it holds."))
        elif not content.is_eligible:
            yield Gap(place, N_("This track is for those for whom the statement holds. Choose another track."))
    if not content.not_published:
        yield Gap("not_published", N_("Confirm that the work was not published before."))


# -- how authors are shown ------------------------------------------------------------------------------------------


class _Person(Protocol):
    @property
    def listing(self) -> Listing: ...


class _Author(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def affiliation(self) -> str | None: ...
    @property
    def is_presenter(self) -> bool: ...
    @property
    def person(self) -> _Person | None: ...


class _Submission(Protocol):
    @property
    def listing(self) -> Listing: ...
    @property
    def authors(self) -> Iterable[_Author]: ...


@dataclasses.dataclass(frozen=True, slots=True)
class PublicAuthor:
    """An author as everybody may see them. `name` is None for one who is listed as anonymous."""

    name: str | None
    affiliation: str | None = None
    is_presenter: bool = False


def is_listed(submission: _Submission) -> bool:
    """False for a work that its authors want on no public page at all."""
    return submission.listing is not Listing.UNLISTED


def public_authors(submission: _Submission) -> tuple[PublicAuthor, ...]:
    """The authors for public pages and feeds; needs `authors` with their `person` loaded.

    The stricter of two choices counts for each: the submission's and the author's own. Those who want to be listed
    nowhere are left out; an anonymous submission shows one nameless author, so that not even their number is told.
    """
    if submission.listing is Listing.UNLISTED:
        return ()
    if submission.listing is Listing.ANONYMOUS:
        return (PublicAuthor(None),)
    shown = []
    for author in submission.authors:
        own = author.person.listing if author.person is not None else Listing.FULL
        choice = strictest(own, submission.listing)
        if choice is Listing.ANONYMOUS or not author.name:
            shown.append(PublicAuthor(None, None, author.is_presenter))
        elif choice is not Listing.UNLISTED:
            affiliation = author.affiliation if choice is Listing.FULL else None
            shown.append(PublicAuthor(author.name, affiliation, author.is_presenter))
    return tuple(shown)
