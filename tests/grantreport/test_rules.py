"""What a report may tell: no figure, and no difference of figures, is about one to four people."""

import random
from itertools import combinations

from tests.shows import shows
from workshop_manager.grantreport.rules import Fact, Measure, by_person, down, parted, share, whole


def _crowd(seed: int, people: int = 60) -> list[Fact]:
    """People with up to three kinds of cost each; some offered, fewer took, fewer were paid."""
    dice, facts = random.Random(seed), []
    for one in range(1, people + 1):
        reached = dice.choices(range(4), weights=(5, 1, 2, 6))[0]
        for group in dice.sample(["air", "bed", "visa", "data", "care"], dice.randint(1, 3)):
            amounts = [100, 80 if reached > 0 else 0, 70 if reached > 1 else 0, 60 if reached > 2 else 0]
            unclaimed = 10 if reached == 3 and dice.random() < 0.3 else 0
            facts.append(Fact(one, group, *amounts, unclaimed))
    return facts


@shows("Grants", "The report suppresses small cells, and no total without the other groups tells of one")
def test_no_difference_of_figures_tells_of_fewer_than_five() -> None:
    for seed in range(40):
        facts = _crowd(seed, 20 + seed)
        part = parted(facts)
        named = {one.key for one in part.lines if one.key is not None}
        for key in {*named, None}:
            mine = by_person(one for one in facts if (one.group if one.group in named else None) == key)
            for measure, other in combinations(part.measures, 2):
                # Whoever is in one figure of a line and not in the other.
                apart = [one for one in mine if (one.of(measure) > 0) != (one.of(other) > 0)]
                assert not 0 < len(apart) < 5
        for line in part.lines:
            for one in line.sums.values():
                assert one is None or one.people == 0 or one.people >= 5
            assert all(line.sums[measure] is None for measure in Measure if measure not in part.measures)


def test_a_group_of_four_joins_the_rest_and_a_single_rest_takes_another() -> None:
    facts = [Fact(n, "africa" if n < 20 else "asia" if n < 26 else "europe", asked=100) for n in range(30)]
    part = parted(facts, [Measure.ASKED])
    assert [(one.key, one.sums[Measure.ASKED].people) for one in part.lines if one.sums[Measure.ASKED]] == [
        ("africa", 20), (None, 10)
    ]  # fmt: skip
    assert parted(facts[18:25], [Measure.ASKED]).lines == ()
    assert parted([]).lines == ()


def test_a_figure_of_few_people_is_withheld_from_groups_and_from_the_whole() -> None:
    facts = [Fact(n, "a" if n < 10 else "b", asked=100, paid=100 if n < 3 else 0) for n in range(20)]
    part = parted(facts)
    assert part.measures == (Measure.ASKED, Measure.OFFERED, Measure.TAKEN, Measure.UNCLAIMED)
    assert whole(facts).sums[Measure.PAID] is None
    found = whole(facts).apart
    assert found is not None
    assert (found.over, found.short) == (None, None)


@shows("Grants", "The report counts and averages what was spent beyond awards and what was left of them")
def test_overage_and_shortfall_are_counted_and_averaged() -> None:
    facts = [Fact(n, "a" if n % 2 else "b", asked=100, paid=100 + 20 * (n % 3 - 1)) for n in range(60)]
    found = whole(facts).apart
    assert found is not None
    assert found.over is not None
    assert found.short is not None
    assert (found.people, found.over.people, found.over.average) == (60, 20, 20)
    assert (found.short.people, found.short.average) == (20, 20)
    assert all(one.apart for one in parted(facts).lines)
    few = [*facts[:-1], Fact(59, "c", asked=100, paid=100)]
    assert all(line.key != "c" for line in parted(few).lines)


def test_shares_of_a_fund_are_coarse() -> None:
    assert [share(n, 100) for n in (0, 2, 3, 50, 97, 98)] == [0, 0, 5, 50, 95, 100]
    assert share(1, 0) == 0
    assert [down(n) for n in (0, 4, 5, 48)] == [0, 0, 5, 45]
