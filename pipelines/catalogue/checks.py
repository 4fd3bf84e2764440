"""What rules concluded of the rows of a table, in a few words beside each: for people who look at one place.

Belongs here: which table gives the results on the rows of another, and gathering them. Does not: checking, nor any
sentence. A table does when it has the fields `regle` and `resultat` and refers by one field to the other's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from pipelines.catalogue import rows
from pipelines.catalogue.labels import RULE, Labels, Named, field_labels
from pipelines.catalogue.model import Table, Version
from pipelines.core.text import Language

RESULT = "resultat"
NOTABLE = ("non_conforme", "a_verifier")
"""Results that a reader wants the rules of; others are counted."""


@dataclass(frozen=True)
class Checks:
    """The results on the rows of a table. `table`: which gives them; `link`: its field that names the row."""

    table: Table
    link: str
    found: Mapping[str, Mapping[str, Sequence[str]]]
    """By key of a row and by result, the rules."""
    named: Named

    def of(self, row: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
        """By result, the rules that came to it; empty for a row that was not checked."""
        return self.found.get(row[self.link], {})

    def rules(self, row: Mapping[str, str], result: str, language: Language) -> list[str]:
        """What the rules are called that came to a result which a reader wants the rules of; none of another."""
        if result not in NOTABLE:
            return []
        return [self.named[rule][language] if rule in self.named else rule for rule in self.of(row).get(result, ())]

    def page(self, row: Mapping[str, str]) -> str:
        """The page of the table that gives them, with those on this row alone, within the folder of its package."""
        return f"table-{self.table.name}.html?{urlencode({f'est.{self.link}': row[self.link]})}"


def checks_on(version: Version, table: Table, labels: Labels) -> Checks | None:
    """The results on the rows of a table, where another table of its version gives them. Reads that table's CSV."""
    for other in version.tables:
        link = _link(other, table)
        if link and {RULE, RESULT} <= {item["name"] for item in other.fields}:
            found: dict[str, dict[str, list[str]]] = {}
            for row in rows.read_rows(version, other.name):
                found.setdefault(row[link], {}).setdefault(row[RESULT], []).append(row[RULE])
            return Checks(other, link, found, field_labels(version, other, labels).get(RULE, {}))
    return None


def _link(other: Table, table: Table) -> str:
    """The field of a table that is the key of another, named alike; empty where there is none."""
    for key in other.schema.get("foreignKeys", ()):
        fields = [key["fields"]] if isinstance(key["fields"], str) else list(key["fields"])
        if key["reference"]["resource"] == table.name and fields == table.key and len(fields) == 1:
            return str(fields[0])
    return ""
