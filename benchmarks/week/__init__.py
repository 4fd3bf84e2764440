"""A week of a deployment in minutes: `python -m benchmarks.week --help`."""
