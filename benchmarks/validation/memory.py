"""How much memory `arobase check` takes over a large file with a unique key, beside what it was allowed.

python -m benchmarks.validation.memory [--gigabytes 2] [--memory 16M 64M 256M 512M]

The file is made first, and taken away at the end. Each run is the command itself, in a process of its own: the most
that it ever held must stay under the memory that it was given and 200 MB. Exit 1 when it does not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks.validation.data import SCHEMA, line

BESIDE = 200 * 10**6  # bytes that may be taken beside the memory that was asked for
TOGETHER = 20_000  # rows that are made again; the others repeat them under keys of their own
UUID = 36
UNITS = {"M": 1 << 20, "G": 1 << 30}


def write(path: Path, size: int) -> int:
    """Write a file of at least `size` bytes, no key twice; returns its rows."""
    rng, written, rows = random.Random(20261129), 0, 0
    endings = [line(number, rng, 0.0)[UUID:].encode() + b"\n" for number in range(TOGETHER)]
    with path.open("wb") as file:
        written += file.write(",".join(field["name"] for field in SCHEMA["fields"]).encode() + b"\n")
        while written < size:
            keys = (str(uuid.UUID(int=rng.getrandbits(128))).encode() for _ in endings)
            written += file.write(b"".join(key + ending for key, ending in zip(keys, endings, strict=True)))
            rows += TOGETHER
    return rows


def peak(path: Path, schema: Path, memory: str) -> tuple[int, float, int]:
    """The most bytes that the command held, its seconds and its exit code."""
    words = [sys.executable, "-m", "pipelines.cli", "check", str(path), "--schema", str(schema), "--memory", memory]
    begun = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss * 1024, time.perf_counter() - begun, os.waitstatus_to_exitcode(status)


def main() -> int:
    """Make the file, measure, take it away; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--memory", nargs="+", default=["16M", "64M", "256M", "512M"])
    asked = parser.parse_args()
    is_under = True
    with tempfile.TemporaryDirectory() as folder:
        path, schema = Path(folder) / "large.csv", Path(folder) / "schema.json"
        schema.write_text(json.dumps(SCHEMA))
        rows = write(path, int(asked.gigabytes * 10**9))
        print(f"{path.stat().st_size / 10**9:.2f} GB, {rows:,} rows", flush=True)
        for memory in asked.memory:
            held, seconds, code = peak(path, schema, memory)
            allowed = int(memory[:-1]) * UNITS[memory[-1].upper()] + BESIDE
            is_under = is_under and held <= allowed and code == 0
            print(
                f"--memory {memory}: {held / 10**6:.0f} MB of {allowed / 10**6:.0f}, {seconds:.0f} s, exit {code}",
                flush=True,
            )
    return 0 if is_under else 1


if __name__ == "__main__":
    sys.exit(main())
