"""Assets of the portals, one for each file of `sources/portals/`, and the sensor that pushes new versions.

A project that describes no portal has neither.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.orchestration.cursors import following, seen
from pipelines.orchestration.packages import release_key
from pipelines.orchestration.wording import failure, in_words, listed, say, sentence
from pipelines.orchestration.workspace import Workspace
from pipelines.portals.descriptions import Portal, portal_files, read_portal
from pipelines.portals.errors import PortalFileError
from pipelines.schema import Package, package_names

PORTALS, PUSH = "portails", "pousser"


DONE = {
    "created": Said("créé", "created"),
    "updated": Said("mis à jour", "updated"),
    "unchanged": Said("inchangé", "unchanged"),
}


def portal_key(portal: str) -> dg.AssetKey:
    return dg.AssetKey([PORTALS, portal.replace("-", "_")])


def known_portals(project: Project) -> dict[str, Portal]:
    """The portals of a project; one whose file is wrong is left out and reported in the log of the code location."""
    found: dict[str, Portal] = {}
    packages = package_names(project.schemas)
    for path in portal_files(project):
        try:
            found[path.stem] = read_portal(path, packages=packages)
        except PortalFileError as error:
            dg.get_dagster_logger("arobase").error(sentence(error))
    return found


def portal_assets(portals: Mapping[str, Portal], packages: Mapping[str, Package]) -> list[dg.AssetsDefinition]:
    """An asset for each portal: the current version of every package that goes there."""
    return [_asset(portal, [name for name in packages if portal.takes(name)]) for portal in portals.values()]


def push_sensors(portals: Mapping[str, Portal]) -> list[dg.SensorDefinition]:
    """The sensor on new versions, where there is a portal to push them to."""
    return [_sensor(sorted(portals))] if portals else []


def _asset(portal: Portal, packages: list[str]) -> dg.AssetsDefinition:
    key = portal_key(portal.name)

    @dg.asset(
        key=key,
        group_name=PORTALS,
        deps=[release_key(name) for name in packages],
        description=say(
            f"Les versions courantes sur « {portal.title} » ({portal.address}).",
            f'The current releases on "{portal.title_en}" ({portal.address}).',
        ),
        owners=["team:arobase"],
        kinds={portal.software},
        check_specs=[
            dg.AssetCheckSpec(
                "derive",
                asset=key,
                description=say(
                    "Avant l'envoi, le portail contenait ce qui y avait été envoyé.",
                    "Before the push, the portal held what had been pushed to it.",
                ),
            )
        ],
    )
    def pushed(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        yield from workspace.run(lambda project, _: _pushed(context, project, portal, packages), keeps_results=False)

    return pushed


def _pushed(context: dg.AssetExecutionContext, project: Project, portal: Portal, packages: list[str]) -> Iterator[Any]:
    from pipelines.portals.pushing import look, push, released

    failed, metadata = list[ArobaseError](), dict[str, Any]()
    drifted: dict[str, Any] = {}
    ask: dict[str, Any] = {"environment": os.environ, "now": lambda: datetime.now(UTC)}
    for name in (item for item in packages if item in released(project)):
        try:
            seen = look(project, portal, name, **ask)
            # A portal at this very version that differs was changed by somebody else.
            if seen.there == seen.publication.version and seen.differences:
                drifted[name] = [item.message() for item in seen.differences]
            outcome = push(project, portal, name, **ask)
        except ArobaseError as error:
            context.log.error(listed({name: sentence(error)}))
            failed.append(error)
            continue
        metadata[name] = {
            "version": outcome.version,
            say("état", "state"): in_words(DONE[outcome.done.value]),
            "page": outcome.page,
        }
    if failed:
        raise failure(failed[0]) from failed[0]
    yield dg.MaterializeResult(metadata=metadata)
    yield dg.AssetCheckResult(
        check_name="derive", passed=not drifted, severity=dg.AssetCheckSeverity.WARN, metadata=drifted
    )


def push_job(portals: Mapping[str, Portal]) -> list[Any]:
    """Only the pushes: what the sensor runs."""
    if not portals:
        return []
    return [
        dg.define_asset_job(
            PUSH,
            selection=dg.AssetSelection.assets(*(portal_key(name) for name in sorted(portals))),
            description=say(
                "Envoie les versions courantes aux portails décrits.",
                "Pushes the current releases to the portals that are described.",
            ),
        )
    ]


def _sensor(portals: list[str]) -> dg.SensorDefinition:
    @dg.sensor(
        name="nouvelles_versions",
        job_name=PUSH,
        minimum_interval_seconds=60,
        description=say(
            f"Envoie toute nouvelle version à {', '.join(portals)}.",
            f"Pushes each new release to {', '.join(portals)}.",
        ),
    )
    def versions(context: dg.SensorEvaluationContext, workspace: Workspace) -> Iterator[dg.RunRequest | dg.SkipReason]:
        from pipelines.portals.pushing import released

        with workspace.at_work() as project:
            state = "\n".join(f"{name} {version}" for name, version in released(project).items())
        if state == (seen(context.cursor) or ""):
            yield dg.SkipReason(say("Aucune nouvelle version.", "No new release."))
            return
        cursor, key = following(context.cursor, state)
        context.update_cursor(cursor)
        yield dg.RunRequest(run_key=key)

    return versions
