"""How recruiting, loads and languages are said."""

from collections.abc import Iterable, Sequence
from functools import cache

from babel import Locale
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from workshop_manager.committee.states import Source, Stage
from workshop_manager.conflicts.queries import Beforehand, Reason
from workshop_manager.conflicts.words import reason_text
from workshop_manager.mail.models import MailState

STAGES = {
    Stage.SUGGESTED: ("note", _l("Suggested"), "user-plus"),
    Stage.WAITING: ("wait", _l("Invited"), "hourglass-medium"),
    Stage.ACCEPTED: ("ok", _l("Accepted"), "check-circle-fill"),
    Stage.DECLINED: ("stop", _l("Declined"), "x-circle"),
    Stage.EXPIRED: ("rest", _l("No answer"), "clock-counter-clockwise"),
}
SOURCES = {
    Source.LIST: _l("from a list"),
    Source.PAST: _l("from an earlier edition"),
    Source.AUTHOR: _l("an author who is willing"),
    Source.SUGGESTION: _l("suggested by %(name)s"),
    Source.TEAM: _l("from the team page"),
}
_SENT = {
    MailState.QUEUED: _l("mail is waiting to go out"),
    MailState.SENDING: _l("mail is going out"),
    MailState.SENT: _l("mail sent"),
    MailState.KEPT: _l("mail kept, as in every demo"),
    MailState.FAILED: _l("The mail was refused. Is the address right?"),
}


def stage_sign(stage: Stage) -> tuple[str, str, str]:
    """(kind, words, icon) of how far asking somebody has come."""
    kind, text, icon = STAGES[stage]
    return kind, str(text), icon


def source_text(source: Source, suggester: str = "") -> str:
    """Where the idea to ask them came from."""
    return str(SOURCES[source]) % {"name": suggester or str(_("somebody who declined"))}


def sent_text(state: MailState) -> str:
    """What became of a mail."""
    return str(_SENT[state])


def load_text(asked: int, done: int, most: int | None) -> str:
    """`3 of at most 5, 1 in`."""
    if not asked:
        text = str(_("nothing yet"))
        return str(_("%(text)s, at most %(most)s", text=text, most=most)) if most is not None else text
    text = ngettext("%(num)s review", "%(num)s reviews", asked)
    if most is not None:
        text = str(_("%(text)s of at most %(most)s", text=text, most=most))
    return str(_("%(text)s, %(done)s in", text=text, done=done))


MOST_NAMED = 4


def beforehand_text(found: Sequence[Beforehand]) -> str:
    """With which abstracts somebody would have a conflict, and why: the first few, and how many more."""
    if not found:
        return str(_("No conflict is known."))
    text = ngettext("Conflict with %(num)s abstract:", "Conflict with %(num)s abstracts:", len(found))
    each = [
        str(_("#%(number)s (%(why)s)", number=one.number, why=reason_text(Reason(one.why, one.author, one.key))))
        for one in found[:MOST_NAMED]
    ]
    if len(found) > MOST_NAMED:
        each.append(str(ngettext("%(num)s more", "%(num)s more", len(found) - MOST_NAMED)))
    return f"{text} {', '.join(each)}"


# -- languages ----------------------------------------------------------------------------------------------------


@cache
def _languages(locale: str) -> dict[str, str]:
    """Languages by their names, in small letters, in English and in the viewer's language; codes are names too."""
    found: dict[str, str] = {}
    for each in (locale, "en"):
        for code, name in Locale.parse(each).languages.items():
            if "_" not in code and code not in ("mul", "und", "zxx"):
                found.setdefault(name.casefold(), code)
                found.setdefault(code.casefold(), code)
    return found


def language_codes(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Codes of these languages, each once, and the names that are none."""
    known = _languages(str(get_locale() or "en"))
    codes, unknown = [], []
    for name in filter(None, names):
        code = known.get(name.casefold())
        if code is None:
            unknown.append(name)
        elif code not in codes:
            codes.append(code)
    return codes, unknown


def language_names(codes: Sequence[str]) -> str:
    """`English, Arabic`, as the viewer writes them."""
    names = Locale.parse(str(get_locale() or "en")).languages
    return ", ".join(names.get(code, code) for code in codes)
