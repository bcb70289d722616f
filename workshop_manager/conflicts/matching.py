"""When two addresses, affiliations or names are taken for the same: keys that are compared letter by letter.

Pure functions. A key is what stands in the database beside what somebody typed (`keys.py` keeps it there), so that
conflicts of interest are found by comparing keys in SQL. Nothing here guesses: two keys are the same or not, and what
is folded away (case, accents, "Univ.", departments, places) is listed below, so a match can always be explained.
"""

import re
import unicodedata
from functools import cache

from babel import Locale
from publicsuffixlist import PublicSuffixList

MOST = 300
"""The longest key that is stored."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(one for line in text.splitlines() for part in line.split("|") if (one := part.strip()))


# -- addresses ----------------------------------------------------------------------------------------------------

_FREE = _words(
    """
    126.com 139.com 163.com 189.cn aim.com alice.it aol.com aol.de arcor.de att.net bellsouth.net bigpond.com
    bluewin.ch btinternet.com comcast.net cox.net daum.net duck.com email.com fastmail.com fastmail.fm foxmail.com
    free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.fr gmx.net googlemail.com hanmail.net hey.com
    hotmail.be hotmail.ca hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hotmail.nl hushmail.com icloud.com
    inbox.com inbox.lv inbox.ru interia.pl kakao.com laposte.net libero.it list.ru mac.com mail.com mail.de mail.ru
    mailbox.org mailfence.com me.com mixmail.com msn.com nate.com naver.com netscape.net o2.pl onet.pl op.pl orange.fr
    orange.net pm.me posteo.de posteo.net proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com
    riseup.net rocketmail.com runbox.com seznam.cz sfr.fr shaw.ca sina.cn sina.com sky.com sohu.com startmail.com
    t-online.de telus.net tiscali.it tuta.com tuta.io tutamail.com tutanota.com tutanota.de ukr.net uol.com.br
    verizon.net virgilio.it virginmedia.com walla.co.il wanadoo.fr web.de wp.pl yeah.net ymail.com zoho.com zohomail.com
    """
)
"""Mailboxes anybody can have: such an address says nothing of where somebody works."""
_FREE_ANYWHERE = frozenset({"gmail", "googlemail", "hotmail", "outlook", "yahoo", "yandex", "live", "windowslive"})
"""Free under every country's ending: yahoo.co.uk, live.fr, outlook.com.br."""
_FORWARDED = _words(
    """
    acm.org aclweb.org computer.org ieee.org member.ams.org members.ams.org appleid.com simplelogin.com simplelogin.io
    addy.io anonaddy.com anonaddy.me mozmail.com passmail.net 33mail.com
    """
)
"""Addresses for life of societies, and relays: their people share no employer."""
_RESERVED_ENDINGS = frozenset({"test", "example", "invalid", "localhost", "local"})
_RESERVED = frozenset({"example.com", "example.net", "example.org"})
"""RFC 2606, and RFC 6762 for `local`: examples belong to nobody."""


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffix list that comes with its package: nothing is asked of the network."""
    return PublicSuffixList()


def address_key(address: str | None) -> str | None:
    """An address as it is compared: case does not count. None if there is none."""
    found = unicodedata.normalize("NFKC", (address or "").strip()).casefold()
    return found[:MOST] if "@" in found.strip("@") else None


def domain_key(address: str | None) -> str | None:
    """The domain an institution registered: `uni.edu` for `x@mail.cs.uni.edu`, `uni.ac.uk` for `x@uni.ac.uk`.

    None for free mailboxes, addresses for life, reserved examples, numbers, and what is no domain. Also takes a bare
    domain.
    """
    host = unicodedata.normalize("NFKC", address or "").strip().rpartition("@")[2].rstrip(".").casefold()
    ending = host.rpartition(".")[2]
    if not host or ending in _RESERVED_ENDINGS or not ending.strip("0123456789]"):
        return None
    registered = _suffixes().privatesuffix(_ascii(host))
    if registered is None or registered in _RESERVED | _FREE | _FORWARDED:
        return None
    return None if registered.partition(".")[0] in _FREE_ANYWHERE else str(registered)[:MOST]


def _ascii(host: str) -> str:
    """The host in the spelling of the network, in which a domain with other letters has only one."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


# -- words --------------------------------------------------------------------------------------------------------

_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670]"
)
"""Accents and vowel points. Not those of Indic scripts, where they are vowels."""
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
    | {"ـ": None, "ى": "ي", "’": None, "'": None}
)
_WORD = re.compile(r"[^\W_]+(?:[\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]+[^\W_]*)*")


def folded(text: str | None) -> str:
    """The words of a text without case, accents or punctuation, parted by one space."""
    text = unicodedata.normalize("NFKD", text or "").casefold()
    text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).translate(_LETTERS)
    return " ".join(_WORD.findall(text))


def name_key(name: str | None) -> str | None:
    """A person's name as it is compared; None unless it has two words, or a script that writes none apart.

    The order of the words does not count: many write the family name first.
    """
    words = folded(name).split()
    if len(words) > 1 or (words and len(words[0]) > 1 and not words[0].isascii()):
        return " ".join(sorted(words))[:MOST]
    return None


