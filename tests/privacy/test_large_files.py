"""Large tables of a release are looked through some rows at a time: what is held is what one reading would hold."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.formats import records
from pipelines.privacy import AllowList, GateReport, PersonalValues, files, large_files, scan_folder
from tests.privacy.builders import RECORD, SOLENE

PERSONAL = PersonalValues({RECORD: tuple(SOLENE.items())})
CELLS = st.sampled_from(
    ["rien", "", "000000123", "jean.dupont@example.org", "06 12 34 56 78", "deux\nlignes", 'un "mot"', *SOLENE.values()]
)
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from(["48.856613", "48.8", ""])), min_size=1, max_size=9)


def held(folder: Path, *, large: int, piece: int = 1 << 20, personal: PersonalValues = PERSONAL) -> GateReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LARGE", large)
        patch.setattr(records, "PIECE", piece)
        patch.setattr(large_files, "ROWS", 2)
        return scan_folder(folder, AllowList(), personal)


@given(ROWS, st.integers(1, 60), st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_is_held_as_at_one_reading(
    tmp_path: Path, rows: list[tuple[str, str, str]], piece: int, is_french: bool
) -> None:
    names = ["note", "lat", "lon"]
    mark, delimiter = ("\ufeff", ";") if is_french else ("", ",")
    quoted = [[cell if cell.isalnum() else '"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    lines = [names, *([note, lat, lat] for note, _, lat in quoted)]
    text = mark + "".join(delimiter.join(line) + "\n" for line in lines)
    (tmp_path / "table.csv").write_bytes(text.encode())
    columns = [[row[0] for row in rows], [row[1] for row in rows]]
    pq.write_table(pa.table(columns, ["note", "autre"]), tmp_path / "table.parquet")
    assert set(held(tmp_path, large=1, piece=piece).holds) == set(held(tmp_path, large=1 << 40).holds)


@pytest.mark.parametrize(
    "content",
    [
        b'a,b\n1,x"y\n2,"jean.dupont@example.org\n',
        b"a,b\n1,2,3\njean.dupont@example.org\n",
        b"\xff\xfea\x00,\x00b\x00\n\x00",
    ],
)
def test_a_file_that_is_not_plain_is_read_whole(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    assert held(tmp_path, large=1).holds == held(tmp_path, large=1 << 40).holds


def test_what_is_no_parquet_file_is_held(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"\x00PAR1" * 10)
    found = held(tmp_path, large=1)
    assert found == held(tmp_path, large=1 << 40)
    assert found.by_rule() == {"fichier_illisible": 1}
