"""Merkle trees as RFC 6962 hashes them: roots, proofs that a leaf is in a tree, that a tree continues another.

Belongs here: arithmetic on hashes. Does not: where hashes are kept (`tiles.py`). Source: RFC 6962, section 2.1; the
checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2, which say the same for any size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""`subtree(level, index)`: the hash of the complete subtree of 2**level leaves that begins at leaf index * 2**level."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over two others."""
    return sha256(b"\x01" + left + right).digest()


def root(size: int, subtree: Subtree) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return range_hash(0, size, subtree) if size else EMPTY_ROOT


def range_hash(start: int, stop: int, subtree: Subtree) -> bytes:
    """The hash over leaves `start` to `stop` - 1, where `start` is a multiple of the power of two that covers them."""
    pieces = [subtree(level, index) for level, index in _complete(start, stop)]
    found = pieces.pop()
    while pieces:
        found = node_hash(pieces.pop(), found)
    return found


def _complete(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees that make up a range, widest first, each as (level, index)."""
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes, from the leaf's sibling up, that lead from leaf `index` to the root of the tree of `size` leaves."""
    proof: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(range_hash(middle, stop, subtree))
            stop = middle
        else:
            proof.append(range_hash(start, middle, subtree))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show that the tree of `size` leaves continues the tree of its first `old` leaves."""
    if old in (0, size):
        return []
    proof: list[bytes] = []
    start, stop = 0, size
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            proof.append(range_hash(middle, stop, subtree))
            stop = middle
        else:
            proof.append(range_hash(start, middle, subtree))
            start = middle
    if start:
        proof.append(range_hash(start, stop, subtree))
    return proof[::-1]


def _split(leaves: int) -> int:
    """The largest power of two smaller than `leaves`."""
    return 1 << ((leaves - 1).bit_length() - 1)


def is_included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], head: bytes) -> bool:
    """Whether `proof` leads from the hash `leaf`, at `index`, to the root `head` of a tree of `size` leaves."""
    if not 0 <= index < size:
        return False
    position, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found == head


def is_consistent(old: int, old_head: bytes, size: int, head: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the tree of `size` leaves with root `head` continues that of `old` leaves."""
    if old > size or old < 0:
        return False
    if old == size:
        return not proof and old_head == head
    if old == 0:
        return not proof and old_head == EMPTY_ROOT
    steps = [old_head, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    position, last = old - 1, size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    found_old = found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            found_old, found = node_hash(step, found_old), node_hash(step, found)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, step)
        position, last = position >> 1, last >> 1
    return last == 0 and found_old == old_head and found == head
