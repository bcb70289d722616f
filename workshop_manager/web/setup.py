"""Puts the web layer on an application: errors, headers, CSRF, languages, limits, pages of its own."""

from typing import Any

from flask import has_request_context, request
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from workshop_manager.core import jobs
from workshop_manager.core.clock import Clock
from workshop_manager.core.database import Database
from workshop_manager.core.paths import TEMPLATES, TRANSLATIONS
from workshop_manager.core.settings import Settings
from workshop_manager.core.unit_of_work import unit_of_work
from workshop_manager.web import assets, once, pages
from workshop_manager.web.application import Application, close_unit, configure_log
from workshop_manager.web.headers import add_headers
from workshop_manager.web.limits import limiter
from workshop_manager.web.request import Platform, best_language, viewer_person
from workshop_manager.web.visitors import Visitors

csrf = CSRFProtect()


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a larger number than a column holds names nothing, and must not reach the database."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int | None = 2**31 - 1) -> None:
        super().__init__(map, fixed_digits, min, max)


def make_application(settings: Settings, database: Database, clock: Clock) -> Application:
    """An application with everything of the web layer, and no feature yet."""
    configure_log(settings)
    app = Application("workshop_manager", template_folder=str(TEMPLATES), static_folder=None)
    app.extensions["platform"] = Platform(settings, database, clock)
    app.config.update(_config(settings))
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    if settings.server_trusted_proxies:
        hops = settings.server_trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    Babel(app, locale_selector=_locale, default_translation_directories=str(TRANSLATIONS))
    csrf.init_app(app)
    limiter.init_app(app)
    add_headers(app, settings)
    pages.add_template_globals(app)
    pages.add_error_pages(app)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(pages.blueprint)
    app.teardown_appcontext(close_unit)
    app.wsgi_app = Visitors(app)  # type: ignore[method-assign]
    jobs.register("forget-old-form-keys", every=3600, run=_forget_form_keys)
    return app


def _config(settings: Settings) -> dict[str, Any]:
    secure = settings.is_https
    return {
        "SECRET_KEY": settings.site_secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if secure else "session",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 14 * 86400,
        # A session lasts 14 days from signing in, so its cookie need not be sent again: with every answer it would also
        # ride on static files, which anybody may keep, and come back after signing out from an answer still on its way.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": settings.server_max_body,
        "MAX_FORM_MEMORY_SIZE": 2_000_000,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": settings.language_default,
        "RATELIMIT_STORAGE_URI": settings.limits_storage,
        "TRAP_HTTP_EXCEPTIONS": False,
        "PROPAGATE_EXCEPTIONS": False,
    }


def _locale() -> str | None:
    if not has_request_context():
        return None
    person = viewer_person()
    chosen = getattr(person, "locale", None)
    return chosen or best_language(request.headers.get("Accept-Language", "")) or None


def _forget_form_keys(database: Database, clock: Clock) -> None:
    with unit_of_work(database, clock) as uow:
        once.forget_old(uow)
