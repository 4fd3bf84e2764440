"""100,000 dossiers in pages of 100: the connector beside a bare `requests` loop over the same local server.

`python -m benchmarks.sources.crawl [PAIRS]` runs both in turn, each in a process of its own, and writes `crawl.md`
beside this file: seconds, processor seconds, peak memory, and the share of the bare loop's speed that the connector
reaches.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from tests.sources.test_load import a_dossier_server, crawled

HERE = Path(__file__).parent


def main(pairs: int) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder, a_dossier_server(100_000) as url:
        for turn in range(pairs):
            place = Path(folder) / str(turn)
            rows.append((crawled("bare", url, place), crawled("connector", url, place)))
            print(turn, rows[-1], flush=True)
    lines = ["# 100,000 dossiers, the connector beside a bare loop", ""]
    load = os.getloadavg()[0]
    lines += [f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}.", ""]
    lines += ["| pair | bare s | connector s | share of speed | bare CPU s | connector CPU s | share, CPU | peak MB |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for turn, (bare, whole) in enumerate(rows, start=1):
        wall, cpu = bare["seconds"] / whole["seconds"], bare["cpu"] / whole["cpu"]
        cells = (bare["seconds"], whole["seconds"], wall, bare["cpu"], whole["cpu"], cpu)
        figures = " | ".join(f"{cell:.2f}" for cell in cells)
        lines.append(f"| {turn} | {figures} | {whole['memory'] / 1e6:.0f} |")
    shares = [bare["seconds"] / whole["seconds"] for bare, whole in rows]
    spent = [bare["cpu"] / whole["cpu"] for bare, whole in rows]
    lines += ["", f"Median share of the bare loop's speed: {statistics.median(shares):.2f}; "]
    lines[-1] += f"of its processor time: {statistics.median(spent):.2f}. More than 1 is faster than the bare loop."
    lines += [""]
    (HERE / "crawl.md").write_text("\n".join(lines), encoding="utf-8")
    print(lines[-2])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
