"""The label Territoires, Villes et Villages Internet: converters, derived tables, rules and charts of its records."""

from pipelines.core.domains import Domain

DOMAIN = Domain(
    {"converters": ("converters",), "derived": ("derived",), "rules": ("rules",), "charts": ("charts",)},
)
