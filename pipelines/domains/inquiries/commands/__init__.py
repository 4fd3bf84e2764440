"""Commands of the domain, beside the engine's: one file a command."""
