"""Small counts in a published table: what is suppressed, and that nobody finds it again by subtracting."""

from __future__ import annotations

from itertools import combinations, pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.core.project import Project
from pipelines.privacy import CountsInvalid, protect_published
from pipelines.schema import load_package
from pipelines.schema.packages import Protection

RULE = load_package(Project.here().schemas, "enquetes-publiques").table("comptages_observations").protect
assert RULE is not None


def counted(total: int | None, **channels: int | None) -> pa.Table:
    rows = [("canal", name, number) for name, number in channels.items()]
    rows += [] if total is None else [("total", "total", total)]
    names = ("axe", "modalite", "observations_nombre")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    columns["observations_nombre"] = pa.array(columns["observations_nombre"], pa.int64())
    return pa.table({"enquete_id": ["enq-0"] * len(rows), **columns, "masquage": ["aucun"] * len(rows)})


def shown(table: pa.Table) -> dict[str, int | None]:
    made = protect_published(table, RULE)
    rows = made.to_pylist()
    assert all((row["masquage"] == "masque") == (row["observations_nombre"] is None) for row in rows)
    return {row["modalite"]: row["observations_nombre"] for row in rows}


def test_three_and_four_of_fifteen_are_suppressed_and_eight_and_the_total_stay() -> None:
    found = shown(counted(15, registre_papier=3, courrier=4, oral_permanence=8))
    assert found == {"registre_papier": None, "courrier": None, "oral_permanence": 8, "total": 15}


def test_a_lone_small_number_takes_another_with_it() -> None:
    assert shown(counted(23, a=3, b=20)) == {"a": None, "b": None, "total": 23}


def test_a_small_total_is_suppressed_with_what_it_is_made_of() -> None:
    assert shown(counted(3, a=3)) == {"a": None, "total": None}
    assert shown(counted(2)) == {"total": None}


def test_what_a_total_counts_beyond_its_rows_is_no_small_number_either() -> None:
    assert shown(counted(219, voie_electronique=155)) == {"voie_electronique": 155, "total": 219}
    assert shown(counted(157, voie_electronique=155)) == {"voie_electronique": None, "total": 157}


def test_large_numbers_and_zeros_stay() -> None:
    assert shown(counted(12, a=7, b=5, c=0)) == {"a": 7, "b": 5, "c": 0, "total": 12}


def test_a_number_that_its_source_hid_already_keeps_its_flag() -> None:
    table = counted(20, a=20).to_pylist()
    table.append({**table[0], "modalite": "b", "observations_nombre": None, "masquage": "regroupe"})
    assert protect_published(pa.Table.from_pylist(table), RULE).to_pylist() == table


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(CountsInvalid):
        protect_published(counted(1).drop_columns(["masquage"]), RULE)


def test_a_total_that_tells_what_its_rows_hide_is_suppressed_with_them() -> None:
    assert set(shown(counted(5, a=1, b=1, c=1, d=1, e=1, f=0)).items()) >= {("a", None), ("total", None), ("f", 0)}
    assert shown(counted(5, a=1, b=1, c=1, d=1)) == dict.fromkeys(["a", "b", "c", "d", "total"])


def test_no_other_axis_says_again_a_total_that_is_suppressed() -> None:
    one = counted(5, a=1, b=1, c=1, d=1, e=1)
    other = counted(None, eau=5, bruit=0)
    axes = pa.array(["theme"] * 2)
    table = pa.concat_tables([one, other.set_column(other.column_names.index("axe"), "axe", axes)])
    assert {name for name, number in shown(table).items() if number is not None} == {"bruit"}


FEW_LARGE, MANY_SMALL = (
    st.lists(st.integers(0, most), min_size=least, max_size=size) for most, least, size in ((9, 1, 4), (2, 4, 7))
)


@given(FEW_LARGE | MANY_SMALL)
def test_every_suppressed_number_could_be_another(numbers: list[int]) -> None:
    """The oracle tries every way to fill in what is suppressed with numbers of at least 1 that add up."""
    names = [f"c{place}" for place in range(len(numbers))]
    found = shown(counted(sum(numbers), **dict(zip(names, numbers, strict=True))))
    hidden = [name for name in names if found[name] is None]
    assert all(found[name] is None for name, number in zip(names, numbers, strict=True) if 0 < number < RULE.threshold)
    if found["total"] is None:
        assert set(hidden) == {name for name, number in zip(names, numbers, strict=True) if number}
    if not hidden or found["total"] is None:
        return
    left = found["total"] - sum(found[name] or 0 for name in names)
    cuts = combinations(range(1, left), len(hidden) - 1)
    ways = [[end - start for start, end in pairwise((0, *cut, left))] for cut in cuts]
    assert all(len({way[place] for way in ways}) > 1 for place in range(len(hidden)))
    assert left >= RULE.threshold


def test_every_count_field_is_protected() -> None:
    rule = Protection(("n", "m"), ("lieu",), "jour", {}, 5, "masquage", "masque")
    table = pa.table({"lieu": ["x", "x"], "jour": ["1", "2"], "n": [3, 9], "m": [9, 9], "masquage": ["aucun"] * 2})
    made = protect_published(table, rule)
    assert (made.column("n").to_pylist(), made.column("m").to_pylist()) == ([None, None], [9, 9])
