"""What machines watch: Prometheus' figures of a project, and OpenLineage's events of its runs.

Belongs here: exporting what other modules recorded. Does not: recording it. Nothing that is published depends on this
module.
"""
