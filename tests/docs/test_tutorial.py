"""The tutorial: its own commands, in its order, in a folder where there was nothing."""

from __future__ import annotations

from pathlib import Path

from tests.docs.builders import REPOSITORY, agrees, blocks, run

PAGE = REPOSITORY / "docs" / "tutorial.md"
OWN = "tests/docs/test_tutorial.py"
WHERE = ".where"


def test_a_stranger_s_file_is_published_by_the_commands_of_the_tutorial(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    own = [block for block in blocks(text, PAGE.name) if block.marker == "run by"]
    assert {block.value.partition(", ")[0] for block in own} == {OWN}
    folder, commands = tmp_path, 0
    for block in own:
        expected = int(block.value.partition("exits: ")[2] or 0)
        for command, shown in block.commands():
            # Each command has a shell of its own: where one went, the next begins.
            kept = f"\ncode=$?; pwd > {tmp_path / WHERE}; exit $code"
            done = run(command + kept, folder)
            told = f"{PAGE.name}:{block.line}: {command}\n{done.stdout}"
            assert done.returncode == expected, told
            assert agrees(shown, done.stdout), told
            folder, commands = Path((tmp_path / WHERE).read_text(encoding="utf-8").strip()), commands + 1
    assert commands >= 10
    assert not any(
        b"ortolan" in path.read_bytes() for path in (folder / "outputs" / "releases").rglob("*") if path.is_file()
    )
