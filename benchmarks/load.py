"""A load of keep-alive connections on loopback, in a process of its own: prints the number of answers a second."""

import argparse
import selectors
import socket
import sys
import time


def answers(port: int, request: bytes, connections: int, seconds: float) -> float:
    """Answers a second over that many connections, each with one request under way at a time."""
    selector = selectors.DefaultSelector()
    expected = _length(port, request)
    for _ in range(connections):
        link = socket.create_connection(("127.0.0.1", port))
        link.sendall(request)
        link.setblocking(False)
        selector.register(link, selectors.EVENT_READ, [0])
    done, start = 0, time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        for key, _events in selector.select(0.5):
            link = key.fileobj
            got = len(link.recv(262_144))
            if not got:
                sys.exit("the server closed a connection")
            key.data[0] += got
            if key.data[0] >= expected:
                key.data[0] -= expected
                done += 1
                link.send(request)
    return done / (now - start)


def _length(port: int, request: bytes) -> int:
    """Bytes of one whole answer; equal requests have equal answers."""
    with socket.create_connection(("127.0.0.1", port)) as link:
        link.sendall(request)
        link.settimeout(3)
        data = b""
        while b"\r\n\r\n" not in data:
            data += link.recv(65_536)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        size = next((int(x.split(b":")[1]) for x in lines if x.startswith(b"content-length:")), 0)
        if b" 304 " in lines[0]:
            size = 0
        while len(body) < size:
            body += link.recv(65_536)
        return len(head) + 4 + size


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--header", action="append", default=[])
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    head = "".join(f"{h}\r\n" for h in given.header)
    request = f"GET {given.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n".encode()
    print(answers(given.port, request, given.connections, given.seconds))
