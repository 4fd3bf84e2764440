"""What the label covers of France, and access to the network: converters, derived tables, rules and charts.

Belongs here: what is counted by territory. Does not: resolving names of places (`geo/`), awards (`domains/label/`).
"""

from pipelines.core.domains import Domain

DOMAIN = Domain(
    {"converters": ("converters",), "derived": ("derived",), "rules": ("rules",), "charts": ("charts",)},
)
