"""Tiles: the hashes and the entries of a log as small static files, of which a reader fetches the few that it needs.

Belongs here: their names, their bytes, reading hashes from them, adding entries. Does not: signing (`notes.py`).
Source: C2SP `tlog-tiles`. A tile holds 256 hashes; a partial one, of fewer, stays until its full one is there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipelines.releases.errors import LogDamaged
from pipelines.releases.log.merkle import HASH_BYTES, leaf_hash, node_hash, root
from pipelines.storage import write_bytes

HEIGHT = 8
WIDTH = 1 << HEIGHT
ENTRIES = "entries"
LONGEST_ENTRY = 0xFFFF

Read = Callable[[str], bytes | None]
"""`read(name)`: the bytes of a file of the log, by its path in it; none when it is not there."""


def tile_name(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile: `tile/0/x001/x234/067`, with `.p/<width>` when it is partial."""
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.append(f"x{index % 1000:03d}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{'/'.join(reversed(parts))}{partial}"


def tile_names(size: int) -> list[str]:
    """The tiles and the bundles of a log of `size` entries."""
    names = []
    for level in (ENTRIES, *range(64)):
        wide = size >> (HEIGHT * level) if isinstance(level, int) else size
        names += [tile_name(level, index, min(WIDTH, wide - index * WIDTH)) for index in range(-(-wide // WIDTH))]
        if wide == 0:
            break
    return names


class Tree:
    """The tree of the first `size` entries of a log, read from its tiles as it is asked; each tile is read once."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self.size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree (`merkle.Subtree`). Raises `LogDamaged` when its tile is not as it must be."""
        tile_level, above = divmod(level, HEIGHT)
        if above == 0:
            tile, place = divmod(index, WIDTH)
            hashes = self._tile(tile_level, tile)
            return hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]
        return node_hash(self.subtree(level - 1, 2 * index), self.subtree(level - 1, 2 * index + 1))

    @property
    def root(self) -> bytes:
        return root(self.size, self.subtree)

    def entry(self, index: int) -> bytes:
        """One entry, found to be the one that the tree holds. Raises `LogDamaged`."""
        start = index - index % WIDTH
        return self.bundle(start // WIDTH)[index - start]

    def entries(self, start: int) -> Iterator[tuple[int, bytes]]:
        """The entries from `start` on, each with its index. Raises `LogDamaged`."""
        for number in range(start // WIDTH, -(-self.size // WIDTH)):
            for place, data in enumerate(self.bundle(number)):
                index = number * WIDTH + place
                if index >= start:
                    yield index, data

    def bundle(self, number: int) -> list[bytes]:
        """The entries of one bundle, each found to be the one that the tree holds. Raises `LogDamaged`."""
        width = min(WIDTH, self.size - number * WIDTH)
        name = tile_name(ENTRIES, number, width)
        data = self._bytes(name, tile_name(ENTRIES, number))
        found = _unbundled(data, name)[:width]
        hashes = b"".join(leaf_hash(item) for item in found)
        if len(found) != width or hashes != self._tile(0, number)[: width * HASH_BYTES]:
            raise LogDamaged(file=name, found=str(len(found)), expected=str(width))
        return found

    def _tile(self, level: int, index: int) -> bytes:
        known = self._tiles.get((level, index))
        if known is None:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - index * WIDTH)
            name = tile_name(level, index, width)
            data = self._bytes(name, tile_name(level, index))
            known = data[: width * HASH_BYTES]
            if width < 1 or len(data) not in (width * HASH_BYTES, WIDTH * HASH_BYTES):
                raise LogDamaged(file=name, found=str(len(data)), expected=str(width * HASH_BYTES))
            self._tiles[level, index] = known
        return known

    def _bytes(self, name: str, full: str) -> bytes:
        """A partial tile, or the full one that took its place."""
        data = self._read(name)
        if data is None and full != name:
            data = self._read(full)
        if data is None:
            raise LogDamaged(file=name, found="∅", expected=full)
        return data


def holds(name: str, data: bytes) -> bool:
    """Whether a tile or a bundle contains as many hashes or entries as its name says, and not a byte more."""
    plain, _, width = name.partition(".p/")
    wide = int(width) if width else WIDTH
    if plain.startswith(f"tile/{ENTRIES}/"):
        try:
            return len(_unbundled(data, name)) == wide
        except LogDamaged:
            return False
    return len(data) == wide * HASH_BYTES


def _unbundled(data: bytes, name: str) -> list[bytes]:
    found, place = [], 0
    while place < len(data):
        if place + 2 > len(data):
            raise LogDamaged(file=name, found=str(len(data)), expected=str(place + 2))
        (length,) = struct.unpack_from(">H", data, place)
        place += 2 + length
        if place > len(data):
            raise LogDamaged(file=name, found=str(len(data)), expected=str(place))
        found.append(data[place - length : place])
    return found


def grown(read: Read, size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
    """The files to write so that a log of `size` entries holds these after its own, by name, lowest level first.

    Raises `LogDamaged` when a tile that is to grow is not there, or an entry is too long for a bundle.
    """
    for data in entries:
        if len(data) > LONGEST_ENTRY:
            raise LogDamaged(file=ENTRIES, found=str(len(data)), expected=f"≤ {LONGEST_ENTRY}")
    tree = Tree(read, size)
    files = _bundles(tree, entries)
    level, first, hashes = 0, size, [leaf_hash(data) for data in entries]
    while hashes:
        start = first // WIDTH
        kept = first - start * WIDTH
        before = tree._tile(level, start) if kept else b""
        whole = before + b"".join(hashes)
        hashes, first = [], start
        for offset in range(0, len(whole), WIDTH * HASH_BYTES):
            piece = whole[offset : offset + WIDTH * HASH_BYTES]
            number = start + offset // (WIDTH * HASH_BYTES)
            files[tile_name(level, number, len(piece) // HASH_BYTES)] = piece
            if len(piece) == WIDTH * HASH_BYTES:
                hashes.append(_over(piece))
        level += 1
    return files


def _bundles(tree: Tree, entries: Sequence[bytes]) -> dict[str, bytes]:
    start = tree.size // WIDTH
    items = [*(tree.bundle(start) if tree.size % WIDTH else []), *entries]
    files = {}
    for offset in range(0, len(items), WIDTH):
        chosen = items[offset : offset + WIDTH]
        data = b"".join(struct.pack(">H", len(item)) + item for item in chosen)
        files[tile_name(ENTRIES, start + offset // WIDTH, len(chosen))] = data
    return files


def _over(tile: bytes) -> bytes:
    """The hash of the subtree whose leaves are the hashes of a full tile."""
    hashes = [tile[place : place + HASH_BYTES] for place in range(0, len(tile), HASH_BYTES)]
    while len(hashes) > 1:
        hashes = [node_hash(hashes[place], hashes[place + 1]) for place in range(0, len(hashes), 2)]
    return hashes[0]


def write_tiles(folder: Path, files: dict[str, bytes]) -> None:
    """Write tiles under `folder`; a partial tile goes once its full one is there. Each file appears whole."""
    for name, data in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            write_bytes(path, data)
    for name, path in ((name, folder / name) for name in files):
        if ".p/" not in name:
            _forget_partial(path)


def _forget_partial(full: Path) -> None:
    partial = full.with_name(f"{full.name}.p")
    if partial.is_dir():
        for path in sorted(partial.iterdir()):
            path.unlink()
        partial.rmdir()
