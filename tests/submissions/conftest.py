"""Each file is looked at once in all these tests: what a child process says of it does not change."""

from functools import lru_cache

import pytest

from workshop_manager.submissions import uploads

_inspect = lru_cache(maxsize=64)(uploads.inspect_safely)


@pytest.fixture(autouse=True)
def _look_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "inspect_safely", _inspect)
