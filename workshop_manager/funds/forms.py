"""The shape of what organisers type about funds, and what forms about money have in common."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, SelectField, SelectMultipleField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.core.money import CURRENCIES, NotMoney, exponent, parse_amount
from workshop_manager.funds import uses, words
from workshop_manager.funds.models import Fund
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.funds.rules import FundRules
from workshop_manager.funds.service import FundContent, RateContent
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


_CHECKS: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}


class FundForm(Versioned):
    """A fund."""

    name = LineField(_l("Name"), [required(_l("Give the fund a name, such as General fund."))], most=100)
    sponsor = LineField(_l("Sponsor"), most=200, description=_l("Shown to everybody."))
    purpose = LineField(
        _l("What for"), most=500, description=_l("Shown to everybody, such as “virtual aid: data, power”.")
    )
    amount = LineField(_l("Amount"), [required(_l("Say how much there is."))], most=40, render_kw=FIGURES)
    currency = SelectField(_l("Currency"))
    first_time_only = BooleanField(_l("Only people who present for the first time"))
    virtual_only = BooleanField(_l("Only people who take part from afar"))
    regions = SelectMultipleField(_l("Only people of these regions"), **_CHECKS)
    stages = SelectMultipleField(_l("Only people at these stages"), **_CHECKS)
    kinds = SelectMultipleField(_l("Only these kinds of cost"), **_CHECKS)

    def __init__(
        self, fund: Fund | None = None, currency: str = CURRENCIES[0], *, is_another_sent: bool = False
    ) -> None:
        data: dict[str, Any] = {"version": "0", "currency": currency}
        if fund is not None:
            data = {name: getattr(fund, name) for name in ("name", "sponsor", "purpose", "currency")}
            data |= {"version": str(fund.version), "amount": plain_amount(fund.amount, fund.currency)}
            rules = fund.rules
            data |= {"first_time_only": rules.first_time_only, "virtual_only": rules.virtual_only}
            data |= {name: sorted(getattr(rules, name)) for name in ("regions", "stages", "kinds")}
        if is_another_sent:
            data["formdata"] = None  # what was sent is of another form on this page
        super().__init__(**data)
        self.regions.choices = [SelectChoice(value, str(name)) for value, name in words.REGIONS]
        self.stages.choices = [SelectChoice(value, str(name)) for value, name in words.STAGES]
        self.kinds.choices = [SelectChoice(value, name) for value, name in uses.kinds()]
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
            rules=FundRules(
                first_time_only=bool(self.first_time_only.data),
                regions=frozenset(self.regions.data or ()),
                stages=frozenset(self.stages.data or ()),
                virtual_only=bool(self.virtual_only.data),
                kinds=frozenset(self.kinds.data or ()),
            ),
        )


class OverrideForm(Versioned):
    """More than a fund holds, for somebody else to allow."""

    more = LineField(_l("How much more"), [required(_l("Say how much more."))], most=40, render_kw=FIGURES)
    reason = LineField(_l("Why"), [required(_l("Say why, for whoever decides about it."))], most=500)

    def refuse(self, refusal: FieldConflict) -> None:
        add_error(self, "more" if refusal.field == "amount" else refusal.field, refusal.sentence)


class RateForm(Versioned):
    """An exchange rate."""

    currency = SelectField(_l("One of"))
    rate = LineField(_l("Is"), [required(_l("Say how much."))], most=30, render_kw=FIGURES)
    into = SelectField(_l("Of"))
    day = DateField(_l("On"), [required(_l("Say of which day the rate is."))])
    source = LineField(
        _l("Source"),
        [required(_l("Say who published it."))],
        most=200,
        description=_l("Such as a central bank."),
    )

    def __init__(self) -> None:
        super().__init__()
        for field in (self.currency, self.into):
            field.choices = [SelectChoice(code, code) for code in sorted(CURRENCIES)]

    def content(self) -> RateContent | None:
        """What was typed, or None with the reason beside the rate."""
        try:
            rate = Decimal(self.rate.data or "")
        except InvalidOperation:
            rate = Decimal("NaN")
        if self.day.data is None:
            return None
        if not rate.is_finite() or not Decimal("1e-9") <= rate <= Decimal("1e9"):
            add_error(self, "rate", str(_("Write a number above zero, such as 0.9215.")))
            return None
        return RateContent(self.currency.data, self.into.data, self.day.data, rate, self.source.data or "")
