"""What an organiser says before a draft is made."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, IntegerField, SelectMultipleField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.core.text import isolated
from workshop_manager.timetabling.options import LIGHTNING, TALK, Options
from workshop_manager.timetabling.windows import Hours, Window, read_breaks, read_rooms
from workshop_manager.web.forms import BaseForm, Text
from workshop_manager.web.times import day_text
from workshop_manager.workshops.models import Room

FARTHEST = timedelta(days=366)
"""How far from the event a further day may be."""


def _minutes(label: str, default: int) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(_l("Say how many minutes.")), NumberRange(5, 480, _l("Between 5 minutes and 8 hours."))],
        default=default,
    )


class DraftForm(BaseForm):
    """How long talks are, when and where they may be, whether those that have a place may move."""

    talk = _minutes(_l("Minutes of a talk"), TALK)
    lightning = _minutes(_l("Minutes of a lightning talk"), LIGHTNING)
    more = DateField(_l("Another day"), [Optional()])
    more_opens = TimeField(_l("Another day begins"), [Optional()])
    more_closes = TimeField(_l("Another day ends"), [Optional()])
    breaks = Text(
        _l("Breaks"),
        most=2000,
        description=_l("One a line, such as “12:00–13:00 Lunch”, or “11 Dec 15:30–16:00” for one day only."),
        render_kw={"rows": 3},
    )
    rooms = SelectMultipleField(
        _l("Only in these rooms"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("None ticked: in any."),
    )
    open = Text(
        _l("Rooms that are open for a part of the day only"),
        most=2000,
        description=_l("One a line, such as “Attic: 10:00–16:00”, or “Attic: 11 Dec 10:00–16:00” for one day only."),
        render_kw={"rows": 2},
    )
    moves = BooleanField(
        _l("Talks that have a place may move"),
        description=_l(
            "As few as possible, and only if more find room, or better. Otherwise they stay where they are."
        ),
    )
    days: Sequence[date] = ()
    there: Sequence[Room] = ()

    def pairs(self) -> list[tuple[str, Field, Field]]:
        """Each day as it is read, with its two fields."""
        return [
            (day_text(day, year=True, short=False), self[f"opens_{place}"], self[f"closes_{place}"])
            for place, day in enumerate(self.days)
        ]

    def options(self) -> Options | None:
        """What was said; None with the reason beside its field."""
        windows = [
            self._window(day, self[f"opens_{place}"], self[f"closes_{place}"]) for place, day in enumerate(self.days)
        ]
        windows += self._another()
        near = self.days[0]
        breaks, odd = read_breaks(self.breaks.data or "", near)
        _say_odd(self.breaks, odd, _("Write a break as “12:00–13:00”, not as “%(line)s”."))
        opens, unknown = read_rooms(self.open.data or "", near, [room.name for room in self.there])
        _say_odd(
            self.open, unknown, _("Write a room of this event and its hours, as “Attic: 10:00–16:00”, not “%(line)s”.")
        )
        if not any(window.opens for window in windows):
            first = self["opens_0"]
            first.errors = [*first.errors, str(_("Say on at least one day from when to when talks may be."))]
        if self.errors:
            return None
        return Options(
            self.talk.data or TALK,
            self.lightning.data or LIGHTNING,
            frozenset(self.rooms.data or ()),
            bool(self.moves.data),
            tuple(windows),
            (*breaks, *opens),
        )

    def _window(self, day: date, opens: Field, closes: Field) -> Window:
        if (opens.data is None) is not (closes.data is None):
            empty = opens if opens.data is None else closes
            empty.errors = [*empty.errors, str(_("Say both when the day begins and when it ends, or neither."))]
        elif opens.data is not None and opens.data == closes.data:
            closes.errors = [*closes.errors, str(_("It would end as it begins."))]
        return Window(day, opens.data, closes.data)

    def _another(self) -> list[Window]:
        day, times = self.more.data, (self.more_opens.data, self.more_closes.data)
        if day is None:
            if any(times):
                self.more.errors = [*self.more.errors, str(_("Say which day this is."))]
            return []
        if day in self.days:
            self.more.errors = [*self.more.errors, str(_("This day stands above already."))]
        elif not self.days[0] - FARTHEST < day < self.days[-1] + FARTHEST:
            self.more.errors = [*self.more.errors, str(_("That is more than a year from the event."))]
        elif not any(times):
            self.more_opens.errors = [*self.more_opens.errors, str(_("Say from when to when talks may be on it."))]
        return [self._window(day, self.more_opens, self.more_closes)]


def _say_odd(field: Field, lines: Sequence[str], sentence: str) -> None:
    field.errors = [*field.errors, *(sentence % {"line": isolated(line[:80])} for line in lines[:5])]


def draft_form(usual: Sequence[Window], rooms: Sequence[Room], said: Options) -> DraftForm:
    """Filled with what was said last; `usual` are the days of the event with their hours, at least one."""
    told = {window.day: window for window in said.windows}
    fields: dict[str, Any] = {"days": [window.day for window in usual], "there": rooms}
    data: dict[str, Any] = {
        "talk": said.talk, "lightning": said.lightning, "rooms": sorted(said.rooms), "moves": said.moves,
        "breaks": "\n".join(_line(one) for one in said.hours if one.room is None),
        "open": "\n".join(_line(one) for one in said.hours if one.room is not None),
    }  # fmt: skip
    for place, window in enumerate(usual):
        day = day_text(window.day)
        fields[f"opens_{place}"] = TimeField(_("%(day)s begins", day=day), [Optional()])
        fields[f"closes_{place}"] = TimeField(_("%(day)s ends", day=day), [Optional()])
        shown = told.get(window.day, window) if told else window
        data[f"opens_{place}"], data[f"closes_{place}"] = shown.opens, shown.closes
    further = next((window for day, window in told.items() if day not in fields["days"]), None)
    if further is not None:
        data |= {"more": further.day, "more_opens": further.opens, "more_closes": further.closes}
    form: DraftForm = type("_Draft", (DraftForm,), fields)(**data)
    form.rooms.choices = [SelectChoice(room.name, room.name) for room in rooms]
    return form


def _line(one: Hours) -> str:
    day = f"{one.day.isoformat()} " if one.day else ""
    room = f"{one.room}: " if one.room else ""
    return f"{room}{day}{one.start:%H:%M}–{one.end:%H:%M}"
