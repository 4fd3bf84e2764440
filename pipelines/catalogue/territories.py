"""What releases know of each territory: gathered from every table that declares one, whatever the domain.

Belongs here: which tables are about territories, and which rows are about which. Does not: pages (`html.py`). A table
tells of territories when its schema has a field `territoire_code`; of départements or regions when, without one, it has
`departement_code` or `region_code`. Codes alone are not unique (a commune and the delegated one of its name share
theirs), so that a territory is known by its kind (`territoire_nature`) and its code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pipelines.catalogue import rows
from pipelines.catalogue.checks import Checks, checks_on
from pipelines.catalogue.labels import Named, field_labels, read_labels
from pipelines.catalogue.model import Holding, Table, Version, text_in
from pipelines.catalogue.unchanged import Unchanged, unchanged
from pipelines.core.text import Language
from pipelines.releases.canonical import KEY_SEPARATOR
from pipelines.releases.corrected import CORRECTIONS

FOLDER = "territoires"
COMMUNE, DEPARTEMENT, REGION = "commune", "departement", "region"
KIND = "territoire_nature"
WHOLE_LEVELS = {"departement_code": DEPARTEMENT, "region_code": REGION}
ROWS_SHOWN, COLUMNS_SHOWN = 8, 6
MADE_UP = "exemple"
"""The column that says of a row whether it was invented to show the way: such a row says nothing of a real place."""
TIMES = ("year", "yearmonth", "date", "datetime")
OF_THE_PLACE = re.compile(r"(territoire|departement|region|resolution)_.*|code_actuel|exemple|fuseau.*")
NOT_TO_READ = re.compile(rf"{OF_THE_PLACE.pattern}|.*_(code|id|url)")
"""Fields that say of which territory a row is, how that was found, or that only programs read."""
Row = Mapping[str, str]


def folded(text: str) -> str:
    """A name as it is searched for: no accents, no capitals, words parted by one space. `search.js` has its twin."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[0-9a-z]+", plain.lower()))


def key_text(row: Row, names: Sequence[str]) -> str:
    """The key of a row as addresses of rows have it."""
    return KEY_SEPARATOR.join(row[name].replace("\\", "\\\\").replace("|", "\\|") for name in names)


def parent_of(version: Version, table: Table) -> tuple[Table, str] | None:
    """The table whose rows `table` places on the map, and the field that leads to it, if `table` does only that.

    Such a table has in its own key, beside other fields, the one that refers to the key of another of its package.
    """
    for key in table.schema.get("foreignKeys", []):
        fields = [key["fields"]] if isinstance(key["fields"], str) else list(key["fields"])
        parent = version.table(key["reference"]["resource"])
        if len(fields) == 1 and len(table.key) > 1 and fields[0] in table.key and parent and parent.key == fields:
            return parent, fields[0]
    return None


@dataclass(frozen=True)
class Source:
    """A table of a current version that is about territories.

    `table`: whose rows are shown; `places`: the table whose field `code` names the territory of each, most often the
    same; `link`: the field that leads from one to the other.
    """

    holding: Holding
    version: Version
    table: Table
    places: Table
    code: str
    link: str = ""
    named: Mapping[str, Named] = field(default_factory=dict)
    """By field of `table`, what its codes mean."""
    checks: Checks | None = None
    """What rules concluded of its rows."""
    unchanged: Unchanged | None = None
    """Since which version its rows are what they are."""

    def title(self, language: Language) -> str:
        return self.table.title(language)

    @property
    def page(self) -> str:
        return f"{self.holding.name}/table-{self.table.name}.html"

    def row_page(self, row: Row) -> str:
        """Where a row is shown with its origin, its checks and its history."""
        return f"{self.page}#{urlencode({'cle': key_text(row, self.table.key)})}"


@dataclass
class RowsOfTable:
    """The rows of one table about one territory, newest first."""

    source: Source
    rows: list[Row] = field(default_factory=list)

    @property
    def shown(self) -> list[Row]:
        return self.rows[:ROWS_SHOWN]

    @property
    def since(self) -> Version:
        """The version since which these rows are unchanged."""
        known = self.source.unchanged
        return known.of(key_text(row, self.source.table.key) for row in self.rows) if known else self.source.version

    @property
    def filtered(self) -> str:
        """The page of the table with these rows alone; empty where another table says of which territory a row is."""
        if self.source.link:
            return ""
        code = self.source.code
        names = [code] if code in WHOLE_LEVELS or any(not row.get(KIND) for row in self.rows) else [code, KIND]
        return f"{self.source.page}?{urlencode({f'est.{name}': self.rows[0][name] for name in names})}"

    def columns(self, language: Language) -> list[tuple[str, str, str]]:
        """Name, title and type of the fields that a reader wants first, among those that have a value."""
        fields = [item for item in self.source.table.fields if self._is_read(item["name"])]
        return [(item["name"], text_in(item, "title", language) or item["name"], item["type"]) for item in fields][
            :COLUMNS_SHOWN
        ]

    def _is_read(self, name: str) -> bool:
        if name in self.source.table.key and len(self.source.table.key) == 1:
            return False
        is_code = name in self.source.named and not OF_THE_PLACE.fullmatch(name)
        return (is_code or not NOT_TO_READ.fullmatch(name)) and any(row[name] for row in self.shown)

    def put_in_order(self) -> None:
        """Newest first by the first field that contains a time; rows of one time stay in the order of the release."""
        time = next((item["name"] for item in self.source.table.fields if item["type"] in TIMES), None)
        if time is not None:
            self.rows.sort(key=lambda row: row[time], reverse=True)


