"""The import as a command: what was said on its line, and running it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from workshop_manager.core.deadlines import zone_names
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.exchange.files import Content, content_of
from workshop_manager.exchange.planning import Plan
from workshop_manager.exchange.reading import MOST_BYTES
from workshop_manager.exchange.service import bring_in, look
from workshop_manager.exchange.states import Fate, Target
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.models import Edition


@dataclass(frozen=True, slots=True)
class Said:
    """The options of the command; pairs are `name=value`. A column holds a target, or answers a question."""

    source: str | None = None
    rows: str | None = None
    columns: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    nameless: bool = False
    zone: str = ""


def run(uow: UnitOfWork, edition: Edition, file: Path, said: Said, *, tell: bool) -> Plan:
    """Bring a file in as the machine's owner; Refused with every problem if something is wrong with it."""
    with file.open("rb") as opened:
        content = content_of(opened.read(MOST_BYTES + 1))
    wishes = _wishes(uow, edition, content, said)
    return bring_in(uow, edition, None, content, wishes, tell=tell)


def _wishes(uow: UnitOfWork, edition: Edition, content: Content, said: Said) -> dict[str, Any]:
    keys = {track.key: track.id for track in workshops.tracks(uow.session, edition.id)}
    wishes: dict[str, Any] = {"source": said.source, "sort": said.rows, "strangers": said.nameless}
    if said.zone:
        wishes["zone"] = _known(said.zone, {name: name for name in zone_names()})
    wishes["tracks"] = {word: _known(key, keys) for word, key in _pairs(said.tracks)}
    fates = {one.value: one.value for one in Fate}
    wishes["fates"] = {word: _known(fate, fates) for word, fate in _pairs(said.states)}
    if said.columns and content.table is not None:
        looked = look(uow, edition, None, content, wishes)
        seen, columns = looked.understood, content.table.columns
        mapping = {name: target.value for name, target in seen.mapping.items()}
        mapping |= {name: f"q{question}" for name, question in seen.answers.items()}
        targets = {one.value: one.value for one in Target} | {"": ""}
        targets |= {asked.label: asked.field for asked in looked.questions}
        for column, target in _pairs(said.columns):
            mapping[_known(column, {name: name for name in columns})] = _known(target, targets)
        wishes |= {"source": seen.source.value, "sort": seen.sort.value, "mapping": mapping}
    return wishes


def _pairs(typed: Iterable[str]) -> list[tuple[str, str]]:
    """`name=value`; a name may hold an equals sign."""
    found = []
    for pair in typed:
        name, equals, value = pair.rpartition("=")
        if not equals:
            raise Conflict(str(_("“%(pair)s” is not written as name=value.", pair=pair[:80])))
        found.append((name, value))
    return found


def _known(name: str, names: dict[str, Any]) -> Any:
    if name not in names:
        listed = ", ".join([one for one in names if one][:40])
        raise Conflict(str(_("“%(name)s” is none of these: %(names)s.", name=name[:80], names=listed)))
    return names[name]
