"""MMC and BMC: what predictions add to what the fund has already."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn import _kernel, eras
from numlearn.eras import gaussianize
from numlearn.scoring._by_era import each_model
from numlearn.scoring._corr import CORR, gauss_tails, tails


def mmc(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Score what each model contributes to the metamodel in each era (MMC).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    metamodel : str, Series or parquet file
        The stake-weighted blend of all models: a column, a Series on the panel's index,
        or a file by id.

    Returns
    -------
    DataFrame
        Eras (sorted) × models, around 0. A row counts where prediction, metamodel and
        target are known; NaN where these are less than 80 % of an era's rows, and where
        the metamodel is constant. Constant predictions contribute exactly 0.

    Notes
    -----
    Equal to ``numerai_tools.scoring.correlation_contribution`` (0.7.2) called model by
    model; `era_mmc` is the same score, written to be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["crowd"] = [1, 2, 3, 5, 4] * 2
    >>> nl.scoring.mmc(panel, "mine", "crowd")["mine"].round(3).to_dict()
    {'0001': 0.286, '0002': 0.235}
    """
    score = partial(_kernel.score_era, MMC)
    return eras.walk(panel, predictions, score, [target, metamodel], n_jobs=n_jobs)


def bmc(panel, predictions, benchmark, target="target", *, n_jobs=1):
    """Score what each model contributes to a benchmark in each era (BMC).

    `mmc` with a benchmark model, or a blend of several, in the metamodel's place.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["benchmark"] = [1, 2, 3, 5, 4] * 2
    >>> nl.scoring.bmc(panel, "mine", "benchmark")["mine"].round(3).to_dict()
    {'0001': 0.286, '0002': 0.235}
    """
    return mmc(panel, predictions, benchmark, target, n_jobs=n_jobs)


def corr_and_mmc(panel, predictions, metamodel, target="target", *, n_jobs=1):
    """Return `corr` and `mmc` for the price of one: each model is ranked once.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["crowd"] = [1, 2, 3, 5, 4] * 2
    >>> corr, mmc = nl.scoring.corr_and_mmc(panel, "mine", "crowd")
    >>> corr["mine"].equals(nl.scoring.corr(panel, "mine")["mine"])
    True
    """

    def both(era):
        target, metamodel = era.known
        if np.isnan(metamodel).any():  # then the two scores rest on different rows
            alone = era._replace(known=[target])
            corr = _kernel.score_era(CORR, alone, center=True)
            return np.stack([corr, _kernel.score_era(MMC, era)])
        shared = era._replace(known=[target, metamodel, target])
        terms = [
            (gauss_tails, lambda centered, *_: tails(centered), True),
            (ndtri, lambda _, metamodel, target: mmc_weight(target, metamodel), False),
        ]
        return _kernel.score_era(terms, shared, center=True, shape=(2,))

    known = [target, metamodel]
    labels, names, scores = eras.walk(
        panel, predictions, both, known, table=False, n_jobs=n_jobs
    )
    both = np.stack(scores, axis=1)
    return tuple(pd.DataFrame(one, labels, names) for one in both)


def era_mmc(predictions, metamodel, target):
    """Score what one era's predictions contribute to the metamodel (MMC).

    Predictions and metamodel are ranked and given a normal shape; what the metamodel
    explains is taken out of the predictions; MMC is the covariance of the rest with the
    target. A target within [0, 1] is stretched to [0, 4] first.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        Predictions of one era, on any scale: only their order counts.
    metamodel, target : array or Series, shape (rows,)
        The blend of all models, and what really happened.

    Returns
    -------
    float, or ndarray of shape (models,)
        NaN where less than 80 % of the rows can be scored.

    Notes
    -----
    A covariance, not a correlation: a copy of the metamodel contributes 0, and the
    further from it a good model stands, the more it contributes. Source:
    ``numerai_tools.scoring.correlation_contribution``.

    Examples
    --------
    >>> import numlearn as nl
    >>> target, metamodel = [0, 0.25, 0.5, 0.75, 1], [1, 2, 3, 5, 4]
    >>> round(nl.scoring.era_mmc([2, 1, 3, 4, 5], metamodel, target), 3)
    0.324
    >>> round(nl.scoring.era_mmc(metamodel, metamodel, target), 3)
    0.0
    """

    def score(p, m, t):
        own = orthogonalize(gaussianize(p), gaussianize(m))
        return float(centered_bins(t) @ own / len(t))

    return each_model(score, predictions, metamodel, target)


def orthogonalize(v, u):
    """Take out of v what points along u.

    Parameters
    ----------
    v, u : ndarray, shape (rows,)

    Returns
    -------
    ndarray, shape (rows,)
        v minus its projection on u, so that its product with u is 0; NaN where u is 0.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.scoring.orthogonalize(np.array([1.0, 1.0]), np.array([1.0, 0.0])).tolist()
    [0.0, 1.0]
    """
    length = u @ u
    return v - u * (v @ u / length if length else np.nan)


def centered_bins(target):
    """Center a target; one within [0, 1] becomes Numerai's bins of -2 … 2."""
    if ((target >= 0) & (target <= 1)).all():
        target = target * 4
    return target - target.mean()


def mmc_weight(target, metamodel):
    """Return the vector whose product with gaussianized predictions is their MMC.

    To take the metamodel out of the target is the same as to take it out of every
    model, and it is done once.
    """
    m = _kernel.ranked(metamodel[None], ndtri)[0]
    return orthogonalize(centered_bins(target), m) / len(target)


MMC = [(ndtri, mmc_weight, False)]
