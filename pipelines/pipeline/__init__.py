"""The pipeline: one function per stage, which reads the files of the stages before it and writes its own.

Belongs here: order, skipping what did not change, handing files from module to module. Does not: any knowledge of a
domain. The command line and Dagster call the same functions, so that a run is the same run with or without a server.

- Stages, in order: `collect.py`, `records.py` (read, validate as it comes in, normalise), `tables.py` (assemble,
  validate as it goes out), `findings.py` (run rules), `release.py` with `requests.py`, `catalogue.py`.
- What drives them: `graph.py` (what depends on what), `run.py` (the whole way for the command line), `results.py` and
  `ingredients.py` (what need not be made again), `run_journal.py` (what a run did).
- Personal data: `personal.py`, `withholding.py`, `retention.py` and `private_lock.py`.
- On demand: `replay.py`, `rebuild.py` and `remake.py`, `retraction.py`, `trying.py`, `cleaning.py`.
"""
