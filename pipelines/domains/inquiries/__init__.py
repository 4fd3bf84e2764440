"""Public inquiries: what notices say, what the law asks, and what may be concluded from the facts that are known."""

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
