"""Who may do what in an edition: one table. A role counts in its own edition only."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from workshop_manager.workshops.states import DateKey, Repeat, Role, Visibility

ORGANISERS = frozenset({Role.OWNER, Role.ORGANISER})
CHAIRS = ORGANISERS | {Role.PROGRAMME_CHAIR}
TEAM = frozenset(Role)

MAY_OWN = frozenset({Role.OWNER})
MAY_SETTINGS = ORGANISERS
MAY_TEAM = ORGANISERS
MAY_RECRUIT = CHAIRS
"""Invite reviewers: whoever decides also says who helps."""
MAY_MAIL = ORGANISERS
MAY_SUBMISSIONS = CHAIRS | {Role.TRACK_CHAIR}
MAY_REVIEW = frozenset({Role.REVIEWER})
MAY_DECIDE = CHAIRS
MAY_REGISTRATIONS = ORGANISERS | {Role.FRONT_DESK}
MAY_GRANTS = ORGANISERS | {Role.GRANTS_COMMITTEE}
MAY_FUNDS = ORGANISERS
MAY_SCHEDULE = CHAIRS
MAY_DESK = TEAM

_RESERVED_WORDS = (
    "about accounts account admin api appearance assets authorships calendars call communities confirm demo docs "
    "edition editions "
    "favicon.ico feed feeds files grants healthz help home invitations join login logout mail mails me metrics new "
    "organise people privacy readyz register registration reset reviews robots.txt schedule schedule.ics seats "
    "security settings sign-in sign-out sitemap.xml speaking static submissions support terms user users verify "
    "well-known workshop workshops zone"
)
RESERVED = frozenset(_RESERVED_WORDS.split())
"""Slugs nobody can take: they are, or may become, addresses of ours."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in one edition: their roles there, and the tracks they chair."""

    person_id: int | None = None
    roles: frozenset[Role] = frozenset()
    chaired_tracks: frozenset[int] = frozenset()
    once: Callable[[Callable[[int], Any]], Any] | None = field(default=None, compare=False, repr=False)
    """Answers a select of ids; only where nothing changes while it is used: the pages of one reading request."""

    def ids(self, selects: Callable[[int], Any]) -> Any:
        """What `selects(person_id)` gives: the ids themselves, asked once, or the select for a statement."""
        return selects(self.person_id or 0) if self.once is None else self.once(selects)

    @property
    def is_team(self) -> bool:
        return bool(self.roles)

    def may(self, allowed: frozenset[Role]) -> bool:
        """True if one of their roles is among those allowed."""
        return bool(self.roles & allowed)


NOBODY = Standing()
MACHINE = Standing(roles=frozenset({Role.OWNER}))
"""Whoever may run commands on the machine: nobody in particular, with no conflicts, so nothing is kept from them."""


def may_see_edition(standing: Standing, visibility: Visibility) -> bool:
    """A draft exists for its team only."""
    return visibility is Visibility.PUBLIC or standing.is_team


def may_give(standing: Standing, role: Role) -> bool:
    """Organisers give every role but ownership; only an owner makes another owner."""
    return standing.may(MAY_OWN if role is Role.OWNER else MAY_TEAM)


def may_invite(standing: Standing, role: Role) -> bool:
    """Whoever may give a role may invite to it; chairs invite those who review for them."""
    return may_give(standing, role) or (role is Role.REVIEWER and standing.may(MAY_RECRUIT))


def may_take(standing: Standing, person_id: int, role: Role) -> bool:
    """Whoever may give a role may take it away; everybody may give up their own."""
    return may_give(standing, role) or (standing.is_team and standing.person_id == person_id)


def leaves_no_owner(role: Role, owners: int) -> bool:
    """True if taking this role away from one person leaves an edition without an owner."""
    return role is Role.OWNER and owners <= 1


def may_found(*, is_confirmed: bool, is_administrator: bool, founders: str) -> bool:
    """Who may found a community: administrators; with the setting `anyone` everybody with a confirmed address."""
    return is_administrator or (founders == "anyone" and is_confirmed)


def may_see_community(*, has_public_edition: bool, is_owner: bool, is_on_a_team: bool) -> bool:
    """A community is public as soon as one of its editions is; until then it exists for those who make it."""
    return has_public_edition or is_owner or is_on_a_team


def may_edit_community(*, is_owner: bool, is_administrator: bool) -> bool:
    """Community owners edit it and found editions in it; a role in an edition gives no such right."""
    return is_owner or is_administrator


def is_open(now: datetime, expires_at: datetime, answered_at: datetime | None) -> bool:
    """An invitation can be answered once, until it expires."""
    return answered_at is None and now < expires_at


