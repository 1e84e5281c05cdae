"""The fast path: rows of numbers become ranks, and ranks become scores.

A matrix is models × rows of one era: C-ordered float64, no NaN. The work is one radix
sort a model, a table of normal quantiles and one sum a score; no BLAS, so no threads.
"""

from functools import lru_cache

import numpy as np
from scipy.special import ndtri

# Freeing a large block makes glibc keep freed memory for reuse: without this line half
# of the time goes into page faults.
np.empty(31 << 20, np.uint8)


def sorted_rows(x):
    """Return the stable order of each row of x, and the values in that order.

    A 16-bit key takes numpy's radix sort, several times faster than a sort of floats;
    neighbours that share a key are then swapped. Long rows and heavy tails get 32 bits.
    """
    starts = np.arange(0, x.size, x.shape[1])[:, None]
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        scaled = (x - low) * (65535 / (high - low))
        for passes in (1, 2) if x.shape[1] < 8_000 else (2,):
            order = _radix(scaled, passes, starts)
            values = x.ravel().take(order + starts)
            if _swap_neighbours(order.ravel(), values):
                return order, values
    order = np.argsort(x, axis=1, kind="stable")
    return order, x.ravel().take(order + starts)


def _radix(scaled, passes, starts):
    keys = scaled.astype(np.uint16)
    if passes == 1:
        return np.argsort(keys, axis=1, kind="stable")
    fraction = ((scaled - keys) * 65536).astype(np.uint16)
    low = np.argsort(fraction, axis=1, kind="stable")
    high = np.argsort(keys.ravel().take(low + starts), axis=1, kind="stable")
    return low.ravel().take(high + starts)


def _swap_neighbours(order, values):
    """Bring nearly sorted rows into order, in place; return whether that worked."""
    flat, end = values.ravel(), values.shape[1]
    wrong = np.flatnonzero(flat[1:] < flat[:-1])
    for _ in range(16):
        wrong = wrong[(wrong + 1) % end != 0]  # not from one row to the next
        if not wrong.size:
            return True
        swap = wrong[np.diff(wrong, prepend=-2) > 1]  # pairs that do not overlap
        if swap.size > 0.07 * values.size:
            return False
        for x in (order, flat):
            x[swap], x[swap + 1] = x[swap + 1], x[swap]
        near = np.concatenate([wrong, swap - 1, swap + 1])  # all else is in order
        near = near[(near >= 0) & (near < flat.size - 1)]
        wrong = np.unique(near[flat[near + 1] < flat[near]])
    return False


def tails(x):
    """Raise x to the signed power 1.5."""
    return x * np.sqrt(np.abs(x))


def gauss_tails(rank):
    """Map a scaled rank to its normal quantile, to the signed power 1.5."""
    return tails(ndtri(rank))


@lru_cache(maxsize=64)
def _table(transform, n):
    return transform((np.arange(n) + 0.5) / n)[None]


def levels(values, transform):
    """Return transform(average rank) of sorted rows; where it is None, their positions.

    The result has one row if it is the same for all.
    """
    m, n = values.shape
    same = values[:, 1:] == values[:, :-1]
    if transform is None or not same.any():
        return _table(transform or np.positive, n)
    after, before = joined = np.zeros((2, m, n), bool)  # equal to a neighbour
    after[:, 1:] = before[:, :-1] = same
    first, last = np.flatnonzero(before > after), np.flatnonzero(after > before)
    rank = ((first + last) / 2 - first // n * n + 0.5) / n
    spread = np.tile(_table(transform, n), (m, 1))
    spread[joined.any(axis=0)] = np.repeat(transform(rank), last - first + 1)
    return spread


def ranked(x, transform, out=None):
    """Return transform(average rank) of each row of x, in the order of x."""
    order, values = sorted_rows(x)
    order += np.arange(0, x.size, x.shape[1])[:, None]
    level = np.broadcast_to(levels(values, transform), x.shape)
    result = np.empty_like(x) if out is None else out
    result.ravel()[order.ravel()] = level.ravel()  # flat, it is twice as fast
    return result


def ranked_dots(x, *terms):
    """Yield Σ weight · transform(rank) of each row of x, for each term.

    A term is (transform, weight, scaled). Where `scaled` is true, transform(rank) is
    scaled to length 1 around its mean; the weight has mean 0 already.
    """
    order, values = sorted_rows(x)
    for transform, weight, scaled in terms:
        level = levels(values, transform)
        total = np.einsum("ij,ij->i", weight.take(order), level)
        if scaled:
            level = level - level.mean(axis=1, keepdims=True)
            with np.errstate(invalid="ignore"):
                total /= np.sqrt(np.einsum("ij,ij->i", level, level))
        yield total
