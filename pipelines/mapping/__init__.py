"""Normalise: records in the shape of tables, by the mapping of their source.

Belongs here: mappings, joins, converters applied, refusals as rejections. Does not: reading a file (`formats/`),
deciding whether a row is valid (`validation/`).
"""

from pipelines.mapping.check import check_mapping
from pipelines.mapping.engine import Normalised, PartRecords, normalise, normalise_in_batches

__all__ = ["Normalised", "PartRecords", "check_mapping", "normalise", "normalise_in_batches"]
