"""The archive itself: what is stored about somebody as JSON and as a page to read, and their files.

What they say of themselves is put in only while they fetch it: that it is theirs is written nowhere, nor sealed with
the key of everything else.
"""

import enum
import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from io import BytesIO
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.selfid import queries as selfid_queries
from workshop_manager.selfid import service as selfid
from workshop_manager.takeout import queries
from workshop_manager.takeout.parts import PROFILE, SECTIONS

Rows = list[dict[str, Any]]
_ENDINGS = {b"%PDF": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"WEBVTT": ".vtt", b"PK\x03\x04": ".zip"}
"""By how a file begins."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def make(uow: UnitOfWork, person: Person) -> bytes:
    """A zip with `data.json`, `data.html` and `files/`, without what they say of themselves."""
    found: list[tuple[str, str, Rows]] = [
        ("people", str(_("Profile")), [{name: getattr(person, name) for name in PROFILE}])
    ]
    files: list[tuple[str, bytes]] = []
    for section in SECTIONS:
        rows = queries.rows(uow.session, section, person.id)
        if rows:
            found.append((section.name, str(section.title), rows))
        for key, body in queries.files(uow.session, section, person.id):
            files.append((f"files/{section.table}-{key}{_ending(body)}", body))
    found += [
        (name, title, rows)
        for name, title, rows in (
            ("mails", str(_("Mails")), queries.mails(uow.session, person.id)),
            ("acts", str(_("Acts")), queries.acts(uow.session, person.id)),
        )
        if rows
    ]
    plain = [(name, title, _named(uow, rows)) for name, title, rows in found]
    return _zipped(uow, person, plain, files)


def completed(uow: UnitOfWork, person: Person, body: bytes) -> bytes:
    """An archive with what its owner says of themselves, for their hands only."""
    rows = _about_oneself(uow, person)
    if not rows:
        return body
    found = [("self_identification", str(_("Who I say I am")), _named(uow, rows))]
    target = BytesIO(body)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, _documents(uow, person, found, (), "self-identification"))
    return target.getvalue()


def _about_oneself(uow: UnitOfWork, person: Person) -> Rows:
    rows: Rows = []
    for edition_id in selfid_queries.with_answers(uow.session):
        replies = selfid.own(uow, edition_id, person.id)
        form = selfid_queries.form(uow.session, edition_id) if replies else None
        for one in form.questions if form is not None else ():
            reply = (replies or {}).get(one.id)
            if reply is not None:
                said = [one.options[place] for place in reply.choices]
                said += [reply.own] if reply.own else []
                said += [str(_("I prefer not to say"))] if reply.declined else []
                rows.append({"edition_id": edition_id, "question": one.text, "answer": said})
    return rows


def _named(uow: UnitOfWork, rows: Rows) -> Rows:
    """Ids as names, and everything as JSON can say it."""
    called: dict[str, dict[int, str]] = {}
    for column in rows[0]:
        keys = {row[column] for row in rows if isinstance(row[column], int)}
        if found := queries.names(uow.session, column, keys):
            called[column] = found
    return [
        {
            column.removesuffix("_id"): called[column].get(value, value) if column in called else _plain(value)
            for column, value in row.items()
        }
        for row in rows
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def _ending(body: bytes) -> str:
    return next((ending for begins, ending in _ENDINGS.items() if body.startswith(begins)), "")


def _read(value: Any) -> str:
    """For the page: nothing stands as nothing, lists and answers in one line."""
    if value is None or value == "" or value == [] or value == {}:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(map(_read, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_read(one)}" for key, one in value.items())
    return str(value)


def _documents(
    uow: UnitOfWork, person: Person, found: list[tuple[str, str, Rows]], files: Iterable[str], called: str
) -> tuple[tuple[str, bytes], ...]:
    """The same as JSON and as a page to read."""
    page = current_app.jinja_env.get_template("takeout/data.html").render(
        name=person.name,
        lang=(person.locale or "en").replace("_", "-"),
        made=uow.now.isoformat(timespec="minutes"),
        sections=[
            (name, title, [[(key.replace("_", " "), _read(value)) for key, value in row.items()] for row in rows])
            for name, title, rows in found
        ],
        files=files,
    )
    told = {"made_at": uow.now.isoformat(), "data": {name: rows for name, _title, rows in found}}
    return (
        (f"{called}.json", json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()),
        (f"{called}.html", page.encode()),
    )


def _zipped(
    uow: UnitOfWork, person: Person, found: list[tuple[str, str, Rows]], files: list[tuple[str, bytes]]
) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, (*_documents(uow, person, found, [name for name, _body in files], "data"), *files))
    return target.getvalue()


def _put(archive: zipfile.ZipFile, members: Iterable[tuple[str, bytes]]) -> None:
    for name, body in members:
        info = zipfile.ZipInfo(name, _EARLIEST)
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, body)
