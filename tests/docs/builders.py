"""Documentation as tests read it: pages, fenced blocks with their markers, links; and a project to run commands in.

A marker is an HTML comment on the line before a block: `not run: REASON` with a reason of `REASONS`, `run by: TEST` for
one that a test of its own runs, `exits: CODE`, or `output of: COMMAND` for what another command prints. CONTRIBUTING.md
tells writers the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.builders import AS_READERS, Shipped, after_a_run

RELEASE = "arobase release"
REPOSITORY = Path(__file__).resolve().parents[2]
RUNNABLE = ("console", "bash")
REASONS = ("server", "network", "set-up")
ANYTHING = "…"
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<language>[\w-]*)\s*$")
MARKER = re.compile(r"<!-- *(?P<name>not run|run by|exits|output of): *(?P<value>.+?) *-->")
PROMPT = "$ "
SPOKEN = ("LC_ALL", "LC_MESSAGES", "LANG", "FORCE_COLOR", "TTY_COMPATIBLE", "AROBASE_ROOT", "AROBASE_OUTPUTS")
SPOKEN += ("AROBASE_SIGNING_KEY", "AROBASE_SIGNING_KEY_FILE")


@dataclass(frozen=True)
class Block:
    """A fenced block; `line` is its first line in the page."""

    page: str
    line: int
    language: str
    lines: tuple[str, ...]
    marker: str | None = None
    value: str = ""

    @property
    def is_run(self) -> bool:
        return self.language in RUNNABLE and self.marker not in ("not run", "run by")

    @property
    def exit_code(self) -> int:
        return int(self.value) if self.marker == "exits" else 0

    def commands(self) -> list[tuple[str, list[str]]]:
        """Each command with the lines that it is said to print; a `bash` block is one command that is silent."""
        if self.language == "bash":
            return [("\n".join(self.lines), [])]
        found: list[tuple[str, list[str]]] = []
        for line in self.lines:
            if line.startswith(PROMPT):
                found.append((line.removeprefix(PROMPT), []))
            elif found:
                found[-1][1].append(line)
        return found


def pages() -> list[Path]:
    """Every page that people read, generated ones included."""
    top = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "outputs/README.md")]
    return [*top, *sorted((REPOSITORY / "docs").rglob("*.md"))]


def blocks(text: str, page: str = "page.md") -> Iterator[Block]:
    """The fenced blocks of a page, in order. A block that is never closed runs to the end."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opened = FENCE.match(lines[number])
        if not opened:
            number += 1
            continue
        marked = MARKER.search(lines[number - 1]) if number else None
        start, ticks = number + 1, opened["ticks"]
        number = start
        while number < len(lines) and lines[number].strip() != ticks:
            number += 1
        name, value = (marked["name"], marked["value"]) if marked else (None, "")
        yield Block(page, start, opened["language"], tuple(lines[start:number]), name, value)
        number += 1


def prose(text: str) -> str:
    """A page without its fenced blocks and its code spans: where links are."""
    lines, closing = [], None
    for line in text.splitlines():
        fence = FENCE.match(line)
        if closing is None and fence:
            closing = fence["ticks"]
        elif closing is not None and line.strip() == closing:
            closing = None
        elif closing is None:
            lines.append(re.sub(r"(`+).+?\1", "", line))
    return "\n".join(lines)


def links(text: str) -> list[str]:
    """The targets of a page's links and pictures, as written."""
    return re.findall(r"\]\(([^()\s]+)\)", prose(text))


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings give, as forges make them."""
    heads = [line.lstrip("#").strip() for line in text.splitlines() if re.match(r"^#{1,6} ", line)]
    return {re.sub(r"[^\w\- ]", "", head.casefold()).replace(" ", "-") for head in heads}


def agrees(shown: list[str], printed: str) -> bool:
    """Whether what is shown is what was printed: `…` stands for anything, blank lines and spaces at ends count not.

    Nothing shown agrees with anything.
    """
    told = [line.rstrip() for line in shown if line.strip()]
    if not told:
        return True
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ANYTHING else ".*".join(map(re.escape, line.split(ANYTHING))) + r"\n"
        for line in told
    )
    text = "".join(f"{line.rstrip()}\n" for line in printed.splitlines() if line.strip())
    return re.fullmatch(pattern, text) is not None


def after_the_main_job(shipped: Shipped, folder: Path) -> Path:
    """The project as a reader has it after `arobase release`, in a folder of the test's own. What no command changes is
    linked."""
    root = after_a_run(shipped, folder).root
    for name in ("pipelines", "scripts", "pyproject.toml", "workspace.yaml"):
        (root / name).symlink_to(REPOSITORY / name)
    return root


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command as a reader types it in the project's folder, with the environment on; one stream for both outputs."""
    kept = {name: value for name, value in os.environ.items() if name not in SPOKEN}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**kept, **AS_READERS, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
