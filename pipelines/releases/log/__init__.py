"""The log of events: a Merkle tree whose head is signed, as static files that any web server can serve.

Belongs here: the tree (RFC 6962), its tiles (C2SP `tlog-tiles`), signed notes and checkpoints, proofs, witnesses, time
stamps. Does not: what an event means (`ledger.py`), nor when one happens (`publish.py`, `retract.py`).
"""
