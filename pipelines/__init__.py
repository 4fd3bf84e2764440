"""Arobase: French public records turned into open data that can be trusted.

One way through: collect → read → validate as it comes in → normalise → assemble → validate as it goes out → run rules →
release → catalogue. The modules, in the order in which they may import each other, are described in
`docs/architecture.md`.
"""

__version__ = "0.1.0"
"""The version of the code, and the only place that says it."""
