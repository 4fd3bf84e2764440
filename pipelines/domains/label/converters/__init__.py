"""Converters and readings of the label's texts, one family a file."""
