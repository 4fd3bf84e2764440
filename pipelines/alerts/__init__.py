"""Alerts: who is notified, and how, of a failed run, a refused release or a late source, and of the end of it.

Belongs here: what deserves an alert, remembering which are open, sending. Does not: any result; each alert repeats
what another module found. Nothing that is published depends on this module.
"""
