"""Several registrations at once: whom, then what would happen, then the act."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.text import clean_line
from workshop_manager.handover import mailing
from workshop_manager.handover.views import blueprint
from workshop_manager.registrations import many, queries, segments
from workshop_manager.registrations.desk import BASE
from workshop_manager.registrations.many import Foreseen
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.queries import Show
from workshop_manager.registrations.segments import Segment
from workshop_manager.registrations.states import Group
from workshop_manager.registrations.words import group_name, show_name
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SETTINGS

_MOST_SHOWN = 100
ACTS = ("mail", "cancel", "move")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: whom, and what is to be done with them."""

    segment: Segment
    act: str = ""
    subject: str = ""
    body: str = ""
    reason: str = ""
    to_kind: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What an act would do: with whom, what it leaves, and the name of both."""

    foreseen: Sequence[Foreseen]
    samples: Sequence[tuple[str, str, str]] = ()
    """(to, subject, text) of the first letters."""

    @property
    def done(self) -> list[Registration]:
        return [one.row for one in self.foreseen if not one.why_not]

    @property
    def left(self) -> list[Foreseen]:
        return [one for one in self.foreseen if one.why_not]

    def seen(self, asked: Asked) -> str:
        said = repr((asked, [(row.id, row.version) for row in self.done]))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _asked(kinds: Sequence[RegistrationKind]) -> Asked:
    """What the address or the form says; what makes no sense narrows nothing."""
    said, known = request.values, {str(kind.id): kind.id for kind in kinds}
    segment = Segment(
        known.get(said.get("kind", "")),
        next((one for one in Show if one.value == said.get("state")), None),
        next((one for one in Group if one.value == said.get("group")), None),
        said.get("mark", "") if said.get("mark") in segments.marks() else "",
    )
    act = said.get("do", "")
    return Asked(
        segment,
        act if act in ACTS else "",
        clean_line(said.get("subject", ""))[: mailing.LONGEST_SUBJECT],
        said.get("body", "").replace("\x00", "").replace("\r\n", "\n").strip()[: mailing.LONGEST],
        clean_line(said.get("reason", ""))[:500],
        known.get(said.get("to_kind", ""), 0),
    )


def _wrong(asked: Asked) -> str:
    """What is missing before this can be looked at, in a sentence."""
    if asked.act == "mail":
        if not asked.subject or not asked.body:
            return str(_("Write a subject and a text."))
        unknown = ", ".join(f"{{{one}}}" for one in mailing.unknown_placeholders(asked.subject + asked.body)[:5])
        return str(_("These mean nothing: %(names)s.", names=unknown)) if unknown else ""
    if asked.act == "cancel":
        return "" if asked.reason else str(_("Write why, in a sentence: it stands in the mail they get."))
    return "" if asked.to_kind else str(_("Choose the kind they get."))


def _look(at: Here, asked: Asked, rows: Sequence[Registration]) -> Looked:
    uow = unit()
    if asked.act == "cancel":
        return Looked(many.foresee_cancel(uow, at.edition, rows))
    if asked.act == "move":
        return Looked(many.foresee_move(uow, at.edition, rows, asked.to_kind))
    samples = [
        (row.badge_name, mailing.filled(asked.subject, at.edition, row), mailing.filled(asked.body, at.edition, row))
        for row in rows[:3]
    ]
    return Looked([Foreseen(row) for row in rows], samples)


def _many_page(
    at: Here,
    asked: Asked,
    rows: Sequence[Registration],
    looked: Looked | None = None,
    status: int = 200,
    wrong: str = "",
) -> Response:
    kinds = queries.kinds(unit().session, at.edition.id)
    return page(
        "handover/many.html",
        status,
        at=at,
        parts=navigation.parts("registration", at, request.endpoint),
        asked=asked,
        kinds=kinds,
        shows=[(show.value, show_name(show)) for show in Show if show is not Show.CANCELLED],
        groups=[(group.value, group_name(group)) for group in Group],
        marks=list(segments.marks().items()),
        number=len(rows),
        names=[row.badge_name for row in rows[:_MOST_SHOWN]],
        more=max(0, len(rows) - _MOST_SHOWN),
        looked=looked,
        done=looked.done[:_MOST_SHOWN] if looked else (),
        left=looked.left[:_MOST_SHOWN] if looked else (),
        seen=looked.seen(asked) if looked else "",
        wrong=wrong,
        key=request.form.get("key", "") or secrets.token_hex(16),
        placeholders=", ".join(f"{{{name}}}" for name in mailing.PLACEHOLDERS),
    )


def _rows(at: Here, asked: Asked) -> Sequence[Registration]:
    return segments.people(unit().session, at.edition.id, asked.segment)


@blueprint.get(f"{BASE}/many")
@access(team(MAY_SETTINGS))
def many_page(community: str, edition: str) -> Response:
    """Whom to write to or act on."""
    at = here()
    asked = Asked(_asked(queries.kinds(unit().session, at.edition.id)).segment)
    return _many_page(at, asked, _rows(at, asked))


@blueprint.post(f"{BASE}/many")
@access(team(MAY_SETTINGS))
def many_sent(community: str, edition: str) -> AnyResponse:
    """Look at what would happen, or do it as it was looked at."""
    at = here()
    asked = _asked(queries.kinds(unit().session, at.edition.id))
    rows = _rows(at, asked)
    if not asked.act:
        return _many_page(at, asked, rows, status=422, wrong=str(_("Say what is to be done.")))
    if wrong := _wrong(asked):
        return _many_page(at, asked, rows, status=422, wrong=wrong)
    looked = _look(at, asked, rows)
    if "apply" not in request.form:
        return _many_page(at, asked, rows, looked)
    if request.form.get("seen") != looked.seen(asked):
        sentence = str(_("Something changed while you looked. Nothing has happened; it stands below as it is now."))
        return _many_page(at, asked, rows, looked, 409, sentence)
    tell(_applied(at, asked, looked.done))
    return redirect(at.url("registrations.desk"), 303)


def _applied(at: Here, asked: Asked, rows: Sequence[Registration]) -> str:
    uow, ids = unit(), [row.id for row in rows]
    if asked.act == "cancel":
        number = many.cancel(uow, at.edition, ids, asked.reason)
        return str(ngettext("%(num)s registration is cancelled.", "%(num)s registrations are cancelled.", number))
    if asked.act == "move":
        number = many.move(uow, at.edition, ids, asked.to_kind)
        return str(ngettext("%(num)s person has another seat now.", "%(num)s people have another seat now.", number))
    key = clean_line(request.form.get("key", ""))[:64]
    if mailing.send(uow, at.edition, rows, asked.subject, asked.body, key) is None:
        return str(_("This mail was sent already, so nobody got it again."))
    return str(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", len(rows)))
