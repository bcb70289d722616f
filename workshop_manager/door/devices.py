"""What a phone at the door fetches and sends: the list before, what it scanned afterwards, in any order and twice."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from workshop_manager.core.text import clean_line
from workshop_manager.door import queries, rules, service
from workshop_manager.door.queries import Seen
from workshop_manager.door.rules import MAY_DOOR, Shown
from workshop_manager.door.service import Held
from workshop_manager.door.states import Verdict
from workshop_manager.door.views import BASE, blueprint
from workshop_manager.door.words import blank, card, clock
from workshop_manager.web.access import access
from workshop_manager.web.assets import keeper
from workshop_manager.web.request import mark_of, unit, viewer_person
from workshop_manager.workshops.cancelling import sentence
from workshop_manager.workshops.context import Here, here, team

_MOST_BYTES = 200_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_799_000
"""The end of the year 9999 in milliseconds: what a clock may say at most."""


def code_digest(edition_id: int, code: str) -> str:
    """By which a phone knows a code without holding the codes of everybody."""
    return hashlib.sha256(f"door:{edition_id}:{code}".encode()).hexdigest()


def _listed(at: Here, one: Seen) -> dict[str, Any]:
    before = rules.verdict(Shown(is_here=True, state=one.state, mode=one.mode), unit().now, "")
    return {
        "id": one.id,
        "code": code_digest(at.edition.id, one.code),
        "name": one.name,
        "pronouns": one.pronouns,
        "seat": one.kind,
        "verdict": before.value,
        "since": clock(one.in_at, at.edition.time_zone) if one.in_at else "",
    }


@blueprint.get(f"{BASE}/people.json")
@access(team(MAY_DOOR))
def people(community: str, edition: str) -> Response:
    """Whom a phone knows while it has no network: names, pronouns and kinds.

    In memory for `seconds`; for `kept` also in a box of the browser, so that a reload without a network finds them. The
    box belongs to `viewer` and goes with signing out, with an answer that the door is not theirs, and with the event.
    """
    at, uow = here(), unit()
    day = rules.day_of(uow.now, at.edition.time_zone)
    # Where nothing takes place, no phone lets anybody in, online or not.
    found = [] if at.edition.is_cancelled else queries.everybody(uow.session, at.edition.id, day)
    response: Response = jsonify(
        people=[_listed(at, one) for one in found],
        seconds=int(rules.KEPT_ON_DEVICE.total_seconds()),
        kept=int(rules.kept_through_reload(at.edition.ends_at, uow.now).total_seconds()),
        viewer=mark_of(viewer_person()),
        doors=rules.doors(at.edition.starts_at, at.edition.ends_at, uow.now).value,
        at=clock(uow.now, at.edition.time_zone),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{BASE}/worker.js")
@access(team(MAY_DOOR))
def worker(community: str, edition: str) -> Response:
    """What opens the check-in page without a network. It answers for no other page of the door."""
    return keeper(here().url("door.desk"))


@blueprint.post(f"{BASE}/scans")
@access(team(MAY_DOOR))
def scans(community: str, edition: str) -> Response:
    """What a phone scanned, perhaps hours ago. What cannot be read is named, so that it is not sent for ever."""
    at, uow = here(), unit()
    sent_at = _moment(request.form.get("now"))
    held, dropped = _read(request.form.get("scans", ""), uow.now, sent_at)
    if at.edition.is_cancelled:
        # Each is answered, so that no phone sends it for ever.
        refused = replace(
            blank(Verdict.CANCELLED), title=str(_("Cancelled")), sentence=sentence(at.edition.cancel_reason)
        )
        return jsonify(results=[{"key": one.key} | asdict(refused) for one in held], dropped=dropped)
    results = []
    # By ticket, so that two phones that send the same ones lock them in the same order; and each in its own.
    for one in sorted(held, key=lambda one: (one.code or f"#{one.registration_id}", one.at)):
        said = service.check_in(uow, at.edition, one)
        shown = asdict(card(said, at.edition.time_zone))
        if said.registration is not None:
            shown["url"] = at.url("door.person", registration_id=said.registration.id)
        results.append({"key": one.key} | shown)
    return jsonify(results=results, dropped=dropped)


def _read(text: str, now: datetime, sent_at: datetime | None) -> tuple[list[Held], list[str]]:
    try:
        rows = json.loads(text) if len(text) <= _MOST_BYTES else []
    except (ValueError, RecursionError):
        rows = []
    held, dropped = [], []
    for row in rows[: rules.MOST_AT_ONCE] if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not rules.is_key(row.get("key")):
            continue
        one = _held(row, now, sent_at)
        if one is None:
            dropped.append(str(row["key"]))
        else:
            held.append(one)
    return held, dropped


def _held(row: dict[str, Any], now: datetime, sent_at: datetime | None) -> Held | None:
    code, number, device = row.get("code"), row.get("id"), row.get("device")
    if isinstance(code, str):
        number = None
    elif not (isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**31):
        return None
    return Held(
        key=row["key"],
        at=rules.said_at(now, sent_at, _moment(row.get("at"))),
        code=rules.code_of(code) if isinstance(code, str) else None,
        registration_id=number,
        device=clean_line(device)[:60] if isinstance(device, str) else "",
    )


def _moment(said: object) -> datetime | None:
    """An instant from milliseconds since 1970."""
    if isinstance(said, str):
        said = int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 <= said <= _LAST:
        return None
    return _EPOCH + timedelta(milliseconds=said)
