"""The drop folders, `sources/inbox/<source>/`, where an engineer leaves a new workbook or CSV.

Belongs here: what is there. Does not: reading it; the sensor that watches the folders imports nothing heavy.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.core.project import Project
from pipelines.core.text import Said


def deliveries(project: Project, name: str) -> list[Path]:
    """What is in the drop folder of a source, oldest first; hidden and half-copied files (`.part`, `~`) left out."""
    folder = project.sources / f"inbox/{name}"
    files = [path for path in folder.glob("*") if path.is_file()] if folder.is_dir() else []
    whole = [path for path in files if not path.name.startswith((".", "~")) and path.suffix not in (".part", ".tmp")]
    return sorted(whole, key=lambda path: (path.stat().st_mtime_ns, path.name))


def astray(project: Project) -> list[str]:
    """The folders of `sources/inbox/` in which something waits that no source will ever read: a name that was written
    wrong, or that a source had before."""
    described = {path.stem for path in project.sources.glob("*.yaml")}
    folders = (path.name for path in (project.sources / "inbox").glob("*") if path.is_dir())
    return sorted(name for name in folders if name not in described and deliveries(project, name))


def astray_told(project: Project) -> list[Said]:
    """A line for each, for whoever runs a release or looks at the sources."""
    return [
        Said(
            f"sources/inbox/{name}/ : aucune source n'a ce nom, et rien de ce dossier n'est lu. "
            f"Attendu : le nom d'un fichier sources/*.yaml.",
            f"sources/inbox/{name}/: no source has this name, and nothing of this folder is read. "
            f"Expected: the name of a file sources/*.yaml.",
        )
        for name in astray(project)
    ]
