"""Converters and readings of inquiries and their notices, one family a file."""
