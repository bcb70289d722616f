"""The shape of what applicants, committee and organisers type, turned into the dataclasses of the verbs."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, SelectMultipleField, TimeField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.money import NotMoney, parse_amount
from workshop_manager.funds.forms import FIGURES, Versioned, add_error, number, plain_amount
from workshop_manager.funds.models import Fund
from workshop_manager.funds.states import Stage
from workshop_manager.grants import words
from workshop_manager.grants.costs import MOST_NIGHTS, Limit
from workshop_manager.grants.deciding import Proposal, Terms
from workshop_manager.grants.models import Application, GrantCap, GrantSettings, Line
from workshop_manager.grants.rules import ACTIONS, Gap, leads_to
from workshop_manager.grants.service import ApplicationContent, Cost
from workshop_manager.grants.states import CostKind, Upfront, Verdict
from workshop_manager.questions import filling
from workshop_manager.questions import rules as asked
from workshop_manager.questions import words as asked_words
from workshop_manager.questions.content import Answers, Sheet
from workshop_manager.web.forms import BaseForm, Text, ZoneField, read_deadline, required
from workshop_manager.web.forms import Line as LineField

# -- applying -------------------------------------------------------------------------------------------------------


_BEFORE = {"first": False, "before": True}
_PRESENTING = {told: value for value, told in _BEFORE.items()}


class OptionalDate(DateField):
    """A day, or none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist and not "".join(valuelist).strip():
            self.data = None
            return
        super().process_formdata(valuelist)


class ApplicationForm(Versioned):
    """An application; `application_form` adds two fields for each kind of cost."""

    currency = SelectField(_l("Currency"))
    statement = Text(_l("What the grant would make possible"), most=10_000)
    arrives_on = OptionalDate(_l("You arrive"))
    departs_on = OptionalDate(_l("You leave"))
    cannot_front = BooleanField(_l("I cannot pay costs up front"))
    upfront = RadioField(
        _l("What would help you"), choices=[SelectChoice(one.value, text) for one, text in words.UPFRONT.items()]
    )
    other_funding = Text(_l("Other funding"), most=2_000)
    stage = RadioField(
        _l("Where you are in your career"),
        choices=[
            *(SelectChoice(one.value, text) for one, text in words.STAGES.items()),
            SelectChoice("", _l("No answer")),
        ],
    )
    presenting = RadioField(
        _l("Your first time presenting at a workshop like this"),
        choices=[
            SelectChoice("first", _l("Yes, the first time")),
            SelectChoice("before", _l("No, I have presented before")),
            SelectChoice("", _l("No answer")),
        ],
    )

    def content(self, sheet: Sheet, stored: Answers) -> ApplicationContent | None:
        """What was typed, or None with the reason beside each amount that is none."""
        currency = self.currency.data
        amounts = {kind: self.read_amount(f"amount_{kind.value}", currency) for kind in CostKind}
        own = {kind: self.read_amount(f"own_{kind.value}", currency) for kind in CostKind}
        if None in amounts.values() or None in own.values():
            return None
        costs = (
            Cost(
                kind,
                minor or 0,
                self[f"about_{kind.value}"].data or "",
                own[kind] or 0,
                self[f"paid_{kind.value}"].data or "",
            )
            for kind, minor in amounts.items()
        )
        return ApplicationContent(
            currency=currency,
            costs=tuple(costs),
            statement=self.statement.data or "",
            cannot_front=bool(self.cannot_front.data),
            other_funding=self.other_funding.data or "",
            upfront=Upfront(self.upfront.data),
            arrives_on=self.arrives_on.data,
            departs_on=self.departs_on.data,
            stage=Stage(self.stage.data) if self.stage.data else None,
            presented_before=_BEFORE.get(self.presenting.data),
            answers=filling.typed_answers(self, sheet, stored),
        )

    def show_all(self, gaps: Iterable[Gap | asked.Gap]) -> bool:
        """Tie everything that is missing to its field; True if something is."""
        found = list(gaps)
        for gap in found:
            text = words.gap_text(gap) if isinstance(gap, Gap) else asked_words.gap_text(gap)
            add_error(self, gap.field, text)
        return bool(found)


def _cost_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for kind in CostKind:
        fields[f"amount_{kind.value}"] = LineField(words.KIND_NAMES[kind], most=40, render_kw=FIGURES)
        fields[f"about_{kind.value}"] = LineField(_l("What for"), most=200, render_kw={"autocomplete": "off"})
        fields[f"own_{kind.value}"] = LineField(_l("You pay of it"), most=40, render_kw=FIGURES)
        fields[f"paid_{kind.value}"] = LineField(
            _l("Somebody else pays it"), most=200, render_kw={"autocomplete": "off"}
        )
    return fields


_FullApplicationForm = type("_FullApplicationForm", (ApplicationForm,), _cost_fields())


