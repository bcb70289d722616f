"""What becomes of an uploaded logo."""

import io

import pytest
from PIL import Image

from tests.shows import keeps
from tests.workshops.factories import picture
from workshop_manager.workshops import logo


@pytest.fixture(autouse=True)
def _context(app):
    with app.app_context():
        yield


@pytest.fixture
def app(_shared_app):
    return _shared_app


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_png_of_at_most_512_pixels(kind: str) -> None:
    made = Image.open(io.BytesIO(logo.make_logo(picture(kind, (1600, 800)))))
    assert (made.format, made.size) == ("PNG", (512, 256))


def test_nothing_of_the_file_survives_but_its_pixels() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    made = logo.make_logo(picture(pnginfo=info) + b"<script>trailing</script>")
    assert b"script" not in made
    assert Image.open(io.BytesIO(made)).info == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Choose a file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "SVG"),
        (b"%PDF-1.7 not a picture", "not a picture"),
        (b"PK\x03\x04", "not a picture"),
        (picture()[:200], "damaged"),
        (picture("GIF"), "not a picture"),
        (b"x" * (logo.MOST_BYTES + 1), "4 MB"),
    ],
)
@keeps("D1")
def test_what_is_no_logo_is_refused_with_the_reason(content: bytes, said: str) -> None:
    with pytest.raises(logo.NotALogo, match=said):
        logo.make_logo(content)


@keeps("D5")
def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(logo.NotALogo, match="pixels"):
        logo.make_logo(picture(size=(5000, 5000)))
