"""The running product: web server and worker as processes of their own, a real SMTP server, a real browser."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.smtp import Inbox, free_port, smtp_server

PASSWORD = "a quiet loom at noon"


@dataclass
class Site:
    """A running installation and what it mailed."""

    base: str
    inbox: Inbox
    environ: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *words: str) -> str:
        """Run one of our commands against this installation."""
        done = subprocess.run(
            [sys.executable, "-m", "workshop_manager", *words], env=self.environ, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add_person(self, name: str, email: str, *options: str) -> None:
        self.command("user", "create", "--email", email, "--name", name, "--password", PASSWORD, *options)

    def mail_to(self, address: str, subject: str, within: float = 20) -> EmailMessage:
        """The newest mail to that address whose subject contains these words; waits for the worker to deliver it."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            for mail in reversed(self.inbox.to(address)):
                if subject.lower() in str(mail["Subject"]).lower():
                    return mail
            time.sleep(0.1)
        seen = [str(m["Subject"]) for m in self.inbox.to(address)]
        raise AssertionError(f"no mail “{subject}” to {address}; there are {seen}")

    def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """A request as a calendar client makes it: no cookie, no browser. Header names come in small letters."""
        request = urllib.request.Request(self.base + path if path.startswith("/") else path, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read(), _lower(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read(), _lower(error.headers)


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def link_in(mail: EmailMessage, pattern: str = r"http://\S+") -> str:
    """The first address of the site in the text part."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(pattern, text)
    assert found, text
    return found.group(0)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One installation for all journeys of a worker; each journey founds its own community."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    with smtp_server() as inbox:
        environ = {k: v for k, v in os.environ.items() if not k.startswith("WORKSHOP_MANAGER_")} | {
            "WORKSHOP_MANAGER_SITE_MODE": "demo",
            "WORKSHOP_MANAGER_SITE_SECRET_KEY": "a key for journeys that is long enough",
            "WORKSHOP_MANAGER_SITE_VAR": str(folder),
            "WORKSHOP_MANAGER_SITE_BASE_URL": f"http://127.0.0.1:{port}",
            "WORKSHOP_MANAGER_SERVER_PORT": str(port),
            "WORKSHOP_MANAGER_SERVER_WORKERS": "1",
            "WORKSHOP_MANAGER_MAIL_DELIVERY": "smtp",
            "WORKSHOP_MANAGER_MAIL_SERVER": "127.0.0.1",
            "WORKSHOP_MANAGER_MAIL_PORT": str(inbox.port),
        }
        running = Site(f"http://127.0.0.1:{port}", inbox, environ)
        running.command("db", "upgrade")
        log = (folder / "log").open("wb")  # closed below, after the processes that write to it
        for words in ("serve", "worker"):
            running.processes.append(
                subprocess.Popen([sys.executable, "-m", "workshop_manager", words], env=environ, stdout=log, stderr=log)
            )
        _wait(running, folder / "log")
        yield running
        for process in running.processes:
            process.terminate()
        for process in running.processes:
            process.wait(20)
        log.close()


def _wait(running: Site, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if running.get("/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site did not start:\n" + log.read_text(errors="replace")[-3000:])


@pytest.fixture
def person(site: Site, chromium: Any) -> Iterator[Callable[..., Any]]:
    """`page = person("wahyuni@example.org")`: that person's own browser, signed in; without an address a visitor's."""
    contexts: list[Any] = []

    def open_browser(email: str | None = None, **options: Any) -> Any:
        context = chromium.new_context(base_url=site.base, viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if email:
            sign_in(page, email)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def sign_in(page: Any, email: str, password: str = PASSWORD) -> None:
    """Sign in by password, as a person does."""
    page.goto("/sign-in")
    page.locator("summary", has_text="password").click()
    form = page.locator("form", has=page.locator("input[type=password]"))
    if form.locator("input[type=email]").count():
        form.locator("input[type=email]").fill(email)
    else:
        page.locator("input[type=email]").first.fill(email)
    form.locator("input[type=password]").fill(password)
    form.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
