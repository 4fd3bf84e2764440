"""Tables: one table from the rows of all its sources, or from other tables.

Belongs here: merging, order, types, the provenance of each row. Does not: validating (`validation/`), how a
derived table is computed and what a row breaks (`domains/`), how a table is published (`releases/`).
"""

from pipelines.tables.assembly import Assembled, finish, gather
from pipelines.tables.exact import Unheld, held
from pipelines.tables.registry import derivation
from pipelines.tables.self_references import own_keys, standing

__all__ = ["Assembled", "Unheld", "derivation", "finish", "gather", "held", "own_keys", "standing"]
