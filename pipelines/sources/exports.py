"""Exports of form tools: only the columns that the source names are kept, because the others may say who answered.

Belongs here: a CSV without some of its columns. Does not: reading it (`formats/`).

What a source names is an allow-list: the fields of its incoming schema, the columns that its mapping reads,
`options.columns`, `options.optional` and `parameters.keep`. So the tool's own columns go under whatever heading and in
whatever language it writes them. A source that names nothing yet loses what is known to be the tool's own, and every
column with a network or an e-mail address in it.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.schema import load_incoming
from pipelines.sources.columns import clean, column_names, columns_joined, columns_read
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.errors import CollectError
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.registry import Fetched, Unchanged

DELIMITERS = ";,\t|"
FORMATS = ("csv", "tsv")
# Headings of columns that say who answered, whatever the tool, the style of headings and the language.
WHO = (
    "ip address", "ipaddress", "ipaddr", "ip", "adresse ip", "remote addr", "remote address", "adresse distante",
    "token", "jeton", "access code", "code d acces", "code d invitation", "referrer url", "refurl", "url de reference",
    "url referente", "uid", "user id", "username", "user name", "submitted by", "nom d utilisateur",
    "identifiant de l utilisateur", "submitted by user", "soumis par",
)  # fmt: skip
_ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}|(?=.*::?.*:)[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}|[^@\s]+@[^@\s]+\.[^@\s]+", re.IGNORECASE
)


@dataclass(frozen=True)
class Dropped:
    """System columns of a tool: all of them, those that are personal, those that the YAML keeps."""

    system: tuple[str, ...]
    personal: tuple[str, ...]
    keep: tuple[str, ...] = ()

    def says_who(self, heading: str) -> bool:
        """Whether a heading is one of who answered: never kept, whatever the source names."""
        plain = _plain(heading)
        own = {_plain(name) for name in self.personal}
        # "ipaddr. IP address": a heading may contain the code and the words.
        return plain in WHO or plain in own or any(plain.startswith(f"{name} ") for name in own if len(name) > 3)

    def is_the_tool_s(self, heading: str) -> bool:
        """Whether a heading is one of the tool's own columns."""
        plain = _plain(heading)
        return heading in self.system or plain in {_plain(name) for name in self.system}


# By tool: every column of its own, those that say who answered. Names of both versions of Drupal Webform.
_LIMESURVEY = ("ipaddr", "token", "refurl")
_WEBFORM = ("IP Address", "UID", "Username", "uid", "token", "remote_addr", "uri")
TOOLS = {
    "limesurvey": Dropped(
        (*_LIMESURVEY, "id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"), _LIMESURVEY
    ),
    "framaforms": Dropped(
        (
            *_WEBFORM, "Serial", "SID", "Submitted Time", "Completed Time", "Modified Time", "Draft", "serial", "sid",
            "uuid", "created", "completed", "changed", "in_draft", "current_page", "langcode", "webform_id",
            "entity_type", "entity_id", "locked", "sticky", "notes",
        ),
        _WEBFORM,
    ),
}  # fmt: skip


def columns_of(tool: str, source: Source) -> Dropped:
    """The columns of a tool's own, with those that the source's YAML keeps. Raises `KeyError` for another tool."""
    return replace(TOOLS[tool], keep=tuple(source.parameters.get("keep", ())))


def named_columns(project: Project, source: Source, part: Part) -> frozenset[str]:
    """The columns that a source names for a part, as its reader names them. Raises what its incoming schema raises."""
    named = [*columns_read(part), *columns_joined(part, source.parts)]
    for option in ("columns", "optional"):
        named += part.options.get(option, ())
    if part.schema is not None:
        named += [field.name for field in load_incoming(project.schemas, part.schema).fields]
    return frozenset(map(clean, named))


