"""A sponsor's report of one fund on paper: what its money did, and of people no more than shares.

Its own sums are the ledger's, to the cent: it is the sponsor's money. How it is spread is said in shares rounded to
five per cent and numbers rounded down to a multiple of five, over groups chosen as in the report of the edition: two
funds' reports, or one of them and the edition's, cannot be taken from each other to find a person.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from workshop_manager.core.balance import SMALLEST_CELL
from workshop_manager.funds.models import Fund
from workshop_manager.funds.queries import Balance
from workshop_manager.grantreport import queries, report, rules
from workshop_manager.grantreport.rules import Fact, Measure, Part
from workshop_manager.proceedings import printing
from workshop_manager.proceedings.book import direction
from workshop_manager.proceedings.printing import Printed
from workshop_manager.workshops.models import Edition

TEMPLATE = Path(__file__).resolve().parent / "press" / "report.typ"
LANGUAGE = "en"
"""Of our own words on paper, whoever prints it."""


def printed(session: Session, edition: Edition, fund: Fund, balance: Balance, now: datetime) -> Printed:
    """The PDF. Raises PressFailed."""
    with force_locale(LANGUAGE):
        made = document(session, edition, fund, balance, now)
    return printing.printed(made, now, template=TEMPLATE)


def document(session: Session, edition: Edition, fund: Fund, balance: Balance, now: datetime) -> Mapping[str, Any]:
    """All that the press needs, but for the fonts."""
    found = queries.applications(session, edition.id, None)
    moved = queries.moved(session, edition.id, fund.id)
    facts = list(report.facts_of(found, [], moved).values())
    regions, stages = report.regions_of(found), {one.id: one.stage for one in found}
    helped = rules.whole(facts).sums[Measure.TAKEN]
    return {
        "title": str(_("What the money did")),
        "fund": _directed(fund.name),
        "sponsor": _directed(fund.sponsor),
        "purpose": _directed(fund.purpose),
        "edition": _directed(edition.name),
        "community": _directed(edition.community.name),
        "accent": edition.accent_colour,
        "date": str(format_date(now, "d MMMM y")),
        "sums_title": str(_("In sum")),
        "sums": [[name, str(fund.money(minor))] for name, minor in _sums(balance, moved)],
        "helped": _helped(helped.people if helped else None),
        "none": str(_("Not shown: it would tell of fewer than five people.")),
        "head": [str(_("Group")), str(_("People")), str(_("Share of the money"))],
        "parts": [
            _part("kind", str(_("By kind of cost")), facts, report.kinds_said),
            _part("region", str(_("By region")), report.grouped(facts, regions.get), report.regions_said),
            _part("stage", str(_("By career stage")), report.grouped(facts, stages.get), report.stages_said),
        ],
        "note": str(
            _(
                "Nobody is named. Groups of fewer than five people stand with the others; shares are rounded to five "
                "per cent, and numbers of people down to a multiple of five."
            )
        ),
    }


def _directed(text: str) -> dict[str, str]:
    return {"text": text, "dir": direction(text)}


def _sums(balance: Balance, moved: Sequence[queries.Moved]) -> list[tuple[str, int]]:
    taken = sum(one.taken for one in moved)
    return [
        (str(_("Given by the sponsor")), balance.pledged),
        (str(_("Offered, in all")), sum(one.offered for one in moved)),
        (str(_("Taken")), taken),
        (str(_("Paid")), balance.paid),
        (str(_("Promised, and not paid yet")), balance.committed),
        (str(_("Left in the fund")), balance.available),
    ]


def _helped(people: int | None) -> str:
    if people is None:
        return str(_("It helped fewer than five people."))
    if people == 0:
        return str(_("Nobody has taken any of it yet."))
    return str(_("It helped at least %(num)s people.", num=rules.down(people)))


def _part(groups: str, title: str, facts: Sequence[Fact], names: Callable[[], dict[str, str]]) -> dict[str, Any]:
    """Shares of what was paid, or of what was taken as long as fewer than five people were paid."""
    measure = _measure(facts)
    part, said = (rules.parted(facts, [measure]), names()) if measure else (Part((), ()), {})
    sums = [(one.key, one.sums[measure]) for one in part.lines] if measure else []
    whole = sum(one.minor for _key, one in sums if one)
    return {
        "title": title,
        "about": str(_("Of what was paid")) if measure is Measure.PAID else str(_("Of what was taken")),
        "rows": [
            {
                "name": report.rest_name(groups) if key is None else said.get(key, key),
                "people": str(_("at least %(num)s", num=rules.down(one.people))) if one.people else "0",
                "share": rules.share(one.minor, whole),
            }
            for key, one in sums
            if one
        ],
    }


def _measure(facts: Sequence[Fact]) -> Measure | None:
    people = rules.by_person(facts)
    for measure in (Measure.PAID, Measure.TAKEN):
        if sum(one.of(measure) > 0 for one in people) >= SMALLEST_CELL:
            return measure
    return None
