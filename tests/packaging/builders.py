"""What is built of the project's code as it is: a wheel and a source archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PARTS = ("pipelines", "pyproject.toml", "README.md", "LICENSE")


def copy_of_the_code(folder: Path) -> Path:
    """What is built from, without what builds and runs leave behind."""
    folder.mkdir(parents=True)
    for name in PARTS:
        origin = REPOSITORY / name
        if origin.is_dir():
            shutil.copytree(origin, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(origin, folder / name)
    return folder


def build(kind: str, code: Path, target: Path) -> Path:
    """The `wheel` or `sdist` of the code, by the back end that the lock pins."""
    target.mkdir(parents=True, exist_ok=True)
    back_end = f"import setuptools.build_meta as b; print(b.build_{kind}({str(target)!r}))"
    subprocess.run([sys.executable, "-c", back_end], cwd=code, check=True, capture_output=True)
    (found,) = target.iterdir()
    return found


def install(wheel: Path, target: Path) -> Path:
    """The wheel's files under `target`, as pip lays them; what it depends on is that of this interpreter."""
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, *words, "--target", str(target), str(wheel)], check=True, capture_output=True)
    return target


def arobase(installed: Path, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`arobase …` of the installed wheel, in a folder outside any checkout."""
    start = "import sys, pipelines; assert pipelines.__file__.startswith(sys.argv[1]), pipelines.__file__; "
    start += "from pipelines.cli import main; del sys.argv[1]; main()"
    kept = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"PYTHONPATH": str(installed), "AROBASE_LANG": "en", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", start, str(installed), *words]
    return subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True, check=False)
