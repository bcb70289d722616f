"""Sentences of a proposal: why somebody gets what they get, which aims are missed, what it was worked out for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _

from workshop_manager.core.text import isolated
from workshop_manager.funds.words import REGIONS
from workshop_manager.grants import words as grants
from workshop_manager.grants.states import CostKind
from workshop_manager.proposals import rules
from workshop_manager.proposals.queries import Basis
from workshop_manager.proposals.rules import Answer, Applicant, Missed, Need, Share


def objective() -> list[str]:
    """What is sought, step by step."""
    return [str(_(sentence)) for sentence in rules.OBJECTIVE]


def gap(found: Mapping[str, Any] | int) -> str:
    """How much better another proposal could at most be, from a proposal's figures; older ones have points only."""
    if isinstance(found, int):
        found = {"aims": 0, "points": found, "money": {}}
    parts = []
    if found["aims"]:
        share = format_decimal(found["aims"] / 10)
        parts.append(_("the aims could be nearer by %(share)s %% of what they want", share=share))
    if found["points"]:
        parts.append(_("%(points)s points of help could be missing", points=found["points"]))
    for currency, minor in found["money"].items():
        parts.append(_("%(money)s more could be put to use", money=grants.money(minor, currency)))
    return _list([str(part) for part in parts])


def reason(basis: Basis, answer: Answer, one: Applicant, need: Need) -> str:
    """Why this person gets what they get, in one sentence."""
    if one.id in basis.from_afar and (afar := _from_afar(answer, one, need)):
        return afar
    match need.reason:
        case rules.IN_FULL:
            return str(_("Everything that was asked for."))
        case rules.CAPPED:
            return str(_("Everything up to the caps: %(lines)s.", lines=_list(_capped(one))))
        case rules.IN_PART:
            return str(_("In part, from what is left: %(lines)s.", lines=_list(_cut(answer, one))))
        case rules.NO_FUND:
            return _no_fund(basis, one)
        case rules.KEPT_OUT:
            return str(_("Left out by hand."))
        case rules.FUNDED_SUBMISSION:
            return str(_("Second author of a funded submission: one person is helped for each."))
        case rules.INSTITUTION:
            return str(_("As many from the same institution are helped as the aim allows."))
        case rules.MONEY:
            extra = [
                _("%(money)s more in “%(fund)s”", money=money, fund=isolated(name))
                for money, name in _extra(basis, need)
            ]
            return str(_("Would need %(extra)s, everybody else as proposed.", extra=_list(extra)))
    return str(_("Would fit; the time for working it out ended before this was tried."))


def _from_afar(answer: Answer, one: Applicant, need: Need) -> str:
    """Of somebody whose visa was refused. Blind readers see it too, so it says nothing of a visa."""
    lines = answer.awards.get(one.id, {})
    if lines:
        given = [_line(ask.kind, lines[ask.id][1], ask.asked, one.currency) for ask in one.asks if ask.id in lines]
        return str(_("Takes part from afar: %(lines)s, and nothing for the journey.", lines=_list(given)))
    if need.reason == rules.NO_FUND:
        return str(_("Takes part from afar: nothing is given for a journey, and no fund pays for the rest."))
    return ""


def _no_fund(basis: Basis, one: Applicant) -> str:
    if why := basis.refused.get(one.id):
        return str(_("No fund's rules allow it. %(why)s", why=_(why)))
    return str(_("No fund's rules allow what this person cannot do without."))


def _extra(basis: Basis, need: Need) -> list[tuple[str, str]]:
    return [
        (grants.money(minor, basis.funds[fund].currency), basis.funds[fund].name)
        for fund, minor in sorted(need.extra.items())
    ]


def _capped(one: Applicant) -> Iterator[str]:
    for ask in one.asks:
        if ask.most < ask.asked:
            yield _line(ask.kind, ask.most, ask.asked, one.currency)


def _cut(answer: Answer, one: Applicant) -> Iterator[str]:
    lines = answer.awards.get(one.id, {})
    for ask in one.asks:
        minor = lines.get(ask.id, (0, 0))[1]
        if minor < ask.asked:
            yield _line(ask.kind, minor, ask.asked, one.currency)


def _line(kind: str, given: int, asked: int, currency: str) -> str:
    return str(
        _(
            "%(kind)s %(given)s of %(asked)s",
            kind=grants.kind_name(CostKind(kind)).lower(),
            given=grants.money(given, currency),
            asked=grants.money(asked, currency),
        )
    )


def _list(parts: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(parts)


def aim(one: rules.Aim) -> str:
    """An aim in words."""
    if isinstance(one, Share):
        return str(_("at least %(percent)s %% for %(group)s", percent=one.percent, group=one.group.split(":")[-1]))
    return str(_("at most %(most)s from one institution", most=one.most))


def missed(basis: Basis, one: Missed) -> str:
    """Which aim is missed, by how much, and what it clashes with."""
    aims = basis.problem.aims
    if one.currency:
        by = grants.money(one.short, one.currency)
    else:
        by = str(_("%(number)s too many", number=one.short))
    text = str(_("Missed: %(aim)s, by %(by)s.", aim=aim(aims[one.aim]), by=by))
    if not one.is_possible_alone:
        return f"{text} {_('It could not be met even alone.')}"
    if one.clashes:
        against = _list([aim(aims[place]) for place in one.clashes])
        return f"{text} {_('It could be met alone, and not together with: %(aims)s.', aims=against)}"
    return f"{text} {_('It could be met alone, and not with all the others.')}"


def region_name(region: str) -> str:
    """A region by the value it is stored as."""
    return str(dict(REGIONS).get(region, region))