def application_form(
    currencies: Sequence[str], found: Application | None, sheet: Sheet, stored: Answers, now: datetime
) -> Any:
    """The form for these currencies and questions, filled from what is stored, or with what was sent."""
    data: dict[str, Any] = {
        "version": str(found.version if found else 0),
        "currency": currencies[0],
        "upfront": Upfront.BOOKING.value,
        "stage": "",
        "presenting": "",
    }
    if found is not None:
        data |= {
            "upfront": (found.upfront or Upfront.BOOKING).value,
            "arrives_on": found.arrives_on,
            "departs_on": found.departs_on,
            "currency": found.currency,
            "statement": found.statement,
            "cannot_front": found.cannot_front,
            "other_funding": found.other_funding,
            "stage": found.stage or "",
            "presenting": "" if found.presented_before is None else _PRESENTING[found.presented_before],
        }
        for line in found.lines:
            data[f"amount_{line.kind.value}"] = plain_amount(line.cost, found.currency)
            data[f"own_{line.kind.value}"] = plain_amount(line.own, found.currency) if line.own else ""
            data[f"about_{line.kind.value}"] = line.about
        data |= {f"paid_{kind}": source for kind, source in found.paid_elsewhere.items()}
    data |= filling.data_of(sheet, stored, {})
    form = type("_AskedApplicationForm", (_FullApplicationForm,), filling.fields_of(sheet, now))(data=data)
    form.currency.choices = [SelectChoice(currency, currency) for currency in currencies]
    if len(currencies) == 1:
        # There is nothing to choose, and the field is not shown.
        form.currency.data = currencies[0]
    return form


class AnswerForm(BaseForm):
    """What one takes of a grant; `answer_form` adds a field a line."""

    def taken(self, application: Application) -> dict[int, int] | None:
        """Minor units by line; None with the reason beside each field that holds no such amount."""
        found: dict[int, int] = {}
        for line in application.lines:
            award, name = line.live, f"take_{line.id}"
            if award is None:
                continue
            try:
                minor = parse_amount(self[name].data or "0", application.currency)
            except NotMoney as error:
                add_error(self, name, str(error))
                continue
            if minor > award.amount:
                most = words.money(award.amount, application.currency)
                add_error(
                    self, name, str(_("At most the %(most)s that are yours. Less is always possible.", most=most))
                )
            found[line.id] = minor
        return None if self.errors else found


