"""The edition a request is about: found once, hidden from those who may not know of it, with the viewer's standing.

Views under `/<community>/<edition>/…` declare `@access(EDITION)` (public pages) or `@access(team(MAY_…))`, take the two
slugs as arguments, and read the edition with `here()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop_manager.core.errors import NotFound
from workshop_manager.web import navigation
from workshop_manager.web.access import SIGNED_IN, Access
from workshop_manager.web.request import WRITING_METHODS, platform, unit, viewer_person
from workshop_manager.workshops import queries
from workshop_manager.workshops.models import Community, Edition
from workshop_manager.workshops.rules import NOBODY, Standing, may_edit_community, may_see_community, may_see_edition
from workshop_manager.workshops.states import Role, Visibility


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
        edition, standing = _find(session, args["community"], args["edition"])
        if edition is None or not may_see_edition(standing, edition.visibility):
            raise NotFound
        g.here = Here(edition, standing)
        _frame(g.here)
    return g.here  # type: ignore[no-any-return]


def _find(session: Session, community: str, slug: str) -> tuple[Edition | None, Standing]:
    person = viewer_person()
    if person is None:
        return queries.find_edition(session, community, slug), NOBODY
    found = queries.find_edition_as(session, community, slug, person.id)
    if found is None:
        return None, NOBODY
    edition, standing = found
    # A request that writes asks anew each time, in the very statement that locks a row.
    return edition, standing if request.method in WRITING_METHODS else replace(standing, once=_once(session, person.id))


def _once(session: Session, person_id: int) -> Callable[[Callable[[int], Any]], Any]:
    """Asks for ids at first use: what many statements of a page would look up over again, each time as dearly."""
    return cache(lambda selects: tuple(session.scalars(selects(person_id))))


def _frame(at: Here) -> None:
    frame, edition = navigation.frame(), at.edition
    frame.brand_name = f"{edition.name}"
    frame.brand_url = at.url("workshops.edition_page")
    if edition.logo_digest:
        frame.brand_logo_url = at.url("workshops.logo", digest=edition.logo_digest)
    if edition.is_cancelled:
        frame.notice = (gettext("Cancelled: this does not take place"), edition.cancel_reason)
    frame.css_url = at.url("workshops.edition_css", colour=edition.accent_colour[1:])
    endpoint = request.endpoint or ""
    for tab in navigation.tabs():
        if tab.shown(edition):
            package = tab.endpoint.partition(".")[0]
            current = endpoint == tab.endpoint or (package != "workshops" and endpoint.startswith(f"{package}."))
            frame.tabs.append((tab.label(), at.url(tab.endpoint), current))
    frame.foot = [
        (gettext("Code of conduct"), at.url("workshops.conduct")),
        (gettext("Privacy"), url_for("workshops.privacy")),
    ]
    if edition.contact_email:
        frame.foot.append((gettext("Write to the organisers"), f"mailto:{edition.contact_email}"))


def _desk_frame(at: Here) -> None:
    """The organisers' side list: what this person's roles open."""
    frame = navigation.frame()
    frame.private = True
    endpoint = request.endpoint or ""
    groups: dict[int, list[navigation.DeskItem]] = {}
    for entry in navigation.desk():
        if entry.allowed(at.standing):
            item = navigation.DeskItem(
                entry.label(),
                at.url(entry.endpoint),
                entry.icon,
                current=endpoint.startswith(entry.prefix),
                count=entry.count(at) if entry.count else None,
            )
            groups.setdefault(entry.order // 100, []).append(item)
    frame.desk = [groups[key] for key in sorted(groups)]


def _see_edition() -> None:
    here()


EDITION = Access("whoever may see the edition", _see_edition)


def edition_of_file() -> Edition:
    """The edition whose style sheet or logo is asked for.

    Of a public one without a look at the session, so that the answer does not vary by cookie and can be kept for ever.
    """
    if "file_edition" not in g:
        args = request.view_args or {}
        # Not the request's unit of work: opening that asks the session who is there.
        with platform().database.session(writing=False) as session:
            found = queries.find_edition(session, args["community"], args["edition"])
        public = found is not None and found.visibility is Visibility.PUBLIC
        g.file_edition = found if public else here().edition
    return g.file_edition  # type: ignore[no-any-return]


def _see_file() -> None:
    edition_of_file()


EDITION_FILE = Access("whoever may see the edition", _see_file)


@dataclass(frozen=True, slots=True)
class HereCommunity:
    """The community of this request, the editions the viewer may know of, and whether the viewer may edit it."""

    community: Community
    editions: Sequence[Edition]
    may_edit: bool


def here_community() -> HereCommunity:
    """The community of this request; raises NotFound if there is none, or none the viewer may know of."""
    if "here_community" not in g:
        session = unit().session
        community = queries.find_community(session, (request.view_args or {})["community"])
        if community is None:
            raise NotFound
        person = viewer_person()
        editions = queries.editions_of_community(session, community.id, person.id if person else None)
        is_owner = person is not None and queries.is_community_owner(session, community.id, person.id)
        may_edit = person is not None and may_edit_community(
            is_owner=is_owner, is_administrator=person.is_administrator
        )
        public = any(edition.visibility is Visibility.PUBLIC for edition in editions)
        # Its drafts are listed only for those on their teams.
        if not may_see_community(has_public_edition=public, is_owner=may_edit, is_on_a_team=bool(editions)):
            raise NotFound
        g.here_community = HereCommunity(community, editions, may_edit)
        frame = navigation.frame()
        frame.brand_name = community.name
        frame.brand_url = url_for("workshops.community_page", community=community.slug)
        frame.css_url = url_for("workshops.community_css", community=community.slug, colour=community.accent[1:])
        if bearer := next((e for e in editions if e.logo_digest and e.visibility is Visibility.PUBLIC), None):
            frame.brand_logo_url = url_for(
                "workshops.logo", community=community.slug, edition=bearer.slug, digest=bearer.logo_digest
            )
    return g.here_community  # type: ignore[no-any-return]


def _see_community() -> None:
    here_community()


COMMUNITY = Access("whoever may see the community", _see_community)


def _edit_community() -> Response | None:
    if viewer_person() is None:
        # Whether the community exists is not told.
        return SIGNED_IN.check()
    if not here_community().may_edit:
        raise NotFound
    navigation.frame().private = True
    return None


COMMUNITY_OWNER = Access("owners of the community", _edit_community, personal=True)


def _signed_in_edition() -> Response | None:
    here()
    return SIGNED_IN.check()


SIGNED_IN_EDITION = Access("signed in, whoever may see the edition", _signed_in_edition, personal=True)


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
    return Access(f"team: {names}", check, personal=True)
