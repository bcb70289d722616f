"""A real subscriber, run as a program: vdirsyncer fetches a calendar into a folder, khal shows what is in it.

python -m tests.schedule.subscriber FOLDER ADDRESS; then for each line of standard input one fetch, and a line of JSON
with what khal lists: [start, title, place, status].
"""

import contextlib
import io
import json
import sys
from pathlib import Path

from khal.cli import main_khal
from vdirsyncer.cli import app as vdirsyncer

_SYNC = """[general]
status_path = "{folder}/status/"
[pair it]
a = "kept"
b = "public"
collections = null
conflict_resolution = "b wins"
partial_sync = "revert"
[storage kept]
type = "filesystem"
path = "{folder}/kept/"
fileext = ".ics"
[storage public]
type = "http"
url = "{address}"
"""
_SHOW = """[calendars]
[[it]]
path = {folder}/kept/
readonly = True
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
default_timezone = UTC
local_timezone = UTC
[sqlite]
path = {folder}/khal.db
"""


def main(folder: Path, address: str) -> None:
    """Serve fetches until the input ends."""
    (folder / "kept").mkdir()
    for name, text in (("sync", _SYNC), ("show", _SHOW)):
        (folder / name).write_text(text.format(folder=folder, address=address), "utf-8")
    with contextlib.redirect_stdout(sys.stderr):
        vdirsyncer(["-c", str(folder / "sync"), "discover"], standalone_mode=False)
    for day in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            vdirsyncer(["-c", str(folder / "sync"), "sync"], standalone_mode=False)
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            fields = ["start", "title", "location", "status"]
            words = ["-c", str(folder / "show"), "list", "--notstarted", "--once"]
            for field in fields:
                words += ["--json", field]
            main_khal([*words, day.strip(), "3d"], standalone_mode=False)
        lines = [one for line in shown.getvalue().splitlines() if line for one in json.loads(line)]
        print(json.dumps([[one[field] for field in fields] for one in lines]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
