"""The shape of the call's settings as typed."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange

from workshop_manager.calls import words
from workshop_manager.calls.models import Call
from workshop_manager.calls.service import CallContent
from workshop_manager.calls.states import Blinding
from workshop_manager.web.forms import BaseForm, Line, Text


def _number(label: Any, low: int, high: int) -> IntegerField:
    message = str(_l("Write a whole number from %(low)s to %(high)s.", low=low, high=high))
    return IntegerField(
        label,
        [InputRequired(message), NumberRange(low, high, message)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": low, "max": high},
    )


class CallForm(BaseForm):
    """The call as organisers edit it."""

    version = HiddenField()
    headline = Line(_l("In one sentence"), most=300)
    text = Text(_l("Text"), most=20_000)
    blinding = RadioField(_l("Who sees whose name"), choices=[SelectChoice(b.value, b.value) for b in Blinding])
    needs_pdf = BooleanField(_l("A PDF is asked for"))
    page_limit = _number(_l("Pages"), 1, 50)
    reference_pages = _number(_l("Further pages for references"), 0, 20)
    word_limit = _number(_l("Words of the abstract"), 10, 3000)
    max_megabytes = _number(_l("Largest PDF, in MB"), 1, 15)

    def content(self) -> CallContent:
        """As plain values."""
        return CallContent(
            headline=self.headline.data or "",
            text=self.text.data or "",
            blinding=Blinding(self.blinding.data),
            needs_pdf=bool(self.needs_pdf.data),
            page_limit=self.page_limit.data or 1,
            reference_pages=self.reference_pages.data or 0,
            word_limit=self.word_limit.data or 10,
            max_megabytes=self.max_megabytes.data or 1,
        )


def call_form(call: Call) -> CallForm:
    """The form, filled with the call as it stands unless something was sent."""
    values = {name: getattr(call, name) for name in CallContent.__slots__} | {"blinding": call.blinding.value}
    form = CallForm(data=values | {"version": str(call.version)})
    form.blinding.choices = [SelectChoice(b.value, words.blinding_text(b)) for b in Blinding]
    return form
