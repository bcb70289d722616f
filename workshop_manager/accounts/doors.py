"""What the views of this package share: where to go after signing in, who is let in, and proof in between."""

import structlog
from flask import redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response

from workshop_manager.accounts import attempts, kept, one_time, passwords, sessions
from workshop_manager.accounts.forms import PresentForm
from workshop_manager.accounts.models import Person
from workshop_manager.accounts.states import Purpose
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.request import viewer_person
from workshop_manager.web.urls import is_local

log = structlog.get_logger("workshop_manager.security")
STEP = "step"
"""Session key of the token between the two steps."""


def home() -> str:
    """Where somebody lands who was not on the way to a page."""
    try:
        return url_for("dashboard.home")
    except BuildError:  # this package knows nothing above it
        return "/"


def let_in(uow: UnitOfWork, person: Person, method: str, next_: str) -> Response:
    """The first factor was right: sign in, or ask for the second step. A passkey is both at once."""
    target = kept.way(uow, person, next_ if next_ and is_local(next_) else home())
    if person.has_two_steps and method != "passkey":
        sessions.start_afresh(uow)
        session[STEP] = one_time.issue(uow, Purpose.SECOND_STEP, person_id=person.id, method=method, next=target)
        log.info("first step taken", person=person.id, method=method)
        return redirect(url_for("accounts.second_step"), 303)
    sessions.start(uow, person, method)
    log.info("signed in", person=person.id, method=method, source=attempts.source())
    return redirect(target, 303)


def me() -> Person:
    """The person signed in, in views that only they reach."""
    person = viewer_person()
    assert isinstance(person, Person)
    return person


def is_really(form: PresentForm, person: Person) -> bool:
    """True if a sent form is valid and gives the present password; those without one were asked to sign in afresh."""
    if not form.is_sent:
        return False
    if person.password is None:
        return True
    attempts.count_present_password(person.id)
    if passwords.is_right(person, form.present.data or ""):
        return True
    form.present.errors = [*form.present.errors, str(_("That is not your present password."))]
    log.warning("present password wrong", person=person.id, source=attempts.source())
    return False
