"""File formats: the bytes of a snapshot as a text table, each record with its place.

Belongs here: one reader per format, found by registration, and the errors of bad bytes. Does not: what a cell means.
"""

from pipelines.formats.errors import FormatError
from pipelines.formats.reading import PartReading, read, read_part

__all__ = ["FormatError", "PartReading", "read", "read_part"]
