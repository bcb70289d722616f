"""How kinds, roles and dates are called, in the reader's language."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from workshop_manager.workshops.states import DateKey, Kind, Mode, Repeat, Role, TrackKind, Visibility

_ROLES = {
    Role.OWNER: _l("Owner"),
    Role.ORGANISER: _l("Organiser"),
    Role.PROGRAMME_CHAIR: _l("Programme chair"),
    Role.TRACK_CHAIR: _l("Track chair"),
    Role.REVIEWER: _l("Reviewer"),
    Role.GRANTS_COMMITTEE: _l("Grants committee"),
    Role.FRONT_DESK: _l("Front desk"),
}
ROLE_TEXTS = {
    Role.OWNER: _l("Everything, and who owns the edition next."),
    Role.ORGANISER: _l("Everything but ownership: settings, team, call, decisions, seats, funds, schedule, mail."),
    Role.PROGRAMME_CHAIR: _l("Submissions, reviews, decisions and the schedule."),
    Role.TRACK_CHAIR: _l("The submissions of one track."),
    Role.REVIEWER: _l("The abstracts assigned to them, without names."),
    Role.GRANTS_COMMITTEE: _l("Travel grant applications. No reviews."),
    Role.FRONT_DESK: _l("Registrations and check-in."),
}
_KINDS = {
    Kind.WORKSHOP: _l("Workshop"),
    Kind.SOCIAL: _l("Social"),
    Kind.MEETUP: _l("Meetup"),
    Kind.BOOTCAMP: _l("Bootcamp"),
}
KIND_TEXTS = {
    Kind.WORKSHOP: _l("A call, reviews, talks and posters, on one day or several."),
    Kind.SOCIAL: _l("A lunch or an evening, with a number of seats."),
    Kind.MEETUP: _l("A series that comes back: each month, say."),
    Kind.BOOTCAMP: _l("A course over several days, with an application."),
}
_MODES = {Mode.IN_PERSON: _l("In person"), Mode.VIRTUAL: _l("Online"), Mode.HYBRID: _l("Both")}
_REPEATS = {
    Repeat.NEVER: _l("Once"),
    Repeat.WEEKLY: _l("Each week"),
    Repeat.FORTNIGHTLY: _l("Every second week"),
    Repeat.MONTHLY: _l("Each month, on the same weekday"),
}
_VISIBILITIES = {Visibility.DRAFT: _l("Draft"), Visibility.PUBLIC: _l("Public")}
VISIBILITY_TEXTS = {
    Visibility.DRAFT: _l("Only the team can see its pages. For everybody else they do not exist."),
    Visibility.PUBLIC: _l("Everybody can see its pages and find it on the front page."),
}
_DATES = {
    DateKey.CALL_OPENS: _l("Call opens"),
    DateKey.MENTORING_JOIN: _l("Mentored round: join until"),
    DateKey.MENTORING_FEEDBACK: _l("Mentored round: feedback due"),
    DateKey.ABSTRACTS_DUE: _l("Abstracts due"),
    DateKey.EDIT_UNTIL: _l("Last changes"),
    DateKey.REVIEWS_DUE: _l("Reviews due"),
    DateKey.NOTIFICATION: _l("Authors hear from us"),
    DateKey.CONFIRM_BY: _l("Authors confirm"),
    DateKey.CAMERA_READY: _l("Camera-ready copies due"),
    DateKey.REGISTRATION_OPENS: _l("Registration opens"),
    DateKey.REGISTRATION_CLOSES: _l("Registration closes"),
    DateKey.GRANTS_OPEN: _l("Grant applications open"),
    DateKey.GRANTS_DUE: _l("Grant applications due"),
    DateKey.GRANTS_NOTIFICATION: _l("Applicants hear about grants"),
    DateKey.OTHER: _l("Another date"),
}


_TRACK_KINDS = {
    TrackKind.IDENTITY: _l("Identity"),
    TrackKind.TOPIC: _l("Topic"),
    TrackKind.FORMAT: _l("Format"),
    TrackKind.COMPETITION: _l("Competition"),
}
TRACK_KIND_TEXTS = {
    TrackKind.IDENTITY: _l("For authors who identify with a group; they declare it themselves."),
    TrackKind.TOPIC: _l("For work on a subject, whoever wrote it."),
    TrackKind.FORMAT: _l("For a way to present: demos, position papers, art."),
    TrackKind.COMPETITION: _l("For entries to a task that all of them share."),
}


def track_kind_name(kind: TrackKind) -> str:
    """`Competition`."""
    return str(_TRACK_KINDS[kind])


def role_name(role: Role) -> str:
    """`Programme chair`."""
    return str(_ROLES[role])


def kind_name(kind: Kind) -> str:
    """`Workshop`."""
    return str(_KINDS[kind])


def mode_name(mode: Mode) -> str:
    """`In person`, `Online` or `Both`."""
    return str(_MODES[mode])


def repeat_name(repeat: Repeat) -> str:
    """`Each month, on the same weekday`."""
    return str(_REPEATS[repeat])


def visibility_name(visibility: Visibility) -> str:
    """`Draft` or `Public`."""
    return str(_VISIBILITIES[visibility])


def date_name(key: DateKey) -> str:
    """How a date is called unless the organisers call it otherwise: `Abstracts due`."""
    return str(_DATES[key])


def track_heading(number: int) -> str:
    """`Two ways to take part as an author`."""
    named = {
        1: _("One way to take part as an author"),
        2: _("Two ways to take part as an author"),
        3: _("Three ways to take part as an author"),
        4: _("Four ways to take part as an author"),
        5: _("Five ways to take part as an author"),
    }
    return str(
        named.get(number)
        or ngettext("%(num)s way to take part as an author", "%(num)s ways to take part as an author", number)
    )


_SIGNS = (
    ("video-camera", r"zoom|online|afar|virtual|remote|stream"),
    ("presentation-chart", r"poster|slides|talk"),
    ("coins", r"pay|grant|cost|fee|money"),
    ("eye-slash", r"listed|name|private|anonym"),
    ("wheelchair", r"access|wheelchair|lift|caption|sign language"),
    ("hands-praying", r"prayer|pray|quiet"),
    ("baby", r"child|baby|care"),
    ("bowl-food", r"food|lunch|halal|kosher|vegan|diet|coffee"),
    ("airplane-tilt", r"visa|travel|flight|train"),
    ("camera-slash", r"photo|record|film"),
)


def sign_for(text: str) -> str:
    """An icon beside a paragraph of "Good to know", guessed from its words: a wrong guess costs nothing."""
    lowered = text.lower()
    found = ((match.start(), icon) for icon, words in _SIGNS if (match := re.search(rf"\b(?:{words})", lowered)))
    return min(found, default=(0, "info"))[1]
