"""What every template has at hand, and the pages for refusals and failures."""

import hashlib
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from workshop_manager.core.errors import NotFound, Refusal
from workshop_manager.core.money import amount_text
from workshop_manager.web import navigation, once, times, typed
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.application import close_unit
from workshop_manager.web.assets import asset
from workshop_manager.web.forms import zone_suggestions
from workshop_manager.web.markdown import render_markdown
from workshop_manager.web.request import (
    THEMES,
    Viewer,
    platform,
    request_id,
    settings,
    unit,
    viewer_person,
    viewer_theme,
    viewer_zone,
)
from workshop_manager.web.urls import next_address

log = structlog.get_logger("workshop_manager.web")
blueprint = Blueprint("web", __name__)


class _Site:
    """The installation as templates see it."""

    @property
    def name(self) -> str:
        return settings().site_name

    @property
    def base_url(self) -> str:
        return settings().base_url

    @property
    def contact(self) -> str:
        return settings().site_contact

    @property
    def is_demo(self) -> bool:
        return settings().is_demo


def _viewer() -> Viewer:
    if "viewer" not in g:
        g.viewer = Viewer(viewer_person(), viewer_zone(), viewer_theme(), str(get_locale() or "en"))
    return g.viewer  # type: ignore[no-any-return]


def add_template_globals(app: Flask) -> None:
    """Names the templates use; all else a view passes itself."""
    app.jinja_env.globals.update(
        asset=asset,
        once_key=once.new_key,
        site=_Site(),
        zone_names=zone_suggestions,
        now=lambda: unit().now,
    )
    app.jinja_env.filters.update(
        deadline=times.deadline_text,
        day=times.day_text,
        clock=times.clock_text,
        amount=amount_text,
        markdown=render_markdown,
        when=times.when_text,
    )

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        frame = navigation.frame()
        if not frame.foot:
            frame.foot = [(str(_("Privacy")), "/about/privacy"), (str(_("Accessibility")), "/about/accessibility")]
        return {"viewer": _viewer(), "frame": frame, "request_id": request_id()}


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A rendered page. 422 shows a form again with what was typed."""
    return make_response(render_template(template, **values), status)


def _error(template: str, code: int, title: str, message: str) -> Response:
    if code == HTTPStatus.NOT_FOUND:
        g.pop("frame", None)  # an address must not tell which edition it would have belonged to
    return page(f"errors/{template}.html", code, code=code, title=title, message=message, reference=request_id())


def _as_meant() -> str | None:
    """The address somebody meant who typed capitals, or a slash at the end; None if it is as it should be.

    Looks at the address only, never at what is there.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    path = request.path.rstrip("/")
    asked = (request.endpoint, request.view_args) if request.endpoint and request.view_args is not None else None
    # As typed but for the slash, before anything is made small: a token is made of capitals too.
    found = _match(path) or asked or _match(path.lower())
    if found is None:
        return None
    endpoint, values = found
    meant = {name: value.lower() if name in ("community", "edition") else value for name, value in values.items()}
    address = url_for(endpoint, **meant)
    if unquote(address) == request.script_root + request.path:
        return None
    query = request.query_string.decode("ascii", "replace")
    return f"{address}?{query}" if query else address


def _match(path: str) -> tuple[str, Mapping[str, Any]] | None:
    try:
        return current_app.url_map.bind("here").match(path, "GET")
    except HTTPException:
        return None


def _not_found() -> Any:
    if (meant := _as_meant()) is not None:
        return redirect(meant, 308)
    return _error(
        "not_found",
        404,
        str(_("This page is not here")),
        str(_("The address may have a slip in it, the page may have moved, or it is for people who are signed in.")),
    )


