"""The forms of an import: the file, and what is said of it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.core.deadlines import AOE, zone_names
from workshop_manager.core.text import clean_line
from workshop_manager.exchange import words
from workshop_manager.exchange.service import Looked
from workshop_manager.exchange.states import DateOrder, Fate, Sort, Source
from workshop_manager.web.forms import BaseForm


class UploadForm(BaseForm):
    """A file of another system."""

    file = FileField(
        _l("The file"),
        description=_l("CSV, tab-delimited text or JSON, up to 30 MB and 3,000 rows."),
    )
    source = SelectField(_l("Where it comes from"), validate_choice=False)

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    @property
    def chosen(self) -> Source | None:
        """The source that was chosen; None leaves it to be recognised."""
        return next((one for one in Source if one.value == self.source.data), None)


def upload_form() -> UploadForm:
    """The form with its choices."""
    form = UploadForm()
    choices = [SelectChoice(one.value, words.source_name(one)) for one in Source]
    form.source.choices = [SelectChoice("", str(_l("Recognise it by its columns"))), *choices]
    return form


def wishes_of(sent: Mapping[str, str], looked: Looked) -> dict[str, Any]:
    """What was said of a file, as it is kept. Another source or kind of rows begins with columns recognised anew."""
    understood, plan = looked.understood, looked.plan
    source = sent.get("source", understood.source.value)
    sort = sent.get("sort", understood.sort.value)
    wishes: dict[str, Any] = {
        "source": source if source in {one.value for one in Source} else understood.source.value,
        "sort": sort if sort in {one.value for one in Sort} else understood.sort.value,
        "strangers": bool(sent.get("strangers")),
    }
    zone = clean_line(sent.get("zone", ""))
    wishes["zone"] = AOE if zone.casefold() == "aoe" else zone if zone in zone_names() else ""
    order = sent.get("order", "")
    wishes["order"] = order if order in {one.value for one in DateOrder} else DateOrder.AUTO.value
    if (wishes["source"], wishes["sort"]) == (understood.source.value, understood.sort.value) and understood.columns:
        wishes["mapping"] = {
            column: sent.get(f"map-{place}", "")
            for place, column in enumerate(understood.columns)
            if sent.get(f"map-{place}")
        }
    fates = {one.value for one in Fate}
    wishes["fates"] = {
        status: sent[f"fate-{place}"]
        for place, (status, _fate, _count) in enumerate(plan.statuses)
        if sent.get(f"fate-{place}") in fates
    }
    wishes["tracks"] = dict(_tracks(sent, looked))
    for name in ("score", "confidence"):
        low, high = _number(sent.get(f"{name}-low")), _number(sent.get(f"{name}-high"))
        if low is not None and high is not None and low < high:
            wishes[name] = [low, high]
    return wishes


def _tracks(sent: Mapping[str, str], looked: Looked) -> list[tuple[str, int | None]]:
    """The tracks chosen for the file's words; `-` says none, and an empty choice is no choice."""
    chosen: list[tuple[str, int | None]] = []
    for place, (word, _track_id, _sure, _count) in enumerate(looked.plan.tracks):
        value = sent.get(f"track-{place}", "")
        if value == "-":
            chosen.append((word, None))
        elif value.isascii() and value.isdigit() and len(value) < 10:
            chosen.append((word, int(value)))
    return chosen


def _number(typed: str | None) -> float | None:
    try:
        value = float((typed or "").replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) <= 1000 else None
