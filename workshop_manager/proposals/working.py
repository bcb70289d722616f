"""Works a proposal out and says it in plain values; nothing is written."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workshop_manager.core.money import exponent
from workshop_manager.grants import words as grants
from workshop_manager.proposals import queries, rules, words
from workshop_manager.proposals.queries import Basis
from workshop_manager.proposals.rules import Answer, Need
from workshop_manager.proposals.settings import Settings
from workshop_manager.workshops.rules import Standing

MORE = 1000
"""In whole units of a currency: what is tried to see whom a little more would help."""


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A proposal with its reasons."""

    basis: Basis
    answer: Answer
    needs: dict[int, Need]


def work_out(session: Session, edition_id: int, standing: Standing, settings: Settings) -> WorkedOut:
    """The best set of awards over what the standing may see."""
    return solved(queries.basis(session, edition_id, standing, settings))


def solved(found: Basis) -> WorkedOut:
    """The best set of awards, and why nobody gets more."""
    # Here, so that the solver is not in the memory of who serves pages.
    from workshop_manager.proposals import solver

    answer = solver.solve(found.problem)
    return WorkedOut(found, answer, solver.reasons(found.problem, answer))


def further(done: WorkedOut) -> list[dict[str, Any]]:
    """For each fund whom so much more in it would help besides, by application."""
    from workshop_manager.proposals import solver

    short = {fund for need in done.needs.values() for fund in need.extra}
    found = []
    for pot in done.basis.problem.pots:
        if pot.id in short:
            minor = MORE * 10 ** exponent(pot.currency)
            awards = solver.with_more(done.basis.problem, pot.id, minor).awards
            besides = [
                one.id for one in done.basis.problem.applicants if awards.get(one.id) and not _helped(done, one.id)
            ]
            found.append({"fund": pot.name, "money": grants.money(minor, pot.currency), "applications": besides})
    return found


def _helped(done: WorkedOut, application_id: int) -> bool:
    return bool(done.answer.awards.get(application_id))


def figures(done: WorkedOut, more: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole of a proposal as plain values, without a name: people helped, money, aims, the least-helped region."""
    problem, awards = done.basis.problem, done.answer.awards
    helped = [one for one in problem.applicants if awards.get(one.id)]
    return {
        "people": len(problem.applicants) + len(done.basis.kept_out),
        "helped": len(helped),
        "in_full": sum(1 for one in helped if done.needs[one.id].reason == rules.IN_FULL),
        "gap": gap_of(done.answer.gap),
        "funds": funds(done),
        "missed": [words.missed(done.basis, one) for one in done.answer.missed],
        "further": more,
        "regions": _regions(done),
    }


def gap_of(gap: rules.Gap) -> dict[str, Any]:
    """What could at most be missing, by step: thousandths of the aims, points of help, minor units by currency."""
    return {"aims": gap.aims, "points": gap.points, "money": dict(gap.money)} if gap else {}


def _regions(done: WorkedOut) -> dict[str, list[int]]:
    """By region: people helped, people."""
    found: dict[str, list[int]] = {}
    for one in done.basis.problem.applicants:
        for group in one.groups:
            if group.startswith("region:"):
                counts = found.setdefault(group.partition(":")[2], [0, 0])
                counts[0] += _helped(done, one.id)
                counts[1] += 1
    return found


def items(done: WorkedOut) -> list[dict[str, Any]]:
    """Each applicant by rank: what they get from where, and why."""
    rows = []
    kept_out = {one.id: Need(rules.KEPT_OUT) for one in done.basis.kept_out.values()}
    everybody = [*done.basis.problem.applicants, *done.basis.kept_out.values()]
    for one in sorted(everybody, key=lambda each: each.rank):
        lines = done.answer.awards.get(one.id, {})
        awards = [
            {"line": ask.id, "kind": ask.kind, "asked": ask.asked, "amount": lines[ask.id][1],
             "fund_id": lines[ask.id][0], "fund": done.basis.funds[lines[ask.id][0]].name}
            for ask in one.asks
            if ask.id in lines
        ]  # fmt: skip
        need = kept_out.get(one.id) or done.needs[one.id]
        rows.append(
            {
                "application": one.id,
                "rank": one.rank,
                "currency": one.currency,
                "asked": sum(ask.asked for ask in one.asks),
                "amount": rules.given_to(done.answer.awards, one.id),
                "awards": awards,
                "reason": need.reason,
                "extra": {done.basis.funds[fund].name: minor for fund, minor in need.extra.items()},
                "sentence": words.reason(done.basis, done.answer, one, need),
            }
        )
    return rows


def funds(done: WorkedOut) -> list[dict[str, Any]]:
    """What each fund holds, and has left after the proposal."""
    left = rules.money_left(done.basis.problem, done.answer.awards)
    return [
        {
            "fund": pot.name,
            "currency": pot.currency,
            "amount": pot.amount,
            "left": left[pot.id],
            "given": pot.left - left[pot.id],
        }
        for pot in done.basis.problem.pots
    ]


def notes(done: WorkedOut) -> list[str]:
    """What money is left, which aims are missed, and whether anything better could exist."""
    left = rules.money_left(done.basis.problem, done.answer.awards)
    found = [
        f"{pot.name}: {grants.money(left[pot.id], pot.currency)} of {grants.money(pot.amount, pot.currency)} left."
        for pot in done.basis.problem.pots
    ]
    found += [words.missed(done.basis, one) for one in done.answer.missed]
    if done.answer.gap:
        found.append(f"The search ended before it was known to be the best: {words.gap(gap_of(done.answer.gap))}.")
    else:
        found.append("Nothing better exists under these rules.")
    return found
