"""Writes the lock files from pyproject.toml: every package with its version and hashes, no address of any registry.

`requirements.lock` is what the main job needs, `requirements-test.lock` what the tests need besides, held to the same
versions; `scripts/portals/*.lock` what `make test-portals` pushes to and `scripts/stores/*.lock` the store that
`make test-heavy` reads, from the `.in` beside each. Needs uv, which it installs into a throw-away environment.
`python scripts/lock.py servers` writes the latter two only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Written by scripts/lock.py from pyproject.toml; do not edit. Install with pip --require-hashes.\n"
BUILD = ["setuptools>=77", "wheel"]
SERVERS = sorted([*(ROOT / "scripts" / "portals").glob("*.in"), *(ROOT / "scripts" / "stores").glob("*.in")])
# CKAN asks for the psycopg2 that a compiler builds; its authors' own build with the library inside needs none.
REPLACED = "psycopg2 ; python_version < '3'\n"


def compile_lock(
    uv: str, wanted: list[str], target: Path, constraints: Path | None = None, overrides: Path | None = None
) -> None:
    command = [
        uv,
        "pip",
        "compile",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--quiet",
    ]
    command += ["--no-emit-index-url", "--no-annotate", "--allow-unsafe", "-"]
    if constraints:
        command += ["--constraint", str(constraints)]
    if overrides:
        command += ["--override", str(overrides)]
    done = subprocess.run(command, input="\n".join(wanted), capture_output=True, text=True, check=True, cwd=ROOT)
    if "://" in done.stdout:
        sys.exit(f"lock: {target.name} would hold an address")
    target.write_text(HEADER + done.stdout, encoding="utf-8")
    print(f"{target.name}: {done.stdout.count('==')} packages")


def main(words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(with_pip=True).create(folder)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "uv"], check=True)
        uv = str(Path(folder) / "bin" / "uv")
        replaced = Path(folder) / "replaced.txt"
        replaced.write_text(REPLACED, encoding="utf-8")
        for path in SERVERS:
            compile_lock(uv, path.read_text(encoding="utf-8").split(), path.with_suffix(".lock"), overrides=replaced)
        if words == ["servers"]:
            return
        run_lock = ROOT / "requirements.lock"
        compile_lock(uv, [*project["dependencies"], *BUILD], run_lock)
        extras = project["optional-dependencies"]
        tests = [*project["dependencies"], *BUILD, *extras["remote"], *extras["test"]]
        compile_lock(uv, tests, ROOT / "requirements-test.lock", run_lock)


if __name__ == "__main__":
    main(sys.argv[1:])
