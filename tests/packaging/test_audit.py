"""The locks are compared with a list of known weaknesses that says how old it is; what nobody could look up is
reported."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from packaging.version import Version

from scripts.audit.__main__ import main, status_of
from scripts.audit.advisories import LIST, LOCKS, Advisories, is_within, normal, pinned, read_database

ROOT = Path(__file__).resolve().parents[2]
ADVISORY = """
id: PYSEC-2099-1
affected:
- package: {name: Some.Package, ecosystem: PyPI}
  ranges:
  - type: GIT
    events: [{introduced: '0'}]
  - type: ECOSYSTEM
    events: [{introduced: '0'}, {fixed: 1.2.3}, {introduced: '2'}, {last_affected: '2.5'}]
"""


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_pinned_version_is_known_to_be_weak(lock: Path) -> None:
    pins = pinned(lock)
    assert len(pins) > 80
    assert list(Advisories.read(LIST).against(pins, lock.name)) == []


def test_a_weak_version_is_told(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("Requests==2.5.0 \\\n    --hash=sha256:00\nclick==8.1.0\n", encoding="utf-8")
    found = list(Advisories.read(LIST).against(pinned(lock), lock.name))
    assert "requirements.lock: requests 2.5.0: PYSEC-2018-28" in found
    assert not [line for line in found if "click" in line]


def test_a_pin_that_is_newer_than_the_list_is_told_whatever_day_it_is(tmp_path: Path) -> None:
    known = Advisories.read(LIST)
    lock = tmp_path / "requirements.lock"
    old = known.pins["requirements.lock"]["dagster"]
    lock.write_text(f"dagster=={old}\nclick==99.0\nbrand-new==1.0\n", encoding="utf-8")
    assert known.changed_since([lock]) == ["brand-new 1.0", "click 99.0"]


def test_the_page_on_security_has_the_date_of_the_list() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    known = Advisories.read(LIST)
    assert f"{known.number} advisories of {known.date}" in page


@pytest.mark.parametrize(
    ("version", "affected"),
    [("1.0", True), ("1.2.2", True), ("1.2.3rc1", True), ("1.2.3", False), ("1.9", False), ("2.0", True)],
)
def test_ranges_are_those_of_the_advisory(version: str, affected: bool) -> None:
    ranges = [("0", "1.2.3", "fixed"), ("2", "2.5", "last")]
    assert any(is_within(version, one) for one in ranges) is affected


def test_the_bounds_are_exact() -> None:
    assert is_within("2.5", ("2", "2.5", "last"))
    assert not is_within("2.5.1", ("2", "2.5", "last"))
    assert is_within("9", ("2", "", ""))
    assert is_within("not a version", ("2", "2.5", "last"))


def test_a_database_is_read_from_its_checkout(tmp_path: Path) -> None:
    place = tmp_path / "vulns" / "some-package"
    place.mkdir(parents=True)
    (place / "PYSEC-2099-1.yaml").write_text(ADVISORY, encoding="utf-8")
    (place / "PYSEC-2099-2.yaml").write_text(ADVISORY.replace("-1\n", "-2\n") + "withdrawn: '2099-01-01'\n")
    author = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "x", "--date", "2099-01-02T00:00:00Z"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    found = read_database(tmp_path)
    assert found.by_package == {"some-package": {"PYSEC-2099-1": [("0", "1.2.3", "fixed"), ("2", "2.5", "last")]}}
    found.write(tmp_path / "list.json", LOCKS)
    again = Advisories.read(tmp_path / "list.json")
    assert (again.by_package, again.changed_since(LOCKS)) == (found.by_package, [])


@pytest.mark.parametrize(
    ("dependencies", "code"),
    [
        ([{"name": "click", "version": "8.1", "vulns": []}], 0),
        ([{"name": "click", "version": "8.1", "vulns": [{"id": "PYSEC-1"}]}], 1),
        ([{"name": "click", "skip_reason": "not found on PyPI"}], 2),
        ([], 2),
    ],
)
def test_what_pip_audit_could_not_look_up_is_not_called_safe(dependencies: list[object], code: int) -> None:
    assert status_of("requirements.lock", json.dumps({"dependencies": dependencies}), "") == code


def test_no_answer_is_told_as_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("requirements.lock", "", "Traceback\nConnectionError: no route\n") == 2
    assert "ConnectionError: no route" in capsys.readouterr().out


def test_the_command_tells_how_old_its_list_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert f"advisories of {Advisories.read(LIST).date}" in capsys.readouterr().out
    assert main(["--nonsense"]) == 2


def test_names_are_compared_as_pypi_does() -> None:
    assert normal("Some.Package_x") == "some-package-x"
    assert Version("1.0") == Version("1.0.0")
