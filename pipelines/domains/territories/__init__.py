"""What the label covers of France, and access to the network: converters, derived tables and charts."""

from pipelines.core.domains import Domain

DOMAIN = Domain({"converters": ("converters",), "derived": ("derived",), "charts": ("charts",)})
