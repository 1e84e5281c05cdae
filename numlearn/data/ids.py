"""Row ids that carry nothing: derived from seed, era and row, and files without them.

The classroom set's files are compact: ids are derived, predictions stored as ranks.
"""

import json

import numpy as np
import polars as pl

from numlearn.errors import NumlearnError

_MASK = np.uint64((1 << 60) - 1)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def mix60(numbers, key):
    """Scramble numbers below 2**60 without ever giving two of them one value.

    Parameters
    ----------
    numbers : array_like of int
        Numbers from 0 to 2**60 - 1.
    key : int
        Another key gives another scramble.

    Returns
    -------
    numpy.ndarray of uint64
        A permutation of the 60-bit numbers (odd multiplications and xor-shifts, the
        steps of SplitMix64), so distinct inputs stay distinct.
    """
    x = np.asarray(numbers, dtype=np.uint64)
    x = (x + np.uint64(key * 0x9E3779B97F4A7C15 % (1 << 60))) & _MASK
    for factor in (0x0F58476D1CE4E5B9, 0x04D049BB133111EB):
        x = ((x ^ (x >> np.uint64(29))) * np.uint64(factor)) & _MASK
    return x ^ (x >> np.uint64(31))


def row_ids(seed, era, n):
    """Return the ids of an era's first `n` rows.

    Parameters
    ----------
    seed : int
        The world's seed.
    era : int or str
        The era's number; "0007" and 7 are the same era.
    n : int
        Number of rows, below 2**24.

    Returns
    -------
    numpy.ndarray of str
        "n" and 15 hexadecimal digits each, as Numerai's ids look. No two rows of one
        world share an id, and an id says nothing about the stock behind its row.
    """
    code = mix60((int(era) << 24) + np.arange(n), seed)
    shifts = np.arange(56, -4, -4, dtype=np.uint64)
    digits = (code[:, None] >> shifts) & np.uint64(15)
    text = np.full((n, 16), ord("n"), dtype=np.uint8)
    text[:, 1:] = _HEX[digits.astype(np.intp)]
    return text.view("S16").ravel().astype("U16")


def derived_ids(eras, path):
    """Return the ids of rows whose file stores none.

    Parameters
    ----------
    eras : polars.Series of str
        The rows' eras, each era whole.
    path : pathlib.Path
        The file they came from; the world.json beside it holds the seed.

    Returns
    -------
    numpy.ndarray of str

    Raises
    ------
    NumlearnError
        If there is no world.json.
    """
    world = path.with_name("world.json")
    if not world.is_file():
        raise NumlearnError(
            f"{path.name} has no ids nor world.json beside it: load it with ids=False."
        )
    seed = json.loads(world.read_text(encoding="utf-8"))["config"]["seed"]
    runs = eras.rle().struct.unnest()
    ids = [row_ids(seed, era, n) for n, era in zip(runs["len"], runs["value"])]
    return np.concatenate(ids) if ids else np.empty(0, dtype="U16")


def as_shares(column, eras):
    """Return predictions in (0, 1), float32, from the ranks within each era.

    Rank 0 to n - 1 of n becomes (rank + 0.5) / n; other predictions stay as they are.
    """
    if column.dtype != pl.UInt16:
        return column.cast(pl.Float32).to_numpy()
    rows = eras.rle().struct.unnest()["len"].to_numpy()
    return ((column.to_numpy() + 0.5) / np.repeat(rows, rows)).astype(np.float32)
