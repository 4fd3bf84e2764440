"""Sets the project up from its lock files and runs it: `python3 scripts/bootstrap.py release|test|check`.

Standard library only, so that it works on a machine that has nothing but Python 3.11 or later. The virtual environment
`.venv/` is made once, and again only when the lock changes; packages are checked against the hashes of the lock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN_LOCK, TEST_LOCK = ROOT / "requirements.lock", ROOT / "requirements-test.lock"
OLDEST = (3, 11)


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def stamp(lock: Path) -> str:
    """What an installation depends on: the lock, the project's own metadata, and the interpreter."""
    digest = hashlib.sha256(sys.version.encode())
    for file in (lock, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


# Nothing imports most of the 12,000 modules, and compiling all takes 40 s of processor: Python compiles each that
# it imports, once, unless the environment says that it keeps none.
KEEPS_COMPILED = not os.environ.get("PYTHONDONTWRITEBYTECODE")


def install(lock: Path, *included: Path, compiles: bool = not KEEPS_COMPILED) -> None:
    """Install what the lock pins, unless that is what is there already. Exits with a sentence when it cannot.

    `included`: locks whose packages the lock pins too, at the same versions. `compiles`: every module is compiled now.
    """
    wanted = {VENV / f".installed-{one.stem}": stamp(one) for one in (lock, *included)}
    if all(marker.is_file() and marker.read_text(encoding="utf-8") == digest for marker, digest in wanted.items()):
        return
    started = time.monotonic()
    if not (BIN / ("python.exe" if os.name == "nt" else "python")).exists():
        say("making .venv/")
        make_environment()
    say(f"installing what {lock.name} pins (a minute or so, once)")
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    compiled = [] if compiles else ["--no-compile"]
    # The lock is complete, so pip has nothing to resolve; asked to, it would want hashes of requirements with extras.
    run(
        [*pip, *compiled, "--no-deps", "--require-hashes", "--requirement", str(lock)],
        "the packages could not be installed; see pip's words above",
    )
    # The build back end is in the lock, so that nothing is fetched that is not pinned.
    run(
        [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        "the project itself could not be installed",
    )
    for marker, digest in wanted.items():
        marker.write_text(digest, encoding="utf-8")
    say(f"set up in {time.monotonic() - started:.0f} s")


def make_environment() -> None:
    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(VENV)
    except (subprocess.CalledProcessError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"bootstrap: no virtual environment can be made here ({error}); on Debian: apt-get install python3-venv"
        )


def run(command: list[str], failure: str) -> None:
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit(f"bootstrap: {failure}.")


def main(words: list[str]) -> int:
    if sys.version_info < OLDEST:
        sys.exit(f"bootstrap: Python {OLDEST[0]}.{OLDEST[1]} or later is needed; this is {sys.version.split()[0]}.")
    task, rest = (words[0] if words else ""), words[1:]
    if task == "release":
        install(RUN_LOCK)
        return subprocess.run([str(BIN / "arobase"), "release", *rest], check=False, cwd=ROOT).returncode
    if task in ("test", "setup"):
        # A run of the tests keeps what it compiles, whatever the environment says (run_tests.py).
        install(TEST_LOCK, RUN_LOCK, compiles=task == "setup" and not KEEPS_COMPILED)
        if task == "setup":
            return 0
        return subprocess.run(
            [str(BIN / "python"), str(ROOT / "scripts" / "run_tests.py"), *rest], check=False, cwd=ROOT
        ).returncode
    print(__doc__)
    print("tasks: release (set up, then run the main job), test (set up, then run the tests), setup (only set up)")
    return 0 if not words else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
