"""The command: `python -m scripts.audit [--online | --record FOLDER]`.

Ends with 0 when no pinned version is known to be weak, 1 when one is, 2 when it could not look.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from scripts.audit.advisories import LIST, LOCKS, Advisories, pinned, read_database


def main(words: list[str]) -> int:
    """Look, and say what was found."""
    match words:
        case []:
            return offline()
        case ["--online"]:
            return online()
        case ["--record", folder]:
            return record(Path(folder))
    print(__doc__, file=sys.stderr)
    return 2


def offline() -> int:
    known = Advisories.read(LIST)
    found = [line for lock in LOCKS for line in known.against(pinned(lock), lock.name)]
    changed = known.changed_since(LOCKS)
    print(f"{sum(len(pinned(lock)) for lock in LOCKS)} pins, {known.number} advisories of {known.date}")
    if changed:
        print(f"{len(changed)} pins are newer than this list: {', '.join(changed[:10])}{' …' if changed[10:] else ''}")
    print("\n".join(found) or "no pinned version is in the list")
    return 1 if found else 0


def online() -> int:
    """Ask PyPI through pip-audit. What it could not look up counts as not looked at, which pip-audit itself excuses."""
    worst = 0
    with tempfile.TemporaryDirectory() as folder:
        venv.EnvBuilder(with_pip=True).create(folder)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "--quiet", "install", "pip-audit"], check=True)
        for lock in LOCKS:
            asked = [python, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-f", "json", "-r", str(lock)]
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            worst = max(worst, status_of(lock.name, done.stdout, done.stderr))
    return worst


def status_of(name: str, answer: str, errors: str) -> int:
    """Say what pip-audit answered about one lock; returns the exit code that it is worth."""
    try:
        items = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        print(f"{name}: pip-audit gave no answer: {(errors.strip().splitlines() or ['?'])[-1]}")
        return 2
    weak = [f"{item['name']} {item['version']}: {one['id']}" for item in items for one in item.get("vulns", ())]
    skipped = [item["name"] for item in items if "skip_reason" in item]
    print(f"{name}: {len(items)} pins, {len(weak)} weaknesses, {len(skipped)} not looked at")
    print("".join(f"  {line}\n" for line in weak), end="")
    if weak:
        return 1
    return 2 if skipped or not items else 0


def record(folder: Path) -> int:
    known = read_database(folder)
    known.write(LIST, LOCKS)
    print(f"{LIST.name}: {known.number} advisories of {known.date}")
    return offline()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
