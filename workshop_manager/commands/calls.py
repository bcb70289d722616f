"""`workshop-manager calls …`."""

from datetime import datetime

import click

from workshop_manager.calls import queries
from workshop_manager.calls.words import round_choices
from workshop_manager.commands import running
from workshop_manager.commands.running import Told
from workshop_manager.core.deadlines import AOE, Deadline, NoSuchTime, instant, zone_label
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import extending
from workshop_manager.submissions.extending import Target
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.forms import mail_address
from workshop_manager.workshops.models import Edition


@click.group()
def calls() -> None:
    """Calls for abstracts."""


@running.act(calls, "extend")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY")
@click.option(
    "--at", "hour", type=click.DateTime(["%H:%M"]), default="23:59", metavar="TIME", help="At what time of that day."
)
@click.option("--zone", default="AoE", metavar="ZONE", help="In which it is announced: AoE, or one like Africa/Accra.")
@click.option(
    "--round", "of_round", metavar="NAME", default="", help="Of this round, by its name; else the call's own."
)
@click.option("--track", metavar="KEY", default="", help="Only of this track, by its key.")
@click.option("--person", "email", metavar="ADDRESS", default="", help="Only for the person of this address.")
@click.option("--note", default="", help="Words of your own, in every mail.")
def extend(
    uow: UnitOfWork,
    edition: Edition,
    day: datetime,
    hour: datetime,
    zone: str,
    of_round: str,
    track: str,
    email: str,
    note: str,
) -> Told:
    """Move the deadline to DAY, written as 2026-10-06, and tell everybody with a draft.

    `workshop-manager calls extend musiml/2026 2026-10-06 --track 2`; what it was stays struck through.
    """
    target = Target(_round(uow, edition, of_round), _track(uow, edition, track), _address(email))
    new = _deadline(datetime.combine(day, hour.time()), zone)
    old = extending.present(uow, edition, target)
    if old is None:
        raise Conflict("There is no deadline to extend yet.")
    if new.at <= old.at:
        raise Conflict(f"That is not later than the deadline now: {_said(old)}.")
    if new.has_passed(uow.now):
        raise Conflict("That moment has passed.")
    along = set(extending.tracks_along(uow, edition, target, new))
    told = extending.recipients(uow, edition, target, new)
    extending.extend(uow, edition, target, new, note, seen=old)
    names = [row.name for row in workshops.tracks(uow.session, edition.id) if row.id in along]
    return Told(
        {"deadlines": 1 + len(along)},
        [{"to": one.address, "drafts": len(one.drafts)} for one in told],
        [f"From {_said(old)} to {_said(new)}."] + ([f"These tracks move along: {', '.join(names)}."] if names else []),
        about={"from": old.at.isoformat(), "until": new.at.isoformat(), "zone": new.zone},
    )


def _deadline(until: datetime, zone: str) -> Deadline:
    name = AOE if zone.casefold() == "aoe" else zone
    try:
        return Deadline(instant(until.date(), until.time(), name), name)
    except NoSuchTime as error:
        raise Conflict(str(error)) from None


def _said(deadline: Deadline) -> str:
    return f"{deadline.local:%Y-%m-%d %H:%M} {zone_label(deadline.zone, deadline.at)}"


def _round(uow: UnitOfWork, edition: Edition, name: str) -> int | None:
    call, further = queries.find_call(uow.session, edition.id), queries.rounds_of(uow.session, edition.id)
    known = {choice.name.casefold(): choice for choice in round_choices(call, further)}
    if name and name.casefold() not in known:
        raise Conflict(f"There is no round “{name}”. There are: {', '.join(one.name for one in known.values())}.")
    return known[name.casefold()].id if name else None


def _track(uow: UnitOfWork, edition: Edition, key: str) -> int | None:
    known = {row.key: row.id for row in workshops.tracks(uow.session, edition.id)}
    if key and key not in known:
        raise Conflict(f"There is no track “{key}”. There are: {', '.join(known) or 'none'}.")
    return known[key] if key else None


def _address(typed: str) -> str:
    try:
        return mail_address(typed) if typed else ""
    except ValueError as error:
        raise Conflict(str(error)) from None
