"""Kinds, roles and other closed lists of editions."""

import enum


class Kind(enum.Enum):
    """What an edition is."""

    WORKSHOP = "workshop"
    SOCIAL = "social"
    MEETUP = "meetup"
    BOOTCAMP = "bootcamp"


class Repeat(enum.Enum):
    """How often a series meets, counted from its first meetup in the wall-clock time of its zone."""

    NEVER = "never"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"


class Mode(enum.Enum):
    """Where it takes place."""

    IN_PERSON = "in_person"
    VIRTUAL = "virtual"
    HYBRID = "hybrid"


class Visibility(enum.Enum):
    """Who may see an edition's public pages."""

    DRAFT = "draft"
    PUBLIC = "public"


class Role(enum.Enum):
    """A role on the team of *one* edition; it means nothing in any other."""

    OWNER = "owner"
    ORGANISER = "organiser"
    PROGRAMME_CHAIR = "programme_chair"
    TRACK_CHAIR = "track_chair"
    REVIEWER = "reviewer"
    GRANTS_COMMITTEE = "grants_committee"
    FRONT_DESK = "front_desk"


class TrackKind(enum.Enum):
    """What a track stands for."""

    IDENTITY = "identity"
    TOPIC = "topic"
    FORMAT = "format"
    COMPETITION = "competition"


class DateKey(enum.Enum):
    """The dates that features obey, beside any number of free ones."""

    CALL_OPENS = "call_opens"
    MENTORING_JOIN = "mentoring_join"
    MENTORING_FEEDBACK = "mentoring_feedback"
    ABSTRACTS_DUE = "abstracts_due"
    EDIT_UNTIL = "edit_until"
    REVIEWS_DUE = "reviews_due"
    NOTIFICATION = "notification"
    CONFIRM_BY = "confirm_by"
    CAMERA_READY = "camera_ready"
    REGISTRATION_OPENS = "registration_opens"
    REGISTRATION_CLOSES = "registration_closes"
    GRANTS_OPEN = "grants_open"
    GRANTS_DUE = "grants_due"
    GRANTS_NOTIFICATION = "grants_notification"
    OTHER = "other"
