"""Starting and stopping real software for a test: by process identifier, on this machine only.

Belongs here: processes, free ports, serving a folder. Does not: any one software (`udata_server.py`, `ckan_server.py`).
"""

from __future__ import annotations

import functools
import http.server
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = ROOT / ".portals"
PATIENCE = 120.0


def free_port() -> int:
    """A port that nothing listened on just now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def running(words: Sequence[str | Path], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Path]:
    """A process and its children, in a group of its own, ended with the block; yields the file of its output."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [str(word) for word in words],
            stdout=file,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            cwd=log.parent,
        )
    try:
        yield log
    finally:
        for way in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, way)
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    continue


def wait_for_port(port: int, log: Path) -> None:
    """Until something listens on a port of this machine. Raises `AssertionError` with the end of its output."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as tried:
            tried.settimeout(1)
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(f"nothing listens on {port}: {log.read_text(errors='replace')[-3000:]}")


def first_line(log: Path, start: str = "{") -> str:
    """The first line of an output that begins so, once it is there. Raises `AssertionError` with the output's end."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = [line for line in log.read_text(errors="replace").splitlines() if line.startswith(start)]
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no line: {log.read_text(errors='replace')[-3000:]}")


@contextmanager
def hosting(folder: Path) -> Iterator[str]:
    """A folder served on this machine; yields its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Quiet."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()
