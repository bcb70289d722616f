"""The import as a command: what it says, what it takes over, what it refuses."""

import pytest

from tests.commands import runner, told
from tests.factories import make_edition
from tests.schedule.test_reading import HTML
from tests.shows import shows
from workshop_manager.schedule import queries


@pytest.fixture
def run(app, work, monkeypatch):
    with work() as uow:
        edition = make_edition(uow)
        edition_id = edition.id
    run = runner(app, monkeypatch)

    def titles():
        with work() as uow:
            return [row.item.title for row in queries.draft_rows(uow.session, edition_id)]

    run.titles = titles
    return run


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "programme"
    file.write_text(HTML)
    return str(file)


@shows("Commands", "`schedule import` says count, instants, titles and every doubt; a dry run changes nothing")
def test_a_dry_run_says_what_was_read_and_changes_nothing(run, page):
    words = ("schedule", "import", "musiml/2026", page, "--day", "2026-12-11", "--zone", "America/Chicago")
    said = told(run(*words, "--dry-run", "--json"))
    assert said["counts"] == {"rows": 13, "added": 13, "updated": 0, "same": 0, "left_out": 0, "mails": 0}
    assert said["format"] == "page"
    first = said["items"][0]
    assert (first["title"], first["start"]) == ("Registration", "2026-12-11T14:30:00Z")
    assert [doubt["row"] for doubt in said["doubts"] if doubt["weight"] == "doubt"] == [9]
    assert run.titles() == []
    plain = run(*words, "--dry-run").output
    assert "2026-12-11T14:30:00Z" in plain
    assert "Row 9: “Poster session” (“11:05am - 11:45pm”) would last 12 h 40 min" in plain


def test_it_takes_over_and_a_second_time_updates(run, page):
    words = ("schedule", "import", "musiml/2026", page, "--day", "2026-12-11", "--json")
    assert told(run(*words))["counts"]["added"] == 13
    assert len(run.titles()) == 13
    assert told(run(*words))["counts"]["added"] == 0
    assert len(run.titles()) == 13


@pytest.mark.parametrize(
    ("text", "extra", "sentence"),
    [
        ("hello", (), "No times were found"),
        ("<feed/>", (), "an Atom feed"),
        (HTML, ("--zone", "Mars/Olympus"), "no time zone"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_no_trace(run, tmp_path, text, extra, sentence):
    file = tmp_path / "x"
    file.write_text(text)
    said = told(run("schedule", "import", "musiml/2026", str(file), "--json", *extra))
    assert sentence in said["problems"][0]["sentence"]
    assert run.titles() == []


@shows("Commands", "What `schedule export` writes, `schedule import` takes back and changes nothing")
@pytest.mark.parametrize("form", ["ics", "xml", "json"])
def test_an_export_comes_back_and_changes_nothing(run, page, tmp_path, form):
    told(run("schedule", "import", "musiml/2026", page, "--day", "2026-12-11", "--json"))
    before = run.titles()
    file = tmp_path / f"programme.{form}"
    told(run("schedule", "export", "musiml/2026", "--draft", "--format", form, "-o", str(file), "--json"))
    said = told(run("schedule", "import", "musiml/2026", str(file), "--json"))
    assert (said["counts"]["added"], said["counts"]["rows"]) == (0, len(before)), said["items"]
    assert run.titles() == before
    assert said["counts"]["updated"] == 0
