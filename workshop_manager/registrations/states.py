"""States of a registration and other closed lists."""

import enum


class State(enum.Enum):
    """registered holds a seat, waitlisted only waits for one, requested only asks whether they may have one; cancelled
    holds nothing and can begin again."""

    REGISTERED = "registered"
    WAITLISTED = "waitlisted"
    REQUESTED = "requested"
    CANCELLED = "cancelled"


class Host(enum.Enum):
    """How it stands with somebody's registration at the host conference: they said nothing, said so, or it is sure."""

    MISSING = "missing"
    STATED = "stated"
    CHECKED = "checked"


class NeedState(enum.Enum):
    """How far somebody of the team is with what a person needs."""

    OPEN = "open"
    IN_HAND = "in_hand"
    ARRANGED = "arranged"
    CANNOT = "cannot"


class Mode(enum.Enum):
    """How somebody takes part in this kind."""

    IN_PERSON = "in_person"
    VIRTUAL = "virtual"


class Diet(enum.Enum):
    """What the kitchen must know."""

    HALAL = "halal"
    KOSHER = "kosher"
    VEGETARIAN = "vegetarian"
    VEGAN = "vegan"
    NO_GLUTEN = "no_gluten"
    OTHER = "other"


class Group(enum.Enum):
    """Whom seats can be kept for. Who belongs to one is computed when it matters, never typed."""

    PRESENTERS = "presenters"
    GRANTEES = "grantees"
    TEAM = "team"
