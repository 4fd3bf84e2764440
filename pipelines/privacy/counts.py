"""Small counts: cells that would single people out are suppressed, and others with them so that no total gives them
away.

Belongs here: choosing what to suppress. Does not: counting, nor what a table of counts is about.

The rule. A count from 1 to threshold − 1 is suppressed, in the cells and in every total over group fields. Totals being
cells of an extended table (each group field also takes the value "all"), a suppressed cell is protected by a *cube*: an
opposite cell that differs in every group field, and the corners between them, all suppressed. Adding one and taking one
away around the corners leaves every published number as it is, so a suppressed cell has another possible value, even
for who knows this rule, that zeros are never suppressed, and hence that a suppressed cell is at least one. What is left
together in a line after subtraction has to reach the threshold too. After the hypercube method of Giessing and
Repsilber (used by τ-ARGUS), with a lower bound of one. One flag says "suppressed": distinguishing small cells from
those suppressed for their sake would give the small ones away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product
from typing import Any

import pyarrow as pa

from pipelines.core.text import Said
from pipelines.privacy.errors import CountsInvalid

FLAG = "_masque"
THRESHOLD = 5
MAXIMUM_CELLS = 2_000_000


@dataclass(frozen=True)
class ProtectedCounts:
    """`cells`: the table as given, suppressed counts null, with a boolean `<count>_masque` for each count field.
    `totals`: for each group of fields that was kept (by names, in the order given; `()` is the grand total), the same
    of the sums over the others. Every number not null in any of them adds up with the others."""

    cells: pa.Table
    totals: dict[tuple[str, ...], pa.Table]


def protect_counts(
    table: pa.Table, count_fields: Sequence[str], group_fields: Sequence[str], threshold: int = THRESHOLD
) -> ProtectedCounts:
    """Suppress what isolates fewer than `threshold` people in `table`: one row a combination of `group_fields`, each
    once, with counts of people that are integers ≥ 0. A combination without a row counts 0; zeros isolate nobody and
    stay.

    Fields that add up to each other belong in one group field, not in two count fields: each count field is protected
    on its own. Raises `CountsInvalid`."""
    import numpy as np

    if threshold < 2 or not group_fields:
        raise CountsInvalid(field=", ".join(group_fields) or "group_fields", found=str(threshold), expected="≥ 2")
    values, places = _coordinates(table, group_fields)
    shape = [len(value) for value in values]
    if np.prod([size + 1 for size in shape]) > MAXIMUM_CELLS:
        raise CountsInvalid(
            field=", ".join(group_fields),
            found=str(shape),
            expected=Said(f"≤ {MAXIMUM_CELLS} cellules", f"≤ {MAXIMUM_CELLS} cells"),
        )
    cells, extended = table, {}
    for name in count_fields:
        counts = np.zeros(shape, np.int64)
        counts[tuple(places)] = _counts(table, name)
        whole = _with_totals(counts)
        hidden = _Suppression(whole, threshold).run()
        extended[name] = (whole, hidden)
        cells = _masked(cells, name, whole[tuple(places)], hidden[tuple(places)])
    return ProtectedCounts(cells, dict(_totals(extended, values, group_fields)))


def _coordinates(table: pa.Table, group_fields: Sequence[str]) -> tuple[list[list[Any]], list[Any]]:
    """The values of each group field in their order, and where each row is among them."""
    import numpy as np

    values, places = [], []
    for name in group_fields:
        column = table.column(name).to_pylist()
        if any(value is None for value in column):
            raise CountsInvalid(field=name, found="null", expected=Said("une valeur", "a value"))
        known = sorted(set(column))
        values.append(known)
        rank = {value: place for place, value in enumerate(known)}
        places.append(np.array([rank[value] for value in column], np.int64))
    keys = list(zip(*(place.tolist() for place in places), strict=True))
    if len(set(keys)) < len(keys):
        raise CountsInvalid(
            field=", ".join(group_fields),
            found=Said("doublons", "duplicates"),
            expected=Said("une ligne par groupe", "one row a group"),
        )
    return values, places


def _counts(table: pa.Table, name: str) -> Any:
    column = table.column(name)
    if not pa.types.is_integer(column.type) or column.null_count:
        raise CountsInvalid(
            field=name, found=str(column.type), expected=Said("des entiers sans absent", "integers, none absent")
        )
    counts = column.to_numpy()
    if (counts < 0).any():
        raise CountsInvalid(field=name, found="< 0", expected="≥ 0")
    return counts


def _with_totals(counts: Any) -> Any:
    """The extended table: along every axis, the last place is the sum of the others."""
    import numpy as np

    for axis in range(counts.ndim):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return counts


class _Suppression:
    """The choice of what to suppress in one extended table."""

    def __init__(self, whole: Any, threshold: int) -> None:
        import numpy as np

        self.np = np
        self.whole, self.threshold = whole, threshold
        self.hidden = (whole > 0) & (whole < threshold)
        self.protected = np.zeros_like(self.hidden)
        # Hiding costs what is lost; a total is dearer than any cell, and the more so the more it sums.
        total_axes = sum(np.indices(whole.shape)[axis] == size - 1 for axis, size in enumerate(whole.shape))
        self.price = (whole + 1.0) * 1000.0 ** np.asarray(total_axes)

    def run(self) -> Any:
        """The mask of what is suppressed: every cell of it in a cube, every line with `threshold` people or more in
        it."""
        while True:
            alone = self.np.argwhere(self.hidden & ~self.protected)
            for place in alone.tolist():
                if not self.protected[tuple(place)]:
                    self._protect(tuple(place))
            if not self._fill_lines():
                return self.hidden

    def _protect(self, cell: tuple[int, ...]) -> None:
        """Hide the cheapest cube around a cell."""
        for corner in product(*zip(cell, self._opposite(cell), strict=True)):
            self.hidden[corner] = self.protected[corner] = True

    def _opposite(self, cell: tuple[int, ...]) -> tuple[int, ...]:
        """The opposite corner of the cheapest cube that leaves every corner another value.

        Around a cube, a corner moves the other way from its neighbour, unless the neighbour is their sum, which moves
        with it. Corners that go down while the others go up have to be at least 2 (or, the other way round, the
        others)."""
        np, shape = self.np, self.whole.shape
        cost = np.zeros(shape)
        low = {+1: np.full(shape, np.inf), -1: np.full(shape, np.inf)}
        for moved in chain.from_iterable(combinations(range(len(shape)), size) for size in range(len(shape) + 1)):
            index = tuple(
                slice(None) if axis in moved else slice(cell[axis], cell[axis] + 1) for axis in range(len(shape))
            )
            corner, price = self.whole[index], np.where(self.hidden[index], 0.0, self.price[index])
            cost = cost + np.where(corner > 0, price, np.inf)
            sign = np.ones([1] * len(shape), np.int64)
            for axis in moved:
                sign = sign * self._sign(cell, axis)
            for way, least in low.items():
                low[way] = np.minimum(least, np.where(sign == way, corner, np.inf))
        possible = (low[-1] >= 2) | (low[+1] >= 2)
        cost = np.where(possible, cost, np.inf)
        for axis, place in enumerate(cell):
            cost[tuple(slice(None) if other != axis else place for other in range(len(shape)))] = np.inf
        return tuple(int(place) for place in np.unravel_index(int(np.argmin(cost)), shape))

    def _sign(self, cell: tuple[int, ...], axis: int) -> Any:
        """How a neighbour along an axis moves when the cell goes up: with it when one of both is their total."""
        size = self.whole.shape[axis]
        sign = self.np.full(size, -1)
        sign[size - 1] = 1
        if cell[axis] == size - 1:
            sign[:] = 1
        return sign.reshape([-1 if other == axis else 1 for other in range(self.whole.ndim)])

    def _fill_lines(self) -> bool:
        """Hide one more cell in each line whose hidden cells hold fewer than `threshold` people; whether any was."""
        np, added = self.np, False
        for axis, size in enumerate(self.whole.shape):
            inner = tuple(slice(0, size - 1) if other == axis else slice(None) for other in range(self.whole.ndim))
            kept = np.where(self.hidden[inner], self.whole[inner], 0).sum(axis=axis)
            total = np.take(self.hidden, size - 1, axis=axis)
            for line in np.argwhere((kept > 0) & (kept < self.threshold) & ~total).tolist():
                index: list[Any] = list(line)
                index.insert(axis, slice(None))
                free = np.where(
                    self.hidden[tuple(index)] | (self.whole[tuple(index)] == 0), np.inf, self.price[tuple(index)]
                )
                index[axis] = int(np.argmin(free))
                if not self.hidden[tuple(index)]:
                    self.hidden[tuple(index)] = added = True
        return added


def _masked(table: pa.Table, name: str, counts: Any, hidden: Any) -> pa.Table:
    unmasked = pa.array(counts, pa.int64(), mask=hidden)
    place = table.column_names.index(name) if name in table.column_names else table.num_columns
    table = (
        table.set_column(place, name, unmasked) if place < table.num_columns else table.append_column(name, unmasked)
    )
    return table.append_column(f"{name}{FLAG}", pa.array(hidden, pa.bool_()))


def _totals(
    extended: dict[str, tuple[Any, Any]], values: list[list[Any]], group_fields: Sequence[str]
) -> list[tuple[tuple[str, ...], pa.Table]]:
    """One table for each proper subset of the group fields, every combination of their values in it."""
    found = []
    for kept in chain.from_iterable(combinations(range(len(group_fields)), size) for size in range(len(group_fields))):
        index = tuple(slice(0, len(values[axis])) if axis in kept else -1 for axis in range(len(group_fields)))
        rows = list(product(*(values[axis] for axis in kept)))
        columns = {group_fields[axis]: pa.array([row[place] for row in rows]) for place, axis in enumerate(kept)}
        table = pa.table(columns) if columns else pa.table({"_": pa.array([0])}).drop_columns(["_"])
        for name, (whole, hidden) in extended.items():
            table = _added(table, name, whole[index].reshape(-1), hidden[index].reshape(-1))
        found.append((tuple(group_fields[axis] for axis in kept), table))
    return found


def _added(table: pa.Table, name: str, counts: Any, hidden: Any) -> pa.Table:
    if table.num_columns:
        return _masked(table, name, counts, hidden)
    return pa.table({name: pa.array(counts, pa.int64(), mask=hidden), f"{name}{FLAG}": pa.array(hidden, pa.bool_())})
