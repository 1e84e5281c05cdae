"""A stock universe for Signals: the same market, with tickers and prices shown.

What the Tournament hides is in the open here, as it is for anybody who trades: which
stock is which from week to week, and what it cost. Tickers are made up, and so are the
dates: day 1 of a world is Monday, 1 January 2001, and every era ends on a Friday.
"""

import numpy as np
import pandas as pd

from numlearn.errors import whole_number
from numlearn.scoring import one_blas_thread
from numlearn.world._features import era_targets
from numlearn.world.dataset import KNOWN_AFTER, several
from numlearn.world.market import DAYS, stream


def tickers(number):
    """Return so many tickers such as "QJZT XX"; no country has the code XX."""
    number = whole_number(number, "number of tickers")
    code = np.arange(number) * 3**11 % 26**4  # 3 does not divide 26: no two are equal
    letters = code[:, None] // 26 ** np.arange(4) % 26 + ord("A")
    words = letters.astype(np.uint32).view("U4").ravel()
    return pd.Index([f"{word} XX" for word in words], name="ticker")


def prices(world):
    """Return adjusted closing prices until the live era: dates × tickers."""
    returns = world.market.returns[: DAYS * world.config.live]
    first = np.exp(stream(world.config.seed, "price").normal(4, 0.8, returns.shape[1]))
    close = first * np.cumprod(1 + returns.astype(float), axis=0)
    return pd.DataFrame(close, _dates(len(close)), tickers(returns.shape[1]))


def panel(world, eras):
    """Return the universe of some eras (from 1 to the live one) and what came of it.

    Returns
    -------
    DataFrame
        Index id; era, date, ticker and industry; sample_weight, how much of a stock the
        fund can hold (more of a large one, 1 on average); and what came after, NaN
        where it is not known yet: return_20, the total return of 20 days from the third
        day on, and target, its neutral part in five bins.
    """
    return pd.concat([_era(world, era) for era in several(eras)])


@one_blas_thread
def neutralizers(world, eras):
    """Return Numerai's matrix N for the rows of `panel`: what the fund has already.

    Its columns span industries, market beta, size, styles and the Tournament's features
    of the era. They are orthonormal in each era under the sample weights v, N'vN = 1; a
    column that would add nothing is 0.
    """
    return pd.concat([_neutralizers(world, era) for era in several(eras)])


def _era(world, era):
    rows, market, truth = world.stocks(era), world.market, world.truth(era)
    known = era + KNOWN_AFTER[20] <= world.config.live
    target = era_targets(market, era, rows, (20,))["target_ada_20"]
    columns = {
        "era": truth["era"],
        "date": _dates(DAYS * era)[-1],
        "ticker": tickers(len(market.industry))[rows],
        "industry": truth["industry"],
        "sample_weight": _sample_weight(truth["size"]),
        "return_20": truth["return_20"] if known else np.nan,
        "target": target if known else np.nan,
    }
    return pd.DataFrame(columns, truth.index)


def _neutralizers(world, era):
    rows, market, truth = world.stocks(era), world.market, world.truth(era)
    features = world.values(era, rows)
    industries = np.eye(market.rules.industries)[market.industry[rows]]
    risks = truth.filter(regex="^(beta|size|style_)")
    scale = np.sqrt(_sample_weight(truth["size"]))[:, None]
    columns = scale * np.hstack([industries, risks, features.T])
    basis, lengths, _ = np.linalg.svd(columns, full_matrices=False)
    n = basis * (lengths > 1e-9 * lengths[0]) / scale
    return pd.DataFrame(n, truth.index).add_prefix("neutralizer_")


def _sample_weight(size):
    return 0.5 + size.rank(pct=True).to_numpy()


def _dates(days):
    return pd.bdate_range("2001-01-01", periods=days, name="date")
