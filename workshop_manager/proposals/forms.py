"""What if: the shape of what organisers try, turned into settings."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional

from workshop_manager.core.text import isolated
from workshop_manager.funds.forms import FIGURES, Versioned, number, plain_amount
from workshop_manager.funds.models import Fund
from workshop_manager.funds.states import Region, Stage
from workshop_manager.grants.states import CostKind
from workshop_manager.grants.words import kind_name
from workshop_manager.proposals.settings import Settings
from workshop_manager.web.forms import Line

_FEW = {"inputmode": "numeric", "data-slide": "1"}
MOST_WEIGHT = 10
CAPPED = (CostKind.AIR, CostKind.LODGING, CostKind.VISA)
"""Kinds of cost for which a cap is tried; the caps of all hold anyway."""


def _whole(label: Any, most: int, description: Any = "") -> Any:
    return IntegerField(
        label, [Optional(), NumberRange(0, most, _l("From 0 to %(most)s.", most=most))], description=description,
        render_kw=_FEW | {"min": 0, "max": most},
    )  # fmt: skip


class WhatIfForm(Versioned):
    """Aims and weights; `what_if_form` adds a field for each fund, cap and applicant."""

    share = _whole(_l("At least this share to each region, per cent"), 30)
    students = _whole(_l("At least this share to students, per cent"), 100)
    most_per = _whole(_l("People from one institution at most"), 20, _l("0: any number."))
    merit = _whole(_l("A high rank counts"), MOST_WEIGHT, _l("0: everybody alike."))
    first_timers = _whole(_l("Presenting for the first time counts"), MOST_WEIGHT)
    useful = _whole(_l("Least that is useful of what somebody asks for, per cent"), 100)

    round = SelectField(_l("Who applied in"), validate_choice=False)

    def settings(
        self, funds: Sequence[Fund], regions: Sequence[Region], currencies: Sequence[str], applicants: Sequence[int]
    ) -> Settings | None:
        """What was typed; None with the reasons beside the fields."""
        budgets = {}
        for fund in funds:
            minor = self.read_amount(f"budget_{fund.id}", fund.currency)
            if minor is not None and minor != fund.amount:
                budgets[fund.id] = minor
        caps = {}
        for kind in CAPPED:
            for currency in currencies:
                if minor := self.read_amount(f"cap_{kind.value}_{currency}", currency):
                    caps[kind, currency] = minor
        if self.errors:
            return None
        share, students = self.share.data or 0, self.students.data or 0
        shares = {f"region:{region.value}": share for region in regions if share}
        by_hand = {one: self[f"hand_{one}"].data for one in applicants if f"hand_{one}" in self}
        return Settings(
            shares=shares | ({f"stage:{Stage.STUDENT.value}": students} if students else {}),
            most_per=self.most_per.data or 0,
            merit=self.merit.data or 0,
            first_timers=self.first_timers.data or 0,
            useful=self.useful.data or 0,
            caps=caps,
            budgets=budgets,
            by_all_means=frozenset(one for one, said in by_hand.items() if said == "in"),
            kept_out=frozenset(one for one, said in by_hand.items() if said == "out"),
            round=number(self.round.data) if "round" in self else 0,
        )


def what_if_form(
    settings: Settings,
    funds: Sequence[Fund],
    currencies: Sequence[str],
    applicants: Mapping[int, str],
    rounds: Mapping[int, str],
) -> Any:
    """Filled from the settings; `applicants` are those one can choose by hand, with their names.

    `rounds` by number, empty where there is but one: then the form does not ask for it.
    """
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {
        "share": next((percent for group, percent in settings.shares.items() if group.startswith("region:")), 0),
        "students": settings.shares.get(f"stage:{Stage.STUDENT.value}", 0),
        "most_per": settings.most_per,
        "merit": settings.merit,
        "first_timers": settings.first_timers,
        "useful": settings.useful,
        "round": str(settings.round),
    }
    for fund in funds:
        label = _("%(name)s, %(currency)s", name=isolated(fund.name), currency=fund.currency)
        most = plain_amount(max(2 * fund.amount, 1), fund.currency)
        fields[f"budget_{fund.id}"] = Line(label, most=40, render_kw=FIGURES | {"data-slide": "1", "data-most": most})
        data[f"budget_{fund.id}"] = plain_amount(settings.budgets.get(fund.id, fund.amount), fund.currency)
    for kind in CAPPED:
        for currency in currencies:
            label = _("%(kind)s at most, %(currency)s", kind=kind_name(kind), currency=currency)
            fields[f"cap_{kind.value}_{currency}"] = Line(label, most=40, render_kw=FIGURES)
            cap = settings.caps.get((kind, currency))
            data[f"cap_{kind.value}_{currency}"] = plain_amount(cap, currency) if cap else ""
    for one, name in applicants.items():
        fields[f"hand_{one}"] = SelectField(_("By hand: %(name)s", name=name), validate_choice=False)
        data[f"hand_{one}"] = "in" if one in settings.by_all_means else "out" if one in settings.kept_out else ""
    form = type("_WhatIf", (WhatIfForm,), fields)(**data)
    form.round.choices = [
        SelectChoice("0", _("any round")),
        *(SelectChoice(str(one), name) for one, name in rounds.items()),
    ]
    if not rounds:
        del form.round
    for one in applicants:
        form[f"hand_{one}"].choices = [
            SelectChoice("", _("as it comes out")),
            SelectChoice("in", _("by all means")),
            SelectChoice("out", _("not")),
        ]
    return form
