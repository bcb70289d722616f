"""Closed lists of searching."""

import enum


class Act(enum.Enum):
    """What can be done to every submission that a search finds."""

    ADD_TAG = "add_tag"
    REMOVE_TAG = "remove_tag"
    MOVE_TRACK = "move_track"
    MOVE_ROUND = "move_round"
    REJECT = "reject"
