"""What paying and burning does to a crowd: pure functions of tables of scores."""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError, real_number
from numlearn.scoring import in_order
from numlearn.staking._rules import fraction, rule_set


def pay_only_income(scores, prize=100.0):
    """Return what each submitter earns where good scores are paid and none burned.

    Parameters
    ----------
    scores : DataFrame, rounds × submitters
        CORR.
    prize : float
        NMR for a score of 1.

    Returns
    -------
    Series by submitter, in NMR
    """
    return prize * fraction(in_order(scores)).clip(lower=0).sum()


def stake_income(scores, stake=100.0, rules="2021-03"):
    """Return what each submitter earns on a constant stake that can burn.

    Parameters
    ----------
    scores : DataFrame, rounds × submitters
    stake : float
        NMR at risk in each round.
    rules : str or Rules

    Returns
    -------
    Series by submitter, in NMR
        Below zero for those who lose more than they earn.
    """
    return rule_set(rules).payout(stake, corr=in_order(scores)).sum()


def requirements(income, skill, weights, honest):
    """Measure what the crowd's employer asks of a reward system.

    Parameters
    ----------
    income, skill, weights : Series by submitter
        What each earned, how good each is in the long run, and how much each counts
        before the next round is traded.
    honest : Series of bool by submitter
        Who submits real predictions.

    Returns
    -------
    dict
        ``rewards_accuracy``: the correlation of income with skill; ``knows_whom``: the
        share of the weight that honest submitters have; ``lost_to_abuse``: the share
        of what is earned that others get (losses count as nothing earned).
    """
    four = [income, skill, weights, honest]
    series = all(isinstance(x, pd.Series) for x in four)
    series = series and all(x.index.is_unique for x in four)
    table = pd.concat(four, axis=1) if series else None
    if table is None or len({len(x) for x in (table, *four)}) > 1:
        raise NumlearnError(
            "Income, skill, weights and honest name different submitters: give four "
            "Series with the same names, each once."
        )
    if table.empty or not np.isfinite(eras.numbers(table)).all():
        raise NumlearnError(
            "A submitter has a gap or inf, or there is none: give each a number."
        )
    income, skill, weights, honest = (table.iloc[:, k] for k in range(4))
    honest = honest.astype(bool)
    earned = income.clip(lower=0)
    return {
        "rewards_accuracy": float(np.corrcoef(income, skill)[0, 1]),
        "knows_whom": float(weights[honest].sum() / weights.sum()),
        "lost_to_abuse": float(earned[~honest].sum() / earned.sum()),
    }


def skin_in_the_game(scores, cost, rules="2021-03"):
    """Return the names of those who gain by staking, in the order of the table.

    `cost` is what a staked NMR could earn elsewhere in a round; whoever earns less on
    average stays away.
    """
    gain = rule_set(rules).rate(fraction(in_order(scores))).mean()
    return list(gain.index[gain > real_number(cost, "the cost")])
