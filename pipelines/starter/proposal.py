"""A proposal for a file of records: what each column is, which of them are personal, and what identifies a row.

Belongs here: guesses, each with its reason, for a person to confirm. Does not: writing them (`folders.py`).

A column is proposed as personal when its name says so or when the privacy check finds something in any of its cells;
all others are proposed as public. Types are those that every cell has. The key is the shortest combination of at most
two full columns in which no two rows are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.core.text import Said
from pipelines.privacy import PersonalValues, gate
from pipelines.privacy.allowlist import AllowList
from pipelines.privacy.columns import halves_of_points
from pipelines.schema.packages import UNSTATED_LICENCE
from pipelines.schema.reserved import RESERVED
from pipelines.starter.names import CODES, PROPERTIES, plain_name
from pipelines.starter.personal_names import names_of_people, suggests_a_person

# A number with a leading zero is a code; so is one too long to be counted with.
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("integer", INTEGER),
    ("number", re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")),
    ("date", re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")),
    ("boolean", re.compile(r"true|false")),
)
# What a column may be, and how its cells look; beside the forms of the standard, those of French spreadsheets.
FORMS: tuple[tuple[Mapping[str, Any], re.Pattern[str]], ...] = (
    *(({"type": kind}, shape) for kind, shape in TYPES),
    ({"type": "date", "format": "%d/%m/%Y"}, re.compile(r"(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/[0-9]{4}")),
    ({"type": "number", "decimalChar": ","}, re.compile(r"-?(0|[1-9][0-9]{0,14})(,[0-9]{1,9})?")),
    *(
        (
            {"type": "number", "decimalChar": ",", "groupChar": blank},
            re.compile(rf"-?(0|[1-9][0-9]{{0,14}}|[1-9][0-9]{{0,2}}({blank}[0-9]{{3}})+)(,[0-9]{{1,9}})?"),
        )
        for blank in (" ", "\u00a0", "\u202f")
    ),
    ({"type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]}, re.compile(r"oui|non")),
)
# `1,234` is a decimal number in French and a thousand in English, `1.234` the other way round: nothing in such a column
# says which.
UNSURE = {sign: re.compile(rf"-?(0|[1-9][0-9]{{0,2}}({re.escape(sign)}[0-9]{{3}})?)") for sign in ",."}
# A whole number identifies a row where it stands first, or where its name counts or dates rows; else it is a measure.
NUMBERING = re.compile(
    r"(^|_)(no|num|numero|ref|reference|matricule|rang|ordre|line|ligne|annee|an|year|exercice|edition|millesime"
    r"|trimestre|mois|semaine|jour)s?(_|$)"
)
FEW_ROWS = 10  # that a key was found in: it may well be chance
KEY_COLUMNS = 12  # a pair is looked for among the first columns only: a key of two is near the left of a table
NO_KEY = ("boolean", "number")

PERSONAL_NAME = Said("le nom de la colonne évoque une personne", "the column's name suggests a person")
NOTHING_FOUND = Said("aucune donnée personnelle trouvée dans ses cases", "no personal data found in its cells")
ALREADY = Said("classe donnée par le schéma", "class given by the schema")
TYPE_GIVEN = Said("type donné par le schéma", "type given by the schema")
TYPE_OF_CODE = Said("son nom est celui d'un code, gardé tel quel", "its name is that of a code, kept as it is")
TYPE_OF_NOTHING = Said("aucune case remplie", "no filled cell")
TYPE_OF_TEXT = Said("aucun autre type ne convient à toutes ses cases", "no other type fits all of its cells")
TYPE_UNSURE = {
    ",": Said(
        "la virgule de « 1,234 » peut être celle des décimales ou des milliers, et aucune case ne dit laquelle",
        'the comma of "1,234" may be that of decimals or of thousands, and no cell says which',
    ),
    ".": Said(
        "le point de « 1.234 » peut être celui des décimales ou des milliers, et aucune case ne dit lequel",
        'the point of "1.234" may be that of decimals or of thousands, and no cell says which',
    ),
}
KEY_GIVEN = Said("donnée par le schéma", "given by the schema")
KEY_FOUND = Said(
    "aucune case vide, et deux lignes n'ont jamais la même valeur", "no cell is empty, and no two rows are alike in it"
)
NO_KEY_FOUND = Said(
    "aucune, les lignes ne pourront pas être suivies d’une version à l’autre",
    "none, rows cannot be followed from one version to the next",
)


@dataclass(frozen=True)
class Column:
    """One column of the file. `field`: the published field that it fills, empty for one that is not published;
    `descriptor`: its Table Schema field, under the name that the file gives it."""

    name: str
    field: str
    privacy: str
    reason: Said
    descriptor: Mapping[str, Any]
    type_reason: Said = TYPE_OF_TEXT

    @property
    def type(self) -> str:
        return str(self.descriptor["type"])


@dataclass(frozen=True)
class Proposal:
    """What a project started from a file would say of it. `table_schema`: what else the publisher's schema says of the
    table (title, custom checks), as it is there."""

    file: str
    format: str
    options: Mapping[str, Any]
    rows: int
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    licence: str
    publisher: str
    table_schema: Mapping[str, Any]
    key_reason: Said = NO_KEY_FOUND
    absent: tuple[str, ...] = ()
    """The columns that the schema describes and the file lacks."""
    schema_address: str = ""
    in_package: str = ""
    """The package that the table is for; empty for one of its own, of the same name."""
    doubts: tuple[Said, ...] = ()
    """What reading the file reported."""

    @property
    def package(self) -> str:
        return self.in_package or self.source

    @property
    def table(self) -> str:
        return self.name

    part = table

    @property
    def source(self) -> str:
        return self.name.replace("_", "-")

    @property
    def published(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field)


def propose(
    table: pa.Table,
    name: str,
    *,
    file: str,
    file_format: str,
    options: Mapping[str, Any],
    allow: AllowList,
    schema: Mapping[str, Any] | None = None,
    licence: str = UNSTATED_LICENCE,
    publisher: str = "",
) -> Proposal:
    """A proposal for the records of a text table. `schema`: the Table Schema that describes the file, where there is
    one; what it says of a field (type, title, constraints, class) is kept, and names stay as they are."""
    names = [column for column in table.column_names if column not in RESERVED]
    described = {item["name"]: item for item in (schema or {}).get("fields", ())}
    absent = tuple(column for column in described if column not in names)
    data = table.select(names)
    for column in absent:
        data = data.append_column(column, pa.nulls(table.num_rows, pa.string()))
    names += absent
    found = _personal(data, f"{name}/{name}", allow)
    fields = dict(zip(names, _field_names(names, described), strict=True))
    for surname in names_of_people(names):
        found.setdefault(surname, PERSONAL_NAME)
    columns = tuple(_column(column, data, described.get(column), found.get(column), fields[column]) for column in names)
    key, why = _key(data, columns, schema or {})
    more = {key: value for key, value in (schema or {}).items() if key not in ("fields", "primaryKey", "resources")}
    rows = table.num_rows
    return Proposal(file, file_format, options, rows, name, columns, key, licence, publisher, more, why, absent)


def _field_names(names: Sequence[str], described: Mapping[str, Any]) -> Iterator[str]:
    """The published names: those of a schema stay, others become plain; two that would be alike get a number."""
    taken: set[str] = set()
    for position, name in enumerate(names, start=1):
        short = name.removeprefix(PROPERTIES)
        plain = name if name in described else plain_name(short) or f"colonne_{position}"
        chosen, count = plain, 1
        while chosen in taken:
            count += 1
            chosen = f"{plain}_{count}"
        taken.add(chosen)
        yield chosen


def _personal(data: pa.Table, place: str, allow: AllowList) -> dict[str, Said]:
    """The columns in which the privacy check finds something, with what it found, never the value."""
    rules: dict[str, set[str]] = {}
    cells: dict[str, set[int]] = {}
    for hold in gate({place: data}, PersonalValues(), allow).holds:
        rules.setdefault(hold.field, set()).add(hold.rule)
        cells.setdefault(hold.field, set()).update([hold.row] if hold.row >= 0 else [])  # the header is no cell
    for latitude, longitude in halves_of_points(data.column_names):
        if "coordonnees" in rules.get(latitude, ()):  # the check names a point by one of its halves; it is both
            rules.setdefault(longitude, set()).add("coordonnees")
            cells.setdefault(longitude, set()).update(cells[latitude])
    reasons = {}
    for field, kinds in rules.items():
        listed, count = ", ".join(sorted(kinds)), len(cells[field])
        french = f" ({count} {'case' if count == 1 else 'cases'})" if count else ""
        english = f" ({count} {'cell' if count == 1 else 'cells'})" if count else ""
        reasons[field] = Said(f"contrôle de confidentialité : {listed}{french}", f"privacy check: {listed}{english}")
    return reasons


def _column(name: str, data: pa.Table, described: Mapping[str, Any] | None, found: Said | None, field: str) -> Column:
    cells = [cell.strip() for cell in data.column(name).to_pylist() if cell is not None and cell.strip()]
    why = TYPE_GIVEN
    if described is not None:
        descriptor = dict(described)
    else:
        descriptor, why = _guessed(name, cells, data.num_rows)
    descriptor.setdefault("type", "string")
    given = descriptor.get("privacy")
    if given is not None:
        privacy, reason = str(given), ALREADY
    elif found is not None:
        privacy, reason = "personnel", found
    elif suggests_a_person(name, cells):
        privacy, reason = "personnel", PERSONAL_NAME
    else:
        privacy, reason = "public", NOTHING_FOUND
    published = field if privacy == "public" else ""
    return Column(name, published, privacy, reason, {**descriptor, "privacy": privacy}, why)


def _guessed(name: str, cells: Sequence[str], rows: int) -> tuple[dict[str, Any], Said]:
    """A field that all cells pass, and why: the type that all have, `required` where none is empty."""
    guess: Mapping[str, Any] = {"type": "string"}
    reason = TYPE_OF_TEXT if cells else TYPE_OF_NOTHING
    if CODES.search(plain_name(name)):
        reason = TYPE_OF_CODE
    elif cells:
        guess = next((guess for guess, shape in FORMS if all(shape.fullmatch(cell) for cell in cells)), guess)
        guess, reason = _sure(guess, cells)
    if guess["type"] != "string":
        written = f" ({guess['format']})" if "format" in guess else ""
        reason = Said(
            f"ses {len(cells)} cases remplies en sont{written}",
            f"all of its {len(cells)} filled cells are of it{written}",
        )
    guessed: dict[str, Any] = {"name": name, **guess, "title": name, "title_en": name}
    return guessed | ({"constraints": {"required": True}} if cells and len(cells) == rows else {}), reason


def _sure(guess: Mapping[str, Any], cells: Sequence[str]) -> tuple[Mapping[str, Any], Said]:
    """A guess, or text and why where it may be wrong: digits in groups of three without decimals may be a code."""
    if guess["type"] != "number":
        return guess, TYPE_OF_TEXT
    sign = str(guess.get("decimalChar", "."))
    if "groupChar" not in guess and all(UNSURE[sign].fullmatch(cell) for cell in cells):
        return {"type": "string"}, TYPE_UNSURE[sign]
    is_code = "groupChar" in guess and not any("," in cell for cell in cells)
    return ({"type": "string"} if is_code else guess), TYPE_OF_TEXT


def _key(data: pa.Table, columns: Sequence[Column], schema: Mapping[str, Any]) -> tuple[tuple[str, ...], Said]:
    """The published fields that identify a row, and why: the schema's, else the first column that does, else two."""
    published = {column.name: column.field for column in columns if column.field}
    given = schema.get("primaryKey", ())
    given = (given,) if isinstance(given, str) else tuple(given)
    if given and all(name in published for name in given):
        return tuple(published[name] for name in given), KEY_GIVEN
    full = [
        column
        for place, column in enumerate(columns)
        if column.field and (place == 0 or not _is_measure(column)) and _may_be_key(data, column)
    ]
    likely = sorted(full, key=lambda column: not CODES.search(plain_name(column.name)))
    for size, among in ((1, likely), (2, likely[:KEY_COLUMNS])):
        for chosen in combinations(among, size):
            if _is_unique(data, [column.name for column in chosen]):
                ordered = [column for column in columns if column in chosen]
                return tuple(column.field for column in ordered), _found_in(data.num_rows)
    return (), NO_KEY_FOUND


