"""A bare Flask application that returns given bytes: what every figure is a ratio to."""

import json
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, Response, request


def application() -> Flask:
    """Serves the files that BENCHMARK_BARE describes: path → (file, headers)."""
    described = json.loads(Path(os.environ["BENCHMARK_BARE"]).read_text(encoding="utf-8"))
    app = Flask("bare", static_folder=None)
    for number, (path, (file, headers)) in enumerate(described.items()):
        body = Path(file).read_bytes()

        def view(body: bytes = body, headers: dict[str, str] = headers) -> Response:
            if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
                return Response(status=304, headers={"ETag": headers["ETag"]})
            return Response(body, headers=headers)

        app.add_url_rule(path, f"page{number}", view)
    return app


def inserting() -> Flask:
    """One insert and its commit a request, with the database's own driver; the answer is BENCHMARK_SIZE bytes."""
    url, size = os.environ["BENCHMARK_DATABASE"], int(os.environ["BENCHMARK_SIZE"])
    app = Flask("bare", static_folder=None)
    own = threading.local()

    def connection() -> Any:
        if not hasattr(own, "connection"):
            if url.startswith("sqlite:///"):
                own.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=15)
                own.connection.execute("PRAGMA journal_mode=WAL")
                own.connection.execute("PRAGMA synchronous=FULL")
            else:
                own.connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
        return own.connection

    @app.post("/")
    def insert() -> Response:
        mark = "?" if url.startswith("sqlite:///") else "%s"
        values = (request.form["badge_name"], request.form["kind"])
        connection().execute(f"INSERT INTO bare_rows (name, kind) VALUES ({mark}, {mark})", values)
        return Response(b" " * size, 303, {"Location": "/"})

    return app
