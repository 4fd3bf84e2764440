"""The command line reference: what `--help` says of every command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from pipelines.cli import commands
from pipelines.commands._bilingual import speaking
from pipelines.core.text import Language, Said
from scripts.reference.markdown import page

WIDTH = 100
TITLE = Said("Ligne de commande", "Command line")
INTRODUCTION = Said(
    "Ce que répond `arobase COMMANDE --help --lang fr`. La description de chaque commande donne ses codes de sortie.",
    "What `arobase COMMAND --help` says. Exit codes are part of each command's description.",
)


def every_command() -> Iterator[tuple[str, click.Context]]:
    """Each command with its full name and a context to ask its help in; groups before their members."""
    settings: dict[str, Any] = {**commands.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    top = click.Context(commands, info_name="arobase", **settings)
    yield "arobase", top
    waiting = [top]
    while waiting:
        context = waiting.pop(0)
        group = context.command
        if not isinstance(group, click.Group):
            continue
        for name in group.list_commands(context):
            member = group.get_command(context, name)
            if member is not None:
                inner = click.Context(member, context, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
                yield inner.command_path, inner
                waiting.append(inner)


def commands_page(language: Language) -> str:
    """The help of every command in one language, in alphabetical order."""
    with speaking(language):
        texts = {name: context.command.get_help(context) for name, context in every_command()}
    sections = [f"## {name}\n\n```text\n{text.rstrip()}\n```" for name, text in sorted(texts.items())]
    return page(TITLE[language], INTRODUCTION[language], *sections)
