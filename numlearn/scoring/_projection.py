"""Least squares against the same columns for many models: one factorisation an era."""

from functools import cache, reduce, wraps

import numpy as np

from numlearn.errors import NumlearnError

_BLOCK = 512  # columns that are held as float64 at a time
_DEPENDENT = 1e-8  # the share of a column's variance below which others explain it


class Projection:
    """What a set of columns explains of any vector, by least squares.

    Numerai's features are small integers: float32 sums their products without error, so
    the sums are exact before they are centred and factorised (Cholesky) in float64, and
    a column that is made of others shows as such and is left out. Other numbers are
    summed in float64; where they are nearly dependent, singular values decide.

    Parameters
    ----------
    columns : ndarray, shape (columns, rows)
        One era's features, without NaN.
    centre : bool, default=True
        Whether a constant is one of the columns.
    """

    def __init__(self, columns, centre=True):
        refuse_nan(columns)
        low, high = columns.min(axis=1), columns.max(axis=1)
        columns = columns[high > low if centre else (low != 0) | (high != 0)]
        largest = max(
            abs(low.astype(float)).max(initial=0),
            abs(high.astype(float)).max(initial=0),
        )
        exact = columns.dtype.kind in "iub" and largest**2 * columns.shape[1] < 2**24
        self.centre = centre
        own, self.mean, gram = (_exact if exact else _floats)(columns, centre)
        self.factor, share = _cholesky(gram)
        if exact and share < _DEPENDENT:
            chosen = _independent(gram)
            own, self.mean = (
                own[np.append(chosen, -1) if centre else chosen],
                self.mean[chosen],
            )
            self.factor, share = _cholesky(gram[np.ix_(chosen, chosen)])
        self.basis = _orthonormal(columns, centre) if share < _DEPENDENT else None
        self.passes = 1 if share > 1e-4 else 2
        self.columns = own.astype(np.float64) if len(own) <= _BLOCK else own

    def residual(self, vectors):
        """Return what the columns do not explain of vectors (models × rows)."""
        if self.basis is not None:
            return vectors - (vectors @ self.basis.T) @ self.basis
        for _ in range(self.passes):
            explained = self._explained(vectors)
            vectors = np.subtract(vectors, explained, out=explained)
        return vectors

    def _explained(self, vectors):
        products = np.hstack([vectors @ block.T for block in self._blocks()])
        if self.centre:  # the last column is a constant: its products are sums
            total = products[:, -1:]
            products = products[:, :-1] - total * self.mean
        slopes = products.T
        if slopes.size:
            slopes, _ = lapack().dpotrs(self.factor, slopes)
        if self.centre:
            constant = total.T / vectors.shape[1] - self.mean @ slopes
            slopes = np.vstack([slopes, constant])
        parts = zip(np.split(slopes, self._cuts()), self._blocks())
        return reduce(np.add, (part.T @ block for part, block in parts))

    def _cuts(self):
        return range(_BLOCK, len(self.columns), _BLOCK)

    def _blocks(self):
        for block in np.split(self.columns, self._cuts()):
            yield block.astype(np.float64, copy=False)


def refuse_nan(columns):
    """Raise a sentence where features or neutralizers have NaN."""
    if columns.dtype.kind == "f" and np.isnan(columns).any():
        raise NumlearnError(
            "A feature or neutralizer has NaN in some era: fill it first, for example "
            "with the middle of its range (2 for Numerai's features)."
        )


def _exact(columns, centre):
    """Return small integers and a constant, the means, and the centred products."""
    if centre:
        columns = np.vstack(
            [columns, np.ones_like(columns, shape=(1, columns.shape[1]))]
        )
    single = columns.astype(np.float32)
    gram = (single @ single.T).astype(np.float64)
    if not centre:
        return columns, np.zeros(len(columns)), gram
    total = gram[-1, :-1]
    mean = total / columns.shape[1]
    return columns, mean, gram[:-1, :-1] - np.outer(total, mean)


def _floats(columns, centre):
    """Return columns that are centred already and a constant, means of 0, products."""
    columns = columns.astype(np.float64)
    if not centre:
        return columns, np.zeros(len(columns)), columns @ columns.T
    columns -= columns.mean(axis=1, keepdims=True)
    gram = columns @ columns.T
    return np.vstack([columns, np.ones(columns.shape[1])]), np.zeros(len(gram)), gram


def _cholesky(gram):
    """Return the factor, and the least share of a column that others leave over."""
    if not len(gram):
        return gram, 1.0
    factor, failed = lapack().dpotrf(gram.T)
    return factor, 0.0 if failed else (factor.diagonal() ** 2 / gram.diagonal()).min()


def _independent(gram):
    """Choose columns that no others explain, by pivoted Cholesky."""
    _, order, rank, _ = lapack().dpstrf(gram.T, tol=_DEPENDENT * gram.diagonal().max())
    return np.sort(order[:rank] - 1)


def _orthonormal(columns, centre):
    """Span the columns by orthonormal rows, as Numerai's own routines would."""
    columns = columns.astype(np.float64)
    if centre:
        columns = np.vstack([columns, np.ones(columns.shape[1])])
    _, size, rows = np.linalg.svd(columns, full_matrices=False)
    small = 1e-6 if centre else max(columns.shape) * np.finfo(float).eps
    return rows[size > small * size[0]]


def lapack():
    """Import scipy's LAPACK when it is needed: a corr in a fresh notebook is not."""
    from scipy.linalg import lapack

    return lapack


@cache
def _blas():
    from threadpoolctl import ThreadpoolController

    lapack()  # scipy brings a BLAS of its own, which must be there to be controlled
    return ThreadpoolController()


def one_blas_thread(function):
    """Let a function use one BLAS thread: eras, not products, are worked in parallel.

    Two BLAS threads that wait for each other on a busy machine can be hundreds of times
    slower than one.
    """

    @wraps(function)
    def limited(*args, **kwargs):
        with _blas().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
