"""The resource that tells assets which project they work on."""

from __future__ import annotations

import dagster as dg

from pipelines.core.project import Project


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]  # dagster's generic parameter is for IO managers
    """A project's folder and the folder of its outputs; empty: the project that this code stands in."""

    root: str = ""
    outputs: str = ""

    @property
    def project(self) -> Project:
        if not self.root:
            return Project.here()
        return Project.at(self.root, self.outputs or None)
