"""The commands of `arobase`, one file each: `commands/<name>.py` has a click command called `command`.

Belongs here: options, progress, printing, exit codes. Does not: anything that an asset would need too.
"""
