"""Recall and precision of the gate by kind of leak, and its speed: `python -m benchmarks.privacy.measure [rows]
[seed]`."""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from benchmarks.privacy.generated import Generated, generate
from pipelines.privacy import PersonalValues, gate, load_allow_list
from pipelines.privacy.gate import GateReport

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@dataclass(frozen=True)
class Measured:
    """What was held. `recall` by kind of leak; `clean_held`: share of clean rows held."""

    report: GateReport
    recall: dict[str, float]
    clean_held: float
    precision: float
    cells: int
    seconds: float
    processor_seconds: float


def measure(made: Generated) -> Measured:
    """Run the gate on a generated set and count."""
    started, used = time.perf_counter(), time.process_time()
    personal = PersonalValues.of_table(made.personal, Generated.PERSONAL)
    report = gate({"enquetes-publiques/invente": made.public}, personal, load_allow_list(SCHEMAS))
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    held = set(report.quarantined("enquetes-publiques/invente"))
    all_of, found = (
        Counter(item.kind for item in made.seeded),
        Counter(item.kind for item in made.seeded if item.row in held),
    )
    leaking = {item.row for item in made.seeded}
    clean = made.public.num_rows - len(leaking)
    return Measured(
        report,
        {kind: found[kind] / all_of[kind] for kind in sorted(all_of)},
        len(held - leaking) / max(1, clean),
        len(held & leaking) / max(1, len(held)),
        report.cells,
        seconds,
        processor,
    )


def main(rows: int, seed: int) -> None:
    made = generate(rows, seed)
    result = measure(made)
    print(f"Python {platform.python_version()}, pyarrow {pa.__version__}, {platform.machine()}, seed {seed}")
    print(f"{rows} rows, {len(made.seeded)} leaks of {len(result.recall)} kinds")
    for kind, recall in result.recall.items():
        print(f"  {kind:22} {recall:7.2%}")
    print(f"clean rows held {result.clean_held:.3%}, precision {result.precision:.2%}")
    rate, own = result.cells / result.seconds, result.cells / result.processor_seconds
    print(f"{result.cells} cells in {result.seconds:.2f} s: {rate:,.0f} cells/s ({own:,.0f} a second of processor)")
    leaking = {item.row for item in made.seeded}
    false = Counter((hold.rule, hold.field) for hold in result.report.holds if hold.row not in leaking)
    for (rule, name), times in false.most_common(10):
        print(f"  clean but held: {rule} in {name}, {times} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 20261123)
