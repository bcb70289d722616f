"""People who send slowly, or stop half-way, do not keep others from being answered."""

import socket
import time

import pytest

from tests.operations.conftest import Site
from tests.shows import keeps

pytestmark = pytest.mark.sqlite
HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Begun: "
BODY = (
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nemail="
)


@keeps("O1")
def test_sixty_half_sent_requests_do_not_stop_others(site: Site) -> None:
    site.serve()
    open_links = []
    for begun in (HEAD, BODY):
        for _number in range(60):
            link = socket.create_connection(("127.0.0.1", site.port))
            link.sendall(begun)
            open_links.append(link)
    time.sleep(0.5)
    for _time in range(8):
        begun_at = time.monotonic()
        assert site.answers()
        assert time.monotonic() - begun_at < 2
    # One of them goes on after all, and gets its answer: the form's token is missing.
    late = open_links[-1]
    late.sendall(b"x" * 994)
    late.settimeout(10)
    assert late.recv(200).startswith(b"HTTP/1.1 400")
    for link in open_links:
        link.close()
