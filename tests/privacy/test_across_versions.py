"""Small counts beside the version before: what one version suppresses is not found by subtracting the other.

The oracle subtracts as anybody would who has both versions and takes it that a number which nothing says to have
changed is the same in both."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import protect_published, suppress_across
from tests.privacy.test_published import RULE, counted

Counts = Mapping[str, int]


def published(before: pa.Table | None, counts: Counts) -> pa.Table:
    """The next version of a table of counts by channel, with their total."""
    now = protect_published(counted(sum(counts.values()), **counts), RULE)
    return now if before is None else suppress_across(before, now, RULE)


def told(table: pa.Table) -> dict[str, int | None]:
    rows = table.to_pylist()
    assert all((row["masquage"] == "masque") == (row["observations_nombre"] is None) for row in rows)
    return {row["modalite"]: row["observations_nombre"] for row in rows}


def two(first: Counts, second: Counts) -> tuple[dict[str, int | None], dict[str, int | None]]:
    before = published(None, first)
    return told(before), told(published(before, second))


def test_a_number_suppressed_beside_a_small_one_stays_so_when_another_could_take_its_place() -> None:
    first, second = two({"a": 3, "b": 20}, {"a": 3, "b": 20, "c": 7})
    assert first == {"a": None, "b": None, "total": 23}
    assert second["b"] is None
    assert second["a"] is None


def test_a_small_number_that_grew_does_not_tell_what_it_was() -> None:
    _, second = two({"a": 3, "b": 20}, {"a": 5, "b": 20})
    assert second == {"a": None, "b": None, "total": 25}


def test_a_small_number_that_went_does_not_tell_what_it_was() -> None:
    _, second = two({"a": 3, "b": 20, "c": 0}, {"a": 0, "b": 20, "c": 0})
    assert (second["a"], second["b"]) == (None, None)


def test_what_a_total_counted_beyond_its_rows_does_not_come_out_later() -> None:
    before = protect_published(counted(157, voie=155), RULE)
    assert told(before)["voie"] is None
    now = suppress_across(before, protect_published(counted(219, voie=155), RULE), RULE)
    assert told(now)["voie"] is None


def test_a_number_that_was_told_protects_no_small_one() -> None:
    _, second = two({"a": 9, "b": 12, "c": 30}, {"a": 3, "b": 12, "c": 31})
    assert (second["a"], second["c"]) == (None, None)
    _, second = two({"a": 9, "b": 12}, {"a": 3, "b": 12})
    assert second == {"a": None, "b": None, "total": None}


def test_counts_that_were_small_are_told_once_they_have_all_grown() -> None:
    _, second = two({"a": 2}, {"a": 90, "b": 61})
    assert second == {"a": 90, "b": 61, "total": 151}
    _, second = two({"a": 3, "b": 20}, {"a": 70, "b": 85})
    assert second == {"a": 70, "b": 85, "total": 155}


def test_an_unchanged_table_stays_as_it_was() -> None:
    counts = {"a": 3, "b": 20, "c": 7}
    before = published(published(None, {"a": 3, "b": 20}), counts)
    assert published(before, counts).equals(before)


def test_without_anything_suppressed_nothing_is() -> None:
    now = protect_published(counted(30, a=10, b=20), RULE)
    assert suppress_across(protect_published(counted(20, a=10, b=10), RULE), now, RULE) is now


def test_a_table_that_was_of_other_fields_says_nothing() -> None:
    now = protect_published(counted(23, a=3, b=20), RULE)
    assert suppress_across(now.drop_columns(["modalite"]), now, RULE).equals(now)


def test_every_axis_goes_with_its_total() -> None:
    theme = pa.array(["theme"] * 2)
    axes = counted(None, eau=10, bruit=11)
    other = axes.set_column(axes.column_names.index("axe"), "axe", theme)
    before = protect_published(pa.concat_tables([counted(21, a=9, b=12), other]), RULE)
    axes = counted(None, eau=7, bruit=8)
    other = axes.set_column(axes.column_names.index("axe"), "axe", theme)
    now = suppress_across(before, protect_published(pa.concat_tables([counted(15, a=3, b=12), other]), RULE), RULE)
    assert set(told(now).values()) == {None}


def small_found(first: Mapping[str, int | None], second: Mapping[str, int | None]) -> list[int]:
    """The small numbers that subtracting leaves: of each version, its total less all that either version tells."""
    found = []
    for one, other in ((first, second), (second, first)):
        total = one["total"]
        names = [name for name in one if name != "total"]
        hidden = [name for name in names if one[name] is None]
        if total is None or not hidden:
            continue
        left = total - sum(one[name] or 0 for name in names)
        known = {name: number for name in hidden if (number := other.get(name)) is not None}
        if known and 0 < left - sum(known.values()) < RULE.threshold:
            found.append(left - sum(known.values()))
        for name in hidden:
            others = [item for item in hidden if item != name]
            if all(item in known for item in others):
                number = left - sum(known[item] for item in others)
                found += [number] if 0 < number < RULE.threshold else []
    return found


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=5),
    st.sets(st.integers(0, 4)),
)
def test_subtracting_one_version_from_the_other_finds_no_small_number(
    pairs: list[tuple[int, int]], same: set[int]
) -> None:
    first = {f"c{place}": one for place, (one, _) in enumerate(pairs)}
    second = {f"c{place}": one if place in same else other for place, (one, other) in enumerate(pairs)}
    before, now = two(first, second)
    assert not small_found(before, now), (before, now)
    assert all(now[name] is None for name, number in second.items() if 0 < number < RULE.threshold)


@pytest.mark.parametrize("counts", [{"a": 3, "b": 20}, {"a": 3, "b": 4, "c": 8}, {"a": 1, "b": 1, "c": 1}])
def test_a_category_that_comes_in_is_not_told_by_what_was_there(counts: Counts) -> None:
    for number in range(1, 5):
        first, second = two(counts, {**counts, "z": number})
        if first["total"] is not None and second["total"] is not None:
            assert not 0 < second["total"] - first["total"] < RULE.threshold