_ORDER = (
    (DateKey.CALL_OPENS, DateKey.ABSTRACTS_DUE, "The call opens after abstracts are due."),
    (
        DateKey.MENTORING_JOIN,
        DateKey.MENTORING_FEEDBACK,
        "Feedback of the mentored round is due before authors join it.",
    ),
    (DateKey.ABSTRACTS_DUE, DateKey.EDIT_UNTIL, "Changes end before abstracts are due."),
    (DateKey.ABSTRACTS_DUE, DateKey.REVIEWS_DUE, "Reviews are due before abstracts are."),
    (DateKey.REVIEWS_DUE, DateKey.NOTIFICATION, "Authors hear from you before reviews are due."),
    (DateKey.ABSTRACTS_DUE, DateKey.NOTIFICATION, "Authors hear from you before abstracts are due."),
    (DateKey.NOTIFICATION, DateKey.CONFIRM_BY, "Authors should confirm before they hear from you."),
    (DateKey.NOTIFICATION, DateKey.CAMERA_READY, "Camera-ready copies are due before authors hear from you."),
    (DateKey.REGISTRATION_OPENS, DateKey.REGISTRATION_CLOSES, "Registration closes before it opens."),
    (DateKey.GRANTS_OPEN, DateKey.GRANTS_DUE, "Grant applications are due before they open."),
    (DateKey.GRANTS_DUE, DateKey.GRANTS_NOTIFICATION, "Applicants hear about grants before applications are due."),
)


def order_doubts(dates: Mapping[DateKey, datetime], ends_at: datetime) -> list[str]:
    """What looks wrong with the order of the dates, each as a sentence: doubts to show, not errors."""
    doubts = [
        words for first, second, words in _ORDER if first in dates and second in dates and dates[first] > dates[second]
    ]
    if any(at > ends_at for key, at in dates.items() if key is not DateKey.OTHER):
        doubts.append("A date lies after the end of the event.")
    return doubts


def meetings(
    first: datetime, until: datetime, minutes: int, repeat: Repeat, zone: str, *, after: datetime, most: int
) -> list[tuple[datetime, datetime]]:
    """The next `most` meetups of a series that end after that instant, each as (start, end).

    They keep their wall-clock time in the zone. Monthly means the same weekday of the month as the first one ("the
    second Saturday"); a fifth one is taken as the last of its month.
    """
    length = timedelta(minutes=minutes)
    coming = ((s, s + length) for s in _starts(first, repeat, zone) if s + length > after)
    return list(islice(_until(coming, until), most))


def _until(coming: Iterator[tuple[datetime, datetime]], until: datetime) -> Iterator[tuple[datetime, datetime]]:
    for start, end in coming:
        if start > until:
            return
        yield start, end


def _starts(first: datetime, repeat: Repeat, zone: str) -> Iterator[datetime]:
    if repeat is Repeat.NEVER:
        yield first
        return
    local = first.astimezone(ZoneInfo(zone))
    step = {Repeat.WEEKLY: 7, Repeat.FORTNIGHTLY: 14}.get(repeat)
    for number in range(_MOST_MEETINGS):
        day = local.date() + timedelta(days=step * number) if step else _same_weekday(local, number)
        yield datetime.combine(day, local.time(), ZoneInfo(zone)).astimezone(UTC)


_MOST_MEETINGS = 60 * 53
"""Weekly meetups for sixty years: an end to counting, whatever was typed."""


def _same_weekday(local: datetime, months: int) -> date:
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    month += 1
    first_weekday, days = monthrange(year, month)
    day = 1 + (local.weekday() - first_weekday) % 7 + 7 * ((local.day - 1) // 7)
    return date(year, month, day if day <= days else day - 7)


def slug_problem(slug: str) -> str | None:
    """Why this cannot be a slug, as a sentence; None if it can."""
    if not slug:
        return "Write a short name for the address, such as musiml or 2026."
    if slug in RESERVED:
        return f"“{slug}” is an address of ours. Choose another short name."
    return key_problem(slug)


def key_problem(slug: str) -> str | None:
    """Why this cannot be the key of a track, as a sentence; None if it can."""
    if not slug:
        return "Write a short key, such as identity or 1."
    if len(slug) > 40:
        return "At most 40 characters fit."
    if not all(c.isascii() and (c.isalnum() or c == "-") for c in slug) or slug != slug.lower():
        return "Use small letters a to z, figures and hyphens only."
    if slug.startswith("-") or slug.endswith("-"):
        return "Begin and end with a letter or a figure."
    return None
