"""Parquet: each type as the text that a person would write, or refused where it has none."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet import encryption

from pipelines.formats import PartReading, read_part
from pipelines.formats.errors import Damaged, FormatError, TooManyCells
from tests.formats.builders import a_file, a_part, positions, records

NOON = dt.datetime(2026, 6, 22, 12, 0)  # noqa: DTZ001 - a moment without a zone


def reading_of(folder: Path, columns: dict[str, Any], **options: Any) -> PartReading:
    pq.write_table(pa.table(columns), folder / "x")
    return read_part(a_part("parquet", options=options), folder / "x", source="mairie", snapshot="ab" * 32)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pa.array([Decimal("1.10")], pa.decimal128(10, 2)), "1.10"),
        (pa.array([Decimal("0.0000000001")], pa.decimal128(30, 10)), "0.0000000001"),
        (pa.array([0.1], pa.float32()), "0.1"),
        (pa.array([2.0], pa.float64()), "2"),
        (pa.array([2**63], pa.uint64()), "9223372036854775808"),
        (pa.array([True]), "true"),
        (pa.array([dt.date(2026, 6, 22)]), "2026-06-22"),
        (pa.array([NOON], pa.timestamp("ms")), "2026-06-22T12:00:00"),
        (pa.array([NOON.replace(microsecond=250_000)], pa.timestamp("us")), "2026-06-22T12:00:00.25"),
        (pa.array([NOON], pa.timestamp("us", tz="Europe/Paris")), "2026-06-22T12:00:00Z"),
        (pa.array([dt.time(8, 30)], pa.time64("us")), "08:30:00"),
        (pa.array([["a", "é"]]), '["a", "é"]'),
        (pa.array([{"a": dt.date(2026, 1, 2), "b": Decimal("1.5")}]), '{"a": "2026-01-02", "b": "1.5"}'),
        (pa.array(["Arras"]).dictionary_encode(), "Arras"),
        (pa.array([None], pa.null()), None),
        (pa.array(["Évreux".encode()]), "Évreux"),
        (pa.array([uuid.UUID(int=1).bytes], pa.uuid()), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_type_has_the_text_that_a_person_would_write(tmp_path: Path, values: Any, text: str | None) -> None:
    assert records(reading_of(tmp_path, {"a": values, "n": ["1"]}).table) == [{"a": text, "n": "1"}]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([b"\xff\x00"]),
        pa.array([b"\xff\x00ab"], pa.binary(4)),
        pa.array([dt.timedelta(1)]),
        pa.array([[b"x"]]),
        pa.array([[float("inf")]]),
    ],
)
def test_a_type_that_has_no_text_is_refused_unless_its_column_is_dropped(tmp_path: Path, values: Any) -> None:
    with pytest.raises(FormatError) as raised:
        reading_of(tmp_path, {"a": values, "n": ["1"]})
    assert "« a »" in raised.value.message("fr")
    assert records(reading_of(tmp_path, {"a": values, "n": ["1"]}, drop=["a"]).table) == [{"n": "1"}]


def test_a_number_that_is_none_rejects_its_row(tmp_path: Path) -> None:
    columns = {"a": pa.array([1.5, float("nan"), float("inf"), None]), "n": ["1", "2", "3", "4"]}
    found = reading_of(tmp_path, columns)
    assert (positions(found.table), [one.position for one in found.faults]) == ([1, 2, 4], [3])
    assert [row["a"] for row in records(found.table)] == ["1.5", None, None]
    assert "NaN" in found.notices[0].fr
    assert [one.position for one in reading_of(tmp_path, columns, nan="reject").faults] == [2, 3]


def test_a_day_that_no_date_can_say_rejects_its_row(tmp_path: Path) -> None:
    """A day of the year 273,790 was the text `<value out of range: 100000000>`."""
    days = pa.array([-719_163, -719_162, 2_932_896, 2_932_897, 100_000_000, None], pa.date32())
    ends = pa.array([0, -62_135_596_800_001, -62_135_596_800_000, 253_402_300_799_999, 253_402_300_800_000, None])
    found = reading_of(tmp_path, {"d": days, "m": ends.cast(pa.timestamp("ms"))})
    assert positions(found.table) == [3, 6]
    assert records(found.table)[0] == {"d": "9999-12-31", "m": "0001-01-01T00:00:00"}
    assert [(one.position, one.column) for one in found.faults] == [(1, "d"), (4, "d"), (5, "d"), (2, "m"), (5, "m")]


def test_old_moments_beyond_nanoseconds_keep_their_year(tmp_path: Path) -> None:
    """9999-12-31, by which Spark and Hive say "without end", was read as 1816-03-29."""
    moments = {"a": [NOON, dt.datetime(9999, 12, 31)], "b": [NOON.replace(microsecond=250_000), None]}  # noqa: DTZ001
    columns = {name: pa.array(values, pa.timestamp("us")) for name, values in moments.items()}
    pq.write_table(pa.table(columns), tmp_path / "x", use_deprecated_int96_timestamps=True)
    assert pq.ParquetFile(tmp_path / "x").schema.column(0).physical_type == "INT96"
    found = read_part(a_part("parquet"), tmp_path / "x", source="mairie", snapshot="ab" * 32)
    assert records(found.table) == [
        {"a": "2026-06-22T12:00:00", "b": "2026-06-22T12:00:00.25"},
        {"a": "9999-12-31T00:00:00", "b": None},
    ]


def test_old_moments_keep_their_nanoseconds(tmp_path: Path) -> None:
    moments = pa.table({"a": pa.array([1_500_000_000_000_000_001], pa.timestamp("ns"))})
    pq.write_table(moments, tmp_path / "x", use_deprecated_int96_timestamps=True)
    found = read_part(a_part("parquet"), tmp_path / "x", source="mairie", snapshot="ab" * 32)
    assert records(found.table) == [{"a": "2017-07-14T02:40:00.000000001"}]


def test_a_page_that_its_checksum_denies_is_damaged(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"a": ["Arras", "Béziers"]}),
        tmp_path / "x",
        compression="none",
        use_dictionary=False,
        write_page_checksum=True,
        write_statistics=False,
    )
    data = (tmp_path / "x").read_bytes()
    assert data.count(b"Arras") == 1
    path = a_file(tmp_path, data.replace(b"Arras", b"Arles"))
    with pytest.raises(Damaged):
        read_part(a_part("parquet"), path, source="mairie", snapshot="ab" * 32)


def test_a_nul_character_rejects_its_row(tmp_path: Path) -> None:
    found = reading_of(tmp_path, {"a": ["Arras", "Ar\x00ras"], "n": ["1", "2"]})
    assert (positions(found.table), [one.rule for one in found.faults]) == ([1], ["octet-nul"])


def test_more_cells_than_a_file_is_worth_are_refused_before_they_are_allocated(tmp_path: Path) -> None:
    rows = 3_000_000
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 1, pa.int32()).take(pa.array([0] * rows, pa.int32())), ["x"])
    with pytest.raises(TooManyCells) as raised:
        reading_of(tmp_path, {"a": column}, maximum_cells=1_000_000)
    assert "announces 3000000 × 1 cells; expected: at most 1000000 (options.maximum_cells" in str(raised.value)


class Holder(encryption.KmsClient):
    """Who holds the key of an encrypted file, and wraps nothing."""

    def wrap_key(self, key: bytes, _: str) -> bytes:
        return base64.b64encode(key)

    def unwrap_key(self, wrapped: bytes, _: str) -> bytes:
        return base64.b64decode(wrapped)


@pytest.mark.parametrize(
    ("plaintext_footer", "told"),
    [(True, "has encrypted columns; expected"), (False, "is an encrypted Parquet file, as its first bytes show")],
)
def test_an_encrypted_file_is_told_as_one(tmp_path: Path, *, plaintext_footer: bool, told: str) -> None:
    table = pa.table({"a": ["x"]})
    keys = encryption.EncryptionConfiguration("k", column_keys={"k": ["a"]}, plaintext_footer=plaintext_footer)
    factory = encryption.CryptoFactory(lambda _: Holder())
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), keys)
    with pq.ParquetWriter(tmp_path / "x", table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    with pytest.raises(FormatError) as raised:
        read_part(a_part("parquet"), tmp_path / "x", source="mairie", snapshot="ab" * 32)
    assert told in str(raised.value)


def test_text_that_is_not_utf8_is_a_damaged_file(tmp_path: Path) -> None:
    wrong = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")])
    pq.write_table(pa.table({"a": wrong}), tmp_path / "x")
    with pytest.raises(Damaged):
        read_part(a_part("parquet"), tmp_path / "x", source="s", snapshot="ab" * 32)
    with pytest.raises(Damaged):
        read_part(a_part("parquet"), a_file(tmp_path, b"PAR1" + b"x" * 50), source="s", snapshot="ab" * 32)
