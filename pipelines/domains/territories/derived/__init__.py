"""Tables derived from other tables, one file each family, found by registration.

Belongs here: arithmetic over typed tables and the shipped geography. Does not: reading a source, validating a row,
or any rule.
"""
