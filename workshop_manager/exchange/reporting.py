"""What an import did or would do, told to whoever ran the command: in words, or as data."""

from typing import Any

from workshop_manager.exchange import words
from workshop_manager.exchange.planning import Plan
from workshop_manager.exchange.states import Sort

_WHATS = ("new", "changed", "same", "left")
_MOST = 200


def as_dict(plan: Plan, *, applied: bool) -> dict[str, Any]:
    """As data: counts by kind of row, what has to be mended and what to know, by row."""
    counts = {sort.value: {what: plan.count(what, sort) for what in _WHATS if plan.count(what, sort)} for sort in Sort}
    return {
        "source": plan.source.value,
        "applied": applied,
        "rows": {sort: found for sort, found in counts.items() if found},
        "states": {status: fate.value for status, fate, _count in plan.statuses},
        "problems": [{"row": one.line, "sentence": words.problem_text(one)} for one in plan.problems],
        "remarks": [words.problem_text(one) for one in plan.remarks],
    }


def as_text(plan: Plan, *, applied: bool) -> str:
    """In words, a line each."""
    lines = [f"Read as an export of {words.source_name(plan.source)}."]
    lines += [words.problem_text(one) for one in plan.remarks]
    for sort in Sort:
        said = [f"{plan.count(what, sort)} {what}" for what in _WHATS if plan.count(what, sort)]
        if said:
            lines.append(f"{sort.value}: {', '.join(said)}")
    lines += [f"{where}: {text}" for where, text in map(words.placed, plan.problems[:_MOST])]
    if plan.problems:
        lines.append("Nothing was brought in. Mend the file, or say what its columns hold.")
    elif applied:
        lines.append("Brought in.")
    elif plan.does_something:
        lines.append("Nothing has happened yet. Leave --dry-run out to bring it in.")
    else:
        lines.append("Everything in this file is here already.")
    return "\n".join(lines)
