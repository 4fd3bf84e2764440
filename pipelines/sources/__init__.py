"""Where records come from: descriptions of sources, connectors that ask them, snapshots of what they answered.

Belongs here: everything up to the bytes. Does not: what is in the bytes (`formats/`).
"""

from pipelines.sources.collecting import collect, collect_many, latest
from pipelines.sources.descriptions import Part, Source, Sources, load_source, load_sources
from pipelines.sources.snapshots import Capture, Snapshot, SnapshotStore

__all__ = [
    "Capture",
    "Part",
    "Snapshot",
    "SnapshotStore",
    "Source",
    "Sources",
    "collect",
    "collect_many",
    "latest",
    "load_source",
    "load_sources",
]
