"""What the fund does with the metamodel: a portfolio, its risks, its costs, its return.

The fund never sees a user's code, only numbers: `weights` turns a signal into a
portfolio that is neutral to what it should not bet on, and `backtest` holds it.
"""

from numlearn.fund._backtest import backtest, hold
from numlearn.fund._book import Book, market_beta
from numlearn.fund._portfolio import era_long_only, era_weights, weights

__all__ = [
    "Book",
    "backtest",
    "era_long_only",
    "era_weights",
    "hold",
    "market_beta",
    "weights",
]
