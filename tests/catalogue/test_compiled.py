"""Compiled templates are kept, and are never those of another text, language or code."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from pipelines.catalogue import compiled
from pipelines.catalogue.compiled import Compiled
from pipelines.core.text import Language


@pytest.fixture(autouse=True)
def _writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def filled(folder: Path, text: str, language: Language = "fr") -> tuple[str, int]:
    """What a template gives, and how many templates were compiled for it."""
    count = 0

    class Counting(Environment):
        def compile(self, *words: object, **named: object) -> object:  # type: ignore[override]
            nonlocal count
            count += 1
            return super().compile(*words, **named)  # type: ignore[call-overload]

    environment = Counting(loader=DictLoader({"a": text}), bytecode_cache=Compiled(language, folder / "kept"))
    return environment.get_template("a").render(x=1), count


def test_a_template_is_compiled_once(tmp_path: Path) -> None:
    assert filled(tmp_path, "{{ x }} b") == ("1 b", 1)
    assert filled(tmp_path, "{{ x }} b") == ("1 b", 0)
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_another_text_is_compiled_again_and_takes_its_place(tmp_path: Path) -> None:
    filled(tmp_path, "{{ x }} b")
    assert filled(tmp_path, "{{ x }} c") == ("1 c", 1)
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_each_language_has_its_own(tmp_path: Path) -> None:
    filled(tmp_path, "{{ x }} b", "fr")
    assert filled(tmp_path, "{{ x }} b", "en") == ("1 b", 1)
    assert filled(tmp_path, "{{ x }} b", "fr") == ("1 b", 0)


def test_other_code_compiles_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, "{{ x }} b")
    monkeypatch.setattr(compiled, "_code", lambda: "other")
    assert filled(tmp_path, "{{ x }} b") == ("1 b", 1)


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert filled(tmp_path, "{{ x }} b") == ("1 b", 1)
    assert not (tmp_path / "kept").exists()


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    assert filled(tmp_path / "absent" / "below", "{{ x }} b") == ("1 b", 1)
    assert filled(tmp_path / "absent" / "below", "{{ x }} b") == ("1 b", 1)
