"""Tables: one table from the rows of all its sources, or from other tables.

Belongs here: merging, order, types, the provenance of each row. Does not: validating (`validation/`), what a table
means (`rules/`), how it is published (`releases/`).
"""

from pipelines.tables.assembly import Assembled, finish, gather
from pipelines.tables.registry import derivation

__all__ = ["Assembled", "derivation", "finish", "gather"]
