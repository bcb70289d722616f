"""What an import did, told to whoever ran the command, as plain values."""

from typing import Any

from workshop_manager.exchange import words
from workshop_manager.exchange.planning import Plan
from workshop_manager.exchange.reading import Problem
from workshop_manager.exchange.states import Sort

_WHATS = ("new", "changed", "same", "left")


def told(plan: Plan) -> dict[str, Any]:
    """Counts by kind of row, what each row did unless it changed nothing, and how the file was read."""
    rows = {sort.value: {what: plan.count(what, sort) for what in _WHATS if plan.count(what, sort)} for sort in Sort}
    items = [
        {
            "row": one.line,
            "sort": one.sort.value,
            "what": one.what,
            "title": one.title or one.key.partition("\t")[0],
            "why": words.problem_text(one.why) if one.why else None,
        }
        for one in plan.steps
        if one.what != "same"
    ]
    notes = [f"Read as an export of {words.source_name(plan.source)}."]
    notes += [words.problem_text(one) for one in plan.remarks]
    notes += [
        f"{sort}: " + ", ".join(f"{n} {what}" for what, n in found.items()) for sort, found in rows.items() if found
    ]
    if not plan.does_something:
        notes.append("Everything in this file is here already.")
    return {
        "counts": {what: plan.count(what) for what in _WHATS},
        "items": items,
        "notes": notes,
        "about": {
            "source": plan.source.value,
            "rows": {sort: found for sort, found in rows.items() if found},
            "states": {status: fate.value for status, fate, _count in plan.statuses},
        },
    }


def problem(one: Problem) -> dict[str, Any]:
    """What is wrong with a row; row 0 is the file as a whole."""
    return {"row": one.line, "sentence": words.problem_text(one)}
