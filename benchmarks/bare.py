"""A bare Flask application that returns given bytes: what every figure is a ratio to."""

import json
import os
from pathlib import Path

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
