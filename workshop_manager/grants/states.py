"""States of a grant application and of its money, kinds of cost, and other closed lists."""

import enum


class State(enum.Enum):
    """Where an application stands, as its applicant knows it. A pending decision is *not* here: see `Verdict`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Action(enum.Enum):
    """What can be done with an application."""

    SUBMIT = "submit"
    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    WAITLIST = "waitlist"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    TAKE_BACK = "take-back"
    HOPE_AGAIN = "hope-again"


class Verdict(enum.Enum):
    """What the committee decided and has not released: nobody outside it knows."""

    OFFER = "offer"
    WAITLIST = "waitlist"
    REJECT = "reject"


class CostKind(enum.Enum):
    """What can be asked for."""

    WAIVER = "waiver"
    AIR = "air"
    GROUND = "ground"
    LODGING = "lodging"
    VISA = "visa"
    DATA = "data"
    VPN = "vpn"
    CAREGIVING = "caregiving"
    OTHER = "other"


class Visa(enum.Enum):
    """How far somebody is with the visa for the journey, by their own word."""

    NOT_NEEDED = "not_needed"
    APPOINTMENT = "appointment"
    GRANTED = "granted"
    REFUSED = "refused"


class Upfront(enum.Enum):
    """What helps somebody who cannot pay costs up front."""

    BOOKING = "booking"
    ADVANCE = "advance"


class AwardState(enum.Enum):
    """What became of money for one line. Offered and accepted money is committed: it counts against its fund."""

    PROPOSED = "proposed"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    RETURNED = "returned"
