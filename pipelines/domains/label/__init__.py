"""The label Territoires, Villes et Villages Internet: converters, derived tables, rules and charts of its records.

Belongs here: what only records of the label need. Does not: names of places (`geo/`), who is covered
(`domains/territories/`).
"""

from pipelines.core.domains import Domain

DOMAIN = Domain(
    {"converters": ("converters",), "derived": ("derived",), "rules": ("rules",), "charts": ("charts",)},
)
