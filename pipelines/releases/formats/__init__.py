"""The formats that a release has each of its tables in: one class per format, found by being in this folder.

Belongs here: a file per format, which registers one `OutputFormat`. Does not: anything that lists formats; the payload,
the descriptor, the page of the release, DCAT, portals, the site and verification iterate over `output_formats()`.
"""

from pipelines.releases.formats.registry import OutputFormat, Published, Released, output_format, output_formats

__all__ = ["OutputFormat", "Published", "Released", "output_format", "output_formats"]
