"""The changes that a release ships: one file per table, and `CHANGES.md` for a person.

Belongs here: writing them. Does not: finding them (`diff.py`) nor their causes (`causes.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.releases.corrected import caused_by_correction
from pipelines.releases.csvfile import write_csv
from pipelines.releases.descriptor import FileMade
from pipelines.releases.diff import ADDED, CHANGED, REMOVED, WITHHELD, Difference
from pipelines.releases.parquet import write_parquet
from pipelines.releases.versioning import Reason
from pipelines.storage.columns import ROWS
from pipelines.storage.spool import pieces

SAMPLE = 10
LARGEST = 10


def write_changes(differences: Mapping[str, Difference], data: Path) -> list[FileMade]:
    """Write `changes/<table>.csv` and `.parquet` for each table, even where nothing changed."""
    (data / "changes").mkdir()
    made = []
    for name, found in differences.items():
        csv = write_csv(found.changes, data / "changes" / f"{name}.csv")
        facts = (csv.bytes, csv.sha256, csv.rows, csv.sha256)
        made.append(FileMade(f"changes/{name}.csv", "changes", "changements", *facts))
        columns = write_parquet(found.changes, data / "changes" / f"{name}.parquet", unique=["cle"])
        facts = (columns.bytes, columns.sha256, columns.rows, csv.sha256)
        made.append(FileMade(f"changes/{name}.parquet", "changes", "changements", *facts))
    return made


def changes_page(
    title: str,
    previous: str | None,
    version: str,
    reasons: Sequence[Reason],
    differences: Mapping[str, Difference],
    *,
    corrections: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """`CHANGES.md`: the reasons of the number, totals by table and field, the largest moves, samples.

    `corrections`: by table and key, the correction that changed values of that row.
    """
    since = f"depuis {previous} / since {previous}" if previous else "première version / first version"
    lines = [f"# {title} {version} — {since}", "", "## Pourquoi ce numéro / Why this number", ""]
    lines += [
        f"- **{reason.level.label.fr} / {reason.level.label.en}** {reason.fr} / *{reason.en}*" for reason in reasons
    ]
    lines += ["", "## Totaux / Totals", ""]
    lines += ["| table | ajoutées / added | retirées / removed | lignes modifiées / rows changed | valeurs / values |"]
    lines += ["|---|---:|---:|---:|---:|"]
    for name, found in differences.items():
        counts = found.counts
        lines.append(f"| {name} | {counts.added} | {counts.removed} | {counts.rows_changed} | {counts.changed} |")
    withheld = {name: found.counts.withheld for name, found in differences.items() if found.counts.withheld}
    if withheld:
        lines += [
            "",
            "Lignes bloquées par le contrôle des données personnelles / Rows withheld by the privacy gate:",
            "",
        ]
        lines += [f"- {name} : {count}" for name, count in withheld.items()]
    for name, found in differences.items():
        if found.counts:
            lines += _table(name, found, (corrections or {}).get(name, {}))
    return "\n".join(lines) + "\n"


def _table(name: str, found: Difference, corrections: Mapping[str, str]) -> list[str]:
    lines = ["", f"## {name}", ""]
    causes = _totals(found.changes)
    lines += [f"- cause **{cause}** : {total}" for cause, total in causes]
    if found.counts.fields:
        lines += ["", "| champ / field | valeurs modifiées / values changed |", "|---|---:|"]
        lines += [f"| {field} | {total} |" for field, total in found.counts.fields.items()]
    lines += _corrected(caused_by_correction(found.changes), corrections)
    moves = _largest(found.changes)
    if moves:
        lines += [
            "",
            "Plus grands changements / Largest changes",
            "",
            "| clé / key | champ / field | avant | après | écart |",
        ]
        lines += ["|---|---|---:|---:|---:|", *moves]
    for nature, heading in (
        (CHANGED, "Valeurs modifiées / Values changed"),
        (ADDED, "Lignes ajoutées / Rows added"),
        (REMOVED, "Lignes retirées / Rows removed"),
        (WITHHELD, "Lignes bloquées / Rows withheld"),
    ):
        count, rows = _first(found.changes, nature)
        if count:
            lines += ["", f"{heading} ({len(rows)} / {count})", ""]
            lines += [_sample(row) for row in rows]
    return lines


def _first(changes: pa.Table, nature: str) -> tuple[int, list[dict[str, Any]]]:
    """How many changes of a kind there are, and the first of them."""
    count, rows = 0, list[dict[str, Any]]()
    for piece in pieces(changes, ROWS):
        is_such = pc.equal(piece.column("nature"), nature)
        count += pc.sum(is_such).as_py() or 0
        if len(rows) < SAMPLE and pc.any(is_such).as_py():
            rows += piece.filter(is_such).slice(0, SAMPLE - len(rows)).to_pylist()
    return count, rows


def _corrected(changes: pa.Table, corrections: Mapping[str, str]) -> list[str]:
    """The values that corrections changed, each with its line of the table `corrections`."""
    rows = [row for row in changes.to_pylist() if row["cle"] in corrections]
    if not rows:
        return []
    sample = rows[:SAMPLE]
    heading = (
        f"Corrigées, voir la table `corrections` / Corrected, see the table `corrections` ({len(sample)} / {len(rows)})"
    )
    return ["", heading, "", *(f"{_sample(row)} : `{corrections[row['cle']]}`" for row in sample)]


def _totals(changes: pa.Table) -> list[tuple[str, int]]:
    counted = pc.value_counts(changes.column("cause")).to_pylist()
    return sorted((str(item["values"] or ""), item["counts"]) for item in counted)


def _largest(changes: pa.Table) -> list[str]:
    """Changes of numbers by how far they moved, farthest first; a tie keeps the order of the rows."""
    revised = changes.filter(pc.equal(changes.column("nature"), CHANGED))
    numeric = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"
    for side in ("avant", "apres"):
        revised = revised.filter(pc.fill_null(pc.match_substring_regex(revised.column(side), numeric), False))
    if not revised.num_rows:
        return []
    gap = pc.subtract(revised.column("apres").cast(pa.float64()), revised.column("avant").cast(pa.float64()))
    ranked = pa.table({"gap": pc.negate(pc.abs(gap)), "row": pa.array(range(len(gap)))})
    order = pc.sort_indices(ranked, sort_keys=[("gap", "ascending"), ("row", "ascending")])[:LARGEST]
    rows = revised.take(order).to_pylist()
    return [
        f"| {cell(row['cle'])} | {row['champ']} | {row['avant']} | {row['apres']} | {move:+.10g} |"
        for row, move in zip(rows, gap.take(order).to_pylist(), strict=True)
    ]


def _sample(row: Mapping[str, str | None]) -> str:
    key = cell(row["cle"])
    if row["champ"] is None:
        return f"- `{key}` ({row['cause']})"
    return f"- `{key}` {row['champ']} : « {cell(row['avant'])} » → « {cell(row['apres'])} » ({row['cause']})"


def cell(value: str | None) -> str:
    """A value fit for a line of Markdown: on one line, short, no sign that would break a table or a code span."""
    words = " ".join((value or "∅").split()).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
    return words if len(words) <= 120 else words[:119] + "…"
