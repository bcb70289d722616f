"""The language of the search field, read into a tree: no database, no web, and no idea which fields there are.

    query   = either
    either  = all { "OR" all }
    all     = one { one }
    one     = "-" one | "(" either ")" | phrase | "#" number | term | word
    term    = name compare value          track:1   score>=3.5   author:"de la Cruz"
    compare = ":" | "=" | "<" | "<=" | ">" | ">="
    value   = word | phrase

Words beside each other must all be there; OR is written large, so that "or" stays a word. Which names mean something
is for `vocabulary` to say: a name that somebody may not ask for is read here like any other.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

LONGEST = 500
MOST_TERMS = 40
DEEPEST = 12


def N_(message: str) -> str:
    """Mark `message` for Babel, which finds it by this function's name, and return it as it is."""
    return message


class Misread(Exception):
    """A query that cannot be read: a sentence for gettext with its values, and the place it is about."""

    def __init__(self, message: str, at: int = 0, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.values: Mapping[str, object] = values


@dataclass(frozen=True, slots=True)
class Words:
    """A word or a phrase to be found in the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A submission by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Term:
    """A field compared with a value. `compare` is one of `:`, `<`, `<=`, `>`, `>=`; `=` is read as `:`."""

    name: str
    compare: str
    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but that."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these."""

    parts: tuple["Node", ...]


Node = Words | Number | Term | Not | All | Either


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    value: str = ""
    compare: str = ""


_QUOTES = '"“”„«»'
_PHRASE = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_TERM = re.compile(r"([^\W\d_][\w-]*)(:|<=|>=|=|<|>)")
_WORD = re.compile(f"[^\\s(){_QUOTES}]+")
_NUMBER = re.compile(r"#([0-9]{1,9})(?![^\s()])")
_DASHES = "-−–"


def parse(query: str) -> Node | None:
    """The tree of a query; None for an empty one. Raises Misread, and nothing else, for what cannot be read."""
    query = unicodedata.normalize("NFC", query).strip()
    if not query:
        return None
    if len(query) > LONGEST:
        raise Misread(N_("A search has room for %(most)s characters."), LONGEST, most=LONGEST)
    tokens = list(_tokens(query))
    if sum(token.kind in ("words", "number", "term") for token in tokens) > MOST_TERMS:
        raise Misread(N_("A search has room for %(most)s words."), 0, most=MOST_TERMS)
    reader = _Reader(tokens)
    tree = reader.either(0)
    if reader.token is not None:
        raise Misread(N_("There is a closing bracket without an opening one."), reader.token.at)
    return tree


def _tokens(query: str) -> Iterator[_Token]:
    at = 0
    while at < len(query):
        sign = query[at]
        if sign.isspace():
            at += 1
        elif sign in "()":
            yield _Token(sign, sign, at)
            at += 1
        elif sign in _DASHES and _denies(query, at):
            yield _Token("-", sign, at)
            at += 1
        else:
            token, at = _item(query, at)
            yield token


def _denies(query: str, at: int) -> bool:
    """A dash says “not” before something, at the start of a word."""
    follows = query[at + 1 : at + 2]
    return bool(follows) and not follows.isspace() and follows != ")"


def _item(query: str, at: int) -> tuple[_Token, int]:
    if query[at] in _QUOTES:
        text, end = _phrase(query, at)
        return _Token("words", text, at), end
    if found := _NUMBER.match(query, at):
        return _Token("number", found[1], at), found.end()
    if found := _TERM.match(query, at):
        value, end = _value(query, found.end(), found[0])
        compare = ":" if found[2] == "=" else found[2]
        return _Token("term", found[1].lower(), at, value, compare), end
    word = _WORD.match(query, at)
    assert word is not None  # neither space, bracket nor quote stands here
    return _Token("OR" if word[0] == "OR" else "words", word[0], at), word.end()


def _phrase(query: str, at: int) -> tuple[str, int]:
    found = _PHRASE.match(query, at)
    if found is None:
        raise Misread(N_("A quotation mark is opened and not closed."), at)
    return " ".join(found[1].split()), found.end()


def _value(query: str, at: int, term: str) -> tuple[str, int]:
    if at < len(query) and query[at] in _QUOTES:
        return _phrase(query, at)
    word = _WORD.match(query, at)
    if word is None:
        raise Misread(N_("Something is missing after “%(term)s”."), at, term=term)
    return word[0], word.end()


class _Reader:
    """Goes through the tokens once."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def token(self) -> _Token | None:
        """The next token, or None at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def either(self, depth: int) -> Node:
        """`all { "OR" all }`."""
        if depth > DEEPEST:
            raise Misread(N_("These brackets are nested too deep."), self.token.at if self.token else 0)
        parts = [self._all(depth)]
        while self.token is not None and self.token.kind == "OR":
            self._place += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.token is not None and self.token.kind not in ("OR", ")"):
            parts.append(self._one(depth))
        if not parts:
            raise self._nothing()
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _nothing(self) -> Misread:
        at = self.token.at if self.token else 0
        if self.token is not None and self.token.kind == ")" and not self._place:
            return Misread(N_("There is a closing bracket without an opening one."), at)
        if (self.token is not None and self.token.kind == "OR") or self._before() == "OR":
            return Misread(N_("Something is missing beside OR."), at)
        return Misread(N_("There is nothing between these brackets."), at)

    def _before(self) -> str:
        return self._tokens[self._place - 1].kind if self._place else ""

    def _one(self, depth: int) -> Node:
        token = self._tokens[self._place]
        self._place += 1
        if token.kind == "-":
            return self._denied(token, depth)
        if token.kind == "(":
            inner = self.either(depth + 1)
            if self.token is None:
                raise Misread(N_("A bracket is opened and not closed."), token.at)
            self._place += 1
            return inner
        if token.kind == "number":
            return Number(int(token.text))
        if token.kind == "term":
            return Term(token.text, token.compare, token.value, token.at)
        if not token.text:
            raise Misread(N_("There is nothing between these quotation marks."), token.at)
        return Words(token.text)

    def _denied(self, token: _Token, depth: int) -> Node:
        if depth > DEEPEST:
            raise Misread(N_("These brackets are nested too deep."), token.at)
        if self.token is None or self.token.kind in (")", "OR"):
            raise Misread(N_("Something is missing after “%(term)s”."), token.at, term=token.text)
        return Not(self._one(depth + 1))


def terms(node: Node | None) -> Iterator[Term]:
    """Every term of a tree, from left to right."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from terms(node.part)
    elif isinstance(node, All | Either):
        for part in node.parts:
            yield from terms(part)
