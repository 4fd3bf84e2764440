"""The drop folders, `sources/inbox/<source>/`, where an engineer leaves a new workbook or CSV.

Belongs here: what is there. Does not: reading it; the sensor that watches the folders imports nothing heavy.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.core.project import Project


def deliveries(project: Project, name: str) -> list[Path]:
    """What is in the drop folder of a source, oldest first; hidden and half-copied files (`.part`, `~`) left out."""
    folder = project.sources / f"inbox/{name}"
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    whole = [path for path in files if not path.name.startswith((".", "~")) and path.suffix not in (".part", ".tmp")]
    return sorted(whole, key=lambda path: (path.stat().st_mtime_ns, path.name))
