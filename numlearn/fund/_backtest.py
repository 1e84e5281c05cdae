"""From portfolios to returns: how they are held, what trading costs, what is left."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError, real_number, whole_number
from numlearn.fund._portfolio import exposure_table, named, vector, weights
from numlearn.scoring import in_order

WEEKS, DAYS = 52, 5  # weeks in a year, trading days in a week
HOLD = 4  # weeks that a portfolio is kept: the 20 days of the target


def backtest(
    panel, signal, returns, *, neutralizers=None, cost_bps=20.0, gross=2.0,
    max_weight=None, long_only=False, features=None, **holding,
):  # fmt: skip
    """Hold the portfolios that a signal asks for, and count what they earn and cost.

    Every era a new portfolio is made from the signal (`weights`) and held for four
    weeks, as long as the target looks ahead (`hold`).

    Parameters
    ----------
    panel : DataFrame
        A column ``era`` and those named below, for every era of the period.
    signal : str or Series
        What the fund trades on, such as a metamodel. It is all that the fund learns
        from its users.
    returns : str or Series
        What each row's stock returned, as in `hold`.
    neutralizers, gross, max_weight, long_only
        As in `weights`.
    cost_bps : float, default=20.0
        Cost of trading, in hundredths of a per cent of all that is bought and sold.
    features : str or list of str, optional
        Columns, besides the neutralizers, to which exposures are recorded.
    **holding
        ``keep``, ``days`` and ``stock``, as in `hold`.

    Returns
    -------
    Book
        Returns by era, exposures, costs and a summary.

    Notes
    -----
    The return of a neutral book and the CORR of its signal are tied by construction:
    the target is made of these very returns, freed of the same risks. What can part
    them are costs, limits, the choice of stocks, and risks that the target keeps.

    The default cost is an assumption: what half a spread and the impact of one's own
    trades may come to where small stocks are traded, too. It matters: in the synthetic
    world residual returns are nearly independent from stock to stock, which spreads
    risk better than a real market does (``benchmarks/fund.py``).

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["1"] * 4 + ["2"] * 4, "stock": list("abcd") * 2})
    >>> panel["metamodel"] = [1, 2, 3, 4] * 2
    >>> panel["return_20"] = [-0.01, 0.0, 0.01, 0.02] * 2
    >>> book = nl.fund.backtest(panel, "metamodel", "return_20", cost_bps=5)
    >>> book.eras[["gross", "cost", "net"]].round(4).to_dict("list")
    {'gross': [0.0064, 0.0064], 'cost': [0.0002, 0.0002], 'net': [0.0062, 0.0062]}
    """
    shape = {"gross": gross, "max_weight": max_weight, "long_only": long_only}
    portfolios = weights(panel, signal, neutralizers=neutralizers, **shape)
    lists = named(neutralizers, "a neutralizer"), named(features, "a feature")
    shown = list(dict.fromkeys(name for names in lists for name in names))
    counted = {"cost_bps": cost_bps, "features": shown or None}
    return hold(panel, portfolios, returns, **counted, **holding)


def hold(
    panel, portfolios, returns, *, cost_bps=20.0, keep=None, days=None, features=None,
    stock="stock",
):  # fmt: skip
    """Hold one new portfolio an era for some eras, and count returns and costs.

    Parameters
    ----------
    panel : DataFrame
        A column ``era`` and those named below, for every era of the period.
    portfolios : str or Series
        Weights, as shares of the capital: those of `weights`, or any others. A Series
        has the panel's index.
    returns : str or Series
        Each row's total return (0.01 is 1 %) over `days` trading days. They should
        begin two days after the era's data, when a fund can have traded. NaN earns 0;
        an era without any return is left out.
    cost_bps : float, default=20.0
        Cost of trading, in hundredths of a per cent of all that is bought and sold.
    keep : int, optional
        Eras that a portfolio is kept; by default as many as make four weeks.
    days : int, optional
        Trading days that `returns` cover; by default the number that ends the column's
        name, as in ``return_20``.
    features : str or list of str, optional
        Columns to which exposures are recorded; text and categories are one a category.
    stock : str, default="stock"
        Column that says which stock a row is, so that what stays is not traded. Without
        it each row is a stock of its own, which is bought and later sold.

    Returns
    -------
    Book

    Raises
    ------
    NumlearnError
        If an era is missing in between, `days` do not fit the eras' distance, or a
        number is infinite, or a return below -1.

    Notes
    -----
    The book is the mean of the last portfolios, so in weekly eras a quarter of it is
    replaced at a time; the capital is invested in as many steps. Where the returns last
    from one era to the next (``return_5`` in weekly eras), the book earns them, and a
    stock that leaves the panel is sold. Where they last longer (``return_20``), each
    portfolio earns its own to the end, booked in the era that opened it: neighbouring
    returns then overlap, and the summary allows for that.

    *Traded* is the sum of all absolute changes of weights, bought and sold: to exchange
    one stock for another counts twice, and each side pays `cost_bps`. *Turnover*, in a
    book's summary, is half of what is traded in a year.

    Weights are shares of a capital that stays the same, and do not drift with prices
    from era to era. Interest and fees for borrowed stocks are not counted.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["1"] * 4 + ["2"] * 4, "stock": list("abcd") * 2})
    >>> panel["signal"] = [1, 2, 3, 4] * 2
    >>> panel["return_5"] = [-0.01, 0.0, 0.01, 0.02] * 2
    >>> panel["weight"] = [-0.5, -0.5, 0.5, 0.5] * 2
    >>> book = nl.fund.hold(panel, "weight", "return_5", keep=1, cost_bps=0)
    >>> book.eras["net"].round(4).tolist()
    [0.02, 0.02]
    """
    weight, earned = eras.one_vector(panel, portfolios), _returns(panel, returns)
    real_number(cost_bps, "cost_bps")
    known = _eras_with_returns(panel, earned)
    step = _weeks_between([label for label, _ in known])
    overlap, keep = _overlap_and_keep(step, _days(returns, days), keep)
    codes = _stock_codes(panel, stock, needed=overlap == 1 and keep > 1)
    features = named(features, "a feature")
    held, recent = np.zeros(codes.max() + 1), deque(maxlen=keep)
    lines, exposures = {}, {}
    for label, rows in known:
        here, part, new = codes[rows], earned[rows], np.nan_to_num(weight[rows])
        before, held = held, _taken_in(recent, held.size, here, new, overlap == 1)
        own = held[here] if overlap == 1 else new
        traded = np.abs(held - before).sum()
        gross, cost = own @ np.nan_to_num(part) / overlap, cost_bps / 1e4 * traded
        lines[label] = {
            "gross": gross,
            "cost": cost,
            "net": gross - cost,
            "traded": traded,
            "long": held.clip(min=0).sum(),
            "short": np.abs(held.clip(max=0)).sum(),
            "largest": np.abs(own).max(),
            "market": np.nanmean(part) / overlap,
        }
        columns = exposure_table(panel.iloc[rows], features)
        exposures[label] = pd.Series(own @ columns.to_numpy(), index=columns.columns)
    tables = (_table(x) for x in (lines, exposures))
    return Book(*tables, per_year=WEEKS / step, overlap=overlap)


def _table(lines):
    return pd.DataFrame.from_dict(lines, orient="index").fillna(0.0).rename_axis("era")


def _taken_in(recent, stocks, here, new, sell_absent):
    """Take in the weights of the stocks that are here; return the mean of the last."""
    portfolio = np.zeros(stocks)
    portfolio[here] = new / recent.maxlen
    recent.append(portfolio)
    held = sum(recent)
    if sell_absent:
        gone = np.ones(stocks, bool)
        gone[here] = False
        held[gone] = 0.0
    return held


def _returns(panel, returns):
    earned = eras.one_vector(panel, returns)
    if np.nanmin(earned, initial=0.0) < -1:
        raise NumlearnError(
            f"A return of {np.nanmin(earned):.4g} is a loss of more than everything: "
            "give shares (-0.02 is a loss of 2 %), not per cents."
        )
    return earned


def _eras_with_returns(panel, earned):
    """Return (era, rows) of the eras in which any stock has a return."""
    whole = [
        (label, rows)
        for label, rows in eras.rows_by_era(panel)
        if not np.isnan(earned[rows]).all()
    ]
    if not whole:
        raise NumlearnError("No era has a return: give eras that are past.")
    return whole


def _days(returns, days):
    """Return how many trading days returns cover: said, or read off their name."""
    if days is not None:
        return whole_number(days, "days")
    name = str(returns.name if isinstance(returns, pd.Series) else returns)
    digits = name.rpartition("_")[2]
    if not digits.isdigit():
        raise NumlearnError(
            f"How many trading days does {name!r} cover? Say it, as in days=20."
        )
    return int(digits)


def _weeks_between(labels):
    """Return how many weeks lie between two eras."""
    gaps = np.diff(eras.position(labels))
    if not len(gaps):
        return 1
    wrong = np.flatnonzero(gaps > gaps.min())
    if wrong.size or gaps.min() < 1:
        place = wrong[0] if wrong.size else 0
        raise NumlearnError(
            f"After era {labels[place]} comes era {labels[place + 1]}: a book is held "
            "through every week, one era each, so give those in between as well."
        )
    return int(gaps[0])


def _overlap_and_keep(step, days, keep):
    """Return how many eras a return reaches over, and a portfolio is kept."""
    overlap, rest = divmod(days, step * DAYS)
    if rest or overlap < 1:
        raise NumlearnError(
            f"Returns of {days} trading days do not fit eras that are {step * DAYS} "
            "days apart: give returns of one such step, or of a multiple of it."
        )
    usual = max(1, HOLD // step) if overlap == 1 else int(overlap)
    keep = None if keep is None else whole_number(keep, "keep", 1)
    if overlap > 1 and keep not in (None, overlap):
        raise NumlearnError(
            f"Returns of {days} trading days belong to a portfolio that is kept "
            f"{overlap} eras, not {keep}: leave out `keep`, or give shorter returns."
        )
    return int(overlap), int(keep or usual)


def _stock_codes(panel, stock, needed):
    """Return a number for each row's stock."""
    if stock not in panel:
        if needed:
            raise NumlearnError(
                f"There is no column {stock!r}: portfolios of several eras add up by "
                "stock, so say which one a row is, or use keep=1."
            )
        return np.arange(len(panel))
    codes = pd.factorize(eras.one_column(panel, stock))[0]
    if (codes < 0).any():
        raise NumlearnError(f"The column {stock!r} has gaps: name every row's stock.")
    twice = pd.DataFrame({"era": panel["era"].to_numpy(), "code": codes}).duplicated()
    if twice.any():
        where = panel.iloc[int(np.argmax(twice))]
        raise NumlearnError(
            f"Stock {where[stock]!r} has two rows in era {where['era']}: keep one."
        )
    return codes


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
        period = self.overlap / self.per_year  # from one independent return to the next
        lags = 2 * (self.overlap - 1)  # what overlaps, and a margin for its weights
        beta, beta_se = market_beta(table["net"], table["market"], lags)
        wealth = np.r_[1.0, (1 + table["net"]).cumprod()]
        values = {
            "return": table["net"].mean() * self.per_year,
            "volatility": self._volatility(table["net"]),
            "sharpe": net,
            "sharpe_se": np.sqrt((1 + net**2 * period / 2) / years),
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
        In the order of time; two Series are matched by their index, and with lags put
        in the order of time by it (`numlearn.scoring.in_order`).
    lags : int, default=0
        How many eras apart returns still overlap: the standard error is Newey and
        West's, which allows for that and for volatility that changes.

    Returns
    -------
    beta, standard_error : float
        NaN with fewer than three eras, or a market that never moves.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> market = np.array([0.01, -0.02, 0.03, 0.0])
    >>> beta, error = nl.fund.market_beta(2 * market, market)
    >>> round(float(beta), 3), round(float(error), 3)
    (2.0, 0.0)
    """
    if isinstance(returns, pd.Series) and isinstance(market, pd.Series):
        both = market.index.is_unique and returns.index.is_unique
        if not both or not returns.index.isin(market.index).all():
            raise NumlearnError(
                "The market lacks eras that the returns have, or an era is there twice:"
                " give both on one index, or as arrays."
            )
        returns = in_order(returns).iloc[:, 0] if lags else returns
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
