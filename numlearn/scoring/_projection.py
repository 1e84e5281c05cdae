"""Least squares against the same columns for many models: one factorisation an era."""

from functools import cache, wraps

import numpy as np

from numlearn.errors import NumlearnError

_BLOCK = 512  # columns that are held as float64 at a time
_DEPENDENT = 1e-8  # the share of a column's variance below which others explain it


class Projection:
    """What a set of columns explains of any vector, by least squares.

    Numerai's features are small integers: float32 sums their products without error, so
    the sums are exact before they are centered and factorized (Cholesky) in float64,
    and a column that is made of others shows as such and is left out. Other numbers are
    summed in float64; where they are nearly dependent, singular values decide.

    Parameters
    ----------
    columns : ndarray, shape (columns, rows)
        One era's features, without NaN.
    center : bool, default=True
        Whether a constant is one of the columns.
    """

    def __init__(self, columns, center=True):
        refuse_nan(columns)
        low, high = columns.min(axis=1), columns.max(axis=1)
        columns = columns[high > low if center else (low != 0) | (high != 0)]
        largest = max(
            abs(low.astype(float)).max(initial=0),
            abs(high.astype(float)).max(initial=0),
        )
        exact = columns.dtype.kind in "iub" and largest**2 * columns.shape[1] < 2**24
        self.center = center
        own, self.mean, gram = (_exact if exact else _floats)(columns, center)
        self.factor, share = _cholesky(gram)
        if exact and share < _DEPENDENT:
            chosen = _independent(gram)
            own, self.mean = (
                own[np.append(chosen, -1) if center else chosen],
                self.mean[chosen],
            )
            self.factor, share = _cholesky(gram[np.ix_(chosen, chosen)])
        self.basis = _orthonormal(columns, center) if share < _DEPENDENT else None
        self.passes = 1 if share > 1e-4 else 2
        self.columns = own.astype(np.float64) if len(own) <= _BLOCK else own

    def residual(self, vectors, overwrite=False):
        """Return what the columns do not explain of vectors (models × rows)."""
        if self.basis is not None:
            return vectors - (vectors @ self.basis.T) @ self.basis
        for _ in range(self.passes):
            parts = np.split(self._slopes(vectors), self._cuts())
            for part, block in zip(parts, self._blocks()):
                vectors = _subtract(vectors, part, block, overwrite)
                overwrite = True
        return vectors

    def _slopes(self, vectors):
        slopes = np.vstack([block @ vectors.T for block in self._blocks()])
        if self.center:  # the last column is a constant: its products are sums
            total = slopes[-1:]
            slopes = slopes[:-1] - self.mean[:, None] * total
        if slopes.size:
            slopes, _ = lapack().dpotrs(self.factor, slopes)
        if self.center:
            constant = total / vectors.shape[1] - self.mean @ slopes
            slopes = np.vstack([slopes, constant])
        return slopes

    def _cuts(self):
        return range(_BLOCK, len(self.columns), _BLOCK)

    def _blocks(self):
        for block in np.split(self.columns, self._cuts()):
            yield block.astype(np.float64, copy=False)


def _subtract(vectors, slopes, block, overwrite):
    """Return vectors - slopes.T @ block without an array for the product."""
    from scipy.linalg.blas import dgemm

    return dgemm(-1, block.T, slopes, 1, vectors.T, overwrite_c=overwrite).T


def refuse_nan(columns):
    """Raise a sentence where features or neutralizers have NaN."""
    if columns.dtype.kind == "f" and not np.isfinite(columns).all():
        raise NumlearnError(
            "A feature or neutralizer has NaN or inf in some era: fill it first, for "
            "example with the middle of its range (2 for Numerai's features)."
        )


def _exact(columns, center):
    """Return small integers and a constant, the means, and the centered products."""
    if center:
        columns = np.vstack(
            [columns, np.ones_like(columns, shape=(1, columns.shape[1]))]
        )
    gram = _products(columns.astype(np.float32)).astype(np.float64)
    if not center:
        return columns, np.zeros(len(columns)), gram
    total = gram[:-1, -1]
    mean = total / columns.shape[1]
    return columns, mean, gram[:-1, :-1] - np.outer(mean, total).T


def _floats(columns, center):
    """Return columns that are centered already and a constant, means of 0, products."""
    columns = columns.astype(np.float64)
    if not center:
        return columns, np.zeros(len(columns)), _products(columns)
    columns -= columns.mean(axis=1, keepdims=True)
    gram = _products(columns)
    return np.vstack([columns, np.ones(columns.shape[1])]), np.zeros(len(gram)), gram


def _products(columns):
    """Return the products of all pairs of columns: the upper triangle of a matrix."""
    from scipy.linalg import blas

    if not len(columns):  # of which BLAS complains on stderr
        return np.zeros((0, 0), columns.dtype)
    syrk = blas.ssyrk if columns.dtype == np.float32 else blas.dsyrk
    return syrk(1, columns.T, trans=1)


def _cholesky(gram):
    """Return the factor, and the least share of a column that others leave over."""
    if not len(gram):
        return gram, 1.0
    factor, failed = lapack().dpotrf(gram)
    return factor, 0.0 if failed else (factor.diagonal() ** 2 / gram.diagonal()).min()


def _independent(gram):
    """Choose columns that no others explain, by pivoted Cholesky."""
    _, order, rank, _ = lapack().dpstrf(gram, tol=_DEPENDENT * gram.diagonal().max())
    return np.sort(order[:rank] - 1)


def _orthonormal(columns, center):
    """Span the columns by orthonormal rows, as Numerai's own routines would."""
    columns = columns.astype(np.float64)
    if center:
        columns = np.vstack([columns, np.ones(columns.shape[1])])
    _, size, rows = np.linalg.svd(columns, full_matrices=False)
    small = 1e-6 if center else max(columns.shape) * np.finfo(float).eps
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
