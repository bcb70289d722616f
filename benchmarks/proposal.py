"""The proposal of awards beside what people do by hand: from the first in rank down, while the money lasts.

python -m benchmarks.proposal [--people 500]
"""

import argparse
import random
import time

from workshop_manager.proposals import rules, solver
from workshop_manager.proposals.rules import Applicant, Ask, Awards, MostPer, Pot, Problem, Share

REGIONS = ("africa", "latin-america", "middle-east", "south-asia", "east-asia", "europe", "north-america")
WEIGHTS = (10, 9, 6, 18, 16, 21, 20)
STAGES = ("student", "postdoc", "faculty", "independent")
KINDS = {
    "air": (30_000, 160_000, 100, 1.0),
    "lodging": (18_000, 60_000, 50, 0.8),
    "waiver": (15_000, 35_000, 100, 0.6),
    "visa": (4_000, 20_000, 100, 0.4),
    "ground": (2_000, 12_000, 50, 0.5),
    "caregiving": (10_000, 40_000, 50, 0.1),
    "data": (2_000, 10_000, 50, 0.1),
    "other": (1_000, 9_000, 50, 0.2),
}
"""By kind: the least and the most asked for, what is useful of it in per cent, and how many ask."""
EXTRA = frozenset({"ground", "other"})
"""Good to have; the rest of what somebody asks for comes together or not at all."""
CAP_LODGING = 43_400
POTS = (
    Pot(1, "General fund", "USD", 9_000_000, 9_000_000),
    Pot(2, "Regional fund", "USD", 3_500_000, 3_500_000),
    Pot(3, "Students' fund", "USD", 3_000_000, 3_000_000),
    Pot(4, "Care and visas", "USD", 1_000_000, 1_000_000),
)
NEAR = frozenset({"africa", "latin-america", "middle-east", "south-asia"})


def allowed(kind: str, region: str, stage: str) -> tuple[int, ...]:
    """Funds whose rules allow a line: all, four regions, students, care and visas."""
    rules_of = (True, region in NEAR, stage == "student", kind in {"visa", "caregiving", "data"})
    return tuple(pot.id for pot, allows in zip(POTS, rules_of, strict=True) if allows)


def problem_of(people: int, seed: int = 1) -> Problem:
    """People drawn at random, with twelve aims: a share for each of seven regions and four stages, two a lab."""
    dice = random.Random(seed)
    applicants = []
    for number in range(1, people + 1):
        region, stage = dice.choices(REGIONS, WEIGHTS)[0], dice.choices(STAGES, (60, 15, 15, 10))[0]
        asks = []
        for place, (kind, (low, high, useful, often)) in enumerate(KINDS.items()):
            if dice.random() < often:
                asked = dice.randrange(low, high, 100)
                most = min(asked, CAP_LODGING) if kind == "lodging" else asked
                least = -(-most * useful // 100)
                funds = allowed(kind, region, stage)
                asks.append(
                    Ask(number * 10 + place, kind, asked, most, least, funds, bool(funds) and kind not in EXTRA)
                )
        applicants.append(
            Applicant(
                number, number, "USD", tuple(asks), 1,
                frozenset({f"region:{region}", f"stage:{stage}"}), f"lab {dice.randrange(people // 2)}",
                dice.random() < 0.4, frozenset({dice.randrange(people)}),
            )
        )  # fmt: skip
    aims = [Share(f"region:{region}", 8) for region in REGIONS]
    aims += [Share(f"stage:{stage}", percent) for stage, percent in zip(STAGES, (40, 8, 8, 5), strict=True)]
    return Problem(tuple(applicants), POTS, (*aims, MostPer(1)), merit=5, first_timers=2)


def worst_share(problem: Problem, awards: Awards) -> float:
    """The least of all regions' shares of the money, in per cent."""
    total = sum(pot.amount for pot in problem.pots)
    shares = {f"region:{region}": 0 for region in REGIONS}
    for one in problem.applicants:
        for group in one.groups & shares.keys():
            shares[group] += rules.given_to(awards, one.id)
    return 100 * min(shares.values()) / total


def main(people: int) -> None:
    """One table."""
    problem = problem_of(people)
    began, spent = time.perf_counter(), time.process_time()
    answer = solver.solve(problem)
    took, spent = time.perf_counter() - began, time.process_time() - spent
    solver.reasons(problem, answer)
    explained = time.perf_counter() - began - took
    print(f"{people} applicants, {len(POTS)} funds, {len(KINDS)} kinds of cost, {len(problem.aims)} aims")
    print(f"{'':24}{'people helped':>14}{'of points':>11}{'money left':>12}{'worst region':>14}{'aims missed':>13}")
    for name, awards in (("by rank, by hand", rules.by_rank(problem)), ("the proposal", answer.awards)):
        left = sum(rules.money_left(problem, awards).values()) / 100
        worth = sum(problem.worth(one) for one in problem.applicants if awards.get(one.id))
        print(
            f"{name:24}{len(awards):>14}{worth:>11}{left:>12,.2f}{worst_share(problem, awards):>12.1f} %"
            f"{len(rules.misses(problem, awards)):>13}"
        )
    print(
        f"worked out in {took:.1f} s ({spent:.1f} s of processor time), reasons in {explained:.1f} s; "
        f"gap of aims {answer.gap.aims}, points {answer.gap.points}, money {sum(answer.gap.money.values())}; "
        f"faults {rules.faults(problem, answer.awards)}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=500)
    main(parser.parse_args().people)
