"""The bytes of the files: canonical CSV against Python's own writer, Parquet with the schema's types."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.releases import csvfile
from pipelines.releases.canonical import canonical, key_text, repeated, text
from pipelines.releases.csvfile import BOM, FILE_ROWS, csv_bytes, write_csv, write_excel_csv
from pipelines.releases.descriptor import to_json
from pipelines.releases.parquet import read_parquet, write_parquet
from pipelines.storage import sha256_file
from tests.releases.builders import EDITIONS, PRIZES, a_schema, a_table, editions_schema, field, prizes_schema

CELLS = st.one_of(
    st.none(), st.text(st.sampled_from(["a", "é", '"', ",", ";", "\n", "\r", " ", "\x00", "😀"]), min_size=1)
)


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def as_bytes(table: pa.Table, **more: str) -> bytes:
    return b"".join(bytes(block) for block in csv_bytes(table, **more))


def tables(columns: int) -> st.SearchStrategy[pa.Table]:
    rows = st.lists(st.tuples(*[CELLS] * columns), max_size=12)
    return rows.map(
        lambda found: pa.table(
            {f"c{place}": pa.array([row[place] for row in found], pa.string()) for place in range(columns)}
        )
    )


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 4).flatmap(tables), st.sampled_from([",", ";"]))
def test_csv_is_what_python_writes_but_for_lone_carriage_returns(table: pa.Table, delimiter: str) -> None:
    rows = [["" if cell is None else cell for cell in row.values()] for row in table.to_pylist()]
    found = as_bytes(table, delimiter=delimiter).decode()
    assert list(csv.reader(io.StringIO(found, newline=""), delimiter=delimiter))[1:] == rows
    expected = io.StringIO()
    writer = csv.writer(expected, delimiter=delimiter, lineterminator="\n")
    writer.writerows([table.column_names, *rows])
    if not any("\r" in cell for row in rows for cell in row):
        assert found == expected.getvalue()


def test_a_lone_carriage_return_is_quoted() -> None:
    assert as_bytes(pa.table({"a": ["x\ry"], "b": ["z"]})) == b'a,b\n"x\ry",z\n'


def words_of(value: object) -> str:
    """The canonical text of a value, told without Arrow: the oracle of the writer."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else str(value)


VALUES: list[tuple[pa.DataType, st.SearchStrategy[object]]] = [
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.int16(), st.integers(0, 9999)),
    (pa.bool_(), st.booleans()),
    (pa.date32(), st.dates()),
    (pa.timestamp("s", tz="UTC"), st.integers(-(10**10), 2 * 10**11).map(instant)),
    (pa.decimal128(18, 2), st.decimals(-(10**15), 10**15, places=2)),
    (pa.decimal128(18, 6), st.decimals(-(10**11), 10**11, places=6)),
    (pa.float64(), st.floats() | st.floats(-1000, 1000) | st.integers(-(10**17), 10**17).map(float)),
    (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(["or", "a,b", 'dit "tel"'])),
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_values_of_every_type_are_written_in_their_canonical_text(data: st.DataObject) -> None:
    rows = data.draw(st.integers(0, 6))
    columns = [data.draw(st.lists(st.none() | values, min_size=rows, max_size=rows)) for _, values in VALUES]
    kinds = [kind for kind, _ in VALUES]
    arrays = [pa.array(values, kind) for kind, values in zip(kinds, columns, strict=True)]
    names = [f"c{place}" for place in range(len(kinds))]
    expected = io.StringIO()
    writer = csv.writer(expected, lineterminator="\n")
    writer.writerows([names, *(map(words_of, row) for row in zip(*columns, strict=True))])
    assert as_bytes(pa.table(dict(zip(names, arrays, strict=True)))).decode() == expected.getvalue()
    for name, array, values in zip(names, arrays, columns, strict=True):
        alone = as_bytes(pa.table({name: array})).decode()
        assert list(csv.reader(io.StringIO(alone))) == [[name], *([words_of(value)] for value in values)]


def test_small_decimals_and_far_years_keep_the_text_that_arrow_gives_them() -> None:
    small = pa.array([Decimal("0.000000001"), None], pa.decimal128(18, 9))
    far = pa.array([2_932_897, -719_163], pa.int32()).cast(pa.date32())
    assert as_bytes(pa.table({"a": small, "b": far})) == b"a,b\n1E-9,10000-01-01\n,0000-12-31\n"


