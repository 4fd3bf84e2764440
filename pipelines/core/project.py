"""Where things are: the folders of one Arobase project.

Belongs here: paths. Does not: reading or writing any of them. Tests build a project of their own in a temporary folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.settings import OUTPUTS, ROOT, folder_of, value_of

PROJECT_FILE = "arobase.yaml"
"""The file at a project's root that names its domains."""
PRIVATE_SNAPSHOTS = "_snapshots"
"""The folder of `private` that holds snapshots; the name of no source begins so."""


class NotAProject(ArobaseError):
    """A command that needs a project is run where there is none."""

    code: ClassVar[str] = "not-a-project"
    fr: ClassVar[str] = (
        "{folder} n'est pas un projet Arobase : il n'y a ni {file}, ni les dossiers schemas/ et sources/. Placez-vous "
        "dans un projet, donnez son dossier dans AROBASE_ROOT, ou créez-en un : arobase init DOSSIER."
    )
    en: ClassVar[str] = (
        "{folder} is not an Arobase project: it has neither {file} nor the folders schemas/ and sources/. Run the "
        "command in a project, name its folder in AROBASE_ROOT, or make one: arobase init FOLDER."
    )


class PathNotText(ArobaseError):
    """The path of a folder is made of bytes that are no text, and some of what writes files takes text only."""

    code: ClassVar[str] = "path-not-text"
    fr: ClassVar[str] = (
        "{folder} : ce chemin n'est pas en UTF-8 ; les octets qui ne peuvent pas être affichés y sont notés \\x. "
        "Renommez ce dossier, ou déplacez-le."
    )
    en: ClassVar[str] = (
        "{folder}: this path is not in UTF-8; the bytes that cannot be shown are written as \\x. Rename this folder, "
        "or move it."
    )


def check_path(folder: Path) -> Path:
    """The folder itself. Raises `PathNotText` for one whose path no text can give."""
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        raise PathNotText(folder=os.fsencode(folder).decode("utf-8", "backslashreplace")) from None
    return folder


class OutputsElsewhere(ArobaseError):
    """The outputs are on an object store, and what runs neither takes a working copy of them nor is given one."""

    code: ClassVar[str] = "outputs-elsewhere"
    fr: ClassVar[str] = (
        "AROBASE_OUTPUTS = {address} : seuls la commande arobase et Dagster travaillent sur un dépôt d'objets. "
        "Lancez l'un des deux, ou donnez ici un dossier."
    )
    en: ClassVar[str] = (
        "AROBASE_OUTPUTS = {address}: only the command arobase and Dagster work on an object store. Run one of them, "
        "or give a folder here."
    )


class PrivateStoreMissing(ArobaseError):
    """Personal values are needed, and this machine has no access to the store that they are kept in."""

    code: ClassVar[str] = "private-store-missing"
    fr: ClassVar[str] = (
        "{what} : cette machine ne peut pas lire les valeurs personnelles, et rien de ce qui les demande n'est fait "
        "ici. Donnez-lui AROBASE_PRIVATE_STORE et une clé qui l'ouvre, ou lancez ceci sur une machine qui les a."
    )
    en: ClassVar[str] = (
        "{what}: this machine cannot read personal values, and nothing that needs them is done here. Give it "
        "AROBASE_PRIVATE_STORE and a key that opens it, or run this on a machine that has them."
    )


def is_address(text: str) -> bool:
    """Whether outputs are on an object store rather than in a folder."""
    return "://" in text


@dataclass(frozen=True)
class Project:
    """A folder with `arobase.yaml`, `schemas/` and `sources/`, and the folder that outputs go to."""

    root: Path
    outputs: Path

    @classmethod
    def at(cls, root: Path | str, outputs: Path | str | None = None) -> Project:
        """The project in `root`; outputs go to `outputs`, else to the folder `outputs/` in it. Raises `PathNotText`."""
        root = check_path(Path(root).resolve())
        return cls(root, check_path(Path(outputs).resolve()) if outputs else root / "outputs")

    @classmethod
    def here(cls) -> Project:
        """The project of this process: AROBASE_ROOT, else the first folder upwards from the current one that is a
        project. AROBASE_OUTPUTS moves the outputs. Raises `NotAProject`, `OutputsElsewhere`, `PathNotText`."""
        root, address = root_here(), store_here()
        if address:
            raise OutputsElsewhere(address=address.partition("?")[0])
        return cls.at(root, folder_of(OUTPUTS))

    @property
    def file(self) -> Path:
        """What names the project's domains; a project from before domains has none."""
        return self.root / PROJECT_FILE

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
    def runs(self) -> Path:
        """The journals of runs; nothing depends on them."""
        return self.outputs / "runs"

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


def store_here() -> str:
    """The address of the object store that AROBASE_OUTPUTS names; empty where outputs are in a folder."""
    text = value_of(OUTPUTS).text
    return text if is_address(text) else ""


def root_here() -> Path:
    """The folder of the project of this process, wherever its outputs are. Raises `NotAProject`."""
    named = folder_of(ROOT)
    start = named or Path.cwd()
    candidates = (start,) if named else (start, *start.parents)
    for folder in candidates:
        if is_project(folder):
            return folder
    raise NotAProject(folder=start, file=PROJECT_FILE)


def is_project(folder: Path) -> bool:
    """Whether a folder is a project: it has the project's file, or what every project had before there was one."""
    if (folder / PROJECT_FILE).is_file():
        return True
    return (folder / "schemas" / "codelists").is_dir() and (folder / "sources").is_dir()
