"""A PDF on its way in: looked at in a child process while no transaction is open.

Looking takes a quarter of a second for a good file and up to ten for a hostile one. On SQLite a POST holds the only
writer from its first query on, so the transaction ends before the look and a new one begins after it: the caller reads
again, under lock, whatever it wants to change.
"""

import os

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from workshop_manager.calls.rules import Limits
from workshop_manager.core.text import clean_line
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions.content import Filed
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.pdf import (
    SENTENCES,
    Problem,
    inspect_safely,
)

MOST_BESIDE = 10 * 1024 * 1024
"""The largest file beside the paper, in bytes."""
LARGEST_BODY = 72 * 1024 * 1024
"""A form with a file of up to this many bytes is read (to disk, not to memory), so that its refusal loses no text."""


class Refused(Exception):
    """A file that is not taken; `sentence` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        self.sentence = str(_(problem.message or problem.sentence, **dict(problem.values)))
        super().__init__(self.sentence)


def release(uow: UnitOfWork) -> None:
    """End the transaction without a change; what was read stays readable, but is no longer part of any transaction."""
    uow.session.expunge_all()
    uow.rollback()


def take(uow: UnitOfWork, file: FileStorage, limits: Limits) -> Upload:
    """Inspect what was sent and make the reviewers' copy; raises Refused with the reason. Ends the transaction."""
    return inspected(uow, file, max_bytes=limits.max_bytes, max_pages=limits.max_pages)


def take_beside(uow: UnitOfWork, file: FileStorage, most_pages: int | None) -> Filed:
    """A PDF that is given beside the paper, an answer or a CV. Raises Refused; ends the transaction."""
    found = inspected(uow, file, max_bytes=MOST_BESIDE, max_pages=most_pages)
    return Filed(found.original, found.blind, found.sha256, found.pages, found.name)


def inspected(uow: UnitOfWork, file: FileStorage, *, max_bytes: int, max_pages: int | None) -> Upload:
    """As `take`, for a file that is no call's: a poster, say."""
    name = file.filename or ""
    release(uow)
    data = _read(file, max_bytes)
    seen = inspect_safely(data, file_name=name, max_bytes=max_bytes, max_pages_total=max_pages)
    if seen.problems:
        raise Refused(seen.problems[0])
    return Upload(data, seen.blind, seen.sha256, seen.pages, _shown_name(name), seen.facts)


def _read(file: FileStorage, most: int) -> bytes:
    """The bytes, unless there are more than `most`: those are never held in memory. Closes the file."""
    try:
        size = file.stream.seek(0, os.SEEK_END)
        file.stream.seek(0)
        if size > most:
            raise Refused(_too_large(size, most))
        return file.stream.read()
    finally:
        file.close()


def _too_large(size: int, most: int) -> Problem:
    message = SENTENCES["too_large"]
    values = {"size": f"{size / 2**20:.0f}", "limit": f"{most / 2**20:.0f}"}
    return Problem("too_large", message % values, message, tuple(values.items()))


def _shown_name(name: str) -> str:
    """The name as its uploader may see it again: no folders, nothing that cannot be seen."""
    return clean_line(name.replace("\\", "/").rpartition("/")[2])[:200] or "paper.pdf"
