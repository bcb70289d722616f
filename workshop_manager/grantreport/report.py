"""The report: groups of applicants with what the money did, as plots and tables in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from workshop_manager.core.money import Money, amount_text
from workshop_manager.decisions.plots import ROW, WIDTH, Bar, Plot, Words, shortened
from workshop_manager.funds.states import REGIONS
from workshop_manager.funds.words import REGIONS as REGION_NAMES
from workshop_manager.funds.words import STAGES as STAGE_NAMES
from workshop_manager.grantreport import queries, rules
from workshop_manager.grantreport.queries import Asked
from workshop_manager.grantreport.rules import Fact, Measure, Part, Sum, Told
from workshop_manager.grants.states import CostKind
from workshop_manager.grants.words import kind_name
from workshop_manager.workshops.rules import Standing

MEASURES = {
    Measure.ASKED: _l("Asked"),
    Measure.OFFERED: _l("Offered"),
    Measure.TAKEN: _l("Taken"),
    Measure.PAID: _l("Paid"),
    Measure.UNCLAIMED: _l("Unclaimed"),
}
_FURTHEST = (Measure.PAID, Measure.TAKEN, Measure.OFFERED)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table; `people` and `share` are empty where they would say nothing."""

    money: str
    people: str = ""
    share: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a group with its figures; a figure that is withheld is None."""

    name: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Block:
    """One way to part the applicants: a plot, and its table."""

    id: str
    title: str
    sentence: str
    plot: Plot | None
    header: list[str]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The report in one currency."""

    currency: str
    people: str
    whole: list[tuple[str, Cell | None]]
    blocks: list[Block]


def facts_of(
    found: Sequence[Asked], asked: Iterable[tuple[int, str, int]], moved: Iterable[queries.Moved]
) -> dict[tuple[int, str], Fact]:
    """By application and kind of cost; of whom withdrew only what was offered."""
    known = {one.id for one in found}
    facts: dict[tuple[int, str], Fact] = {}
    given: dict[tuple[int, str], Fact] = {}
    for one in moved:
        key = one.application_id, one.cost
        more = Fact(
            one.application_id, one.cost, offered=one.offered, taken=one.taken, paid=one.paid,
            unclaimed=max(0, one.taken - one.claimed),
        )  # fmt: skip
        given[key] = given[key] + more if key in given else more
    helped = {application_id for application_id, _cost in given}
    gone = {one.id for one in found if one.is_withdrawn} - helped
    for application_id, cost, minor in asked:
        if application_id in known and application_id not in gone:
            facts[application_id, cost] = Fact(application_id, cost, asked=minor)
    for key, fact in given.items():
        if fact.application_id in known:
            facts[key] = facts[key] + fact if key in facts else fact
    return facts


def grouped(facts: Iterable[Fact], group: Callable[[int], str | None]) -> list[Fact]:
    """The same by person, each in a group."""
    return [Fact(one.application_id, group(one.application_id)) + one for one in rules.by_person(facts)]


def regions_of(found: Iterable[Asked]) -> dict[int, str | None]:
    """Where each lives, as far as they said it."""
    named = {one.id: REGIONS.get(one.country or "") for one in found}
    return {one: region.value if region else None for one, region in named.items()}


def sheets(session: Session, edition_id: int, standing: Standing) -> list[Sheet]:
    """The report over all that the viewer may see, a sheet for each currency (three queries)."""
    found = queries.applications(session, edition_id, standing)
    facts = facts_of(found, queries.asked(session, edition_id), queries.moved(session, edition_id))
    by_currency: dict[str, list[Asked]] = defaultdict(list)
    for one in found:
        by_currency[one.currency].append(one)
    made = []
    for currency, mine in sorted(by_currency.items()):
        ids = {one.id for one in mine}
        here = [fact for fact in facts.values() if fact.application_id in ids]
        if here:
            made.append(_sheet(currency, mine, here))
    return made


def _sheet(currency: str, found: Sequence[Asked], facts: Sequence[Fact]) -> Sheet:
    whole = rules.whole(facts)
    asked = whole.sums[Measure.ASKED]
    regions, stages = regions_of(found), {one.id: one.stage for one in found}
    blocks = [
        _block(currency, "kind", str(_("By kind of cost")), facts, kinds_said),
        _block(currency, "region", str(_("By region")), grouped(facts, regions.get), regions_said),
        _block(currency, "stage", str(_("By career stage")), grouped(facts, stages.get), stages_said),
    ]
    figures = [(str(name), _cell(whole, one, currency)) for one, name in MEASURES.items()]
    return Sheet(
        currency=currency,
        people=str(asked.people) if asked else "",
        whole=[*figures, *zip((str(_("Overage")), str(_("Shortfall"))), _apart(whole, currency), strict=True)],
        blocks=blocks,
    )