# -- affiliations -------------------------------------------------------------------------------------------------

_SPELLINGS = {
    spelling: meant
    for meant, spellings in {
        "university": """univ uni universitat universite universita universitas universidad universidade universiteit
            universitet universitetet universitesi universiti univerzitet univerza univerzita uniwersytet""",
        "institute": "inst institut instituto istituto instytut institutt instituut",
        "technology": "tech technol technologies",
        "national": "natl nat nacional nationale",
        "international": "intl int internacional internationale",
        "laboratory": "lab labs laboratories laboratoire laboratorio labor",
        "department": "dept dep departement departamento dipartimento abteilung division div",
        "faculty": "fac faculte facultad faculdade facolta fakultat fakultas",
        "school": "sch",
        "college": "coll",
        "center": "ctr cent centre centro zentrum",
        "research": "res",
        "science": "sci",
        "polytechnic": "poly polytech polytechnique politecnico polytechnical",
        "academy": "acad academie academia akademie",
        "hospital": "hosp hopital",
    }.items()
    for spelling in _words(spellings)
}
_DROPPED = _words("the of at for in and an a de la le les des du da do di del della der die das fur und et y e i van")
_LEGAL = _words("inc ltd llc gmbh ag plc corp corporation co company limited sa srl bv pty pvt")
_INSTITUTIONS = _words(
    """university institute college polytechnic academy hospital politehnica ecole hochschule technion foundation
    council agency society ministry bank museum library company"""
)
"""A part of an affiliation with one of these names an institution of its own."""
_PARTS = _words("department faculty school division chair laboratory group center section unit team program")
"""A part that begins with one of these names a part of an institution."""
_SYSTEMS = _phrases(
    """
    university california|university texas|university north carolina|university illinois|university wisconsin
    university massachusetts|university maryland|university nebraska|university colorado|university tennessee
    university alabama|university missouri|university minnesota|university hawaii|university michigan
    state university new york|city university new york|california state university|indian institute technology
    indian institute information technology|national institute technology|university teknologi
    """
)
"""One name for many institutions: the place that follows belongs to the name."""
_NOBODY = _phrases(
    """
    independent|independent researcher|independent scholar|independent scientist|independent consultant|freelance
    freelancer|self employed|selfemployed|unaffiliated|none|no affiliation|not applicable|n|na|nil|student
    phd student|graduate student|undergraduate student|retired|unemployed|private|personal|home|other|unknown|various
    university|institute|college|school|research|industry|academy|company|startup|start up|anonymous|tbd|tba
    """
)
"""What says that somebody works nowhere, or not where."""
_ACRONYM = re.compile(r"\(\s*([^\W\d_a-z][\w&.\-]{1,9})\s*\)")
_BETWEEN = re.compile(r"\s*(?:[;/|\n\u2022\u061b\uff1b]|\s+(?:and|und|et|&)\s+(?=the\s|[^\W\d_a-z]))\s*")
"""What stands between two affiliations of one person."""


@cache
def _places() -> frozenset[str]:
    """Countries: where somebody is says nothing of where they work."""
    names = Locale("en").territories.values()
    return frozenset(folded(name) for name in names) | {"usa", "uk", "us", "uae", "england", "scotland", "wales"}


def affiliation_keys(text: str | None) -> frozenset[str]:
    """The institutions an affiliation names, as they are compared; empty for none, "independent" and the like.

    "Dept. of Physics, Univ. of Nairobi, Kenya" and "university of nairobi" have the same; an acronym in brackets
    counts as a second name of its institution.
    """
    found: set[str] = set()
    for one in _BETWEEN.split(text or ""):
        found |= {key for key in _names_of(one) if key}
    return frozenset(found)


def _names_of(text: str) -> set[str]:
    acronyms = {folded(match) for match in _ACRONYM.findall(text)}
    parts = [key for part in re.sub(r"\([^)]*\)", " ", text).split(",") if (key := _institution(part))]
    named = [key for key in parts if _is_institution(key)] or [key for key in parts if not _is_part(key)][:1]
    named = [_with_place(key, parts) for key in named]
    return {key[:MOST] for key in (*named, *(acronyms if named else ())) if _says_something(key)}


def _institution(part: str) -> str:
    words = [_SPELLINGS.get(word, word) for word in folded(part.replace(".", " ").replace("-", " ")).split()]
    kept = [word for word in words if word not in _DROPPED]
    while len(kept) > 1 and kept[-1] in _LEGAL:
        kept.pop()
    return " ".join(kept)


def _is_institution(key: str) -> bool:
    """True if it names an institution, and not a part of one: the Institute of Physics *of* somewhere stays a part."""
    words = key.split()
    return not _is_part(key) and any(word in _INSTITUTIONS for word in words)


def _is_part(key: str) -> bool:
    return key.split()[0] in _PARTS


def _with_place(key: str, parts: list[str]) -> str:
    after = parts[parts.index(key) + 1 :]
    return f"{key} {after[0]}" if key in _SYSTEMS and after and after[0] not in _places() else key


def _says_something(key: str) -> bool:
    return len(key) > 1 and key not in _NOBODY and key not in _places()
