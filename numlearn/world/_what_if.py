"""What if one rule were another? The same worlds and users, one thing changed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from numlearn._files import course_root
from numlearn.errors import NumlearnError
from numlearn.staking import rule_set
from numlearn.world.tournament import by_stake, run, stake_pays

__all__ = ["WHAT_IFS", "Comparison", "Minimum", "WhatIf", "claims", "what_if"]

PRIZES = 10  # places that win, where prizes are paid by rank
AS_IT_IS = "as it is"


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
    """One changed rule: fields of the rule set, what is paid, or how users weigh."""

    rules: dict
    pay: Callable = stake_pays
    weigh: Callable = by_stake


WHAT_IFS = {
    AS_IT_IS: WhatIf({}),
    "no stake": WhatIf({}, pays_nothing, weighs_equally),
    "no burn": WhatIf({}, never_burns),
    "rank prizes": WhatIf({}, pays_the_first),
    "equal weights": WhatIf({}, weigh=weighs_equally),
    "minimum stake": WhatIf({}, Minimum(10_000).pay, Minimum(10_000).weigh),
    "no payout factor": WhatIf({"threshold": None}),
    "a cap of 1 %": WhatIf({"cap": 0.01}),
    "no cap": WhatIf({"cap": 1.0}),
    "CORR only": WhatIf({"multipliers": (3.0, 0.0)}),
    "MMC only": WhatIf({"multipliers": (0.0, 3.0)}),
}


@dataclass(frozen=True, repr=False)
class Comparison:
    """Seasons that differ in one rule, over several seeds.

    Attributes
    ----------
    figures : DataFrame
        (rule, seed) × figures: ``metamodel_corr``, ``fund_return``, ``paid`` and
        ``burned`` as in ``Season.summary``; ``bad_weight``, the weight of users in bad
        faith in the last round; ``growth <behaviour>``, income by first stake.
    """

    figures: pd.DataFrame

    def __repr__(self):
        rules, seeds = self.figures.index.levels
        return f"{len(rules)} rules over {len(seeds)} seeds: see .bands() and .figures"

    def bands(self, level=0.95):
        """Return means over the seeds, and how far each rule is from `AS_IT_IS`.

        Parameters
        ----------
        level : float
            Of the confidence interval (Student's t) of the paired difference.

        Returns
        -------
        DataFrame
            (figure, rule) × ``mean``, ``difference``, ``low``, ``high``: the same seed
            with the rule and without it, so that what both share cancels.
        """
        first = self.figures.index[0][0]
        base = self.figures.xs(first, level="rule")
        rows = {}
        for figure, values in self.figures.items():
            for rule, part in values.groupby(level="rule", sort=False):
                gaps = part.droplevel("rule") - base[figure]
                rows[figure, rule] = [part.mean(), *interval(gaps, level)]
        names = ["mean", "difference", "low", "high"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
        table.index = pd.MultiIndex.from_tuples(rows, names=["figure", "rule"])
        return table


def interval(values, level=0.95):
    """Return the mean of a few independent values, and its interval (Student's t)."""
    from scipy import stats

    values = np.asarray(values, dtype=float)
    mean = values.mean()
    if len(values) < 2:
        return mean, np.nan, np.nan
    error = values.std(ddof=1) / np.sqrt(len(values))
    reach = stats.t.ppf((1 + level) / 2, len(values) - 1) * error
    return mean, mean - reach, mean + reach


def what_if(
    changes=("no burn",), seeds=5, rules="2026-01", rounds=52, users=30, *,
    progress=None, **world,
):  # fmt: skip
    """Play the same seasons as they are and with one rule changed.

    Parameters
    ----------
    changes : iterable of str, or mapping of str to WhatIf
        Names in ``WHAT_IFS``, or what-ifs of your own.
    seeds : int or iterable of int
        Worlds; a number stands for seeds from 1 on.
    rules, rounds, users, **world
        As in `run`; `users` may also be a function of the seed.
    progress : callable, optional
        Called with seasons done and seasons in all.

    Returns
    -------
    Comparison

    Examples
    --------
    >>> nl.world.what_if(["no burn", "equal weights"], seeds=5).bands()
    """
    rule_of = {AS_IT_IS: WHAT_IFS[AS_IT_IS]} | chosen(changes)
    seeds = range(1, seeds + 1) if isinstance(seeds, int) else list(seeds)
    jobs = [(seed, name) for seed in seeds for name in rule_of]
    rows = {}
    for done, (seed, name) in enumerate(jobs, 1):
        change = rule_of[name]
        season = run(
            seed,
            replace(rule_set(rules), **change.rules),
            rounds,
            users(seed) if callable(users) else users,
            pay=change.pay,
            weigh=change.weigh,
            **world,
        )
        rows[name, seed] = figures(season)
        if progress:
            progress(done, len(jobs))
    order = [(name, seed) for name in rule_of for seed in seeds]
    table = pd.DataFrame([rows[key] for key in order])
    table.index = pd.MultiIndex.from_tuples(order, names=["rule", "seed"])
    return Comparison(table)


def figures(season):
    """Return what seasons are compared by, a Series."""
    names = ["metamodel_corr", "fund_return", "paid", "burned"]
    bad = [user.bad_faith for user in season.crowd]
    growth = season.by_behaviour()["growth"].dropna().add_prefix("growth ")
    weight = pd.Series({"bad_weight": season.users["weight_last"][bad].sum()})
    return pd.concat([season.summary()[names], weight, growth])


def chosen(changes):
    """Return what-ifs by name, or say which is not known."""
    if isinstance(changes, dict):
        return changes
    changes = [changes] if isinstance(changes, str) else list(changes)
    if unknown := [name for name in changes if name not in WHAT_IFS]:
        raise NumlearnError(
            f"There is no what-if {unknown[0]!r}: choose of {', '.join(WHAT_IFS)}, or "
            "give a dict of your own."
        )
    return {name: WHAT_IFS[name] for name in changes}


def claims():
    """Return the stored table of claims about the triangle, one row a measure.

    It was made by tests/claims/claims_suite.py, which says how each is measured.

    Returns
    -------
    DataFrame
        ``claim``, ``lesson``, ``sentence``, ``built_in`` and the claim's ``settled``
        ("holds", "holds if", "fails", "not shown"); ``measure``, above 0 where it
        speaks for the claim, with ``mean``, ``low`` and ``high`` (95 %) over the seeds
        and its ``verdict`` ("holds", "fails" or "open").
    """
    text = (course_root() / "data" / "claims.json").read_text(encoding="utf-8")
    rows = []
    for claim in json.loads(text)["claims"]:
        lines, settled = claim.pop("measures"), claim.pop("verdict")
        facts = {"claim": claim.pop("id"), **claim, "settled": settled}
        for line in lines:
            rows.append({**facts, "measure": line.pop("name"), **line})
    return pd.DataFrame(rows).drop(columns="seeds")
