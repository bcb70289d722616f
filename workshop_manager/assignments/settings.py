"""What a chair asks of the automatic assignment, and what came of it: plain values, kept as JSON in a proposal."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MOST_REVIEWS = 10
MOST_LOAD = 100


RULES = ("senior", "languages", "tracks")
"""Names of the settings that leave reviewers out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`reviews` a submission, at most `load` a reviewer who said no number; the rest are rules and wishes.

    `weigh` is a key of `rules.WEIGHTS`, `text` one of `rules.TEXTS`.
    """

    reviews: int = 3
    load: int = 6
    fair: bool = False
    weigh: str = "alike"
    text: str = "some"
    senior: bool = False
    languages: bool = False
    tracks: bool = False

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Settings":
        """As kept in a proposal; what is not there is as at first."""
        return cls(**{one.name: kept[one.name] for one in fields(cls) if one.name in kept})

    def kept(self) -> dict[str, Any]:
        """To be kept in a proposal."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Lack:
    """Places of one submission that stay empty, and what whoever filled them would have to bring."""

    submission_id: int
    places: int
    senior: bool = False
    language: str | None = None
    track_id: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the solver found, beside its pairs. Fits are in tenths of a per mille of a perfect one."""

    places: int = 0
    """How many were to be filled."""
    total: int = 0
    best: int = 0
    """The greatest total there is; `total` is the same unless fairness was asked for."""
    worst: int = 0
    """The fit of the worst-off submission, all its readers together."""
    possible: int = 0
    """What `worst` cannot exceed."""
    lacks: list[Lack] = field(default_factory=list)
    raised: dict[int, int] = field(default_factory=dict)
    """Reviewer → how many more they would have to take for the lacks to be as small as they can be."""
    beyond: list[Lack] = field(default_factory=list)
    """What stays empty however much reviewers take."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Rule that was asked for → how many more places are filled without it, with loads as they are."""

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Result":
        """As kept in a proposal."""
        values = dict(kept)
        for name in ("lacks", "beyond"):
            values[name] = [Lack(**one) for one in values.get(name, ())]
        values["raised"] = {int(one): more for one, more in values.get("raised", {}).items()}
        return cls(**values)

    def kept(self) -> dict[str, Any]:
        """To be kept in a proposal."""
        return asdict(self) | {"raised": {str(one): more for one, more in self.raised.items()}}