def kinds_said() -> dict[str, str]:
    """Names of kinds of cost by value."""
    return {kind.value: kind_name(kind) for kind in CostKind}


def regions_said() -> dict[str, str]:
    """Names of regions by value."""
    return {value: str(name) for value, name in REGION_NAMES}


def stages_said() -> dict[str, str]:
    """Names of career stages by value."""
    return {value: str(name) for value, name in STAGE_NAMES}


def rest_name(groups: str) -> str:
    """What the last line of a table is called."""
    if groups == "kind":
        return str(_("All other kinds"))
    return str(_("All others, and those who did not say"))


def _block(currency: str, groups: str, title: str, facts: Sequence[Fact], names: Callable[[], dict[str, str]]) -> Block:
    part, said = rules.parted(facts), names()
    named = [(rest_name(groups) if one.key is None else said.get(one.key, one.key), one) for one in part.lines]
    is_apart = any(one.apart for one in part.lines)
    header = [str(MEASURES[one]) for one in part.measures]
    if is_apart:
        header += [str(_("Overage")), str(_("Shortfall"))]
    rows = [
        Row(
            name,
            [_cell(one, measure, currency) for measure in part.measures] + (_apart(one, currency) if is_apart else []),
        )
        for name, one in named
    ]
    sentence = _sentence(part)
    return Block(
        id=f"{groups}-{currency.lower()}",
        title=title,
        sentence=sentence,
        plot=_plot(f"{groups}-{currency.lower()}", title, sentence, named, currency) if rows else None,
        header=header,
        rows=rows,
    )


def _sentence(part: Part) -> str:
    if not part.lines:
        return str(_("Not shown: a figure would tell of fewer than five people."))
    withheld = [str(name) for one, name in MEASURES.items() if one not in part.measures]
    if withheld:
        what = ", ".join(withheld)
        said = _("Not by group, because it would tell of fewer than five people: %(what)s.", what=what)
    else:
        said = _("Groups of fewer than five people stand with the others.")
    return f"{said} {_colours(part)}"


def _cell(told: Told, measure: Measure, currency: str) -> Cell | None:
    found = told.sums[measure]
    if found is None:
        return None
    asked = told.sums[Measure.ASKED]
    share = f"{rules.per_cent(found.minor, asked.minor)} %" if asked and measure is not Measure.ASKED else ""
    return Cell(amount_text(found.minor, currency), str(found.people), share)


def _apart(told: Told, currency: str) -> list[Cell | None]:
    if told.apart is None:
        return [None, None]
    of = told.apart.people

    def cell(found: Sum | None) -> Cell | None:
        if found is None:
            return None
        text = _("%(money)s on average", money=Money(found.average, currency))
        return Cell(str(text) if found.people else "0", str(found.people), f"{rules.per_cent(found.people, of)} %")

    return [cell(told.apart.over), cell(told.apart.short)]


def _plot(name: str, title: str, sentence: str, lines: Sequence[tuple[str, Told]], currency: str) -> Plot:
    """Bars that lie: what was asked, and over it how far the money came, as far as it may be told by group."""
    most = max((found.minor for _name, one in lines for found in one.sums.values() if found), default=0) or 1
    bars, words = [], []
    for place, (label, one) in enumerate(lines):
        y, asked = place * ROW, one.sums[Measure.ASKED]
        furthest = next((found for measure in _FURTHEST if (found := one.sums[measure]) is not None), None)
        said = " / ".join(amount_text(found.minor, currency) for found in (furthest, asked) if found is not None)
        words += [Words(0, y + 14, shortened(label, 30), is_soft=False), Words(WIDTH, y + 14, said, "end")]
        bars += [
            Bar(0, y + 20, round(WIDTH * found.minor / most, 1), 9, kind)
            for found, kind in ((asked, "soft"), (furthest, "accent"))
            if found is not None
        ]
    return Plot(name, title, sentence, (), (), height=len(lines) * ROW, bars=tuple(bars), words=tuple(words))


def _colours(part: Part) -> str:
    """What the bars mean."""
    furthest = next((measure for measure in _FURTHEST if measure in part.measures), None)
    if furthest is None:
        return str(_("The bars: what was asked."))
    if Measure.ASKED not in part.measures:
        return str(_("The bars: %(what)s.", what=str(MEASURES[furthest]).lower()))
    return str(_("Light: asked. Dark: %(what)s.", what=str(MEASURES[furthest]).lower()))
