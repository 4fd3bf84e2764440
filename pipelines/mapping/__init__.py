"""Normalise: records put into the shape of tables, by the mapping of their source.

Belongs here: mappings, joins, applying converters, what they refuse as rejections. Does not: reading a file
(`formats/`), deciding whether a row is valid (`validation/`). In the rejects file this stage is called `conformation`.
"""

from pipelines.mapping.check import check_mapping
from pipelines.mapping.engine import Normalised, PartRecords, normalise, normalise_in_batches

__all__ = ["Normalised", "PartRecords", "check_mapping", "normalise", "normalise_in_batches"]
