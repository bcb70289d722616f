"""The commands: the same as the pages, with a dry run and as JSON."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.commands import runner, told
from tests.shows import shows
from workshop_manager.submissions.models import Submission

SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def run(house, work, app, monkeypatch):
    """Run a command on the test's database, in an edition whose reviewers have the addresses of the samples."""
    with work() as uow:
        uow.session.merge(house.rania).email = "rania@example.org"
        uow.session.merge(house.kenza).email = "kenza@example.org"
    return runner(app, monkeypatch)


def count(work):
    with work() as uow:
        return uow.session.execute(select(func.count(Submission.id))).scalar_one()


@shows("Import", "`workshop-manager submissions import` does the same as the page, with --dry-run and --json")
@shows("Export", "`submissions export` and `reviews export` write what there is to standard output")
def test_import_and_export_on_the_command_line(run, work):
    file = str(SAMPLES / "cmt-submissions.csv")
    report = told(run("submissions", "import", "musiml/2026", file, "--from", "cmt", "--json"))
    assert report["done"] is False
    assert [one["row"] for one in report["problems"]] == [4, 6, 7]
    mapped = ("--track", "Any topic=1")
    report = told(run("submissions", "import", "musiml/2026", file, *mapped, "--dry-run", "--json"))
    assert report["rows"] == {"submissions": {"new": 3}, "assignments": {"new": 3}}
    assert report["states"]["Accept (Oral)"] == "oral"
    assert count(work) == 0
    done = run("submissions", "import", "musiml/2026", file, *mapped, "--state", "Accept (Oral)=poster")
    assert "new: 6" in done.output
    assert count(work) == 3
    assert "here already" in run("submissions", "import", "musiml/2026", file, *mapped).output
    reviews = run("submissions", "import", "musiml/2026", str(SAMPLES / "cmt-reviews.tsv"))
    assert "reviews: 3 new" in reviews.output
    assert "Whose Dialect, Default?" in run("submissions", "export", "musiml/2026").output
    exported = json.loads(run("reviews", "export", "musiml/2026", "--format", "json").output)
    assert [row["score"] for row in exported["reviews"]] == [5, 3, 6]
    assert json.loads(run("submissions", "export", "musiml/2026", "--what", "decisions", "--format", "json").output)


def test_what_is_wrong_with_the_line_is_said(run, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("Heading,Body\nA title,Text\n")
    said = run(
        "submissions", "import", "musiml/2026", str(file), "--column", "Heading=title", "--column", "Body=abstract"
    )
    assert "submissions: 1 new" in said.output, said.output
    for words, why in (
        (("--column", "Nothing=title"), "none of these"), (("--column", "Heading=explode"), "none of these"),
        (("--track", "x"), "name=value"), (("--state", "x=explode"), "none of these"),
    ):  # fmt: skip
        said = run("submissions", "import", "musiml/2026", str(file), *words)
        assert said.exit_code == 1
        assert why in said.output
    file.write_bytes(b"%PDF-1.7")
    assert "PDF" in run("submissions", "import", "musiml/2026", str(file)).output
    assert "no edition" in run("submissions", "import", "musiml/1999", str(file)).output
