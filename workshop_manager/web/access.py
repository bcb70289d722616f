"""Who may use an endpoint. Every view declares it; the application does not start while one does not.

@blueprint.get("/…")
@access(SIGNED_IN)
def page() -> str: ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from workshop_manager.web.request import viewer_person

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """A declaration: `name` for the access matrix; `check` raises a refusal or returns a response to give instead.

    `personal`: only people who are signed in get past it, so that a form sent there by nobody was typed in a session
    that has ended since.
    """

    name: str
    check: Callable[[], Response | None]
    personal: bool = False


def _anyone() -> None:
    return None


def _signed_in() -> Response | None:
    if viewer_person() is not None:
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)
    return redirect(url_for("accounts.sign_in"), 303)


PUBLIC = Access("everybody", _anyone)
SIGNED_IN = Access("signed in", _signed_in, personal=True)

_declared: dict[str, Access] = {}


def access(rule: Access) -> Callable[[View], View]:
    """Declare who may use the view beneath."""

    def declare(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return declare


def declare_endpoint(endpoint: str, rule: Access) -> None:
    """Declare access for an endpoint that a library made."""
    _declared[endpoint] = rule


def access_of(app: Flask, endpoint: str) -> Access | None:
    """The declaration of that endpoint, or None."""
    return getattr(app.view_functions[endpoint], "access", None) or _declared.get(endpoint)


def require_declarations(app: Flask) -> None:
    """Raises RuntimeError naming every endpoint without a declaration."""
    silent = sorted(e for e in app.view_functions if access_of(app, e) is None)
    if silent:
        raise RuntimeError(f"These endpoints do not say who may use them: {', '.join(silent)}")
    app.extensions["access"] = {endpoint: access_of(app, endpoint) for endpoint in app.view_functions}
