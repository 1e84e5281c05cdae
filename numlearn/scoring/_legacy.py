"""The scores of March 2021, as the seed of this course knew them."""

from functools import partial

import numpy as np

from numlearn import _kernel, eras
from numlearn.eras import average_rank, gaussianize, position_rank
from numlearn.scoring._by_era import each_model, map_models, pearson
from numlearn.scoring._contribution import orthogonalize
from numlearn.scoring._projection import one_blas_thread, refuse_nan

_MMC_SCALE = 0.29**2  # the variance of a uniform variable, as Numerai rounded it


def corr_2021(panel, predictions, target="target", *, n_jobs=1):
    """Score each model in each era with the CORR of 2021.

    Parameters, result and NaN policy as in `corr`; `era_corr_2021` is the definition.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> nl.scoring.corr_2021(panel, "mine")["mine"].round(3).to_dict()
    {'0001': 0.9, '0002': -0.1}
    """
    score = partial(_kernel.score_era, [(None, np.positive, True)])
    return eras.walk(panel, predictions, score, [target], n_jobs=n_jobs)


def era_corr_2021(predictions, target):
    """Score one era with the CORR of 2021.

    Pearson's correlation of the raw target with the ranks of the predictions, where
    ties are broken by their order in the file. So constant predictions have a score
    (that of the file's order), and even a perfect model stays below 1.

    Parameters, result and NaN policy as in `era_corr`. Source: numerai/docs,
    tournament/learn.md of April 2021.

    Examples
    --------
    >>> import numlearn as nl
    >>> round(nl.scoring.era_corr_2021([1, 2, 3, 4, 5], [0, 0.25, 0.5, 0.75, 1]), 3)
    1.0
    """
    return each_model(lambda p, t: pearson(position_rank(p), t), predictions, target)


def mmc_2021(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Score what each model contributes to one blend, with the MMC of 2021.

    Parameters, result and NaN policy as in `mmc`; `era_mmc_2021` is the definition.
    The tournament took the mean over blends of stakers drawn at random.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["crowd"] = [1, 2, 3, 5, 4] * 2
    >>> nl.scoring.mmc_2021(panel, "mine", "crowd")["mine"].round(3).to_dict()
    {'0001': 0.268, '0002': 0.253}
    """
    score = partial(_kernel.score_era, [(None, _mmc_weight, False)])
    return eras.walk(panel, predictions, score, [target, metamodel], n_jobs=n_jobs)


def era_mmc_2021(predictions, metamodel, target):
    """Score what one era's predictions contribute to one blend, with the MMC of 2021.

    Predictions and blend are made uniform (ranks, ties by position); the blend and a
    constant are taken out of the predictions; MMC is the covariance of the rest with
    the target, divided by 0.29², the variance of a uniform variable.

    Parameters, result and NaN policy as in `era_mmc`. Source: numerai/example-scripts
    of April 2021.

    Examples
    --------
    >>> import numlearn as nl
    >>> target, blend = [0, 0.25, 0.5, 0.75, 1], [1, 2, 3, 5, 4]
    >>> round(nl.scoring.era_mmc_2021([2, 1, 3, 4, 5], blend, target), 3)
    0.268
    """

    def score(p, m, t):
        p, m = position_rank(p), position_rank(m)
        own = orthogonalize(p - p.mean(), m - m.mean())
        return float(own @ (t - t.mean()) / (len(t) - 1) / _MMC_SCALE)

    return each_model(score, predictions, metamodel, target)


@one_blas_thread
def neutralize_2021(panel, predictions, neutralizers, *, n_jobs=1):
    """Neutralize signals era by era as Signals did in 2021.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    neutralizers : str or list of str
        Columns without NaN.

    Returns
    -------
    DataFrame
        Like ``panel[predictions]``; `era_neutralize_2021` is the definition. Signals'
        score of 2021 is the `corr_2021` of it.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["feature"] = [4, 0, 3, 1, 2] * 2
    >>> left = nl.scoring.neutralize_2021(panel, "mine", "feature")
    >>> left["mine"].round(2).tolist()[:5]
    [-0.8, 0.0, -0.16, 0.64, 1.52]
    """

    def neutral(era):
        return era_neutralize_2021(np.column_stack(era.models), era.columns.T).T

    return eras.transform(panel, predictions, neutral, (), neutralizers, n_jobs=n_jobs)


def era_neutralize_2021(predictions, neutralizers):
    """Neutralize one era's signal as Signals did in 2021.

    The signal is ranked, a missing one takes the middle rank, all are ranked again and
    given a normal shape, and what the neutralizers explain is subtracted, without a
    constant.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
    neutralizers : array or DataFrame, shape (rows, columns)
        On the same rows, without NaN.

    Returns
    -------
    same type and shape as `predictions`
        NaN where a model has no prediction at all. Source: numerai/example-scripts,
        SignalsScoringExample of 2021.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> feature = np.array([[0.0], [1.0], [2.0], [3.0], [4.0]])
    >>> signal = np.array([0.1, 0.2, 0.4, 0.3, 0.5])
    >>> nl.scoring.era_neutralize_2021(signal, feature).round(2).tolist()
    [-1.28, -0.71, 0.15, -0.57, 0.53]
    """
    _kernel.finite(predictions)  # says so where it is not
    columns = refuse_nan(*eras.aligned(predictions, neutralizers))
    inverse = np.linalg.pinv(columns)

    def rest(p):
        if np.isnan(p).all():
            return p
        x = gaussianize(np.nan_to_num(average_rank(p), nan=0.5))
        return x - columns @ (inverse @ x)

    return map_models(rest, predictions)


def _mmc_weight(target, blend):
    """Return the vector whose product with uniform predictions is their MMC."""
    m = _kernel.ranked(blend[None], None)[0]
    own = orthogonalize(target - target.mean(), m - m.mean())
    return own / (len(target) - 1) / _MMC_SCALE
