"""What a stake earns or burns in a round: one frozen, dated rule set after another.

All amounts here are NMR as plain numbers. Scores are numbers such as 0.02, and a rate
is a share of the stake at risk (0.05 is 5 %).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from numlearn.errors import NumlearnError


@dataclass(frozen=True, kw_only=True)
class Rules:
    """One rule set of one tournament, as data.

    Attributes
    ----------
    name, tournament : str
        The key in `RULES`; "classic", "signals" or "crypto".
    valid_from, valid_to : datetime.date
        First and last day. ``valid_to`` is None for a set that was in force when it
        was checked.
    source, note : str
        Where the figures stand, and what else a reader should know.
    checked_on : datetime.date
        When somebody last compared the figures with the source.
    scores : tuple of two str
        The API's names of the two paid scores, in the order of `payout`'s arguments.
    corr_multiplier, mmc_multiplier : float
        What the first and the second score count for unless the staker chose.
    corr_choices, mmc_choices : tuple of float
        What a staker could choose; empty where there was nothing to choose.
    threshold : float or None
        NMR at risk in the whole tournament above which everyone is paid (and burned)
        less; None if the payout factor is always 1.
    cap : float
        The largest share of the stake at risk that one round pays or burns.
    caps_the_score : bool
        Whether the cap was put on the score, before the payout factor.
    at_risk : str
        What is at risk in one round, and since when.
    position_share : float
        The share of the whole position that is at risk in one round.
    rounds_a_week : int
    lag : int
        Rounds until a payout is part of the stake; so many are live at once.
    days_to_resolution : int
        Calendar days from the opening of a round to its final score.
    days_to_release : int
        Calendar days until the last NMR of a position can leave, once one asks.
    """

    name: str
    tournament: str
    valid_from: date
    valid_to: date | None
    source: str
    checked_on: date
    scores: tuple[str, str]
    corr_multiplier: float
    mmc_multiplier: float
    corr_choices: tuple[float, ...] = ()
    mmc_choices: tuple[float, ...] = ()
    threshold: float | None
    cap: float
    caps_the_score: bool = False
    at_risk: str
    position_share: float = 1.0
    rounds_a_week: int
    lag: int
    days_to_resolution: int
    days_to_release: int
    note: str = ""

    @property
    def leverage(self):
        """How often the same NMR is at risk at one time: live rounds × their share."""
        return self.lag * self.position_share

    def payout_factor(self, total_at_risk=None):
        """Return by how much everyone's payouts and burns shrink: 1 for not at all.

        Parameters
        ----------
        total_at_risk : float or array, optional
            NMR at risk in the whole tournament in that round. Left out, it is below
            the threshold.
        """
        if total_at_risk is None:
            total_at_risk = 0.0
        _refuse_below_zero(total_at_risk, "total at risk")
        if self.threshold is None:
            return 1.0
        return self.threshold / np.maximum(total_at_risk, self.threshold)

    def score(self, corr, mmc=0.0, *, corr_multiplier=None, mmc_multiplier=None):
        """Return the score that counts: both paid scores, each times its multiplier.

        Parameters
        ----------
        corr, mmc : float or array
            The two paid scores, in the order of `scores` (for Signals in 2025 these
            are alpha and MPC, and so on).
        corr_multiplier, mmc_multiplier : float, optional
            The staker's choice; the rule set's own if left out. One that was never on
            offer is a what-if, and is computed.
        """
        cm = self.corr_multiplier if corr_multiplier is None else corr_multiplier
        mm = self.mmc_multiplier if mmc_multiplier is None else mmc_multiplier
        return corr * cm + mmc * mm

    def rate(self, score, total_at_risk=None):
        """Return the share of the stake at risk that a score pays or burns.

        Parameters
        ----------
        score : float or array
            As `score` returns it. NaN gives NaN.
        total_at_risk : float or array, optional
            As in `payout_factor`.

        Returns
        -------
        float or array
            Between -`cap` and `cap`.
        """
        factor = self.payout_factor(total_at_risk)
        if self.caps_the_score:
            return np.clip(score, -self.cap, self.cap) * factor
        return np.clip(score * factor, -self.cap, self.cap)

    def payout(
        self,
        stake,
        total_at_risk=None,
        corr=0.0,
        mmc=0.0,
        *,
        corr_multiplier=None,
        mmc_multiplier=None,
    ):
        """Return what a round pays, or burns if it is negative, in NMR.

        Parameters
        ----------
        stake : float or array
            NMR at risk in that round: the whole stake until 2026, the slice (1/64 of
            the position) in "2026-08".
        total_at_risk : float or array, optional
            As in `payout_factor`.
        corr, mmc, corr_multiplier, mmc_multiplier
            As in `score`. Arrays and Series are computed element by element.

        Returns
        -------
        float or array

        Raises
        ------
        NumlearnError
            If a stake or the total is negative or missing.

        Examples
        --------
        >>> RULES["2026-01"].payout(100, 144_000, corr=0.02, mmc=0.005)
        1.3125
        """
        _refuse_below_zero(stake, "stake")
        score = self.score(
            corr, mmc, corr_multiplier=corr_multiplier, mmc_multiplier=mmc_multiplier
        )
        payout = stake * self.rate(score, total_at_risk)
        return float(payout) if np.ndim(payout) == 0 else payout


def _refuse_below_zero(amount, name):
    if not np.all(np.asarray(amount, dtype=float) >= 0):
        raise NumlearnError(
            f"The {name} must be zero or more NMR, and {amount!r} is not: "
            "nobody can risk less than nothing."
        )
