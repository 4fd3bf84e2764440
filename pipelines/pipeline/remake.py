"""Making a published version again here: whether it can be done, and doing it with the code at hand.

Belongs here: what `arobase rebuild` and `arobase verify --deep` share. Does not: comparing (`releases/rebuild.py`), the
project of kept ingredients (`rebuild.py`), running other code (`kept_code.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.pipeline.kept_code import kept_code, needs_environment
from pipelines.pipeline.rebuild import across, code_at_hand, ingredients_recorded, missing_ingredients, request_again
from pipelines.pipeline.retention import IngredientDeleted, took
from pipelines.pipeline.withholding import without_recorded
from pipelines.releases import ReleaseRequest
from pipelines.releases.causes import Ingredients
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import CannotRebuild
from pipelines.releases.flaws import Flaw
from pipelines.releases.rebuild import Rebuilt, rebuild
from pipelines.releases.store import ReleaseStore

FOLLOWING = ("data/datapackage.json", "manifest-sha256.txt", "tagmanifest-sha256.txt")
"""What differs because another file does."""


def remade(project: Project, package: str, version: str) -> Rebuilt:
    """A version made again by the code at hand and compared, byte for byte.

    Raises `CannotRebuild`, `IngredientDeleted`, `NoSuchRelease`, `RetractedRelease`, `LedgerBroken`.
    """

    def remake(document: Mapping[str, Any]) -> ReleaseRequest:
        request = request_again(project, package, ingredients_recorded(document))
        if request is None:
            check_deleted(project, package, document)
            raise CannotRebuild(package=package, version=document["version"])
        return without_recorded(request, document["arobase"].get("withheld", {}))

    return rebuild(project.releases, package, version, remake, across=across(project, package))


def check_deleted(project: Project, package: str, document: Mapping[str, Any]) -> None:
    """Raises `IngredientDeleted` when a deletion took a snapshot away that the version was made from."""
    gone = took(project, {sha for _, _, sha in ingredients_recorded(document).snapshots})
    if gone is not None:
        facts = {"snapshot": gone["found"][:12], "source": gone["source"], "at": gone["at"]}
        facts |= {"why": gone["why"], "event": gone["seq"]}
        raise IngredientDeleted(package=package, version=document["version"], **facts)


def obstacle(project: Project, store: ReleaseStore, version: str) -> Said | None:
    """Why a version cannot be made again here, by whatever code; none when it can."""
    if version in store.retracted:
        return Said("retirée", "retracted")
    document = read_descriptor(store.folder / version / "data")
    compared = document["arobase"]["compared_with"]
    if compared in store.retracted:
        return Said(f"comparée à {compared}, retirée", f"compared with {compared}, which was retracted")
    wanted = ingredients_recorded(document)
    missing = ", ".join(missing_ingredients(project, wanted))
    if missing:
        gone = took(project, {sha for _, _, sha in wanted.snapshots})
        french, english = f"manque ici : {missing}", f"missing here: {missing}"
        if gone is not None:
            french += f" (suppression du {gone['at']}, événement {gone['seq']})"
            english += f" (deleted on {gone['at']}, event {gone['seq']})"
        return Said(french, english)
    is_other = wanted.code != code_at_hand(project, store.package, wanted)
    if is_other and kept_code(project, wanted.code) is None:
        return Said("son code n'est pas gardé ici", "its code is not kept here")
    return None


def with_code(project: Project, package: str, wanted: Ingredients) -> Said:
    """With what code a version that has no obstacle is made again."""
    kept = kept_code(project, wanted.code)
    if kept is None or wanted.code == code_at_hand(project, package, wanted):
        return Said("avec le code présent", "with the code at hand")
    if needs_environment(project, kept):
        return Said("avec son code, dans un environnement à part", "with its code, in an environment of its own")
    return Said("avec son code, et les bibliothèques présentes", "with its code, and the libraries at hand")


def hold_against_remade(project: Project, releases: list[tuple[str, str]]) -> Iterator[Flaw | tuple[str, Said]]:
    """Each release (package, version), made again by the code at hand: the flaw where it is another one.

    A release that is not made again here comes out as its name, and why not.
    """
    for package, version in releases:
        store = ReleaseStore.read(project.releases, package)
        reason = obstacle(project, store, version)
        wanted = ingredients_recorded(read_descriptor(store.folder / version / "data"))
        if reason is None and wanted.code != code_at_hand(project, package, wanted):
            command = f"arobase rebuild {package} {version}"
            reason = Said(f"faite par un autre code : {command}", f"made by other code: {command}")
        if reason is not None:
            yield f"{package} {version}", reason
            continue
        found = remade(project, package, version)
        files = sorted([*found.differing, *found.missing, *found.added], key=lambda name: name in FOLLOWING)
        if files:
            yield Flaw("remade", f"{package}/{version}/{files[0]}", ", ".join(files[1:])[:120])
