"""Runs several of CKAN's own commands in one process, so that its start is paid once.

Run by CKAN's own Python: `python ckan_setup.py CKAN_INI < commands`, one command a line, its words separated by blanks;
prints a line `@@ N` before the output of the command N.
"""

from __future__ import annotations

import sys

from ckan.cli.cli import ckan


def main(configuration: str) -> None:
    """Raises what a command raises: nothing after it runs."""
    for number, line in enumerate(sys.stdin.read().splitlines()):
        print(f"@@ {number}", flush=True)
        ckan.main(args=["-c", configuration, *line.split()], standalone_mode=False)


if __name__ == "__main__":
    main(sys.argv[1])
