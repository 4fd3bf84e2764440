"""Trying a step again where waiting may help, and letting an interruption end it.

An op with a `RetryPolicy` cannot be cancelled: Dagster takes the interruption for a failure, tries again, and the run
goes on and publishes ("respect retry policy when interrupts occur", `op_execution_error_boundary`, dagster 1.13). Steps
therefore have no policy, and ask for their next attempt here.
Belongs here: when a step is tried again. Does not: which errors pass by waiting (`core/errors.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

RETRIES = dg.RetryPolicy(max_retries=3, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)


@contextmanager
def tried_again(context: dg.OpExecutionContext | dg.AssetExecutionContext) -> Iterator[None]:
    """Within it, what fails is tried again, as often as `RETRIES` says; the last failure stays what it is.

    A `dg.Failure` that allows no retry, an error of Dagster's own and an interruption go through."""
    try:
        yield
    except (dg.DagsterError, dg.RetryRequested):
        raise
    except Exception as error:
        is_final = isinstance(error, dg.Failure) and not error.allow_retries
        if is_final or context.retry_number >= RETRIES.max_retries:
            raise
        seconds = RETRIES.calculate_delay(context.retry_number + 1)
        raise dg.RetryRequested(RETRIES.max_retries, seconds_to_wait=seconds) from error
