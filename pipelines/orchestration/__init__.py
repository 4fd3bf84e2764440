"""Orchestration: the same stages as the command line's, as Dagster assets, checks, jobs, schedules and sensors.

With `definitions.py`, the only module that imports dagster. Belongs here: how things are triggered, partitioned,
retried and shown. Does not: anything that could be wrong with data; each asset calls one function of `pipeline/`.
Nothing heavy is imported while definitions load: stages are imported inside the assets.
"""
