"""Works a proposal out and says it in plain values; nothing is written."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workshop_manager.grants import words as grants
from workshop_manager.proposals import queries, rules, words
from workshop_manager.proposals.queries import Basis
from workshop_manager.proposals.rules import Answer, Need
from workshop_manager.proposals.settings import Settings
from workshop_manager.workshops.rules import Standing


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A proposal with its reasons."""

    basis: Basis
    answer: Answer
    needs: dict[int, Need]


def work_out(session: Session, edition_id: int, standing: Standing, settings: Settings) -> WorkedOut:
    """The best set of awards over what the standing may see."""
    # Here, so that the solver is not in the memory of who serves pages.
    from workshop_manager.proposals import solver

    found = queries.basis(session, edition_id, standing, settings)
    answer = solver.solve(found.problem)
    return WorkedOut(found, answer, solver.reasons(found.problem, answer))


def items(done: WorkedOut) -> list[dict[str, Any]]:
    """Each applicant by rank: what they get from where, and why."""
    rows = []
    for one in done.basis.problem.applicants:
        lines = done.answer.awards.get(one.id, {})
        awards = [
            {"kind": ask.kind, "asked": ask.asked, "amount": lines[ask.id][1],
             "fund": done.basis.funds[lines[ask.id][0]].name}
            for ask in one.asks
            if ask.id in lines
        ]  # fmt: skip
        need = done.needs[one.id]
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
        {"fund": pot.name, "currency": pot.currency, "amount": pot.amount, "left": left[pot.id]}
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
        found.append(f"The search ended before it was known to be the best: gap {done.answer.gap}.")
    else:
        found.append("Nothing better exists under these rules.")
    return found
