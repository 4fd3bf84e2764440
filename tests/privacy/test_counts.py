"""Small counts: what is suppressed, and that nobody works it out again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice, product

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.privacy import CountsInvalid, ProtectedCounts, protect_counts


def counts_of(counts: list[list[int]]) -> pa.Table:
    cells = [(f"r{i}", f"c{j}", count) for i, row in enumerate(counts) for j, count in enumerate(row)]
    return pa.table({"rang": [c[0] for c in cells], "canal": [c[1] for c in cells], "nombre": [c[2] for c in cells]})


def shown(result: ProtectedCounts, fields: tuple[str, ...]) -> dict[tuple[str, ...], int | None]:
    """Every published number of an extended table, by its coordinates (`*` is a total); none where it is suppressed."""
    found: dict[tuple[str, ...], int | None] = {}
    for kept, table in {**result.totals, fields: result.cells}.items():
        for row in table.to_pylist():
            found[tuple(row[name] if name in kept else "*" for name in fields)] = row["nombre"]
    return found


def test_a_small_count_is_hidden_with_three_others_so_that_no_total_tells_it() -> None:
    result = protect_counts(counts_of([[3, 10, 50], [20, 30, 60], [70, 80, 90]]), ["nombre"], ["rang", "canal"])
    hidden = [key for key, count in shown(result, ("rang", "canal")).items() if count is None]
    assert sorted(hidden) == [("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")]
    assert result.cells.column("nombre_masque").to_pylist()[:3] == [True, True, False]


def test_a_table_without_small_counts_is_left_as_it_is() -> None:
    table = counts_of([[5, 0], [7, 9]])
    result = protect_counts(table, ["nombre"], ["rang", "canal"])
    assert result.cells.column("nombre").to_pylist() == [5, 0, 7, 9]
    assert result.totals[()].to_pylist() == [{"nombre": 21, "nombre_masque": False}]
    assert result.totals[("rang",)].column("nombre").to_pylist() == [5, 16]


def test_a_total_that_isolates_people_is_hidden_too() -> None:
    result = protect_counts(pa.table({"rang": ["a"], "nombre": [3]}), ["nombre"], ["rang"])
    assert result.cells.column("nombre").to_pylist() == [None]
    assert result.totals[()].column("nombre").to_pylist() == [None]


def test_rows_keep_their_order_and_count_fields_are_protected_each_on_its_own() -> None:
    table = pa.table({"rang": ["b", "a", "c"], "pour": [2, 20, 30], "contre": [50, 60, 70], "note": ["x", "y", "z"]})
    cells = protect_counts(table, ["pour", "contre"], ["rang"]).cells
    assert cells.column("rang").to_pylist() == ["b", "a", "c"]
    assert cells.column("pour").to_pylist() == [None, None, 30]
    assert cells.column("contre").to_pylist() == [50, 60, 70]
    assert cells.column_names == ["rang", "pour", "contre", "note", "pour_masque", "contre_masque"]


@pytest.mark.parametrize(
    "table",
    [
        pa.table({"rang": ["a", "a"], "nombre": [9, 9]}),
        pa.table({"rang": ["a", None], "nombre": [9, 9]}),
        pa.table({"rang": ["a", "b"], "nombre": [9, -1]}),
        pa.table({"rang": ["a", "b"], "nombre": [9, None]}),
        pa.table({"rang": ["a", "b"], "nombre": [9.0, 1.0]}),
    ],
)
def test_a_table_that_is_no_table_of_counts_is_refused(table: pa.Table) -> None:
    with pytest.raises(CountsInvalid):
        protect_counts(table, ["nombre"], ["rang"])


def test_senseless_requests_are_refused() -> None:
    table = pa.table({"rang": ["a"], "nombre": [9]})
    with pytest.raises(CountsInvalid):
        protect_counts(table, ["nombre"], [])
    with pytest.raises(CountsInvalid):
        protect_counts(table, ["nombre"], ["rang"], threshold=1)
    wide = pa.table({"a": list(range(1500)), "b": list(range(1500)), "nombre": [9] * 1500})
    with pytest.raises(CountsInvalid):
        protect_counts(wide, ["nombre"], ["a", "b"])


Key = tuple[str, ...]
AT_ONCE = 100  # possible tables looked at before another way is tried


def possible(
    published: dict[Key, int | None], cells: list[Key], most: int, *, rising: bool
) -> Iterator[dict[Key, int]]:
    """Every table that an attacker finds possible: who knows what is published, that counts are never negative, that a
    suppressed one is at least one, and that no suppressed cell is above `most`. They come in the order of their values,
    those of the first cell first."""
    lines = [(key, count) for key, count in published.items() if "*" in key and count is not None]
    members = [[n for n, cell in enumerate(cells) if matches(cell, key)] for key, _ in lines]
    hidden_totals = [key for key, count in published.items() if count is None and "*" in key]
    known = [published[cell] for cell in cells]
    least = [1 if count is None else count for count in known]
    greatest = [most if count is None else count for count in known]

    def fits(place: int) -> bool:
        """Whether every total of the cell can still be met by what the other cells may be."""
        return all(
            sum(least[n] for n in inside) <= count <= sum(greatest[n] for n in inside)
            for inside, (_, count) in zip(members, lines, strict=True)
            if place in inside
        )

    def fill(place: int) -> Iterator[dict[Key, int]]:
        if place == len(cells):
            if all(sum(v for v, cell in zip(least, cells, strict=True) if matches(cell, key)) for key in hidden_totals):
                yield dict(zip(cells, least, strict=True))
            return
        bounds = least[place], greatest[place]
        every = range(bounds[0], bounds[1] + 1)
        for value in every if rising else reversed(every):
            least[place] = greatest[place] = value
            if fits(place):
                yield from fill(place + 1)
        least[place], greatest[place] = bounds

    yield from fill(0)


def matches(cell: tuple[str, ...], key: tuple[str, ...]) -> bool:
    return all(wanted in ("*", value) for value, wanted in zip(cell, key, strict=True))


def attack(result: ProtectedCounts, fields: tuple[str, ...], truth: dict[Key, int]) -> set[Key]:
    """The suppressed cells and totals that have a single possible value: what an attacker recovers.

    All possible tables can be too many to look at. From the cells of each suppressed number, upwards and downwards, a
    second value of it comes soon where there is one; whichever way has seen them all decides.
    """
    published = shown(result, fields)
    cells = sorted(truth)
    seen: dict[Key, set[int]] = {key: set() for key, count in published.items() if count is None}
    hidden = [cell for cell in cells if published[cell] is None]
    most = max([truth[cell] for cell in hidden], default=0) + 1
    ways = [
        possible(published, sorted(cells, key=lambda cell: not matches(cell, key)), most, rising=rising)
        for key in seen or cells[:1]
        for rising in (True, False)
    ]
    for way in cycle(ways):
        tables = list(islice(way, AT_ONCE))
        for key, found in seen.items():
            found |= {sum(value for cell, value in table.items() if matches(cell, key)) for table in tables}
        if len(tables) < AT_ONCE or all(len(found) > 1 for found in seen.values()):
            break
    return {key for key, found in seen.items() if len(found) < 2}


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=3)
    ),
    st.integers(2, 6),
)
def test_no_attacker_recovers_a_suppressed_number_of_two_groups(counts: list[list[int]], threshold: int) -> None:
    table = counts_of(counts)
    result = protect_counts(table, ["nombre"], ["rang", "canal"], threshold)
    truth = {(r["rang"], r["canal"]): r["nombre"] for r in table.to_pylist()}
    assert attack(result, ("rang", "canal"), truth) == set()
    check_law(result, ("rang", "canal"), truth, threshold)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=8, max_size=8), st.integers(2, 5))
def test_no_attacker_recovers_a_suppressed_number_of_three_groups(counts: list[int], threshold: int) -> None:
    places = list(product("ab", "cd", "ef"))
    fields = ("un", "deux", "trois")
    table = pa.table({name: [p[i] for p in places] for i, name in enumerate(fields)} | {"nombre": counts})
    result = protect_counts(table, ["nombre"], fields, threshold)
    truth = dict(zip(places, counts, strict=True))
    assert attack(result, fields, truth) == set()
    check_law(result, fields, truth, threshold)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(2, 6))
def test_no_attacker_recovers_a_suppressed_number_of_one_group(counts: list[int], threshold: int) -> None:
    names = [f"r{place}" for place in range(len(counts))]
    result = protect_counts(pa.table({"rang": names, "nombre": counts}), ["nombre"], ["rang"], threshold)
    truth = {(name,): count for name, count in zip(names, counts, strict=True)}
    assert attack(result, ("rang",), truth) == set()
    check_law(result, ("rang",), truth, threshold)


def check_law(
    result: ProtectedCounts, fields: tuple[str, ...], truth: dict[tuple[str, ...], int], threshold: int
) -> None:
    """What is published is true, adds up, is never small; zeros stay; what a total leaves together reaches the
    threshold."""
    published = shown(result, fields)
    for key, count in published.items():
        real = sum(value for cell, value in truth.items() if matches(cell, key))
        assert count is None or (count == real and (count == 0 or count >= threshold))
        assert real > 0 or count == 0
        for axis, coordinate in enumerate(key):
            if coordinate != "*" or count is None:
                continue
            line = [
                other
                for other in published
                if other[axis] != "*" and other[:axis] + key[axis : axis + 1] + other[axis + 1 :] == key
            ]
            left = [other for other in line if published[other] is None]
            assert not left or count - sum(published[other] or 0 for other in line) >= threshold


def test_the_attack_of_these_tests_does_recover_what_is_badly_hidden() -> None:
    cells = pa.table({"rang": ["a", "b"], "nombre": [None, 10], "nombre_masque": [True, False]})
    badly = ProtectedCounts(cells, {(): pa.table({"nombre": [13], "nombre_masque": [False]})})
    assert attack(badly, ("rang",), {("a",): 3, ("b",): 10}) == {("a",)}
