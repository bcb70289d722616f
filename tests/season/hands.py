"""Somebody at the pages without a browser: reads a page, fills in the form of a button, presses it, follows.

Every form is sent as it stands on the page, hidden fields and preset values included, so what no page offers cannot be
done here either.
"""

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

Typed = dict[str, object]


class Hands:
    """A signed-in person at work."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.path = self._html = ""
        self._read: BeautifulSoup | None = None

    def open(self, path: str, status: int = 200) -> "Hands":
        """Go to an address, and where it leads on to."""
        answer = self.client.get(path)
        if answer.status_code in (301, 302, 303, 308):
            path = str(answer.location).partition("#")[0]
            answer = self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:1500]}"
        return self._look(path, answer)

    def _look(self, path: str, answer: Any) -> "Hands":
        self.path, self._html, self._read = path, answer.text, None
        return self

    @property
    def page(self) -> BeautifulSoup:
        """What they look at; read when it is looked at, since many a page is only passed by."""
        if self._read is None:
            self._read = BeautifulSoup(self._html, "html.parser")
        return self._read

    @property
    def text(self) -> str:
        """The words of the page, one blank between them."""
        return " ".join((self.page.find("main") or self.page).get_text(" ").split())

    def says(self, *sentences: str) -> "Hands":
        """The page says all of this."""
        for sentence in sentences:
            assert sentence in self.text, f"“{sentence}” is not on {self.path}:\n{self.text[:3000]}"
        return self

    def follow(self, words: str) -> "Hands":
        """Go where the link of these words leads."""
        for link in self.page.find_all("a", href=True):
            if words in " ".join(link.get_text(" ").split()):
                return self.open(str(link["href"]).partition("#")[0])
        raise AssertionError(f"no link “{words}” on {self.path}")

    def press(self, words: str, status: int = 303, nth: int = 0, is_looked_at: bool = True, **typed: object) -> "Hands":
        """Fill in the form of the button of these words and press it; a redirect is followed, if it is looked at.

        In `typed`, `__` stands for `-`; True and False tick a box, a list ticks several of one name.
        """
        button = self._button(words, nth)
        form = button.find_parent("form")
        assert form is not None, f"the button “{words}” stands in no form"
        fields = values_of(form)
        if button.get("name"):
            fields[str(button["name"])] = str(button.get("value", ""))
        for name, value in typed.items():
            _type(form, fields, name.replace("__", "-"), value)
        action = str(button.get("formaction") or form.get("action") or self.path)
        method = str(form.get("method", "post")).lower()
        if method == "get":
            answer = self.client.get(action, query_string=fields)
            status = 200 if status == 303 else status
        else:
            answer = self.client.post(action, data=fields)
        if answer.status_code != status:
            said = BeautifulSoup(answer.text, "html.parser").get_text(" ")[:3000]
            raise AssertionError(f"“{words}” on {self.path}: {answer.status_code}\n{said}")
        if status not in (301, 302, 303):
            return self._look(action, answer)
        to = str(answer.location).partition("#")[0]
        return self.open(to) if is_looked_at else self

    def _button(self, words: str, nth: int) -> Tag:
        found = [
            button
            for button in self.page.find_all(["button", "input"])
            if (button.name == "button" or button.get("type") == "submit")
            and words in " ".join((button.get_text(" ") or str(button.get("value", ""))).split())
        ]
        assert len(found) > nth, f"no button “{words}” on {self.path}:\n{self.text[:3000]}"
        return found[nth]


def values_of(form: Tag) -> dict[str, Any]:
    """What a browser would send of this form untouched."""
    found: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name", "")), str(field.get("type", "text"))
        if not name or field.has_attr("disabled"):
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = [o for o in options if o.has_attr("selected")] or (
                [] if field.has_attr("multiple") else options[:1]
            )
            _add(found, name, [str(o.get("value", o.get_text())) for o in chosen])
        elif field.name == "textarea":
            _add(found, name, [field.get_text().removeprefix("\n")])
        elif kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                _add(found, name, [str(field.get("value", "on"))])
        elif kind not in ("submit", "button", "file", "image", "reset"):
            _add(found, name, [str(field.get("value", ""))])
    return found


def _add(found: dict[str, Any], name: str, values: list[str]) -> None:
    if values:
        found[name] = [*found[name], *values] if name in found else values


def _type(form: Tag, fields: dict[str, Any], name: str, value: object) -> None:
    field = form.find(["input", "textarea", "select"], attrs={"name": name})
    assert field is not None, f"no field “{name}” in this form; there are {sorted(values_of(form))}"
    if value is False:
        fields.pop(name, None)
    elif value is True:
        fields[name] = str(field.get("value", "on"))
    elif isinstance(value, tuple):
        fields[name] = value  # a file
    else:
        fields[name] = [str(one) for one in value] if isinstance(value, list) else str(value)
