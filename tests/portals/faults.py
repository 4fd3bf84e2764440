"""A proxy between a push and a portal that spoils one answer, or one request, in every way that networks know.

Belongs here: the faults and the proxy. Does not: what holds after each (`test_faults.py`, `real/test_real_faults.py`).
"""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.sources.server import listening

LONGEST = 20.0  # seconds; after that a fault gives up
DEADLINE = 0.6  # seconds; what the portal's file says while a slow fault is tried
ELSEWHERE = "http://127.0.0.1:9/vol"
READING = ("package_show", "datastore_search")


@dataclass
class Answer:
    """What the portal says: status, headers, body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Wire:
    """One request on its way. `ask` lets it reach the portal; `say` writes bytes to who asked."""

    connection: socket.socket
    ask: Callable[[], Answer]
    last: Answer | None

    def say(self, data: bytes) -> None:
        self.connection.sendall(data)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer that is not the portal's."""
        self.say(head(status, {"Content-Length": str(len(body)), **_named(headers)}) + body)

    def drip(self, data: bytes) -> None:
        """A byte in a tenth of the deadline, for as long as anybody listens."""
        end = time.monotonic() + LONGEST
        for place in range(10**6):
            if time.monotonic() > end:
                return
            self.say(data[place % len(data) : place % len(data) + 1])
            time.sleep(DEADLINE / 10)

    def reset(self) -> None:
        """End the connection without a word of farewell: what was sent is lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Fault = Callable[[Wire], None]


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def whole(answer: Answer, body: bytes | None = None, **headers: str) -> bytes:
    """The portal's answer as bytes, with another body or other headers."""
    sent = answer.body if body is None else body
    told = {"Content-Type": "application/json", "Content-Length": str(len(sent)), **_named(headers)}
    return head(answer.status, told) + sent


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _status(status: int, body: bytes = b"<html>non</html>", **headers: str) -> Fault:
    return lambda wire: wire.answer(status, body, Content_Type="text/html", **headers)


def _json(text: bytes) -> Fault:
    return lambda wire: wire.answer(200, text, Content_Type="application/json")


def _spoilt(spoil: Callable[[Answer], bytes]) -> Fault:
    """The portal did what was asked; its answer comes as `spoil` makes it."""
    return lambda wire: wire.say(spoil(wire.ask()))


def _silence(wire: Wire) -> None:
    time.sleep(LONGEST)


def _another(wire: Wire) -> None:
    wire.say(whole(wire.last) if wire.last is not None else b"")


def _done_and_cut(wire: Wire) -> None:
    wire.ask()


def _done_and_reset(wire: Wire) -> None:
    wire.ask()
    wire.reset()


def _dripping_head(wire: Wire) -> None:
    wire.ask()
    wire.say(b"HTTP/1.1 200 -\r\nX-Lent: ")
    wire.drip(b"x")


def _dripping_body(wire: Wire) -> None:
    answer = wire.ask()
    wire.say(whole(answer, b"", Content_Length="1000000"))
    wire.drip(b" ")


def _dripping_chunk_size(wire: Wire) -> None:
    wire.ask()
    wire.say(head(200, {"Transfer-Encoding": "chunked"}))
    wire.drip(b"0")


def _continues_for_ever(wire: Wire) -> None:
    wire.ask()
    wire.drip(b"HTTP/1.1 100 Continue\r\n\r\n")


def _longer_and_open(wire: Wire) -> None:
    answer = wire.ask()
    wire.say(whole(answer, Content_Length=str(len(answer.body) + 9)))
    time.sleep(LONGEST)


def _answered_twice(wire: Wire) -> None:
    answer = whole(wire.ask())
    wire.say(answer + answer)


def _asked_again_after_a_loss(wire: Wire) -> None:
    wire.ask()
    wire.say(whole(wire.ask()))


