"""What a backtest gives: returns, risks and costs, and their summary."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError, whole_number
from numlearn.fund._portfolio import vector

__all__ = ["Book", "market_beta"]


@dataclass(frozen=True)
class Book:
    """A portfolio through time; every amount is a share of the fund's capital.

    Attributes
    ----------
    eras : DataFrame
        By era: ``gross`` (return before costs), ``cost``, ``net`` (after), ``traded``
        (all that is bought and sold), ``long`` and ``short`` (what is held, both 0 or
        above), ``largest`` (absolute weight) and ``market`` (what a fund that holds the
        same of every stock would return, booked like ``gross``).
    exposures : DataFrame
        Eras × exposures: the sum of weight times exposure. For beta it is the beta that
        the portfolio should have, for a category what is held net in it.
    per_year : float
        Eras in a year.
    overlap : int
        How many eras one return reaches over; 1 if returns follow each other.
    """

    eras: pd.DataFrame = field(repr=False)
    exposures: pd.DataFrame = field(repr=False)
    per_year: float
    overlap: int

    @property
    def returns(self):
        """Net returns by era."""
        return self.eras["net"].rename("return")

    def summary(self):
        """Summarise the backtest.

        Returns
        -------
        Series
            ``return`` and ``volatility`` a year; ``sharpe`` (of net returns, a year, no
            interest deducted) with its standard error ``sharpe_se``; ``sharpe_gross``;
            ``beta`` and ``beta_se`` (see `market_beta`); ``max_drawdown`` of compounded
            returns, a share of the highest point; ``turnover`` (half of all trades) and
            ``cost`` a year; ``max_exposure``, the largest mean absolute exposure;
            ``years``.

        Notes
        -----
        Returns that overlap count as the few that are independent. The standard error
        is Lo's (2002) for independent returns: with few years it is large.
        """
        table, years = self.eras, len(self.eras) / self.per_year
        net, gross = (self._sharpe(table[name]) for name in ("net", "gross"))
        beta, beta_se = self._beta()
        wealth = np.r_[1.0, (1 + table["net"]).cumprod()]
        values = {
            "return": table["net"].mean() * self.per_year,
            "volatility": self._volatility(table["net"]),
            "sharpe": net,
            "sharpe_se": np.sqrt((1 + net**2 * self._period / 2) / years),
            "sharpe_gross": gross,
            "beta": beta,
            "beta_se": beta_se,
            "max_drawdown": (1 - wealth / np.maximum.accumulate(wealth)).max(),
            "turnover": table["traded"].mean() / 2 * self.per_year,
            "cost": table["cost"].mean() * self.per_year,
            "max_exposure": self.exposures.abs().mean().max(),
            "years": years,
        }
        return pd.Series(values, name="book")

    def plot(self, title=None):
        """Draw the compounded net return and its drawdown; return the axes."""
        from numlearn.plots import profit_and_loss

        return profit_and_loss(self.returns, title=title)

    @property
    def _period(self):
        """Years from one independent return to the next."""
        return self.overlap / self.per_year

    def _beta(self):
        lags = 2 * (self.overlap - 1)  # what overlaps, and a margin for its weights
        return market_beta(self.eras["net"], self.eras["market"], lags)

    def _volatility(self, returns):
        return returns.std() * np.sqrt(self.overlap * self.per_year)

    def _sharpe(self, returns):
        volatility = self._volatility(returns)
        return returns.mean() * self.per_year / volatility if volatility else np.nan


def market_beta(returns, market, lags=0):
    """Return the slope of returns on the market's, and its standard error.

    Parameters
    ----------
    returns, market : Series or array, shape (eras,)
        In the order of time; two Series are matched by their index.
    lags : int, default=0
        How many eras apart returns still overlap: the standard error is Newey and
        West's, which allows for that and for volatility that changes.

    Returns
    -------
    beta, standard_error : float
        NaN with fewer than three eras, or a market that never moves.
    """
    if isinstance(returns, pd.Series) and isinstance(market, pd.Series):
        both = market.index.is_unique and returns.index.is_unique
        if not both or not returns.index.isin(market.index).all():
            raise NumlearnError(
                "The market lacks eras that the returns have, or an era is there twice:"
                " give both on one index, or as arrays."
            )
        market = market.reindex(returns.index)
    x, y = vector(market), vector(returns)
    if len(x) != len(y):
        raise NumlearnError(
            f"There are {len(y)} returns and {len(x)} of the market: give one an era."
        )
    whole_number(lags, "lags")
    if len(x) < 3 or np.ptp(x) == 0:
        return np.nan, np.nan
    x, y = x - x.mean(), y - y.mean()
    square = x @ x
    beta = x @ y / square
    parts = x * (y - beta * x)
    variance = parts @ parts
    for lag in range(1, min(lags, len(x) - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (parts[lag:] @ parts[:-lag])
    return float(beta), float(np.sqrt(variance * len(x) / (len(x) - 2)) / square)
