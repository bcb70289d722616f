"""Sets a book in type: the program that a child process runs, with limits it cannot lift.

Started as a file, not as a module: in isolated mode nothing but this and typst is imported, and it gets none of our
environment, where secrets are. From standard input comes one JSON document; it reaches typst as a string of data. To
standard output goes one line of JSON (`pages`, `unprintable`), then the PDF. typst sees the folder of the template and
that of the fonts only.
"""

import json
import re
import resource
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CPU_SECONDS = 60
MOST_UNPRINTABLE = 100
NO_TYPST = 70
REPLACEMENT = "\ufffd"
_MISSING = re.compile(r"the text `\"(.*?)\"` could not be displayed", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|(.))")


def restrict(memory_bytes: int) -> None:
    """Give this process limits: memory, CPU seconds, no file to write, no core dump."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        wanted = limit if ceiling == resource.RLIM_INFINITY else min(limit, ceiling)
        resource.setrlimit(kind, (wanted, wanted))


def missing_text(message: str) -> str | None:
    """The letters that typst says no font has, or None for another message (Rust writes some of them as escapes)."""
    found = _MISSING.search(message)
    if found is None:
        return None
    names = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}
    return _ESCAPE.sub(
        lambda one: chr(int(one[1], 16)) if one[1] else names.get(one[2], one[2]),
        found[1],
    )


def without(value: Any, letters: str) -> Any:
    """The data with those letters replaced by the sign for what cannot be shown."""
    if isinstance(value, str):
        return value.replace(letters, REPLACEMENT)
    if isinstance(value, list):
        return [without(one, letters) for one in value]
    if isinstance(value, dict):
        return {key: without(one, letters) for key, one in value.items()}
    return value


def press(book: dict[str, Any], at: int, template: Path = HERE / "book.typ") -> tuple[bytes, list[str]]:
    """The PDF, and what could not be printed. The same data and moment (seconds since 1970) give the same bytes."""
    import typst

    unprintable: list[str] = []
    fonts = str(HERE / "fonts")
    while True:
        inputs = {"book": json.dumps(book, ensure_ascii=False)}
        try:
            # PDF/UA (ISO 14289-1): tagged, so that it can be read aloud, and refused if a letter has no picture.
            made = typst.compile(
                str(template),
                root=str(template.parent),
                font_paths=[fonts],
                format="pdf",
                sys_inputs=inputs,
                pdf_standards="ua-1",
                timestamp=at,
            )
        except typst.TypstError as error:
            letters = missing_text(str(error))
            if not letters or letters == REPLACEMENT or len(unprintable) >= MOST_UNPRINTABLE:
                raise
            unprintable.append(letters)
            book = without(book, letters)
            continue
        assert isinstance(made, bytes)
        return made, unprintable


def main(arguments: list[str]) -> int:
    """The child: `MEMORY SECONDS-SINCE-1970 TEMPLATE`."""
    restrict(int(arguments[0]))
    try:
        import typst  # noqa: F401
        from pypdf import PdfReader
    except ImportError:
        return NO_TYPST
    pdf, unprintable = press(json.load(sys.stdin.buffer), int(arguments[1]), Path(arguments[2]))
    told = {"pages": len(PdfReader(BytesIO(pdf)).pages), "unprintable": unprintable}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + pdf)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
