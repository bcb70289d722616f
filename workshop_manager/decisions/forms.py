"""The shape of what chairs type about outcomes and second decisions."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional, StopValidation

from workshop_manager.decisions.outcomes import Named, OutcomeContent
from workshop_manager.decisions.rules import PLACEHOLDERS, unknown_placeholders
from workshop_manager.submissions.states import Outcome
from workshop_manager.submissions.words import outcome_name
from workshop_manager.web.forms import BaseForm, Line, Text, required

MOST_PLACES = 10_000


def _known_placeholders(_form: Any, field: Any) -> None:
    """Placeholders are ours, or the letter would go out with braces in it."""
    if unknown := unknown_placeholders(field.data or ""):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise StopValidation(
            _("%(what)s is no placeholder of ours. These are: %(known)s.", what=", ".join(unknown), known=known)
        )


class OutcomeForm(BaseForm):
    """One outcome."""

    version = HiddenField()
    name = Line(_l("Name"), [required(_l("Say what it is called, such as “Spotlight talk”."))], most=80)
    kind = SelectField(_l("What it does"))
    places = IntegerField(
        _l("How many there are to give"),
        [Optional(), NumberRange(0, MOST_PLACES, _l("Write a number from 0 to 10,000, or leave it empty."))],
    )
    letter = Text(_l("What the mail says"), [_known_placeholders], most=5000)

    @property
    def started_from(self) -> int:
        """The version this form was filled from; -1 for what makes no sense."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1

    rounds: tuple[int, ...] = ()
    """The rounds that have a field of their own."""

    @property
    def content(self) -> OutcomeContent:
        """What was typed."""
        letters = {one: (self[_letter_name(one)].data or "").strip() for one in self.rounds}
        letter = (self.letter.data or "").strip()
        return OutcomeContent(self.name.data or "", Outcome(self.kind.data), self.places.data, letter, letters)

    @property
    def round_letters(self) -> list[Any]:
        """The fields of the rounds, in their order."""
        return [self[_letter_name(one)] for one in self.rounds]


def _letter_name(round_id: int) -> str:
    return f"letter_{round_id}"


def outcome_form(
    named: Named | None = None, *, is_new: bool = False, rounds: Sequence[tuple[int, str]] = ()
) -> OutcomeForm:
    """The form of an outcome: filled with it, empty for a new one, or with what was sent.

    `rounds`: those beside the call's own, by id and name; each may have a wording of its own.
    """
    own: dict[str, Any] = {
        _letter_name(one): Text(
            str(_("What the mail says in the round “%(name)s”", name=name)), [_known_placeholders], most=5000
        )
        for one, name in rounds
    }
    made: type[OutcomeForm] = type(
        "EditionOutcomeForm", (OutcomeForm,), own | {"rounds": tuple(one for one, _name in rounds)}
    )
    if named is not None:
        values = {
            "name": named.name,
            "kind": named.kind.value,
            "places": named.places,
            "letter": named.letter,
            "version": str(named.version),
            **{_letter_name(of_round): text for of_round, text in named.letters},
        }
        form = made(formdata=None, data=values)
    else:
        form = made(formdata=None) if is_new else made()
    cast(Any, form).kind.choices = [SelectChoice(kind.value, kind_text(kind)) for kind in Outcome]
    return form


def kind_text(kind: Outcome) -> str:
    """What an outcome of that kind means for the authors."""
    return str(_KINDS[kind]) if kind in _KINDS else outcome_name(kind)


_KINDS = {
    Outcome.ORAL: _l("Accepts, as a talk"),
    Outcome.LIGHTNING: _l("Accepts, as a lightning talk"),
    Outcome.POSTER: _l("Accepts, as a poster"),
    Outcome.WAITLIST: _l("Puts on the waitlist"),
    Outcome.REJECT: _l("Does not accept"),
    Outcome.REJECT_ENCOURAGED: _l("Does not accept, and encourages to go on"),
}


class AgainForm(BaseForm):
    """Why decisions are made a second time."""

    reason = Line(_l("Why"), most=300)
