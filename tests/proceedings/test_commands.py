"""The commands: a book into a file, reminders for whoever runs the site."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.commands import Run, runner, told
from tests.factories import make_person
from tests.proceedings.factories import accepted, asked_edition, hand_in
from tests.shows import shows
from tests.submissions.factories import open_edition
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.models import OutboxMail
from workshop_manager.proceedings.states import Item

Work = Callable[..., AbstractContextManager[UnitOfWork]]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on this test's database."""
    return runner(app, monkeypatch)


@pytest.fixture
def works(work: Work) -> list[str]:
    with work() as uow:
        edition, _chair = asked_edition(uow)
        late, early = make_person(uow, "Late"), make_person(uow, "Early")
        accepted(uow, edition, late, title="Still missing")
        done = accepted(uow, edition, early, title="All there")
        hand_in(uow, edition, done, early, Item.FINAL, Item.POSTER, is_confirmed=True, agrees=True)
        return [late.email, early.email]


@shows("Proceedings", "`workshop-manager proceedings book` writes the book of an edition into a file")
def test_the_book_is_written_into_a_file(run: Run, works: list[str], tmp_path: Path) -> None:
    file = tmp_path / "book.pdf"
    result = run("proceedings", "book", "musiml/2026", "-o", str(file), "--json")
    assert result.exit_code == 0, result.output
    report = told(result)
    assert (report["counts"]["abstracts"], report["missing"]) == (2, [])
    assert file.read_bytes().startswith(b"%PDF-")
    bibtex = tmp_path / "book.bib"
    assert "abstracts: 2" in run("proceedings", "book", "musiml/2026", "-o", str(bibtex), "--bibtex").output
    assert "Still missing" in bibtex.read_text()


def test_a_file_that_cannot_be_written_is_said(run: Run, works: list[str], tmp_path: Path) -> None:
    result = run("proceedings", "book", "musiml/2026", "-o", str(tmp_path / "no" / "book.pdf"))
    assert result.exit_code == 1
    assert "could not be written" in result.output


@shows("Proceedings", "`workshop-manager proceedings remind` reminds exactly those who owe something, with --dry-run")
def test_reminders_from_the_command_line(run: Run, works: list[str], work: Work) -> None:
    def mails() -> int:
        with work() as uow:
            query = select(func.count()).where(OutboxMail.key.startswith("camera-ready-reminder:"))
            return uow.session.execute(query).scalar_one()

    result = run("proceedings", "remind", "musiml/2026", "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    report = told(result)
    assert (report["done"], report["counts"]) == (False, {"submissions": 1, "mails": 1})
    assert [(one["title"], one["to"]) for one in report["items"]] == [("Still missing", [works[0]])]
    assert mails() == 0
    assert "mails: 1" in run("proceedings", "remind", "musiml/2026").output
    assert mails() == 1


def test_an_edition_that_asks_for_nothing_has_nobody_to_remind(run: Run, work: Work) -> None:
    with work() as uow:
        open_edition(uow)
    result = run("proceedings", "remind", "musiml/2026")
    assert result.exit_code == 1
    assert "Nothing is asked of the authors yet" in result.output
