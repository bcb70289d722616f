"""People who send slowly, or stop half-way, do not keep others from being answered; unclear lengths are refused."""

import contextlib
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
CHUNKS = (
    b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n6\r\nemail=\r\n"
)
LARGE = BODY.replace(b"1000", b"30000000")
HUGE = BODY.replace(b"1000", b"300000000000")
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SECOND = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@keeps("O1")
def test_sixty_half_sent_requests_do_not_stop_others(site: Site) -> None:
    site.serve()
    open_links = []
    for begun in (HEAD, CHUNKS, LARGE, HUGE, BODY):
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


@keeps("Q6")
def test_a_body_whose_length_is_unclear_is_refused_and_nothing_after_it_is_read(site: Site) -> None:
    site.serve()
    post = b"POST /sign-in HTTP/1.1\r\nHost: x\r\n" + FORM
    for unclear in (
        post + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        post + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        post + b"Content-Length: +5\r\n\r\nabcde",
        post + b"Content-Length: 5, 5\r\n\r\nabcde",
        post.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ):
        said = _say(site, unclear + SECOND)
        assert not said or said.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), (unclear, said)
        assert b"200 OK" not in said, unclear


@keeps("Q6")
def test_trace_and_a_method_in_a_header_do_nothing(site: Site) -> None:
    site.serve()
    traced = _say(site, b"TRACE / HTTP/1.1\r\nHost: x\r\nX-Secret: of-a-proxy\r\nConnection: close\r\n\r\n")
    assert traced.startswith(b"HTTP/1.1 405")
    assert b"of-a-proxy" not in traced
    for header in (b"X-HTTP-Method-Override", b"X-HTTP-Method", b"X-Method-Override"):
        asked = b"GET /sign-in?_method=DELETE HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + header + b": POST\r\n\r\n"
        assert _say(site, asked).startswith(b"HTTP/1.1 200")  # as any other GET: the page, and no failed try


def _say(site: Site, request: bytes) -> bytes:
    """Everything the server answers until it ends the connection, or has said nothing for two seconds."""
    said = b""
    with socket.create_connection(("127.0.0.1", site.port)) as link:
        link.settimeout(2)
        link.sendall(request)
        with contextlib.suppress(OSError):
            while part := link.recv(65_536):
                said += part
    return said
