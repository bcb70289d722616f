"""How states, outcomes and listing choices are called, in the reader's language."""

from collections.abc import Iterable, Mapping
from unicodedata import combining, normalize

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.accounts.models import Listing
from workshop_manager.core.text import isolated
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.words import statement_kind
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import CareerStage, Outcome, State

_STATES = {
    State.DRAFT: _l("Draft"),
    State.SUBMITTED: _l("Submitted"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.ACCEPTED: _l("Accepted"),
    State.CONFIRMED: _l("Confirmed"),
    State.DECLINED: _l("Declined by the authors"),
    State.WAITLISTED: _l("On the waitlist"),
    State.REJECTED: _l("Not accepted"),
}
_SIGNS = {
    State.DRAFT: ("note", "pencil-simple"),
    State.SUBMITTED: ("ok", "check-circle-fill"),
    State.WITHDRAWN: ("rest", "arrow-u-up-left"),
    State.ACCEPTED: ("ok", "check-circle-fill"),
    State.CONFIRMED: ("ok", "check-circle-fill"),
    State.DECLINED: ("rest", "prohibit"),
    State.WAITLISTED: ("wait", "hourglass-medium"),
    State.REJECTED: ("rest", "x-circle"),
}
_OUTCOMES = {
    Outcome.ORAL: _l("Oral"),
    Outcome.LIGHTNING: _l("Lightning talk"),
    Outcome.POSTER: _l("Poster"),
    Outcome.WAITLIST: _l("Waitlist"),
    Outcome.REJECT: _l("Not accepted"),
    Outcome.REJECT_ENCOURAGED: _l("Not accepted, with encouragement"),
}
_STAGES = {
    CareerStage.STUDENT: _l("Student, up to a master’s degree"),
    CareerStage.DOCTORAL: _l("Doctoral researcher"),
    CareerStage.EARLY: _l("Early career, up to about seven years after the doctorate"),
    CareerStage.SENIOR: _l("Established in research"),
    CareerStage.INDUSTRY: _l("In industry or the public sector"),
    CareerStage.INDEPENDENT: _l("Independent, or between positions"),
}
_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Two-letter codes of Unicode's list that are no countries."""
_LISTINGS = {
    Listing.FULL: _l("with their names and affiliations"),
    Listing.NAME_ONLY: _l("with their names only"),
    Listing.ANONYMOUS: _l("as “anonymous”"),
    Listing.UNLISTED: _l("nowhere: leave the work off the public programme"),
}


def state_name(state: State) -> str:
    """`Submitted`."""
    return str(_STATES[state])


def state_sign(state: State) -> tuple[str, str, str]:
    """For the macro `ui.state`: kind, words, icon."""
    kind, icon = _SIGNS[state]
    return kind, state_name(state), icon


def outcome_name(outcome: Outcome) -> str:
    """`Lightning talk`."""
    return str(_OUTCOMES[outcome])


def outcome_of(submission: Submission) -> str:
    """What was released about a submission, as its edition calls it: `Spotlight talk`; empty before."""
    if submission.outcome is None:
        return ""
    return submission.outcome_name or outcome_name(submission.outcome)


def stage_name(stage: CareerStage) -> str:
    """`Doctoral researcher`."""
    return str(_STAGES[stage])


def stage_text(value: str | None) -> str:
    """The stage of that stored value; empty for none."""
    return next((stage_name(stage) for stage in CareerStage if stage.value == value), "")


def country_name(code: str) -> str:
    """The country of that code in the reader's language; the code itself if it is none."""
    return str((get_locale() or Locale("en")).territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Every country with its code, in the reader's language and alphabet."""
    names = (get_locale() or Locale("en")).territories
    known = ((code, str(name)) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES)
    return sorted(known, key=lambda each: _folded(each[1]))


def _folded(name: str) -> str:
    return "".join(c for c in normalize("NFKD", name).casefold() if not combining(c))


def listing_text(listing: Listing) -> str:
    """What follows “If accepted, show the authors …”."""
    return str(_LISTINGS[listing])


def gap_text(gap: Gap) -> str:
    """The sentence of something that is missing."""
    return str(_(gap.message, **gap.values))


def gap_lines(gaps: Iterable[Gap], sheet: Sheet) -> list[str]:
    """The same away from the fields, each after the name of what it is about where the sentence alone does not say."""
    names = {asked.field: asked.label for asked in sheet.questions}
    names |= {statement.field: statement_kind(statement.kind) for statement in sheet.statements}
    return [_named(gap, names) for gap in gaps]


def _named(gap: Gap, names: Mapping[str, str]) -> str:
    field = gap.field.partition("-")[0]
    name = str(_("Statement for your track")) if field.startswith("eligible") else names.get(field, "")
    return str(_("%(name)s: %(what)s", name=isolated(name), what=gap_text(gap))) if name else gap_text(gap)


def title_of(title: str) -> str:
    """The title, or words for one that has none yet."""
    return title or str(_("Draft without a title"))
