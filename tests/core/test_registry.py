"""One class of register: found by name, a name belongs to one thing, an unknown one is told with the nearest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.core.domains import KINDS
from pipelines.core.registry import NameTaken, Registry, UnknownName
from pipelines.core.text import Said

A_TOOL = Said("un outil", "a tool")
Tool = Callable[[], int]


@pytest.fixture
def tools() -> Registry[Tool]:
    """A register that no module fills."""
    made: Registry[Tool] = Registry(A_TOOL, "converters")
    made.register("scie", one)
    made.register("marteau", two)
    return made


def one() -> int:
    return 1


def two() -> int:
    return 2


def test_things_are_read_in_the_order_of_their_names(tools: Registry[Tool]) -> None:
    assert (list(tools), len(tools)) == (["marteau", "scie"], 2)
    assert list(tools.values()) == [two, one]
    assert dict(tools.items()) == {"marteau": two, "scie": one}


def test_another_order_is_that_of_the_things_then_of_their_names() -> None:
    made: Registry[int] = Registry(A_TOOL, "converters", order=lambda item: item)
    for name, item in (("c", 1), ("a", 2), ("b", 1)):
        made.register(name, item, declared=name)
    assert list(made) == ["b", "c", "a"]


def test_an_unknown_name_is_told_in_both_languages_with_the_nearest(tools: Registry[Tool]) -> None:
    with pytest.raises(UnknownName) as raised:
        tools["marto"]
    assert raised.value.message("fr") == (
        "« marto » n'est pas le nom d'un outil ; peut-être « marteau » ; noms connus : marteau, scie."
    )
    assert raised.value.message("en") == (
        '"marto" is not the name of a tool; perhaps "marteau"; known names: marteau, scie.'
    )


def test_nothing_is_proposed_for_a_name_that_looks_like_none(tools: Registry[Tool]) -> None:
    assert tools.expected("xyz") == Said("noms connus : marteau, scie", "known names: marteau, scie")
    empty: Registry[Tool] = Registry(A_TOOL, "converters")
    assert empty.expected("xyz").en == "none is known"


def test_asking_whether_a_name_is_known_is_no_error(tools: Registry[Tool]) -> None:
    assert ("scie" in tools, "vis" in tools, tools.get("vis"), tools.get("vis", one)) == (True, False, None, one)


def test_a_name_belongs_to_one_thing_and_both_places_are_told(tools: Registry[Tool]) -> None:
    with pytest.raises(NameTaken) as raised:
        tools.register("scie", two)
    assert f"{__name__}:{one.__code__.co_firstlineno}" in str(raised.value)
    assert f"{__name__}:{two.__code__.co_firstlineno}" in str(raised.value)
    assert "un outil" in raised.value.message("fr")
    assert tools["scie"] is one


def test_two_functions_of_one_name_in_one_file_are_two_things() -> None:
    def made(number: int) -> Tool:
        if number == 1:

            def tool() -> int:
                return 1
        else:

            def tool() -> int:
                return 2

        return tool

    tools: Registry[Tool] = Registry(A_TOOL, "converters")
    tools.register("a", made(1))
    with pytest.raises(NameTaken):
        tools.register("a", made(2))


def test_the_same_declaration_may_come_again_when_its_module_is_imported_anew(tools: Registry[Tool]) -> None:
    again = type(one)(one.__code__, one.__globals__)
    tools.register("scie", again)
    assert tools["scie"] is again


def test_a_decorator_registers_a_function_under_each_name(tools: Registry[Tool]) -> None:
    @tools.registering("pince", "tenaille")
    def grip() -> int:
        return 3

    assert tools["pince"] is tools["tenaille"] is grip
    assert tools.declaration("pince") is grip


def test_a_register_that_fills_itself_holds_what_there_is_each_time_it_is_read() -> None:
    there = ["un"]

    def fill() -> None:
        for name in there:
            made.register(name, name)

    made: Registry[str] = Registry(A_TOOL, "commands", fill=fill)
    assert list(made) == ["un"]
    there[:] = ["deux"]
    assert (list(made), made.get("un")) == (["deux"], None)


ALL = """
import gc, importlib, pkgutil, pipelines
from pipelines.core.registry import Registry
for info in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
    if info.name != "pipelines.definitions":
        importlib.import_module(info.name)
for item in (item for item in gc.get_objects() if isinstance(item, Registry)):
    print(item.thing.en, len(item))
"""


def test_every_register_of_the_engine_is_one_of_these_and_holds_something() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", ALL], cwd=root, text=True, capture_output=True, check=True)
    held = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert [name for name, count in held.items() if count == "0"] == []
    assert len(held) >= len(KINDS) + 3  # readings, questions and the law of inquiries beside the kinds' own
