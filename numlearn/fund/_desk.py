"""The desk: what is held, what must be traded, and what that costs."""

from collections import deque

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError


class Desk:
    """Holds the mean of the last portfolios.

    Parameters
    ----------
    stocks : int
        How many stocks there are in all.
    keep : int
        Eras that a portfolio is kept.
    rate : float
        Cost of trading, a share of what is traded.
    impact : float
        Cost besides, of trading a whole day's volume.

    Attributes
    ----------
    book, traded : ndarray, shape (stocks,)
        Weights held, and how far they moved (absolute) when the last one was taken in.
    """

    def __init__(self, stocks, keep, rate, impact):
        self.rate, self.impact = rate, impact
        self.recent = deque(maxlen=keep)
        self.book, self.traded, self.volume = np.zeros((3, stocks))

    def take(self, here, new, sell_absent):
        """Take in the weights of the stocks that are here, and let go of the oldest."""
        portfolio = np.zeros_like(self.book)
        portfolio[here] = new / self.recent.maxlen
        self.recent.append(portfolio)
        book = sum(self.recent)
        if sell_absent:
            held, book = book, np.zeros_like(book)
            book[here] = held[here]
        self.book, self.traded = book, np.abs(book - self.book)

    def cost(self, here, volume=None):
        """Return what the last trades cost; a stock that left has its last volume."""
        cost = self.rate * self.traded.sum()
        if volume is None:
            return cost
        self.volume[here] = volume
        moved = self.traded > 0
        if not (self.volume[moved] > 0).all():
            raise NumlearnError(
                "The volume of a traded stock is not above 0: leave the stock out, or "
                "use impact_bps=0."
            )
        part = self.traded[moved]
        return cost + self.impact * part @ np.sqrt(part / self.volume[moved])


def stock_codes(panel, stock, needed):
    """Return a number for each row's stock."""
    if stock not in panel:
        if needed:
            raise NumlearnError(
                f"There is no column {stock!r}: portfolios of several eras add up by "
                "stock, so say which one a row is, or use keep=1."
            )
        return np.arange(len(panel))
    codes = pd.factorize(panel[stock])[0]
    if (codes < 0).any():
        raise NumlearnError(f"The column {stock!r} has gaps: name every row's stock.")
    twice = pd.DataFrame({"era": panel["era"].to_numpy(), "code": codes}).duplicated()
    if twice.any():
        where = panel.iloc[int(np.argmax(twice))]
        raise NumlearnError(
            f"Stock {where[stock]!r} has two rows in era {where['era']}: keep one."
        )
    return codes
