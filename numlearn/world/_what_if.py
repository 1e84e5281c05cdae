"""What is paid, what weighs, and what if one rule of it were another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from numlearn.errors import Named
from numlearn.staking import Rules

PRIZES = 10  # places that win, where prizes are paid by rank
AS_IT_IS = "as it is"


class Round(NamedTuple):
    """What a payment rule knows when a round is resolved: arrays by user.

    ``stake`` is the NMR at risk in this round, ``total`` the sum of all, ``corr`` and
    ``mmc`` are NaN for who did not submit, ``rules`` the rule set.
    """

    number: int
    corr: np.ndarray
    mmc: np.ndarray
    stake: np.ndarray
    total: float
    rules: Rules


def stake_pays(round_):
    """Pay by the rule set: stake × clip(factor × score)."""
    rules = round_.rules
    score = np.nan_to_num(rules.score(round_.corr, round_.mmc))
    return round_.stake * rules.rate(score, round_.total)


def by_stake(stake, submitted):
    """Weigh each user by the NMR at risk."""
    return stake


def never_burns(round_):
    """Pay what the rule set pays, and burn nothing."""
    return np.maximum(stake_pays(round_), 0)


def pays_nothing(round_):
    """Neither pay nor burn."""
    return np.zeros_like(round_.stake)


def pays_the_first(round_):
    """Share what the rule set would pay out among the ten best CORR, stake or none."""
    order = np.argsort(-np.nan_to_num(round_.corr, nan=-np.inf), kind="stable")
    prizes = np.zeros_like(round_.stake)
    prizes[order[:PRIZES]] = never_burns(round_).sum() / PRIZES
    return prizes


def weighs_equally(stake, submitted):
    """Weigh every submission the same, whatever its stake."""
    return submitted.astype(float)


@dataclass(frozen=True)
class Minimum:
    """Neither weigh nor pay who has less than so much NMR at risk in a round."""

    stake: float

    def pay(self, round_):
        """Pay by the rule set, from the minimum on."""
        return np.where(round_.stake >= self.stake, stake_pays(round_), 0.0)

    def weigh(self, stake, submitted):
        """Weigh by stake, from the minimum on."""
        return np.where(stake >= self.stake, stake, 0.0)


@dataclass(frozen=True)
class WhatIf:
    """One changed rule: fields of the rule set, what is paid, or how users weigh.

    Parameters
    ----------
    rules : dict
        Fields of the rule set, and what they are instead.
    pay : callable
        Takes a `Round`, returns NMR by user: what it pays, or burns where negative. NaN
        is nothing, for who did not submit.
    weigh : callable
        Takes NMR at risk and whether it submitted, by user; returns the users' weights
        in the metamodel, 0 or above.
    """

    rules: dict = field(default_factory=dict)
    pay: Callable = stake_pays
    weigh: Callable = by_stake


WHAT_IFS = Named("what-if", {
    AS_IT_IS: WhatIf(),
    "no stake": WhatIf(pay=pays_nothing, weigh=weighs_equally),
    "no burn": WhatIf(pay=never_burns),
    "rank prizes": WhatIf(pay=pays_the_first),
    "equal weights": WhatIf(weigh=weighs_equally),
    "minimum stake": WhatIf(pay=Minimum(10_000).pay, weigh=Minimum(10_000).weigh),
    "no payout factor": WhatIf({"threshold": None}),
    "a cap of 1 %": WhatIf({"cap": 0.01}),
    "no cap": WhatIf({"cap": 1.0}),
    "CORR only": WhatIf({"multipliers": (3.0, 0.0)}),
    "MMC only": WhatIf({"multipliers": (0.0, 3.0)}),
}, ", or give a nl.world.WhatIf of your own")  # fmt: skip


def changed_rule(change):
    """Return the what-if of a name; one of one's own passes, None changes nothing."""
    if isinstance(change, WhatIf):
        return change
    return WHAT_IFS[AS_IT_IS if change is None else change]
