"""One era's models, ranked once: their blend and their scores follow from the ranks."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn import _kernel, eras
from numlearn.errors import NumlearnError
from numlearn.scoring._contribution import centered_bins, mmc_weight
from numlearn.scoring._corr import tails

BLOCK = 16  # models ranked together: hides the overhead of numpy, fits the cache


class Ranks:
    """The predictions of one era as the metamodel reads them, ranked once for all.

    Each model's predictions are ranked, a missing one takes the neutral rank 0.5, and
    the ranks are given a normal shape. What they are compared with goes by the index
    that both carry, else by position.

    Parameters
    ----------
    models : list of arrays (rows,), or DataFrame or array, shape (rows, models)
        Predictions of one era; NaN is a missing one. A memory map is read in blocks.

    Attributes
    ----------
    values : ndarray, shape (models, rows)
        The shaped ranks, around 0.
    submitted : ndarray of bool, shape (models,)
        Which models have any prediction.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> predictions = np.random.default_rng(0).normal(size=(100, 3))
    >>> ranks = nl.scoring.Ranks(predictions)
    >>> metamodel = ranks.blend([10, 20, 0])
    >>> ranks.mmc(metamodel, target=predictions[:, 0]).shape
    (3,)
    """

    def __init__(self, models):
        table = models if isinstance(models, pd.DataFrame) else None
        models = _vectors(models)
        self._rows = np.empty((len(models[0]), 0)) if table is None else table[[]]
        self.values = np.empty((len(models), len(models[0])))
        self.submitted = np.empty(len(models), bool)
        for some, values, submitted in _blocks(models, np.arange(len(models))):
            self.values[some], self.submitted[some] = values, submitted

    def blend(self, weights):
        """Return the weighted mean of the models, a vector (rows,).

        A model that did not submit has no weight; NaN where no weight is left.
        """
        weights, total = self._weighted(weights)
        return total / (weights.sum() or np.nan)

    @staticmethod
    def blended(models, weights):
        """Return ``Ranks(models).blend(weights)`` without keeping the ranks."""
        models, weights = _vectors(models), np.asarray(weights, dtype=np.float64)
        total, weight = np.zeros(len(models[0])), 0.0
        for some, values, submitted in _blocks(models, np.flatnonzero(weights)):
            total += np.einsum("i,ij->j", weights[some], values)
            weight += weights[some][submitted].sum()
        return total / (weight or np.nan)

    def others(self, weights):
        """Return, for each model, the weighted mean of all others (models × rows).

        For a model without a weight that is the blend itself; NaN where no weight is
        left.
        """
        weights, total = self._weighted(weights)
        left = weights.sum() - weights
        left = np.where(left > 0, left, np.nan)
        return (total - weights[:, None] * self.values) / left[:, None]

    def corr(self, target):
        """Return each model's CORR against a target without NaN; NaN if it has none."""
        heavy = tails(self.values)
        (target,) = eras.aligned(self._rows, target)
        weight = _kernel.units(tails(eras.center(target))[None])[0]
        heavy -= heavy.mean(axis=1, keepdims=True)
        scores = np.einsum("ij,j->i", heavy, weight)
        with np.errstate(invalid="ignore"):
            scores /= np.sqrt(np.einsum("ij,ij->i", heavy, heavy))
        return np.where(self.submitted, scores, np.nan)

    def mmc(self, metamodel, target):
        """Return each model's MMC; metamodel and target are without NaN."""
        metamodel, target = eras.aligned(self._rows, metamodel, target)
        weight = mmc_weight(target, metamodel)
        scores = np.einsum("ij,j->i", self.values, weight)
        return np.where(self.submitted, scores, np.nan)

    def contribution(self, weights, target):
        """Return each model's MMC against the blend of the others, ranked anew.

        A row without a target does not count. NaN where no other model has a weight.
        """
        (target,) = eras.aligned(self._rows, target)
        known = ~np.isnan(target)
        scores = np.full(len(self.values), np.nan)
        if not known.any():
            return scores
        target = centered_bins(target[known])
        weights, total = self._weighted(weights)
        for start in range(0, len(scores), BLOCK):
            some = slice(start, start + BLOCK)
            own = self.values[some]
            others = total - weights[some, None] * own
            if not known.all():
                own, others = (np.compress(known, x, axis=1) for x in (own, others))
            own, others = (_kernel.ranked(x, ndtri) for x in (own, others))
            by_own, by_others = (np.einsum("ij,j->i", x, target) for x in (own, others))
            along, length = (np.einsum("ij,ij->i", others, x) for x in (own, others))
            with np.errstate(divide="ignore", invalid="ignore"):
                scores[some] = (by_own - by_others * along / length) / len(target)
        others = weights.sum() - weights > 0
        return np.where(others & self.submitted, scores, np.nan)

    def _weighted(self, weights):
        """Return the weights of those who submitted, and the sum of these models."""
        weights = np.asarray(weights, dtype=np.float64) * self.submitted
        total = np.zeros(self.values.shape[1])
        for start in range(0, len(weights), BLOCK):  # what is in the cache, and no BLAS
            some = slice(start, start + BLOCK)
            total += np.einsum("i,ij->j", weights[some], self.values[some])
        return weights, total


def _vectors(models):
    """Return one array (rows,) a model."""
    if not np.size(models):
        raise NumlearnError("There are no predictions to rank: give rows × models.")
    if isinstance(models, list):
        return models
    if isinstance(models, pd.DataFrame):
        return eras.model_columns(models, list(models.columns))[1]
    if np.ndim(models) != 2:
        raise NumlearnError(
            f"Predictions of shape {np.shape(models)}: give one era as rows × models."
        )
    return list(np.asarray(models).T)


def _blocks(models, places):
    """Yield (places, shaped ranks, which submitted) of a few models at a time."""
    for start in range(0, len(places), BLOCK):
        some = places[start : start + BLOCK]
        given = np.stack([models[i] for i in some])
        with np.errstate(all="ignore"):
            gaps = np.flatnonzero(~np.isfinite(given.sum(axis=1)))
        if gaps.size and np.isinf(given[gaps]).any():
            raise NumlearnError(
                "A prediction is inf: make it NaN, which counts as missing."
            )
        x = eras.gaussianize(given.T).T
        submitted = np.full(len(x), True)
        for i in gaps:
            missing = np.isnan(x[i])
            submitted[i] = not missing.all()
            x[i, missing] = 0.0  # the normal quantile of the neutral rank
        yield some, x, submitted
