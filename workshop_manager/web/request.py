"""What a view has at hand: the unit of work of its request, the person, the viewer's zone and language."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import current_app, g, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.deadlines import zone_city, zone_label, zone_names
from workshop_manager.core.settings import Settings
from workshop_manager.core.unit_of_work import UnitOfWork

WRITING_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RTL = frozenset({"ar", "fa", "he", "ur"})
LANGUAGES = ("en",)
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Platform:
    """What the application was made with."""

    settings: Settings
    database: Database
    clock: Clock


def platform() -> Platform:
    """The running application's settings, database and clock."""
    return cast(Platform, current_app.extensions["platform"])


def settings() -> Settings:
    return platform().settings


def unit() -> UnitOfWork:
    """This request's unit of work, opened at first use. Only a request with a writing method may write."""
    if "unit" not in g:
        here = platform()
        g.unit = UnitOfWork(
            here.database, here.database.session(writing=request.method in WRITING_METHODS), here.clock.now()
        )
        g.unit.actor = viewer_person()
    return cast(UnitOfWork, g.unit)


def load_person_with(loader: Callable[[UnitOfWork], Any]) -> None:
    """Tell the web layer how to find who is signed in; `accounts` does, once."""
    current_app.extensions["person_loader"] = loader


def viewer_person() -> Any:
    """The person signed in, or None. Read once a request; a request without a session cookie asks no database."""
    if not has_request_context():
        return None
    if "person" not in g:
        g.person = None
        loader = current_app.extensions.get("person_loader")
        if loader is not None:
            g.person = loader()
            if "unit" in g:
                g.unit.actor = g.person
    return g.person


def forget_viewer() -> None:
    """After signing in or out within a request: ask again."""
    g.pop("person", None)


def viewer_zone() -> str | None:
    """The zone a person chose, or the one their browser told by cookie; None if neither is known."""
    if not has_request_context():
        return None
    person = viewer_person()
    chosen = getattr(person, "time_zone", None) or request.cookies.get("tz")
    return chosen if chosen in zone_names() else None


def viewer_theme() -> str | None:
    theme = request.cookies.get("theme")
    return theme if theme in THEMES else None


@lru_cache(maxsize=256)
def best_language(accepted: str) -> str:
    """The language of ours that suits an Accept-Language header best; empty if none does."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or ""


def request_id() -> str:
    """Names this request in the log and on a failure page."""
    if "request_id" not in g:
        token = secrets.token_hex(4)
        g.request_id = f"{token[:4]}-{token[4:]}"
    return cast(str, g.request_id)


def mark_of(person: Any) -> str:
    """Tells one signed-in person's pages from another's, and says nothing of whose; empty for visitors."""
    return hashlib.sha256(f"viewer {person.fs_uniquifier}".encode()).hexdigest()[:16] if person is not None else ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, and how."""

    person: Any
    zone: str | None
    theme: str | None
    lang: str

    @property
    def signed_in(self) -> bool:
        return self.person is not None

    @property
    def mark(self) -> str:
        return mark_of(self.person)

    @property
    def dir(self) -> str:
        return "rtl" if self.lang in RTL else "ltr"

    @property
    def zone_label(self) -> str:
        """The city of their zone, or how people write it where it has none."""
        return zone_city(self.zone) or zone_label(self.zone, platform().clock.now()) if self.zone else ""

    @property
    def zone_info(self) -> ZoneInfo | None:
        return ZoneInfo(self.zone) if self.zone else None
