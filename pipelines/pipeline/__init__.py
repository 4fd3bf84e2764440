"""Stages: one function a stage, which reads the files of the stages above it and writes its own.

Belongs here: order, skipping what did not change, handing files from module to module. Does not: any knowledge of the
domain. The command line and Dagster call the same functions, so that a run is the same run with or without a server.
"""
