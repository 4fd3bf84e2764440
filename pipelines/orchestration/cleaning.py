"""The job that keeps disk and history bounded: `arobase clean`, and runs of Dagster that are older than asked for.

Dagster keeps runs, their events and their output for ever; its own settings (`dagster.yaml`) only purge ticks.
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from pipelines.orchestration.wording import failure, say
from pipelines.orchestration.workspace import Workspace

CLEAN = "menage"
WEEKLY = "0 4 * * 0"


class Ages(dg.Config):
    """How old, in days, what may go has to be: copies of answers, and runs of Dagster that have ended."""

    answers: int = 90
    runs: int = 180


@dg.op(
    description=say(
        "Supprime ce dont aucune version n'a besoin, puis les exécutions plus vieilles que demandé.",
        "Deletes what no release needs, then the runs that are older than asked for.",
    )
)
def delete_old(context: dg.OpExecutionContext, config: Ages, workspace: Workspace) -> None:
    """Raises `dg.Failure` where it is not certain what may go: then nothing does."""
    from pipelines.core.errors import ArobaseError
    from pipelines.pipeline.cleaning import clean

    now = datetime.now(UTC)
    try:
        with workspace.at_work(whole=True) as project:
            gone = clean(project, now, timedelta(days=config.answers))
    except ArobaseError as error:
        raise failure(error) from error
    runs = forget_runs(context.instance, now - timedelta(days=config.runs), beside=context.run_id)
    size = sum(item.size for item in gone)
    french = f"{len(gone)} fichiers et dossiers supprimés ({size} octets), {runs} exécutions oubliées."
    context.log.info(say(french, f"{len(gone)} files and folders deleted ({size} bytes), {runs} runs forgotten."))


def forget_runs(instance: dg.DagsterInstance, before: datetime, *, beside: str = "") -> int:
    """Delete the runs that ended before an instant, with their events and their output; returns how many.

    `beside`: a run that stays whatever its age. The last materialisation of an asset goes with its run; an asset that
    has not been made for so long is made again, from results that are kept.
    """
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    wanted = dg.RunsFilter(statuses=ended, updated_before=before)
    runs = [run.run_id for run in instance.get_runs(wanted) if run.run_id != beside]
    for run in runs:
        instance.compute_log_manager.delete_logs(prefix=[run])
        instance.delete_run(run)
    return len(runs)


def clean_job() -> dg.JobDefinition:
    """Delete what may go, with the ages that its configuration gives."""

    @dg.job(
        name=CLEAN,
        description=say(
            "Ménage : copies de réponses et exécutions que personne ne demandera plus.",
            "Cleaning: copies of answers and runs that nobody will ask for.",
        ),
    )
    def cleaning() -> None:
        delete_old()

    return cleaning


def clean_schedule() -> dg.ScheduleDefinition:
    """Every Sunday before the day's run; off until somebody turns it on."""
    return dg.ScheduleDefinition(
        name="chaque_semaine",
        job_name=CLEAN,
        cron_schedule=WEEKLY,
        execution_timezone="Europe/Paris",
        description=say(
            "Chaque dimanche à 4 h, heure de Paris : le ménage.", "Every Sunday at 4:00, Paris time: cleaning."
        ),
    )
