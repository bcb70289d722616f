"""You had been signed out: what was typed meanwhile is kept, shown to its owner, and sent or left."""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from workshop_manager.accounts import attempts, kept, sessions
from workshop_manager.accounts.doors import home, me
from workshop_manager.accounts.models import OneTimeToken
from workshop_manager.accounts.rules import LIFETIMES
from workshop_manager.accounts.states import Purpose
from workshop_manager.accounts.views import blueprint
from workshop_manager.core.errors import NotFound
from workshop_manager.web.access import SIGNED_IN, access
from workshop_manager.web.forms import tell
from workshop_manager.web.navigation import frame, page_name
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.typed import Typed, label_of

_CHOICE = re.compile(r"[a-z0-9_.:-]{1,40}")
"""Values as machines write them: ticks, choices, numbers of rows."""
_MACHINES = frozenset({"key", "id", "version", "do"})
"""Last words of the names of fields that nobody types into."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field as it is read."""

    label: str
    value: str
    is_long: bool
    is_choice: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A kept form as its page shows it: `texts` to be read, `rest` beneath them, all of `fields` to be sent."""

    name: str
    address: str
    page_name: str
    texts: list[Line]
    rest: list[Line]
    fields: list[list[str]]
    files: list[list[str]]
    had_secrets: bool
    once: str
    minutes: int


def keep(typed: Typed) -> Response | None:
    """Keep it and lead to signing in; or show it, to be copied, if it cannot be kept.

    How one signs in, and deleting the account, are not kept: those are decided afresh, by who is certainly there.
    """
    if typed.endpoint.startswith("accounts.") and typed.endpoint != "accounts.profile":
        return None
    if not kept.fits(unit(), typed):
        return _to_be_copied(typed, str(_("It is more than we can keep for you while you sign in.")))
    if not attempts.may_keep():
        return _to_be_copied(typed, str(_("We kept so much for your network within the last hour that we stop here.")))
    kept.keep(unit(), typed, sessions.last_person(unit()))
    if viewer_person() is not None:
        return redirect(url_for("accounts.kept_forms"), 303)
    return redirect(url_for("accounts.sign_in", next=url_for("accounts.kept_forms")), 303)


def sent(key: str) -> None:
    """A form was carried out."""
    kept.sent(unit(), key)


def _to_be_copied(typed: Typed, why: str) -> Response:
    texts, rest = _lines(typed.fields)
    frame().private = True
    return page(
        "accounts/not_kept.html", 413,
        why=why, texts=texts, rest=rest, files=typed.files, had_secrets=typed.had_secrets,
    )  # fmt: skip


@blueprint.get("/account/kept")
@access(SIGNED_IN)
def kept_forms() -> Response:
    """What was typed in this browser while its person was signed out, to be read and then sent or left."""
    frame().private = True
    forms = [_shown(key, row) for key, row in kept.forms_of(unit(), me())]
    return page("accounts/kept.html", forms=forms, person=me(), home=home())


@blueprint.post("/account/kept/removal")
@access(SIGNED_IN)
def leave_kept() -> Response:
    """Forget one of them. Leads to the page of that form, if it has one of its own."""
    address = kept.leave(unit(), me(), request.form.get("form", ""))
    if address is None:
        raise NotFound
    tell(str(_("Left. What you had typed is forgotten, and nothing was sent.")), "info")
    return redirect(address if _is_a_page(address) else home(), 303)


def _shown(key: str, row: OneTimeToken) -> Form:
    details: dict[str, Any] = row.details
    texts, rest = _lines(details["fields"])
    until = row.created_at + LIFETIMES[Purpose.TYPED]
    return Form(
        name=kept.name_of(row),
        address=details["address"],
        page_name=page_name(details["endpoint"]),
        texts=texts,
        rest=rest,
        fields=details["fields"],
        files=details["files"],
        had_secrets=details["had_secrets"],
        once=key,
        minutes=max(1, int((until - unit().now).total_seconds()) // 60),
    )


def _lines(fields: Any) -> tuple[list[Line], list[Line]]:
    """The fields that say something: texts as somebody typed them, and the ticks, choices and numbers around them."""
    lines = [_line(name, value) for name, value in fields if value.strip()]
    return [line for line in lines if not line.is_choice], [line for line in lines if line.is_choice]


def _line(name: str, value: str) -> Line:
    words = [word for word in re.split(r"[-_\s]+", name) if word]
    is_choice = _CHOICE.fullmatch(value) is not None or bool(words and words[-1] in _MACHINES)
    return Line(label_of(name), value, "\n" in value or len(value) > 80, is_choice)


def _is_a_page(address: str) -> bool:
    try:
        current_app.url_map.bind("localhost").match(address.partition("?")[0], "GET")
    except HTTPException:  # it only takes forms, or is somewhere else by now
        return False
    return True
