"""What the main job costs as projects grow; `python -m benchmarks.scale.measure --help`."""
