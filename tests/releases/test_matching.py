"""Pairs of rows by their keys, against an oracle of dictionaries; long runs, short ones, and keys in no order."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.releases import matching
from pipelines.releases.matching import FIRST_WINDOW, LEAST_RUN, MAXIMUM_RUNS, SHORT_RUN, Match, match

KEYS = st.lists(st.text("abé😀", max_size=3), unique=True, max_size=30)


def words(numbers: range | list[int]) -> list[str]:
    return [f"k{number:07d}" for number in numbers]


def pairs(found: Match) -> list[tuple[int, int]]:
    return list(zip(found.before.to_pylist(), found.after.to_pylist(), strict=True))


def shared(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """The pairs that dictionaries give."""
    places = {key: place for place, key in enumerate(old)}
    return [(places[key], place) for place, key in enumerate(new) if key in places]


def holds(old: list[str], new: list[str]) -> Match:
    """The match of two lists, once it was found to be the one that dictionaries give."""
    found = match(pa.array(old, pa.string()), pa.array(new, pa.string()))
    known, there = set(old), set(new)
    assert pairs(found) == shared(old, new)
    assert found.added.to_pylist() == [place for place, key in enumerate(new) if key not in known]
    assert found.removed.to_pylist() == [place for place, key in enumerate(old) if key not in there]
    if found.runs is not None:
        told = [(old + step, new + step) for old, new, length in found.runs for step in range(length)]
        assert told == pairs(found)
    return found


@settings(max_examples=200, deadline=None)
@given(KEYS, KEYS, st.booleans())
def test_rows_that_share_a_key_are_paired(old: list[str], new: list[str], in_order: bool) -> None:
    old, new = (sorted(keys) if in_order else keys for keys in (old, new))
    assert pairs(holds(old, new)) == shared(old, new)


@pytest.mark.parametrize("gap", [3 * FIRST_WINDOW, 5_000])
def test_a_block_that_appears_or_vanishes_parts_two_runs(gap: int) -> None:
    whole = words(range(20_000))
    cut = whole[:7_000] + whole[7_000 + gap :]
    assert holds(whole, cut).runs == ((0, 0, 7_000), (7_000 + gap, 7_000, 13_000 - gap))
    assert holds(cut, whole).runs == ((0, 0, 7_000), (7_000, 7_000 + gap, 13_000 - gap))


def test_a_table_that_stayed_is_one_run() -> None:
    keys = words(range(3_000))
    assert holds(keys, keys).runs == ((0, 0, 3_000),)


def test_rows_that_come_and_go_everywhere_are_looked_up_one_by_one() -> None:
    rows = 3 * MAXIMUM_RUNS
    evens, thirds = [n for n in range(rows) if n % 2], [n for n in range(rows) if n % 3]
    found = holds(words(evens), words(thirds))
    assert found.runs is not None  # pairs are next to each other on one side only, and are few
    assert len(found.runs) > SHORT_RUN
    scattered = holds(words([n for n in range(4 * rows) if n % 5]), words([n for n in range(4 * rows) if n % 7]))
    assert scattered.runs is None


@pytest.mark.parametrize(("one", "two"), [(0, 1), (1, 0)])
def test_keys_that_alternate_without_one_in_common_are_given_up_after_few_steps(
    monkeypatch: pytest.MonkeyPatch, one: int, two: int
) -> None:
    real, steps = matching._alike, []
    monkeypatch.setattr(matching, "_alike", lambda *words: steps.append(1) or real(*words))
    found = holds(words(range(one, 20_000, 2)), words(range(two, 20_000, 2)))
    assert (pairs(found), found.runs) == ([], ())
    assert SHORT_RUN < len(steps) <= 2 * SHORT_RUN


def in_pairs(found: Match, before: pa.ChunkedArray, after: pa.ChunkedArray) -> list[tuple[str, str]]:
    """The values of both sides, pair by pair, where the chunks of `before` come one after the other."""
    given: list[tuple[str, str]] = []
    pieces = (pa.chunked_array([chunk]) for chunk in before.chunks)
    for first, old, new in found.aligned(pieces, after):
        assert first == len(given)
        given += zip(old.to_pylist(), new.to_pylist(), strict=True)
    return given


def test_columns_are_cut_down_to_the_pairs_whether_runs_are_long_or_not() -> None:
    old, new = pa.chunked_array([["a", "b"], ["c"]]), pa.chunked_array([["B", "C", "D"]])
    found = holds(["1", "2", "3"], ["2", "3", "4"])
    assert in_pairs(found, old, new) == [("b", "B"), ("c", "C")]
    taken = Match(found.before, found.after, found.added, found.removed, None)
    assert in_pairs(taken, old, new) == [("b", "B"), ("c", "C")]


def test_a_large_table_may_have_more_runs_that_are_long() -> None:
    gap = 2 * LEAST_RUN
    keys = words(range((MAXIMUM_RUNS + 100) * gap))
    fewer = [key for place, key in enumerate(keys) if place % gap]
    found = match(pa.array(keys), pa.array(fewer))
    assert found.runs is not None
    assert len(found.runs) == MAXIMUM_RUNS + 100
    assert {length for _, _, length in found.runs} == {gap - 1}
    assert found.removed.to_pylist() == list(range(0, len(keys), gap))


@pytest.mark.parametrize("is_in_order", [True, False])
def test_columns_are_cut_down_to_the_pairs_in_their_order(is_in_order: bool) -> None:
    old, new = (
        words([n for n in range(5 * MAXIMUM_RUNS) if n % 5]),
        words([n for n in range(5 * MAXIMUM_RUNS) if n % 7]),
    )
    new = new if is_in_order else new[::-1]
    found = holds(old, new)
    assert found.runs is None
    given = in_pairs(found, pa.chunked_array([old[:7], old[7:]]), pa.chunked_array([new]))
    assert given == [(new[place], new[place]) for _, place in shared(old, new)]


@pytest.mark.parametrize("cuts", [(), (0, 1), (300,), (299, 300, 301), (1, 1_000, 1_001, 2_999, 3_000)])
@pytest.mark.parametrize("has_runs", [True, False])
def test_a_column_that_comes_in_pieces_is_cut_down_to_the_same_pairs(cuts: tuple[int, ...], has_runs: bool) -> None:
    old = words([n for n in range(3_001) if n % 700 != 699])
    new = words([n for n in range(3_001) if n % 500 != 300])
    found = holds(old, new)
    assert found.runs is not None
    if not has_runs:
        found = Match(found.before, found.after, found.added, found.removed, None)
    ends = [0, *cuts, len(old)]
    pieces = [old[start:end] for start, end in pairwise(ends)]
    given = in_pairs(found, pa.chunked_array(pieces, pa.string()), pa.chunked_array([new]))
    assert given == [(old[mine], new[other]) for mine, other in shared(old, new)]
