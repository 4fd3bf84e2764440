"""One crawl in a process of its own, to measure it: `python -m tests.sources.crawl_once bare|connector URL FOLDER`.

Prints the seconds, those of the processor, and the greatest memory that the process took (bytes), as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.sources.registry import CONNECTORS
from tests.sources.builders import MORNING, a_project, a_source, collected


def bare(url: str) -> int:
    """What a person writes at first: a loop over requests, each answer parsed and its dossiers counted."""
    import requests

    session, cursor, count = requests.Session(), None, 0
    while True:
        body: dict[str, Any] = {"queryId": "ds-query-v2", "variables": {"first": 100, "after": cursor}}
        page = session.post(url, json=body, timeout=60).json()["data"]["demarche"]["dossiers"]
        count += len(page["nodes"])
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return count


def connector(url: str, folder: Path) -> int:
    project = a_project(folder)
    source = a_source(
        project,
        connector="demarche",
        address=url,
        secrets=["JETON"],
        parameters={"number": 1, "allow_private": True, "per_minute": 0},
        parts={"dossiers": {"format": "demarche"}},
    )
    capture = collected(project, source, MORNING, JETON="invented")
    return int(capture.parts[0].fetch["dossiers"])


def peak_memory() -> int:
    """The greatest memory of this program, in bytes: `ru_maxrss` would count what its parent held when it forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def main(kind: str, url: str, folder: str) -> None:
    # What a process imports once is no part of a crawl.
    import jsonschema  # noqa: F401
    import requests

    requests.Session().close()
    list(CONNECTORS)  # filled before the clock starts
    began, spent = time.perf_counter(), time.process_time()
    count = bare(url) if kind == "bare" else connector(url, Path(folder))
    seconds, cpu = time.perf_counter() - began, time.process_time() - spent
    print(json.dumps({"dossiers": count, "seconds": seconds, "cpu": cpu, "memory": peak_memory()}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
