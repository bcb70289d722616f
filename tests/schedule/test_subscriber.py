"""One person's calendar program over the life of a schedule, with the programs that people really use."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import make_edition
from tests.schedule.factories import CHAIR, START, content, make_item, make_release
from tests.served import served
from tests.shows import shows
from workshop_manager.schedule import releasing, service
from workshop_manager.workshops.queries import get_edition

pytestmark = pytest.mark.sqlite


@shows("Schedule", "A subscriber's calendar follows a move, a rename, a cancellation, a deletion and what is new")
def test_17_a_subscriber_follows_everything(app, work, clock, database, tmp_path):
    with work() as uow:
        edition = make_edition(uow)
        ids = {
            title: make_item(uow, edition, title, n * 30).id for n, title in enumerate(("Opening", "Dialects", "Looms"))
        }
        make_release(uow, edition)

    def release(act):
        clock.at += timedelta(hours=1)
        with work() as uow:
            found = get_edition(uow.session, edition.id)
            act(uow, found)
            make_release(uow, found)

    def edit(title, *more, **values):
        def act(uow, found):
            item = service.get_item(uow, found, ids[title])
            service.edit(uow, found, CHAIR, item.id, item.version, content(*more, **values))

        return act

    with served(app) as base:
        command = [sys.executable, "-m", "tests.schedule.subscriber", str(tmp_path), f"{base}/musiml/2026/schedule.ics"]
        program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())

        def fetched():
            program.stdin.write("2026-12-11\n")
            program.stdin.flush()
            return [tuple(one) for one in json.loads(program.stdout.readline())]

        first = [("2026-12-11 14:30", "Opening"), ("2026-12-11 15:00", "Dialects"), ("2026-12-11 15:30", "Looms")]
        assert [one[:2] for one in fetched()] == first
        release(edit("Opening", "Opening", 0, 20, room="Main hall"))
        assert fetched()[0][:3] == ("2026-12-11 14:30", "Opening", "Main hall")
        release(edit("Looms", "Looms", 120))
        assert [one[:2] for one in fetched()] == [*first[:2], ("2026-12-11 16:30", "Looms")]
        release(edit("Dialects", "Whose dialects?", 30))
        assert [one[1] for one in fetched()] == ["Opening", "Whose dialects?", "Looms"]
        release(lambda uow, found: service.remove(uow, found, CHAIR, ids["Looms"]))
        assert [(one[1], one[3].strip()) for one in fetched()][-1] == ("Looms", "CANCELLED")
        clock.at = START + timedelta(days=1)
        with app.app_context():
            releasing.refresh_stale(database, clock)
        release(lambda uow, found: make_item(uow, found, "Dinner", 600))
        assert [one[1] for one in fetched()] == ["Opening", "Whose dialects?", "Dinner"]
        program.stdin.close()
        assert program.wait(20) == 0
        program.stdout.close()