def only_named(
    got: Fetched | Unchanged, part: Part, columns: Dropped, *, source: Source, project: Project
) -> Fetched | Unchanged:
    """The same file with the columns that the source names, as text in the part's encoding.

    Raises `CollectError` for a format that is no text, another encoding, or a YAML that keeps a column of who answered;
    `NotTheAnswer` for a line that has more or fewer cells than the header: its cells may be under other names.
    """
    personal = [name for name in columns.keep if columns.says_who(name)]
    if personal:
        expected = Said("des colonnes sans donnée personnelle", "columns that are not personal")
        raise CollectError(source=source.name, found=f"parameters.keep: {', '.join(personal)}", expected=expected)
    if part.format not in FORMATS:
        wanted = " | ".join(FORMATS)
        raise CollectError(source=source.name, found=f"{part.name}.format: {part.format}", expected=wanted)
    if isinstance(got, Unchanged):
        return got
    named = named_columns(project, source, part)
    text = _text(got, part, source.name)
    first = part.options.get("header_row", 1) - 1
    last = first + part.options.get("header_rows", 1)
    delimiter, rows = _rows(text, part, named | set(columns.keep), (first, last))
    if len(rows) < last:
        lines, header_row = Said(f"{len(rows)} lignes", f"{len(rows)} lines"), Said("un en-tête", "a header")
        raise NotTheAnswer(source=source.name, address=got.address, found=lines, expected=header_row)
    header = rows[first:last]
    _check_width(rows, first, max(map(len, header)), got, source.name)
    kept = _kept(header, rows[last:], named, columns, part.options.get("header_name"))
    _write(got, part, rows, (first, kept), delimiter)
    gone = [_names_of(header, index) for index in range(max(map(len, header))) if index not in kept]
    columns_of_the_tool = sorted({name for names in gone for name in names if columns.is_the_tool_s(name)})
    return replace(
        got, content=None, fetch=dict(got.fetch) | {"dropped": columns_of_the_tool, "dropped_columns": len(gone)}
    )


def _kept(
    header: list[list[str]], records: list[list[str]], named: frozenset[str], columns: Dropped, naming: int | None
) -> list[int]:
    """The places of the columns that stay."""
    kept = []
    names = _reader_s_names(header, naming)
    for index, name in enumerate(names):
        headings = {cell.strip() for cell in _names_of(header, index)}
        if any(columns.says_who(heading) for heading in headings):
            continue
        is_kept = bool(headings & set(columns.keep)) or name in named or bool(set(map(clean, headings)) & named)
        if not named:
            is_system = any(columns.is_the_tool_s(heading) for heading in headings)
            is_kept = is_kept or not (is_system or _says_an_address(records, index))
        if is_kept:
            kept.append(index)
    return kept


def _reader_s_names(header: list[list[str]], naming: int | None) -> list[str]:
    """The columns under the names that the reader gives them: one that is met again is "name (2)"."""
    return column_names(header, naming)[0]


def _says_an_address(records: list[list[str]], index: int) -> bool:
    return any(index < len(row) and _ADDRESS.fullmatch(row[index].strip()) for row in records)


def _names_of(header: Sequence[Sequence[str]], index: int) -> list[str]:
    """What the header rows say of a column."""
    return [row[index].strip() for row in header if index < len(row) and row[index].strip()]


def _plain(heading: str) -> str:
    """A heading without its case, accents and signs."""
    bare = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode("ascii").lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def _text(got: Fetched, part: Part, source: str) -> str:
    encoding = part.options.get("encoding", "utf-8-sig")
    try:
        return got.path.read_bytes().decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        place = getattr(error, "start", 0)
        found = Said(f"octet {place}", f"byte {place}")
        raise CollectError(source=source, found=found, expected=f"{encoding} (options.encoding)") from None


def _rows(text: str, part: Part, named: Iterable[str], header: tuple[int, int]) -> tuple[str, list[list[str]]]:
    """The delimiter and the lines: that under which the header contains most of the named columns, then most columns in
    lines of one width. A question may contain commas."""
    wanted = set(named)
    given = part.options.get("delimiter") or ("\t" if part.format == "tsv" else None)
    best: tuple[tuple[int, bool, int], str, list[list[str]]] | None = None
    for delimiter in (given,) if given else DELIMITERS:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        heads = rows[slice(*header)]
        cells = {clean(cell) for row in heads for cell in row}
        width = max(map(len, heads), default=0)
        is_even = all(len(row) in (0, width) for row in rows[header[0] :])
        score = (len(cells & wanted), is_even, width)
        if best is None or score > best[0]:
            best = (score, delimiter, rows)
    assert best is not None
    return best[1], best[2]


def _check_width(rows: list[list[str]], first: int, width: int, got: Fetched, source: str) -> None:
    for number, row in enumerate(rows[first:], start=first + 1):
        if row and len(row) != width:
            found = Said(f"ligne {number} : {len(row)} cellules", f"line {number}: {len(row)} cells")
            raise NotTheAnswer(source=source, address=got.address, found=found, expected=f"{width}")


def _write(got: Fetched, part: Part, rows: list[list[str]], places: tuple[int, list[int]], delimiter: str) -> None:
    """What is above the header is emptied, not taken away: `header_row` still counts it."""
    first, kept = places
    encoding = part.options.get("encoding", "utf-8-sig").removesuffix("-sig")
    with got.path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        for row in rows[:first]:
            writer.writerow([""] * (max(len(kept), 1)) if row else [])
        writer.writerows([row[index] for index in kept] if row else [] for row in rows[first:])
