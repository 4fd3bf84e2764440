"""Alerts: who is told, and how, that a run failed, a release was refused, a source is late, or that it is over.

Belongs here: what deserves an alert, remembering which are open, sending. Does not: any result; each alert repeats
what another module found. Nothing that is published depends on this module.
"""
