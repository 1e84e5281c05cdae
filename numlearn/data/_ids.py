"""Row ids that carry nothing: derived from seed, era and row, never stored."""

import numpy as np

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
