"""The stage, and what each persona met on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.access.visits import Visit, visits_of
from tests.personas import Persona
from tests.stage import Stage

Visits = Callable[[Persona], list[Visit]]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of one run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "main" else base.parent) / "stage"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def stage(shared: Path) -> Iterator[Stage]:
    made = Stage(shared)
    yield made
    made.close()


@pytest.fixture(scope="session")
def visits(stage: Stage, shared: Path) -> Visits:
    """`visits(OWNER)`: every address as the owner met it."""
    known: dict[str, list[Visit]] = {}

    def look_up(persona: Persona) -> list[Visit]:
        if persona.key not in known:
            known[persona.key] = visits_of(stage, persona, shared)
        return known[persona.key]

    return look_up
