"""Small counts that two versions of a table would give away together: what one suppresses, the other says again.

Belongs here: what is suppressed besides, so that who has the version before finds no small number by subtracting one
version from the other. Does not: suppressing within one version (`published.py`).

Who subtracts takes it that a number which nothing says to have changed is the same in both versions. Three and twenty
under a total of 23 are both suppressed; were the next version to suppress three and another seven, and to say twenty,
it would say three. So what was suppressed stays so while something beside it is, or while it would be told. A number
that was told before protects nothing: then another is suppressed with the small one, or the total with all that it is
made of. Only the two tables are looked at, as they are published: nothing else is known to who subtracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pipelines.schema.packages import Protection

Place = tuple[Any, ...]
Line = dict[str, int | None]


def suppress_across(before: pa.Table, now: pa.Table, rule: Protection) -> pa.Table:
    """`now`, with more of its counts suppressed where `before`, the version that it follows, would give them away or be
    given away by them."""
    wanted = {*rule.counts, *rule.groups, rule.category, *rule.total}
    if not wanted.issubset(before.column_names) or not wanted.issubset(now.column_names):
        return now  # other fields than before, or some that nobody is shown: there is nothing to subtract
    flags = now.column(rule.flag).to_pylist() if rule.flag in now.column_names else []
    for name in rule.counts:
        if not (now.column(name).null_count or before.column(name).null_count):
            continue
        known = _Numbers.of(now, name, rule)
        places = sorted(_Across(_Numbers.of(before, name, rule), known, rule.threshold).hidden())
        if not places:
            continue
        kept = now.column(name).to_pylist()
        for place in places:
            kept[place] = None
            if flags:
                flags[place] = rule.hidden
        now = _with(now, name, kept)
        now = _with(now, rule.flag, flags) if flags else now
    return now


@dataclass(frozen=True)
class _Numbers:
    """One count of a version: by line, the number of each category; by what lines have in common, their total. None is
    suppressed. `rows`: where each is in the table; `above`: what each line has in common with its total."""

    lines: Mapping[Place, Line]
    totals: dict[Place, int | None]
    rows: Mapping[Place, int]
    above: Mapping[Place, Place]

    @classmethod
    def of(cls, table: pa.Table, count: str, rule: Protection) -> _Numbers:
        lines: dict[Place, Line] = {}
        totals: dict[Place, int | None] = {}
        rows: dict[Place, int] = {}
        above: dict[Place, Place] = {}
        names = list(dict.fromkeys((*rule.groups, rule.category, *rule.total, count)))
        for number, row in enumerate(table.select(names).to_pylist()):
            common = tuple(row[name] for name in rule.groups if name not in rule.total)
            if rule.total and all(row[name] == value for name, value in rule.total.items()):
                totals[common] = row[count]
                rows[("total", *common)] = number
                continue
            line = tuple(row[name] for name in rule.groups)
            lines.setdefault(line, {})[str(row[rule.category])] = row[count]
            rows[("line", *line, str(row[rule.category]))] = number
            above[line] = common
        return cls(lines, totals, rows, above)


class _Across:
    """The choice of what to suppress besides in one count of the new version."""

    def __init__(self, before: _Numbers, now: _Numbers, threshold: int) -> None:
        self.before, self.now, self.threshold = before, now, threshold
        self._found: set[int] = set()

    def hidden(self) -> set[int]:
        """The rows of the new version whose number is suppressed besides."""
        for place, line in self.now.lines.items():
            old = self.before.lines.get(place)
            if old is None or (None not in line.values() and None not in old.values()):
                continue
            self._keep_hidden(place, line, old)
            while self._says_again(place, line, old):
                if not self._hide_another(place, line, old):
                    self._hide_total(self.now.above[place])
                    break
        return self._found

    def _keep_hidden(self, place: Place, line: Line, old: Line) -> None:
        """What was suppressed under a total that was told stays so while some of it is, or while all of it would tell a
        small number of then."""
        rest = self._rest(self.before, place)
        shown = {name: number for name in _hidden(old) if (number := line.get(name)) is not None}
        if rest is None or not shown:
            return
        is_whole = len(shown) == len(_hidden(old))
        left = rest - sum(shown.values())
        told = [left, *(left + number for number in shown.values())]
        if not is_whole or any(map(self._is_small, told)):
            for name in shown:
                self._hide(place, line, name)

    def _says_again(self, place: Place, line: Line, old: Line) -> bool:
        """Whether the new total, less what is told of its line in either version, leaves a small number."""
        rest = self._rest(self.now, place)
        if rest is None:
            return False
        hidden = _hidden(line)
        told = {name: number for name in hidden if (number := old.get(name)) is not None}
        left = rest - sum(told.values())
        unknown = set(hidden) - set(told)
        if told and self._is_small(left):
            return True
        if len(unknown) <= 1 and any(self._is_small(left + told.get(name, 0)) for name in unknown or told):
            return True
        return self._differ_by_few(place, line, old, unknown, left)

    def _differ_by_few(self, place: Place, line: Line, old: Line, unknown: set[str], left: int) -> bool:
        """Whether what is suppressed in one version is also suppressed in the other, and the rest of that is small."""
        rest = self._rest(self.before, place)
        if rest is None:
            return False
        told = {name: number for name in _hidden(old) if (number := line.get(name)) is not None}
        then = set(_hidden(old)) - set(told)
        left_then = rest - sum(told.values())
        more, fewer = (unknown, then) if then < unknown else (then, unknown)
        difference = left - left_then if then < unknown else left_then - left
        return bool(fewer) and fewer < more and self._is_small(difference)

    def _hide_another(self, place: Place, line: Line, old: Line) -> bool:
        """Suppress the smallest number that the version before does not tell; whether there is one."""
        free = [(number, name) for name, number in line.items() if number and old.get(name) != number]
        if free:
            self._hide(place, line, min(free)[1])
        return bool(free)

    def _hide_total(self, common: Place) -> None:
        """Suppress a total, with all that it is made of on every axis, which would say it again."""
        self.now.totals[common] = None
        self._found.add(self.now.rows[("total", *common)])
        for place, line in self.now.lines.items():
            if self.now.above[place] == common:
                for name in [name for name, number in line.items() if number]:
                    self._hide(place, line, name)

    def _hide(self, place: Place, line: Line, name: str) -> None:
        line[name] = None
        self._found.add(self.now.rows[("line", *place, name)])

    def _rest(self, numbers: _Numbers, place: Place) -> int | None:
        """What is suppressed of a line in one version, put together; none where nobody knows its total."""
        total = numbers.totals.get(self.now.above[place])
        return None if total is None else total - sum(number or 0 for number in numbers.lines[place].values())

    def _is_small(self, number: int) -> bool:
        return 0 < number < self.threshold


def _hidden(line: Line) -> list[str]:
    return [name for name, number in line.items() if number is None]


def _with(table: pa.Table, name: str, values: list[Any]) -> pa.Table:
    place = table.column_names.index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values, table.schema.field(name).type))
