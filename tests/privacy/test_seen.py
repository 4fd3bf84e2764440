"""What was checked once is not checked again, and nothing slips through for it. Everybody here is invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import AllowList, PersonalValues, gate, scan_folder
from pipelines.privacy.seen import Seen, as_searched, digest
from pipelines.releases.csvfile import write_csv
from pipelines.releases.parquet import write_parquet
from tests.privacy.builders import RECORD, SOLENE

LEAK = "jean.dupont@example.org"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=8), st.integers(0, 8), st.integers(0, 3))
def test_a_digest_is_of_the_texts_and_not_of_how_they_lie(texts: list[str | None], cut: int, skip: int) -> None:
    plain = digest(pa.array([text or "" for text in texts], pa.string()))
    pieces = [pa.array(texts[:cut], pa.string()), pa.array(texts[cut:], pa.string())]
    padded = pa.array([*["x"] * skip, *texts], pa.large_string()).slice(skip)
    assert digest(pa.chunked_array(pieces)) == digest(padded) == digest(pa.array(texts, pa.string())) == plain
    assert digest(pa.array([*texts, "y"], pa.string())) != plain


def test_texts_cut_at_other_places_are_other_texts() -> None:
    assert digest(pa.array(["ab", "c"])) != digest(pa.array(["a", "bc"])) != digest(pa.array(["abc", ""]))


@pytest.mark.parametrize(
    ("column", "is_searched"),
    [
        (pa.array([True, None]), False),
        (pa.array([1.5]), False),
        (pa.array([date(1985, 3, 12)]), False),
        (pa.array([12, -9_999_999_999]), False),
        (pa.array([None], pa.int64()), False),
        (pa.array([33612345678]), True),
        (pa.array([295109912611193]), True),
        (pa.array(["a"]).dictionary_encode(), True),
        (pa.array(["a"]), True),
    ],
)
def test_only_types_that_can_hold_a_pattern_are_searched(column: pa.Array, is_searched: bool) -> None:
    assert (as_searched(pa.chunked_array([column])) is not None) is is_searched


def test_numbers_that_are_a_telephone_or_a_nir_are_held_as_numbers() -> None:
    table = pa.table({"a": [33612345678], "b": [295109912611193], "c": [612345678]})
    assert {hold.field for hold in gate({"p/t": table}, PersonalValues(), AllowList()).holds} == {"a", "b"}


def files_of(table: pa.Table, folder: Path) -> Path:
    write_csv(table, folder / "t.csv")
    write_parquet(table, folder / "t.parquet")
    return folder


@pytest.mark.parametrize("cell", ["rien", LEAK, "vu avec Quéméneur Solène", "M. Durand"])
def test_files_are_held_alike_whether_their_tables_were_checked_before_or_not(tmp_path: Path, cell: str) -> None:
    table = pa.table({"id": ["1", "2"], "objet": ["rien", cell], "nombre": [1, 2]})
    personal, seen = PersonalValues({RECORD: tuple(SOLENE.items())}), Seen()
    gate({"p/t": table}, personal, AllowList(), seen=seen)
    alone = scan_folder(files_of(table, tmp_path), AllowList(), personal)
    assert scan_folder(tmp_path, AllowList(), personal, seen=seen) == alone


def test_what_was_clean_of_some_people_is_checked_again_for_others(tmp_path: Path) -> None:
    files_of(pa.table({"objet": ["vu avec Quéméneur Solène"]}), tmp_path)
    seen = Seen()
    assert scan_folder(tmp_path, AllowList(), PersonalValues(), seen=seen).is_clean
    someone = PersonalValues({RECORD: (("nom", "Ewen Kerdoncuff"),)})
    assert scan_folder(tmp_path, AllowList(), someone, seen=seen).is_clean
    assert not scan_folder(tmp_path, AllowList(), PersonalValues({RECORD: tuple(SOLENE.items())}), seen=seen).is_clean
