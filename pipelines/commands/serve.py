"""`arobase serve`: look at the catalogue on one's own machine."""

from __future__ import annotations

import errno
from typing import ClassVar

import click

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.text import terminal_language


class PortTaken(ArobaseError):
    """Another program listens on the port."""

    code: ClassVar[str] = "port-taken"
    fr: ClassVar[str] = "Le port {port} de {host} est déjà pris ; en donner un autre : arobase serve --port {other}."
    en: ClassVar[str] = "Port {port} of {host} is already taken; give another: arobase serve --port {other}."


class NoCatalogue(ArobaseError):
    """There is nothing to show yet."""

    code: ClassVar[str] = "no-catalogue"
    fr: ClassVar[str] = "{folder} ne contient pas de catalogue ; le faire d'abord : arobase release."
    en: ClassVar[str] = "{folder} holds no catalogue; make it first: arobase release."


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--rebuild", is_flag=True, help="Write the catalogue anew first, with this server's own address in it.")
@click.option("--quiet", is_flag=True, help="Print no requests.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(host: str, port: int, rebuild: bool, quiet: bool, lang: str | None) -> None:
    """Show the catalogue and the releases on this machine, until Ctrl-C.

    Only outputs/catalogue and outputs/releases are shown, to be read from any site. Range requests are answered, so
    that previews read only the parts of files that they need; what a browser holds already is not sent again.
    """
    from pipelines.catalogue.serving import server
    from pipelines.pipeline.announce import make_announcement

    project = Project.here()
    try:
        made = server(project.outputs, host, port, told=not quiet)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(host=host, port=port, other=port + 1) from None
    with made:
        address = f"http://{host}:{made.server_address[1]}/"
        if rebuild:
            make_announcement(project, base_url=address)
        if not (project.catalogue / "index.html").is_file():
            raise NoCatalogue(folder="outputs/catalogue")
        french = terminal_language(lang) == "fr"
        click.echo(f"{address}catalogue/  {'(Ctrl-C pour arrêter)' if french else '(Ctrl-C to stop)'}")
        try:
            made.serve_forever()
        except KeyboardInterrupt:
            click.echo()