def test_an_empty_text_is_an_empty_cell() -> None:
    assert as_bytes(pa.table({"a": ["", "x"], "b": ["y", ""]})) == b"a,b\n,y\nx,\n"
    assert as_bytes(pa.table({"a": ["", None]})) == b'a\n""\n""\n'


def test_a_sliced_table_writes_its_own_rows_only() -> None:
    table = pa.table({"a": ["x", "y,", "z"], "b": ["1", "2", "3"]}).slice(1, 1)
    assert as_bytes(table) == b'a,b\n"y,",2\n'


def test_batches_join_without_a_seam(tmp_path: Path) -> None:
    rows = FILE_ROWS + 10
    words = pa.array([f"v{n}" for n in range(rows)])
    signs = pa.array(["," if n % 7 == 0 else None for n in range(rows)])
    table = pa.table({"a": words, "b": signs})
    expected = "a,b\n" + "".join(f'v{n},","\n' if n % 7 == 0 else f"v{n},\n" for n in range(rows))
    assert as_bytes(table).decode() == expected
    written = write_csv(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == expected
    assert (written.bytes, written.sha256) == (len(expected), sha256_file(tmp_path / "t.csv"))


def test_floats_that_were_put_in_words_before_are_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvfile, "FILE_ROWS", 3)
    values = [-1.5, None, 1e-7, 1e20, 0.1, -0.0, float("nan"), 3.0]
    table = pa.table({"a": [f"={value}" for value in values], "b": values, "c": [*values[1:], -2.25]})
    words = csvfile.float_columns(table)
    assert set(words) == {"b", "c"}
    for number, write in enumerate((write_csv, write_excel_csv)):
        plain, shared = write(table, tmp_path / f"{number}.csv"), write(table, tmp_path / "shared.csv", words)
        assert plain == shared
        assert (tmp_path / f"{number}.csv").read_bytes() == (tmp_path / "shared.csv").read_bytes()


def test_every_type_has_its_canonical_text(tmp_path: Path) -> None:
    schema = a_schema("editions", editions_schema())
    written = write_csv(canonical(a_table(EDITIONS, schema), schema), tmp_path / "e.csv")
    expected = "annee,ouverte,date,clos,score\n2024,true,2024-01-31,2024-02-01T10:00:00Z,0.1\n2025,false,,,\n"
    assert (tmp_path / "e.csv").read_text() == expected
    assert (written.bytes, written.rows) == (len(expected), 2)
    assert written.sha256 == sha256_file(tmp_path / "e.csv")


def test_the_spreadsheet_file_has_a_mark_and_semicolons(tmp_path: Path) -> None:
    schema = a_schema("prix", prizes_schema())
    write_excel_csv(canonical(a_table(PRIZES, schema), schema), tmp_path / "p.csv")
    data = (tmp_path / "p.csv").read_bytes()
    assert data.startswith(BOM + b"prix_id;annee;nom;")
    assert b"p2;2024;Bourg, l'Exemple;5;0.25;argent\n" in data


def test_rows_stand_in_key_order_whatever_order_they_came_in() -> None:
    schema = a_schema("prix", prizes_schema())
    forward, backward = a_table(PRIZES, schema), a_table(PRIZES[::-1], schema)
    assert canonical(backward, schema).column("prix_id").to_pylist() == ["p1", "p2", "p3"]
    assert as_bytes(canonical(backward, schema)) == as_bytes(canonical(forward, schema))


def test_keys_of_numbers_are_ordered_as_numbers() -> None:
    schema = a_schema("editions", editions_schema())
    rows = [{"annee": year} for year in ("10", "9", "100")]
    assert canonical(a_table(rows, schema), schema).column("annee").to_pylist() == [9, 10, 100]


def test_the_second_field_of_a_key_decides_where_the_first_does_not() -> None:
    schema = a_schema("t", {"fields": [field("a"), field("b")], "primaryKey": ["a", "b"]})
    rows = [{"a": "x", "b": "2"}, {"a": "x", "b": "1"}, {"a": "w", "b": "3"}]
    assert canonical(a_table(rows, schema), schema).column("b").to_pylist() == ["3", "1", "2"]
    ordered = [rows[2], rows[1], rows[0]]
    assert canonical(a_table(ordered, schema), schema).column("b").to_pylist() == ["3", "1", "2"]


