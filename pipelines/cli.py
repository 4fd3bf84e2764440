"""The command line's front door: `arobase COMMAND …`.

Belongs here: finding commands and saying what went wrong. Does not: any command; those are files of `commands/`, found
by their names and imported only when they run, so that `arobase --help` answers at once.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from importlib.metadata import version

import click

from pipelines.core.domains import modules_of
from pipelines.core.errors import ArobaseError
from pipelines.core.logs import Format, set_up
from pipelines.core.project import is_address
from pipelines.core.settings import OUTPUTS, value_of
from pipelines.core.text import terminal_language
from pipelines.storage.faults import fault_of

CANNOT = 2
WITHOUT_OUTPUTS = frozenset({"check", "init", "keys", "settings"})
DELETING = frozenset({"clean", "private"})
"""Commands that have to see every snapshot that is kept, to delete some."""
_READY: set[str] = set()


class Commands(click.Group):
    """The files of `pipelines/commands/` and of the project's domains, each with a click command called `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(command_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = command_modules().get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        _heed_language(command)
        _have_outputs(command, cmd_name)
        return command


def command_modules() -> dict[str, str]:
    """The module of each command, by the command's name: the engine's, then those of the project's domains."""
    package = importlib.import_module("pipelines.commands")
    engine = [f"pipelines.commands.{info.name}" for info in pkgutil.iter_modules(package.__path__)]
    found = {module.rpartition(".")[2]: module for module in (*engine, *modules_of("commands"))}
    return {name: module for name, module in found.items() if not name.startswith("_") and name != "commands"}


def _have_outputs(command: click.Command, name: str) -> None:
    """Let a command find its outputs in a folder also where AROBASE_OUTPUTS names an object store."""
    if name in _READY:
        return
    _READY.add(name)
    invoke = command.invoke

    def on_outputs(ctx: click.Context) -> object:
        if not is_address(value_of(OUTPUTS).text):
            return invoke(ctx)
        from pipelines.pipeline.working_copy import at_hand

        with at_hand(is_used=name not in WITHOUT_OUTPUTS, whole=name in DELETING):
            return invoke(ctx)

    command.invoke = on_outputs  # type: ignore[method-assign]  # as click hands it the context, whatever the command


def _heed_language(command: click.Command) -> None:
    """Let each `--lang` of a command and of its members be told to `main`, which speaks when the command has failed."""
    for option in command.params:
        if option.name == "lang":
            option.callback = _remember
    for member in command.commands.values() if isinstance(command, click.Group) else ():
        _heed_language(member)


def _remember(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if isinstance(ctx.obj, dict):
        ctx.obj["lang"] = value
    return value


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(version("arobase"), prog_name="arobase")
@click.option("-v", "--verbose", count=True, help="A line for each stage, with rows and seconds; -vv for more.")
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text", help="Lines for people or machines.")
def commands(verbose: int, log_format: Format) -> None:
    """Arobase: French public records turned into open data that can be trusted.

    Messages are in French or in English, by the locale, by AROBASE_LANG or by each command's --lang.
    """
    set_up(verbose=verbose, log_format=log_format)


def main() -> None:
    """Runs a command; an error that a person can act on is one sentence, who can mend it, and exit code 2.

    What the disk answers is one too. A reader that closed its end of a pipe (`| head`) is nobody's error.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or a pipe that knows no « é » or no arrow gets a question mark, not a run that ends in a crash.
            stream.reconfigure(errors="replace")
    chosen: dict[str, str | None] = {}
    try:
        commands(prog_name="arobase", obj=chosen)
    except ArobaseError as error:
        _tell(error, chosen.get("lang"))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to print goes nowhere
        sys.exit(CANNOT)
    except OSError as error:
        _tell(fault_of(error), chosen.get("lang"))


def _tell(error: ArobaseError, wanted: str | None) -> None:
    language = terminal_language(wanted)
    mend = "À corriger par" if language == "fr" else "To be mended by"
    click.echo(f"arobase: {error.message(language)}\n{mend} {error.advice(language)}. [{error.code}]", err=True)
    sys.exit(CANNOT)


if __name__ == "__main__":
    main()