def _found_in(rows: int) -> Said:
    """Why columns are proposed as the key, and of how few rows that is known."""
    if rows >= FEW_ROWS:
        return KEY_FOUND
    french = f"{KEY_FOUND.fr}, mais le fichier n'a que {rows} ligne{'s' if rows > 1 else ''} : vérifiez"
    return Said(french, f"{KEY_FOUND.en}, but the file has only {rows} row{'' if rows == 1 else 's'}: check it")


def _is_measure(column: Column) -> bool:
    """Whether a column most likely says how many, so that no two rows alike in it is chance."""
    plain = plain_name(column.name)
    return column.type == "integer" and not (CODES.search(plain) or NUMBERING.search(plain))


def _may_be_key(data: pa.Table, column: Column) -> bool:
    """Whether every row has a value, of a type that values are compared by."""
    if column.type in NO_KEY or not data.num_rows:
        return False
    return not pc.any(pc.equal(pc.utf8_trim_whitespace(pc.fill_null(data.column(column.name), "")), "")).as_py()


def _is_unique(data: pa.Table, names: Sequence[str]) -> bool:
    trimmed = {name: pc.utf8_trim_whitespace(data.column(name)) for name in names}
    counted = pa.table(trimmed).group_by(list(names)).aggregate([])
    return bool(counted.num_rows == data.num_rows)
