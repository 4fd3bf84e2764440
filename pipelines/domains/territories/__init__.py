"""What the label covers of France: derived tables and charts by département, région and size of town."""

from pipelines.core.domains import Domain

DOMAIN = Domain({"derived": ("derived",), "charts": ("charts",)})
