"""`versions.sql`: every version of a package as tables of DuckDB, read where they are published, a part at a time.

Belongs here: the script. Does not: any query. It is text and not a file of DuckDB's or DuckLake's, which hold random
identifiers and one version's format: the same releases give the same bytes, and DuckDB 1.4 and 2.0 both read them.
Tables are macros, since a view is bound when it is made, which fetches the end of its file: a script of thirty tables
in ten versions fetches nothing before one is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipelines.catalogue.addresses import RELEASES, Addresses
from pipelines.catalogue.model import File, Holding, Table, Version

FILE = "versions.sql"
VERSIONS, VERSION, PLACE = "versions", "arobase_version", "arobase_file"
HEAD = """\
-- {title}
-- Chaque version publiée, à interroger où elle est : duckdb -init ce_fichier. Rien n'est copié d'avance.
-- Every published version, to be queried where it is: duckdb -init this_file. Nothing is copied beforehand.
--
--   FROM {schema}.{one}();  -- la version courante, the current version
--   FROM {schema}.{one}('{version}');  -- une version, one version
--   FROM {schema}.{every}();  -- toutes, all of them: {column}
--   FROM {schema}.versions;  -- leurs numéros et leurs dates, their numbers and dates
"""


def script(holding: Holding, addresses: Addresses) -> str:
    """The script of a package: its schema, what versions there are, and for each table that has Parquet files a macro
    of one version (the current one, if none is named) and a macro of all; empty where no table has any."""
    known = tables(holding)
    if not known:
        return ""
    schema, first = _name(holding.name), next(iter(known))
    assert holding.current is not None, "a version that can be read has tables"
    heads = {"title": holding.title("fr").replace("\n", " "), "schema": schema, "column": VERSION}
    names = {"one": _name(first), "every": _name(f"{first}_versions")}
    lines = [HEAD.format(**heads, **names, version=holding.current.number)]
    lines += [f"CREATE SCHEMA IF NOT EXISTS {schema};"]
    lines += [_versions(holding, schema)] if VERSIONS not in known else []
    for name, found in known.items():
        lines += _table(holding, schema, name, found, addresses)
    return "\n".join(lines) + "\n"


def tables(holding: Holding) -> Mapping[str, list[tuple[Version, Table, File]]]:
    """By table, the versions that hold it in Parquet, newest first."""
    found: dict[str, list[tuple[Version, Table, File]]] = {}
    for version in holding.readable:
        for table in version.tables:
            for file in table.files:
                if file.kind == "parquet":
                    found.setdefault(table.name, []).append((version, table, file))
    return found


def _versions(holding: Holding, schema: str) -> str:
    rows = ",\n".join(
        f"    ({_text(version.number)}, TIMESTAMPTZ {_text(version.created)})" for version in holding.readable
    )
    return f'CREATE OR REPLACE VIEW {schema}.versions AS FROM (VALUES\n{rows}\n) AS told({VERSION}, "created");'


def _table(
    holding: Holding, schema: str, name: str, found: list[tuple[Version, Table, File]], addresses: Addresses
) -> Iterator[str]:
    numbers = [version.number for version, _, _ in found]
    one, file, every = (f"{schema}.{_name(name + end)}" for end in ("", "_file", "_versions"))
    wrong = f"{holding.name}.{name} : pas de version % ; no version % ({', '.join(numbers)})"
    # A table that is gone has no version that is taken for the current one.
    usual = f" := {_text(numbers[0])}" if found[0][0] is holding.current else ""
    yield f"-- {found[0][1].title('fr')}".replace("\n", " ")
    yield f"CREATE OR REPLACE MACRO {file}(asked) AS CASE asked"
    for version, _, held in found:
        yield f"    WHEN {_text(version.number)} THEN {_text(addresses.release(held.path))}"
    yield f"    ELSE error(replace({_text(wrong)}, '%', coalesce(asked::VARCHAR, 'NULL'))) END;"
    yield f"CREATE OR REPLACE MACRO {one}(asked{usual}) AS TABLE FROM read_parquet({file}(asked));"
    yield f"CREATE OR REPLACE MACRO {every}(asked := [{', '.join(map(_text, numbers))}]) AS TABLE"
    place = _text(f".*/{RELEASES}/{re.escape(holding.name)}/([^/]+)/")
    yield f"    SELECT regexp_extract({PLACE}, {place}, 1) AS {VERSION}, * EXCLUDE ({PLACE})"
    yield f"    FROM read_parquet([{file}(one) FOR one IN asked], union_by_name = true, filename = '{PLACE}');"


def _name(name: str) -> str:
    return f'"{name.replace(chr(34), chr(34) * 2)}"'


def _text(text: str) -> str:
    return f"'{text.replace(chr(39), chr(39) * 2)}'"
