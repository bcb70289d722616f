"""How conflicts of interest are said."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.conflicts.states import ConflictKind, Why
from workshop_manager.core.text import isolated

CONFLICTS = {
    ConflictKind.COAUTHOR: _l("We write or wrote together"),
    ConflictKind.COLLEAGUE: _l("We work at the same place"),
    ConflictKind.ADVISOR: _l("One of us advised the other"),
    ConflictKind.PERSONAL: _l("We are close in private life"),
    ConflictKind.OTHER: _l("Another reason"),
}


_REFUSALS = {
    Why.OWN: _l("%(name)s submitted #%(number)s."),
    Why.AUTHOR: _l("%(name)s is an author of #%(number)s."),
    Why.ADDRESS: _l("An author of #%(number)s has the address of %(name)s."),
    Why.DECLARED: _l("%(name)s declared a conflict of interest with #%(number)s."),
    Why.STATED: _l("%(name)s said that they should not judge an author of #%(number)s."),
    Why.NAMED: _l("The authors of #%(number)s asked that %(name)s does not judge it."),
    Why.COAUTHOR: _l("%(name)s wrote with an author of #%(number)s."),
    Why.DOMAIN: _l("%(name)s has an address at the same institution as an author of #%(number)s."),
    Why.AFFILIATION: _l("%(name)s has the affiliation of an author of #%(number)s."),
}
_REASONS = {
    Why.OWN: _l("submitted it"),
    Why.AUTHOR: _l("is an author"),
    Why.ADDRESS: _l("has the address of an author"),
    Why.DECLARED: _l("declared a conflict"),
    Why.STATED: _l("said they should not judge an author"),
    Why.NAMED: _l("was named by the authors"),
    Why.COAUTHOR: _l("wrote with an author"),
    Why.DOMAIN: _l("has an address at the same institution"),
    Why.AFFILIATION: _l("has the same affiliation"),
}


def conflict_sentence(why: Why, name: str, number: int) -> str:
    """Why somebody cannot be given a work; `why` is what `rules.conflict_of` says."""
    reason = str(_REFUSALS[why]) % {"name": isolated(name), "number": number}
    return str(_("%(reason)s Choose somebody else.", reason=reason))


def conflict_reason(why: Why) -> str:
    """`is an author`, beside a name that is on the page already."""
    return str(_REASONS[why])
