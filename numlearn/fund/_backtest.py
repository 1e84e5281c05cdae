"""From portfolios to returns: how positions are held, and what trading costs."""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.fund import _schedule
from numlearn.fund._book import Book
from numlearn.fund._desk import Desk, stock_codes
from numlearn.fund._portfolio import exposure_table, weights

__all__ = ["backtest", "hold"]


def backtest(
    panel,
    signal,
    returns,
    neutral_to=(),
    *,
    cost_bps=20.0,
    gross=2.0,
    max_weight=None,
    long_only=False,
    exposures_to=(),
    **holding,
):
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
    neutral_to, gross, max_weight, long_only
        As in `weights`.
    cost_bps : float, default=20.0
        Cost of trading, in hundredths of a per cent of what is traded.
    exposures_to : list of str
        Columns, besides those of `neutral_to`, to which exposures are recorded.
    **holding
        ``impact_bps``, ``keep``, ``days``, ``stock`` and ``volume``, as in `hold`.

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
    trades may come to where small stocks are traded, too. It matters, because in the
    synthetic world residual returns are nearly independent from stock to stock, which
    spreads risk better than a real market does. Over the worlds of seeds 1 to 8 the
    metamodel's book, neutral to industries and styles, has a Sharpe ratio of 4.3 ± 1.4
    without costs, 3.6 ± 1.3 at 5 basis points and 1.4 ± 1.2 at 20; with the rows of the
    500 largest stocks only, 1.3 ± 0.9 at 10 (``benchmarks/fund.py``).

    Examples
    --------
    >>> book = nl.fund.backtest(panel, signal="mm", returns="return_20",
    ...                         neutral_to=["beta"], cost_bps=5)
    >>> book.summary()
    """
    shape = {"gross": gross, "max_weight": max_weight, "long_only": long_only}
    portfolios = weights(panel, signal, neutral_to, **shape)
    names = list(dict.fromkeys([*neutral_to, *exposures_to]))
    holding |= {"cost_bps": cost_bps, "exposures_to": names}
    return hold(panel, portfolios, returns, **holding)


def hold(
    panel,
    portfolios,
    returns,
    *,
    cost_bps=20.0,
    impact_bps=0.0,
    keep=None,
    days=None,
    exposures_to=(),
    stock="stock",
    volume="volume",
):
    """Hold one new portfolio an era for some eras, and count returns and costs.

    Parameters
    ----------
    panel : DataFrame
        A column ``era`` and those named below, for every era of the period.
    portfolios : str or Series
        Weights, as shares of the capital: those of `weights`, or any others.
    returns : str or Series
        Each row's total return (0.01 is 1 %) over `days` trading days. They should
        begin two days after the era's data, when a fund can have traded. NaN earns 0;
        an era without any return is left out.
    cost_bps : float, default=20.0
        Cost of trading, in hundredths of a per cent of what is traded.
    impact_bps : float, default=0.0
        What it costs besides to trade a whole day's volume of a stock. Of a part, it
        costs the root of that part: the square-root law of market impact, in which a
        stock's daily volatility is the usual `impact_bps`.
    keep : int, optional
        Eras that a portfolio is kept; by default as many as make four weeks.
    days : int, optional
        Trading days that `returns` cover; by default the number that ends the column's
        name, as in ``return_20``.
    exposures_to : list of str
        Columns to which exposures are recorded; text and categories are one a category.
    stock : str, default="stock"
        Column that says which stock a row is, so that what stays is not traded. Without
        it each row is a stock of its own, which is bought and later sold.
    volume : str, default="volume"
        Column for `impact_bps`: what is traded of the stock in a day, as a share of the
        fund's capital.

    Returns
    -------
    Book

    Raises
    ------
    NumlearnError
        If an era is missing in between, or `days` do not fit the eras' distance.

    Notes
    -----
    The book is the mean of the last portfolios, so in weekly eras a quarter of it is
    replaced at a time; the capital is invested in as many steps. Where the returns last
    from one era to the next (``return_5`` in weekly eras), the book earns them, and a
    stock that leaves the panel is sold. Where they last longer (``return_20``), each
    portfolio earns its own to the end, booked in the era that opened it: neighbouring
    returns then overlap, and the summary allows for that.

    Weights are shares of a capital that stays the same, and do not drift with prices
    from era to era. Interest and fees for borrowed stocks are not counted.
    """
    weight, earned = (eras.model_columns(panel, x)[1][0] for x in (portfolios, returns))
    known = _schedule.eras_with_returns(panel, earned)
    step = _schedule.weeks_between([label for label, _ in known])
    days = _schedule.days_of(returns) if days is None else days
    overlap, keep = _schedule.overlap_and_keep(step, days, keep)
    codes = stock_codes(panel, stock, needed=overlap == 1 and keep > 1)
    daily = eras.numeric_column(panel, volume) if impact_bps else None
    desk = Desk(codes.max() + 1, keep, cost_bps / 1e4, impact_bps / 1e4)
    lines, exposures = {}, {}
    for label, rows in known:
        here, part, new = codes[rows], earned[rows], np.nan_to_num(weight[rows])
        desk.take(here, new, sell_absent=overlap == 1)
        cost = desk.cost(here, None if daily is None else daily[rows])
        own = desk.book[here] if overlap == 1 else new
        gross = own @ np.nan_to_num(part) / overlap
        lines[label] = {
            "gross": gross,
            "cost": cost,
            "net": gross - cost,
            "traded": desk.traded.sum(),
            "long": desk.book.clip(min=0).sum(),
            "short": np.abs(desk.book.clip(max=0)).sum(),
            "largest": np.abs(own).max(),
            "market": np.nanmean(part) / overlap,
        }
        columns = exposure_table(panel.iloc[rows], exposures_to)
        exposures[label] = pd.Series(own @ columns.to_numpy(), index=columns.columns)
    tables = (_table(x) for x in (lines, exposures))
    return Book(*tables, per_year=_schedule.WEEKS / step, overlap=overlap)


def _table(lines):
    return pd.DataFrame.from_dict(lines, orient="index").fillna(0.0).rename_axis("era")
