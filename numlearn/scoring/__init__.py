"""Scores of predictions: eras × models in one call, or one era on plain arrays.

A function such as `corr` takes a panel and returns one score for each era and model; it
takes the fast path, and anything too large for memory era by era. Its twin, here
`era_corr`, takes the arrays of one era and is written to be read: it is the definition,
and what a lesson asks for. `by_era` walks any such function, your own too, over a
panel. All are equal to Numerai's own library, numerai-tools; docs/scoring.md lists
where the two differ on purpose.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_by_era": "by_era",
        "_churn": "churn era_churn era_turnover turnover",
        "_contribution": "bmc corr_and_mmc era_mmc mmc orthogonalize",
        "_corr": "corr era_corr era_metamodel_corr metamodel_corr",
        "_legacy": "corr_2021 era_corr_2021 era_mmc_2021 era_neutralize_2021 mmc_2021"
        " neutralize_2021",
        "_neutral": "era_exposure era_fnc era_neutralize exposure fnc max_exposure"
        " neutralize",
        "_projection": "Projection one_blas_thread",
        "_ranks": "Ranks",
        "_signals": "alpha era_alpha era_meta_portfolio_contribution era_signal_weights"
        " meta_portfolio_contribution signal_weights",
        "_sklearn": "make_era_scorer",
        "_stakes": "model_stakes stake_numbers",
        "_summary": "autocorrelation effective_rounds in_order intervals max_drawdown"
        " summary",
    },
)
