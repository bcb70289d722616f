"""The shape of what organisers type about funds, and what forms about money have in common."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from workshop_manager.core.money import CURRENCIES, NotMoney, exponent, parse_amount
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.funds.service import FundContent
from workshop_manager.web.forms import BaseForm, required
from workshop_manager.web.forms import Line as LineField

FIGURES = {"inputmode": "decimal", "autocomplete": "off"}


def plain_amount(minor: int, currency: str) -> str:
    """An amount as it stands in a field: `1840` or `1840.50`."""
    digits = exponent(currency)
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if part else str(whole)


class Versioned(BaseForm):
    """A form that knows from which version it was filled."""

    version = HiddenField()

    @property
    def started_from(self) -> int:
        """The version this form was filled from; 0 for a new one or for what makes no sense."""
        return number(self.version.data)

    def refuse(self, refusal: FieldConflict) -> None:
        """Put a refusal beside the field it is about."""
        add_error(self, refusal.field, refusal.sentence)

    def read_amount(self, name: str, currency: str) -> int | None:
        """Minor units of what was typed, 0 for nothing; None with the reason beside the field if it is no amount."""
        typed = self[name].data or ""
        if not typed:
            return 0
        try:
            return parse_amount(typed, currency)
        except NotMoney as error:
            add_error(self, name, str(error))
            return None


def add_error(form: BaseForm, field: str, sentence: str) -> None:
    """Put a sentence beside a field."""
    form[field].errors = [*form[field].errors, sentence]


def number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class FundForm(Versioned):
    """A fund."""

    name = LineField(_l("Name"), [required(_l("Give the fund a name, such as General fund."))], most=100)
    sponsor = LineField(_l("Sponsor"), most=200, description=_l("Shown to everybody."))
    purpose = LineField(
        _l("What for"), most=500, description=_l("Shown to everybody, such as “virtual aid: data, power”.")
    )
    amount = LineField(_l("Amount"), [required(_l("Say how much there is."))], most=40, render_kw=FIGURES)
    currency = SelectField(_l("Currency"))

    def __init__(self, fund: Fund | None = None, currency: str = CURRENCIES[0]) -> None:
        data: dict[str, Any] = {"version": "0", "currency": currency}
        if fund is not None:
            data = {name: getattr(fund, name) for name in ("name", "sponsor", "purpose", "currency")}
            data |= {"version": str(fund.version), "amount": plain_amount(fund.amount, fund.currency)}
        super().__init__(**data)
        self.currency.choices = [SelectChoice(code, code) for code in sorted(CURRENCIES)]

    def content(self) -> FundContent | None:
        """What was typed, or None with the reason beside the amount."""
        minor = self.read_amount("amount", self.currency.data)
        if minor == 0:
            add_error(self, "amount", str(_("A fund needs an amount above zero.")))
        if not minor:
            return None
        return FundContent(
            name=self.name.data or "",
            sponsor=self.sponsor.data or "",
            purpose=self.purpose.data or "",
            currency=self.currency.data,
            amount=minor,
        )
