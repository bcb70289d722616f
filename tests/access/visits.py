"""Every persona at every address: asked once, kept in a file, looked at by many tests."""

import fcntl
import pickle
from dataclasses import dataclass
from pathlib import Path

from tests.personas import Persona
from tests.stage import Answer, Stage

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one persona and what came of it."""

    endpoint: str
    rule: str
    method: str
    path: str
    answer: Answer

    @property
    def word(self) -> str:
        """What became of it, in a word or two."""
        return word_for(self.method, self.answer)


def word_for(method: str, answer: Answer) -> str:
    """The word that stands in the matrix."""
    if 200 <= answer.status < 300:
        return "page" if answer.is_html else "file"
    if 300 <= answer.status < 400:
        if answer.location.partition("?")[0] == "/sign-in":
            return "sign in"
        return "done" if method != "GET" else "leads on"
    words = {403: "refused", 404: "·", 409: "conflict", 410: "gone", 422: "asks again", 429: "slow down"}
    return words.get(answer.status, str(answer.status))


def fillable(stage: Stage) -> tuple[list[tuple[str, str, str, str]], list[str]]:
    """What can be asked, as (endpoint, rule, method, path), and a sentence for each rule that cannot be filled."""
    found, missing = [], []
    for rule in stage.rules():
        try:
            path = stage.path(rule)
        except KeyError as error:
            missing.append(f"{rule.rule}: {error.args[0]}")
            continue
        found += [(rule.endpoint, rule.rule, m, path) for m in METHODS if m in (rule.methods or ())]
    return found, missing


def visits_of(stage: Stage, persona: Persona, shared: Path) -> list[Visit]:
    """What that persona meets; asked by whichever process comes first, read from a file by the others."""
    kept = shared / f"visits-{persona.key}.pickle"
    with open(shared / f"visits-{persona.key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            found = [
                Visit(endpoint, rule, method, path, stage.ask(persona, method, path))
                for endpoint, rule, method, path in fillable(stage)[0]
            ]
            kept.write_bytes(pickle.dumps(found))
    return list(pickle.loads(kept.read_bytes()))
