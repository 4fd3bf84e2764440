"""Every reader fed real files that were cut, mixed and overwritten: an answer or an error of ours, never anything else.

The memory that a reader takes stays under `BASE` plus `MULTIPLE` times the file, whatever the file says of itself; a
file of some size takes no more than `MOST` times its size. The cells of workbooks are read in a process of their own,
whose limit `formats/workbooks/cells.py` states.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.core.errors import ArobaseError
from pipelines.formats import read_part
from tests.formats.builders import a_part, an_ods, an_xls, an_xlsx
from tests.formats.test_workbooks import SPREADSHEETML, an_xlsb

BASE, MULTIPLE = 128 << 20, 200
TIMES = {"html": 60}
MOST = 40
"""Times a text file's size, 8 MB here, by format; workbooks are compressed, and held to what they unpack to."""
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
        "xlsb": an_xlsb(folder / "b").read_bytes(),
        "spreadsheetml": SPREADSHEETML.encode(),
        "demarche": "".join(f"{json.dumps(_dossier(number))}\n" for number in range(8)).encode(),
        "ods": an_ods(folder / "z", [[str(cell) for cell in row] for row in ROWS]).read_bytes(),
    }


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return real_files(tmp_path_factory.mktemp("originals"))


def _dossier(number: int) -> dict[str, Any]:
    champs = [
        {"id": "Q2hhbXAtMQ==", "__typename": "TextChamp", "label": "Question", "value": "é"},
        {
            "id": "Q2hhbXAtMg==",
            "__typename": "CommuneChamp",
            "label": "Lieu",
            "commune": {"name": "Metz", "code": "57463"},
        },
        {"id": "Q2hhbXAtMw==", "__typename": "RepetitionChamp", "label": "Lignes", "rows": [{"id": "r", "champs": []}]},
    ]
    return {"number": number, "state": "accepte", "champs": champs}


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


OPTIONS = {"demarche": {"champs": {"titre": "Q2hhbXAtMQ==", "lieu": "Q2hhbXAtMg=="}}}
NAMED = {"spreadsheetml": "xls"}
"""The format that a source gives, where it is not that of the bytes."""


def read_anyway(folder: Path, kind: str, data: bytes) -> tuple[pa.Table | ArobaseError, int]:
    """What a reader answers: records, or an error of ours; and by how many bytes the peak of memory grew meanwhile."""
    path = folder / "mutant"
    path.write_bytes(data)
    before = peak()
    part = a_part(NAMED.get(kind, kind), options=OPTIONS.get(kind, {}))
    try:
        answer: pa.Table | ArobaseError = read_part(part, path, source="mairie", snapshot="ab" * 32).table
    except ArobaseError as error:
        answer = error
    return answer, peak() - before


def is_whole(answer: pa.Table | ArobaseError) -> bool:
    """Whether every record is text that Arrow finds sound, at a place of the file; whether an error is told in both
    languages."""
    if isinstance(answer, ArobaseError):
        return bool(answer.code and answer.message("fr") and answer.message("en"))
    answer.validate(full=True)
    places = answer.column("_position").to_pylist()
    return all(place is not None and place >= 0 for place in places)


FORMATS = ["csv", "tsv", "json", "jsonl", "jsonstat", "html", "parquet", "xlsx", "xls", "xlsb", "spreadsheetml", "ods"]
FORMATS += ["demarche"]


@pytest.mark.parametrize("file_format", FORMATS)
@given(changes=CHANGES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_reader_dies_of_a_changed_file(
    tmp_path: Path, originals: dict[str, bytes], file_format: str, changes: list[tuple[str, float, bytes]]
) -> None:
    data = changed(originals[file_format], changes)
    answer, grown = read_anyway(tmp_path, file_format, data)
    assert is_whole(answer)
    assert grown < BASE + MULTIPLE * len(data)


@pytest.mark.heavy
@pytest.mark.parametrize("file_format", FORMATS)
@given(changes=CHANGES)
@settings(
    max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink]
)
def test_no_reader_dies_of_thousands_of_changed_files(
    tmp_path: Path, originals: dict[str, bytes], file_format: str, changes: list[tuple[str, float, bytes]]
) -> None:
    data = changed(originals[file_format], changes)
    answer, grown = read_anyway(tmp_path, file_format, data)
    assert is_whole(answer)
    assert grown < BASE + MULTIPLE * len(data)


def large(kind: str) -> bytes:
    """Some 8 MB of a format of text."""
    if kind in ("csv", "tsv"):
        mark = ";" if kind == "csv" else "\t"
        return (
            mark.join(("code", "commune", "note")).encode() + b"\n" + f"01004{mark}Evreux{mark}1.5\n".encode() * 400_000
        )
    if kind == "odd csv":
        return b"code;commune\n" + b'01004;Evreux\n01004;"deux\nlignes"\n\n' * 200_000
    if kind == "html":
        return b"<table><tr><th>a<th>b</tr>" + b"<tr><td>01004<td>Evreux</tr>" * 280_000 + b"</table>"
    record = json.dumps({"nom": "Evreux", "geo": {"lat": 1.5}, "liste": [1, "x"]})
    if kind == "jsonl":
        return f"{record}\n".encode() * 130_000
    return f"[{', '.join([record] * 130_000)}]".encode()


READ = """
import resource, sys
from pathlib import Path
from pipelines.formats import read_part
from pipelines.sources.registry import READERS
from pipelines.sources import Part
list(READERS)  # every module that reads is imported
kind, path, small = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
read_part(Part("part", kind), small, source="mairie", snapshot="ab" * 32)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = read_part(Part("part", kind), path, source="mairie", snapshot="ab" * 32)
print(found.table.num_rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["csv", "odd csv", "tsv", "json", "jsonl", "html"])
def test_a_large_file_takes_no_more_than_so_many_times_its_size(tmp_path: Path, kind: str) -> None:
    data = large(kind)
    named = kind.removeprefix("odd ")
    (tmp_path / "large").write_bytes(data)
    (tmp_path / "small").write_bytes(real_files(tmp_path)[named])
    command = [sys.executable, "-c", READ, named, str(tmp_path / "large"), str(tmp_path / "small")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(told[0]) > 100_000
    assert int(told[1]) * unit < TIMES.get(kind, MOST) * len(data)
