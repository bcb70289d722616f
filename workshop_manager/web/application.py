"""A request from first byte to last: unit of work, access, refusals, headers. The only commit in a request is here."""

import logging
import sys
from typing import Any

import structlog
from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.wrappers import Response

from workshop_manager.core.errors import Conflict
from workshop_manager.web import once, typed
from workshop_manager.web.access import Access
from workshop_manager.web.request import WRITING_METHODS, viewer_person

log = structlog.get_logger("workshop_manager.web")
_DEADLOCK = "40P01"


class Application(Flask):
    """Flask, with one transaction a request: committed before the answer is made, or rolled back whole."""

    def dispatch_request(self) -> ResponseReturnValue:
        declared: Access | None = self.extensions.get("access", {}).get(request.endpoint)
        # Before the check: to somebody who is not signed in any more, a draft's form would seem never to have existed.
        if request.method == "POST" and viewer_person() is None and (kept := typed.rescue(declared)) is not None:
            return kept
        if declared is not None and (instead := declared.check()) is not None:
            return instead
        if request.method not in WRITING_METHODS:
            return super().dispatch_request()
        if (earlier := once.replay()) is not None:
            return earlier
        try:
            response = self.make_response(super().dispatch_request())
            self._end(response)
        except (IntegrityError, OperationalError) as error:
            if isinstance(error, OperationalError) and not _is_deadlock(error):
                raise
            # Two requests met: a constraint, or each other's locks, kept the second out. Say so instead of failing.
            log.warning("constraint or lock refused a write", error=str(error.orig)[:200])
            if "unit" in g:
                g.unit.rollback()  # or the page that says so could not read who is looking
            raise Conflict(
                "Somebody, perhaps you in another tab, did this a moment earlier. Look at the page again, then decide."
            ) from error
        return response

    def _end(self, response: Response) -> None:
        unit = g.get("unit")
        if unit is None:
            return
        if response.status_code >= 400 and not g.get("commit_anyway"):
            unit.rollback()
            return
        once.remember(response)
        if response.status_code < 400:
            typed.was_sent()
        unit.commit()


def commit_anyway() -> None:
    """Keep what was written although the answer is a refusal: a failed sign-in is counted, say."""
    g.commit_anyway = True


def close_unit(_error: BaseException | None = None) -> None:
    """Teardown: whatever was not committed is rolled back."""
    unit = g.pop("unit", None)
    if unit is not None:
        unit.rollback()
        unit.session.close()


def is_database_gone(error: BaseException) -> bool:
    """True for an error that means: the database cannot be reached or opened just now."""
    return isinstance(error, OperationalError)


def _is_deadlock(error: OperationalError) -> bool:
    """True if PostgreSQL gave this transaction up so that another could go on; SQLite writes one at a time."""
    return getattr(error.orig, "sqlstate", None) == _DEADLOCK


def configure_log(settings: Any) -> None:
    """One line a record, UTC, without secrets."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if not settings.is_demo else structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
