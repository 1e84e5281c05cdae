"""NMR in dollars: buying and selling through a pool, and the price as a second risk."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError, real_number, whole_number
from numlearn.staking._paths import Paths
from numlearn.staking._rules import numbers

WEEKS_A_YEAR = 52


def _amounts(given, wanted, *, above=False, below=np.inf):
    """Return numbers from (or above) zero to below a limit, or say what is `wanted`."""
    known = numbers(given)
    array = np.asarray(np.nan if known is None else known, dtype=float)
    if not ((array > 0 if above else array >= 0) & (array < below)).all():
        raise NumlearnError(f"{wanted}, and {given!r} is not.")
    return known


@dataclass(frozen=True)
class Pool:
    """A constant-product pool of NMR and dollars, as Uniswap's first ones were.

    A trade leaves the product of both reserves as it was, the fee apart: whoever takes
    NMR out makes what is left dearer.

    Attributes
    ----------
    nmr, usd : float or array
        The reserves.
    fee : float
        The share of what is paid in that the pool keeps.

    Examples
    --------
    >>> import numlearn as nl
    >>> pool = nl.staking.Pool(nmr=10_000, usd=150_000)
    >>> pool.price
    15.0
    >>> round(pool.buy(1_500).received, 2)
    98.72
    """

    nmr: float
    usd: float
    fee: float = 0.003

    def __post_init__(self):
        for reserve in (self.nmr, self.usd):
            _amounts(reserve, "A pool needs NMR and dollars above zero", above=True)
        _amounts(self.fee, "A pool needs a fee from 0 to below 1", below=1)

    @property
    def price(self):
        """Dollars for the next small bit of NMR, without the fee."""
        return self.usd / self.nmr

    def buy(self, usd):
        """Pay dollars for NMR.

        Parameters
        ----------
        usd : float or array

        Returns
        -------
        Trade

        Examples
        --------
        >>> import numlearn as nl
        >>> trade = nl.staking.Pool(nmr=10_000, usd=150_000).buy(1_500)
        >>> round(trade.received, 2), trade.pool.price > 15
        (98.72, True)
        """
        usd = _amounts(usd, "A trade pays in zero or more")
        received = self._out(usd, self.usd, self.nmr)
        return Trade(usd, received, Pool(self.nmr - received, self.usd + usd, self.fee))

    def sell(self, nmr):
        """Give NMR for dollars.

        Parameters
        ----------
        nmr : float or array

        Returns
        -------
        Trade

        Examples
        --------
        >>> import numlearn as nl
        >>> round(nl.staking.Pool(nmr=10_000, usd=150_000).sell(100).received)
        1481
        """
        nmr = _amounts(nmr, "A trade pays in zero or more")
        received = self._out(nmr, self.nmr, self.usd)
        return Trade(nmr, received, Pool(self.nmr + nmr, self.usd - received, self.fee))

    def at(self, price):
        """Return the pool after traders have moved its price, its product unchanged.

        Parameters
        ----------
        price : float or array
            Dollars for one NMR.

        Examples
        --------
        >>> import numlearn as nl
        >>> round(nl.staking.Pool(nmr=10_000, usd=150_000).at(30).price)
        30
        """
        price = _amounts(price, "A price is above zero dollars", above=True)
        product = self.nmr * self.usd
        return Pool(np.sqrt(product / price), np.sqrt(product * price), self.fee)

    def _out(self, paid, reserve_in, reserve_out):
        counted = paid * (1 - self.fee)
        return reserve_out * counted / (reserve_in + counted)


@dataclass(frozen=True)
class Trade:
    """What was paid and received, in the units of each, and the pool after it."""

    paid: float
    received: float
    pool: Pool


def in_dollars(paths, pool, *, volatility, drift=0.0, seed=0):
    """Return what each path ends with in dollars, the price of NMR being uncertain.

    The price follows a geometric Brownian motion from the pool's, the same for all
    models of a path and independent of their scores; at the end all NMR is sold.

    Parameters
    ----------
    paths : Paths
        As `simulate` returns them.
    pool : Pool
        Its price is today's; its depth makes large sales cheap for the buyer.
    volatility : float
        Standard deviation of the logarithm of the price over a year (0.8 is 80 %).
    drift : float
        Expected growth of the price in a year (0.1 is 10 %).
    seed : int

    Returns
    -------
    DataFrame, paths × models
        Dollars received.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.DataFrame({"corr": [0.02, -0.01, 0.03], "mmc": [0.01, 0.0, -0.02]})
    >>> paths = nl.staking.simulate(scores, rounds=50, paths=100, draw=2)
    >>> pool = nl.staking.Pool(nmr=10_000, usd=150_000)
    >>> nl.staking.in_dollars(paths, pool, volatility=0.8).shape
    (100, 1)
    """
    real_number(volatility, "a volatility")
    real_number(drift, "a drift", -0.999)
    whole_number(seed, "seed")
    if not isinstance(paths, Paths):
        raise NumlearnError("Give the paths that numlearn.staking.simulate returned.")
    rounds = paths.rounds + paths.rules.lag
    years = rounds / paths.rules.rounds_a_week / WEEKS_A_YEAR
    shocks = np.random.default_rng(seed).standard_normal((len(paths.final), 1))
    growth = (np.log1p(drift) - volatility**2 / 2) * years
    price = pool.price * np.exp(growth + volatility * np.sqrt(years) * shocks)
    dollars = pool.at(price).sell(paths.final.to_numpy(dtype=float)).received
    return pd.DataFrame(dollars, columns=paths.final.columns)
