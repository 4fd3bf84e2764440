"""One scan: texts and tables from files, held against every pattern and against everybody's values.

Belongs here: judging texts that belong to no record, each distinct one once. Does not: opening files (`files.py`), the
strong test on the rows of records (`gate.py`)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.columns import named_personal, precise_points
from pipelines.privacy.everyone import Everyone
from pipelines.privacy.gate import FEW_ROWS, OWN_VALUE, GateReport, Hold
from pipelines.privacy.seen import Seen, digest, passing
from pipelines.privacy.sifting import Passage, clean_columns, read_cells, suspect_passages, unmask_cells
from pipelines.schema.arrow import as_text

UNREADABLE, FILE_NAME = "fichier_illisible", "nom_de_fichier"
SOME = 8192  # texts: as many as `readings` remembers, with room
Text = tuple[int, str, str]  # row or line from 0, place in the file, text
_PLAIN_NAME = re.compile(r"[A-Za-z_]{1,40}")  # no pattern fits in it, and most names are so


@dataclass(frozen=True)
class Texts:
    """Texts of a file that wait to be judged, with where each stands; `name` is how the file is told."""

    name: str
    texts: Sequence[Text]


@dataclass(frozen=True)
class Columns:
    """A table of a file that waits to be judged, its columns called as `header` says."""

    name: str
    header: Sequence[str]
    table: pa.Table


@dataclass(frozen=True)
class Unreadable:
    """A file that nobody could look into."""

    name: str


@dataclass(frozen=True)
class Judged:
    """What was judged already, in its place among what waits."""

    report: GateReport


Look = Texts | Columns | Unreadable | Judged


class Scan:
    """What one scan goes by, and what it has seen.

    The same texts stand in many files: a page in two languages, a table as CSV, as Parquet, for spreadsheets and in the
    previews of the catalogue. A text in which nothing at all is found is clean wherever it stands, and is remembered;
    one in which something is found is judged each time, for the allow list asks where it stands."""

    def __init__(self, allow: AllowList, everyone: Everyone, seen: Seen | None = None, package: str = "") -> None:
        self.allow, self.everyone, self.seen = allow, everyone, seen or Seen()
        self.package = package
        self._clean, self.clean_shapes = self.seen.memory.texts, self.seen.memory.shapes
        self._foreseen: dict[str, list[Passage]] = {}
        self._looked: frozenset[str] = frozenset()
        self._names: dict[str, bool] = {}

    def foresee(self, looks: Iterable[Look]) -> None:
        """Judge together what is about to be looked at. An expression costs more to prepare than to hold against the
        few texts of one file, so that a folder of small files is judged many files at a time."""
        looks = list(looks)
        texts = list(dict.fromkeys(text for look in looks if isinstance(look, Texts) for _, _, text in look.texts))
        self._foreseen, self._looked = {}, frozenset()
        for start in range(0, len(texts), SOME):
            self._foreseen.update(self._found(texts[start : start + SOME]))
        self._looked = frozenset(texts)
        few = [look.table for look in looks if isinstance(look, Columns) and look.table.num_rows <= FEW_ROWS]
        self._foresee_columns(few)

    def _foresee_columns(self, tables: Iterable[pa.Table]) -> None:
        marked = {digest(column): column for table in tables for column in as_text(table).columns}
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
            case Unreadable(name):
                return self.unreadable(name)
            case Judged(report):
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
        text = as_text(table.rename_columns(self._shown(header)))
        looking = _Report(name, self)
        found = self._found_in_columns(text)
        for column in text.column_names:
            for rule in named_personal(column):
                looking.keep(-1, column, Passage(rule, column, 0, len(column)))
            cells = text.column(column).to_pylist() if found else ()  # rare: only then is it worth knowing the rows
            for row, cell in enumerate(cells):
                for passage in found.get(cell, ()):
                    looking.keep(row, column, passage)
        for row, column, value in precise_points(text):
            looking.keep(row, column, Passage("coordonnees", value, 0, len(value)))
        return looking.report(text.num_rows * text.num_columns)

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
            is_plain = bool(_PLAIN_NAME.fullmatch(name))
            self._names[name] = self.everyone.kind_in(name) is None if is_plain else not self._found([name])
        return self._names[name]

    def _shown(self, header: Sequence[str]) -> list[str]:
        seen: Counter[str] = Counter()
        names: list[str] = []
        taken: set[str] = set()
        for number, column in enumerate(header, start=1):
            shown = column if self.may_tell(column) else f"colonne {number}"
            name = shown
            while name in taken:  # "a, a, a (2)": the number that one is given may be another's own name
                seen[shown] += 1
                name = f"{shown} ({seen[shown] + 1})"
            taken.add(name)
            names.append(name)
        return names

    def _found_in_columns(self, text: pa.Table) -> Mapping[str, list[Passage]]:
        """The passages of the texts of a table's columns; a column in which there are none is not judged again."""
        found: dict[str, list[Passage]] = {}
        for column in text.columns:
            mark = digest(column)
            has_patterns = mark not in self.seen.patterns
            has_values = bool(self.everyone) and mark not in self.seen.nobody
            if not has_patterns and not has_values:
                continue
            texts = pc.unique(column).drop_null()
            patterns = suspect_passages(texts) if has_patterns else {}
            values = self._values_in(texts) if has_values else {}
            if not patterns:
                self.seen.patterns.add(mark)
            if not values and self.everyone:
                self.seen.nobody.add(mark)
            for place in sorted(patterns.keys() | values.keys()):
                found.setdefault(texts[place].as_py(), []).extend([*patterns.get(place, ()), *values.get(place, ())])
        return found

    def _values_in(self, texts: pa.Array) -> dict[int, list[Passage]]:
        """Everybody's values in texts, in each of their readings, by place."""
        read = read_cells(unmask_cells(pa.chunked_array([texts]))).to_pylist()
        return {
            place: [Passage(f"{OWN_VALUE}:{kind.value}", read[place], 0, len(read[place]))]
            for place, kind in self.everyone.kinds_in(read)
        }

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
        told = (field, passage.rule, passage.text, passage.span)
        entry = self.scan.allow.reason(self.name, *told)
        if entry is None and self.table:
            entry = self.scan.allow.reason(self.table, *told)
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
