"""What differs between two tables, against an oracle of dictionaries."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.releases.diff import ADDED, CHANGED, REMOVED, Side, _chosen, difference

ROWS = st.dictionaries(
    st.integers(0, 12), st.tuples(st.one_of(st.none(), st.integers(0, 2)), st.one_of(st.none(), st.sampled_from("xy")))
)


def a_side(rows: dict[int, tuple[Any, Any]], order: list[int] | None = None) -> Side:
    keys = order or sorted(rows)
    return Side.of(
        pa.table(
            {
                "id": pa.array(keys, pa.int64()),
                "n": pa.array([rows[key][0] for key in keys], pa.int64()),
                "t": pa.array([rows[key][1] for key in keys], pa.string()).dictionary_encode(),
            }
        )
    )


@settings(max_examples=150, deadline=None)
@given(ROWS, ROWS)
def test_the_changes_are_those_of_dictionaries(old: dict[int, Any], new: dict[int, Any]) -> None:
    found = difference(a_side(old), a_side(new), ["id"])
    expected = {(ADDED, str(key), None, None, None) for key in new.keys() - old.keys()}
    expected |= {(REMOVED, str(key), None, None, None) for key in old.keys() - new.keys()}
    for key in old.keys() & new.keys():
        for place, name in enumerate(("n", "t")):
            if old[key][place] != new[key][place]:
                told = [None if value is None else str(value) for value in (old[key][place], new[key][place])]
                expected.add((CHANGED, str(key), name, told[0], told[1]))
    rows = [
        tuple(row[name] for name in ("nature", "cle", "champ", "avant", "apres")) for row in found.changes.to_pylist()
    ]
    assert set(rows) == expected
    assert len(rows) == len(expected)
    counts = found.counts
    assert (counts.added, counts.removed, counts.changed) == tuple(
        sum(row[0] == nature for row in expected) for nature in (ADDED, REMOVED, CHANGED)
    )
    assert counts.rows_changed == len({row[1] for row in expected if row[0] == CHANGED})
    assert bool(counts) == bool(expected)


def test_a_table_differs_in_nothing_from_itself_in_another_order() -> None:
    rows = {1: (1, "x"), 2: (2, None), 3: (None, "y")}
    assert not difference(a_side(rows), a_side(rows, [3, 1, 2]), ["id"]).counts


def test_a_type_that_changes_is_compared_as_text() -> None:
    old = Side.of(pa.table({"id": ["a", "b"], "v": pa.array([1, 2])}))
    new = Side.of(pa.table({"id": ["a", "b"], "v": ["1", "3"]}))
    assert difference(old, new, ["id"]).counts.fields == {"v": 1}


def test_rows_that_share_a_key_are_told_apart_by_their_order() -> None:
    old = Side.of(pa.table({"id": ["a", "a"], "v": ["1", "2"]}))
    new = Side.of(pa.table({"id": ["a", "a", "a"], "v": ["1", "9", "3"]}))
    found = difference(old, new, ["id"]).changes.to_pylist()
    assert [(row["nature"], row["cle"], row["apres"]) for row in found] == [
        (ADDED, "a #3", None),
        (CHANGED, "a #2", "9"),
    ]


def test_without_a_key_whole_rows_come_and_go() -> None:
    old = Side.of(pa.table({"a": ["x", "y"]}))
    new = Side.of(pa.table({"a": ["y", "z"]}))
    counts = difference(old, new, ()).counts
    assert (counts.added, counts.removed, counts.changed) == (1, 1, 0)


def test_only_fields_that_both_have_are_compared() -> None:
    old = Side.of(pa.table({"id": ["a"], "gone": ["1"]}))
    new = Side.of(pa.table({"id": ["a"], "come": ["2"]}))
    assert not difference(old, new, ["id"]).counts


def test_rows_scattered_in_many_runs_are_compared_as_well() -> None:
    """More runs of shared rows than are worth slicing: every other row goes, and every third value changes."""
    keys = [f"k{n:05d}" for n in range(12_000)]
    old = pa.table({"id": keys, "v": [str(n) for n in range(12_000)]})
    kept = [n for n in range(12_000) if n % 2]
    new = pa.table({"id": [keys[n] for n in kept], "v": ["x" if n % 3 == 0 else str(n) for n in kept]})
    counts = difference(Side.of(old), Side.of(new), ["id"]).counts
    assert (counts.added, counts.removed, counts.changed) == (0, 6_000, 2_000)


@given(st.lists(st.lists(st.text("ab", max_size=2), max_size=4), min_size=1, max_size=4), st.data())
def test_keys_of_some_rows_are_those_of_the_chunks_they_lie_in(chunks: list[list[str]], data: st.DataObject) -> None:
    """Of keys in many chunks, each field's changed rows made Arrow join all of them: a release in the square of its
    rows."""
    keys = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks])
    rows = sorted(data.draw(st.sets(st.integers(0, len(keys) - 1)))) if len(keys) else []
    for kind in (pa.int64(), pa.uint64()):
        found = _chosen(keys, pa.array(rows, kind))
        assert found.to_pylist() == [keys.to_pylist()[row] for row in rows]
        assert _chosen(keys.combine_chunks(), pa.array(rows, kind)).to_pylist() == found.to_pylist()
