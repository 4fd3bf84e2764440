"""What a query of DuckDB fetches: `arobase serve` with a count of what it sends, and DuckDB in a process of its own.

Belongs here: counting and asking. Does not: what is asked. DuckDB is 1.4.4 of `.portals/readers`, with the extension
that reads over HTTP from PyPI; the extensions' own server is not asked.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.catalogue.serving import application
from tests.portals.real.running import INSTALLED, free_port

ASKING = """
import json, sys, urllib.request
from pathlib import Path
import duckdb, duckdb_ext
held = next(Path(duckdb_ext.__path__[0]).rglob("httpfs.duckdb_extension"))
script, *queries = sys.argv[1:]
store = duckdb.connect(config={"allow_unsigned_extensions": "true"})
store.execute(f"LOAD '{held}'")
store.execute(urllib.request.urlopen(script).read().decode())
print(json.dumps([store.sql(query).fetchall() for query in queries], default=str))
"""


@dataclass
class Counted:
    """The two folders, shown at `address`. `fetched`: path and bytes of each part of an answer; `requests`, of any."""

    address: str
    fetched: list[tuple[str, int]] = field(default_factory=list)
    requests: int = 0

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.fetched)

    def clear(self) -> None:
        self.fetched.clear()
        self.requests = 0


@contextmanager
def counting(outputs: Path) -> Iterator[Counted]:
    """`arobase serve` for a folder of outputs, counting what it sends."""
    port = free_port()
    made = Counted(f"http://127.0.0.1:{port}/")
    shown = _counts(application(outputs), made)
    server = uvicorn.Server(uvicorn.Config(shown, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def _counts(shown: ASGIApp, made: Counted) -> ASGIApp:
    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("body"):
                made.fetched.append((scope["path"], len(message["body"])))
            await send(message)

        made.requests += 1
        await shown(scope, receive, told)

    return counted


def answers(script: str, *queries: str) -> list[Any]:
    """The rows of each query, asked in a new DuckDB that has run the script at an address."""
    words = [str(INSTALLED / "readers" / "bin" / "python"), "-c", ASKING, script, *queries]
    run = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    told: list[Any] = json.loads(run.stdout)
    return told
