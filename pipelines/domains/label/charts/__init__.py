"""Charts of the label."""
