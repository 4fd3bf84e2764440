"""Conform: records in the shape of tables, by the mapping of their source.

Belongs here: mappings, joins, converters applied, refusals as rejections. Does not: reading a file (`formats/`),
deciding whether a row is valid (`validation/`).
"""

from pipelines.mapping.check import check_mapping
from pipelines.mapping.engine import Conformed, PartRecords, conform

__all__ = ["Conformed", "PartRecords", "check_mapping", "conform"]
