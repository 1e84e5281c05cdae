"""What is at risk in a round and when it comes back: the whole stake, or slices.

A position lives on arrays of paths × models. In each round `settle` adds what the
round `lag` rounds ago paid or burned, then `risk` puts the new round at stake.
"""

import numpy as np


class WholeStake:
    """The same stake is at risk in every live round (until August 2026)."""

    def __init__(self, stake, shape, rules, compounds):
        self.stake = np.broadcast_to(stake, shape).copy()
        self.wealth = self.stake.copy()
        self.at_risk = self.wealth if compounds else np.empty_like(self.wealth)
        self.pending = np.zeros((rules.lag, *shape), stake.dtype)

    def settle(self, number):
        """Pay or burn what the round `lag` rounds ago came to; nobody owes more."""
        self.wealth += self.pending[number % len(self.pending)]
        if self.wealth.min() < 0:
            np.maximum(self.wealth, 0, out=self.wealth)

    def risk(self, number, rates):
        """Put the stake at risk; if it is constant, at most what was staked first."""
        if self.at_risk is not self.wealth:
            np.minimum(self.wealth, self.stake, out=self.at_risk)
        np.multiply(self.at_risk, rates, out=self.pending[number % len(self.pending)])


class Slices:
    """Each round has a slice of its own, locked until that round resolves."""

    def __init__(self, stake, shape, rules, compounds):
        self.compounds = compounds
        whole = np.broadcast_to(stake, shape)
        self.wealth = whole.copy()
        self.slice = whole * stake.dtype.type(rules.position_share)
        self.locked = np.zeros((rules.lag, *shape), stake.dtype)
        self.pending = np.zeros_like(self.locked)
        self.idle = self.wealth.copy()

    def settle(self, number):
        """Free the slice of `lag` rounds ago, with what it earned or lost."""
        place = number % len(self.pending)
        self.wealth += self.pending[place]
        self.locked[place] += self.pending[place]
        self.idle += self.locked[place]

    def risk(self, number, rates):
        """Lock what that slice came to, or a constant amount if so much is idle."""
        place = number % len(self.pending)
        locked = self.locked[place]
        if not self.compounds or number < len(self.pending):
            np.minimum(self.idle, self.slice, out=locked)
        self.idle -= locked
        np.multiply(locked, rates, out=self.pending[place])


def open_position(stake, shape, rules, compounds=None):
    """Return the kind of position that a rule set has, before its first round.

    Parameters
    ----------
    stake : ndarray of float, by model
        NMR; its precision is the position's.
    shape : (paths, models)
    rules : Rules
    compounds : bool, optional
        Instead of the rule set's own.

    Returns
    -------
    WholeStake or Slices
        With ``wealth``, the worth of the position now, ``pending``, what the live
        rounds will pay or burn (lag × paths × models), and the methods ``settle`` and
        ``risk``, to be called by turns with the number of the round, from 0 on.
    """
    kind = WholeStake if rules.position_share == 1.0 else Slices
    return kind(
        stake, shape, rules, rules.compounds if compounds is None else compounds
    )


class Watch:
    """What happens to the worth of a position on its way: lows, peaks, drawdown."""

    def __init__(self, wealth):
        self.lowest = wealth.copy()
        self.peak = wealth.copy()
        self.deepest = np.ones_like(wealth)
        self.rounds_below = np.zeros(wealth.shape, np.int32)
        self._share = np.empty_like(wealth)
        self._below = np.empty(wealth.shape, bool)

    def look(self, wealth):
        """Take note of the worth after one more round."""
        np.minimum(self.lowest, wealth, out=self.lowest)
        np.maximum(self.peak, wealth, out=self.peak)
        np.divide(wealth, self.peak, out=self._share)
        np.minimum(self.deepest, self._share, out=self.deepest)
        np.less(wealth, self.peak, out=self._below)
        self.rounds_below += self._below
