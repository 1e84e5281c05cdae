"""The fast path: rows of numbers become ranks, and ranks become scores.

A matrix is models × rows of one era: C-ordered float64, no NaN. The work is one radix
sort a model, a table of normal quantiles and one sum a score; no BLAS, so no threads.
"""

from functools import lru_cache

import numpy as np

# Freeing a large block makes glibc keep freed memory for reuse: without this line half
# of the time goes into page faults.
np.empty(31 << 20, np.uint8)


def sorted_rows(x):
    """Return the stable order of each row of x, and the values in that order.

    A 16-bit key takes numpy's radix sort, far faster than a sort of floats; neighbours
    that share a key are then swapped. Long rows and heavy tails get a 24-bit key.
    """
    values = np.empty_like(x)
    with np.errstate(all="ignore"):
        scaled = x.astype(np.float32)
        scaled -= scaled.min(axis=1, keepdims=True)
        scaled *= 65535 / scaled.max(axis=1, keepdims=True)
        keys = [scaled.astype(np.uint16)]
        crowded = keys[0][0, :512].std() < x.shape[1]  # a guess, from the first row
        for fine in (True,) if crowded else (False, True):
            if fine:
                keys.insert(0, ((scaled - keys[0]) * 256).astype(np.uint8))
            order = _radix(*keys)
            if _swap_neighbours(order.ravel(), _take(x, order, values)):
                return order, values
    order = np.argsort(x, axis=1, kind="stable")
    return order, _take(x, order, values)


def _radix(first, *others):
    order = np.argsort(first, axis=1, kind="stable")
    for keys in others:
        then = _take(keys, order, np.empty_like(keys)).argsort(axis=1, kind="stable")
        order = _take(order, then, np.empty_like(order))
    return order


def _take(x, order, out):
    for row, where, to in zip(x, order, out):  # one row at a time stays in the cache
        row.take(where, out=to, mode="clip")
    return out


def _swap_neighbours(order, values):
    """Bring nearly sorted rows into order, in place; return whether that worked."""
    flat, end = values.ravel(), values.shape[1]
    worse = np.zeros(values.shape, bool)
    np.less(values[:, 1:], values[:, :-1], out=worse[:, :-1])
    wrong = np.flatnonzero(worse)
    for _ in range(16):
        if not wrong.size:
            return True
        apart = np.ones(wrong.size, bool)  # pairs that do not overlap
        np.greater(wrong[1:], wrong[:-1] + 1, out=apart[1:])
        swap, rest = wrong[apart], wrong[~apart]
        if swap.size > 0.07 * flat.size:
            break
        after = swap + 1
        for x in (order, flat):
            x[swap], x[after] = x.take(after), x.take(swap)
        near = np.concatenate([rest, swap - 1, after])  # all else is in order
        near = near[flat.take(near + 1, mode="clip") < flat.take(near, mode="clip")]
        wrong = np.sort(near[(near + 1) % end != 0])  # not from one row to the next
    return False


def units(x):
    """Centre each row of x and scale it to length 1; NaN where it is constant."""
    constant = x.min(axis=1) == x.max(axis=1)
    x = x - x.mean(axis=1, keepdims=True)
    x /= np.where(constant, np.nan, np.sqrt(np.einsum("ij,ij->i", x, x)))[:, None]
    return x


@lru_cache(maxsize=64)
def _table(transform, n, unit=False):
    level = transform((np.arange(n) + 0.5) / n)[None]
    return units(level) if unit else level


def levels(values, transform, unit=False):
    """Return transform(average rank) of sorted rows (None: positions), or one row."""
    m, n = values.shape
    same = values[:, 1:] == values[:, :-1]
    if transform is None or not same.any():
        return _table(transform or np.positive, n, unit)
    after, before = joined = np.zeros((2, m, n), bool)  # equal to a neighbour
    after[:, 1:] = before[:, :-1] = same
    first, last = np.flatnonzero(before > after), np.flatnonzero(after > before)
    rank = ((first + last) / 2 - first // n * n + 0.5) / n
    spread = np.tile(_table(transform, n), (m, 1))
    spread[joined.any(axis=0)] = np.repeat(transform(rank), last - first + 1)
    return units(spread) if unit else spread


def ranked(x, transform, out=None):
    """Return transform(average rank) of each row of x, in the order of x."""
    order, values = sorted_rows(x)
    level = np.broadcast_to(levels(values, transform), x.shape)
    result = np.empty_like(x) if out is None else out
    for row, where, to in zip(result, order, level):
        row[where] = to
    return result


def ranked_dots(x, *terms):
    """Yield Σ weight · transform(rank) of each row, for (transform, weight, unit)."""
    order, values = sorted_rows(x)
    for transform, weight, unit in terms:
        level = levels(values, transform, unit)
        yield np.einsum("ij,ij->i", weight.take(order), level)
