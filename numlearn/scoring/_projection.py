"""Least squares against the same columns for many models: one factorisation an era."""

import inspect
from functools import cache, wraps

import numpy as np
from scipy.linalg import blas, lapack  # a BLAS of its own, which `_blas` controls

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
        largest = max(abs(x.astype(float)).max(initial=0) for x in (low, high))
        rows = columns.shape[1]
        exact = columns.dtype.kind in "iub" and largest**2 * rows < 2**24
        given, kind = columns, np.float32 if exact else np.float64
        if not exact:
            columns = columns.astype(np.float64)
            columns -= columns.mean(axis=1, keepdims=True) if center else 0.0
        own, self.center, self.mean = columns, center, np.zeros(len(columns))
        if center:
            own = np.vstack([columns, np.ones_like(columns, shape=(1, rows))])
        gram = _products((own if exact else columns).astype(kind)).astype(np.float64)
        if exact and center:
            total = gram[:-1, -1]
            self.mean = total / rows
            gram = gram[:-1, :-1] - np.outer(self.mean, total).T
        self.factor, share = _cholesky(gram)
        if exact and share < _DEPENDENT:  # columns that no others explain
            tolerance = _DEPENDENT * gram.diagonal().max()
            _, order, rank, _ = lapack.dpstrf(gram, tol=tolerance)
            chosen = np.sort(order[:rank] - 1)
            own = own[np.append(chosen, -1) if center else chosen]
            self.mean = self.mean[chosen]
            self.factor, share = _cholesky(gram[np.ix_(chosen, chosen)])
        self.basis = _orthonormal(given, center) if share < _DEPENDENT else None
        self.passes = 1 if share > 1e-4 else 2
        own = own.astype(np.float64) if len(own) <= _BLOCK else own
        self.blocks = np.split(own, range(_BLOCK, len(own), _BLOCK))

    def residual(self, vectors, overwrite=False):
        """Return what the columns do not explain of vectors (models × rows)."""
        if self.basis is not None:
            return vectors - (vectors @ self.basis.T) @ self.basis
        for _ in range(self.passes):
            slopes = np.vstack(
                [
                    block.astype(np.float64, copy=False) @ vectors.T
                    for block in self.blocks
                ]
            )
            if self.center:  # the last column is a constant: its products are sums
                total = slopes[-1:]
                slopes = slopes[:-1] - self.mean[:, None] * total
            if slopes.size:
                slopes, _ = lapack.dpotrs(self.factor, slopes)
            if self.center:
                constant = total / vectors.shape[1] - self.mean @ slopes
                slopes = np.vstack([slopes, constant])
            parts = np.split(slopes, range(_BLOCK, len(slopes), _BLOCK))
            for part, block in zip(parts, self.blocks):  # without an array of products
                block = block.astype(np.float64, copy=False)
                vectors = blas.dgemm(
                    -1, block.T, part, 1, vectors.T, overwrite_c=overwrite
                ).T
                overwrite = True
        return vectors


def refuse_nan(columns):
    """Return features or neutralizers, or say that they have NaN."""
    if columns.dtype.kind == "f" and not np.isfinite(columns).all():
        raise NumlearnError(
            "A feature or neutralizer has NaN or inf in some era: fill it first, for "
            "example with the middle of its range (2 for Numerai's features)."
        )
    return columns


def _products(columns):
    """Return the products of all pairs of columns: the upper triangle of a matrix."""
    if not len(columns):  # of which BLAS complains on stderr
        return np.zeros((0, 0), columns.dtype)
    syrk = blas.ssyrk if columns.dtype == np.float32 else blas.dsyrk
    return syrk(1, columns.T, trans=1)


def _cholesky(gram):
    """Return the factor, and the least share of a column that others leave over."""
    if not len(gram):
        return gram, 1.0
    factor, failed = lapack.dpotrf(gram)
    return factor, 0.0 if failed else (factor.diagonal() ** 2 / gram.diagonal()).min()


def _orthonormal(columns, center):
    """Span the columns by orthonormal rows, as Numerai's own routines would."""
    columns = columns.astype(np.float64)
    if center:
        columns = np.vstack([columns, np.ones(columns.shape[1])])
    _, size, rows = np.linalg.svd(columns, full_matrices=False)
    small = 1e-6 if center else max(columns.shape) * np.finfo(float).eps
    return rows[size > small * size[0]]


@cache
def _blas():
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def one_blas_thread(function):
    """Let a function use one BLAS thread: eras, not products, are worked in parallel.

    Two BLAS threads that wait for each other on a busy machine can be hundreds of times
    slower than one. A keyword that it does not know is answered with the right call.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def limited(*args, **kwargs):
        try:
            signature.bind(*args, **kwargs)
        except TypeError as error:
            call = f"{function.__name__}{signature}"
            raise TypeError(f"{error}: the call is {call}.") from None
        with _blas().limit(limits=1, user_api="blas"):
            return function(*args, **kwargs)

    return limited
