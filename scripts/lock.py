"""Writes the lock files from pyproject.toml: every package with its version and hashes, no address of any registry.

`requirements.lock` is what the main job needs, `requirements-test.lock` what the tests need besides, held to the same
versions, `deploy/requirements.lock` what the image of `deploy/` holds, `deploy/ray/requirements.lock` what the machines
of a cluster need; `scripts/portals/*.lock` what `make test-portals` pushes to and `scripts/stores/*.lock` the store
that `make test-heavy` reads, from the `.in` beside each. Needs uv, which it installs into a throw-away environment.
`python scripts/lock.py servers` writes the latter two only, `cluster` those and that of a cluster. A version that a
lock pins stays while it fits; `upgrade` takes the newest of everything.
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
EXTRAS = ("lineage", "remote", "time", "test")
SERVERS = sorted([*(ROOT / "scripts" / "portals").glob("*.in"), *(ROOT / "scripts" / "stores").glob("*.in")])
# CKAN asks for the psycopg2 that a compiler builds; its authors' own build with the library inside needs none.
REPLACED = "psycopg2 ; python_version < '3'\n"


def compile_lock(
    uv: str,
    wanted: list[str],
    target: Path,
    constraints: Path | None = None,
    overrides: Path | None = None,
    *,
    upgrade: bool = False,
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
    command += ["--no-emit-index-url", "--no-annotate", "--allow-unsafe", "-", "--output-file", str(target)]
    command += ["--upgrade"] if upgrade else []
    if constraints:
        command += ["--constraint", str(constraints)]
    if overrides:
        command += ["--override", str(overrides)]
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    subprocess.run(command, input="\n".join(wanted), capture_output=True, text=True, check=True, cwd=ROOT)
    written = target.read_text(encoding="utf-8")
    if "://" in written:
        target.write_text(before, encoding="utf-8")
        sys.exit(f"lock: {target.name} would hold an address")
    target.write_text(HEADER + written.removeprefix(HEADER), encoding="utf-8")
    print(f"{target.name}: {written.count('==')} packages")


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
            wanted = path.read_text(encoding="utf-8").split()
            compile_lock(uv, wanted, path.with_suffix(".lock"), overrides=replaced, upgrade="upgrade" in words)
        if "servers" in words:
            return
        run_lock, test_lock = ROOT / "requirements.lock", ROOT / "requirements-test.lock"
        extras = project["optional-dependencies"]
        needed = [*project["dependencies"], *BUILD]
        tests = [*needed, *(item for name in EXTRAS for item in extras[name])]
        deployed = [*needed, *(item for name in ("lineage", "postgres", "remote", "time") for item in extras[name])]
        if "cluster" not in words:
            compile_lock(uv, needed, run_lock, upgrade="upgrade" in words)
            compile_lock(uv, deployed, ROOT / "deploy" / "requirements.lock", run_lock, upgrade="upgrade" in words)
            compile_lock(uv, tests, test_lock, run_lock, upgrade="upgrade" in words)
        # Held to the versions of the tests: `make test-cluster` installs only what .venv lacks.
        clustered = [*deployed, *extras["cluster"]]
        compile_lock(
            uv, clustered, ROOT / "deploy" / "ray" / "requirements.lock", test_lock, upgrade="upgrade" in words
        )


if __name__ == "__main__":
    main(sys.argv[1:])
