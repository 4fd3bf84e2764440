"""Every reader fed real files that were cut, mixed and overwritten: an answer or an error of ours, never anything else.

The memory that a reader takes stays under `BASE` plus `MULTIPLE` times the file, whatever the file says of itself. The
cells of workbooks are read in a process of their own, whose limit `workbooks/cells.py` states.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import ArobaseError
from pipelines.formats import read_part
from tests.formats.builders import a_part, an_ods, an_xls, an_xlsx

BASE, MULTIPLE = 512 << 20, 200
ROWS = [["code", "commune", "note"], *([f"{number:05d}", "Évreux", number * 1.5] for number in range(60))]
PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><table><tr><th>a</th><th>b</th></tr>'
    "<tr><td rowspan=2>1</td><td colspan=1>x<br>y<sup>1</sup></td></tr><tr><td>z</td></tr></table></body></html>"
)
CUBE = {
    "id": ["geo", "time"],
    "size": [2, 2],
    "dimension": {name: {"category": {"index": [f"{name}1", f"{name}2"]}} for name in ("geo", "time")},
    "value": [1, 2.5, None, 4],
}


def real_files(folder: Path) -> dict[str, bytes]:
    """One file of each format, as its own software writes it."""
    objects = [{"nom": "Évreux", "geo": {"lat": 1.5}, "liste": [1, "é"]} for _ in range(20)]
    pq.write_table(pa.table({"a": ["é", None, "x"], "b": [1.5, 2.0, None]}), folder / "p")
    text = "code;commune\n" + '01004;"Évreux ""x"""\n' * 30 + 'a;"deux\nlignes"\n'
    return {
        "csv": text.encode(),
        "tsv": text.replace(";", "\t").encode("cp1252"),
        "json": json.dumps(objects).encode(),
        "jsonl": "\n".join(json.dumps(one) for one in objects).encode(),
        "jsonstat": json.dumps(CUBE).encode(),
        "html": PAGE.encode(),
        "parquet": (folder / "p").read_bytes(),
        "xlsx": an_xlsx(folder / "x", {"A": ROWS}).read_bytes(),
        "xls": an_xls(folder / "y", ROWS).read_bytes(),
        "ods": an_ods(folder / "z", [[str(cell) for cell in row] for row in ROWS]).read_bytes(),
    }


CHANGES = st.lists(
    st.tuples(st.sampled_from(["set", "cut", "insert", "repeat", "swap"]), st.floats(0, 1), st.binary(max_size=6)),
    min_size=1,
    max_size=6,
)


def changed(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for kind, where, more in changes:
        place = int(where * len(data))
        if kind == "set":
            data = data[:place] + more + data[place + len(more) :]
        elif kind == "cut":
            data = data[:place]
        elif kind == "insert":
            data = data[:place] + more + data[place:]
        elif kind == "repeat":
            data = data[:place] + data[place : place + 200] * 20 + data[place + 200 :]
        else:
            data = data[place:] + data[:place]
    return data


def peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def survives(folder: Path, file_format: str, data: bytes) -> None:
    path = folder / "mutant"
    path.write_bytes(data)
    before = peak()
    try:
        found = read_part(a_part(file_format), path, source="mairie", snapshot="ab" * 32)
        found.table.validate(full=True)
    except ArobaseError as error:
        sentences = [error.message("fr"), error.message("en")]
        if not all(sentences):
            raise
    assert peak() - before < BASE + MULTIPLE * len(data)


FORMATS = ["csv", "tsv", "json", "jsonl", "jsonstat", "html", "parquet", "xlsx", "xls", "ods"]


@pytest.mark.parametrize("file_format", FORMATS)
@given(changes=CHANGES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_reader_dies_of_a_changed_file(
    tmp_path: Path, file_format: str, changes: list[tuple[str, float, bytes]]
) -> None:
    survives(tmp_path, file_format, changed(real_files(tmp_path)[file_format], changes))


@pytest.mark.heavy
@pytest.mark.parametrize("file_format", FORMATS)
@given(changes=CHANGES)
@settings(
    max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)
def test_no_reader_dies_of_thousands_of_changed_files(
    tmp_path: Path, file_format: str, changes: list[tuple[str, float, bytes]]
) -> None:
    survives(tmp_path, file_format, changed(real_files(tmp_path)[file_format], changes))
