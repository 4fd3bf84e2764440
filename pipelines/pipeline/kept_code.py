"""The code that made a release, kept once: so that an outsider can make the release again years later.

Belongs here: the archives of code and of what a project says to it, beside the snapshots, and running an archived code.
Does not: comparing what it makes (`releases/rebuild.py`).

`ingredients/code/` holds, for each `code` that releases record, `<code>.json`, which names an archive of the code with
the lock of its libraries (`<digest>.tar.gz`, named by what `code_digest` says of it; `.tar.xz` where earlier code kept
it), an archive of the project's own descriptions (`<digest>.zip`: sources, incoming schemas, reference data), and the
commit, where the code is a clean checkout.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from pipelines.core.project import Project
from pipelines.pipeline.results import code_digest, code_digest_of
from pipelines.releases.causes import Ingredients
from pipelines.releases.errors import CodeNotKept, EnvironmentNotMade
from pipelines.storage import sha256_bytes, write_bytes, write_text

CODE = Path(__file__).resolve().parents[2]
LOCK = "requirements.lock"
BESIDE = (LOCK, "pyproject.toml", "README.md", "LICENSE")
"""What is beside the package and is kept with it: what it takes to install the code again."""
SETTINGS = ("arobase.yaml", "catalogue.yaml", "schemas/entrants", "sources/reference")
LEVEL: Final = 3  # of gzip
ENDINGS: Final = (".tar.gz", ".tar.xz")
STILL = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class KeptCode:
    """What is kept of one `code`: the archives, by their digests, and the commit; none where it was not known."""

    code: str
    settings: str
    commit: str


def keep_code(project: Project, code: str) -> None:
    """Keep the code at hand, and what this project says to it, under `code`; what is there already stays."""
    index = _folder(project) / f"{code}.json"
    if index.is_file():
        return
    if _archive_of(project, code_digest()) is None:
        write_bytes(_folder(project) / f"{code_digest()}{ENDINGS[0]}", _packed_once(code_digest()))
    settings = _packed_settings(project)
    digest = sha256_bytes(settings)
    if not (_folder(project) / f"{digest}.zip").is_file():
        write_bytes(_folder(project) / f"{digest}.zip", settings)
    document = {"code": code_digest(), "settings": digest, "commit": commit()}
    write_text(index, json.dumps(document, sort_keys=True, indent=2) + "\n")


def kept_code(project: Project, code: str) -> KeptCode | None:
    """What is kept of a `code`; none when something of it is missing."""
    try:
        document = json.loads((_folder(project) / f"{code}.json").read_text(encoding="utf-8"))
        found = KeptCode(str(document["code"]), str(document["settings"]), str(document.get("commit", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    has_settings = (_folder(project) / f"{found.settings}.zip").is_file()
    return found if has_settings and _archive_of(project, found.code) is not None else None


def _archive_of(project: Project, digest: str) -> Path | None:
    """Where the code of a digest is kept; none where it is not."""
    places = (_folder(project) / f"{digest}{ending}" for ending in ENDINGS)
    return next((place for place in places if place.is_file()), None)


def _opened(project: Project, found: KeptCode) -> tarfile.TarFile:
    """The archive of a kept code, however it is packed. Raises `FileNotFoundError` when it is gone since."""
    place = _archive_of(project, found.code) or _folder(project) / f"{found.code}{ENDINGS[0]}"
    return tarfile.open(place)


def kept_archive(project: Project, cause: str, wanted: Ingredients) -> Path:
    """Where the schemas, corrections or redactions of a release are kept.

    The schemas as they are published do not distinguish two package files, nor two code lists that only the code reads:
    what else was in the folder is part of the release's `code`, and kept under both where it was not the same.
    """
    folder = project.snapshots / "ingredients" / cause
    digest = wanted.of(cause) or "none"
    with_code = folder / f"{digest}.{wanted.code}.zip"
    return with_code if with_code.is_file() else folder / f"{digest}.zip"


def circumstances() -> dict[str, str]:
    """What the log says of the code that made a release."""
    return {"code": code_digest(), "commit": commit()}


@cache
def commit() -> str:
    """The commit of the code at hand; empty where it is no checkout, or was altered since."""
    if not (CODE / ".git").exists():
        return ""
    try:
        command = ["git", "-C", str(CODE)]
        changed = subprocess.run(
            [*command, "status", "--porcelain", "--", "pipelines", LOCK], capture_output=True, text=True, check=True
        ).stdout
        head = subprocess.run([*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    return "" if changed else head.strip()


def _folder(project: Project) -> Path:
    return project.snapshots / "ingredients" / "code"


@lru_cache(maxsize=1)
def _packed_once(_: str) -> bytes:
    """The code at hand, packed once for its digest whatever the number of projects that one process releases."""
    return _packed_code(CODE)


def _packed_code(root: Path) -> bytes:
    """The package, and what is beside it, as a tar file: sorted names, no owner, no dates."""
    paths = [path for path in (root / "pipelines").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    paths += [root / name for name in BESIDE if (root / name).is_file()]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as packed:
        for path in sorted(paths):
            entry = tarfile.TarInfo(path.relative_to(root).as_posix())
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as file:
                packed.addfile(entry, file)
    # xz would take half a second more for the last quarter of a megabyte: as long as a small project's tables.
    return gzip.compress(buffer.getvalue(), LEVEL, mtime=0)


def _packed_settings(project: Project) -> bytes:
    """The project's own descriptions as a zip file, its sorted names as they are in the project, no dates."""
    paths = list(project.sources.glob("*.yaml"))
    for name in SETTINGS:
        place = project.root / name
        paths += [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(paths):
            packed.writestr(zipfile.ZipInfo(path.relative_to(project.root).as_posix(), STILL), path.read_bytes())
    return buffer.getvalue()


def run_kept(project: Project, package: str, version: str, wanted: Ingredients, *, fresh: bool, language: str) -> int:
    """Run `arobase rebuild` of the kept code on this project's outputs; returns its exit code.

    The libraries are those at hand where the kept lock is theirs, unless `fresh`; else a new environment is made, which
    takes a registry of packages. Raises `CodeNotKept`, `EnvironmentNotMade`.
    """
    found = kept_code(project, wanted.code)
    if found is None:
        raise CodeNotKept(package=package, version=version, code=wanted.code[:12])
    with _unpacked(project, found, wanted) as (code, root):
        if code_digest_of(code) != found.code:
            raise CodeNotKept(package=package, version=version, code=found.code[:12])
        python = _environment(code, root.parent) if fresh or not _same_lock(code) else sys.executable
        environment = {
            **os.environ,
            "PYTHONPATH": str(code),
            "AROBASE_ROOT": str(root),
            "AROBASE_OUTPUTS": str(project.outputs),
            "AROBASE_LANG": language,
        }
        command = [python, "-m", "pipelines.cli", "rebuild", package, version]
        return subprocess.run(command, env=environment, cwd=root, check=False).returncode


def needs_environment(project: Project, found: KeptCode) -> bool:
    """Whether a kept code asks for other libraries than those at hand."""
    with _opened(project, found) as packed:
        try:
            member = packed.extractfile(LOCK)
        except KeyError:
            return False
        kept = member.read() if member is not None else b""
    mine = CODE / LOCK
    return not mine.is_file() or mine.read_bytes() != kept


def _same_lock(code: Path) -> bool:
    kept, mine = code / LOCK, CODE / LOCK
    if not kept.is_file():
        return True
    return mine.is_file() and mine.read_bytes() == kept.read_bytes()


@contextmanager
def _unpacked(project: Project, found: KeptCode, wanted: Ingredients) -> Iterator[tuple[Path, Path]]:
    """The kept code, and a project of what is kept with it, in a temporary folder."""
    places = {"schema": "schemas", "correction": "sources/corrections", "redaction": "sources/retraits"}
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        code, root = Path(folder) / "code", Path(folder) / "project"
        code.mkdir()
        root.mkdir()
        with _opened(project, found) as packed:
            packed.extractall(code, filter="data")
        for cause, place in places.items():
            archive = kept_archive(project, cause, wanted)
            if archive.is_file():
                with zipfile.ZipFile(archive) as packed_folder:
                    packed_folder.extractall(root / place)
        shutil.rmtree(root / "schemas" / "entrants", ignore_errors=True)
        with zipfile.ZipFile(_folder(project) / f"{found.settings}.zip") as packed_settings:
            packed_settings.extractall(root)
        yield code, root


def _environment(code: Path, folder: Path) -> str:
    """A new environment with the libraries of the kept lock; returns its Python. Raises `EnvironmentNotMade`."""
    python = str(folder / "environment" / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    steps = [
        [sys.executable, "-m", "venv", str(folder / "environment")],
        [*pip, "--require-hashes", "-r", str(code / LOCK)],
        [*pip, "--no-deps", "--no-build-isolation", str(code)],
    ]
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            raise EnvironmentNotMade(found=(done.stderr.strip().splitlines() or ["?"])[-1][:200])
    return python
