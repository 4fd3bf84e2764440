"""Where things lie: the folders of one Arobase project.

Belongs here: paths. Does not: reading or writing any of them. Tests build a project of their own in a temporary folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PRIVATE_SNAPSHOTS = "_snapshots"
"""The folder of `private` that holds snapshots; the name of no source begins so."""


@dataclass(frozen=True)
class Project:
    """A folder with `schemas/` and `sources/`, and the folder that outputs go to."""

    root: Path
    outputs: Path

    @classmethod
    def at(cls, root: Path | str, outputs: Path | str | None = None) -> Project:
        """The project in `root`; outputs go to `outputs`, else to the folder `outputs/` in it."""
        root = Path(root).resolve()
        return cls(root, Path(outputs).resolve() if outputs else root / "outputs")

    @classmethod
    def here(cls) -> Project:
        """The project of this process: AROBASE_ROOT, else the first folder upwards that has `schemas/` and `sources/`,
        else the checkout that this code stands in. AROBASE_OUTPUTS moves the outputs."""
        named = os.environ.get("AROBASE_ROOT")
        start = Path.cwd()
        found = (
            folder
            for folder in (start, *start.parents)
            if (folder / "schemas" / "codelists").is_dir() and (folder / "sources").is_dir()
        )
        root = Path(named) if named else next(found, Path(__file__).resolve().parent.parent)
        return cls.at(root, os.environ.get("AROBASE_OUTPUTS"))

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def reference(self) -> Path:
        return self.sources / "reference"

    @property
    def corrections(self) -> Path:
        return self.sources / "corrections"

    @property
    def withdrawals(self) -> Path:
        """Records that were withdrawn at their source or at a person's request, and must leave what is published."""
        return self.sources / "retraits"

    @property
    def snapshots(self) -> Path:
        return self.outputs / "snapshots"

    @property
    def work(self) -> Path:
        """Files of the stages between a snapshot and a release."""
        return self.outputs / "work"

    @property
    def private(self) -> Path:
        """The only place where a personal value may be written: mode 0700, deletable as a whole."""
        return self.outputs / "private"

    @property
    def private_snapshots(self) -> Path:
        """The bytes of the sources that send personal values."""
        return self.private / PRIVATE_SNAPSHOTS

    @property
    def releases(self) -> Path:
        return self.outputs / "releases"

    @property
    def catalogue(self) -> Path:
        return self.outputs / "catalogue"
