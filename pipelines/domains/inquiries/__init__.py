"""Public inquiries: what notices say, what the law asks, and what may be concluded from the facts that are known.

Belongs here: `notices/` reads what is printed, `converters/` gives it to mappings, `law/` has the rules and their
tables, `charts/` and `commands/` show them. Does not: anything that another domain needs too.
"""

from pipelines.core.domains import Domain

DOMAIN = Domain(
    {
        "converters": ("converters",),
        "derived": ("law",),
        "rules": ("law",),
        "charts": ("charts",),
        "commands": ("commands",),
    },
)
