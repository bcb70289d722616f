"""What is typed on the pages of this package."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange

from workshop_manager.assignments.settings import MOST_LOAD, MOST_REVIEWS, Settings
from workshop_manager.assignments.words import TEXTS, WEIGHTS
from workshop_manager.submissions.topics import LONGEST
from workshop_manager.web.forms import BaseForm, Text, required


def _whole(label: Any, low: int, high: int, hint: Any) -> IntegerField:
    words = _l("A whole number from %(low)s to %(high)s.", low=low, high=high)
    return IntegerField(
        label,
        [required(words), NumberRange(low, high, words)],
        description=hint,
        render_kw={"type": "number", "min": low, "max": high, "inputmode": "numeric"},
    )


class AutomaticForm(BaseForm):
    """What the solver shall do."""

    reviews = _whole(_l("Reviews for each abstract"), 1, MOST_REVIEWS, _l("What is assigned already counts."))
    load = _whole(
        _l("Most abstracts for one reviewer"), 1, MOST_LOAD, _l("A smaller number of their own counts instead.")
    )
    aim = RadioField(
        _l("What matters most"),
        choices=[
            SelectChoice("total", _l("The best fit in all")),
            SelectChoice("fair", _l("The worst-off abstract first")),
        ],
    )
    weigh = SelectField(
        _l("What makes a good fit"), choices=[SelectChoice(key, words) for key, words in WEIGHTS.items()]
    )
    text = SelectField(
        _l("What reviewers wrote and know counts"), choices=[SelectChoice(key, words) for key, words in TEXTS.items()]
    )
    senior = BooleanField(_l("At least one senior reviewer for each abstract"))
    languages = BooleanField(_l("Only reviewers who read the language it is written in"))
    tracks = BooleanField(_l("Only reviewers who take its track; whoever named no track takes any"))

    @property
    def settings(self) -> Settings:
        """As the service wants them."""
        return Settings(
            reviews=self.reviews.data or 1,
            load=self.load.data or 1,
            fair=self.aim.data == "fair",
            weigh=str(self.weigh.data),
            text=str(self.text.data),
            senior=bool(self.senior.data),
            languages=bool(self.languages.data),
            tracks=bool(self.tracks.data),
        )


def automatic_form(settings: Settings) -> AutomaticForm:
    """The form, filled with these settings unless it was sent."""
    return AutomaticForm(
        reviews=settings.reviews,
        load=settings.load,
        aim="fair" if settings.fair else "total",
        weigh=settings.weigh,
        text=settings.text,
        senior=settings.senior,
        languages=settings.languages,
        tracks=settings.tracks,
    )


class TableForm(BaseForm):
    """Assignments as a table, typed or pasted."""

    text = Text(
        _l("Assignments, a line each"),
        [required(_l("Paste the table, or choose a file."))],
        most=2_000_000,
        render_kw={"rows": 12, "spellcheck": "false"},
    )


def topic_names(typed: Sequence[str]) -> list[str]:
    """Topics as typed, a line each, without what is empty."""
    return [name[:LONGEST] for line in typed for name in (" ".join(line.split()),) if name]