FAULTS: dict[str, Fault] = {
    # The portal was not reached.
    "connexion réinitialisée": lambda wire: wire.reset(),
    "connexion fermée": lambda wire: None,
    "silence": _silence,
    "429 avec des secondes": _status(429, Retry_After="1"),
    "429 avec une date": lambda wire: wire.answer(429, Retry_After=formatdate(time.time() + 1, usegmt=True)),
    "429 pour un jour": _status(429, Retry_After="86400"),
    "429 sans délai": _status(429),
    "503 avec des secondes": _status(503, Retry_After="1"),
    "503 sans délai": _status(503),
    "500": _status(500, b'{"message": "oups"}'),
    "502": _status(502),
    "504": _status(504),
    "408": _status(408),
    "401": _status(401),
    "403 d'un pare-feu": _status(403),
    "404 d'un autre serveur": _status(404),
    "413": _status(413),
    "renvoi 301": _status(301, Location=ELSEWHERE),
    "renvoi 302": _status(302, Location=ELSEWHERE),
    "renvoi 307": _status(307, Location=ELSEWHERE),
    "renvoi 308": _status(308, Location=ELSEWHERE),
    "page de connexion": _status(200),
    "réponse vide": _status(200, b""),
    "null": _json(b"null"),
    "liste": _json(b"[]"),
    "JSON sans fond": _json(b"[" * 200_000),
    "réponse à une autre question": _another,
    # The portal did what was asked.
    "fait, puis fermée": _done_and_cut,
    "fait, puis réinitialisée": _done_and_reset,
    "fait, puis 500": lambda wire: (wire.ask(), _status(500)(wire))[1],
    "fait, puis 502": lambda wire: (wire.ask(), _status(502)(wire))[1],
    "fait, puis renvoi": lambda wire: (wire.ask(), _status(303, Location=ELSEWHERE)(wire))[1],
    "coupée dans l'en-tête": _spoilt(lambda answer: whole(answer)[:40]),
    "coupée dans le corps": _spoilt(lambda answer: whole(answer)[:-7]),
    "JSON tronqué": _spoilt(lambda answer: whole(answer, answer.body[: len(answer.body) // 2])),
    "longueur trop courte": _spoilt(lambda answer: whole(answer, Content_Length=str(len(answer.body) // 2))),
    "longueur trop longue": _spoilt(lambda answer: whole(answer, Content_Length=str(len(answer.body) + 9))),
    "longueur trop longue, connexion tenue": _longer_and_open,
    "longueur négative": _spoilt(lambda answer: whole(answer, Content_Length="-1")),
    "en-tête au goutte-à-goutte": _dripping_head,
    "corps au goutte-à-goutte": _dripping_body,
    "taille de bloc au goutte-à-goutte": _dripping_chunk_size,
    "100 sans fin": _continues_for_ever,
    "blocs faux": _spoilt(lambda answer: head(200, {"Transfer-Encoding": "chunked"}) + b"zz\r\n" + answer.body),
    "faux gzip": _spoilt(lambda answer: whole(answer, Content_Encoding="gzip")),
    "gzip tronqué": _spoilt(lambda answer: whole(answer, gzip.compress(answer.body)[:-9], Content_Encoding="gzip")),
    "pas HTTP": _spoilt(lambda answer: b"\x00\xff SSH-2.0\r\n\r\n" + answer.body),
    "pas UTF-8": _spoilt(lambda answer: whole(answer, answer.body.replace(b'"', b"\xff", 1))),
    "deux cents en-têtes": _spoilt(lambda answer: whole(answer, **{f"X_{place}": "x" for place in range(200)})),
    "réponse double": _answered_twice,
    "demande répétée en chemin": _asked_again_after_a_loss,
}

SLOW = frozenset(
    {
        "silence",
        "longueur trop longue, connexion tenue",
        "en-tête au goutte-à-goutte",
        "corps au goutte-à-goutte",
        "taille de bloc au goutte-à-goutte",
        "100 sans fin",
    }
)
"""Faults that only a deadline ends."""


@dataclass
class Proxy:
    """Spoils request number `at` (from 1, counted from the last `arm`) by `fault`; lets every other one pass."""

    upstream: str
    address: str = ""
    fault: Fault | None = None
    at: int = 0
    counted: int = 0
    writes_only: bool = True
    spoilt: list[str] = field(default_factory=list)
    last: Answer | None = None

    def arm(self, fault: Fault | None, at: int = 1, *, writes_only: bool = True) -> None:
        self.fault, self.at, self.counted, self.writes_only, self.last = fault, at, 0, writes_only, None
        self.spoilt.clear()


@contextmanager
def between(upstream: str) -> Iterator[Proxy]:
    """A proxy on a free port of this machine before the portal at `upstream`."""
    proxy = Proxy(upstream)
    host = urlsplit(upstream).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))

            def ask() -> Answer:
                connection = HTTPConnection(host, timeout=120)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                headers["Accept-Encoding"] = "identity"
                # As the portal knows itself: what it says of its own addresses stays right.
                connection.request(self.command, self.path, body, {**headers, "Host": host})
                told = connection.getresponse()
                answer = Answer(told.status, dict(told.getheaders()), told.read())
                connection.close()
                return answer

            self.close_connection = True
            reading = self.command == "GET" or urlsplit(self.path).path.endswith(READING)
            proxy.counted += not (reading and proxy.writes_only)
            wire = Wire(self.connection, ask, proxy.last)
            is_due = proxy.counted == proxy.at and not proxy.spoilt and not (reading and proxy.writes_only)
            with suppress(OSError):  # who asked has left
                if proxy.fault is not None and is_due:
                    proxy.spoilt.append(f"{self.command} {self.path}")
                    proxy.fault(wire)
                else:
                    proxy.last = ask()
                    wire.say(whole(proxy.last))

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self._any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with listening(Handler) as address:
        proxy.address = f"{address}/"
        yield proxy