@dataclass
class Territory:
    """One territory, and all that is published of it."""

    kind: str
    code: str
    names: dict[str, None] = field(default_factory=dict)
    departement: str = ""
    region: str = ""
    today: str = ""
    tables: list[RowsOfTable] = field(default_factory=list)

    @property
    def name(self) -> str:
        return next(iter(self.names), self.code)

    @property
    def other_names(self) -> list[str]:
        """Names under which sources speak of it, where they differ by more than accents and hyphens."""
        seen = {folded(self.name), folded(self.code)}
        found = []
        for name in self.names:
            if folded(name) not in seen:
                seen.add(folded(name))
                found.append(name)
        return found

    @property
    def path(self) -> str:
        return f"{FOLDER}/{_in_address(self.kind)}-{_in_address(self.code)}.html"

    @property
    def count(self) -> int:
        return sum(len(item.rows) for item in self.tables)


@dataclass(frozen=True)
class Territories:
    """Every territory that a current version has rows about, by kind and code, and the tables about them."""

    sources: Sequence[Source]
    found: Mapping[tuple[str, str], Territory]

    @property
    def all(self) -> list[Territory]:
        """By name, as a reader looks for them."""
        return sorted(self.found.values(), key=lambda item: (folded(item.name), item.kind, item.code))

    def of_kind(self, kind: str) -> list[Territory]:
        return [item for item in self.all if item.kind == kind]

    def get(self, kind: str, code: str) -> Territory | None:
        return self.found.get((kind, code))

    def without(self, territory: Territory) -> list[Source]:
        """The tables about territories of this level that have no row about this one.

        Corrections are about names in sources: that there is none says nothing of a place.
        """
        level = {DEPARTEMENT: "departement_code", REGION: "region_code"}.get(territory.kind, "territoire_code")
        speaking = [item.source for item in territory.tables]
        searched = [item for item in self.sources if item.table.name != CORRECTIONS]
        return [item for item in searched if item.code == level and item not in speaking]


def gather(holdings: Sequence[Holding]) -> Territories:
    """The territories of the current versions. Reads the CSV of each table that is about some. Raises `OSError`.

    Packages of made-up data are about no real place.
    """
    real = [holding for holding in holdings if not holding.is_example]
    sources = [source for holding in real for source in _sources(holding)]
    found: dict[tuple[str, str], Territory] = {}
    for source in sources:
        _read(source, found)
    for territory in list(found.values()):
        for level, code in ((DEPARTEMENT, territory.departement), (REGION, territory.region)):
            if code and (level, code) not in found:
                found[level, code] = Territory(level, code)
    for territory in found.values():
        for item in territory.tables:
            item.put_in_order()
    return Territories(sources, found)


def _sources(holding: Holding) -> Iterator[Source]:
    version = holding.current
    labels = read_labels(version) if version else {}
    for table in version.tables if version else ():
        names = [item["name"] for item in table.fields]
        code = next((name for name in ("territoire_code", *WHOLE_LEVELS) if name in names), None)
        if version is not None and code is not None:
            parent = parent_of(version, table)
            table_shown, link = parent or (table, "")
            named, checks = field_labels(version, table_shown, labels), checks_on(version, table_shown, labels)
            yield Source(
                holding,
                version,
                table_shown,
                table,
                code,
                link,
                named,
                checks,
                unchanged(holding, version, table_shown),
            )


def _read(source: Source, found: dict[tuple[str, str], Territory]) -> None:
    """Add what one table says. Rows without a code are about no territory that is known."""
    added: dict[tuple[str, str], RowsOfTable] = {}
    parents: Mapping[str, Row] = {}
    if source.link:
        parents = {row[source.link]: row for row in rows.read_rows(source.version, source.table.name)}
    for row in rows.read_rows(source.version, source.places.name):
        _name_levels(row, found)
        code = row[source.code]
        public = parents.get(row[source.link]) if source.link else row
        if "true" in (row.get(MADE_UP), public and public.get(MADE_UP)):
            continue
        kind = WHOLE_LEVELS.get(source.code) or row.get(KIND) or COMMUNE
        if not code or not re.match("[0-9]", code):  # `inconnu` and its like stand for no territory
            continue
        territory = found.setdefault((kind, code), Territory(kind, code))
        if source.code not in WHOLE_LEVELS:
            _describe(territory, row)
        if (kind, code) not in added:
            added[kind, code] = RowsOfTable(source)
            territory.tables.append(added[kind, code])
        if public is not None and public not in added[kind, code].rows[-1:]:
            added[kind, code].rows.append(public)


def _describe(territory: Territory, row: Row) -> None:
    """Official name first, then the names under which sources speak of it."""
    official = row.get("territoire_nom", "")
    if official and official not in territory.names:
        territory.names = {official: None, **territory.names}
    for name in ("nom_publie", "nom_imprime"):
        if row.get(name):
            territory.names.setdefault(row[name])
    if row.get("code_actuel") and row["code_actuel"] != territory.code:
        territory.today = row["code_actuel"]
    territory.departement = territory.departement or row.get("departement_code", "")
    territory.region = territory.region or row.get("region_code", "")


def _name_levels(row: Row, found: dict[tuple[str, str], Territory]) -> None:
    """Départements and regions have their names from any table that gives them beside their codes."""
    for kind in (DEPARTEMENT, REGION):
        code, name = row.get(f"{kind}_code", ""), row.get(f"{kind}_nom", "")
        if code and name:
            territory = found.setdefault((kind, code), Territory(kind, code))
            territory.names.setdefault(name)
            if kind == DEPARTEMENT:
                territory.region = territory.region or row.get("region_code", "")


def _in_address(text: str) -> str:
    """A text that can be in any file's name, no two texts the same."""
    return re.sub(r"[^0-9A-Za-z_]", lambda found: f"~{ord(found[0]):x}", text)
