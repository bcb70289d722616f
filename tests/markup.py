"""Reads pages as programs do: their forms with every field, as a browser would send them."""

from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag

TEXTUAL = {"text", "email", "url", "search", "tel", "password", ""}


@dataclass
class Form:
    """A form of a page: `fields` is what a browser sends if nothing is touched, `texts` the names people type into."""

    action: str
    method: str
    fields: dict[str, str | list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in order."""
        return tuple(sorted({*self.fields, *self.texts, *self.files}))

    def filled(self, typed: str) -> dict[str, str | list[str]]:
        """What is sent if the same is typed into every field; the rest as the page has it."""
        return self.fields | dict.fromkeys(self.texts, typed)


def forms_of(html: str, path: str) -> list[Form]:
    """Every form of that page, with its buttons' names left out."""
    found = []
    for node in BeautifulSoup(html, "html.parser").find_all("form"):
        form = Form(str(node.get("action") or path), str(node.get("method") or "get").lower())
        for control in _controls(node):
            _take(form, control)
        found.append(form)
    return found


def _controls(form: Tag) -> list[Tag]:
    return [c for c in form.find_all(["input", "select", "textarea"]) if c.get("name") and not c.has_attr("disabled")]


def _take(form: Form, control: Tag) -> None:
    name, kind = str(control["name"]), str(control.get("type") or "")
    if control.name == "textarea":
        form.texts.append(name)
        _put(form, name, control.get_text())
    elif control.name == "select":
        chosen = control.find("option", selected=True) or (
            control.find("option") if not control.get("multiple") else None
        )
        if isinstance(chosen, Tag):
            _put(form, name, str(chosen.get("value", chosen.get_text())))
    elif kind == "file":
        form.files.append(name)
    elif kind in ("checkbox", "radio"):
        if control.has_attr("checked"):
            _put(form, name, str(control.get("value", "on")))
    elif kind not in ("submit", "button", "reset", "image"):
        if kind != "hidden":
            form.texts.append(name)
        _put(form, name, str(control.get("value", "")))


def _put(form: Form, name: str, value: str) -> None:
    before = form.fields.get(name)
    if before is None:
        form.fields[name] = value
    else:
        form.fields[name] = [*([before] if isinstance(before, str) else before), value]
