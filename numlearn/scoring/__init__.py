"""Scores of predictions: eras × models in one call, or one era on plain arrays.

A function such as `corr` takes a panel and returns one score for each era and model; it
takes the fast path, and anything too large for memory era by era. Its twin, here
`era_corr`, takes the arrays of one era and is written to be read: it is the definition,
and what a lesson asks for. Both are equal to Numerai's own library, numerai-tools;
docs/scoring.md lists where the two differ on purpose.
"""

from numlearn.scoring._churn import churn, era_churn, era_turnover, turnover
from numlearn.scoring._contribution import (
    bmc,
    corr_and_mmc,
    era_mmc,
    mmc,
    orthogonalize,
)
from numlearn.scoring._corr import corr, era_corr, era_metamodel_corr, metamodel_corr
from numlearn.scoring._legacy import (
    corr_2021,
    era_corr_2021,
    era_fnc_2021,
    era_mmc_2021,
    era_neutralize_2021,
    fnc_2021,
    mmc_2021,
    mmc_2021_resampled,
    neutralize_2021,
)
from numlearn.scoring._neutral import (
    era_exposure,
    era_fnc,
    era_neutralize,
    exposure,
    fnc,
    max_exposure,
    neutralize,
)
from numlearn.scoring._reputation import (
    reputation,
    reputation_2021,
    reputation_weights_2021,
)
from numlearn.scoring._signals import (
    alpha,
    era_alpha,
    era_meta_portfolio_contribution,
    era_signal_weights,
    meta_portfolio_contribution,
    signal_weights,
)
from numlearn.scoring._sklearn import make_era_scorer
from numlearn.scoring._summary import (
    autocorrelation,
    effective_rounds,
    intervals,
    max_drawdown,
    summary,
)

__all__ = [
    "alpha",
    "autocorrelation",
    "bmc",
    "churn",
    "corr",
    "corr_2021",
    "corr_and_mmc",
    "effective_rounds",
    "era_alpha",
    "era_churn",
    "era_corr",
    "era_corr_2021",
    "era_exposure",
    "era_fnc",
    "era_fnc_2021",
    "era_meta_portfolio_contribution",
    "era_metamodel_corr",
    "era_mmc",
    "era_mmc_2021",
    "era_neutralize",
    "era_neutralize_2021",
    "era_signal_weights",
    "era_turnover",
    "exposure",
    "fnc",
    "fnc_2021",
    "intervals",
    "make_era_scorer",
    "max_drawdown",
    "max_exposure",
    "meta_portfolio_contribution",
    "metamodel_corr",
    "mmc",
    "mmc_2021",
    "mmc_2021_resampled",
    "neutralize",
    "neutralize_2021",
    "orthogonalize",
    "reputation",
    "reputation_2021",
    "reputation_weights_2021",
    "signal_weights",
    "summary",
    "turnover",
]
