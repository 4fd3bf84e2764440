"""How much of the log is read to verify the last of many events, from a folder and over HTTP.

Run: `python -m benchmarks.releases.log_reading [events]`. Bar: 100,000 bytes of the log for one of 10,000 events. The
log is a real one: a signed release, refusals of another package, a last release, whose folder is then verified as an
auditor does, its log read from a folder and from a web server on loopback.
"""

from __future__ import annotations

import http.server
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.releases.data import a_request
from pipelines.releases.ledger import Ledger, ledger_beside
from pipelines.releases.log.journal import Journal, folder_reader, log_beside
from pipelines.releases.log.remote import web_reader
from pipelines.releases.publish import publish
from pipelines.releases.signature import SigningKey, new_key
from pipelines.releases.verify import verify
from pipelines.storage import sha256_bytes

BAR = 100_000
Read = Callable[[str], bytes | None]


def a_long_log(releases: Path, key: SigningKey, events: int) -> Path:
    """A log of so many events, of which the last is a release, whose folder is given back."""
    publish(a_request(1_000, 1), releases, key=key)
    ledger = Ledger.read(ledger_beside(releases))
    head, lines = ledger.head, []
    for number in range(1, events - 1):
        entry = {"seq": number, "previous": head, "event": "refused", "package": "autre", "refusal": "0" * 64}
        lines.append(json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
        head = sha256_bytes(lines[-1].encode())
    ledger.append(lines)
    journal = Journal.read(releases)
    journal.add(journal.addition([line.encode() for line in lines], [key]))
    outcome: Any = publish(a_request(1_000, 2), releases, key=key)
    return Path(outcome.path)


class Counting:
    """A reader of the log, with how much it has read."""

    def __init__(self, read: Read) -> None:
        self.read, self.bytes, self.files = read, 0, 0

    def __call__(self, name: str) -> bytes | None:
        data = self.read(name)
        self.files, self.bytes = self.files + 1, self.bytes + len(data or b"")
        return data


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Nothing: what is served is counted elsewhere."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def main(events: int) -> bool:
    """Measures, prints, and says whether the bar holds."""
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        releases = base / "outputs" / "releases"
        key = new_key(base / "key")
        release = a_long_log(releases, key, events)
        whole = sum(path.stat().st_size for path in log_beside(releases).rglob("*") if path.is_file())
        print(f"{events:,} events, a log of {whole:,} bytes")
        well = True
        with served(log_beside(releases)) as address:
            for label, read in (("folder", folder_reader(log_beside(releases))), ("http", web_reader(address))):
                counting, start = Counting(read), time.perf_counter()
                found = verify(release, keys=[key.public_line], read=counting)
                seconds = time.perf_counter() - start
                well = well and found.is_sound and counting.bytes <= BAR
                print(
                    f"{label}: {counting.bytes:,} bytes of the log in {counting.files} reads, bar {BAR:,}; "
                    f"sound {found.is_sound}, {seconds:.2f} s"
                )
                for flaw in found.flaws:
                    print(" ", flaw.message("en"))
    return well


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000) else 1)
