"""Packages among the resources of a package: their tables are validated with those of the package that names them.

Frictionless takes a resource called `datapackage.json`, or with `resources` in it, for a package of its own, and gives
the result on each of its tables in its place. Belongs here: finding those tables. Does not: validating them
(`packages.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.core.text import Said
from pipelines.validation.described import check_documents, read_document
from pipelines.validation.errors import CannotValidate, InquiryInside, SchemaUnusable, ValidationFailed
from pipelines.validation.inputs import local_file, readable_files

DEPTH = 16  # packages within one another


@dataclass
class Inside:
    """What the resources of a package come to: those that are validated, in Frictionless' order, and what is wrong.

    `errors` and `failures`: of descriptors inside the package, each with its place.
    """

    resources: list[Any] = field(default_factory=list)
    errors: list[tuple[str, Any]] = field(default_factory=list)
    failures: list[tuple[str, CannotValidate]] = field(default_factory=list)

    def take(self, resources: Sequence[Any], above: tuple[Path, ...] = ()) -> None:
        """Take resources, and those that they contain. `above`: the descriptors that they are in.

        Source: frictionless 5.21, resources/json.py.
        """
        for resource in resources:
            try:
                self._take(resource, above)
            except CannotValidate as error:
                self.failures.append((resource.place, error))

    def _take(self, resource: Any, above: tuple[Path, ...]) -> None:
        from frictionless import FrictionlessException
        from frictionless.resources import InquiryResource, PackageResource, ResourceResource

        if isinstance(resource, InquiryResource):  # it names files wherever they are, and checks of its own
            raise InquiryInside(place=resource.place)
        if not isinstance(resource, PackageResource | ResourceResource):
            self.resources.append(resource)
            return
        file = local_file(resource)
        path = file.resolve() if file is not None else Path()
        if path in above or len(above) >= DEPTH:
            found = Said("le jeu de données se contient lui-même", "the package contains itself")
            raise ValidationFailed(place=resource.place, found=found)
        _check_files(resource)
        try:
            inner = resource.read_metadata()
            if isinstance(resource, PackageResource):
                any(item.schema and item.schema.foreign_keys for item in inner.resources)  # as its `validate` begins
                inner.to_descriptor(validate=True)
        except FrictionlessException as error:
            self.errors += [(resource.place, item) for item in error.to_errors()]
            return
        except Exception as error:  # whatever a strange descriptor makes Frictionless raise
            raise ValidationFailed(place=resource.place, found=f"{type(error).__name__}: {error}") from error
        within = inner.resources if isinstance(resource, PackageResource) else [inner]
        self.take(within, above if file is None else (*above, path))


def _check_files(resource: Any) -> None:
    """Raises `FileUnreadable` when the descriptor, or what it names as a description, is a pipe or a device."""
    documents = [(resource.data, Path(resource.basepath or ""))] if resource.memory else []
    for file in readable_files(resource):
        with contextlib.suppress(SchemaUnusable):  # which Frictionless reports
            documents.append((read_document(file, resource.place, "FILE"), file.parent))
    for document, folder in documents:
        check_documents(document, folder, "FILE")