def answer_form(application: Application) -> Any:
    """A field for each line that has money, filled with all of it."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for line in application.lines:
        if line.live:
            fields[f"take_{line.id}"] = LineField(words.kind_name(line.kind), most=40, render_kw=FIGURES)
            data[f"take_{line.id}"] = plain_amount(line.live.amount, application.currency)
    return type("_Answer", (AnswerForm,), fields)(**data)


# -- the committee --------------------------------------------------------------------------------------------------


class ProposalForm(Versioned):
    """A decision, pending until released; `proposal_form` adds an amount and a fund for each line."""

    verdict = RadioField(_l("Decision"))

    def proposal(self, application: Application) -> Proposal | None:
        """What was typed, or None with the reasons beside the fields."""
        verdict = next((v for v in Verdict if v.value == self.verdict.data), None)
        amounts: dict[int, tuple[int, int]] = {}
        for line in application.lines:
            minor = self.read_amount(f"amount_{line.id}", application.currency)
            if minor:
                amounts[line.id] = (int(self[f"fund_{line.id}"].data), minor)
        if amounts and verdict is not Verdict.OFFER:
            sentence = _("There are amounts below. Decide for an offer, or empty them.")
            add_error(self, "verdict", str(sentence))
        return None if self.errors else Proposal(verdict, amounts)


def proposal_form(application: Application, funds: Sequence[Fund]) -> Any:
    """The form for an application; only funds of its currency are offered."""
    usable = [fund for fund in funds if fund.currency == application.currency]
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "version": str(application.seen),
        "verdict": application.verdict.value if application.verdict else "",
    }
    for line in application.lines if usable else []:
        fields[f"amount_{line.id}"] = LineField(words.kind_name(line.kind), most=40, render_kw=FIGURES)
        fields[f"fund_{line.id}"] = SelectField(_l("From"))
        data |= _line_data(line, usable, application.currency)
    form = type("_Proposal", (ProposalForm,), fields)(**data)
    form.verdict.choices = [SelectChoice("", str(_("Undecided")))] + [
        SelectChoice(verdict.value, words.verdict_name(verdict))
        for verdict, action in ACTIONS.items()
        if leads_to(action, application.state) and (usable or verdict is not Verdict.OFFER)
    ]
    for line in application.lines if usable else []:
        form[f"fund_{line.id}"].choices = [SelectChoice(str(fund.id), fund.name) for fund in usable]
    return form


def _line_data(line: Line, usable: Sequence[Fund], currency: str) -> dict[str, str]:
    award = line.live
    return {
        f"amount_{line.id}": plain_amount(award.amount, currency) if award else "",
        f"fund_{line.id}": str(award.fund_id if award else usable[0].id),
    }


class ReleaseForm(BaseForm):
    """Which answers go out, and until when offers can be accepted."""

    chosen = SelectMultipleField(
        _l("Answers"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    day = DateField(_l("Accept by"))
    time = TimeField(_l("At"))
    zone = ZoneField(_l("Time zone"), [required(_l("Say in which time zone."))])

    must_present = BooleanField(_l("Only for who presents their work"))
    conditions = Text(
        _l("Other conditions"),
        most=2000,
        description=_l("In the mail, and on the page where they accept. In plain words."),
    )

    tells_rank = BooleanField(
        _l("Tell people on the waitlist their place"), description=_l("Unticked, nobody learns how far down they are.")
    )

    def pairs(self) -> dict[int, int]:
        """(application, version) as they were shown; what makes no sense counts as changed since."""
        found: dict[int, int] = {}
        for value in self.chosen.data or []:
            key, _colon, version = value.partition(":")
            found[number(key)] = number(version)
        return found

    def accept_by(self) -> Deadline | None:
        """Until when; None if no day is typed, or with the reason beside the time."""
        return read_deadline(self.day, self.time, self.zone)

    def terms(self) -> Terms:
        """What the offers ask of who accepts them."""
        return Terms(
            (self.conditions.data or "").strip(),
            must_present=bool(self.must_present.data),
            tells_rank=bool(self.tells_rank.data),
        )


def release_form(pending: Sequence[Application], now: datetime, zone: str) -> ReleaseForm:
    """Everything pending chosen, a fortnight to accept."""
    day = (now.astimezone(ZoneInfo(zone)) + timedelta(days=14)).date()
    values = [f"{application.id}:{application.seen}" for application in pending]
    form = ReleaseForm(chosen=values, day=day, time=time(23, 59), zone=zone)
    form.chosen.choices = [SelectChoice(value, value) for value in values]
    return form


# -- texts -----------------------------------------------------------------------------------------------------------


class CapsForm(Versioned):
    """The most for each kind of cost; `caps_form` adds the fields of the currencies that funds are in."""

    def limits(self, currencies: Sequence[str]) -> dict[str, list[Limit]] | None:
        """By currency what was typed, nothing for no cap; None with the reasons beside the fields."""
        found = {currency: list(self._limits(currency)) for currency in currencies}
        return None if self.errors else found

    def _limits(self, currency: str) -> Iterator[Limit]:
        for kind in CostKind:
            name = f"cap_{kind.value}_{currency}"
            minor = self.read_amount(name, currency)
            if not minor:
                continue
            if kind is not CostKind.LODGING:
                yield Limit(kind, minor)
                continue
            most = number(self[f"nights_{currency}"].data)
            if not 0 < most <= MOST_NIGHTS:
                add_error(self, f"nights_{currency}", str(_("Say for how many nights at most, from 1 to 365.")))
            yield Limit(kind, minor, most)


def caps_form(currencies: Sequence[str], caps: Sequence[GrantCap]) -> Any:
    """A field for each kind of cost and currency, filled from what holds."""
    fields: dict[str, Any] = {}
    for currency in currencies:
        for kind in CostKind:
            fields[f"cap_{kind.value}_{currency}"] = LineField(words.KIND_NAMES[kind], most=40, render_kw=FIGURES)
        fields[f"nights_{currency}"] = LineField(_l("Nights at most"), most=3, render_kw={"inputmode": "numeric"})
    data: dict[str, Any] = {"version": digest(caps)}
    for cap in caps:
        data[f"cap_{cap.kind.value}_{cap.currency}"] = plain_amount(cap.amount, cap.currency)
        if cap.nights is not None:
            data[f"nights_{cap.currency}"] = str(cap.nights)
    return type("_Caps", (CapsForm,), fields)(**data)


def digest(caps: Sequence[GrantCap]) -> str:
    """Names what holds, so that nobody replaces what somebody else saved meanwhile."""
    said = repr([(cap.currency, cap.kind.value, cap.amount, cap.nights) for cap in caps])
    return hashlib.sha256(said.encode()).hexdigest()[:20]


class TextsForm(Versioned):
    """What applicants read."""

    about = Text(_l("What the grants are for"), most=10_000, description=_l("Markdown. Empty shows our own words."))
    deciding = Text(_l("How it is decided"), most=10_000, description=_l("Markdown. Empty shows our own words."))

    def __init__(self, settings: GrantSettings) -> None:
        super().__init__(about=settings.about, deciding=settings.deciding, version=str(settings.version))


class TakeBackForm(BaseForm):
    """Why a promise is taken back."""

    reason = Text(_l("Why, as they will read it"), [required(_l("Write why; they read it."))], most=1000)
