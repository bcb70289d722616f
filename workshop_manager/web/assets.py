"""Static files under an address that names their content: `/static/<digest of all>/theme.css`, immutable for a year.

One digest for the whole folder keeps relative references inside stylesheets right without rewriting them.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import NotFound

from workshop_manager.core.paths import STATIC
from workshop_manager.web.access import PUBLIC, access

blueprint = Blueprint("assets", __name__)
mimetypes.add_type("font/woff2", ".woff2")
_PACKED = {".css", ".js", ".svg", ".md"}
YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, read once at start."""

    body: bytes
    packed: bytes | None
    mimetype: str


class Assets:
    """All static files in memory (some 700 KB), with the digest of their content."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            name = path.relative_to(folder).as_posix()
            body = path.read_bytes()
            digest.update(name.encode() + b"\0" + body)
            packed = gzip.compress(body, 9, mtime=0) if path.suffix in _PACKED else None
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            if kind.startswith("text/") or kind.endswith(("javascript", "+xml")):
                kind += "; charset=utf-8"
            self.files[name] = Asset(body, packed, kind)
        self.digest = digest.hexdigest()[:12]


_assets = Assets(STATIC)


def asset(name: str) -> str:
    """The address of a static file; an unknown name is a bug and raises KeyError."""
    if name not in _assets.files:
        raise KeyError(f"no static file {name}")
    return url_for("assets.file", digest=_assets.digest, name=name)


@blueprint.get("/static/<digest>/<path:name>")
@access(PUBLIC)
def file(digest: str, name: str) -> Response:
    """A static file. An address with an old digest still answers, but is not to be kept."""
    found = _assets.files.get(name)
    if found is None:
        raise NotFound
    accepts = "gzip" in request.headers.get("Accept-Encoding", "")
    body = found.packed if accepts and found.packed else found.body
    response = current_app.response_class(body, mimetype=None, content_type=found.mimetype)
    if found.packed:
        response.headers["Vary"] = "Accept-Encoding"
        if body is found.packed:
            response.headers["Content-Encoding"] = "gzip"
    if digest == _assets.digest:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
    return response


def keeper(page: str) -> Response:
    """The worker that answers for this one page while there is no network; it lies at `worker.js` beneath the page."""
    body = _assets.files["js/keeping-worker.js"].body
    response = current_app.response_class(body, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = page
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/favicon.ico")
@access(PUBLIC)
def favicon() -> Response:
    """Browsers ask for it whatever the page says."""
    return file(_assets.digest, "favicon.svg")
