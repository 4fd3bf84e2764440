"""Domains: what a project brings beside the engine, and how the engine finds it without importing it by name.

A domain is a package with a `DOMAIN`, which says where in the package each kind of thing registers itself. The engine
asks for a kind ("converters") and every module that may register one is imported, the engine's own and those of the
domains that the project names in `arobase.yaml`. Belongs here: finding. Does not: any register; each is beside
what it registers.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import ClassVar, Literal, get_args

from pipelines.core.checked_yaml import Fault, read_checked
from pipelines.core.errors import ArobaseError
from pipelines.core.faults import frames_of
from pipelines.core.project import PROJECT_FILE, NotAProject, Project, root_here
from pipelines.core.text import Said

Kind = Literal["readers", "connectors", "converters", "detectors", "derived", "rules", "formats", "charts", "commands"]
"""What a domain may bring: each is a register's (`pipelines/core/registry.py`)."""
KINDS: tuple[Kind, ...] = get_args(Kind)
SHIPPED = "pipelines.domains."
SCHEMA = Path(__file__).parent / "project.schema.json"


class ProjectFileError(ArobaseError):
    """The project's file cannot be used as it is."""

    code: ClassVar[str] = "project-file"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class DomainUnknown(ArobaseError):
    """The project's file names a domain that cannot be found, or a package that is none."""

    code: ClassVar[str] = "domain-unknown"
    fr: ClassVar[str] = (
        "{file} : le domaine « {domain} » n'existe pas ; donnez un domaine fourni ({known}), ou le nom d'un paquet "
        "Python qui définit DOMAIN."
    )
    en: ClassVar[str] = (
        '{file}: the domain "{domain}" does not exist; give a domain that is provided ({known}) or the name of a '
        "Python package that defines DOMAIN."
    )


class DomainWrong(ArobaseError):
    """A domain says that it brings something, and what it says cannot be found or is of no kind that there is."""

    code: ClassVar[str] = "domain-wrong"
    fr: ClassVar[str] = "{domain} : DOMAIN, « {kind} », « {place} » : attendu : {expected}."
    en: ClassVar[str] = '{domain}: DOMAIN, "{kind}", "{place}": expected: {expected}.'


class DomainBroken(ArobaseError):
    """A module of a domain cannot be imported: an error in its code, whose lines are in the log."""

    code: ClassVar[str] = "domain-broken"
    fr: ClassVar[str] = "{module} : le module ne se charge pas : {kind} ({place}). Corrigez son code."
    en: ClassVar[str] = "{module}: the module cannot be loaded: {kind} ({place}). Fix its code."


@dataclass(frozen=True)
class Domain:
    """What a domain brings: for each kind of thing, the modules or folders of its package that register it."""

    brings: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)


def shipped_domains() -> list[str]:
    """The names of the domains that ship with the engine, sorted."""
    package = importlib.import_module(SHIPPED.rstrip("."))
    return sorted(info.name for info in pkgutil.iter_modules(package.__path__) if info.ispkg)


def domain_names(project: Project) -> list[str]:
    """The domains that a project's file names; all that ship, for a project from before there was such a file.

    Raises `ProjectFileError`.
    """
    if not project.file.is_file():
        return shipped_domains()
    try:
        document = read_checked(project.file, SCHEMA)
    except Fault as fault:
        raise ProjectFileError(file=PROJECT_FILE, **fault.facts) from None
    names: list[str] = document.value["domains"]
    return names


def domain_packages(project: Project) -> dict[str, Domain]:
    """The domains that a project uses, by the name of their Python package, in the order in which it names them.

    Raises `DomainUnknown` and `ProjectFileError`.
    """
    found: dict[str, Domain] = {}
    for name in domain_names(project):
        package = name if "." in name else SHIPPED + name
        if (project.root / package.split(".")[0] / "__init__.py").is_file() and str(project.root) not in sys.path:
            sys.path.append(str(project.root))  # a domain of the project's own, beside its schemas and sources
        try:
            domain = getattr(importlib.import_module(package), "DOMAIN", None)
        except ModuleNotFoundError as error:
            if not f"{package}.".startswith(f"{error.name}."):
                raise  # the domain is there, and something that it imports is not
            domain = None
        if not isinstance(domain, Domain):
            raise DomainUnknown(file=PROJECT_FILE, domain=name, known=", ".join(shipped_domains()))
        found[package] = domain
    return found


def foreign_folders(project: Project) -> dict[str, Path]:
    """The folders of the domains that do not ship with the engine, by the name of their package.

    Raises what `domain_packages` raises.
    """
    names = [name for name in domain_packages(project) if not name.startswith(SHIPPED)]
    return {name: Path(str(importlib.import_module(name).__file__)).parent for name in names}


def modules_of(kind: Kind) -> Iterator[str]:
    """The modules in which the domains of this process's project register things of a kind, in a fixed order.

    Outside any project there are none. Raises what `domain_packages` raises, `DomainWrong`, `DomainBroken`.
    """
    try:
        project = Project.at(root_here())
    except NotAProject:
        return
    for package, domain in domain_packages(project).items():
        _check(package, domain)
        for place in domain.brings.get(kind, ()):
            yield from sorted(walk(f"{package}.{place}"))


def _check(package: str, domain: Domain) -> None:
    """Raises `DomainWrong` for a kind that there is not, and for a place that is no module of the package."""
    for kind, places in domain.brings.items():
        if kind not in KINDS:
            raise DomainWrong(domain=package, kind=kind, place=", ".join(places), expected=" | ".join(KINDS))
        for place in places:
            if not _is_module(f"{package}.{place}"):
                expected = Said(f"un module ou un dossier de {package}", f"a module or a folder of {package}")
                raise DomainWrong(domain=package, kind=kind, place=place, expected=expected)


def _is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def walk(name: str) -> Iterator[str]:
    """The name of a module, then those of all modules below it."""
    yield name
    path = getattr(_imported(name), "__path__", None)
    if path is not None:
        yield from (info.name for info in pkgutil.walk_packages(path, f"{name}."))


def _imported(name: str) -> ModuleType:
    """A module. Raises `DomainBroken` where its code cannot be imported."""
    try:
        return importlib.import_module(name)
    except ArobaseError:
        raise
    except Exception as error:
        place, _ = frames_of(error)
        if isinstance(error, SyntaxError):
            place = f"{Path(error.filename or '?').name}:{error.lineno}"
        raise DomainBroken(module=name, kind=type(error).__name__, place=place) from error


def discover(kind: Kind, *packages: str) -> None:
    """Import, once, what may register things of a kind: all modules of the engine's `packages`, then the domains'."""
    for package in packages:
        _import_all(package)
    root, stamp = _asked_for()
    _import_domains(kind, root, stamp)


def _asked_for() -> tuple[str, tuple[int, int, int] | None]:
    """The project that this process works for, and what its file was when it was last written."""
    try:
        file = Project.at(root_here()).file
        state = file.stat()
    except NotAProject:
        return "", None
    except FileNotFoundError:
        return str(file.parent), None
    return str(file.parent), (state.st_mtime_ns, state.st_size, state.st_ino)


@cache
def _import_all(package: str) -> None:
    for module in sorted(walk(package)):
        importlib.import_module(module)


@cache
def _import_domains(kind: Kind, _root: str, _stamp: tuple[int, int, int] | None) -> None:
    """Once for a project's file as it is: registers are read for every column of every source."""
    for module in modules_of(kind):
        _imported(module)
