"""Reputation: one number for a model's last rounds, then and now."""

import numpy as np

from numlearn.errors import NumlearnError

__all__ = ["reputation", "reputation_2021", "reputation_weights_2021"]

MISSED = -0.1  # the score of a round that was missed again, in 2021


def reputation(scores, rounds=52):
    """Average each model's scores over a year, as Numerai does now.

    Parameters
    ----------
    scores : DataFrame (rounds × models)
        In the order of time; NaN rounds are left out.
    rounds : int, default=52
        Rounds in a year: 52 of the data's weekly eras, about 260 of the daily rounds.

    Returns
    -------
    DataFrame
        Rounds × models: the mean of the last year, or of what there is of it. Source:
        numerai/docs, scoring.
    """
    return scores.rolling(rounds, min_periods=1).mean()


def reputation_2021(scores, day=20, example=None):
    """Average each model's last 20 rounds with the weights of 2021.

    Parameters
    ----------
    scores : DataFrame (rounds × models)
        In the order of time.
    day : int, default=20
        The day of the newest round, from 1 to 20 (its last).
    example : Series, optional
        The scores of Numerai's example predictions: the score of a model's first missed
        round. Later ones, and the first one too if this is not given, count -0.1.

    Returns
    -------
    DataFrame
        Rounds × models; NaN until a model has 20 rounds. Source: numerai/docs,
        tournament/reputation.md of April 2021.
    """
    weights = reputation_weights_2021(day)

    def weigh(model):
        missed = model.isna() & model.ffill().notna()
        first = missed & (missed.cumsum() == 1)
        model = model.mask(missed, MISSED)
        if example is not None:
            model = model.mask(first, example)
        return model.rolling(20).apply(lambda x: x @ weights / weights.sum(), raw=True)

    return scores.apply(weigh)


def reputation_weights_2021(day=20):
    """Return the weights of the last 20 rounds, the oldest first.

    The newest four rounds are weighted in, day by day, and the oldest four out.
    """
    if not 1 <= day <= 20:
        raise NumlearnError(f"Day {day} of a round: a round of 2021 had days 1 to 20.")
    age = np.arange(19, -1, -1)
    weights = np.ones(20)
    weights[age < 4] = (5 * age[age < 4] + day) / 20
    weights[age >= 16] = (5 * (20 - age[age >= 16]) - day) / 20
    return weights
