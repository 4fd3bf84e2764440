"""The command `arobase`, and `python -m pipelines`: also what is imported first can be interrupted.

Belongs here: nothing but the order of the two. Does not: the command line (`cli.py`).
"""

from __future__ import annotations

from pipelines.core.interruption import ending_in_one_line


def main() -> None:
    """`arobase …`."""
    with ending_in_one_line():
        from pipelines.cli import main as command_line

        command_line()


if __name__ == "__main__":
    main()
