"""One scan: texts and tables from files, checked against every pattern and everybody's values.

Belongs here: checking texts that belong to no record, each distinct one once. Does not: opening files (`opening.py`),
the strong test on the rows of records (`gate.py`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.columns import has_points, named_personal, precise_points
from pipelines.privacy.distinct import MANY, Distinct, add_to, distinct_of
from pipelines.privacy.everyone import Everyone
from pipelines.privacy.gate import FEW_ROWS, OWN_VALUE, GateReport, Hold
from pipelines.privacy.looks import Columns, ExaminedColumn, LargeTable, Look, NotPlain, Text, Texts, Unreadable
from pipelines.privacy.seen import Digest, Seen, are_numbers, digest, distinct_searched, passing
from pipelines.privacy.sifting import (
    Passage,
    clean_columns,
    patterns_beside_numbers,
    read_cells,
    suspect_passages,
    unmask_cells,
)
from pipelines.schema.arrow import as_text
from pipelines.storage.ahead import ahead

UNREADABLE, FILE_NAME = "fichier_illisible", "nom_de_fichier"
THREADS = 2
SOME = 8192  # texts: as many as `readings` remembers, with room
NOTHING = Digest().value()
"""What a column without a text is known by."""
_PLAIN_NAME = re.compile(r"[A-Za-z_]{1,40}")  # no pattern fits in it, and most names are so


class Scan:
    """What one scan goes by, and what it has seen.

    The same texts are in many files: a page in two languages, a table as CSV, as Parquet, for spreadsheets and in the
    previews of the catalogue. A text in which nothing at all is found is clean wherever it is, and is remembered;
    one in which something is found is checked each time, because the allow list asks where it is."""

    def __init__(
        self,
        allow: AllowList,
        everyone: Everyone,
        seen: Seen | None = None,
        package: str = "",
        own: Container[str] = frozenset(),
    ) -> None:
        self.allow, self.everyone, self.seen = allow, everyone, seen or Seen()
        self.package, self._own = package, own
        self._clean, self.clean_shapes = self.seen.memory.texts, self.seen.memory.shapes
        self._foreseen: dict[str, list[Passage]] = {}
        self._looked: frozenset[str] = frozenset()
        self._read: set[str] = set()
        self._names: dict[str, bool] = {}
        self._measures: set[bytes] = set()  # columns of numbers, and of nothing else that could be a pattern

    def foresee(self, looks: Iterable[Look]) -> None:
        """Check together what is about to be looked at. An expression costs more to prepare than to hold against the
        few texts of one file, so that a folder of small files is checked many files at a time."""
        looks = list(looks)
        texts = list(dict.fromkeys(text for look in looks if isinstance(look, Texts) for _, _, text in look.texts))
        self._foreseen, self._looked = {}, frozenset()
        for start in range(0, len(texts), SOME):
            self._foreseen.update(self._found(texts[start : start + SOME]))
        self._looked = frozenset(texts)
        few = [look.table for look in looks if isinstance(look, Columns) and look.table.num_rows <= FEW_ROWS]
        self._foresee_columns(few)

    def _foresee_columns(self, tables: Iterable[pa.Table]) -> None:
        texts = (self._searched(column) for table in tables for column in table.columns)
        marked = {digest(column): column for column in texts if column is not None}
        new = {mark: column for mark, column in marked.items() if mark not in self.seen.patterns}
        self.seen.patterns.update(clean_columns(new, suspect_passages))
        if self.everyone:
            new = {mark: column for mark, column in marked.items() if mark not in self.seen.nobody}
            self.seen.nobody.update(clean_columns(new, self._values_in))

    def look(self, look: Look) -> GateReport:
        """What is held of something that waited."""
        match look:
            case Texts(name, texts):
                return self.texts(name, texts)
            case Columns(name, header, table):
                return self.table(name, header, table)
            case LargeTable(name, header, batches, whole):
                try:
                    return self.large_table(name, header, batches)
                except (NotPlain, pa.ArrowException):
                    return sum(map(self.look, whole()), GateReport())
            case Unreadable(name):
                return self.unreadable(name)
            case ExaminedColumn(report):
                return report

    def texts(self, name: str, texts: Sequence[Text]) -> GateReport:
        """What is held of the texts of a file, called `name` where it is told."""
        looking = _Report(name, self)
        found = self._found(text for _, _, text in texts)
        for place, field, text in texts if found else ():
            for passage in found.get(text, ()):
                looking.keep(place, field, passage)
        return looking.report(len(texts))

    def table(self, name: str, header: Sequence[str], table: pa.Table) -> GateReport:
        """What is held of a table, its columns called as `header` says; a column that comes twice keeps a number."""
        typed = table.rename_columns(self._labels(header))
        looking = _Report(name, self)
        found = self._found_in_columns(typed, self._numbers(name, header))
        text = as_text(typed) if found else typed  # rare: only then is it worth knowing the rows
        for column in text.column_names:
            for rule in named_personal(column):
                looking.keep(-1, column, Passage(rule, column, 0, len(column)))
            for row, cell in enumerate(text.column(column).to_pylist() if found else ()):
                for passage in found.get(cell, ()):
                    looking.keep(row, column, passage)
        for row, column, value in precise_points(text):
            looking.keep(row, column, Passage("coordonnees", value, 0, len(value)))
        return looking.report(text.num_rows * text.num_columns)

    def large_table(self, name: str, header: Sequence[str], batches: Callable[[], Iterator[pa.Table]]) -> GateReport:
        """The same of a table that is read some rows at a time: once for what its columns are known by, once more for
        the distinct texts of those that are new, and a third time only where something is held. Columns that nobody has
        looked at as texts are new for sure: their distinct texts are kept the first time, while they are few."""
        names, rows = self._labels(header), 0
        marks = [Digest() for _ in names]
        met = {place: Distinct() for place in self._unread(name, names)}
        with ThreadPoolExecutor(THREADS) as pool:
            for batch in ahead(batches()):
                rows += batch.num_rows
                if batch.num_columns != len(marks):
                    raise NotPlain
                columns = list(map(self._searched, batch.columns))
                list(pool.map(add_to, marks, columns))
                for place, distinct in met.items():
                    distinct.add(columns[place])
        few = {place: distinct.texts() for place, distinct in met.items() if distinct.are_few}
        numbers = self._numbers(name, header)
        found = self._found_in_batches([mark.value() for mark in marks], batches, few, numbers)
        looking = _Report(name, self)
        for column in names:
            for rule in named_personal(column):
                looking.keep(-1, column, Passage(rule, column, 0, len(column)))
        first = 0
        for batch in ahead(batches()) if found or has_points(names) else ():
            text = as_text(batch.rename_columns(names))
            for column in names if found else ():
                for row, cell in enumerate(text.column(column).to_pylist(), start=first):
                    for passage in found.get(cell, ()):
                        looking.keep(row, column, passage)
            for row, column, value in precise_points(text):
                looking.keep(first + row, column, Passage("coordonnees", value, 0, len(value)))
            first += batch.num_rows
        return looking.report(rows * len(names))

    def _unread(self, name: str, header: Sequence[str]) -> list[int]:
        """The columns of a table that the gate has not looked at as texts; none once a file of the table was read."""
        table = table_of(name, self.package)
        if table in self._read:
            return []
        self._read.add(table)
        unread = self.seen.unread.get(table, frozenset())
        return [place for place, column in enumerate(header) if column in unread]

    def _numbers(self, name: str, header: Sequence[str]) -> frozenset[int]:
        """The columns that are no texts in the table that a file holds: numbers in them are measures, and no pattern,
        as in the gate."""
        unread = self.seen.unread.get(table_of(name, self.package), frozenset())
        return frozenset(place for place, column in enumerate(header) if column in unread)

    def _searched(self, column: pa.ChunkedArray) -> pa.ChunkedArray | None:
        """A column as texts that are looked through: numbers and dates hold no pattern, as in the gate, but may be what
        somebody's value is."""
        if not self.everyone or pa.types.is_dictionary(column.type):
            return distinct_searched(column)
        may_be_somebodys = self.everyone.may_be_numbers or not are_numbers(column)
        return as_text(pa.table([column], ["x"])).column(0) if may_be_somebodys else distinct_searched(column)

    def _found_in_batches(
        self,
        marks: Sequence[bytes],
        batches: Callable[[], Iterator[pa.Table]],
        few: Mapping[int, pa.Array],
        numbers: Container[int],
    ) -> Mapping[str, list[Passage]]:
        """`few`: the distinct texts of columns that have few."""
        found: dict[str, list[Passage]] = {}
        for place, texts in few.items():
            self._look_through_distinct(marks[place], texts, found, are_numbers=place in numbers)
        new = [
            place
            for place, mark in enumerate(marks)
            if place not in few and any(self._is_new(mark, are_numbers=place in numbers))
        ]
        waiting: dict[int, list[pa.Array]] = {place: [] for place in new}
        is_clean = dict.fromkeys(new, True)
        for batch in ahead(batches()) if new else ():
            for place in new:
                searched = self._searched(batch.column(place))
                if searched is None:
                    continue
                texts = searched.cast(pa.large_string()).combine_chunks()
                waiting[place].append(pc.unique(texts).drop_null())
                if sum(map(len, waiting[place])) > MANY:
                    waiting[place] = [distinct_of(waiting[place])]
                if len(waiting[place][0]) > MANY // 2:  # a column of ever new texts is looked at as it goes by
                    is_clean[place] &= self._look_through_distinct(
                        marks[place], waiting[place].pop(0), found, remembers=False, are_numbers=place in numbers
                    )
                    waiting[place] = waiting[place] or [pa.array([], pa.large_string())]
        for place in new:
            texts = distinct_of(waiting.pop(place))
            self._look_through_distinct(
                marks[place], texts, found, remembers=is_clean[place], are_numbers=place in numbers
            )
        return found

    def unreadable(self, name: str) -> GateReport:
        """A file that nobody could look into: held, unless the allow list names it."""
        looking = _Report(name, self)
        looking.keep(-1, "", Passage(UNREADABLE, name, 0, len(name)))
        return looking.report(1)

    def may_tell(self, name: str) -> bool:
        """Whether the name of a column, a key or a sheet names nobody."""
        if name in self._clean:
            return True
        if name not in self._names:
            self.foresee_names([name])
        return self._names[name]

    def foresee_names(self, names: Iterable[str]) -> None:
        """Check together names that are about to be asked for: the keys of a document cost one by one what they cost
        together."""
        new = [name for name in dict.fromkeys(names) if name not in self._clean and name not in self._names]
        plain = [name for name in new if _PLAIN_NAME.fullmatch(name)]
        telling = {plain[place] for place, _ in self.everyone.kinds_in(plain)}
        self._names.update({name: name not in telling for name in plain})
        others = [name for name in new if name not in self._names]
        found = self._found(others)
        self._names.update({name: name not in found for name in others})

    def _labels(self, header: Sequence[str]) -> list[str]:
        self.foresee_names(header)
        seen: Counter[str] = Counter()
        names: list[str] = []
        taken: set[str] = set()
        for number, column in enumerate(header, start=1):
            label = column if self.may_tell(column) else f"colonne {number}"
            name = label
            while name in taken:  # "a, a, a (2)": the number that one is given may be another's own name
                seen[label] += 1
                name = f"{label} ({seen[label] + 1})"
            taken.add(name)
            names.append(name)
        return names

    def _found_in_columns(self, table: pa.Table, numbers: Container[int]) -> Mapping[str, list[Passage]]:
        """The passages of the texts of a table's columns; a column in which there are none is not checked again."""
        found: dict[str, list[Passage]] = {}
        for place, column in enumerate(map(self._searched, table.columns)):
            mark = b"" if column is None else digest(column)
            if column is not None and any(self._is_new(mark, are_numbers=place in numbers)):
                texts = pc.unique(column).drop_null()
                self._look_through_distinct(mark, texts, found, are_numbers=place in numbers)
        return found

    def _is_new(self, mark: bytes, *, are_numbers: bool) -> tuple[bool, bool]:
        """Whether a column was not yet found without patterns, and without anybody's values."""
        if mark == NOTHING:
            return False, False
        is_clean = mark in self.seen.patterns or (are_numbers and mark in self._measures)
        return not is_clean, bool(self.everyone) and mark not in self.seen.nobody

    def _look_through_distinct(
        self,
        mark: bytes,
        texts: pa.Array,
        found: dict[str, list[Passage]],
        *,
        remembers: bool = True,
        are_numbers: bool = False,
    ) -> bool:
        """Whether nothing is found in distinct texts of a column; then, if it `remembers`, that is remembered of it.
        `are_numbers`: those that are written as numbers are measures."""
        has_patterns, has_values = self._is_new(mark, are_numbers=are_numbers)
        patterns = (patterns_beside_numbers if are_numbers else suspect_passages)(texts) if has_patterns else {}
        values = self._values_in(texts) if has_values else {}
        if not patterns and remembers:  # the same texts may be in a column of texts too
            (self._measures if are_numbers else self.seen.patterns).add(mark)
        if not values and self.everyone and remembers:
            self.seen.nobody.add(mark)
        for place in sorted(patterns.keys() | values.keys()):
            mine = found.setdefault(texts[place].as_py(), [])
            mine += [item for item in (*patterns.get(place, ()), *values.get(place, ())) if item not in mine]
        return not patterns and not values

    def _values_in(self, texts: pa.Array) -> dict[int, list[Passage]]:
        """Everybody's values in texts, in each of their readings, by place."""
        read = read_cells(unmask_cells(pa.chunked_array([texts])))
        found = {}
        for place, kind in self.everyone.kinds_in(read, self._own):
            text = read[place].as_py()
            found[place] = [Passage(f"{OWN_VALUE}:{kind.value}", text, 0, len(text))]
        return found

    def _found(self, texts: Iterable[str]) -> Mapping[str, list[Passage]]:
        """The passages of each text that has some: patterns, and everybody's values."""
        distinct = [text for text in dict.fromkeys(texts) if text and text not in self._clean]
        known = {text: self._foreseen[text] for text in distinct if text in self._foreseen}
        new = [text for text in distinct if text not in self._looked]
        if not new:
            return known
        array = pa.array(new, pa.large_string())
        patterns, values = suspect_passages(array), self._values_in(array) if self.everyone else {}
        places = sorted(patterns.keys() | values.keys())
        found = {new[place]: [*patterns.get(place, ()), *values.get(place, ())] for place in places}
        self.seen.memory.remember(text for text in new if text not in found)
        return {**known, **found}


