"""From what is known of works and reviewers to the solver's arrays and back. Loaded only where it runs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workshop_manager.assignments import rules, solving
from workshop_manager.assignments.basis import Basis, Work
from workshop_manager.assignments.likeness import Likeness
from workshop_manager.assignments.settings import RULES, Lack, Result, Settings
from workshop_manager.assignments.solving import Problem, Progress, Solution, no_progress
from workshop_manager.assignments.states import BidLevel

MOST_PAIRS = 400_000
CANDIDATES = 150
"""Above that many pairs only the best of each work are looked at, and whoever else is needed to fill the places: pairs
are then never all in memory, and likeness of texts is worked out a work at a time."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that was found, and why."""

    submission_id: int
    reviewer_id: int
    fit: int
    bid: BidLevel | None
    known: int
    topics: int
    alike: int | None = None
    """Likeness of texts in per cent, if there was anything to compare and it counted."""


class Pairing:
    """The pairs that the rules allow, with their fits."""

    def __init__(self, basis: Basis, settings: Settings) -> None:
        self.basis, self.settings = basis, settings
        self.works, self.reviewers = basis.works, basis.reviewers
        self.row = {work.id: place for place, work in enumerate(self.works)}
        self.column = {reviewer.id: place for place, reviewer in enumerate(self.reviewers)}
        self._barred = self._by_row(basis.conflicts | basis.barred | basis.kept)
        self._know()
        self._likeness = None
        if rules.TEXTS[settings.text]:
            self._likeness = Likeness([w.text for w in self.works], [r.text for r in self.reviewers])
        languages = {work.language for work in self.works}
        self._reads = {one: np.array([r.reads(one) for r in self.reviewers], dtype=bool) for one in languages}
        tracks = {work.track_id for work in self.works}
        self._takes = {one: np.array([r.takes(one) for r in self.reviewers], dtype=bool) for one in tracks}
        self._is_here = np.array([r.presence > 0 for r in self.reviewers], dtype=bool)
        self.senior = np.array([r.is_senior for r in self.reviewers], dtype=bool)

    def _by_row(self, pairs: frozenset[tuple[int, int]]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for work, reviewer in pairs:
            if work in self.row and reviewer in self.column:
                found.setdefault(self.row[work], []).append(self.column[reviewer])
        return found

    def _know(self) -> None:
        """Who knows which topic, and who has named any; bids by work."""
        ids = sorted({topic for work in self.works for topic in work.topics})
        self._place = {topic: place for place, topic in enumerate(ids)}
        self._knows = np.zeros((len(ids), len(self.reviewers)), dtype=np.int64)
        for column, reviewer in enumerate(self.reviewers):
            for topic in reviewer.topics & self._place.keys():
                self._knows[self._place[topic], column] = 1
        self._named = np.array([bool(r.topics) for r in self.reviewers], dtype=bool)
        self._bids: dict[int, list[tuple[int, BidLevel]]] = {}
        for (work, person), level in self.basis.bids.items():
            if work in self.row and person in self.column:
                self._bids.setdefault(self.row[work], []).append((self.column[person], level))

    def known(self, row: int) -> NDArray[np.int64]:
        """How many of a work's topics each reviewer knows."""
        places = [self._place[topic] for topic in self.works[row].topics]
        found: NDArray[np.int64] = self._knows[places].sum(axis=0)
        return found

    def fits(self, row: int) -> NDArray[np.int64]:
        """How well each reviewer fits that work: `rules.fit`, for all of them at once."""
        topics = len(self.works[row].topics)
        share = np.full(len(self.reviewers), rules.UNKNOWN)
        if topics:
            share[self._named] = self.known(row)[self._named] / topics
        worth = np.full(len(self.reviewers), rules.BID_WORTH[None])
        for column, level in self._bids.get(row, ()):
            worth[column] = rules.BID_WORTH[level]
        bids, weight = rules.WEIGHTS[self.settings.weigh]
        said, whole = bids * worth + weight * share, np.full(len(self.reviewers), float(bids + weight))
        if self._likeness is not None:
            texts = rules.TEXTS[self.settings.text] * self._likeness.has_text
            said, whole = said + texts * self._likeness.of(row), whole + texts
        found: NDArray[np.int64] = np.rint(rules.FIT * said / whole).astype(np.int64)
        return found

    def alike(self, row: int, column: int) -> int | None:
        """Likeness of texts in per cent; None if there is nothing to compare, or it does not count."""
        if self._likeness is None or not self._likeness.has_text[column]:
            return None
        return round(100 * float(self._likeness.of(row)[column]))

    def allowed(self, row: int) -> NDArray[np.bool_]:
        """Who may be given that work: conflicts, required languages and tracks are hard, and being away throughout."""
        found = self._is_here.copy()
        found[self._barred.get(row, [])] = False
        if self.settings.languages:
            found &= self._reads[self.works[row].language]
        if self.settings.tracks:
            found &= self._takes[self.works[row].track_id]
        return found

    def problem(self) -> Problem:
        """The solver's arrays: all pairs, or of too many those by which no fewer places are filled."""
        works, kept = range(len(self.works)), self._kept()
        is_whole = sum(int(self.allowed(row).sum()) for row in works) <= MOST_PAIRS
        needs_senior = np.array(
            [self.settings.senior and not self.senior[columns].any() for columns in kept.values()], dtype=bool
        )
        rows, columns, fits = [], [], []
        for row in works:
            able, fit = self._candidates(row, None if is_whole else bool(needs_senior[row]))
            rows.append(np.full(len(able), row))
            columns.append(able)
            fits.append(fit)
        found = Problem(
            rows=_joined(rows),
            columns=_joined(columns),
            fits=_joined(fits),
            wanted=np.array([max(self.settings.reviews - len(kept[row]), 0) for row in kept], dtype=np.int64),
            room=self._room(kept),
            kept=np.array([self.fits(row)[columns].sum() if columns else 0 for row, columns in kept.items()], np.int64),
            senior=self.senior,
            needs_senior=needs_senior,
        )
        return found if is_whole else self._filled(found)

    def _candidates(self, row: int, needs_senior: bool | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Whom that work may be given to, and how well they fit: all (None), or the best and somebody senior."""
        able = np.flatnonzero(self.allowed(row))
        fits = self.fits(row)[able]
        most = max(CANDIDATES, self.settings.reviews)
        if needs_senior is None or len(able) <= most:
            return able, fits
        worth = self._worth(row, able, fits)
        best = np.argpartition(worth, -most)[-most:]
        seniors = np.flatnonzero(self.senior[able])
        if needs_senior and len(seniors) and not self.senior[able[best]].any():
            best = np.append(best, seniors[np.argmax(worth[seniors])])
        best.sort()
        return able[best], fits[best]

    def _worth(self, row: int, able: NDArray[np.int64], fits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Their order, the best the greatest. Among equals each work begins elsewhere, so that not all ask the same."""
        number = len(self.reviewers)
        found: NDArray[np.int64] = fits * number + (number - 1 - (able - row * 7) % number)
        return found

    def _filled(self, problem: Problem) -> Problem:
        """With the pairs besides by which as many places are filled as by all pairs there are.

        What cannot be filled reaches some reviewers, by changing places; a pair that leads to others may help. When
        there is none, nothing can.
        """
        most = CANDIDATES
        while True:
            chosen = solving.fullest(problem)
            if int(chosen.sum()) == int(problem.wanted.sum()):
                return problem
            more = self._leading_on(problem, chosen, most)
            if not len(more[0]):
                return problem
            problem = solving.widened(problem, *more)
            most *= 2

    def _leading_on(
        self, problem: Problem, chosen: NDArray[np.bool_], most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Pairs from works that are reached to reviewers who are not: rows, columns, fits."""
        anybody, seniors, reached = solving.reached(problem, chosen)
        has_room = problem.room > np.bincount(problem.columns[chosen], minlength=len(problem.room))
        order = np.argsort(problem.rows[chosen], kind="stable")
        given = np.split(
            problem.columns[chosen][order], np.cumsum(np.bincount(problem.rows[chosen], minlength=len(self.works)))
        )
        rows, columns, fits = [], [], []
        for row in np.flatnonzero(anybody | seniors).tolist():
            open_to = self.allowed(row) & ~reached & (problem.room > 0)
            open_to &= anybody[row] & ~self.senior | seniors[row] & self.senior
            open_to[given[row]] = False
            able = np.flatnonzero(open_to)
            fit = self.fits(row)[able]
            best = np.lexsort((-self._worth(row, able, fit), ~has_room[able]))[:most]
            rows.append(np.full(len(best), row))
            columns.append(able[best])
            fits.append(fit[best])
        return _joined(rows), _joined(columns), _joined(fits)

    def _kept(self) -> dict[int, list[int]]:
        """Who has each work already; whoever left the team still reads it and has no column."""
        found: dict[int, list[int]] = {row: [] for row in range(len(self.works))}
        for work, reviewer in sorted(self.basis.kept):
            if work in self.row and reviewer in self.column:
                found[self.row[work]].append(self.column[reviewer])
        return found

    def _room(self, kept: dict[int, list[int]]) -> NDArray[np.int64]:
        has = np.bincount([c for columns in kept.values() for c in columns], minlength=len(self.reviewers))
        most = np.array([r.most(self.settings.load) for r in self.reviewers], dtype=np.int64)
        elsewhere = np.array([r.elsewhere for r in self.reviewers], dtype=np.int64)
        found: NDArray[np.int64] = np.maximum(most - elsewhere - has, 0)
        return found

    def pairs(self, problem: Problem, solution: Solution) -> list[Pair]:
        """What was chosen, with why."""
        found = []
        bids = self.basis.bids
        for index in np.flatnonzero(solution.chosen):
            row, column = int(problem.rows[index]), int(problem.columns[index])
            work, reviewer = self.works[row], self.reviewers[column]
            found.append(
                Pair(
                    work.id,
                    reviewer.id,
                    int(problem.fits[index]),
                    bids.get((work.id, reviewer.id)),
                    len(work.topics & reviewer.topics),
                    len(work.topics),
                    self.alike(row, column),
                )
            )
        return found

    def lacks(self, problem: Problem, missing: NDArray[np.int64], chosen: NDArray[np.bool_] | None) -> list[Lack]:
        """Whom the empty places wait for. The last place of a work that still has no senior waits for one."""
        has_senior = np.zeros(len(self.works), dtype=bool)
        if chosen is None:
            chosen = np.ones(len(problem.rows), dtype=bool)  # whoever could be asked
        led = chosen & problem.senior[problem.columns]
        has_senior[problem.rows[led]] = True
        found = []
        for row in np.flatnonzero(missing):
            work, senior = self.works[row], bool(problem.needs_senior[row] and not has_senior[row])
            places = int(missing[row])
            if senior:
                found.append(self._lack(work, 1, senior=True))
                places -= 1
            if places:
                found.append(self._lack(work, places, senior=False))
        return found

    def _lack(self, work: Work, places: int, *, senior: bool) -> Lack:
        language = work.language if self.settings.languages else None
        return Lack(work.id, places, senior, language, work.track_id if self.settings.tracks else None)


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


def _dropped(basis: Basis, settings: Settings, filled: int) -> dict[str, int]:
    """What each rule that was asked for costs in places."""
    found = {}
    for rule in RULES:
        if getattr(settings, rule):
            # How well they fit is of no account here.
            without = Pairing(basis, Settings.read(settings.kept() | {rule: False, "text": "none"})).problem()
            if (more := int(solving.fullest(without).sum()) - filled) > 0:
                found[rule] = more
    return found


def solve(basis: Basis, settings: Settings, progress: Progress = no_progress) -> tuple[list[Pair], Result]:
    """The best assignment there is, or the fairest that is found; what stays empty and what would fill it.

    Exact over all pairs up to `MOST_PAIRS` of them, and beyond that over the candidates; as many places are filled as
    can be filled in either case, and no smaller number of places beyond anybody's load fills the rest.
    """
    pairing = Pairing(basis, settings)
    problem = pairing.problem()
    best = solving.best_total(problem)
    found = solving.fairest(problem, best, progress) if settings.fair else best
    change = solving.smallest_change(problem) if found.missing.any() else None
    scores = found.scores(problem)
    result = Result(
        places=int(problem.wanted.sum()),
        total=found.total,
        best=best.total,
        worst=int(scores.min()) if len(scores) else 0,
        possible=solving.most_possible(problem, best),
        lacks=pairing.lacks(problem, found.missing, found.chosen),
        raised={pairing.reviewers[column].id: more for column, more in change.raised.items()} if change else {},
        beyond=pairing.lacks(problem, change.beyond, None) if change else [],
        dropped=_dropped(basis, settings, int(found.chosen.sum())) if change else {},
    )
    return pairing.pairs(problem, found), result
