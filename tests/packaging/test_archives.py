"""The wheel and the source archive: what they contain, and that they work outside a checkout."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pipelines
from tests.packaging.builders import REPOSITORY, arobase, build, copy_of_the_code

DATA = {".json", ".csv", ".sql", ".j2", ".css", ".js", ".svg", ".yaml", ".md", ".typed"}


def files_of_the_package() -> set[str]:
    """Every file of `pipelines/` that code or people read: modules, and the data beside them."""
    folder = REPOSITORY / "pipelines"
    found = (path.relative_to(REPOSITORY) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_module_and_the_data_beside_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == files_of_the_package()


def test_the_wheel_is_named_by_the_version_that_the_code_says(wheel: Path) -> None:
    assert wheel.name == f"arobase-{pipelines.__version__}-py3-none-any.whl"


def test_a_wheel_built_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path) -> None:
    archive = build("sdist", copy_of_the_code(tmp_path / "code"), tmp_path / "sdist")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = build("wheel", unpacked, tmp_path / "again")
    with zipfile.ZipFile(wheel) as first, zipfile.ZipFile(again) as second:
        assert {item.filename: item.CRC for item in first.infolist()} == {
            item.filename: item.CRC for item in second.infolist()
        }


def test_the_installed_command_says_the_version_and_its_commands_outside_a_checkout(
    installed: Path, tmp_path: Path
) -> None:
    said = arobase(installed, "--version", folder=tmp_path)
    assert said.stdout.strip().endswith(pipelines.__version__), said.stderr
    helped = arobase(installed, "--help", folder=tmp_path)
    assert helped.returncode == 0, helped.stderr
    assert "release" in helped.stdout


def test_the_installed_check_validates_a_file_outside_a_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,people\nLyon,520774\nNowhere,many\n", encoding="utf-8")
    schema = '{"fields": [{"name": "name", "type": "string"}, {"name": "people", "type": "integer"}]}'
    (tmp_path / "schema.json").write_text(schema, encoding="utf-8")
    done = arobase(installed, "check", "towns.csv", "--schema", "schema.json", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "many" in done.stdout
