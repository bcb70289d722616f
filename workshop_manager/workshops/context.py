"""The edition a request is about: found once, hidden from those who may not know of it, with the viewer's standing.

Views under `/<community>/<edition>/…` declare `@access(EDITION)` (public pages) or `@access(team(MAY_…))`, take the two
slugs as arguments, and read the edition with `here()`.
"""

from dataclasses import dataclass
from functools import cache

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from workshop_manager.core.errors import NotFound
from workshop_manager.web import navigation
from workshop_manager.web.access import SIGNED_IN, Access
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops import queries
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import Standing, may_see_edition
from workshop_manager.workshops.states import Role


@dataclass(frozen=True, slots=True)
class Here:
    """The edition of this request and what the viewer is in it."""

    edition: Edition
    standing: Standing

    @property
    def slugs(self) -> dict[str, str]:
        """For `url_for(endpoint, **here().slugs)`."""
        return {"community": self.edition.community.slug, "edition": self.edition.slug}

    def url(self, endpoint: str, **values: object) -> str:
        """The address of an endpoint within this edition."""
        return url_for(endpoint, **self.slugs, **values)  # type: ignore[arg-type]


def here() -> Here:
    """The edition of this request; raises NotFound if there is none, or none the viewer may know of."""
    if "here" not in g:
        args = request.view_args or {}
        session = unit().session
        edition = queries.find_edition(session, args["community"], args["edition"])
        if edition is None:
            raise NotFound
        person = viewer_person()
        standing = queries.standing_of(session, edition.id, person.id if person else None)
        if not may_see_edition(standing, edition.visibility):
            raise NotFound
        g.here = Here(edition, standing)
        _frame(g.here)
    return g.here  # type: ignore[no-any-return]


def _frame(at: Here) -> None:
    frame, edition = navigation.frame(), at.edition
    frame.brand_name = f"{edition.name}"
    frame.brand_url = at.url("workshops.edition_page")
    digest = queries.logo_digest(unit().session, edition.id)
    if digest:
        frame.brand_logo_url = at.url("workshops.logo", digest=digest)
    frame.css_url = at.url("workshops.edition_css", colour=edition.accent_colour[1:])
    endpoint = request.endpoint or ""
    for tab in navigation.tabs():
        if tab.shown(edition):
            package = tab.endpoint.partition(".")[0]
            current = endpoint == tab.endpoint or (package != "workshops" and endpoint.startswith(f"{package}."))
            frame.tabs.append((tab.label(), at.url(tab.endpoint), current))
    frame.foot = [
        (_text("Code of conduct"), at.url("workshops.conduct")),
        (_text("Privacy"), url_for("workshops.privacy")),
    ]
    if edition.contact_email:
        frame.foot.append((_text("Write to the organisers"), f"mailto:{edition.contact_email}"))


def _text(message: str) -> str:
    from flask_babel import gettext

    return str(gettext(message))


def _desk_frame(at: Here) -> None:
    """The organisers' side list: what this person's roles open."""
    frame = navigation.frame()
    frame.private = True
    endpoint = request.endpoint or ""
    groups: dict[int, list[navigation.DeskItem]] = {}
    for entry in navigation.desk():
        if entry.allowed(at.standing):
            item = navigation.DeskItem(
                entry.label(), at.url(entry.endpoint), entry.icon, current=endpoint.startswith(entry.prefix)
            )
            groups.setdefault(entry.order // 100, []).append(item)
    frame.desk = [groups[key] for key in sorted(groups)]


def _see_edition() -> None:
    here()


EDITION = Access("whoever may see the edition", _see_edition)


def _signed_in_edition() -> Response | None:
    here()
    return SIGNED_IN.check()


SIGNED_IN_EDITION = Access("signed in, whoever may see the edition", _signed_in_edition)


@cache
def team(allowed: frozenset[Role]) -> Access:
    """Only those with one of these roles in this very edition; for everybody else the page does not exist."""

    def check() -> Response | None:
        if viewer_person() is None and request.method in ("GET", "HEAD"):
            # Whether the edition exists is not told: every organisers' address asks visitors to sign in.
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
        at = here()
        if not at.standing.may(allowed):
            raise NotFound
        _desk_frame(at)
        return None

    names = ", ".join(sorted(role.value for role in allowed))
    return Access(f"team: {names}", check)