def test_a_table_without_a_key_is_ordered_by_all_its_columns() -> None:
    schema = a_schema("t", {"fields": [field("a"), field("b")]})
    rows = [{"a": "x", "b": None}, {"a": "x", "b": "1"}, {"a": "a", "b": "3"}]
    assert canonical(a_table(rows, schema), schema).column("b").to_pylist() == ["3", "1", None]


def test_an_empty_text_becomes_absent() -> None:
    schema = a_schema("t", {"fields": [field("a")]})
    assert canonical(pa.table({"a": ["", "x"]}), schema).column("a").to_pylist() == ["x", None]


def test_dictionaries_do_not_depend_on_chunks(tmp_path: Path) -> None:
    schema = a_schema("prix", prizes_schema())
    whole = a_table(PRIZES, schema)
    pieces = pa.concat_tables([a_table(PRIZES[:1], schema), a_table(PRIZES[1:], schema)])
    one = write_parquet(canonical(whole, schema), tmp_path / "a.parquet")
    two = write_parquet(canonical(pieces, schema), tmp_path / "b.parquet")
    assert one == two


def test_parquet_keeps_types_and_descriptions(tmp_path: Path) -> None:
    schema = a_schema("prix", prizes_schema())
    write_parquet(canonical(a_table(PRIZES, schema), schema), tmp_path / "p.parquet", unique=["prix_id"])
    found = pq.read_schema(tmp_path / "p.parquet")
    assert str(found.field("part").type) == "decimal128(18, 2)"
    assert str(found.field("annee").type) == "int64"
    assert found.field("nom").metadata[b"description_en"] == b"Name of the laureate."
    assert found.metadata[b"title"] == b"Prix"
    described = pq.ParquetFile(tmp_path / "p.parquet").metadata.row_group(0)
    assert described.column(0).compression == "ZSTD"
    assert "RLE_DICTIONARY" not in described.column(0).encodings
    assert read_parquet(tmp_path / "p.parquet", ["nom"]).column_names == ["nom"]


def test_a_key_is_one_text_that_cannot_be_mistaken_for_another() -> None:
    table = pa.table({"a": ["x | y", "x", "w\\"], "b": ["z", "y | z", None]})
    assert key_text(table, ["a", "b"]).to_pylist() == ["x \\| y | z", "x | y \\| z", "w\\\\ | "]


def test_keys_without_any_text_are_empty() -> None:
    assert key_text(pa.table({"a": pa.nulls(2, pa.string())}), ["a"]).to_pylist() == ["", ""]
    assert key_text(pa.table({"a": pa.array([], pa.string())}), ["a"]).to_pylist() == []


def test_repeated_numbers_have_the_text_of_each() -> None:
    column = pa.chunked_array([[0.1, None], [0.1, 3.0, 1e300]])
    assert text(column).to_pylist() == ["0.1", None, "0.1", "3", "1e+300"]


def test_a_missing_column_is_told() -> None:
    schema = a_schema("t", {"fields": [field("a")]})
    with pytest.raises(KeyError):
        canonical(pa.table({"b": ["x"]}), schema)


WORDS = st.lists(st.sampled_from(["a", "b", "c", "", None]), max_size=8)


@settings(max_examples=100, deadline=None)
@given(WORDS, WORDS, st.permutations(["", "c", "b", "a", "z"]))
def test_texts_that_repeat_are_kept_alike_whatever_encoded_them_before(
    one: list[str | None], other: list[str | None], order: list[str]
) -> None:
    def encoded(words: list[str | None]) -> pa.Array:
        places = pa.array([None if word is None else order.index(word) for word in words], pa.int32())
        return pa.DictionaryArray.from_arrays(places, pa.array(order))

    plain = repeated(pa.chunked_array([[*one, *other]], pa.string()))
    known = repeated(pa.chunked_array([encoded(one), encoded(other)]))
    assert known.dictionary.to_pylist() == plain.dictionary.to_pylist()
    assert known.indices.to_pylist() == plain.indices.to_pylist()


JSON_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())


@settings(max_examples=150, deadline=None)
@given(st.recursive(JSON_VALUES, lambda some: st.lists(some) | st.dictionaries(st.text(), some), max_leaves=20))
def test_json_is_written_as_python_indents_it(document: object) -> None:
    assert to_json(document) == json.dumps(document, ensure_ascii=False, indent=2) + "\n"
