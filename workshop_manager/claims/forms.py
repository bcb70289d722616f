"""The shape of what grantees and treasurers type about claims."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, DateField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import ValidationError

from workshop_manager.claims import words
from workshop_manager.claims.states import Way
from workshop_manager.core.money import CURRENCIES
from workshop_manager.funds.forms import FIGURES, Versioned
from workshop_manager.grants.models import Application, Line
from workshop_manager.grants.words import kind_name
from workshop_manager.web.forms import BaseForm, Text, required
from workshop_manager.web.forms import Line as LineField


class ReceiptForm(Versioned):
    """One receipt; it is stored at once."""

    file = FileField(_l("Receipt"), description=_l("A PDF of at most 20 pages, or a picture; at most 10 MB."))
    amount = LineField(_l("Amount on it"), [required(_l("Write the amount that stands on it."))], most=40,
                       render_kw=FIGURES)  # fmt: skip
    currency = SelectField(_l("Currency"))
    day = DateField(_l("Day on it"), [required(_l("Choose the day that stands on it."))])

    def __init__(self, currency: str) -> None:
        super().__init__(currency=currency)
        self.currency.choices = [SelectChoice(code, code) for code in sorted(CURRENCIES)]

    def validate_file(self, field: Field) -> None:
        """Without a file there is nothing to keep."""
        if self.upload is None:
            raise ValidationError(str(_("Choose the file.")))

    @property
    def upload(self) -> FileStorage | None:
        """The file, if one was chosen."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None


class HandInForm(Versioned):
    """The receipts are all there."""

    in_advance = BooleanField(
        _l("This was booked and paid in advance"),
        description=_l("Such as a flight. Everything else is claimed after the event."),
    )


def _iban(_form: BaseForm, field: Field) -> None:
    """What looks like an IBAN must be one (ISO 13616: the number modulo 97 is 1)."""
    typed = re.sub(r"\s", "", field.data or "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", typed):
        return
    digits = "".join(str(int(character, 36)) for character in typed[4:] + typed[:4])
    if int(digits) % 97 != 1:
        raise ValidationError(str(_("This IBAN has a slip: two of its characters are swapped or wrong.")))


class BankForm(BaseForm):
    """Where to pay to."""

    holder = LineField(_l("Name of whoever holds the account"), [required(_l("Write the name as the bank has it."))],
                       most=200)  # fmt: skip
    account = LineField(
        _l("IBAN or account number"),
        [required(_l("Write the number of the account.")), _iban],
        most=60,
        render_kw={"autocomplete": "off"},
    )
    bank = LineField(_l("BIC, or the bank’s routing number"), most=60, render_kw={"autocomplete": "off"})
    where = LineField(_l("Bank and country"), [required(_l("Write which bank, and in which country."))], most=200)
    more = Text(
        _l("What else is needed"), most=500, description=_l("Such as the bank’s address, or a bank in between.")
    )

    @property
    def content(self) -> dict[str, str]:
        """What was typed."""
        return {name: getattr(self, name).data or "" for name in ("holder", "account", "bank", "where", "more")}

    @classmethod
    def shown(cls, details: dict[str, str]) -> list[tuple[str, str]]:
        """Stored details as label and text; opens no form."""
        labels = {
            "holder": _("Name"), "account": _("IBAN or account number"), "bank": _("BIC or routing number"),
            "where": _("Bank and country"), "more": _("Besides"),
        }  # fmt: skip
        return [(str(labels[name]), details[name]) for name in labels if details.get(name)]


class Apart(Versioned):
    """One of several forms of a page: its fields have names of their own."""

    begins = ""

    def __init__(self, **values: Any) -> None:
        super().__init__(prefix=self.begins, **values)


class DecisionForm(Apart):
    """What of a claim is approved."""

    begins = "decision-"

    amount = LineField(_l("Approve"), most=40, render_kw=FIGURES)
    reason = Text(_l("Why not all of it"), most=500, description=_l("The person reads it."))


class ReturnForm(Apart):
    """A claim goes back."""

    begins = "back-"

    reason = Text(_l("What is missing or wrong"), most=500, description=_l("The person reads it."))


class CorrectionForm(Versioned):
    """A payment is put right; each of a page has fields of its own."""

    def __init__(self, payment_id: int, **values: Any) -> None:
        super().__init__(prefix=f"correction-{payment_id}-", **values)

    how = RadioField(
        _l("What happened"),
        choices=[
            SelectChoice("mistake", _l("It was entered by mistake: nothing was paid")),
            SelectChoice("back", _l("The money came back, and returns to its fund")),
        ],
        default="mistake",
    )
    reason = Text(_l("Why"), most=500, description=_l("It stands in the statements."))


class PaymentForm(Apart):
    """Money that left."""

    begins = "payment-"

    amount = LineField(_l("Amount"), most=40, render_kw=FIGURES)
    way = RadioField(
        _l("How"), choices=[SelectChoice(way.value, text) for way, text in words.WAYS.items()],
        default=Way.TRANSFER.value,
    )  # fmt: skip
    paid_on = DateField(_l("Day"), [required(_l("Choose the day."))])
    reference = LineField(
        _l("Reference"), most=300,
        description=_l("Of the transfer; for what we booked: what, with whom, and its number."),
    )  # fmt: skip

    @property
    def chosen(self) -> Way:
        return Way(self.way.data)

    @property
    def on(self) -> date:
        """The day; asked for a form that is whole."""
        assert self.paid_on.data is not None
        return self.paid_on.data


class BookingForm(PaymentForm):
    """Paid for somebody who hands nothing in."""

    line = SelectField(_l("For"))


def booking_form(application: Application, lines: Sequence[tuple[Line, int]], today: date) -> Any:
    """For one of these lines, with what is left of each."""
    form = BookingForm(paid_on=today, way=Way.BOOKED.value)
    form.line.choices = [
        SelectChoice(
            str(line.id),
            _("%(what)s, %(left)s left", what=kind_name(line.kind), left=words.money(left, application.currency)),
        )
        for line, left in lines
    ]
    return form
