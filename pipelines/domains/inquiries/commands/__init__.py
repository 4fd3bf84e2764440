"""Commands of the domain, beside the engine's: one file per command.

Belongs here: options and printing. Does not: any rule (`law/`).
"""
