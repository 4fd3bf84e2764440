"""Who can fix what Frictionless refuses: the publisher of the source, or who maintains its mapping or the schema.

Belongs here: the attribution, one table. Does not: errors of Arobase itself, which name their responsible party in
their class.
"""

from __future__ import annotations

from typing import Literal

from pipelines.core.errors import ResponsibleParty

Side = Literal["entree", "sortie"]  # records as they come in, rows as they go out

HEADER_RULES = (
    "extra-label",
    "missing-label",
    "incorrect-label",
    "duplicate-label",
    "blank-label",
    "blank-header",
    "unmatched-header",
)
SCHEMA_RULES = ("schema-error", "field-error", "resource-error", "dialect-error", "metadata-error", "checklist-error")
REPEATED = ("primary-key", "unique-error", "foreign-key")  # what several records say together is the source's
FILE_RULES = ("source-error", "encoding-error", "scheme-error", "format-error", "compression-error", "hash-count")


def responsible_party(rule: str, side: Side = "entree") -> ResponsibleParty:
    """Who can fix an error of that rule. What comes in as its schema says, and goes out wrong, is the mapping's."""
    if rule in SCHEMA_RULES:
        return ResponsibleParty.SCHEMA
    if side == "entree" or rule in (*REPEATED, *FILE_RULES):
        return ResponsibleParty.SOURCE
    return ResponsibleParty.MAPPING
