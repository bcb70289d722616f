"""Who recruits, who reviews, and when somebody may be asked; plain values, no database."""

from datetime import datetime

from workshop_manager.committee.states import Stage
from workshop_manager.workshops.rules import MAY_RECRUIT as MAY_RECRUIT
from workshop_manager.workshops.states import Role

MAY_HAVE_PROFILE = frozenset({Role.REVIEWER, Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR, Role.OWNER, Role.ORGANISER})
"""Whoever a submission can be given to says what they can take on."""
MOST_AT_ONCE = 300
MOST_LOAD = 50
MOST_SUGGESTIONS = 3
CAN_BE_ASKED = frozenset({Stage.SUGGESTED, Stage.EXPIRED, Stage.DECLINED})
"""Who can be invited from the list with one click; who has not answered yet is reminded instead."""


def stage_of(
    *, is_invited: bool, expires_at: datetime | None, accepted: bool | None, is_answered: bool, now: datetime
) -> Stage:
    """How far asking somebody has come, by the invitation sent last."""
    if not is_invited:
        return Stage.SUGGESTED
    if is_answered:
        return Stage.ACCEPTED if accepted else Stage.DECLINED
    return Stage.EXPIRED if expires_at is not None and expires_at <= now else Stage.WAITING


def may_ask(stage: Stage | None, *, reviews_already: bool) -> bool:
    """Nobody is asked who reviews already or has an invitation that waits for an answer."""
    return not reviews_already and (stage is None or stage in CAN_BE_ASKED)


def is_chosen_at_first(stage: Stage | None, *, reviews_already: bool) -> bool:
    """Who said no is asked again only if a chair says so."""
    return may_ask(stage, reviews_already=reviews_already) and stage is not Stage.DECLINED
