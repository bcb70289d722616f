"""Runs a command of `workshop-manager` on a test's database."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from workshop_manager.cli import cli
from workshop_manager.commands import running

Run = Callable[..., Result]


def runner(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs the words of a command line in that application."""
    monkeypatch.setattr(running, "application", lambda: app)
    return lambda *words: CliRunner().invoke(cli, list(words))


def told(result: Result) -> dict[str, Any]:
    """What a command said with `--json`."""
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    found: dict[str, Any] = json.loads(result.output)
    assert {"command", "edition", "dry_run", "done", "counts", "items", "mails", "notes", "problems"} <= set(found)
    assert result.exit_code == (1 if found["problems"] else 0)
    return found
