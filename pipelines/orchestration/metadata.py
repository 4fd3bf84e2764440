"""What an asset shows of its table: columns, counts, a preview of public columns, links to files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.core.project import Project
from pipelines.orchestration.wording import say
from pipelines.schema import Privacy, TableSchema
from pipelines.storage.shared import shared_of

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.privacy import Seen

PREVIEW_ROWS, PREVIEW_COLUMNS, PREVIEW_WIDTH = 5, 8, 40


def column_schema(schema: TableSchema) -> dg.TableSchema:
    """The columns as Dagster shows them: type, description, constraints, privacy class."""
    columns = []
    for field in schema.fields:
        constraints = field.descriptor.get("constraints", {})
        other = [f"{name} {value}" for name, value in constraints.items() if name not in ("required", "unique", "enum")]
        if field.codelist:
            other.append(say(f"liste de codes {field.codelist}", f"code list {field.codelist}"))
        columns.append(
            dg.TableColumn(
                name=field.name,
                type=field.type,
                description=say(field.description or field.title, field.description_en or field.title_en),
                constraints=dg.TableColumnConstraints(
                    nullable=not field.required,
                    unique=bool(constraints.get("unique")) or list(schema.primary_key) == [field.name],
                    other=other,
                ),
                tags={"privacy": field.privacy.value},
            )
        )
    return dg.TableSchema(columns=columns)


def preview(
    table: pa.Table, schema: TableSchema, project: Project, seen: Seen | None = None
) -> dg.MarkdownMetadataValue:
    """The first rows of the first public columns, as a Markdown table; long texts are cut.

    Nothing of it is shown when the privacy gate blocks something in it (then the rules that block are shown instead),
    nor when the private folder cannot be read just now: a preview is not worth the failure of a sound table. `seen`:
    what the gate knows by now, so that the values it looks for are put together once a run.
    """
    from pipelines.pipeline.personal import may_show

    public = [field.name for field in schema.fields if field.privacy is Privacy.PUBLIC][:PREVIEW_COLUMNS]
    rows = table.select(public).slice(0, PREVIEW_ROWS).to_pylist()
    lines = [_line(public), _line(["---"] * len(public))]
    lines += [_line([_cell(row[name]) for name in public]) for row in rows]
    text = "\n".join(lines)
    try:
        held = may_show(project, f"{schema.name} (preview)", text, seen).by_rule()
    except OSError as error:
        kind = type(error).__name__
        french = f"Aperçu bloqué : le dossier privé n'a pas pu être lu ({kind})."
        return dg.MetadataValue.md(say(french, f"Preview withheld: the private folder could not be read ({kind})."))
    rules = ", ".join(held)
    return dg.MetadataValue.md(say(f"Aperçu bloqué : {rules}.", f"Preview withheld: {rules}.") if held else text)


def place(project: Project, path: Path) -> dg.PathMetadataValue:
    """Where a file or folder of the outputs is; on an object store, its address there, not that of a working copy."""
    shared = shared_of(project.outputs)
    if shared is None:
        return dg.MetadataValue.path(str(path))
    name = path.relative_to(project.outputs).as_posix()
    return dg.MetadataValue.path(f"{(shared.bucket(name) or shared.public).address}/{name}")


def table_metadata(project: Project, rows: int, files: Mapping[str, Path], more: Mapping[str, Any]) -> dict[str, Any]:
    """Row count under the name that Dagster charts, links to files, and whatever else is worth showing."""
    links = {name: place(project, path) for name, path in files.items()}
    return {"dagster/row_count": rows, **links, **more}


def counts_of_tables(project: Project, rows: Mapping[str, int], version: Path) -> dg.MarkdownMetadataValue:
    """The tables of a version: rows, and where their files are."""
    lines = [_line(["table", say("lignes", "rows"), say("fichiers", "files")]), _line(["---", "---:", "---"])]
    data = place(project, version / "data").value
    lines += [_line([name, str(count), f"`{data}/{name}.csv`, `.parquet`"]) for name, count in sorted(rows.items())]
    return dg.MetadataValue.md("\n".join(lines))


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    text = text.replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= PREVIEW_WIDTH else f"{text[: PREVIEW_WIDTH - 1]}…"
