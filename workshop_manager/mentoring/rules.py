"""Who may take part in the mentored round and when, and how well two works fit. Plain values, no database."""

from collections.abc import Collection

from workshop_manager.assignments import rules as assigning
from workshop_manager.mentoring.states import MatchState
from workshop_manager.submissions.states import State
from workshop_manager.workshops.rules import MAY_DECIDE, MAY_SETTINGS

MAY_SET_UP = MAY_SETTINGS
"""Turn the round on, say until when, and what is asked: whoever sets the edition's dates."""
MAY_MATCH = MAY_DECIDE
"""Mentoring chairs: see who joined, match, announce, remind, read feedback."""
MAY_MENTOR = assigning.REVIEWERS
"""Who can volunteer to read the draft of an odd one out: whoever may be asked to review."""
TAKES_PART = frozenset({State.DRAFT, State.SUBMITTED})
"""Works that can be matched: there is something to read, and still something to revise."""
MOST_MENTORED = 3
MOST_REMARK = 2_000
MOST_THANKS = 1_000
OTHER_LANGUAGE = 0.5
"""What is left of the fit where a work is written in another language than its reader's own."""


def may_join(*, is_on: bool, is_over: bool, state: State) -> bool:
    """Authors of a draft or of a submitted work join while the round is on, until its date."""
    return is_on and not is_over and state in TAKES_PART


def may_read(match: MatchState, *, is_ended: bool, work: State, is_author: bool) -> bool:
    """Partners read the other's draft once the match is announced, as long as it goes on and there is a draft.

    `is_author`: the reader is still an author of the work they joined with; a mentor from the committee always is fine.
    """
    return match is not MatchState.PROPOSED and not is_ended and work in TAKES_PART and is_author


def may_write(match: MatchState, *, is_ended: bool, work: State, is_author: bool, is_thanked: bool) -> bool:
    """Feedback is written, and changed, while the draft can be read, until the other side has said thank you."""
    return not is_thanked and may_read(match, is_ended=is_ended, work=work, is_author=is_author)


def fit(known: Collection[str], topics: Collection[str], *, same_language: bool) -> int:
    """How well a reader who knows these topics fits a work about those, 0 to `assigning.FIT`."""
    share = assigning.topic_share(len(set(known) & set(topics)), len(set(topics)), named_any=bool(known))
    found = assigning.fit(None, share, "topics_only")
    return found if same_language else round(found * OTHER_LANGUAGE)
