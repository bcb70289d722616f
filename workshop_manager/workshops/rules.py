"""Who may do what in an edition: one table. A role counts in its own edition only."""

from dataclasses import dataclass

from workshop_manager.workshops.states import Role, Visibility

ORGANISERS = frozenset({Role.OWNER, Role.ORGANISER})
CHAIRS = ORGANISERS | {Role.PROGRAMME_CHAIR}
TEAM = frozenset(Role)

MAY_SETTINGS = ORGANISERS
MAY_TEAM = ORGANISERS
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
    "about accounts account admin api appearance assets calendars call communities confirm demo docs edition editions "
    "favicon.ico feed feeds files grants healthz help home invitations join login logout mail mails me metrics new "
    "organise people privacy readyz register registration reset reviews robots.txt schedule schedule.ics security "
    "settings sign-in sign-out sitemap.xml static submissions support terms user users verify well-known workshop "
    "workshops zone"
)
RESERVED = frozenset(_RESERVED_WORDS.split())
"""Slugs nobody can take: they are, or may become, addresses of ours."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in one edition: their roles there, and the tracks they chair."""

    person_id: int | None = None
    roles: frozenset[Role] = frozenset()
    chaired_tracks: frozenset[int] = frozenset()

    @property
    def is_team(self) -> bool:
        return bool(self.roles)

    def may(self, allowed: frozenset[Role]) -> bool:
        """True if one of their roles is among those allowed."""
        return bool(self.roles & allowed)


NOBODY = Standing()


def may_see_edition(standing: Standing, visibility: Visibility) -> bool:
    """A draft exists for its team only."""
    return visibility is Visibility.PUBLIC or standing.is_team


def slug_problem(slug: str) -> str | None:
    """Why this cannot be a slug, as a sentence; None if it can."""
    if not slug:
        return "Write a short name for the address, such as musiml or 2026."
    if slug in RESERVED:
        return f"“{slug}” is an address of ours. Choose another short name."
    if len(slug) > 40:
        return "At most 40 characters, please: it stands in every address."
    if not all(c.isascii() and (c.isalnum() or c == "-") for c in slug) or slug != slug.lower():
        return "Use small letters a to z, figures and hyphens only."
    if slug.startswith("-") or slug.endswith("-"):
        return "Begin and end with a letter or a figure."
    return None
