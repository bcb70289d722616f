"""Files on their way in: known by their bytes, never by their name."""

import io
import zipfile

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from tests.shows import shows
from workshop_manager.materials.files import ODP, PPTX, NotTaken, take
from workshop_manager.materials.states import Kind


def packed(**parts: bytes) -> bytes:
    """A zip of these parts; `__` stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, body in parts.items():
            made.writestr(name.replace("__", "/").replace("Types", "[Content_Types].xml"), body)
    return out.getvalue()


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


SLIDES = {"ppt__presentation.xml": b"<p/>", "Types": b"<t/>"}


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("kind", "body", "media_type"),
    [
        (Kind.SLIDES, packed(**SLIDES), PPTX),
        (Kind.SLIDES, packed(mimetype=ODP.encode()), ODP),
        (Kind.POSTER, png(), "image/png"),
        (Kind.CAPTIONS, "WEBVTT\n\nمرحبا".encode(), "text/vtt"),
    ],
)
def test_a_file_is_known_by_its_bytes(uow, kind: Kind, body: bytes, media_type: str):
    name = 'C:\\talks\\my"talk.exe'
    found = take(uow, FileStorage(io.BytesIO(body), name), kind)
    assert (found.media_type, found.body) == (media_type, body)
    assert found.name.startswith('my"talk.')
    assert not found.name.endswith(".exe")


@pytest.mark.sqlite
@shows(
    "Schedule",
    "Slides, posters and captions are known by their bytes; macros, bombs and other files are refused with why",
)
@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        (Kind.SLIDES, b"", "empty"),
        (Kind.SLIDES, b"<script>alert(1)</script>", "PPTX"),
        (Kind.SLIDES, png(), "PPTX"),
        (Kind.SLIDES, packed(**SLIDES, ppt__vbaProject_bin=b"x").replace(b"Project_bin", b"Project.bin"), "macros"),
        (Kind.SLIDES, b"PK\x03\x04 and then nothing", "damaged"),
        (Kind.POSTER, png()[:40], "damaged"),
        (Kind.CAPTIONS, b"WEBVTT\n\n\xff\xfe", "UTF-8"),
        (Kind.CODE, packed(**SLIDES), "link"),
        (Kind.PAPER, b"%PDF-1.4 and nothing", "breaks off"),
    ],
)
def test_what_is_no_such_file_is_refused_with_why(uow, kind: Kind, body: bytes, says: str):
    with pytest.raises(NotTaken, match=says):
        take(uow, FileStorage(io.BytesIO(body), "talk.pdf"), kind)
