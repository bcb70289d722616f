"""Every bulk act as a command: the same options and report for all, and a dry run that writes nothing."""

import click
import pytest
from sqlalchemy import func, select

from tests.commands import runner, told
from tests.factories import make_date
from tests.proceedings.factories import STATEMENT, STRICT, accepted
from tests.reviews.factories import make_assignment, make_decision, make_review
from tests.shows import shows
from workshop_manager import tables
from workshop_manager.cli import cli
from workshop_manager.core.database import Base
from workshop_manager.proceedings import service as proceedings
from workshop_manager.submissions.states import Outcome, State
from workshop_manager.workshops.states import DateKey

EDITION = "musiml/2026"
GROUPS = ("submissions", "assignments", "reviews", "reviewers", "decisions", "proceedings")
ACTS = (
    ("submissions", "import", "FILES/new.csv"),
    ("submissions", "remind"),
    ("submissions", "change", "title:looms", "add-tag", "textile"),
    ("submissions", "change", "title:looms", "move-track", "2"),
    ("reviews", "assign", "--reviews", "1"),
    ("reviews", "remind", "--note", "Thank you"),
    ("assignments", "import", "FILES/assignments.csv"),
    ("reviewers", "invite", "FILES/people.txt", "--message", "Please do."),
    ("reviewers", "remind", "--message", "Just one."),
    ("decisions", "release"),
    ("decisions", "remind"),
    ("proceedings", "remind"),
    ("proceedings", "number", "--publish"),
    ("proceedings", "publish"),
)
TABLES = (
    ("submissions", "export"),
    ("submissions", "export", "--what", "decisions"),
    ("assignments", "export"),
    ("reviews", "export"),
    ("reviewers", "export"),
    ("decisions", "export"),
    ("decisions", "statistics"),
    ("proceedings", "export"),
)


def count_rows(database):
    assert tables.MODULES
    with database.session(writing=False) as session:
        return {
            table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def run(house, app, monkeypatch, tmp_path):
    """Run a command in an edition in which every act has something to do."""
    with house.work(house.chair) as uow:
        season = house.season
        season.uow = uow
        make_date(uow, house.edition, DateKey.CAMERA_READY, uow.now)
        proceedings.ask(uow, house.edition, STRICT, STATEMENT, started_from=0)
        first = season.work(title="On looms")
        make_review(uow, first, house.rania, 5)
        make_assignment(uow, first, house.kenza)
        make_decision(uow, season.work(title="On dyes"), Outcome.POSTER)
        accepted(uow, house.edition, house.author, state=State.ACCEPTED, title="On felt")
        accepted(uow, house.edition, house.author, title="On silk")
        season.work(title="A draft", state=State.DRAFT)
    texts = {
        "new.csv": "number,title,authors\n900,On wool,Ada Lovelace\n",
        "assignments.csv": f"number,reviewer\n1,{house.chair.email}\n",
        "people.txt": "Sudi Ali <sudi@example.org>\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    started = runner(app, monkeypatch)

    def go(group, name, *words):
        words = [word.replace("FILES", str(tmp_path)) for word in words]
        return started(group, name, EDITION, *words)

    return go


@shows(
    "Import",
    "Everything done in bulk (import, export, assign, invite, remind, release, number, publish, tag and move) is a"
    " command with --dry-run, which writes nothing, and --json, which tells the same of each",
)
def test_a_dry_run_writes_nothing_and_the_act_does_what_it_said(run, database):
    for words in ACTS:
        before = count_rows(database)
        would = told(run(*words, "--dry-run", "--json"))
        assert count_rows(database) == before, words
        assert not would["problems"], (words, would)
        assert (would["done"], would["dry_run"], would["command"]) == (False, True, f"{words[0]} {words[1]}")
        assert next(iter(would["counts"].values())) > 0, (words, would)
        did = told(run(*words, "--json"))
        assert did["done"] is True
        assert (did["counts"], did["items"], did["mails"]) == (would["counts"], would["items"], would["mails"])
        assert count_rows(database) != before, words


@shows("Export", "Every export is a command that writes to standard output or a file, as CSV or JSON")
def test_exports_write_no_row_and_say_what_they_wrote(run, database, tmp_path):
    before = count_rows(database)
    for words in TABLES:
        file = tmp_path / "out.csv"
        file.unlink(missing_ok=True)
        would = told(run(*words, "-o", str(file), "--dry-run", "--json"))
        assert not file.exists()
        assert next(iter(would["counts"].values())) > 0, (words, would)
        assert "Nothing has happened" in run(*words, "--dry-run").output
        assert told(run(*words, "-o", str(file), "--json"))["counts"] == would["counts"]
        assert run(*words).stdout_bytes == file.read_bytes()
        assert len(told(run(*words, "--json"))["items"]) == next(iter(would["counts"].values()))
    assert count_rows(database) == before
    refused = told(run("decisions", "export", "-o", str(tmp_path / "no" / "x.csv"), "--json"))
    assert "could not be written" in refused["problems"][0]["sentence"]


REFUSED = (
    (("submissions", "import", "FILES/broken.csv"), "row"),
    (("submissions", "change", "nonsense:1", "add-tag", "x"), "means nothing"),
    (("submissions", "change", "", "add-tag", "x"), "an empty search"),
    (("assignments", "import", "FILES/wrong.csv"), "Nobody who reviews here"),
    (("reviewers", "invite", "FILES/wrong.csv"), "No address"),
    (("decisions", "release", "--track", "none"), "no track"),
)


def test_what_is_refused_says_why_and_changes_nothing(run, database, tmp_path):
    (tmp_path / "broken.csv").write_text("number,title\n1,A\n2,B,C,D\n")
    (tmp_path / "wrong.csv").write_text("number,reviewer\n1,nobody at all\n")
    before = count_rows(database)
    for words, why in REFUSED:
        for more in ((), ("--dry-run",)):
            refused = told(run(*words, *more, "--json"))
            assert refused["done"] is False
            assert any(why in one["sentence"] for one in refused["problems"]), refused
        assert run(*words).exit_code == 1
    assert count_rows(database) == before
    assert run("decisions", "release", "--nothing").exit_code == 2
    assert run("submissions", "change", "a", "explode", "x").exit_code == 2


def test_no_command_of_an_edition_is_without_the_two_options():
    tried = {words[:2] for words in (*ACTS, *TABLES)} | {("proceedings", "book")}
    for group in GROUPS:
        found = cli.commands[group]
        assert isinstance(found, click.Group)
        for name, command in found.commands.items():
            assert (group, name) in tried
            assert {"edition", "dry_run", "as_json"} <= {one.name for one in command.params}
            assert command.help
