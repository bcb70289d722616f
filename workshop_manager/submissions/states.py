"""States of a submission and what can become of it."""

import enum


class State(enum.Enum):
    """Where a submission stands. What is decided but not released is *not* here: it is still SUBMITTED."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"


class Action(enum.Enum):
    """What is done to a submission; `rules.TRANSITIONS` says from where and to where."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    WAITLIST = "waitlist"
    REJECT = "reject"
    CONFIRM = "confirm"
    DECLINE = "decline"
    REVIVE = "revive"


class Outcome(enum.Enum):
    """The kind of a decision. Editions name theirs freely, each of one of these kinds."""

    ORAL = "oral"
    LIGHTNING = "lightning"
    POSTER = "poster"
    WAITLIST = "waitlist"
    REJECT = "reject"
    REJECT_ENCOURAGED = "reject_encouraged"


class CareerStage(enum.Enum):
    """Where in working life the presenter is, as far as they say so."""

    STUDENT = "student"
    DOCTORAL = "doctoral"
    EARLY = "early"
    SENIOR = "senior"
    INDUSTRY = "industry"
    INDEPENDENT = "independent"
