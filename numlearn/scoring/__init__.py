"""Scores of predictions: eras × models in one call, or one era on plain arrays.

A function such as `corr` takes a panel and returns one score for each era and model; it
takes the fast path, and anything too large for memory era by era. Its twin, here
`era_corr`, takes the arrays of one era and is written to be read: it is the definition,
and what a lesson asks for. `by_era` walks any such function, your own too, over a
panel. All are equal to Numerai's own library, numerai-tools; docs/scoring.md lists
where the two differ on purpose.
"""
# ruff: noqa: F401  what is imported here is public, and is listed nowhere else

from types import FunctionType

from numlearn.scoring._by_era import by_era
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
    era_mmc_2021,
    era_neutralize_2021,
    mmc_2021,
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
from numlearn.scoring._projection import Projection, one_blas_thread
from numlearn.scoring._ranks import Ranks
from numlearn.scoring._signals import (
    alpha,
    era_alpha,
    era_meta_portfolio_contribution,
    era_signal_weights,
    meta_portfolio_contribution,
    signal_weights,
)
from numlearn.scoring._sklearn import make_era_scorer
from numlearn.scoring._stakes import model_stakes
from numlearn.scoring._summary import (
    autocorrelation,
    effective_rounds,
    intervals,
    max_drawdown,
    summary,
)

__all__ = sorted(
    name
    for name, thing in globals().items()
    if isinstance(thing, FunctionType | type) and thing is not FunctionType
)
