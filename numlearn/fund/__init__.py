"""What the fund does with the metamodel: a portfolio, its risks, its costs, its return.

The fund never sees a user's code, only numbers: `weights` turns a signal into a
portfolio that is neutral to what it should not bet on, and `backtest` holds it.
"""

from numlearn._lazy import parts

__all__, __getattr__, __dir__ = parts(
    __name__,
    {
        "_backtest": "Book backtest hold market_beta",
        "_portfolio": "era_long_only era_weights weights",
    },
)
