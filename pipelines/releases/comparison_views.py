"""A comparison as a person or a program reads it: text, JSON, HTML.

Belongs here: showing. Does not: finding what differs (`compare.py`). The page shows a budget of rows and says so; JSON
holds everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.core.text import Language, Said
from pipelines.releases.compare import Comparison
from pipelines.releases.descriptor import to_json
from pipelines.releases.diff import ADDED, CHANGED, REMOVED, WITHHELD, Difference

SHOWN = 20
PAGE_ROWS = 500
LONGEST = 120
WORDS: dict[str, Said] = {
    "same": Said("Aucune différence.", "No difference."),
    "why": Said("Effet sur le numéro de version", "Effect on the version number"),
    "added": Said("lignes ajoutées", "rows added"),
    "added one": Said("ligne ajoutée", "row added"),
    "removed": Said("lignes retirées", "rows removed"),
    "removed one": Said("ligne retirée", "row removed"),
    "changed": Said("valeurs modifiées", "values changed"),
    "changed one": Said("valeur modifiée", "value changed"),
    "more": Said("… et {n} autres", "… and {n} more"),
    "more one": Said("… et {n} autre", "… and {n} more"),
    "only_before": Said("table retirée", "table removed"),
    "only_after": Said("table ajoutée", "table added"),
    "key": Said("clé", "key"),
    "field": Said("champ", "field"),
    "before": Said("avant", "before"),
    "after": Said("après", "after"),
    "nature": Said("nature", "kind"),
    "correction": Said("correction", "correction"),
}


def word(name: str, language: Language) -> str:
    """A word of these views."""
    return WORDS[name][language]


def counted(number: int, name: str, language: Language) -> str:
    """A word of these views in the number that a count asks for: in French none is one."""
    is_one = number <= 1 if language == "fr" else number == 1
    return word(f"{name} one" if is_one else name, language)


def as_text(found: Comparison, language: Language) -> str:
    """Totals, reasons, and the first changes of each table."""
    lines = [f"{found.before} → {found.after}"]
    colon = Said(" :", ":")[language]
    if found.is_same:
        return "\n".join([*lines, word("same", language)]) + "\n"
    lines += ["", f"{word('why', language)}{colon}"]
    lines += [f"  {item.level.label[language]:8} {item.fr if language == 'fr' else item.en}" for item in found.reasons]
    for name in found.only_before:
        lines += ["", f"{name}{colon} {word('only_before', language)}"]
    for name in found.only_after:
        lines += ["", f"{name}{colon} {word('only_after', language)}"]
    for name, item in found.tables.items():
        if item.counts:
            lines += ["", f"{name}{colon} {totals(item, language)}"]
            corrections = found.corrections.get(name, {})
            for row in item.changes.slice(0, SHOWN).to_pylist():
                lines.append(f"  {_line(row, colon)}{_correction(row, corrections, colon)}")
            if item.changes.num_rows > SHOWN:
                left = item.changes.num_rows - SHOWN
                lines.append(f"  {_more(left, language)}")
    return "\n".join(lines) + "\n"


def totals(item: Difference, language: Language) -> str:
    """The counts of one table, in one line."""
    counts = item.counts
    labelled = ((counts.added, "added"), (counts.removed, "removed"), (counts.changed, "changed"))
    return ", ".join(f"{number} {counted(number, name, language)}" for number, name in labelled)


def _more(left: int, language: Language) -> str:
    return counted(left, "more", language).format(n=left)


def _line(row: dict[str, Any], colon: str) -> str:
    if row["nature"] in (ADDED, REMOVED, WITHHELD):
        return f"{'+' if row['nature'] == ADDED else '-'} {_plain(row['cle'])}"
    return f"~ {_plain(row['cle'])} {row['champ']}{colon} {_short(row['avant'])} → {_short(row['apres'])}"


def correction_of(row: dict[str, Any], corrections: Mapping[str, str]) -> str | None:
    """The correction to which a changed value leads; None for a row that appears or vanishes."""
    return corrections.get(row["cle"]) if row["nature"] == CHANGED else None


def _correction(row: dict[str, Any], corrections: Mapping[str, str], colon: str) -> str:
    named = correction_of(row, corrections)
    return f" (correction{colon} {named})" if named else ""


def _change(row: dict[str, Any], corrections: Mapping[str, str]) -> dict[str, Any]:
    """A change for a program; the correction that it leads to only where there is one."""
    named = correction_of(row, corrections)
    return {**row, "correction": named} if named else row


def _plain(value: str | None) -> str:
    """A value on one line of a terminal, as `trace` takes a key back; a control sign would speak to the terminal."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value or "∅").split())


def _short(value: str | None) -> str:
    words = _plain(value)
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def as_json(found: Comparison) -> str:
    """Everything, for a program."""
    return to_json(
        {
            "before": found.before,
            "after": found.after,
            "same": found.is_same,
            "reasons": [{"level": item.level.name, "fr": item.fr, "en": item.en} for item in found.reasons],
            "only_before": list(found.only_before),
            "only_after": list(found.only_after),
            "tables": {
                name: {
                    "added": item.counts.added,
                    "removed": item.counts.removed,
                    "changed": item.counts.changed,
                    "rows_changed": item.counts.rows_changed,
                    "fields": item.counts.fields,
                    "changes": [
                        _change(row, found.corrections.get(name, {}))
                        for row in item.changes.drop_columns(["cause"]).to_pylist()
                    ],
                }
                for name, item in found.tables.items()
            },
        }
    )


def as_html(found: Comparison, language: Language) -> str:
    """One page that stands alone: no script, no address outside it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    page: str = environment.get_template("comparison.html.j2").render(
        found=found,
        language=language,
        word=lambda name: word(name, language),
        totals=lambda item: totals(item, language),
        rows=lambda item: item.changes.slice(0, PAGE_ROWS).to_pylist(),
        more=lambda number: _more(number, language),
        left=lambda item: max(0, item.changes.num_rows - PAGE_ROWS),
        correction=lambda name, row: correction_of(row, found.corrections.get(name, {})),
        sentence=lambda reason: reason.fr if language == "fr" else reason.en,
    )
    return page