def add_error_pages(app: Flask) -> None:
    """One page for each refusal; anything else is logged once and answered calmly."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(Exception, _failure)


def _refused(error: Refusal) -> Any:
    if isinstance(error, NotFound):
        return _not_found()
    if error.code == HTTPStatus.CONFLICT:
        return _error("conflict", 409, str(_("That is no longer possible")), error.sentence)
    return _error("refused", error.code, str(_("You cannot do this here")), error.sentence)


def _forged(_error_: CSRFError) -> Any:
    # Of an earlier session of this browser: nothing is carried out, but what was typed is not lost.
    declared = current_app.extensions["access"].get(request.endpoint)
    if (kept := typed.rescue(declared)) is not None:
        return kept
    title, copied = str(_("This form is too old, or came from elsewhere")), typed.to_copy()
    sentence = _("Nothing was changed. Open the page again and send the form once more.")
    return page("errors/forged.html", 400, code=400, title=title, message=sentence, reference=None, typed=copied)


def _http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if error.response is not None or 300 <= code < 400:
        return error.get_response()
    if code == HTTPStatus.NOT_FOUND:
        return _not_found()
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        most = (request.max_content_length or current_app.config["MAX_CONTENT_LENGTH"]) // 2**20
        sentence = str(_("What you sent is larger than the %(most)s MB that fit. Nothing was changed.", most=most))
        return _error("too_large", 413, str(_("Too large")), sentence)
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = str(_("That was tried many times in a row. Wait a few minutes, then try again."))
        return _error("too_many", 429, str(_("A little slower")), sentence)
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failure(error)
    response = _error("bad_request", code, error.name, str(_("We could not read that. Nothing was changed.")))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _database_gone(error: OperationalError) -> Response:
    log.error("database not available", error=str(error.orig)[:300], request=request_id())
    return _calm("unavailable", 503, "We are away for a moment")


def _failure(error: Exception) -> Response:
    # Some addresses are secrets in themselves: a personal calendar, an invitation. Only their pattern is logged.
    path = str(request.url_rule) if "token" in (request.view_args or {}) else request.path
    log.error("failure", request=request_id(), path=path, method=request.method, exc_info=error)
    return _calm("failure", 500, "Something broke on our side")


def _calm(template: str, code: int, title: str) -> Response:
    """A page that needs neither database nor session, whatever broke."""
    close_unit()
    g.person = None
    g.pop("viewer", None)
    g.pop("frame", None)
    html = render_template(f"errors/{template}.html", code=code, title=title, message="", reference=request_id())
    return make_response(html, code)


def _remember(response: Any, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=31_536_000, samesite="Lax", secure=settings().is_https)


@blueprint.route("/appearance", methods=["GET", "POST"])
@access(PUBLIC)
def theme() -> Response:
    """Light, dark, or as the device has it. The server writes the attribute, so it works without JavaScript.

    The button in the bar leads here and carries no token: a visitor's page is the same for all, and sets no cookie.
    """
    if request.method != "POST":
        return page("web/appearance.html", next=next_address("/"))
    wanted = request.form.get("theme")
    response = redirect(next_address("/"), 303)
    if wanted in THEMES:
        _remember(response, "theme", wanted)
    else:
        response.delete_cookie("theme")
    return response  # type: ignore[return-value]


@blueprint.route("/zone", methods=["GET", "POST"])
@access(PUBLIC)
def zone() -> Response:
    """Choose the zone in which times are shown beside the event's own."""
    from workshop_manager.web.zone_form import ZoneForm

    form = ZoneForm(zone=viewer_zone() or "")
    if form.is_sent:
        response = redirect(next_address("/"), 303)
        response.set_cookie(
            "tz", form.zone.data or "UTC", max_age=31_536_000, samesite="Lax", secure=settings().is_https
        )
        flash(str(_("Times are now also shown for %(zone)s.", zone=form.zone.data)), "success")
        return response  # type: ignore[return-value]
    return page("web/zone.html", 422 if form.is_submitted() else 200, form=form, next=next_address("/"))


@blueprint.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """The process is up."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@access(PUBLIC)
def readyz() -> Response:
    """The database answers and is migrated; 503 and a reason otherwise."""
    try:
        with platform().database.connection() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except Exception:
        return Response("the database cannot be reached or has no tables yet\n", 503, mimetype="text/plain")
    if found != current_app.extensions["newest_migration"]:
        return Response("the database needs `workshop-manager db upgrade`\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
@access(PUBLIC)
def metrics() -> Response:
    """Figures for Prometheus, only with the configured token; without one the page does not exist."""
    token = settings().server_metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(_digest(token), _digest(given)):
        raise NotFound
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
