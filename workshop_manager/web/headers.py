"""Security headers on every answer, errors and files included (ASVS 5.0 V3.4)."""

from collections.abc import Collection
from typing import Any

from flask import Flask, Response, request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

from workshop_manager.core.settings import Settings

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""For files people uploaded: nothing in them runs, whatever they are."""
_FRAMED = "X-May-Be-Framed"
"""Never leaves the house."""


def _policy() -> ContentSecurityPolicy:
    # No nonce is needed: no page has an inline script or style.
    return (
        ContentSecurityPolicy()
        .default_src("'self'")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )


def add_headers(app: Flask, settings: Settings) -> None:
    """Every response gets what it did not set itself; pages of signed-in people are not stored."""
    headers: dict[str, str] = dict(
        Secure(
            csp=_policy(),
            coop=CrossOriginOpenerPolicy().same_origin(),
            corp=CrossOriginResourcePolicy().same_origin(),
            permissions=PermissionsPolicy().geolocation().microphone().camera(),
            referrer=ReferrerPolicy().same_origin(),
            xcto=XContentTypeOptions().nosniff(),
            xfo=XFrameOptions().deny(),
            hsts=StrictTransportSecurity().max_age(31_536_000).include_subdomains() if settings.is_https else None,
        ).headers
    )
    fixed = tuple(headers.items())

    @app.after_request
    def secure_response(response: Response) -> Response:
        is_framed = response.headers.pop(_FRAMED, None) is not None
        for name, value in fixed:
            if not (is_framed and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        # Redirects of the router are made from the Host header; ours never say where we are.
        if (location := response.headers.get("Location", "")).startswith(request.host_url):
            response.headers["Location"] = location[len(request.host_url) - 1 :]
        if "Cache-Control" not in response.headers:
            signed = app.config["SESSION_COOKIE_NAME"] in request.cookies or "Set-Cookie" in response.headers
            # An address with a token in it is as good as a session: neither browser nor proxy keeps what it showed.
            private = signed or "token" in (request.view_args or {}) or response.status_code >= 400
            response.headers["Cache-Control"] = "no-store" if private else "no-cache"
            response.vary.add("Cookie")
        return response


def may_lead_to(response: Any, origins: Collection[str]) -> Any:
    """A page whose form is answered by being led to one of these sites; browsers ask the policy about that too."""
    policy = _policy().form_action("'self'", *sorted(origins))
    response.headers["Content-Security-Policy"] = policy.header_value
    return response


def may_be_framed(response: Response) -> Response:
    """A public page without forms or scripts that other sites may show in a frame of theirs: nothing on it can be
    clicked in somebody's name.
    """
    policy = _policy().script_src("'none'").header_value
    for mine, theirs in (("frame-ancestors 'none'", "frame-ancestors *"), ("form-action 'self'", "form-action 'none'")):
        policy = policy.replace(mine, theirs)
    response.headers["Content-Security-Policy"] = policy
    response.headers[_FRAMED] = "1"
    return response


def sandboxed(response: Any) -> Any:
    """Mark a response that carries an uploaded file."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
