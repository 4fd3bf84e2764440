"""Writes the lock files from pyproject.toml: every package with its version and hashes, no address of any registry.

`requirements.lock` is what the main job needs, `requirements-test.lock` what the tests need besides, held to the same
versions. Needs uv, which it installs into a throw-away environment.
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


def compile_lock(uv: str, wanted: list[str], target: Path, constraints: Path | None) -> None:
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
    done = subprocess.run(command, input="\n".join(wanted), capture_output=True, text=True, check=True, cwd=ROOT)
    if "://" in done.stdout:
        sys.exit(f"lock: {target.name} would hold an address")
    target.write_text(HEADER + done.stdout, encoding="utf-8")
    print(f"{target.name}: {done.stdout.count('==')} packages")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(with_pip=True).create(folder)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "uv"], check=True)
        uv = str(Path(folder) / "bin" / "uv")
        run_lock = ROOT / "requirements.lock"
        compile_lock(uv, [*project["dependencies"], *BUILD], run_lock, None)
        tests = [*project["dependencies"], *BUILD, *project["optional-dependencies"]["test"]]
        compile_lock(uv, tests, ROOT / "requirements-test.lock", run_lock)


if __name__ == "__main__":
    main()