class _Report:
    """The report on one file, as it is put together."""

    def __init__(self, name: str, scan: Scan) -> None:
        self.name, self.scan, self.table = name, scan, table_of(name, scan.package)
        self.held: set[Hold] = set()
        self.used: Counter[str] = Counter()

    def keep(self, row: int, field: str, passage: Passage) -> None:
        """Hold a passage, unless the allow list lets it through here, or did in the table that it is from."""
        key = (field, passage.rule, passage.text, passage.span)
        entry = self.scan.allow.reason(self.name, *key)
        if entry is None and self.table:
            entry = self.scan.allow.reason(self.table, *key)
        name = entry.id if entry else passing(self.scan.seen.passed, passage.rule, passage.text, passage.span)
        if name is None:
            self.held.add(Hold(self.name, row, field, passage.rule))
        else:
            self.used[name] += 1

    def report(self, cells: int) -> GateReport:
        return GateReport(cells, tuple(sorted(self.held)), dict(sorted(self.used.items())))


_TABLE_FILE = re.compile(r"(?:.*/)?data/(?:excel/)?(?P<table>[a-z0-9_-]+)\.(?:csv|parquet)")


def table_of(name: str, package: str) -> str:
    """The table, as `package/table`, that a file of a package's release holds; empty for any other file."""
    match = _TABLE_FILE.fullmatch(name) if package else None
    return f"{package}/{match['table']}" if match else ""
