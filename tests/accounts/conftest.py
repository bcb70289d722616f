"""Passwords are hashed with less memory here, or hashing would be most of the tests' time."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def _light_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "app" in request.fixturenames:
        app: Flask = request.getfixturevalue("app")
        security = app.extensions["security"]
        light = security.pwd_context.copy(argon2__rounds=1, argon2__memory_cost=64)
        light.dummy_verify()
        monkeypatch.setattr(security, "pwd_context", light)
