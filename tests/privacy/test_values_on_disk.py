"""Personal values beyond memory: on disk, and looked for some at a time, they find what they find in memory."""

from __future__ import annotations

import hashlib
from datetime import date
from importlib import import_module
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.privacy import AllowList, PersonalValues, Vault, gate, scan_folder
from pipelines.privacy.folding import Words, folded
from pipelines.privacy.marks import Gathered, Marks
from pipelines.privacy.normalisation import CELL, fold
from pipelines.privacy.places import Records
from pipelines.storage import memory, spool
from tests.often import in_parts
from tests.privacy.test_glances import ONE
from tests.privacy.test_known import RECORDS, Own, a_table, at, hashes

TEXTS = st.lists(st.text("abéœß’ 19.-" + CELL, max_size=9), max_size=6)
UP_TO_DISK = [HealthCheck.function_scoped_fixture]


def on_disk(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Everything is more than may be in memory, and is worked on a few lines at a time."""
    patch.setattr(memory, "LEAST", 10)
    patch.setenv("AROBASE_MEMORY", "100")
    patch.setattr(spool, "_folder", [folder])
    for module in ("storage.spool", "storage.sorting", "privacy.marks", "privacy.vault"):
        patch.setattr(import_module(f"pipelines.{module}"), "ROWS", 3)
    for module in ("known", "places", "rows"):
        patch.setattr(import_module(f"pipelines.privacy.{module}"), "TOGETHER", 2)
    patch.setattr(import_module("pipelines.privacy.everyone"), "TEXTS", 2)


def by_its_road(patch: pytest.MonkeyPatch, values: PersonalValues, folder: Path) -> PersonalValues:
    """The same values, kept in a private folder and read again."""
    vault = Vault(folder / "private")
    vault.open(date(2030, 1, 1), "essai")
    vault.destroy()
    vault.open(date(2030, 1, 1), "essai")
    vault.write_values(values)
    read = vault.read()
    assert not len(values) or spool.is_large(read.lines)
    return read


@in_parts(2)
@settings(max_examples=20, deadline=None, suppress_health_check=UP_TO_DISK)
@given(RECORDS, st.data())
def test_values_on_disk_find_what_those_in_memory_do(tmp_path: Path, records: list[Own], data: st.DataObject) -> None:
    own = [value for values in records for _, value in values]
    cells = st.sampled_from([*own, hashlib.sha256(own[0].encode()).hexdigest()]) | ONE
    rows = data.draw(st.lists(st.integers(0, len(records)), min_size=1, max_size=8))
    texts: list[str | None] = [data.draw(cells) for _ in rows]
    table = a_table({"a": texts, "b": texts[::-1]}, rows)
    values = PersonalValues({at(place): tuple(own) for place, own in enumerate(records)})
    plain = (
        gate({"p/t": table}, values, AllowList()).holds,
        gate({"p/u": table.select(["a"])}, values, AllowList()).holds,
    )
    with pytest.MonkeyPatch.context() as patch:
        on_disk(patch, tmp_path)
        large = by_its_road(patch, values, tmp_path)
        assert large.by_record == values.by_record
        found = (
            gate({"p/t": table}, large, AllowList()).holds,
            gate({"p/u": table.select(["a"])}, large, AllowList()).holds,
        )
        everyone = large.everyone()
    assert found == plain
    assert hashes(everyone.anchors) == hashes(values.everyone().anchors)


def test_records_that_are_not_together_are_put_together_on_disk(tmp_path: Path) -> None:
    lines = PersonalValues({at(place): (("nom", f"Kerléo{place}"),) for place in range(9)}).lines
    more = PersonalValues({at(place): (("prenom", f"Léa{place}"),) for place in (3, 0, 8)}).lines
    with pytest.MonkeyPatch.context() as patch:
        on_disk(patch, tmp_path)
        spooled = spool.Spool(lines.schema)
        spooled.add(lines)
        spooled.add(more)
        found = PersonalValues.of_lines(spooled.table())
        assert spool.is_large(found.lines)
        assert found.by_record == PersonalValues.of_lines(pa.concat_tables([lines, more])).by_record
        assert found.by_record[at(3)] == (("nom", "Kerléo3"), ("prenom", "Léa3"))


def test_values_of_a_table_are_the_same_some_rows_at_a_time(tmp_path: Path) -> None:
    names: list[str | None] = [None if row % 3 == 0 else f"Kerléo{row}" for row in range(11)]
    table = a_table({"nom": names, "prenom": names[::-1]}, [row * 7 % 11 for row in range(11)])
    plain = PersonalValues.of_table(table, ["nom", "prenom"])
    with pytest.MonkeyPatch.context() as patch:
        on_disk(patch, tmp_path)
        assert PersonalValues.of_table(table, ["nom", "prenom"]).by_record == plain.by_record


@given(st.lists(st.text(max_size=6), max_size=40), st.lists(st.text(max_size=6), max_size=40))
def test_marks_know_their_own_texts_and_no_others(texts: list[str], asked: list[str]) -> None:
    gathered = Gathered()
    for start in range(0, len(texts), 3):
        gathered.add(pa.array(texts[start : start + 3], pa.large_string()))
    both = texts[::2] + asked
    assert gathered.marks().are(pa.array(both, pa.large_string())).tolist() == [text in texts for text in both]
    assert not Marks().are(pa.array(asked, pa.large_string())).any()


def test_a_sieve_lets_each_of_many_hashes_through() -> None:
    some = np.random.default_rng(5).integers(0, 1 << 63, 300_000).astype(np.uint64) << np.uint64(1)
    marks = Marks(np.unique(some))
    assert marks.have(some).all()
    assert not marks.have(some + np.uint64(1)).any()


@given(TEXTS)
def test_texts_are_folded_and_taken_apart_as_one_by_one(texts: list[str]) -> None:
    column = pa.array(["x", *texts], pa.large_string()).slice(1)
    found = folded(column)
    assert [text.split() for text in found.to_pylist()] == [fold(text).decode().split() for text in texts]
    for some in (found, column):
        words = Words.of(some)
        assert list(zip(words.words.to_pylist(), words.text.tolist(), strict=True)) == [
            (word, place) for place, text in enumerate(some.to_pylist()) for word in text.split(" ") if word
        ]


@pytest.fixture
def a_release(tmp_path: Path) -> Path:
    folder = tmp_path / "version"
    folder.mkdir()
    (folder / "table.csv").write_text("a,b\n" + "1,2\n" * 400, encoding="utf-8")
    return folder


def test_a_digest_of_a_file_of_the_folder_costs_nobodys_hashes(
    a_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = PersonalValues({at(1): (("courriel", "ewen.quiniou@example.org"),)})
    own = hashlib.sha256((a_release / "table.csv").read_bytes()).hexdigest()
    (a_release / "manifest-sha256.txt").write_text(f"{own}  table.csv\n{'ab' * 32}  autre\n", encoding="utf-8")

    def never(*_: object) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(import_module("pipelines.privacy.everyone"), "_hashed", never)
    assert scan_folder(a_release, AllowList(), values, own=lambda: ["ab" * 32]).is_clean
    with pytest.raises(AssertionError, match="hashed"):
        scan_folder(a_release, AllowList(), values)


def test_a_digest_of_somebodys_address_is_held_also_where_a_small_file_is_that_address(a_release: Path) -> None:
    address = "ewen.quiniou@example.org"
    values = PersonalValues({at(1): (("courriel", address),)})
    told = hashlib.sha256(address.encode()).hexdigest()
    (a_release / "a.bin.txt").write_text(address, encoding="utf-8")
    (a_release / "b.txt").write_text(told, encoding="utf-8")
    held = scan_folder(a_release, AllowList(), values).holds
    assert {hold.place for hold in held} == {"a.bin.txt", "b.txt"}


def test_lines_of_a_record_have_its_number_wherever_they_stand() -> None:
    records = Records(pa.concat_tables([a_table({}, [9, 9, 2]), a_table({}, [9, 4], source="t"), a_table({}, [9])]))
    assert records.of_line.tolist() == [0, 0, 1, 2, 3, 0]
    assert (records.are_together, len(records)) == (False, 4)
    assert [record[::3] for record in records.ids()] == [("s", 9), ("s", 2), ("t", 9), ("t", 4)]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Ewen.Quiniou@example.org", True),
        (" ewen.quiniou@example.org\n", True),
        ("06 12 34 56 78", True),
        ("0612345678", True),
        ("ewen.quiniou@example.org\nautre ligne", False),
        ("autre@example.org", False),
        ("id,titre\n", False),
        ("0612345679", False),
    ],
)
def test_a_text_is_a_value_where_it_is_nothing_else(text: str, is_one: bool) -> None:
    own = (("courriel", "ewen.quiniou@example.org"), ("telephone", "06 12 34 56 78"))
    assert (text in PersonalValues({at(1): own}).everyone().written_among([text, "bonjour"])) is is_one


def test_a_digest_of_a_small_file_that_is_nobodys_value_is_the_folders_own(
    a_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = PersonalValues({at(1): (("courriel", "ewen.quiniou@example.org"),)})
    (a_release / "rejets.csv").write_text("source,part\n", encoding="utf-8")
    (a_release / "noise.txt").write_bytes(b"\xff\xfe\x00" * 3)
    own = [hashlib.sha256((a_release / name).read_bytes()).hexdigest() for name in ("rejets.csv", "noise.txt")]
    (a_release / "manifest-sha256.txt").write_text("\n".join(own), encoding="utf-8")
    (a_release / "noise.txt").rename(a_release / "noise.parquet")

    def never(*_: object) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(import_module("pipelines.privacy.everyone"), "_hashed", never)
    assert {hold.place for hold in scan_folder(a_release, AllowList(), values).holds} <= {"noise.parquet"}
