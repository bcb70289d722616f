"""Whom a work can be given to, and when; how well the two fit. Plain values, no database."""

import math
from collections.abc import Iterable
from datetime import date

from workshop_manager.assignments.settings import Lack
from workshop_manager.assignments.states import BidLevel, ProposalState
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

REVIEWERS = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whom a submission can be assigned to: reviewers, and whoever organises and wants to read."""
OPEN_FOR_REVIEW = frozenset({State.SUBMITTED})
WANTED_REVIEWS = 2

FIT = 10_000
"""A perfect fit of one pair."""
BID_WORTH: dict[BidLevel | None, float] = {
    BidLevel.WANT: 1.0,
    BidLevel.CAN: 0.7,
    None: 0.4,
    BidLevel.RATHER_NOT: 0.0,
}
UNKNOWN = 0.3
"""What topics are worth where the work names none, or the reviewer has named none anywhere."""
WEIGHTS: dict[str, tuple[int, int]] = {
    "alike": (1, 1),
    "bids": (3, 1),
    "topics": (1, 3),
    "bids_only": (1, 0),
    "topics_only": (0, 1),
}
"""How much bids and topics count, by the name of the choice."""
TEXTS: dict[str, int] = {"none": 0, "some": 1, "much": 3}
"""How much it counts that a work reads like what a reviewer wrote and knows, beside `WEIGHTS`."""
BUSY = frozenset({ProposalState.WAITING, ProposalState.RUNNING})


def topic_share(known: int, topics: int, *, named_any: bool) -> float:
    """How much of what a work is about a reviewer knows: 0 to 1."""
    return known / topics if topics and named_any else UNKNOWN


def fit(bid: BidLevel | None, share: float, weigh: str, alike: float | None = None, text: str = "none") -> int:
    """How well a work and a reviewer fit, 0 to `FIT`: the weighted mean of bid, topics and likeness of texts.

    `alike` None: there is no text of theirs to compare, and it counts nothing.
    """
    bids, topics = WEIGHTS[weigh]
    texts = TEXTS[text] if alike is not None else 0
    return round(FIT * (bids * BID_WORTH[bid] + topics * share + texts * (alike or 0.0)) / (bids + topics + texts))


def presence(away_until: date | None, today: date, due: date | None) -> float:
    """Which part of the time that is left for reviewing somebody is here: 0 if they are back after the deadline only.

    Without a deadline nobody can tell, and it counts as all of it.
    """
    if away_until is None or away_until < today or due is None:
        return 1.0
    if away_until >= due:
        return 0.0
    return (due - away_until).days / (due - today).days


def lowered(load: int, presence: float) -> int:
    """What of a load somebody can take who is here for that part of the time; whoever is back in time takes one."""
    if presence <= 0:
        return 0
    return min(load, max(1, math.floor(load * presence)))


def may_bid(*, reviews_here: bool, is_open: bool, state: State, has_conflict: bool) -> bool:
    """Reviewers bid while bidding is open, on what waits for reviews and is not kept from them."""
    return reviews_here and is_open and state in OPEN_FOR_REVIEW and not has_conflict


def newcomers(lacks: Iterable[Lack], load: int) -> list[tuple[Lack, int, int]]:
    """How many more reviewers would fill these places, by what they must bring: (what, how many, for how many places).

    Reviewers alike can share any places among them as long as nobody reads a work twice, so as many are enough as the
    neediest work has places, or as the load asks for.
    """
    found: dict[tuple[bool, str, int], list[Lack]] = {}
    for lack in lacks:
        found.setdefault((lack.senior, lack.language or "", lack.track_id or 0), []).append(lack)
    each = []
    for some in found.values():
        places = sum(one.places for one in some)
        each.append((some[0], max(max(one.places for one in some), -(-places // max(load, 1))), places))
    return sorted(each, key=lambda one: -one[2])
