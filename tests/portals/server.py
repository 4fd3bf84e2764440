"""A server that stands for a portal in the contract tests: it answers in the shapes of the real software.

Belongs here: HTTP, and faults to inject. Does not: what a portal knows (`fake_ckan.py`, `fake_datagouv.py`), which the
tests in `real/` hold against the real CKAN and the real udata.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from tests.sources.server import listening


@dataclass
class Asked:
    """One request. `fault` decides by it; `writes` says whether it could change anything."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body) if self.body else {}

    @property
    def writes(self) -> bool:
        reading = ("package_show", "datastore_search")
        return self.method != "GET" and not self.path.endswith(reading)


@dataclass
class Told:
    """An answer. `cut` closes the connection without one, after the request was done."""

    status: int
    document: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: bool = False


class Portal(Protocol):
    """What is behind the server."""

    def answer(self, asked: Asked) -> Told: ...


@dataclass
class Served:
    """A running portal. `before` may answer in its place; `after` may change its answer, the request being done."""

    portal: Any
    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    before: Callable[[Asked], Told | None] = lambda asked: None
    after: Callable[[Asked, Told], Told] = lambda asked, told: told

    @property
    def writes(self) -> list[str]:
        return [f"{item.method} {item.path}" for item in self.asked if item.writes]


@contextmanager
def served(portal: Portal) -> Iterator[Served]:
    """A portal on a free port of this machine."""
    holder = Served(portal)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            params = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked = Asked(self.command, parts.path, params, headers, body)
            holder.asked.append(asked)
            told = holder.before(asked) or holder.after(asked, portal.answer(asked))
            if told.cut:
                self.close_connection = True
                return
            content = told.raw if told.raw is not None else b""
            if told.raw is None and told.document is not None:
                content = json.dumps(told.document).encode()
            self.send_response(told.status)
            for name, value in {"Content-Type": "application/json", **told.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Quiet: tests read `asked`."""

    with listening(Handler) as address:
        holder.address = f"{address}/"
        yield holder
