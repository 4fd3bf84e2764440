"""What releases know of each territory: gathered from every table that declares one, whatever the domain.

Belongs here: which tables tell of territories, and which rows tell of which. Does not: pages (`html.py`). A table tells
of territories when its schema has a field `territoire_code`; of départements or regions when, without one, it has
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
from pipelines.catalogue.model import Holding, Table, Version, told
from pipelines.core.text import Language
from pipelines.releases.canonical import KEY_SEPARATOR

FOLDER = "territoires"
COMMUNE, DEPARTEMENT, REGION = "commune", "departement", "region"
WHOLE_LEVELS = {"departement_code": DEPARTEMENT, "region_code": REGION}
ROWS_SHOWN, COLUMNS_SHOWN = 8, 6
TIMES = ("year", "yearmonth", "date", "datetime")
NOT_TO_READ = re.compile(r"(territoire|departement|region|resolution)_.*|code_actuel|exemple|.*_(code|id|url)")
"""Fields that say of which territory a row is, how that was found, or that only programs read."""
SMALL_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "saint",
        "sainte",
        "sous",
        "st",
        "ste",
        "sur",
    ]
)
"""`search.js` has the same."""
SHARD_LETTERS = 2
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
    """A table of a current version that tells of territories.

    `table`: whose rows are shown; `places`: the table whose field `code` names the territory of each, most often the
    same; `link`: the field that leads from one to the other.
    """

    holding: Holding
    version: Version
    table: Table
    places: Table
    code: str
    link: str = ""

    def title(self, language: Language) -> str:
        return self.table.title(language)

    @property
    def page(self) -> str:
        return f"{self.holding.name}/table-{self.table.name}.html"

    def filtered(self, code: str) -> str:
        """The page of its table, filtered on a territory; empty where another table says of which one a row tells."""
        return "" if self.link else f"{self.page}?{urlencode({'contient': code, 'colonne': self.code})}"

    def row_page(self, row: Row) -> str:
        """Where a row stands with its origin, its checks and its history."""
        return f"{self.page}#{urlencode({'cle': key_text(row, self.table.key)})}"


@dataclass
class Told:
    """The rows of one table about one territory, newest first."""

    source: Source
    rows: list[Row] = field(default_factory=list)

    @property
    def shown(self) -> list[Row]:
        return self.rows[:ROWS_SHOWN]

    def columns(self, language: Language) -> list[tuple[str, str, str]]:
        """Name, title and type of the fields that a reader wants first, among those that have a value."""
        fields = [item for item in self.source.table.fields if self._is_read(item["name"])]
        return [(item["name"], told(item, "title", language) or item["name"], item["type"]) for item in fields][
            :COLUMNS_SHOWN
        ]

    def _is_read(self, name: str) -> bool:
        if name in self.source.table.key and len(self.source.table.key) == 1:
            return False
        return not NOT_TO_READ.fullmatch(name) and any(row[name] for row in self.shown)

    def put_in_order(self) -> None:
        """Newest first by the first field that holds a time; rows of one time stay in the order of the release."""
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
    told: list[Told] = field(default_factory=list)

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
        return sum(len(item.rows) for item in self.told)


@dataclass(frozen=True)
class Territories:
    """Every territory that a current version tells of, by kind and code, and the tables that tell of them."""

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
        """The tables that tell of territories of this level, and say nothing of this one."""
        level = {DEPARTEMENT: "departement_code", REGION: "region_code"}.get(territory.kind, "territoire_code")
        speaking = [item.source for item in territory.told]
        return [item for item in self.sources if item.code == level and item not in speaking]


def gather(holdings: Sequence[Holding]) -> Territories:
    """The territories of the current versions. Reads the CSV of each table that tells of some. Raises `OSError`."""
    sources = [source for holding in holdings for source in _sources(holding)]
    found: dict[tuple[str, str], Territory] = {}
    for source in sources:
        _read(source, found)
    for territory in list(found.values()):
        for level, code in ((DEPARTEMENT, territory.departement), (REGION, territory.region)):
            if code and (level, code) not in found:
                found[level, code] = Territory(level, code)
    for territory in found.values():
        for item in territory.told:
            item.put_in_order()
    return Territories(sources, found)


def _sources(holding: Holding) -> Iterator[Source]:
    version = holding.current
    for table in version.tables if version else ():
        names = [item["name"] for item in table.fields]
        code = next((name for name in ("territoire_code", *WHOLE_LEVELS) if name in names), None)
        if version is not None and code is not None:
            parent = parent_of(version, table)
            shown, link = parent or (table, "")
            yield Source(holding, version, shown, table, code, link)


def _read(source: Source, found: dict[tuple[str, str], Territory]) -> None:
    """Add what one table says. Rows without a code tell of no territory that is known."""
    told_of: dict[tuple[str, str], Told] = {}
    parents: Mapping[str, Row] = {}
    if source.link:
        parents = {row[source.link]: row for row in rows.read_rows(source.version, source.table.name)}
    for row in rows.read_rows(source.version, source.places.name):
        _name_levels(row, found)
        code = row[source.code]
        kind = WHOLE_LEVELS.get(source.code) or row.get("territoire_nature") or COMMUNE
        if not code or not re.match("[0-9]", code):  # `inconnu` and its like stand for no territory
            continue
        territory = found.setdefault((kind, code), Territory(kind, code))
        if source.code not in WHOLE_LEVELS:
            _describe(territory, row)
        if (kind, code) not in told_of:
            told_of[kind, code] = Told(source)
            territory.told.append(told_of[kind, code])
        shown = parents.get(row[source.link]) if source.link else row
        if shown is not None and shown not in told_of[kind, code].rows[-1:]:
            told_of[kind, code].rows.append(shown)


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


def shards(territories: Territories) -> dict[str, list[list[str]]]:
    """The search index, in pieces: for the first letters of any word of any name, the territories to choose from.

    Each is its name, its kind, its code, its département's code, its page, and its names as they are searched for.
    A piece is all that a browser has to fetch for an answer, however many territories there are.
    """
    made: dict[str, list[list[str]]] = {}
    for territory in territories.all:
        searched = [folded(name) for name in territory.names] + [folded(territory.code)]
        line = [territory.name, territory.kind, territory.code, territory.departement, territory.path]
        for start in sorted({start for name in searched for start in _starts(name)}):
            made.setdefault(start, []).append([*line, *dict.fromkeys(searched)])
    return made


def _starts(name: str) -> set[str]:
    """Where a name is looked for: by its words; by small ones only where it has no other."""
    words = name.split()
    telling = [word for word in words if word not in SMALL_WORDS] or words
    return {word[:SHARD_LETTERS] for word in telling}


def _in_address(text: str) -> str:
    """A text that can stand in any file's name, no two texts the same."""
    return re.sub(r"[^0-9A-Za-z_]", lambda found: f"~{ord(found[0]):x}", text)
